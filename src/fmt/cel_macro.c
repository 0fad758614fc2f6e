/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_macro.c - calls that are macros: has, all, exists, map, ...
 *
 * A macro whose shape does not fit is left a call (which the checker will not know), or is an error
 * where no function of that name can be meant.
 * Source: cel-spec langdef.md, "Macros"; cel-go ext/README.md, "Bindings", "TwoVarComprehensions",
 * "SortBy"; cel.block and its helpers as in the comment above the cases of block_ext.textproto.
 */
#include "fmt/cel_parts.h"

struct shape {
	const char *name;
	uint8_t n_args, n_vars; /* variables come first */
	enum cel_macro macro;
};

/* clang-format off */
static const struct shape shapes[] = {
	{"all",               2, 1, CEL_ALL},
	{"all",               3, 2, CEL_ALL},
	{"exists",            2, 1, CEL_EXISTS},
	{"exists",            3, 2, CEL_EXISTS},
	{"exists_one",        2, 1, CEL_EXISTS_ONE},
	{"exists_one",        3, 2, CEL_EXISTS_ONE},
	{"existsOne",         2, 1, CEL_EXISTS_ONE},
	{"existsOne",         3, 2, CEL_EXISTS_ONE},
	{"filter",            2, 1, CEL_FILTER},
	{"map",               2, 1, CEL_MAPPED},
	{"map",               3, 1, CEL_MAPPED},
	{"optFlatMap",        2, 1, CEL_OPT_FLAT_MAP},
	{"optMap",            2, 1, CEL_OPT_MAP},
	{"sortBy",            2, 1, CEL_SORT_BY},
	{"transformList",     3, 2, CEL_TRANSFORM_LIST},
	{"transformList",     4, 2, CEL_TRANSFORM_LIST},
	{"transformMap",      3, 2, CEL_TRANSFORM_MAP},
	{"transformMap",      4, 2, CEL_TRANSFORM_MAP},
	{"transformMapEntry", 3, 2, CEL_TRANSFORM_ENTRY},
	{"transformMapEntry", 4, 2, CEL_TRANSFORM_ENTRY},
};
/* clang-format on */

static int expand_has(struct cel_parser *p, struct cel_node *call)
{
	struct cel_node *of = call->args[0];
	if (of->kind != CEL_N_SELECT || of->is_test)
		return cel_fail(p->l.text, of->at, p->l.e, "has() asks for a field: has(a.b)");
	*call = *of;
	call->is_test = true;
	return 0;
}

static int take_var(struct cel_parser *p, const struct cel_node *n, struct bytes *ret)
{
	if (n->kind != CEL_N_IDENT || n->is_root)
		return cel_fail(p->l.text, n->at, p->l.e,
		                "a macro wants the name of a variable here");
	*ret = n->name;
	return 0;
}

/* The call with its variables taken off its arguments. */
static int becomes(struct cel_parser *p, struct cel_node *call, enum cel_macro macro, size_t n_vars)
{
	struct bytes vars[2] = {{0}};
	for (size_t i = 0; i < n_vars; i++)
		if (take_var(p, call->args[i], &vars[i]) < 0)
			return -1;
	if (n_vars == 2 && bytes_eq(vars[0], vars[1]))
		return cel_fail(p->l.text, call->args[1]->at, p->l.e,
		                "the variable %.*s stands here twice", BYTES_FMT(vars[0]));
	call->kind = CEL_N_MACRO;
	call->macro = (uint8_t)macro;
	call->args += n_vars;
	call->n -= (uint32_t)n_vars;
	call->vars[0] = vars[0];
	call->vars[1] = vars[1];
	return 0;
}

static bool is_member_of(const struct cel_node *call, const char *ns)
{
	return call->target && call->target->kind == CEL_N_IDENT &&
	       bytes_eq(call->target->name, bytes_str(ns));
}

static int expand_bind(struct cel_parser *p, struct cel_node *call)
{
	if (becomes(p, call, CEL_BIND, 1) < 0)
		return -1;
	call->target = call->args[0];
	call->args++;
	call->n--;
	return 0;
}

static int expand_block(struct cel_parser *p, struct cel_node *call)
{
	struct cel_node *list = call->args[0], *last = call->args[1];
	if (list->kind != CEL_N_LIST || list->optional)
		return cel_fail(p->l.text, list->at, p->l.e,
		                "cel.block() wants a list literal first");
	call->kind = CEL_N_MACRO;
	call->macro = CEL_BLOCK;
	call->target = NULL;
	call->n = list->n + 1;
	call->args = arena_alloc(p->l.arena, call->n * sizeof(struct cel_node *));
	for (size_t i = 0; i < list->n; i++)
		call->args[i] = list->args[i];
	call->args[list->n] = last;
	call->vars[0] = call->vars[1] = (struct bytes){0};
	return 0;
}

/* cel.index(1) is @index1, cel.iterVar(0, 1) is @it:0:1, cel.accuVar(0, 1) is @ac:0:1. */
static int expand_name(struct cel_parser *p, struct cel_node *call, const char *prefix)
{
	int64_t numbers[2] = {0};
	for (size_t i = 0; i < call->n; i++) {
		const struct cel_node *a = call->args[i];
		if (a->kind != CEL_N_LITERAL || a->value.kind != CEL_INT || a->value.i < 0)
			return cel_fail(p->l.text, a->at, p->l.e, "a number is wanted here");
		numbers[i] = a->value.i;
	}
	call->name = bytes_str(
		call->n == 1 ? arena_printf(p->l.arena, "%s%lld", prefix, (long long)numbers[0])
			     : arena_printf(p->l.arena, "%s%lld:%lld", prefix,
	                                    (long long)numbers[0], (long long)numbers[1]));
	call->kind = CEL_N_IDENT;
	call->target = NULL;
	call->n = 0;
	return 0;
}

static int expand_cel(struct cel_parser *p, struct cel_node *call)
{
	if (call->n == 3 && bytes_eq(call->name, B("bind")))
		return expand_bind(p, call);
	if (call->n == 2 && bytes_eq(call->name, B("block")))
		return expand_block(p, call);
	if (call->n == 1 && bytes_eq(call->name, B("index")))
		return expand_name(p, call, "@index");
	if (call->n == 2 && bytes_eq(call->name, B("iterVar")))
		return expand_name(p, call, "@it:");
	if (call->n == 2 && bytes_eq(call->name, B("accuVar")))
		return expand_name(p, call, "@ac:");
	return 0;
}

int cel_expand(struct cel_parser *p, struct cel_node *call)
{
	if (!call->target && call->n == 1 && bytes_eq(call->name, B("has")))
		return expand_has(p, call);
	if (!call->target)
		return 0;
	if (is_member_of(call, "cel"))
		return expand_cel(p, call);
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		if (shapes[i].n_args == call->n && bytes_eq(call->name, bytes_str(shapes[i].name)))
			return becomes(p, call, shapes[i].macro, shapes[i].n_vars);
	return 0;
}
