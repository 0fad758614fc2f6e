/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_fn_regex.c - matches(): whether a regular expression is found in a text.
 *
 * Programs are kept for the patterns a run has met, so that a rule over many findings makes its
 * pattern's program once.  Source: cel-spec langdef.md, "Regular Expressions".
 */
#include "policy/cel_parts.h"

#include <string.h>

enum { KEPT = 32 };

struct cel_regexes {
	struct {
		struct bytes pattern; /* owned */
		struct regex *re;
	} v[KEPT];
	size_t n, next;
};

void cel_regexes_free(struct cel_regexes *x)
{
	for (size_t i = 0; x && i < x->n; i++) {
		free((void *)(uintptr_t)x->v[i].pattern.p);
		regex_free(x->v[i].re);
	}
	free(x);
}

/* The program of the pattern; the oldest one makes room. */
static struct regex *find(struct cel_run *r, struct bytes pattern, struct err *e)
{
	struct regex *re;
	if (!r->regexes)
		r->regexes = mem_zalloc(sizeof *r->regexes);
	struct cel_regexes *x = r->regexes;
	for (size_t i = 0; i < x->n; i++)
		if (bytes_eq(pattern, x->v[i].pattern))
			return x->v[i].re;
	if (regex_compile(pattern, &re, e) < 0)
		return NULL;
	cel_spend(r, 1000 + pattern.n);
	size_t at = x->n < KEPT ? x->n++ : x->next++ % KEPT;
	free((void *)(uintptr_t)x->v[at].pattern.p);
	regex_free(x->v[at].re);
	uint8_t *copy = mem_alloc(pattern.n + 1);
	memcpy(copy, pattern.p, pattern.n);
	x->v[at].pattern = bytes_of(copy, pattern.n);
	x->v[at].re = re;
	return re;
}

static struct cel_value fn_matches(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct err e;
	if (v[0].kind != CEL_STRING || v[1].kind != CEL_STRING)
		return cel_no_overload(r, "matches", v, n);
	struct regex *re = find(r, v[1].s, &e);
	if (!re)
		return cel_error(r, "%s", e.msg);
	/* an instruction of it is quicker than a step of ours */
	uint64_t left = r->is_spent ? 0 : (r->cost_max - r->cost) * 4, before = left;
	int is_found = regex_search(re, v[0].s, &left);
	if (is_found < 0 || !cel_spend(r, (before - left) / 4))
		return cel_size_error(r);
	return cel_bool(is_found);
}

/* clang-format off */
const struct cel_function cel_functions_regex[] = {
	{"matches", fn_matches, "bss .bss", false},
	{NULL, NULL, NULL, false},
};
/* clang-format on */
