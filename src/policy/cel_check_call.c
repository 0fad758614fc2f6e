/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_check_call.c - which function a call means, and the types of macros.
 *
 * Every overload whose types fit may be meant; where they give different types the result is dyn.
 * Source: cel-spec langdef.md, "Functions", "Macros".
 */
#include "policy/cel_check.h"

#include <string.h>

static const struct cel_function *const chapters[] = {
	cel_functions_operators, cel_functions_convert,  cel_functions_strings,
	cel_functions_format,    cel_functions_time,     cel_functions_math,
	cel_functions_lists,     cel_functions_optional, cel_functions_net,
	cel_functions_regex,
};

const struct cel_function *cel_function_find(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(chapters); i++)
		for (const struct cel_function *f = chapters[i]; f->name; f++)
			if (bytes_eq(name, bytes_str(f->name)))
				return f;
	return NULL;
}

const char *cel_function_nearest(struct bytes name)
{
	const char *words[256];
	size_t n = 0;
	static const char *const macros[] = {"all", "exists", "exists_one", "filter", "has", "map"};
	for (size_t i = 0; i < ARRAY_LEN(macros); i++)
		words[n++] = macros[i];
	for (size_t i = 0; i < ARRAY_LEN(chapters); i++)
		for (const struct cel_function *f = chapters[i]; f->name && n < 255; f++)
			words[n++] = f->name;
	words[n] = NULL;
	return bytes_nearest(name, words);
}

/* What the call gives; the receiver is the first of the types. */
struct question {
	struct cel_node *n;
	bool is_member;
	size_t n_args;
	const struct cel_type **types;
	const struct cel_type *result; /* NULL: nothing fits so far */
};

/* Whether the overload fits, and what it gives. */
static void try_overload(struct cel_checker *c, struct question *q, struct bytes overload)
{
	const struct cel_type *params[4] = {0};
	bool is_member = overload.p[0] == '.';
	const char *at = (const char *)overload.p + is_member;
	const char *end = (const char *)overload.p + overload.n;
	size_t mark = cel_types_mark(&c->t), i = 0;
	if (is_member != q->is_member)
		return;
	const struct cel_type *result = cel_type_read(&c->t, &at, params);
	for (; at < end; i++) {
		const struct cel_type *want = cel_type_read(&c->t, &at, params);
		if (i >= q->n_args || !cel_type_fits(&c->t, q->types[i], want)) {
			cel_types_undo(&c->t, mark);
			return;
		}
	}
	if (i != q->n_args) {
		cel_types_undo(&c->t, mark);
		return;
	}
	result = cel_type_final(&c->t, result, false);
	if (q->result && !cel_type_same(q->result, result))
		result = CEL_TYPE_OF(CEL_DYN);
	q->result = result;
}

/* math.greatest and math.least take numbers, any number of them, or one list. */
static void try_numbers(struct cel_checker *c, struct question *q)
{
	const struct cel_type *joint = NULL;
	for (size_t i = 0; i < q->n_args; i++) {
		const struct cel_type *t = cel_type_resolve(&c->t, q->types[i]);
		if (q->n_args == 1 && t->kind == CEL_LIST)
			t = cel_type_resolve(&c->t, t->p[0]);
		bool is_number = t->kind == CEL_INT || t->kind == CEL_UINT || t->kind == CEL_DOUBLE;
		if (!is_number && t->kind != CEL_DYN && t->kind != CEL_PARAM)
			return;
		joint = joint && joint->kind != t->kind ? CEL_TYPE_OF(CEL_DYN) : t;
	}
	q->result = !joint || joint->kind == CEL_PARAM ? CEL_TYPE_OF(CEL_DYN) : joint;
	if (!q->n_args)
		q->result = NULL;
}

static void try_all(struct cel_checker *c, struct question *q, const char *overloads)
{
	struct bytes rest = bytes_str(overloads), one;
	if (!strcmp(overloads, "+")) {
		try_numbers(c, q);
		return;
	}
	while (bytes_word(&rest, &one))
		try_overload(c, q, one);
}

static const struct cel_type *no_overload(struct cel_checker *c, const struct question *q)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 150);
	for (size_t i = 0; i < q->n_args; i++) {
		buf_adds(&b, i ? ", " : "");
		buf_adds(&b, cel_check_type_text(c, q->types[i]));
	}
	return cel_check_fail(c, q->n, "no such overload: %.*s of %.*s", BYTES_FMT(q->n->name),
	                      BYTES_FMT(buf_bytes(&b)));
}

/* The pattern of matches(): a broken one is an error now. */
static const struct cel_type *check_pattern(struct cel_checker *c, struct cel_node *n,
                                            const struct cel_type *result)
{
	struct err e = {.msg = ""};
	struct regex *re = NULL;
	bool is_regex = bytes_eq(n->name, B("matches")) || bytes_starts(n->name, B("regex."));
	if (!is_regex || n->n < 2 || n->args[1]->kind != CEL_N_LITERAL ||
	    n->args[1]->value.kind != CEL_STRING || c->program->env->is_loose)
		return result;
	if (regex_compile(n->args[1]->value.s, &re, &e) < 0)
		return cel_check_fail(c, n->args[1], "%s", e.msg);
	regex_free(re);
	return result;
}

static const char *declared(const struct cel_checker *c, struct bytes name)
{
	for (const struct cel_declared *d = c->program->env->declared; d && d->name; d++)
		if (bytes_eq(name, bytes_str(d->name)))
			return d->signature;
	return NULL;
}

static const struct cel_type *unknown(struct cel_checker *c, struct cel_node *n)
{
	const char *near = cel_function_nearest(n->name);
	return cel_check_fail(c, n, "there is no function %.*s%s%s%s", BYTES_FMT(n->name),
	                      near ? ": is " : "", near ? near : "", near ? " meant?" : "");
}

/* optional.of(x): the target is the first half of the function's name. */
static bool join_name(struct cel_checker *c, struct cel_node *n)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 256);
	if (!n->target || !cel_check_chain(c, n->target, &b))
		return false;
	buf_addc(&b, '.');
	buf_add(&b, n->name);
	if (b.overflow || (!cel_function_find(buf_bytes(&b)) && !declared(c, buf_bytes(&b))))
		return false;
	n->name = arena_dup(c->program->arena, buf_bytes(&b));
	n->target = NULL;
	return true;
}

/* The receiver becomes the first argument. */
static void join_target(struct cel_checker *c, struct cel_node *n)
{
	struct cel_node **args =
		arena_alloc(c->program->arena, (n->n + 1) * sizeof(struct cel_node *));
	args[0] = n->target;
	memcpy(args + 1, n->args, n->n * sizeof(struct cel_node *));
	n->args = args;
	n->n++;
	n->target = NULL;
}

const struct cel_type *cel_check_call(struct cel_checker *c, struct cel_node *n)
{
	struct question q = {.n = n, .is_member = n->target && !join_name(c, n)};
	if (q.is_member)
		join_target(c, n);
	q.n_args = n->n;
	q.types = arena_alloc(c->program->arena, (n->n + 1) * sizeof(struct cel_type *));
	for (size_t i = 0; i < n->n; i++)
		if (!(q.types[i] = cel_check(c, n->args[i])))
			return NULL;
	const struct cel_function *f = cel_function_find(n->name);
	const char *more = declared(c, n->name);
	if (!f && !more)
		return unknown(c, n);
	n->bound = f;
	if (f)
		try_all(c, &q, f->overloads);
	if (more)
		try_all(c, &q, more);
	if (q.result)
		return check_pattern(c, n, q.result);
	/* what is not known to fit may do so when it is evaluated */
	return c->program->env->is_loose && f ? CEL_TYPE_OF(CEL_DYN) : no_overload(c, &q);
}

/* The types of the variables of a macro over the type. */
static bool range_types(struct cel_checker *c, struct cel_node *n, const struct cel_type *of,
                        const struct cel_type *ret[2])
{
	bool has_two = n->vars[1].p != NULL;
	of = cel_type_resolve(&c->t, of);
	ret[0] = ret[1] = CEL_TYPE_OF(CEL_DYN);
	switch (of->kind) {
	case CEL_LIST:
		ret[0] = has_two ? CEL_TYPE_OF(CEL_INT) : of->p[0];
		ret[1] = of->p[0];
		return true;
	case CEL_MAP:
		ret[0] = of->p[0];
		ret[1] = of->p[1];
		return n->macro != CEL_SORT_BY;
	case CEL_PARAM:
		cel_type_fits(&c->t, CEL_TYPE_OF(CEL_DYN), of);
		return true;
	case CEL_DYN:
		return true;
	default:
		return false;
	}
}

static struct cel_scope scope_new(struct cel_checker *c, struct bytes name,
                                  const struct cel_type *type)
{
	struct cel_scope s = {.up = c->scope, .name = name, .type = type};
	s.slot = (int32_t)c->program->n_locals++;
	return s;
}

/* Whether the predicate is one. */
static bool check_predicate(struct cel_checker *c, struct cel_node *n)
{
	const struct cel_type *t = cel_check(c, n);
	if (!t)
		return false;
	return cel_type_fits(&c->t, t, CEL_TYPE_OF(CEL_BOOL)) ||
	       cel_check_fail(c, n, "a macro wants bool here, this is %s",
	                      cel_check_type_text(c, t));
}

/* What a macro over a range gives, from the type of its last argument. */
static const struct cel_type *range_result(struct cel_checker *c, struct cel_node *n,
                                           const struct cel_type *vars[2],
                                           const struct cel_type *last)
{
	const struct cel_type *pair[2] = {vars[0], last};
	switch (n->macro) {
	case CEL_SORT_BY:
		last = cel_type_resolve(&c->t, last);
		if (last->kind < CEL_BOOL || (last->kind > CEL_DURATION && last->kind < CEL_DYN))
			return cel_check_fail(c, n->args[0], "%s has no order",
			                      cel_check_type_text(c, last));
		return cel_type_list(&c->t, vars[0]);
	case CEL_FILTER:
		return cel_type_list(&c->t, vars[0]);
	case CEL_MAPPED:
	case CEL_TRANSFORM_LIST:
		return cel_type_list(&c->t, last);
	case CEL_TRANSFORM_MAP:
		return cel_type_make(&c->t, CEL_MAP, 2, pair);
	case CEL_TRANSFORM_ENTRY:
		return cel_check_is(c, last, CEL_MAP)
		               ? last
		               : cel_check_fail(c, n->args[n->n - 1],
		                                "a map of one entry is wanted");
	default:
		return CEL_TYPE_OF(CEL_BOOL);
	}
}

static const struct cel_type *check_range(struct cel_checker *c, struct cel_node *n,
                                          const struct cel_type *of)
{
	const struct cel_type *vars[2], *last = NULL;
	const struct cel_scope *before = c->scope;
	if (!range_types(c, n, of, vars))
		return cel_check_fail(c, n, "a macro goes over a list or map, this is %s",
		                      cel_check_type_text(c, of));
	struct cel_scope first = scope_new(c, n->vars[0], vars[0]), second;
	c->scope = &first;
	n->slot = first.slot;
	if (n->vars[1].p) {
		second = scope_new(c, n->vars[1], vars[1]);
		c->scope = &second;
	}
	bool is_test = n->macro <= CEL_FILTER, is_good = true;
	for (size_t i = 0; i < n->n && is_good; i++) {
		if (is_test || i + 1 < n->n)
			is_good = check_predicate(c, n->args[i]);
		else
			is_good = (last = cel_check(c, n->args[i])) != NULL;
	}
	c->scope = before;
	return is_good ? range_result(c, n, vars, last) : NULL;
}

/* Part i is the variable @index{i} of those behind it; their slots follow one another. */
static const struct cel_type *check_block(struct cel_checker *c, struct cel_node *n)
{
	const struct cel_scope *before = c->scope;
	const struct cel_type *t = NULL;
	struct cel_scope *parts = arena_alloc(c->program->arena, n->n * sizeof *parts);
	n->slot = (int32_t)c->program->n_locals;
	c->program->n_locals += n->n - 1;
	for (size_t i = 0; i < n->n && (t = cel_check(c, n->args[i])); i++) {
		const char *name = arena_printf(c->program->arena, "@index%zu", i);
		parts[i] = (struct cel_scope){.up = c->scope, .name = bytes_str(name), .type = t};
		parts[i].slot = n->slot + (int32_t)i;
		c->scope = &parts[i];
	}
	c->scope = before;
	return t;
}

/* cel.bind, optMap, optFlatMap: one variable with one value. */
static const struct cel_type *check_bind(struct cel_checker *c, struct cel_node *n,
                                         const struct cel_type *of)
{
	const struct cel_scope *before = c->scope;
	if (n->macro != CEL_BIND) {
		of = cel_type_resolve(&c->t, of);
		if (of->kind != CEL_OPTIONAL && of->kind != CEL_DYN)
			return cel_check_fail(c, n, "an optional is wanted, this is %s",
			                      cel_check_type_text(c, of));
		of = of->kind == CEL_OPTIONAL ? of->p[0] : of;
	}
	struct cel_scope var = scope_new(c, n->vars[0], of);
	c->scope = &var;
	n->slot = var.slot;
	const struct cel_type *t = cel_check(c, n->args[0]);
	c->scope = before;
	if (!t || n->macro == CEL_BIND)
		return t;
	if (n->macro == CEL_OPT_MAP)
		return cel_type_make(&c->t, CEL_OPTIONAL, 1, &t);
	return cel_check_is(c, t, CEL_OPTIONAL)
	               ? t
	               : cel_check_fail(c, n->args[0], "optFlatMap wants an optional here");
}

const struct cel_type *cel_check_macro(struct cel_checker *c, struct cel_node *n)
{
	if (n->macro == CEL_BLOCK)
		return check_block(c, n);
	const struct cel_type *of = cel_check(c, n->target);
	if (!of)
		return NULL;
	if (n->macro == CEL_BIND || n->macro == CEL_OPT_MAP || n->macro == CEL_OPT_FLAT_MAP)
		return check_bind(c, n, of);
	return check_range(c, n, of);
}
