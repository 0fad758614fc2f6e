/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_pep440.c - the order of Python package versions.
 *
 * Format: [N!]N{.N}[{a|b|rc}N][.postN][.devN][+local], in the many spellings that are normalized.
 * Source: PEP 440, "Normalization", appendix B, "Summary of permitted suffixes and relative
 * ordering".  What is no such version was one before that PEP: those are below all others, in the
 * order that setuptools gave them.
 */
#include "fmt/version.h"

/* Where what is missing stands among what is there. */
enum rank { RANK_LOWEST, RANK_ALPHA, RANK_BETA, RANK_RC, RANK_GIVEN, RANK_HIGHEST };

struct mark {
	enum rank rank;
	struct bytes number; /* digits, or none for 0 */
};

struct parts {
	struct bytes epoch, release; /* digits; digits and dots */
	struct mark pre, post, dev;
	struct bytes local; /* absent where there is no '+' */
};

static bool is_parting(uint8_t c) { return c == '-' || c == '_' || c == '.'; }
/* What Python's regular expressions take for a blank. */
static bool is_space(uint32_t c)
{
	static const uint32_t runs[][2] = {
		{0x09,   0x0d  },
                {0x1c,   0x20  },
                {0x85,   0x85  },
                {0xa0,   0xa0  },
		{0x1680, 0x1680},
                {0x2000, 0x200a},
                {0x2028, 0x2029},
                {0x202f, 0x202f},
		{0x205f, 0x205f},
                {0x3000, 0x3000},
	};
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		if (c >= runs[i][0] && c <= runs[i][1])
			return true;
	}
	return false;
}

static bool is_continuation(uint8_t c) { return (c & 0xc0) == 0x80; }

static struct bytes trim(struct bytes v)
{
	uint32_t c;
	for (size_t n; (n = utf8_next(v, &c)) && is_space(c);)
		v = bytes_skip(v, n);
	for (;;) {
		/* a blank is three bytes long at most */
		size_t n = v.n ? 1 : 0;
		while (n && n < 3 && n < v.n && is_continuation(v.p[v.n - n]))
			n++;
		struct bytes last = bytes_slice(v, v.n - n, v.n);
		if (!n || utf8_next(last, &c) != n || !is_space(c))
			return v;
		v.n -= n;
	}
}

static struct bytes take_digits(struct bytes *rest)
{
	size_t i = 0;
	while (i < rest->n && is_digit(rest->p[i]))
		i++;
	struct bytes digits = bytes_slice(*rest, 0, i);
	*rest = bytes_skip(*rest, i);
	return digits;
}

static struct bytes skip_parting(struct bytes b)
{
	return bytes_skip(b, b.n && is_parting(b.p[0]));
}

struct spelling {
	const char *word;
	enum rank rank;
};

/* Longer words before those they begin with. */
static const struct spelling pre_words[] = {
	{"alpha",   RANK_ALPHA},
        {"a",       RANK_ALPHA},
        {"beta",    RANK_BETA },
	{"b",       RANK_BETA },
        {"preview", RANK_RC   },
        {"pre",     RANK_RC   },
	{"c",       RANK_RC   },
        {"rc",      RANK_RC   },
        {NULL,      0         },
};
static const struct spelling post_words[] = {
	{"post", RANK_GIVEN},
	{"rev",  RANK_GIVEN},
	{"r",    RANK_GIVEN},
	{NULL,   0         },
};
static const struct spelling dev_words[] = {
	{"dev", RANK_GIVEN},
	{NULL,  0         },
};

/* Takes "[.-_]WORD[.-_][N]" off *rest; leaves all as it is where there is no such thing. */
static void take_mark(struct bytes *rest, const struct spelling *words, struct mark *ret)
{
	struct bytes at = skip_parting(*rest);
	for (; words->word; words++) {
		struct bytes word = bytes_str(words->word);
		if (!bytes_eq_nocase(bytes_slice(at, 0, word.n), word))
			continue;
		at = bytes_skip(at, word.n);
		struct bytes behind = skip_parting(at);
		ret->rank = words->rank;
		ret->number = take_digits(&behind);
		*rest = behind;
		return;
	}
}

/* "-N" is a post-release too. */
static void take_post(struct bytes *rest, struct mark *ret)
{
	struct bytes at = bytes_skip(*rest, 1);
	if (rest->n > 1 && rest->p[0] == '-' && is_digit(at.p[0])) {
		*ret = (struct mark){RANK_GIVEN, take_digits(&at)};
		*rest = at;
		return;
	}
	take_mark(rest, post_words, ret);
}

static bool local_valid(struct bytes local)
{
	bool is_parted = true;
	for (size_t i = 0; i < local.n; i++) {
		bool is_mark = is_parting(local.p[i]);
		if (!is_mark && !is_alnum(local.p[i]))
			return false;
		if (is_mark && is_parted)
			return false;
		is_parted = is_mark;
	}
	return !is_parted;
}

/* Digits and dots, without a dot at the end. */
static struct bytes take_release(struct bytes *rest)
{
	size_t n = 0;
	for (size_t i = 0; i < rest->n && (is_digit(rest->p[i]) || (rest->p[i] == '.' && i == n));
	     i++) {
		if (is_digit(rest->p[i]))
			n = i + 1;
	}
	struct bytes release = bytes_slice(*rest, 0, n);
	*rest = bytes_skip(*rest, n);
	return release;
}

static bool parse(struct bytes v, struct parts *ret)
{
	struct bytes rest = trim(v);
	if (rest.n && to_lower(rest.p[0]) == 'v')
		rest = bytes_skip(rest, 1);
	struct parts r = {.pre.rank = RANK_HIGHEST, .dev.rank = RANK_HIGHEST};
	struct bytes ahead = rest, epoch = take_digits(&ahead);
	if (epoch.n && ahead.n && ahead.p[0] == '!') {
		r.epoch = epoch;
		rest = bytes_skip(ahead, 1);
	}
	if (!rest.n || !is_digit(rest.p[0]))
		return false;
	r.release = take_release(&rest);
	take_mark(&rest, pre_words, &r.pre);
	take_post(&rest, &r.post);
	take_mark(&rest, dev_words, &r.dev);
	/* "1.0.dev1" is before all pre-releases of 1.0 */
	if (r.pre.rank == RANK_HIGHEST && !r.post.rank && r.dev.rank == RANK_GIVEN)
		r.pre.rank = RANK_LOWEST;
	if (rest.n && rest.p[0] == '+') {
		r.local = bytes_skip(rest, 1);
		rest = B("");
		if (!local_valid(r.local))
			return false;
	}
	if (rest.n)
		return false;
	*ret = r;
	return true;
}

static int release_cmp(struct bytes a, struct bytes b)
{
	while (a.n || b.n) {
		struct bytes na = B(""), nb = B("");
		bytes_split(&a, '.', &na);
		bytes_split(&b, '.', &nb);
		int c = version_cmp_digits(na, nb);
		if (c)
			return c;
	}
	return 0;
}

static int mark_cmp(const struct mark *a, const struct mark *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return version_cmp_digits(a->number, b->number);
}

static bool take_segment(struct bytes *rest, struct bytes *ret, bool *ret_is_number)
{
	if (!rest->n)
		return false;
	size_t i = 0;
	bool is_number = true;
	for (; i < rest->n && !is_parting(rest->p[i]); i++)
		is_number &= is_digit(rest->p[i]);
	*ret = bytes_slice(*rest, 0, i);
	*ret_is_number = is_number;
	*rest = bytes_skip(*rest, i + 1);
	return true;
}

/* "segments that consist entirely of ASCII digits ... the numeric section always compares as
 * greater"; a longer one with the same beginning is greater. */
static int local_cmp(struct bytes a, struct bytes b)
{
	for (;;) {
		struct bytes sa, sb;
		bool is_a_number, is_b_number;
		bool has_a = take_segment(&a, &sa, &is_a_number);
		bool has_b = take_segment(&b, &sb, &is_b_number);
		if (!has_a || !has_b)
			return (int)has_a - (int)has_b;
		if (is_a_number != is_b_number)
			return is_a_number ? 1 : -1;
		int c = is_a_number ? version_cmp_digits(sa, sb) : version_cmp_nocase(sa, sb);
		if (c)
			return c;
	}
}

static int parts_cmp(const struct parts *a, const struct parts *b)
{
	int c = version_cmp_digits(a->epoch, b->epoch);
	if (!c)
		c = release_cmp(a->release, b->release);
	if (!c)
		c = mark_cmp(&a->pre, &b->pre);
	if (!c)
		c = mark_cmp(&a->post, &b->post);
	if (!c)
		c = mark_cmp(&a->dev, &b->dev);
	return c ? c : local_cmp(a->local, b->local);
}

/*
 * The order before PEP 440: runs of digits, of letters, dashes, and runs of anything else; dots
 * only part.  Words below "final" take the dashes before them away, and all words and dashes the
 * zeros; the end stands for "final".
 */
struct old {
	struct bytes rest;
	/* Of the last row of zeros and dashes that was looked at, in bytes from the end of the
	 * version: where it ends, and where zeros begin to count. */
	size_t row_end, zeros_end;
	bool in_row;
};

enum old_class { OLD_DIGITS, OLD_LETTERS, OLD_ONE, OLD_OTHER };

static enum old_class old_class(uint8_t c)
{
	if (is_digit(c))
		return OLD_DIGITS;
	if (is_alpha(c))
		return OLD_LETTERS;
	return c == '-' || c == '.' ? OLD_ONE : OLD_OTHER;
}

/* Absent at the end. */
static struct bytes old_token(struct bytes *rest)
{
	while (rest->n && rest->p[0] == '.')
		*rest = bytes_skip(*rest, 1);
	if (!rest->n)
		return (struct bytes){NULL, 0};
	enum old_class class = old_class(rest->p[0]);
	size_t i = 1;
	while (class != OLD_ONE && i < rest->n && old_class(rest->p[i]) == class)
		i++;
	struct bytes token = bytes_slice(*rest, 0, i);
	*rest = bytes_skip(*rest, i);
	return token;
}

/* The word that a token is compared as. */
static struct bytes old_word(struct bytes token)
{
	static const char *const same[][2] = {
		{"pre",     "c"     },
                {"preview", "c"     },
                {"rc",      "c"     },
                {"dev",     "@"     },
                {"-",       "final-"},
	};
	if (!token.p)
		return B("final");
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		if (bytes_eq_nocase(token, bytes_str(same[i][0])))
			return bytes_str(same[i][1]);
	}
	return token;
}

static bool is_old_number(struct bytes token) { return token.n && is_digit(token.p[0]); }

static bool is_zero(struct bytes token)
{
	return is_old_number(token) && version_cmp_digits(token, B("")) == 0;
}

/* Looks at the row of zeros and dashes that begins at start; false when all of it goes. */
static bool old_row(struct old *o, struct bytes start)
{
	struct bytes ahead = start, token;
	o->zeros_end = SIZE_MAX;
	while (token = old_token(&ahead), is_zero(token) || bytes_eq(token, B("-"))) {
		if (!is_zero(token))
			o->zeros_end = ahead.n;
	}
	o->row_end = ahead.n + token.n;
	o->in_row = true;
	if (is_old_number(token))
		return true;
	o->zeros_end = o->row_end;
	return version_cmp_nocase(old_word(token), B("final")) >= 0;
}

/* The next token that is not taken away. */
static struct bytes old_next(struct old *o)
{
	for (;;) {
		struct bytes start = o->rest, token = old_token(&o->rest);
		if (!is_zero(token) && !bytes_eq(token, B("-")))
			return token;
		bool is_looked_at = o->in_row && o->rest.n >= o->row_end;
		if (!is_looked_at && !old_row(o, start)) {
			o->rest = bytes_skip(start, start.n - o->row_end);
			o->in_row = false;
			continue;
		}
		if (!is_zero(token) || o->rest.n < o->zeros_end)
			return token;
	}
}

static int old_cmp(struct bytes a, struct bytes b)
{
	struct old oa = {.rest = a}, ob = {.rest = b};
	for (;;) {
		struct bytes ta = old_next(&oa), tb = old_next(&ob);
		bool is_a_number = is_old_number(ta), is_b_number = is_old_number(tb);
		if (is_a_number != is_b_number)
			return is_a_number ? 1 : -1;
		int c = is_a_number ? version_cmp_digits(ta, tb)
		                    : version_cmp_nocase(old_word(ta), old_word(tb));
		if (c || !ta.p || !tb.p)
			return c ? c : (ta.p != NULL) - (tb.p != NULL);
	}
}

int version_pep440_cmp(struct bytes a, struct bytes b)
{
	struct parts pa, pb;
	bool is_a = parse(a, &pa), is_b = parse(b, &pb);
	if (is_a != is_b)
		return is_a ? 1 : -1;
	return is_a ? parts_cmp(&pa, &pb) : old_cmp(a, b);
}

bool version_pep440_valid(struct bytes v)
{
	struct parts parts;
	return parse(v, &parts);
}
