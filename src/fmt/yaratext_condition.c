/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaratext_condition.c - can the condition of a YARA rule hold where none of its strings is met?
 *
 * Of "or" every part has to need a string, of "and" one.  Parts that need one are known by their
 * form: $a, $a at N, any of them, 2 of ($a*), #a > 0, a rule that needs one.  Any other part
 * counts as one that does not.
 */
#include "fmt/yaratext_parts.h"

enum { DEPTH_MAX = 64, PART_MAX = 8 };

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

/* any of them, 2 of ($a*): not of rules, which stand in parentheses without a dollar. */
static bool is_some_of(const struct yara_token *v, size_t n)
{
	uint64_t count = 1;
	if (n < 3 || !yara_is(&v[1], "of"))
		return false;
	if (!yara_is(&v[0], "any") && !yara_is(&v[0], "all") &&
	    (!bytes_u64(v[0].text, UINT32_MAX, &count) || !count))
		return false;
	return yara_is(&v[2], "them") || (n >= 4 && v[3].kind == YARA_STRING);
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

/* v[0..n): the first tokens of a part, which has no more when n < PART_MAX. */
static bool needs_string(const struct condition *c, const struct yara_token *v, size_t n)
{
	if (n == 0)
		return false;
	if (v[0].kind == YARA_STRING)
		return n == 1 || yara_is(&v[1], "at") || yara_is(&v[1], "in");
	if (is_some_of(v, n) || is_count(v, n))
		return true;
	return n == 1 && v[0].kind == YARA_WORD && is_known_rule(c->t, v[0].text);
}

static bool either(struct condition *c);

static bool in_parentheses(struct condition *c)
{
	if (c->depth >= DEPTH_MAX) {
		skip_part(c);
		return false;
	}
	c->depth++;
	next(c);
	bool needs = either(c);
	c->depth--;
	if (yara_is(&c->now, ")"))
		next(c);
	if (is_boundary(c))
		return needs;
	skip_part(c); /* it was a number: (filesize) > 3 */
	return false;
}

static bool part(struct condition *c)
{
	struct yara_token v[PART_MAX];
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
		if (n < PART_MAX)
			v[n++] = c->now;
	}
	return !is_opaque && needs_string(c, v, n);
}

static bool both(struct condition *c)
{
	bool needs = part(c);
	while (yara_is(&c->now, "and")) {
		next(c);
		needs |= part(c);
	}
	return needs;
}

static bool either(struct condition *c)
{
	bool needs = both(c);
	while (yara_is(&c->now, "or")) {
		next(c);
		needs &= both(c);
	}
	return needs;
}

bool yara_condition(const struct yara_text *t, struct bytes *rest)
{
	struct condition c = {.t = t, .rest = *rest};
	next(&c);
	bool needs = either(&c);
	if (!is_over(&c)) { /* not understood */
		needs = false;
		while (!is_over(&c))
			next(&c);
	}
	*rest = c.rest;
	return needs;
}
