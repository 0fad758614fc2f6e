/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_packagist.c - the order of PHP package versions, as Composer has it: normalized by its
 * rules, then compared by those of PHP's version_compare().
 *
 * Format: up to four numbers [-STABILITY[N]][-dev]; a date; "dev-BRANCH"; "N.x-dev".
 * Source: Composer's documentation, "Versions and constraints"; PHP manual, version_compare.
 */
#include "fmt/version.h"

enum form { FORM_NUMBERS, FORM_DATE, FORM_BRANCH, FORM_OTHER };

struct parts {
	enum form form;
	struct bytes numbers;  /* with what parts them; "x" and "*" too */
	struct bytes modifier; /* what follows; of a branch the name */
	bool is_open;          /* "1.x-dev": numbers not given are the highest */
};

enum { NUMBERS = 4, MAJOR_DIGITS_MAX = 5 };

static bool starts_nocase(struct bytes b, const char *word)
{
	struct bytes w = bytes_str(word);
	return bytes_eq_nocase(bytes_slice(b, 0, w.n), w);
}

static struct bytes skip_one_of(struct bytes b, struct bytes marks)
{
	return bytes_skip(b, b.n && bytes_find(marks, b.p[0]) >= 0);
}

static size_t digits(struct bytes b)
{
	size_t i = 0;
	while (i < b.n && is_digit(b.p[i]))
		i++;
	return i;
}

static bool is_dev_or_end(struct bytes b)
{
	struct bytes dev = skip_one_of(b, B(".-"));
	return !b.n || (starts_nocase(dev, "dev") && dev.n == 3);
}

/* True when b is "[._-][STABILITY{[.-]N}][[.-]dev]" to its end. */
static bool is_modifier(struct bytes b)
{
	static const char *const words[] = {"stable", "beta",  "b",  "rc", "alpha",
	                                    "a",      "patch", "pl", "p"};
	if (is_dev_or_end(b) || is_dev_or_end(skip_one_of(b, B("._-"))))
		return true;
	b = skip_one_of(b, B("._-"));
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!starts_nocase(b, words[i]))
			continue;
		struct bytes rest = bytes_skip(b, bytes_str(words[i]).n), at;
		while (at = skip_one_of(rest, B(".-")), digits(at))
			rest = bytes_skip(at, digits(at));
		if (is_dev_or_end(rest))
			return true;
	}
	return false;
}

/* Length of the numbers parted by dots that v begins with, at most max of them. */
static size_t numbers_length(struct bytes v, size_t max, bool is_open)
{
	size_t end = digits(v);
	for (size_t k = 1; end && k < max && end + 1 < v.n && v.p[end] == '.'; k++) {
		struct bytes at = bytes_skip(v, end + 1);
		size_t n = digits(at);
		if (!n && is_open && bytes_find(B("xX*"), at.p[0]) >= 0)
			n = 1;
		if (!n)
			break;
		end += 1 + n;
	}
	return end;
}

/* Length of a date, "YYYY{[.:-]NN}[[.:-]N[N[N]]]" with one to six pairs, that a modifier follows;
 * 0 when v is none. */
static size_t date_length(struct bytes v)
{
	if (digits(bytes_slice(v, 0, 4)) < 4)
		return 0;
	struct bytes rest = bytes_skip(v, 4);
	for (int pairs = 1; pairs <= 6; pairs++) {
		struct bytes at = skip_one_of(rest, B(".:-"));
		if (digits(bytes_slice(at, 0, 2)) < 2)
			return 0;
		rest = bytes_skip(at, 2);
		if (is_modifier(rest))
			return v.n - rest.n;
		at = skip_one_of(rest, B(".:-"));
		size_t n = digits(at);
		if (n && n <= 3 && is_modifier(bytes_skip(at, n)))
			return v.n - at.n + n;
	}
	return 0;
}

/* Only "1.x-dev" and the like: the numbers, and nothing but "dev" behind. */
static bool parse_open(struct bytes v, struct parts *ret)
{
	size_t n = numbers_length(v, NUMBERS, true);
	if (!n || n == v.n || !is_dev_or_end(bytes_skip(v, n)))
		return false;
	*ret = (struct parts){FORM_NUMBERS, bytes_slice(v, 0, n), B("dev"), true};
	return true;
}

static bool parse_branch(struct bytes v, struct parts *ret)
{
	static const char *const trunks[] = {"master", "trunk", "default"};
	struct parts r = {.form = FORM_BRANCH, .modifier = v};
	if (starts_nocase(v, "dev-")) {
		r.modifier = bytes_skip(v, 4);
		*ret = r;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(trunks); i++) {
		if (!bytes_eq(v, bytes_str(trunks[i])))
			continue;
		*ret = r;
		return true;
	}
	return false;
}

static struct parts parse(struct bytes v)
{
	struct parts r = {.form = FORM_OTHER};
	v = bytes_trim(v);
	if (parse_branch(v, &r))
		return r;
	struct bytes build;
	bytes_cut(v, '+', &v, &build);
	if (v.n > 1 && to_lower(v.p[0]) == 'v' && is_digit(v.p[1]))
		v = bytes_skip(v, 1);
	size_t n = numbers_length(v, NUMBERS, false);
	size_t date = date_length(v);
	if (n && digits(v) <= MAJOR_DIGITS_MAX && is_modifier(bytes_skip(v, n)))
		r.form = FORM_NUMBERS;
	else if (date)
		r.form = FORM_DATE;
	else if (parse_open(v, &r))
		return r;
	if (r.form == FORM_DATE)
		n = date;
	if (r.form == FORM_OTHER)
		n = numbers_length(v, SIZE_MAX, false);
	r.numbers = bytes_slice(v, 0, n);
	r.modifier = bytes_skip(v, n);
	if (r.form != FORM_OTHER && starts_nocase(skip_one_of(r.modifier, B("._-")), "stable"))
		r.modifier = B("");
	return r;
}

/* "any string not found in this list < dev < alpha = a < beta = b < RC = rc < # < pl = p", where
 * '#' stands for a number; the end is just below the numbers. */
enum rank {
	RANK_OTHER,
	RANK_DEV,
	RANK_ALPHA,
	RANK_BETA,
	RANK_RC,
	RANK_END,
	RANK_NUMBER,
	RANK_PATCH
};

/* By what a word begins with. */
static enum rank rank_of(struct bytes word)
{
	static const struct {
		const char *begin;
		enum rank rank;
	} words[] = {
		{"dev", RANK_DEV  },
                {"a",   RANK_ALPHA},
                {"b",   RANK_BETA },
		{"rc",  RANK_RC   },
                {"p",   RANK_PATCH},
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (starts_nocase(word, words[i].begin))
			return words[i].rank;
	}
	return RANK_OTHER;
}

struct cursor {
	struct bytes numbers, modifier;
	size_t missing; /* numbers to be given when those there are have been */
	bool is_open;
};

struct token {
	enum rank rank;
	struct bytes number;
};

static struct cursor start(const struct parts *p)
{
	size_t n = 0;
	if (p->form == FORM_NUMBERS || p->form == FORM_OTHER) {
		struct bytes rest = p->numbers, one;
		while (n < NUMBERS && bytes_split(&rest, '.', &one))
			n++;
	}
	bool is_padded = p->form != FORM_DATE;
	return (struct cursor){p->numbers, p->modifier, is_padded ? NUMBERS - n : 0, p->is_open};
}

static struct token take(struct bytes *rest)
{
	while (rest->n && !is_alnum(rest->p[0]))
		*rest = bytes_skip(*rest, 1);
	size_t n = digits(*rest);
	struct token t = {rest->n ? RANK_NUMBER : RANK_END, bytes_slice(*rest, 0, n)};
	if (rest->n && !n) {
		while (n < rest->n && is_alpha(rest->p[n]))
			n++;
		if (n > 3 && starts_nocase(bytes_skip(*rest, n - 3), "dev"))
			n -= 3; /* "betadev" is "beta-dev" */
		t.rank = rank_of(bytes_slice(*rest, 0, n));
	}
	*rest = bytes_skip(*rest, n);
	return t;
}

#define HIGHEST B("9999999")

static struct token next(struct cursor *c)
{
	if (c->numbers.n) {
		/* in numbers a word is "x", and "*" is no word */
		struct bytes at = skip_one_of(c->numbers, B(".:-"));
		bool is_any = at.n && !is_digit(at.p[0]);
		if (is_any) {
			c->numbers = bytes_skip(at, 1);
			return (struct token){RANK_NUMBER, HIGHEST};
		}
		return take(&c->numbers);
	}
	if (c->missing) {
		c->missing--;
		return (struct token){RANK_NUMBER, c->is_open ? HIGHEST : B("0")};
	}
	return take(&c->modifier);
}

int version_packagist_cmp(struct bytes a, struct bytes b)
{
	struct parts pa = parse(a), pb = parse(b);
	bool is_a_branch = pa.form == FORM_BRANCH, is_b_branch = pb.form == FORM_BRANCH;
	/* Composer holds branches for neither older nor newer than anything: they are below all */
	if (is_a_branch != is_b_branch)
		return is_a_branch ? -1 : 1;
	if (is_a_branch)
		return bytes_cmp(pa.modifier, pb.modifier);
	struct cursor ca = start(&pa), cb = start(&pb);
	for (;;) {
		struct token ta = next(&ca), tb = next(&cb);
		if (ta.rank != tb.rank)
			return ta.rank < tb.rank ? -1 : 1;
		if (ta.rank == RANK_END)
			return 0;
		int c = version_cmp_digits(ta.number, tb.number);
		if (c)
			return c;
	}
}

bool version_packagist_valid(struct bytes v)
{
	struct parts p = parse(v);
	if (p.form == FORM_BRANCH)
		return true;
	struct bytes head, build;
	bool is_built = bytes_cut(bytes_trim(v), '+', &head, &build);
	for (size_t i = 0; i < build.n; i++) {
		if (is_blank(build.p[i]))
			return false;
	}
	return p.form != FORM_OTHER && !(is_built && !build.n);
}
