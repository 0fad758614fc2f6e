/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaratext_condition.c - some strings of a YARA rule of which one is met wherever its condition
 * holds.
 *
 * Of "or" every part has to need strings, and those of all are taken; of "and" one has to, and the
 * one whose strings are rarest is taken.  Where N of some strings are needed, all but the N - 1
 * commonest do.  Parts that need one are known by their form: $a, $a at N, any of them, 2 of ($a*),
 * #a > 0, a rule that needs one.  Any other part counts as one that does not.
 */
#include "fmt/yaratext_parts.h"

#include <limits.h>

enum { PART_LEN = 8 };

struct condition {
	const struct yara_text *t;
	struct bytes rest;
	struct yara_token now;
	unsigned depth;
};

static void next(struct condition *c)
{
	struct bytes flags;
	c->now = yara_lex(&c->rest);
	if (yara_is(&c->now, "/"))
		c->now = (struct yara_token){YARA_TEXT, yara_lex_regex(&c->rest, &flags)};
}

static bool is_over(const struct condition *c)
{
	return c->now.kind == YARA_END || yara_is(&c->now, "}");
}

static bool is_boundary(const struct condition *c)
{
	return is_over(c) || yara_is(&c->now, ")") || yara_is(&c->now, "and") ||
	       yara_is(&c->now, "or");
}

/* The rest of a part: up to "and", "or", or the parenthesis that closes what it stands in. */
static void skip_part(struct condition *c)
{
	for (unsigned open = 0; !is_over(c) && (open || !is_boundary(c)); next(c)) {
		if (yara_is(&c->now, "("))
			open++;
		else if (yara_is(&c->now, ")"))
			open--;
	}
}

/* A rule is told before those that use it. */
static bool is_known_rule(const struct yara_text *t, struct bytes name)
{
	const union map_value *v = t->rules ? map_get(t->rules, name) : NULL;
	return v && v->u;
}

static const struct yara_cover nothing = {.size = UINT64_MAX}; /* that is needed */

/* Is name one of those that the pattern, "$a" or "$a*", means? */
static bool is_meant(struct bytes pattern, struct bytes name)
{
	return bytes_ends(pattern, B("*"))
	               ? bytes_starts(name, bytes_slice(pattern, 0, pattern.n - 1))
	               : bytes_eq(pattern, name);
}

static void cover_add(const struct condition *c, struct yara_cover *w, struct bytes pattern)
{
	for (size_t i = 0; i < MIN_OF(c->t->n_named, (size_t)YARA_COVER_MAX); i++) {
		if (is_meant(pattern, c->t->strings[i].name))
			w->bits[i / 64] |= UINT64_C(1) << i % 64;
	}
}

static bool has_bit(const struct yara_cover *w, size_t i) { return w->bits[i / 64] >> i % 64 & 1; }

/* The commonest that is still in it; YARA_COVER_MAX: it is empty. */
static size_t commonest(const struct condition *c, const struct yara_cover *w)
{
	size_t at = YARA_COVER_MAX;
	for (size_t i = 0; i < MIN_OF(c->t->n_named, (size_t)YARA_COVER_MAX); i++) {
		if (has_bit(w, i) &&
		    (at == YARA_COVER_MAX || c->t->strings[i].score < c->t->strings[at].score))
			at = i;
	}
	return at;
}

/* n of w's strings are needed. */
static struct yara_cover n_of(const struct condition *c, struct yara_cover w, uint64_t n)
{
	size_t at = commonest(c, &w);
	for (; n > 1 && at < YARA_COVER_MAX; n--) {
		struct yara_cover less = w;
		less.bits[at / 64] &= ~(UINT64_C(1) << at % 64);
		size_t rarer = commonest(c, &less);
		if (rarer == YARA_COVER_MAX)
			break;
		w = less;
		at = rarer;
	}
	w.score = at < YARA_COVER_MAX ? c->t->strings[at].score : 0;
	return w;
}

/* Of very many strings all are looked for: one that cannot be spoils it. */
static struct yara_cover all_of_many(const struct condition *c)
{
	struct yara_cover w = {.score = UINT_MAX, .size = UINT64_MAX};
	for (size_t i = 0; i < c->t->n_named; i++)
		w.score = MIN_OF(w.score, c->t->strings[i].score);
	return w;
}

/* "any", "all" or a number; 0: neither, or none is needed. */
static uint64_t how_many(const struct yara_token *v)
{
	uint64_t count = 0;
	if (yara_is(v, "any"))
		return 1;
	if (yara_is(v, "all"))
		return UINT64_MAX;
	return bytes_u64(v->text, UINT32_MAX, &count) ? count : 0;
}

/* any of them, 2 of ($a*): not of rules, which stand in parentheses without a dollar. */
static struct yara_cover some_of(struct condition *c, const struct yara_token *v, size_t n)
{
	struct yara_cover w = nothing;
	uint64_t count = n >= 3 && yara_is(&v[1], "of") ? how_many(&v[0]) : 0;
	if (!count)
		return nothing;
	bool is_listed = n >= 4 && v[3].kind == YARA_STRING;
	bool may_go_on = is_listed && n == PART_LEN;
	if (yara_is(&v[2], "them") || may_go_on)
		cover_add(c, &w, B("$*"));
	for (size_t i = 3; is_listed && i < n; i++) {
		if (v[i].kind == YARA_STRING)
			cover_add(c, &w, v[i].text);
	}
	return n_of(c, w, may_go_on ? 1 : count);
}

/* #a > 0, #a >= 1, #a == 2 */
static bool is_count(const struct yara_token *v, size_t n)
{
	uint64_t count = 0;
	if (v[0].kind != YARA_COUNT || n < 3 || n > 4 ||
	    !bytes_u64(v[n - 1].text, UINT32_MAX, &count))
		return false;
	if (n == 3)
		return yara_is(&v[1], ">");
	return count && yara_is(&v[2], "=") && (yara_is(&v[1], ">") || yara_is(&v[1], "="));
}

/* name: "$a" or "#a", of which the first letter says how it is asked for. */
static struct yara_cover one_of(const struct condition *c, struct bytes name)
{
	struct yara_cover w = nothing;
	for (size_t i = 0; i < MIN_OF(c->t->n_named, (size_t)YARA_COVER_MAX); i++) {
		if (bytes_eq(bytes_skip(name, 1), bytes_skip(c->t->strings[i].name, 1)))
			w.bits[i / 64] |= UINT64_C(1) << i % 64;
	}
	return n_of(c, w, 1);
}

/* filesize < 1MB, filesize <= 300 */
static uint64_t size_of(const struct yara_token *v, size_t n)
{
	uint64_t size = 0, unit = 1;
	if (n < 3 || n > 4 || !yara_is(&v[0], "filesize") || !yara_is(&v[1], "<") ||
	    (n == 4 && !yara_is(&v[2], "=")))
		return UINT64_MAX;
	struct bytes text = v[n - 1].text;
	if (bytes_ends(text, B("KB")) || bytes_ends(text, B("MB"))) {
		unit = text.p[text.n - 2] == 'K' ? KIB(1) : MIB(1);
		text.n -= 2;
	}
	return bytes_u64(text, UINT32_MAX, &size) ? size * unit : UINT64_MAX;
}

/* v[0..n): the first tokens of a part, which has no more when n < PART_LEN. */
static struct yara_cover needed(struct condition *c, const struct yara_token *v, size_t n)
{
	if (n == 0)
		return nothing;
	bool is_string = v[0].kind == YARA_STRING &&
	                 (n == 1 || yara_is(&v[1], "at") || yara_is(&v[1], "in"));
	bool is_one = is_string || is_count(v, n);
	struct yara_cover w = is_one ? one_of(c, v[0].text) : some_of(c, v, n);
	if (c->t->n_named > YARA_COVER_MAX && (is_one || w.score))
		return all_of_many(c);
	if (n == 1 && v[0].kind == YARA_WORD && is_known_rule(c->t, v[0].text))
		w.score = UINT_MAX; /* by strings that are looked for anyway */
	w.size = size_of(v, n);
	return w;
}

static struct yara_cover either(struct condition *c);

static struct yara_cover in_parentheses(struct condition *c)
{
	if (c->depth >= YARA_CONDITION_DEPTH_MAX) {
		skip_part(c);
		return nothing;
	}
	c->depth++;
	next(c);
	struct yara_cover w = either(c);
	c->depth--;
	if (yara_is(&c->now, ")"))
		next(c);
	if (is_boundary(c))
		return w;
	skip_part(c); /* it was a number: (filesize) > 3 */
	return nothing;
}

static struct yara_cover part(struct condition *c)
{
	struct yara_token v[PART_LEN];
	size_t n = 0;
	if (yara_is(&c->now, "("))
		return in_parentheses(c);
	bool is_opaque =
		yara_is(&c->now, "not") || yara_is(&c->now, "for") || yara_is(&c->now, "defined");
	unsigned open = 0;
	for (; !is_over(c) && (open || !is_boundary(c)); next(c)) {
		if (yara_is(&c->now, "("))
			open++;
		else if (yara_is(&c->now, ")"))
			open--;
		if (n < PART_LEN)
			v[n++] = c->now;
	}
	return is_opaque ? nothing : needed(c, v, n);
}

static struct yara_cover both(struct condition *c)
{
	struct yara_cover w = part(c);
	while (yara_is(&c->now, "and")) {
		next(c);
		struct yara_cover other = part(c);
		uint64_t size = MIN_OF(w.size, other.size);
		if (other.score > w.score)
			w = other;
		w.size = size;
	}
	return w;
}

static struct yara_cover either(struct condition *c)
{
	struct yara_cover w = both(c);
	while (yara_is(&c->now, "or")) {
		next(c);
		struct yara_cover other = both(c);
		for (size_t i = 0; i < ARRAY_LEN(w.bits); i++)
			w.bits[i] |= other.bits[i];
		w.score = MIN_OF(w.score, other.score);
		w.size = MAX_OF(w.size, other.size);
	}
	return w;
}

void yara_condition(const struct yara_text *t, struct bytes *rest, struct yara_cover *ret)
{
	struct condition c = {.t = t, .rest = *rest};
	next(&c);
	*ret = either(&c);
	if (!is_over(&c)) { /* not understood */
		*ret = nothing;
		while (!is_over(&c))
			next(&c);
	}
	*rest = c.rest;
}
