/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_eval.c - evaluation: a walk over the tree.
 *
 * Errors are values: || and && and their macros may do without them, all else hands them on.  Each
 * node costs a step.  Recursion is as deep as the tree: CEL_DEPTH_MAX.
 * Source: cel-spec langdef.md, "Logical Operators", "Field Selection".
 */
#include "policy/cel_parts.h"

#include <math.h>
#include <string.h>

static struct cel_value eval_literal(struct cel_run *r, const struct cel_node *n)
{
	(void)r;
	return n->value;
}

static struct cel_value eval_local(struct cel_run *r, const struct cel_node *n)
{
	return r->locals[n->slot];
}

static struct cel_value eval_global(struct cel_run *r, const struct cel_node *n)
{
	size_t slot = (size_t)n->slot;
	if (r->has_global[slot])
		return r->globals[slot];
	const struct cel_var *v = &r->env->vars[slot];
	struct cel_value ret = {.kind = CEL_NULL};
	if (!v->get)
		return cel_error(r, "no value for %s", v->name);
	v->get(r, NULL, &ret);
	cel_run_set(r, slot, ret);
	return ret;
}

static struct cel_value eval_field(struct cel_run *r, const struct cel_node *n)
{
	const struct cel_node *t = n->target;
	bool is_here = t->kind == CEL_N_GLOBAL && r->has_global[t->slot];
	struct cel_value of = is_here ? r->globals[t->slot] : cel_node_value(r, t);
	struct cel_value ret = {.kind = CEL_NULL};
	r->cost += is_here;
	if (of.kind != CEL_OBJECT)
		return cel_select(r, &of, n->name, false);
	((const struct cel_field *)n->bound)->get(r, &of, &ret);
	return ret;
}

static struct cel_value no_key(struct cel_run *r, struct bytes name)
{
	return cel_error(r, "no such key: %.*s", BYTES_FMT(name));
}

static const struct cel_field *find_field(const struct cel_object *o, struct bytes name)
{
	for (const struct cel_field *f = o->fields; f->name; f++)
		if (bytes_eq(name, bytes_str(f->name)))
			return f;
	return NULL;
}

/* Whether a field of an object has a value of its own: not null, not empty, not unknown. */
static bool is_set(const struct cel_value *v)
{
	switch (v->kind) {
	case CEL_ERROR:
	case CEL_NULL:
		return false;
	case CEL_STRING:
	case CEL_BYTES:
		return v->s.n > 0;
	case CEL_LIST:
		return v->list->n > 0;
	case CEL_MAP:
		return v->map->n > 0;
	case CEL_OBJECT:
		return v->obj.p != NULL;
	default:
		return true;
	}
}

/* The value of a field; CEL_ERROR without text where there is none. */
static struct cel_value find(struct cel_run *r, const struct cel_value *of, struct bytes name)
{
	struct cel_value key = cel_string(name), none = {.kind = CEL_ERROR};
	if (of->kind == CEL_MAP) {
		const struct cel_value *v = cel_map_get(of->map, &key);
		return v ? *v : none;
	}
	if (of->kind == CEL_OBJECT) {
		const struct cel_field *f = find_field(of->obj.type, name);
		struct cel_value v = {.kind = CEL_NULL};
		if (!f)
			return cel_error(r, "no such field: %.*s", BYTES_FMT(name));
		f->get(r, of, &v);
		return is_set(&v) ? v : none;
	}
	return cel_error(r, "no such key: %.*s has no fields, %.*s is asked for",
	                 BYTES_FMT(cel_type_name(cel_type_of(of))), BYTES_FMT(name));
}

static bool is_none(const struct cel_value *v) { return v->kind == CEL_ERROR && !v->s.p; }

struct cel_value cel_select(struct cel_run *r, const struct cel_value *of, struct bytes name,
                            bool is_optional)
{
	struct cel_value none = {.kind = CEL_OPTIONAL}, v;
	if (of->kind == CEL_ERROR)
		return *of;
	if (of->kind == CEL_OPTIONAL) {
		if (!of->opt)
			return none;
		of = of->opt;
		is_optional = true;
	}
	if (!is_optional && of->kind == CEL_OBJECT) {
		const struct cel_field *f = find_field(of->obj.type, name);
		v = cel_null();
		if (f)
			f->get(r, of, &v);
		return f ? v : cel_error(r, "no such field: %.*s", BYTES_FMT(name));
	}
	v = find(r, of, name);
	if (is_none(&v))
		return is_optional ? none : no_key(r, name);
	return is_optional ? cel_some(r, v) : v;
}

static struct cel_value eval_select(struct cel_run *r, const struct cel_node *n)
{
	struct cel_value of = cel_node_value(r, n->target);
	if (!n->is_test)
		return cel_select(r, &of, n->name, n->is_optional);
	if (of.kind == CEL_ERROR)
		return of;
	if (of.kind == CEL_OPTIONAL) {
		if (!of.opt)
			return cel_bool(false);
		of = *of.opt;
	}
	struct cel_value v = find(r, &of, n->name);
	return v.kind == CEL_ERROR && !is_none(&v) ? v : cel_bool(!is_none(&v));
}

/* An index into a list as a number; false: not a whole one. */
static bool list_index(const struct cel_value *at, int64_t *ret)
{
	if (at->kind == CEL_DOUBLE && at->d == floor(at->d) && fabs(at->d) < 0x1p62) {
		*ret = (int64_t)at->d;
		return true;
	}
	*ret = at->kind == CEL_UINT && at->u > INT64_MAX ? -1 : at->i;
	return at->kind == CEL_INT || at->kind == CEL_UINT;
}

struct cel_value cel_index(struct cel_run *r, const struct cel_value *of,
                           const struct cel_value *at, bool is_optional)
{
	struct cel_value none = {.kind = CEL_OPTIONAL};
	int64_t i;
	if (of->kind == CEL_OPTIONAL) {
		if (!of->opt)
			return none;
		of = of->opt;
		is_optional = true;
	}
	if (of->kind == CEL_LIST) {
		if (!list_index(at, &i))
			return cel_no_overload(r, "_[_]", at, 1);
		if (i >= 0 && (uint64_t)i < of->list->n)
			return is_optional ? cel_some(r, of->list->v[i]) : of->list->v[i];
		return is_optional ? none : cel_error(r, "index out of bounds: %lld", (long long)i);
	}
	if (of->kind != CEL_MAP)
		return cel_no_overload(r, "_[_]", of, 1);
	const struct cel_value *v = cel_map_get(of->map, at);
	if (v)
		return is_optional ? cel_some(r, *v) : *v;
	if (is_optional)
		return none;
	AUTO_BUF struct buf b;
	buf_init(&b, 100);
	cel_show(&b, at, 90);
	return no_key(r, buf_bytes(&b));
}

/* a == b and a != b without the detour of a call: two texts are compared in place. */
static struct cel_value eval_equal(struct cel_run *r, const struct cel_node *n, bool wanted)
{
	const struct cel_node *right = n->args[1];
	const struct cel_value *b = &right->value;
	struct cel_value a = cel_node_value(r, n->args[0]), other;
	if (a.kind == CEL_ERROR)
		return a;
	if (right->kind != CEL_N_LITERAL) {
		other = cel_node_value(r, right);
		if (other.kind == CEL_ERROR)
			return other;
		b = &other;
	}
	if (a.kind != CEL_STRING || b->kind != CEL_STRING)
		return cel_bool(cel_equal(r, &a, b) == wanted);
	r->cost++;
	bool is_same = a.s.n == b->s.n && (!a.s.n || !memcmp(a.s.p, b->s.p, a.s.n));
	return cel_bool(is_same == wanted);
}

static struct cel_value eval_function(struct cel_run *r, const struct cel_node *n)
{
	struct cel_value few[4], *v = few;
	const struct cel_function *f = n->bound;
	if (n->n > ARRAY_LEN(few) && !(v = cel_alloc(r, n->n * sizeof *v)))
		return cel_size_error(r);
	for (size_t i = 0; i < n->n; i++) {
		v[i] = cel_node_value(r, n->args[i]);
		if (v[i].kind == CEL_ERROR)
			return v[i];
		if (!i && f && f->is_lazy && v[i].kind == CEL_OPTIONAL && v[i].opt)
			return f->fn(r, v, 1);
	}
	if (!f)
		return cel_error(r, "no such function: %.*s", BYTES_FMT(n->name));
	return f->fn(r, v, n->n);
}

static struct cel_value eval_call(struct cel_run *r, const struct cel_node *n)
{
	const struct cel_function *f = n->bound;
	cel_fn fn = f && n->n == 2 ? f->fn : NULL;
	if (fn == cel_fn_equal || fn == cel_fn_unequal)
		return eval_equal(r, n, fn == cel_fn_equal);
	return eval_function(r, n);
}

/* && and ||: the value that decides, else an error, else the other. */
static struct cel_value logic(struct cel_run *r, const struct cel_node *n, bool decides)
{
	struct cel_value ret = cel_bool(!decides);
	for (size_t i = 0; i < n->n; i++) {
		struct cel_value v = cel_node_value(r, n->args[i]);
		if (v.kind == CEL_BOOL && v.b == decides)
			return v;
		if (v.kind == CEL_BOOL || ret.kind == CEL_ERROR)
			continue;
		ret = v.kind == CEL_ERROR ? v : cel_no_overload(r, decides ? "||" : "&&", &v, 1);
	}
	return ret;
}

static struct cel_value eval_and(struct cel_run *r, const struct cel_node *n)
{
	return logic(r, n, false);
}

static struct cel_value eval_or(struct cel_run *r, const struct cel_node *n)
{
	return logic(r, n, true);
}

static struct cel_value eval_cond(struct cel_run *r, const struct cel_node *n)
{
	struct cel_value test = cel_node_value(r, n->args[0]);
	if (test.kind != CEL_BOOL)
		return cel_no_overload(r, "?:", &test, 1);
	return cel_node_value(r, n->args[test.b ? 1 : 2]);
}

/* An element behind ?: 1 taken, 0 left out, -1 an error in v. */
static int take_optional(struct cel_run *r, struct cel_value *v)
{
	if (v->kind != CEL_OPTIONAL) {
		*v = cel_no_overload(r, "?", v, 1);
		return -1;
	}
	if (!v->opt)
		return 0;
	*v = *v->opt;
	return 1;
}

static struct cel_value eval_list(struct cel_run *r, const struct cel_node *n)
{
	struct cel_value *v = cel_alloc(r, (n->n + 1) * sizeof *v);
	size_t k = 0;
	if (!v)
		return cel_size_error(r);
	for (size_t i = 0; i < n->n; i++) {
		v[k] = cel_node_value(r, n->args[i]);
		if (v[k].kind == CEL_ERROR)
			return v[k];
		int is_taken = n->optional && n->optional[i] ? take_optional(r, &v[k]) : 1;
		if (is_taken < 0)
			return v[k];
		k += (size_t)is_taken;
	}
	return cel_list_of(r, v, k);
}

static struct cel_value eval_map(struct cel_run *r, const struct cel_node *n)
{
	size_t n_pairs = n->n / 2, k = 0;
	struct cel_value *keys = cel_alloc(r, (n->n + 2) * sizeof *keys);
	if (!keys)
		return cel_size_error(r);
	struct cel_value *values = keys + n_pairs + 1;
	for (size_t i = 0; i < n_pairs; i++) {
		keys[k] = cel_node_value(r, n->args[2 * i]);
		if (keys[k].kind == CEL_ERROR)
			return keys[k];
		values[k] = cel_node_value(r, n->args[2 * i + 1]);
		if (values[k].kind == CEL_ERROR)
			return values[k];
		int is_taken = n->optional && n->optional[i] ? take_optional(r, &values[k]) : 1;
		if (is_taken < 0)
			return values[k];
		k += (size_t)is_taken;
	}
	return cel_map_of(r, keys, values, k);
}

struct cel_value cel_node_value(struct cel_run *r, const struct cel_node *n)
{
	static struct cel_value (*const by_kind[])(struct cel_run *, const struct cel_node *) = {
		[CEL_N_LITERAL] = eval_literal,
		[CEL_N_SELECT] = eval_select,
		[CEL_N_CALL] = eval_call,
		[CEL_N_AND] = eval_and,
		[CEL_N_OR] = eval_or,
		[CEL_N_COND] = eval_cond,
		[CEL_N_LIST] = eval_list,
		[CEL_N_MAP] = eval_map,
		[CEL_N_MACRO] = cel_macro_value,
		[CEL_N_GLOBAL] = eval_global,
		[CEL_N_LOCAL] = eval_local,
		[CEL_N_FIELD] = eval_field,
		[CEL_N_FAIL] = eval_literal,
	};
	if (__builtin_expect(++r->cost > r->cost_max || r->is_spent, 0))
		return cel_size_error(r);
	return by_kind[n->kind](r, n);
}

struct cel_value cel_evaluate(struct cel_run *r, const struct cel_program *p)
{
	cel_run_begin(r);
	if (p->n_locals && !(r->locals = cel_alloc(r, p->n_locals * sizeof *r->locals)))
		return cel_size_error(r);
	struct cel_value v = cel_node_value(r, p->root);
	/* nothing may do without this one */
	return r->is_spent ? cel_size_error(r) : v;
}
