/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_maven.c - the order of Maven versions, as maven-artifact 3.8 has it.
 *
 * Format: numbers and words parted by '.', '-', or a change between the two.
 * Source: POM Reference, "Version Order Specification"; where the program differs, the program.
 *
 * A '-', or a change between digits and letters, opens a list that reaches to the end of the
 * version, so a version is a row of numbers, words and openings.  Nulls (zeros, and words that
 * mean a release) are dropped before an opening and at the end.  At one place a word is below an
 * opening and that below a number; a version that has ended is compared with what the other goes
 * on with, and there nulls are the same as the end.  The latter two rules contradict each other:
 * Maven has 1 < 1-sp < 1.0.alpha < 1.  Here the end decides first: what goes on below the end
 * is below what goes on above it.  That differs from Maven only for pairs with a third version
 * between them by Maven's own answers, and is an order.
 */
#include "fmt/version.h"

enum kind { KIND_END, KIND_WORD, KIND_OPEN, KIND_NUMBER };

struct token {
	enum kind kind;
	struct bytes text; /* of a word or number */
	unsigned rank;     /* of a word */
};

enum { RANK_RELEASE = 5, RANK_OTHER = 7 };

static const struct {
	const char *word;
	unsigned rank;
	bool before_digit; /* this meaning only with a digit right behind it */
} words[] = {
	{"alpha",     0,            false},
	{"a",         0,            true },
	{"beta",      1,            false},
	{"b",         1,            true },
	{"milestone", 2,            false},
	{"m",         2,            true },
	{"rc",        3,            false},
	{"cr",        3,            false},
	{"snapshot",  4,            false},
	{"ga",        RANK_RELEASE, false},
	{"final",     RANK_RELEASE, false},
	{"release",   RANK_RELEASE, false},
	{"sp",        6,            false},
};

static unsigned rank_of(struct bytes word, bool before_digit)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (bytes_eq_nocase(word, bytes_str(words[i].word)) &&
		    (before_digit || !words[i].before_digit))
			return words[i].rank;
	}
	return RANK_OTHER;
}

/* The version as it is written. */
struct reader {
	struct bytes rest;
	bool opens; /* before what rest begins with */
	bool is_in; /* the list that is open holds something */
};

static bool is_dot_or_dash(uint8_t c) { return c == '.' || c == '-'; }

static size_t run_length(struct bytes b)
{
	size_t i = 0;
	while (i < b.n && !is_dot_or_dash(b.p[i]) && is_digit(b.p[i]) == is_digit(b.p[0]))
		i++;
	return i;
}

static struct token read_token(struct reader *r)
{
	struct bytes rest = r->rest;
	size_t i = run_length(rest);
	bool is_change = i < rest.n && !is_dot_or_dash(rest.p[i]);
	/* nothing between two marks is zero */
	bool is_number = i == 0 || is_digit(rest.p[0]);
	/* a word that no mark ends opens a list of its own, as if '-' stood before it */
	bool is_apart = !is_number && (is_change || i == rest.n) && r->is_in;
	if (r->opens || (rest.n && is_apart)) {
		r->opens = r->is_in = false;
		return (struct token){.kind = KIND_OPEN};
	}
	if (!rest.n)
		return (struct token){.kind = KIND_END};
	struct token t = {.kind = is_number ? KIND_NUMBER : KIND_WORD,
	                  .text = bytes_slice(rest, 0, i)};
	if (!is_number)
		t.rank = rank_of(t.text, is_change);
	r->is_in = true;
	r->opens = i < rest.n && rest.p[i] != '.';
	r->rest = bytes_skip(rest, i + !is_change);
	return t;
}

/* How a token stands to the end of a version. */
static int sign_of(const struct token *t)
{
	if (t->kind == KIND_NUMBER)
		return version_cmp_digits(t->text, B(""));
	return t->kind == KIND_WORD ? (int)t->rank - RANK_RELEASE : 0;
}

/* The version without what is dropped. */
struct cursor {
	struct reader reader;
	size_t opens; /* yet to be given before what reader is at */
	bool is_ahead;
	int sign; /* of all up to the next token that is no null, against the end */
};

/* Finds the next token that is no null, counts the openings before it, and puts the reader on the
 * nulls behind the last of them. */
static void look_ahead(struct cursor *c)
{
	struct reader r = c->reader;
	c->opens = 0;
	for (;;) {
		struct token t = read_token(&r);
		c->sign = sign_of(&t);
		c->is_ahead = true;
		if (t.kind == KIND_END) {
			c->opens = 0;
			c->reader = r;
			return;
		}
		if (c->sign)
			return;
		if (t.kind == KIND_OPEN) {
			c->opens++;
			c->reader = r;
		}
	}
}

static struct token next(struct cursor *c)
{
	if (!c->is_ahead)
		look_ahead(c);
	if (c->opens) {
		c->opens--;
		return (struct token){.kind = KIND_OPEN};
	}
	struct token t = read_token(&c->reader);
	c->is_ahead = t.kind == KIND_END || !sign_of(&t);
	return t;
}

static int word_cmp(const struct token *a, const struct token *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->rank == RANK_OTHER ? version_cmp_nocase(a->text, b->text) : 0;
}

int version_maven_cmp(struct bytes a, struct bytes b)
{
	struct cursor ca = {.reader = {.rest = a}}, cb = {.reader = {.rest = b}};
	for (;;) {
		struct token ta = next(&ca), tb = next(&cb);
		int sa = (ca.sign > 0) - (ca.sign < 0), sb = (cb.sign > 0) - (cb.sign < 0);
		if (sa != sb)
			return sa < sb ? -1 : 1;
		if (ta.kind != tb.kind)
			return ta.kind < tb.kind ? -1 : 1;
		int c = 0;
		if (ta.kind == KIND_END)
			return 0;
		if (ta.kind == KIND_NUMBER)
			c = version_cmp_digits(ta.text, tb.text);
		if (ta.kind == KIND_WORD)
			c = word_cmp(&ta, &tb);
		if (c)
			return c;
	}
}

/* Maven orders any text; as the version of a project it refuses what no file name or range can
 * hold. */
bool version_maven_valid(struct bytes v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] <= ' ' || v.p[i] == 0x7f ||
		    bytes_find(B("\\/:\"<>|?*[](),"), v.p[i]) >= 0)
			return false;
	}
	return v.n > 0;
}
