/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vers_set.c - ranges as sets: intervals of versions, cut, joined, and written as VERS.
 *
 * Source: the VERS specification, "Core specification": each version stands in a range once, so
 * that intervals that touch are one, and a single version left out is "!=".
 */
#include "fmt/vers_native.h"

#include <stdlib.h>
#include <string.h>

static int end_cmp(const struct vers_type *how, const struct vers_end *a, const struct vers_end *b)
{
	int c = vers_cmp(how, a->v, b->v);
	return c ? c : a->is_after - b->is_after;
}

static bool is_empty(const struct vers_type *how, const struct vers_span *s)
{
	return s->from.v.p && s->to.v.p && end_cmp(how, &s->from, &s->to) >= 0;
}

void native_from(struct native *t, struct bytes v, bool is_after)
{
	struct vers_end from = {v, is_after};
	if (!t->now.from.v.p || end_cmp(t->how, &from, &t->now.from) > 0)
		t->now.from = from;
}

void native_to(struct native *t, struct bytes v, bool is_after)
{
	struct vers_end to = {v, is_after};
	if (!t->now.to.v.p || end_cmp(t->how, &to, &t->now.to) < 0)
		t->now.to = to;
}

void native_only(struct native *t, struct bytes v)
{
	native_from(t, v, false);
	native_to(t, v, true);
}

static void add(struct native *t, struct vers_spans *to, struct vers_span s)
{
	if (is_empty(t->how, &s))
		return;
	if (to->n == to->cap) {
		size_t cap = to->cap ? to->cap * 2 : 8;
		struct vers_span *v = arena_alloc(t->a, cap * sizeof *v);
		if (to->n)
			memcpy(v, to->v, to->n * sizeof *v);
		to->v = v;
		to->cap = cap;
	}
	to->v[to->n++] = s;
}

void native_without(struct native *t, struct vers_end from, struct vers_end to)
{
	add(t, &t->out, (struct vers_span){from, to});
}

/* What begins before all comes first. */
static int by_from(const void *x, const void *y, void *how)
{
	const struct vers_span *a = x, *b = y;
	if (!a->from.v.p || !b->from.v.p)
		return (a->from.v.p != NULL) - (b->from.v.p != NULL);
	return end_cmp(how, &a->from, &b->from);
}

static void join(const struct vers_type *how, struct vers_spans *s)
{
	size_t n = 0;
	if (s->n)
		qsort_r(s->v, s->n, sizeof *s->v, by_from, (void *)(uintptr_t)how);
	for (size_t i = 0; i < s->n; i++) {
		struct vers_span *last = n ? &s->v[n - 1] : NULL, one = s->v[i];
		bool is_apart = !last || (last->to.v.p && one.from.v.p &&
		                          end_cmp(how, &last->to, &one.from) < 0);
		if (is_apart)
			s->v[n++] = one;
		else if (last->to.v.p && (!one.to.v.p || end_cmp(how, &last->to, &one.to) < 0))
			last->to = one.to;
	}
	s->n = n;
}

/* Adds what is left of s without the holes, which are in order and do not touch. */
static void add_without(struct native *t, struct vers_span s, const struct vers_span *holes,
                        size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s.to.v.p && end_cmp(t->how, &holes[i].from, &s.to) >= 0)
			break;
		if (holes[i].from.v.p)
			add(t, &t->all, (struct vers_span){s.from, holes[i].from});
		if (!holes[i].to.v.p)
			return;
		if (!s.from.v.p || end_cmp(t->how, &s.from, &holes[i].to) < 0)
			s.from = holes[i].to;
	}
	add(t, &t->all, s);
}

void native_or(struct native *t)
{
	join(t->how, &t->out);
	if (!t->is_empty)
		add_without(t, t->now, t->out.v, t->out.n);
	t->now = (struct vers_span){0};
	t->out.n = 0;
	t->is_empty = false;
}

struct vers_set vers_set_without(struct bytes type, struct vers_set s, struct vers_set holes,
                                 struct arena *a)
{
	struct native t = {.how = vers_type_find(type), .a = a};
	for (size_t i = 0; i < s.n; i++)
		add_without(&t, s.v[i], holes.v, holes.n);
	return (struct vers_set){t.all.v, t.all.n};
}

void native_join(struct native *t) { join(t->how, &t->all); }

static void put(struct vers *v, enum vers_op op, struct bytes version)
{
	v->c[v->n++] = (struct vers_constraint){op, version};
}

/* Is only one version between the interval that ends there and the one that begins here? */
static bool is_hole(const struct vers_type *how, const struct vers_end *to,
                    const struct vers_end *from)
{
	return from->is_after && !to->is_after && !vers_cmp(how, to->v, from->v);
}

/* One interval; the hole behind it is "!=", and the next one begins without a sign. */
static void put_span(struct vers *v, const struct vers_span *s, bool is_hole_before,
                     bool is_hole_behind)
{
	const struct vers_end *from = &s->from, *to = &s->to;
	bool is_one = from->v.p && to->v.p && !vers_cmp(v->how, from->v, to->v);
	if (is_one)
		put(v, VERS_EQ, from->v);
	else if (from->v.p && !is_hole_before)
		put(v, from->is_after ? VERS_GT : VERS_GE, from->v);
	if (is_hole_behind)
		put(v, VERS_NE, to->v);
	else if (to->v.p && !is_one)
		put(v, to->is_after ? VERS_LE : VERS_LT, to->v);
}

struct vers vers_of_set(struct bytes type, struct vers_set s, struct arena *a)
{
	struct vers v = {.type = type, .how = vers_type_find(type)};
	v.c = arena_alloc(a, (2 * s.n + 1) * sizeof *v.c);
	v.is_none = s.n == 0;
	v.is_any = s.n == 1 && !s.v[0].from.v.p && !s.v[0].to.v.p;
	if (v.is_none)
		v.type = B("none");
	bool is_before = false;
	for (size_t i = 0; i < s.n; i++) {
		bool is_behind = i + 1 < s.n && is_hole(v.how, &s.v[i].to, &s.v[i + 1].from);
		put_span(&v, &s.v[i], is_before, is_behind);
		is_before = is_behind;
	}
	return v;
}
