/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_generic.c - an order for versions that no package manager defines: of programs that were
 * put in place by hand, and of advisories that tell no scheme.
 *
 * Format: numbers and words, parted by anything else or by the change between the two.
 * Source: our own choice, so that what people mean comes out right for versions such as 1.1.1k,
 * 3.12.0rc2, 17beta1, 8.2.0-dev, 1.0.2zg, 1.8.0_392-b08.
 *
 * A word that announces a release is below the end, any other above it, a number above words.
 * Zeros count only where a number other than zero follows: 1.0 = 1.0.0, 1.0rc1 = 1rc1.
 */
#include "fmt/version.h"

/* In their order; below the end. */
static const struct {
	const char *word;
	int rank;
} early[] = {
	{"dev",       -9},
        {"snapshot",  -8},
        {"nightly",   -7},
        {"alpha",     -6},
        {"beta",      -5},
	{"milestone", -4},
        {"preview",   -3},
        {"pre",       -3},
        {"rc",        -2},
        {"cr",        -2},
};

enum { RANK_A = -6, RANK_B = -5, RANK_END = 0, RANK_WORD, RANK_NUMBER };

struct token {
	int rank;
	struct bytes text;
};

static bool is_letter(uint8_t c) { return is_alpha(c) || c >= 0x80; }

static bool is_part(uint8_t c) { return is_digit(c) || is_letter(c); }

static bool is_zero(const struct token *t)
{
	return t->rank == RANK_NUMBER && version_cmp_digits(t->text, B("")) == 0;
}

/* "a" and "b" announce a release only between two digits, as in 3.12.0a1: 1.1.1a is a patch. */
static int rank_of(struct bytes word, bool is_between_digits)
{
	for (size_t i = 0; i < ARRAY_LEN(early); i++) {
		if (bytes_eq_nocase(word, bytes_str(early[i].word)))
			return early[i].rank;
	}
	if (!is_between_digits || word.n != 1)
		return RANK_WORD;
	uint8_t c = to_lower(word.p[0]);
	if (c == 'a')
		return RANK_A;
	return c == 'b' ? RANK_B : RANK_WORD;
}

static struct token take(struct bytes *rest)
{
	size_t i = 0;
	while (i < rest->n && !is_part(rest->p[i]))
		i++;
	bool is_behind_digit = i == 0;
	struct bytes b = bytes_skip(*rest, i);
	if (!b.n) {
		*rest = b;
		return (struct token){.rank = RANK_END};
	}
	bool is_number = is_digit(b.p[0]);
	for (i = 0; i < b.n && is_part(b.p[i]) && is_digit(b.p[i]) == is_number;)
		i++;
	struct token t = {RANK_NUMBER, bytes_slice(b, 0, i)};
	if (!is_number)
		t.rank = rank_of(t.text, is_behind_digit && i < b.n && is_digit(b.p[i]));
	*rest = bytes_skip(b, i);
	return t;
}

struct cursor {
	struct bytes rest;
	size_t kept; /* zeros count as long as more bytes than these are left */
};

static struct token next(struct cursor *c)
{
	struct bytes at = c->rest;
	struct token t = take(&c->rest);
	if (!is_zero(&t) || at.n > c->kept)
		return t;
	struct bytes ahead = c->rest;
	struct token other;
	do {
		at = ahead;
		other = take(&ahead);
	} while (is_zero(&other));
	if (other.rank == RANK_NUMBER) {
		c->kept = at.n;
		return t;
	}
	c->rest = ahead;
	return other;
}

static struct bytes skip_v(struct bytes v)
{
	return bytes_skip(v, v.n > 1 && to_lower(v.p[0]) == 'v' && is_digit(v.p[1]));
}

int version_generic_cmp(struct bytes a, struct bytes b)
{
	struct cursor ca = {skip_v(a), SIZE_MAX}, cb = {skip_v(b), SIZE_MAX};
	for (;;) {
		struct token ta = next(&ca), tb = next(&cb);
		if (ta.rank != tb.rank)
			return ta.rank < tb.rank ? -1 : 1;
		int c = 0;
		if (ta.rank == RANK_END)
			return 0;
		if (ta.rank == RANK_NUMBER)
			c = version_cmp_digits(ta.text, tb.text);
		if (ta.rank == RANK_WORD)
			c = version_cmp_nocase(ta.text, tb.text);
		if (c)
			return c;
	}
}

bool version_generic_valid(struct bytes v)
{
	bool has_digit = false;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] <= ' ' || v.p[i] == 0x7f)
			return false;
		has_digit |= is_digit(v.p[i]);
	}
	return has_digit;
}
