/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex_set.c - sets of characters of regular expressions.
 */
#include "fmt/regex_parts.h"

#include <stdlib.h>

void regex_set_add(struct regex_set *s, uint32_t lo, uint32_t hi)
{
	s->v = mem_grow(s->v, &s->cap, s->n + 1, sizeof *s->v);
	s->v[s->n++] = (struct regex_range){lo, hi};
}

static int by_lo(const void *a, const void *b)
{
	const struct regex_range *x = a, *y = b;
	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

void regex_set_tidy(struct regex_set *s)
{
	size_t k = 0;
	if (!s->n)
		return;
	qsort(s->v, s->n, sizeof *s->v, by_lo);
	for (size_t i = 1; i < s->n; i++) {
		if (s->v[i].lo <= s->v[k].hi + 1)
			s->v[k].hi = MAX_OF(s->v[k].hi, s->v[i].hi);
		else
			s->v[++k] = s->v[i];
	}
	s->n = k + 1;
}

void regex_set_negate(struct regex_set *s)
{
	struct regex_set out = {0};
	uint32_t from = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].lo > from)
			regex_set_add(&out, from, s->v[i].lo - 1);
		from = s->v[i].hi + 1;
	}
	if (from <= 0x10ffff)
		regex_set_add(&out, from, 0x10ffff);
	free(s->v);
	*s = out;
}

/* What the fold row makes of the part of a range that it covers; added to s. */
static void fold_range(struct regex_set *s, const struct regex_fold *f, struct regex_range r)
{
	uint32_t lo = MAX_OF(f->lo, r.lo), hi = MIN_OF(f->hi, r.hi);
	if (lo > hi)
		return;
	lo += (f->step - (lo - f->lo) % f->step) % f->step;
	if (f->step == 1) {
		regex_set_add(s, (uint32_t)((int32_t)lo + f->delta),
		              (uint32_t)((int32_t)hi + f->delta));
		return;
	}
	for (uint32_t c = lo; c <= hi; c += f->step)
		regex_set_add(s, (uint32_t)((int32_t)c + f->delta),
		              (uint32_t)((int32_t)c + f->delta));
}

void regex_set_fold(struct regex_set *s)
{
	/* a ring has at most four characters: three steps reach all of it */
	for (int round = 0; round < 3; round++) {
		size_t n = s->n;
		for (size_t i = 0; i < n; i++) {
			struct regex_range r = s->v[i];
			for (size_t k = 0; k < regex_n_folds && regex_folds[k].lo <= r.hi; k++)
				fold_range(s, &regex_folds[k], r);
		}
		regex_set_tidy(s);
	}
}

bool regex_set_has(const struct regex_set *s, uint32_t c)
{
	size_t lo = 0, hi = s->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (c < s->v[mid].lo)
			hi = mid;
		else if (c > s->v[mid].hi)
			lo = mid + 1;
		else
			return true;
	}
	return false;
}

bool regex_set_category(struct regex_set *s, struct bytes name)
{
	bool is_found = false;
	if (bytes_eq(name, B("Any"))) {
		regex_set_add(s, 0, 0x10ffff);
		return true;
	}
	if (name.n < 1 || name.n > 2)
		return false;
	for (size_t i = 0; i < regex_n_categories; i++) {
		const struct regex_category *c = &regex_categories[i];
		if (c->name[0] != name.p[0] || (name.n == 2 && c->name[1] != name.p[1]))
			continue;
		regex_set_add(s, c->lo, c->hi);
		is_found = true;
	}
	return is_found;
}
