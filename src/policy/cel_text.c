/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_text.c - an expression, or a part of one, as text again.
 *
 * What the checker put in place of names keeps their text; of f(x) and x.f() one form is written.
 */
#include "policy/cel_parts.h"

#include <string.h>

enum { COND = 1, OR, AND, RELATION, SUM, PRODUCT, UNARY, POSTFIX };

static const struct operator_row {
	const char *name, *sign;
	int level;
} operators[] = {
	{"_==_", " == ", RELATION},
        {"_!=_", " != ", RELATION},
        {"_<_",  " < ",  RELATION},
	{"_<=_", " <= ", RELATION},
        {"_>_",  " > ",  RELATION},
        {"_>=_", " >= ", RELATION},
	{"@in",  " in ", RELATION},
        {"_+_",  " + ",  SUM     },
        {"_-_",  " - ",  SUM     },
	{"_*_",  " * ",  PRODUCT },
        {"_/_",  " / ",  PRODUCT },
        {"_%_",  " % ",  PRODUCT },
};

static const struct operator_row *operator_of(const struct cel_node *n)
{
	for (size_t i = 0; n->kind == CEL_N_CALL && n->n == 2 && i < ARRAY_LEN(operators); i++)
		if (bytes_eq(n->name, bytes_str(operators[i].name)))
			return &operators[i];
	return NULL;
}

static bool is_unary(const struct cel_node *n)
{
	return n->kind == CEL_N_CALL && n->n == 1 &&
	       (bytes_eq(n->name, B("!_")) || bytes_eq(n->name, B("-_")));
}

static int level_of(const struct cel_node *n)
{
	const struct operator_row *o = operator_of(n);
	if (o)
		return o->level;
	if (is_unary(n))
		return UNARY;
	return n->kind == CEL_N_COND  ? COND
	       : n->kind == CEL_N_OR  ? OR
	       : n->kind == CEL_N_AND ? AND
	                              : POSTFIX;
}

static void write(struct buf *b, const struct cel_node *n, int least);

static void write_list(struct buf *b, const struct cel_node *n, size_t from, const char *between,
                       int least)
{
	for (size_t i = from; i < n->n; i++) {
		buf_adds(b, i > from ? between : "");
		write(b, n->args[i], least);
	}
}

static void write_call(struct buf *b, const struct cel_node *n)
{
	const struct cel_function *f = n->bound;
	const struct operator_row *o = operator_of(n);
	bool is_member = f && f->overloads[0] == '.' && n->n;
	if (o) {
		write(b, n->args[0], o->level);
		buf_adds(b, o->sign);
		write(b, n->args[1], o->level + 1);
	} else if (is_unary(n)) {
		buf_addc(b, n->name.p[0]);
		write(b, n->args[0], UNARY);
	} else if (n->n == 2 && (bytes_eq(n->name, B("_[_]")) || bytes_eq(n->name, B("_[?_]")))) {
		write(b, n->args[0], POSTFIX);
		buf_adds(b, n->name.p[2] == '?' ? "[?" : "[");
		write(b, n->args[1], COND);
		buf_addc(b, ']');
	} else {
		if (is_member) {
			write(b, n->args[0], POSTFIX);
			buf_addc(b, '.');
		}
		buf_add(b, n->name);
		buf_addc(b, '(');
		write_list(b, n, is_member, ", ", COND);
		buf_addc(b, ')');
	}
}

static void write_macro(struct buf *b, const struct cel_node *n)
{
	static const char *const names[CEL_MACRO__MAX] = {[CEL_ALL] = "all",
	                                                  [CEL_EXISTS] = "exists",
	                                                  [CEL_EXISTS_ONE] = "exists_one",
	                                                  [CEL_FILTER] = "filter",
	                                                  [CEL_MAPPED] = "map",
	                                                  [CEL_TRANSFORM_LIST] = "transformList",
	                                                  [CEL_TRANSFORM_MAP] = "transformMap",
	                                                  [CEL_TRANSFORM_ENTRY] =
	                                                          "transformMapEntry",
	                                                  [CEL_SORT_BY] = "sortBy",
	                                                  [CEL_BIND] = "bind",
	                                                  [CEL_BLOCK] = "block",
	                                                  [CEL_OPT_MAP] = "optMap",
	                                                  [CEL_OPT_FLAT_MAP] = "optFlatMap"};
	bool is_bind = n->macro == CEL_BIND, is_block = n->macro == CEL_BLOCK;
	if (is_bind || is_block)
		buf_adds(b, "cel");
	else
		write(b, n->target, POSTFIX);
	buf_addf(b, ".%s(", names[n->macro]);
	for (size_t i = 0; i < 2 && !is_block; i++)
		if (n->vars[i].p)
			buf_addf(b, "%.*s, ", BYTES_FMT(n->vars[i]));
	if (is_bind) {
		write(b, n->target, COND);
		buf_adds(b, ", ");
	}
	write_list(b, n, 0, ", ", COND);
	buf_addc(b, ')');
}

static void write_map(struct buf *b, const struct cel_node *n)
{
	buf_addc(b, '{');
	for (size_t i = 0; i + 1 < n->n; i += 2) {
		buf_adds(b, i ? ", " : "");
		write(b, n->args[i], COND);
		buf_adds(b, ": ");
		write(b, n->args[i + 1], COND);
	}
	buf_addc(b, '}');
}

static void write_select(struct buf *b, const struct cel_node *n)
{
	buf_adds(b, n->is_test ? "has(" : "");
	write(b, n->target, POSTFIX);
	buf_addf(b, ".%s%.*s%s", n->is_optional ? "?" : "", BYTES_FMT(n->name),
	         n->is_test ? ")" : "");
}

static void write_bare(struct buf *b, const struct cel_node *n)
{
	switch (n->kind) {
	case CEL_N_LITERAL:
		cel_show(b, &n->value, 200);
		break;
	case CEL_N_SELECT:
	case CEL_N_FIELD:
		write_select(b, n);
		break;
	case CEL_N_CALL:
		write_call(b, n);
		break;
	case CEL_N_AND:
		write_list(b, n, 0, " && ", AND + 1);
		break;
	case CEL_N_OR:
		write_list(b, n, 0, " || ", OR + 1);
		break;
	case CEL_N_COND:
		write(b, n->args[0], OR);
		buf_adds(b, " ? ");
		write(b, n->args[1], OR);
		buf_adds(b, " : ");
		write(b, n->args[2], COND);
		break;
	case CEL_N_LIST:
		buf_addc(b, '[');
		write_list(b, n, 0, ", ", COND);
		buf_addc(b, ']');
		break;
	case CEL_N_MAP:
		write_map(b, n);
		break;
	case CEL_N_MACRO:
		write_macro(b, n);
		break;
	default:
		buf_add(b, n->name);
	}
}

static void write(struct buf *b, const struct cel_node *n, int least)
{
	bool is_loose = level_of(n) < least;
	if (b->overflow)
		return;
	buf_adds(b, is_loose ? "(" : "");
	write_bare(b, n);
	buf_adds(b, is_loose ? ")" : "");
}

void cel_node_text(struct buf *b, const struct cel_node *n, size_t max)
{
	AUTO_BUF struct buf whole;
	buf_init(&whole, max + 1);
	write(&whole, n, COND);
	bool is_cut = whole.overflow || whole.n > max;
	buf_add(b, bytes_slice(buf_bytes(&whole), 0, is_cut ? max - 3 : whole.n));
	buf_adds(b, is_cut ? "..." : "");
}
