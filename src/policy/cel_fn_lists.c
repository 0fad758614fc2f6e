/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_fn_lists.c - distinct, flatten, slice, sort, lists.range; sets; optionals.
 *
 * Source: cel-go ext/README.md, "Lists", "Sets"; its optional types.
 */
#include "policy/cel_parts.h"

#include <math.h>
#include <string.h>

static bool holds(struct cel_run *r, const struct cel_value *v, size_t n,
                  const struct cel_value *one)
{
	for (size_t i = 0; i < n; i++)
		if (cel_equal(r, &v[i], one))
			return true;
	return false;
}

static struct cel_value fn_distinct(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind != CEL_LIST)
		return cel_no_overload(r, "distinct", v, n);
	struct cel_value *list = cel_alloc(r, (v->list->n + 1) * sizeof *list);
	size_t k = 0;
	for (size_t i = 0; list && i < v->list->n && !r->is_spent; i++)
		if (!holds(r, list, k, &v->list->v[i]))
			list[k++] = v->list->v[i];
	return r->is_spent ? cel_size_error(r) : cel_list_of(r, list, k);
}

struct flat {
	struct cel_value *v;
	size_t n, cap;
};

static bool flat_add(struct cel_run *r, struct flat *f, const struct cel_value *one)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 16;
		struct cel_value *v = cel_alloc(r, cap * sizeof *v);
		if (!v)
			return false;
		if (f->n)
			memcpy(v, f->v, f->n * sizeof *v);
		f->v = v;
		f->cap = cap;
	}
	f->v[f->n++] = *one;
	return cel_spend(r, 1);
}

/* Depth is that of the values at most: lists nest at most CEL_DEPTH_MAX deep. */
static bool flatten(struct cel_run *r, struct flat *f, const struct cel_list *l, int64_t depth)
{
	for (size_t i = 0; i < l->n; i++) {
		bool is_good = l->v[i].kind == CEL_LIST && depth > 0
		                       ? flatten(r, f, l->v[i].list, depth - 1)
		                       : flat_add(r, f, &l->v[i]);
		if (!is_good)
			return false;
	}
	return cel_spend(r, 1);
}

static struct cel_value fn_flatten(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct flat f = {0};
	if (v->kind != CEL_LIST || (n > 1 && v[1].kind != CEL_INT))
		return cel_no_overload(r, "flatten", v, n);
	if (n > 1 && v[1].i < 0)
		return cel_error(r, "flatten: level must be non-negative");
	if (!flatten(r, &f, v->list, n > 1 ? v[1].i : 1))
		return cel_size_error(r);
	return cel_list_of(r, f.v, f.n);
}

static struct cel_value fn_range(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind != CEL_INT)
		return cel_no_overload(r, "lists.range", v, n);
	size_t size = v->i > 0 ? (size_t)MIN_OF(v->i, CEL_MEMORY_MAX) : 0;
	struct cel_value *list =
		cel_spend(r, size) ? cel_alloc(r, (size + 1) * sizeof *list) : NULL;
	for (size_t i = 0; list && i < size; i++)
		list[i] = cel_int((int64_t)i);
	return list ? cel_list_of(r, list, size) : cel_size_error(r);
}

static struct cel_value fn_slice(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v[0].kind != CEL_LIST || v[1].kind != CEL_INT || v[2].kind != CEL_INT)
		return cel_no_overload(r, "slice", v, n);
	int64_t from = v[1].i, to = v[2].i;
	if (from < 0 || to < from || (uint64_t)to > v[0].list->n)
		return cel_error(r, "slice: from %lld to %lld of %zu", (long long)from,
		                 (long long)to, v[0].list->n);
	return cel_list_of(r, v[0].list->v + from, (size_t)(to - from));
}

/* Merges two sorted runs of keys (and of what moves with them). */
static void merge(struct cel_value *const from[2], struct cel_value *const to[2], size_t a,
                  size_t m, size_t b)
{
	for (size_t i = a, k = m, at = a; at < b; at++) {
		int c = 0;
		bool is_left =
			k >= b || (i < m && (!cel_compare(&from[0][i], &from[0][k], &c) || c <= 0));
		size_t take = is_left ? i++ : k++;
		to[0][at] = from[0][take];
		if (from[1])
			to[1][at] = from[1][take];
	}
}

static bool is_sortable(const struct cel_value *v)
{
	int c;
	return cel_compare(v, v, &c) || (v->kind == CEL_DOUBLE && isnan(v->d));
}

struct cel_value cel_sort(struct cel_run *r, struct cel_value *keys, struct cel_value *values,
                          size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (keys[i].kind != keys[0].kind || !is_sortable(&keys[i]))
			return cel_error(r, "sort: values of one type with an order are wanted");
	struct cel_value *spare =
		cel_spend(r, 4 * n) ? cel_alloc(r, 2 * (n + 1) * sizeof *spare) : NULL;
	if (!spare)
		return cel_size_error(r);
	struct cel_value *in[2] = {keys, values}, *out[2] = {spare, values ? spare + n + 1 : NULL};
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t a = 0; a < n; a += 2 * width)
			merge(in, out, a, MIN_OF(a + width, n), MIN_OF(a + 2 * width, n));
		for (size_t i = 0; i < 2; i++) {
			struct cel_value *t = in[i];
			in[i] = out[i];
			out[i] = t;
		}
	}
	if (in[0] != keys && n) {
		memcpy(keys, in[0], n * sizeof *keys);
		if (values)
			memcpy(values, in[1], n * sizeof *values);
	}
	return cel_null();
}

static struct cel_value fn_sort(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind != CEL_LIST)
		return cel_no_overload(r, "sort", v, n);
	size_t size = v->list->n;
	struct cel_value *list = cel_alloc(r, (size + 1) * sizeof *list);
	if (!list)
		return cel_size_error(r);
	if (size)
		memcpy(list, v->list->v, size * sizeof *list);
	struct cel_value ret = cel_sort(r, list, NULL, size);
	return ret.kind == CEL_ERROR ? ret : cel_list_of(r, list, size);
}

/* Whether each of b is in a. */
static bool contains(struct cel_run *r, const struct cel_list *a, const struct cel_list *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!holds(r, a->v, a->n, &b->v[i]))
			return false;
	return true;
}

static bool are_lists(const struct cel_value *v)
{
	return v[0].kind == CEL_LIST && v[1].kind == CEL_LIST;
}

static struct cel_value fn_contains(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return are_lists(v) ? cel_bool(contains(r, v[0].list, v[1].list))
	                    : cel_no_overload(r, "sets.contains", v, n);
}

static struct cel_value fn_equivalent(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return are_lists(v) ? cel_bool(contains(r, v[0].list, v[1].list) &&
	                               contains(r, v[1].list, v[0].list))
	                    : cel_no_overload(r, "sets.equivalent", v, n);
}

static struct cel_value fn_intersects(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (!are_lists(v))
		return cel_no_overload(r, "sets.intersects", v, n);
	for (size_t i = 0; i < v[0].list->n; i++)
		if (holds(r, v[1].list->v, v[1].list->n, &v[0].list->v[i]))
			return cel_bool(true);
	return cel_bool(false);
}

static struct cel_value none(void) { return (struct cel_value){.kind = CEL_OPTIONAL}; }

static struct cel_value fn_first(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind != CEL_LIST)
		return cel_no_overload(r, "first", v, n);
	return v->list->n ? cel_some(r, v->list->v[0]) : none();
}

static struct cel_value fn_last(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind != CEL_LIST)
		return cel_no_overload(r, "last", v, n);
	return v->list->n ? cel_some(r, v->list->v[v->list->n - 1]) : none();
}

/* clang-format off */
const struct cel_function cel_functions_lists[] = {
	{"distinct",        fn_distinct,   ".LALA", false},
	{"first",           fn_first,      ".OALA", false},
	{"flatten",         fn_flatten,    ".LALLA .L*L*i", false},
	{"last",            fn_last,       ".OALA", false},
	{"lists.range",     fn_range,      "Lii", false},
	{"sets.contains",   fn_contains,   "bLALA", false},
	{"sets.equivalent", fn_equivalent, "bLALA", false},
	{"sets.intersects", fn_intersects, "bLALA", false},
	{"slice",           fn_slice,      ".LALAii", false},
	{"sort",            fn_sort,       ".LiLi .LuLu .LdLd .LbLb .LWLW .LtLt .LsLs .LyLy", false},
	{NULL, NULL, NULL, false},
};
/* clang-format on */
