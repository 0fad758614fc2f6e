/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_parse.c - the grammar of CEL, by descent.
 *
 * Chains of one precedence make the tree deep on its left, brackets make the descent deep; both are
 * bounded by CEL_DEPTH_MAX.  && and || of a chain are one node.
 * Source: cel-spec langdef.md, "Syntax"; optional syntax (.?f, [?i], {?k: v}) as cel-go has it.
 */
#include "fmt/cel_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void cel_position(struct bytes text, size_t at, int *ret_line, int *ret_column)
{
	*ret_line = *ret_column = 1;
	for (size_t i = 0; i < at && i < text.n; i++) {
		if (text.p[i] == '\n') {
			++*ret_line;
			*ret_column = 1;
		} else {
			*ret_column += (text.p[i] & 0xc0) != 0x80;
		}
	}
}

int cel_fail(struct bytes text, size_t at, struct err *e, const char *fmt, ...)
{
	char why[200];
	int line, column;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	cel_position(text, at, &line, &column);
	return err_set(e, ERR_FORMAT, "%d:%d: %s", line, column, why);
}

const char *cel_kind_name(enum cel_value_kind kind)
{
	static const char *const names[] = {
		[CEL_ERROR] = "error",
		[CEL_NULL] = "null_type",
		[CEL_BOOL] = "bool",
		[CEL_INT] = "int",
		[CEL_UINT] = "uint",
		[CEL_DOUBLE] = "double",
		[CEL_STRING] = "string",
		[CEL_BYTES] = "bytes",
		[CEL_TIMESTAMP] = "google.protobuf.Timestamp",
		[CEL_DURATION] = "google.protobuf.Duration",
		[CEL_TYPE] = "type",
		[CEL_LIST] = "list",
		[CEL_MAP] = "map",
		[CEL_OPTIONAL] = "optional_type",
		[CEL_OBJECT] = "object",
		[CEL_IP] = "net.IP",
		[CEL_CIDR] = "net.CIDR",
	};
	return names[kind];
}

static int fail(struct cel_parser *p, const char *what)
{
	return cel_fail(p->l.text, p->l.start, p->l.e, "%s", what);
}

static bool is_op(const struct cel_parser *p, const char *op)
{
	return p->l.kind == CEL_T_PUNCT && !strcmp(p->l.op, op);
}

static bool is_word(const struct cel_parser *p, const char *word)
{
	return p->l.kind == CEL_T_IDENT && !p->l.is_quoted && bytes_eq(p->l.word, bytes_str(word));
}

/* Takes the sign if it stands here: 1, 0, -1 on an error behind it. */
static int take(struct cel_parser *p, const char *op)
{
	if (!is_op(p, op))
		return 0;
	return cel_lex(&p->l) < 0 ? -1 : 1;
}

static int expect(struct cel_parser *p, const char *op)
{
	if (!is_op(p, op))
		return cel_fail(p->l.text, p->l.start, p->l.e, "\"%s\" is wanted here", op);
	return cel_lex(&p->l);
}

struct cel_node *cel_node_new(struct cel_parser *p, enum cel_node_kind kind, size_t at)
{
	if (++p->n_nodes > (size_t)CEL_NODES_MAX) {
		err_set(p->l.e, ERR_LIMIT, "1:1: an expression has at most %d parts",
		        (int)CEL_NODES_MAX);
		return NULL;
	}
	struct cel_node *n = arena_alloc(p->l.arena, sizeof *n);
	n->kind = kind;
	n->at = (uint32_t)at;
	n->depth = 1;
	return n;
}

int cel_node_over(struct cel_parser *p, struct cel_node *n, const struct cel_node *child)
{
	if (!child || child->depth < n->depth)
		return 0;
	if (child->depth >= (size_t)CEL_DEPTH_MAX) {
		cel_fail(p->l.text, n->at, p->l.e, "nests deeper than %d levels",
		         (int)CEL_DEPTH_MAX);
		p->l.e->kind = ERR_LIMIT;
		return -1;
	}
	n->depth = child->depth + 1;
	return 0;
}

/* Arguments while their number is not known yet. */
struct args {
	struct cel_node **v;
	bool *optional;
	size_t n, cap, cap_optional;
	bool has_optional;
};

static void auto_args(struct args *a)
{
	free(a->v);
	free(a->optional);
}
#define AUTO_ARGS __attribute__((cleanup(auto_args)))

static void args_add(struct args *a, struct cel_node *n, bool is_optional)
{
	a->v = mem_grow(a->v, &a->cap, a->n + 1, sizeof *a->v);
	a->optional = mem_grow(a->optional, &a->cap_optional, a->n + 1, sizeof *a->optional);
	a->v[a->n] = n;
	a->optional[a->n++] = is_optional;
	a->has_optional |= is_optional;
}

static int args_into(struct cel_parser *p, const struct args *a, struct cel_node *to)
{
	to->n = (uint32_t)a->n;
	to->args = arena_alloc(p->l.arena, (a->n + 1) * sizeof(struct cel_node *));
	for (size_t i = 0; i < a->n; i++) {
		to->args[i] = a->v[i];
		if (cel_node_over(p, to, a->v[i]) < 0)
			return -1;
	}
	return 0;
}

static struct cel_node *expression(struct cel_parser *p);

/* Expressions up to the closing sign, a comma behind the last where is_literal. */
static int list(struct cel_parser *p, const char *close, bool is_literal, struct args *ret)
{
	while (!is_op(p, close)) {
		int is_optional = is_literal ? take(p, "?") : 0;
		struct cel_node *n = is_optional < 0 ? NULL : expression(p);
		if (!n)
			return -1;
		args_add(ret, n, is_optional);
		int more = take(p, ",");
		if (more < 0)
			return -1;
		if (!more)
			break;
		if (!is_literal && is_op(p, close))
			return fail(p, "an argument is wanted here");
	}
	return expect(p, close);
}

static struct cel_node *list_literal(struct cel_parser *p)
{
	AUTO_ARGS struct args a = {0};
	struct cel_node *n = cel_node_new(p, CEL_N_LIST, p->l.start);
	if (!n || cel_lex(&p->l) < 0 || list(p, "]", true, &a) < 0 || args_into(p, &a, n) < 0)
		return NULL;
	if (a.has_optional) {
		n->optional = arena_alloc(p->l.arena, a.n);
		memcpy(n->optional, a.optional, a.n);
	}
	return n;
}

/* key: value, ... } */
static int pairs(struct cel_parser *p, struct args *ret)
{
	while (!is_op(p, "}")) {
		int is_optional = take(p, "?");
		struct cel_node *key = is_optional < 0 ? NULL : expression(p);
		if (!key || expect(p, ":") < 0)
			return -1;
		struct cel_node *value = expression(p);
		if (!value)
			return -1;
		args_add(ret, key, is_optional);
		args_add(ret, value, is_optional);
		int more = take(p, ",");
		if (more < 0)
			return -1;
		if (!more)
			break;
	}
	return expect(p, "}");
}

static struct cel_node *map_literal(struct cel_parser *p)
{
	AUTO_ARGS struct args a = {0};
	struct cel_node *n = cel_node_new(p, CEL_N_MAP, p->l.start);
	if (!n || cel_lex(&p->l) < 0 || pairs(p, &a) < 0 || args_into(p, &a, n) < 0)
		return NULL;
	if (a.has_optional) {
		n->optional = arena_alloc(p->l.arena, a.n);
		for (size_t i = 0; i < a.n; i += 2)
			n->optional[i / 2] = a.optional[i];
	}
	return n;
}

static const char *const keywords[] = {"false", "in", "null", "true", NULL};
static const char *const reserved[] = {
	"as",  "break", "const",   "continue", "else", "for",  "if",        "function", "import",
	"let", "loop",  "package", "return",   "var",  "void", "namespace", "while",    NULL};

static bool is_one_of(const struct cel_parser *p, const char *const words[])
{
	for (size_t i = 0; words[i]; i++)
		if (is_word(p, words[i]))
			return true;
	return false;
}

static int want_selector(struct cel_parser *p)
{
	if (p->l.kind != CEL_T_IDENT)
		return fail(p, "a name is wanted here");
	if (is_one_of(p, keywords))
		return cel_fail(p->l.text, p->l.start, p->l.e, "%.*s is no name of a field",
		                BYTES_FMT(p->l.word));
	return 0;
}

/* name{field: value, ...}: the name is that of the chain n. */
static int struct_name(struct cel_parser *p, const struct cel_node *n, struct buf *b)
{
	const struct cel_node *parts[64];
	size_t depth = 0;
	for (; n->kind == CEL_N_SELECT && depth < ARRAY_LEN(parts) - 1; n = n->target)
		parts[depth++] = n;
	if (n->kind != CEL_N_IDENT)
		return fail(p, "{ follows what is no name of a type");
	if (n->is_root)
		buf_addc(b, '.');
	buf_add(b, n->name);
	while (depth--) {
		buf_addc(b, '.');
		buf_add(b, parts[depth]->name);
	}
	return 0;
}

static int fields(struct cel_parser *p, struct args *ret, struct bytes **names, size_t *cap)
{
	while (!is_op(p, "}")) {
		int is_optional = take(p, "?");
		if (is_optional < 0 || want_selector(p) < 0)
			return -1;
		*names = mem_grow(*names, cap, ret->n + 1, sizeof **names);
		(*names)[ret->n] = p->l.word;
		if (cel_lex(&p->l) < 0 || expect(p, ":") < 0)
			return -1;
		struct cel_node *value = expression(p);
		if (!value)
			return -1;
		args_add(ret, value, is_optional);
		int more = take(p, ",");
		if (more < 0)
			return -1;
		if (!more)
			break;
	}
	return expect(p, "}");
}

static struct cel_node *struct_literal(struct cel_parser *p, const struct cel_node *chain)
{
	AUTO_ARGS struct args a = {0};
	AUTO_BUF struct buf name;
	AUTO_FREE struct bytes *names = NULL;
	size_t cap = 0;
	buf_init(&name, (size_t)CEL_TEXT_MAX);
	struct cel_node *n = cel_node_new(p, CEL_N_STRUCT, chain->at);
	if (!n || struct_name(p, chain, &name) < 0 || cel_lex(&p->l) < 0 ||
	    fields(p, &a, &names, &cap) < 0 || args_into(p, &a, n) < 0)
		return NULL;
	n->name = arena_dup(p->l.arena, buf_bytes(&name));
	n->fields = arena_alloc(p->l.arena, (a.n + 1) * sizeof *n->fields);
	if (a.n)
		memcpy(n->fields, names, a.n * sizeof *names);
	return n;
}

/* The call's arguments, and what it stands for if it is a macro. */
static struct cel_node *call(struct cel_parser *p, struct cel_node *n)
{
	AUTO_ARGS struct args a = {0};
	n->kind = CEL_N_CALL;
	if (cel_lex(&p->l) < 0 || list(p, ")", false, &a) < 0 || args_into(p, &a, n) < 0)
		return NULL;
	return cel_expand(p, n) < 0 ? NULL : n;
}

static struct cel_node *name(struct cel_parser *p, bool is_root)
{
	if (is_word(p, "true") || is_word(p, "false") || is_word(p, "null")) {
		struct cel_node *n = cel_node_new(p, CEL_N_LITERAL, p->l.start);
		if (!n)
			return NULL;
		n->value.kind = is_word(p, "null") ? CEL_NULL : CEL_BOOL;
		n->value.b = is_word(p, "true");
		return is_root || cel_lex(&p->l) < 0 ? NULL : n;
	}
	if (p->l.is_quoted || is_one_of(p, keywords) || is_one_of(p, reserved)) {
		cel_fail(p->l.text, p->l.start, p->l.e, "%.*s is no name of a variable",
		         BYTES_FMT(p->l.word));
		return NULL;
	}
	struct cel_node *n = cel_node_new(p, CEL_N_IDENT, p->l.start);
	if (!n)
		return NULL;
	n->name = p->l.word;
	n->is_root = is_root;
	if (cel_lex(&p->l) < 0)
		return NULL;
	return is_op(p, "(") ? call(p, n) : n;
}

static struct cel_node *literal(struct cel_parser *p, bool is_negative)
{
	struct cel_node *n = cel_node_new(p, CEL_N_LITERAL, p->l.start);
	if (!n)
		return NULL;
	n->value = p->l.value;
	if (p->l.kind == CEL_T_NUMBER && cel_number(&p->l, is_negative, &n->value) < 0)
		return NULL;
	return cel_lex(&p->l) < 0 ? NULL : n;
}

static struct cel_node *primary(struct cel_parser *p)
{
	int is_taken;
	switch (p->l.kind) {
	case CEL_T_VALUE:
	case CEL_T_NUMBER:
		return literal(p, false);
	case CEL_T_IDENT:
		return name(p, false);
	default:
		break;
	}
	if (is_op(p, "["))
		return list_literal(p);
	if (is_op(p, "{"))
		return map_literal(p);
	if ((is_taken = take(p, "(")) != 0) {
		struct cel_node *n = is_taken < 0 ? NULL : expression(p);
		return n && expect(p, ")") == 0 ? n : NULL;
	}
	if ((is_taken = take(p, ".")) != 0) {
		if (is_taken > 0 && p->l.kind == CEL_T_IDENT)
			return name(p, true);
		if (is_taken > 0)
			fail(p, "a name is wanted here");
		return NULL;
	}
	fail(p, p->l.kind == CEL_T_END ? "the expression ends where more is wanted"
	                               : "a value is wanted here");
	return NULL;
}

/* .name, .?name, .name(...) behind target */
static struct cel_node *selection(struct cel_parser *p, struct cel_node *target)
{
	struct cel_node *n = cel_node_new(p, CEL_N_SELECT, p->l.start);
	int is_optional = n ? take(p, "?") : -1;
	if (is_optional < 0 || want_selector(p) < 0 || cel_node_over(p, n, target) < 0)
		return NULL;
	n->at = (uint32_t)p->l.start;
	n->target = target;
	n->name = p->l.word;
	n->is_optional = is_optional;
	bool is_quoted = p->l.is_quoted;
	if (cel_lex(&p->l) < 0)
		return NULL;
	if (!is_optional && !is_quoted && is_op(p, "("))
		return call(p, n);
	return n;
}

static struct cel_node *indexing(struct cel_parser *p, struct cel_node *target)
{
	size_t at = p->l.start;
	if (cel_lex(&p->l) < 0)
		return NULL;
	int is_optional = take(p, "?");
	struct cel_node *index = is_optional < 0 ? NULL : expression(p);
	struct cel_node *n = index && expect(p, "]") == 0 ? cel_node_new(p, CEL_N_CALL, at) : NULL;
	if (!n)
		return NULL;
	n->name = is_optional ? B("_[?_]") : B("_[_]");
	n->n = 2;
	n->args = arena_alloc(p->l.arena, 2 * sizeof(struct cel_node *));
	n->args[0] = target;
	n->args[1] = index;
	return cel_node_over(p, n, target) < 0 || cel_node_over(p, n, index) < 0 ? NULL : n;
}

static struct cel_node *member(struct cel_parser *p, struct cel_node *n)
{
	while (n) {
		int is_taken = take(p, ".");
		if (is_taken < 0)
			return NULL;
		if (is_taken)
			n = selection(p, n);
		else if (is_op(p, "["))
			n = indexing(p, n);
		else if (is_op(p, "{") && (n->kind == CEL_N_IDENT || n->kind == CEL_N_SELECT))
			n = struct_literal(p, n);
		else
			return n;
	}
	return NULL;
}

static struct cel_node *operation(struct cel_parser *p, const char *function, size_t at,
                                  struct cel_node *a, struct cel_node *b)
{
	struct cel_node *n = a ? cel_node_new(p, CEL_N_CALL, at) : NULL;
	if (!n)
		return NULL;
	n->name = bytes_str(function);
	n->n = b ? 2 : 1;
	n->args = arena_alloc(p->l.arena, 2 * sizeof(struct cel_node *));
	n->args[0] = a;
	n->args[1] = b;
	return cel_node_over(p, n, a) < 0 || cel_node_over(p, n, b) < 0 ? NULL : n;
}

/* Signs of one kind, counted; a minus that is a number's own is not, but is told of. */
static int signs(struct cel_parser *p, const char *sign, size_t *ret, bool *ret_negative)
{
	int is_taken = 0;
	while (!*ret_negative && *ret <= (size_t)CEL_DEPTH_MAX && (is_taken = take(p, sign)) > 0) {
		/* -9223372036854775808 is one number */
		*ret_negative = sign[0] == '-' && p->l.kind == CEL_T_NUMBER;
		*ret += !*ret_negative;
	}
	return is_taken < 0 ? -1 : 0;
}

static struct cel_node *unary(struct cel_parser *p)
{
	size_t at = p->l.start, n_signs = 0, n_more = 0;
	const char *sign = is_op(p, "!") ? "!" : "-";
	bool is_negative = false;
	if (signs(p, sign, &n_signs, &is_negative) < 0)
		return NULL;
	/* `!-1`: a number with its sign, nothing else with one */
	if (sign[0] == '!' && signs(p, "-", &n_more, &is_negative) < 0)
		return NULL;
	if (n_more) {
		fail(p, "- behind ! is wanted in brackets");
		return NULL;
	}
	struct cel_node *n = member(p, is_negative ? literal(p, true) : primary(p));
	for (; n && n_signs; n_signs--)
		n = operation(p, sign[0] == '!' ? "!_" : "-_", at, n, NULL);
	return n;
}

struct infix {
	const char *op, *function;
};

/* Left to right: a op b op c. */
static struct cel_node *chain(struct cel_parser *p, struct cel_node *(*below)(struct cel_parser *),
                              const struct infix *ops, size_t n_ops)
{
	struct cel_node *left = below(p);
	while (left) {
		size_t i = 0, at = p->l.start;
		while (i < n_ops && !is_op(p, ops[i].op) &&
		       !(is_alpha((uint8_t)ops[i].op[0]) && is_word(p, ops[i].op)))
			i++;
		if (i == n_ops)
			return left;
		struct cel_node *right = cel_lex(&p->l) < 0 ? NULL : below(p);
		left = right ? operation(p, ops[i].function, at, left, right) : NULL;
	}
	return NULL;
}

static struct cel_node *multiplication(struct cel_parser *p)
{
	static const struct infix ops[] = {
		{"*", "_*_"},
                {"/", "_/_"},
                {"%", "_%_"}
        };
	return chain(p, unary, ops, ARRAY_LEN(ops));
}

static struct cel_node *addition(struct cel_parser *p)
{
	static const struct infix ops[] = {
		{"+", "_+_"},
                {"-", "_-_"}
        };
	return chain(p, multiplication, ops, ARRAY_LEN(ops));
}

static struct cel_node *relation(struct cel_parser *p)
{
	static const struct infix ops[] = {
		{"==", "_==_"},
                {"!=", "_!=_"},
                {"<",  "_<_" },
                {"<=", "_<=_"},
		{">",  "_>_" },
                {">=", "_>=_"},
                {"in", "@in" }
        };
	return chain(p, addition, ops, ARRAY_LEN(ops));
}

/* a && b && c: one node */
static struct cel_node *logic(struct cel_parser *p, const char *op, enum cel_node_kind kind,
                              struct cel_node *(*below)(struct cel_parser *))
{
	AUTO_ARGS struct args a = {0};
	size_t at = p->l.start;
	for (int more = 1; more;) {
		struct cel_node *n = more < 0 ? NULL : below(p);
		if (!n)
			return NULL;
		args_add(&a, n, false);
		more = take(p, op);
	}
	if (a.n == 1)
		return a.v[0];
	struct cel_node *n = cel_node_new(p, kind, at);
	return n && args_into(p, &a, n) == 0 ? n : NULL;
}

static struct cel_node *conjunction(struct cel_parser *p)
{
	return logic(p, "&&", CEL_N_AND, relation);
}

static struct cel_node *disjunction(struct cel_parser *p)
{
	return logic(p, "||", CEL_N_OR, conjunction);
}

static struct cel_node *conditional(struct cel_parser *p)
{
	size_t at = p->l.start;
	struct cel_node *test = disjunction(p);
	int is_taken = test ? take(p, "?") : -1;
	if (is_taken <= 0)
		return is_taken < 0 ? NULL : test;
	struct cel_node *yes = disjunction(p);
	struct cel_node *no = yes && expect(p, ":") == 0 ? expression(p) : NULL;
	struct cel_node *n = no ? cel_node_new(p, CEL_N_COND, at) : NULL;
	if (!n)
		return NULL;
	n->n = 3;
	n->args = arena_alloc(p->l.arena, 3 * sizeof(struct cel_node *));
	n->args[0] = test;
	n->args[1] = yes;
	n->args[2] = no;
	for (size_t i = 0; i < 3; i++)
		if (cel_node_over(p, n, n->args[i]) < 0)
			return NULL;
	return n;
}

static struct cel_node *expression(struct cel_parser *p)
{
	if (p->level >= (unsigned)CEL_DEPTH_MAX) {
		fail(p, "nests too deep");
		p->l.e->kind = ERR_LIMIT;
		return NULL;
	}
	p->level++;
	struct cel_node *n = conditional(p);
	p->level--;
	return n;
}

int cel_parse(struct bytes text, struct arena *a, struct cel_ast *ret, struct err *e)
{
	struct err ignored;
	struct cel_parser p = {
		.l = {.text = text, .arena = a, .e = e ? e : &ignored}
        };
	if (text.n > (size_t)CEL_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "1:1: an expression of %zu bytes, at most %d are read",
		               text.n, (int)CEL_TEXT_MAX);
	if (!bytes_is_utf8(text))
		return err_set(e, ERR_FORMAT, "1:1: the expression is not UTF-8");
	if (cel_lex(&p.l) < 0)
		return -1;
	struct cel_node *root = expression(&p);
	if (!root)
		return -1;
	if (p.l.kind != CEL_T_END)
		return fail(&p, "the expression should end here");
	*ret = (struct cel_ast){.text = text, .root = root, .n_nodes = p.n_nodes};
	return 0;
}
