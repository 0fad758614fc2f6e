/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_macros.c - evaluation of macros: all, exists, map, filter, bind, block, ...
 *
 * Source: cel-spec langdef.md, "Macros"; cel-go ext/README.md.
 */
#include "policy/cel_parts.h"

#include <string.h>

/* A pass over a list or the keys of a map. */
struct pass {
	struct cel_run *r;
	const struct cel_node *n;
	const struct cel_value *keys, *values; /* keys NULL: a list */
	size_t size, i;
};

static struct cel_value begin(struct cel_run *r, const struct cel_node *n, struct pass *p)
{
	struct cel_value of = cel_node_value(r, n->target);
	*p = (struct pass){.r = r, .n = n};
	if (of.kind == CEL_LIST) {
		p->values = of.list->v;
		p->size = of.list->n;
	} else if (of.kind == CEL_MAP) {
		p->keys = of.map->keys;
		p->values = of.map->values;
		p->size = of.map->n;
	} else {
		return cel_no_overload(r, "a macro", &of, 1);
	}
	return cel_null();
}

/* Gives the variables the next element's values; false at the end. */
static bool next(struct pass *p)
{
	struct cel_value *locals = p->r->locals + p->n->slot;
	if (p->i == p->size)
		return false;
	if (p->n->vars[1].p) {
		locals[0] = p->keys ? p->keys[p->i] : cel_int((int64_t)p->i);
		locals[1] = p->values[p->i];
	} else {
		locals[0] = p->keys ? p->keys[p->i] : p->values[p->i];
	}
	p->i++;
	return true;
}

static struct cel_value eval_tests(struct cel_run *r, const struct cel_node *n)
{
	struct pass p;
	struct cel_value ret = begin(r, n, &p);
	bool decides = n->macro == CEL_EXISTS;
	if (ret.kind == CEL_ERROR)
		return ret;
	for (ret = cel_bool(!decides); next(&p);) {
		struct cel_value v = cel_node_value(r, n->args[0]);
		if (v.kind == CEL_BOOL && v.b == decides)
			return v;
		if (v.kind != CEL_BOOL && ret.kind != CEL_ERROR)
			ret = v.kind == CEL_ERROR ? v : cel_no_overload(r, "a macro", &v, 1);
		if (r->is_spent)
			return cel_size_error(r);
	}
	return ret;
}

static struct cel_value eval_exists_one(struct cel_run *r, const struct cel_node *n)
{
	struct pass p;
	size_t found = 0;
	struct cel_value ret = begin(r, n, &p);
	if (ret.kind == CEL_ERROR)
		return ret;
	while (next(&p)) {
		struct cel_value v = cel_node_value(r, n->args[0]);
		if (v.kind != CEL_BOOL)
			return cel_no_overload(r, "a macro", &v, 1);
		found += v.b;
	}
	return cel_bool(found == 1);
}

/* 1: the filter lets the element through, 0: it does not, -1: an error in *v. */
static int passes(struct cel_run *r, const struct cel_node *filter, struct cel_value *v)
{
	*v = cel_node_value(r, filter);
	if (v->kind == CEL_BOOL)
		return v->b;
	*v = cel_no_overload(r, "a macro", v, 1);
	return -1;
}

static struct cel_value eval_filter(struct cel_run *r, const struct cel_node *n)
{
	struct pass p;
	size_t k = 0;
	struct cel_value ret = begin(r, n, &p);
	struct cel_value *v = ret.kind == CEL_ERROR ? NULL : cel_alloc(r, (p.size + 1) * sizeof *v);
	if (!v)
		return ret.kind == CEL_ERROR ? ret : cel_size_error(r);
	while (next(&p)) {
		int is_through = passes(r, n->args[0], &ret);
		if (is_through < 0)
			return ret;
		if (is_through)
			v[k++] = p.keys ? p.keys[p.i - 1] : p.values[p.i - 1];
	}
	return cel_list_of(r, v, k);
}

/* map and transformList: [filter,] what is put into the list */
static struct cel_value eval_map(struct cel_run *r, const struct cel_node *n)
{
	struct pass p;
	size_t k = 0;
	struct cel_value ret = begin(r, n, &p);
	struct cel_value *v = ret.kind == CEL_ERROR ? NULL : cel_alloc(r, (p.size + 1) * sizeof *v);
	if (!v)
		return ret.kind == CEL_ERROR ? ret : cel_size_error(r);
	while (next(&p)) {
		int is_through = n->n > 1 ? passes(r, n->args[0], &ret) : 1;
		if (is_through < 0)
			return ret;
		if (!is_through)
			continue;
		v[k] = cel_node_value(r, n->args[n->n - 1]);
		if (v[k].kind == CEL_ERROR)
			return v[k];
		k++;
	}
	return cel_list_of(r, v, k);
}

static struct cel_value eval_transform_map(struct cel_run *r, const struct cel_node *n)
{
	struct pass p;
	size_t k = 0;
	struct cel_value ret = begin(r, n, &p);
	if (ret.kind == CEL_ERROR)
		return ret;
	struct cel_value *keys = cel_alloc(r, (2 * p.size + 2) * sizeof *keys);
	if (!keys)
		return cel_size_error(r);
	struct cel_value *values = keys + p.size + 1;
	while (next(&p)) {
		int is_through = n->n > 1 ? passes(r, n->args[0], &ret) : 1;
		if (is_through < 0)
			return ret;
		if (!is_through)
			continue;
		keys[k] = p.keys ? p.keys[p.i - 1] : cel_int((int64_t)p.i - 1);
		values[k] = cel_node_value(r, n->args[n->n - 1]);
		if (values[k].kind == CEL_ERROR)
			return values[k];
		k++;
	}
	return cel_map_of(r, keys, values, k);
}

/* Entries while their number is not known. */
struct entries {
	struct cel_value *keys, *values;
	size_t n, cap;
};

static bool entries_add(struct cel_run *r, struct entries *e, const struct cel_map *m)
{
	if (e->n + m->n > e->cap) {
		size_t cap = 2 * (e->n + m->n);
		struct cel_value *keys = cel_alloc(r, 2 * cap * sizeof *keys);
		if (!keys)
			return false;
		if (e->n) {
			memcpy(keys, e->keys, e->n * sizeof *keys);
			memcpy(keys + cap, e->values, e->n * sizeof *keys);
		}
		*e = (struct entries){keys, keys + cap, e->n, cap};
	}
	for (size_t i = 0; i < m->n; i++) {
		e->keys[e->n] = m->keys[i];
		e->values[e->n++] = m->values[i];
	}
	return true;
}

static struct cel_value eval_transform_entry(struct cel_run *r, const struct cel_node *n)
{
	struct pass p;
	struct entries e = {0};
	struct cel_value ret = begin(r, n, &p);
	if (ret.kind == CEL_ERROR)
		return ret;
	while (next(&p)) {
		int is_through = n->n > 1 ? passes(r, n->args[0], &ret) : 1;
		if (is_through < 0)
			return ret;
		if (!is_through)
			continue;
		struct cel_value v = cel_node_value(r, n->args[n->n - 1]);
		if (v.kind != CEL_MAP)
			return cel_no_overload(r, "transformMapEntry", &v, 1);
		if (!entries_add(r, &e, v.map))
			return cel_size_error(r);
	}
	return cel_map_of(r, e.keys, e.values, e.n);
}

static struct cel_value eval_sort_by(struct cel_run *r, const struct cel_node *n)
{
	struct pass p;
	struct cel_value ret = begin(r, n, &p);
	if (ret.kind == CEL_ERROR)
		return ret;
	struct cel_value *keys = cel_alloc(r, (2 * p.size + 2) * sizeof *keys);
	if (!keys)
		return cel_size_error(r);
	struct cel_value *values = keys + p.size + 1;
	while (next(&p)) {
		keys[p.i - 1] = cel_node_value(r, n->args[0]);
		if (keys[p.i - 1].kind == CEL_ERROR)
			return keys[p.i - 1];
		values[p.i - 1] = p.keys ? p.keys[p.i - 1] : p.values[p.i - 1];
	}
	ret = cel_sort(r, keys, values, p.size);
	return ret.kind == CEL_ERROR ? ret : cel_list_of(r, values, p.size);
}

/* What is bound may be an error, which counts where it is used. */
static struct cel_value eval_bind(struct cel_run *r, const struct cel_node *n)
{
	r->locals[n->slot] = cel_node_value(r, n->target);
	return cel_node_value(r, n->args[0]);
}

static struct cel_value eval_block(struct cel_run *r, const struct cel_node *n)
{
	for (size_t i = 0; i + 1 < n->n; i++)
		r->locals[n->slot + (int32_t)i] = cel_node_value(r, n->args[i]);
	return cel_node_value(r, n->args[n->n - 1]);
}

static struct cel_value eval_opt(struct cel_run *r, const struct cel_node *n)
{
	struct cel_value of = cel_node_value(r, n->target);
	if (of.kind != CEL_OPTIONAL)
		return cel_no_overload(r, "optMap", &of, 1);
	if (!of.opt)
		return of;
	r->locals[n->slot] = *of.opt;
	struct cel_value v = cel_node_value(r, n->args[0]);
	if (n->macro == CEL_OPT_MAP)
		return cel_some(r, v);
	return v.kind == CEL_OPTIONAL ? v : cel_no_overload(r, "optFlatMap", &v, 1);
}

struct cel_value cel_macro_value(struct cel_run *r, const struct cel_node *n)
{
	static struct cel_value (*const by_macro[])(struct cel_run *, const struct cel_node *) = {
		[CEL_ALL] = eval_tests,
		[CEL_EXISTS] = eval_tests,
		[CEL_EXISTS_ONE] = eval_exists_one,
		[CEL_FILTER] = eval_filter,
		[CEL_MAPPED] = eval_map,
		[CEL_TRANSFORM_LIST] = eval_map,
		[CEL_TRANSFORM_MAP] = eval_transform_map,
		[CEL_TRANSFORM_ENTRY] = eval_transform_entry,
		[CEL_SORT_BY] = eval_sort_by,
		[CEL_BIND] = eval_bind,
		[CEL_BLOCK] = eval_block,
		[CEL_OPT_MAP] = eval_opt,
		[CEL_OPT_FLAT_MAP] = eval_opt,
	};
	return by_macro[n->macro](r, n);
}
