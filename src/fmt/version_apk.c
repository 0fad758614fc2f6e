/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_apk.c - the order of apk package versions, as apk-tools 3 has it.
 *
 * Format: number{.number}[letter]{_suffix[number]}[~hash][-rNUMBER].
 * Source: apk-package(5), "PACKAGE VERSION".
 */
#include "fmt/version.h"

/* What can stand at one place of a version.  Where two versions first differ in kind, the higher
 * kind is newer; BAD is below END, so a version cut short by nonsense sorts just under what stands
 * before the nonsense. */
enum kind {
	KIND_PRE_SUFFIX, /* _alpha _beta _pre _rc */
	KIND_BAD,
	KIND_END,
	KIND_REVISION,
	KIND_HASH,
	KIND_SUFFIX_NUMBER,
	KIND_POST_SUFFIX, /* _cvs _svn _git _hg _p */
	KIND_LETTER,
	KIND_NUMBER,
	KIND_FIRST, /* the first number */
	KIND_START, /* nothing read yet */
};

struct cursor {
	struct bytes rest;
	enum kind kind;
	struct bytes text; /* of the part read last; the rest of the version where it is bad */
	unsigned rank;     /* among the suffixes */
};

/* In their order; those before FIRST_POST make a pre-release. */
static const char *const suffixes[] = {"alpha", "beta", "pre", "rc", "cvs",
                                       "svn",   "git",  "hg",  "p"};
enum { FIRST_POST = 4 };

static bool in_number(uint8_t c) { return is_digit(c); }
static bool in_word(uint8_t c) { return is_lower(c); }
static bool in_hash(uint8_t c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

#define BIT(kind)    (1U << (kind))
#define AFTER_NUMBER (BIT(KIND_FIRST) | BIT(KIND_NUMBER))
#define AFTER_SUFFIX (BIT(KIND_PRE_SUFFIX) | BIT(KIND_POST_SUFFIX))
#define BEFORE_HASH  (AFTER_NUMBER | BIT(KIND_LETTER) | AFTER_SUFFIX | BIT(KIND_SUFFIX_NUMBER))

/* The grammar: which part may follow which, what introduces it, and the run it consists of. */
static const struct {
	enum kind kind;
	unsigned after; /* kinds, as bits */
	const char *lead;
	bool (*is_in)(uint8_t c);
	size_t max; /* bytes of the run */
} parts[] = {
	{KIND_FIRST,         BIT(KIND_START),              "",   in_number, SIZE_MAX},
	{KIND_NUMBER,        AFTER_NUMBER,                 ".",  in_number, SIZE_MAX},
	{KIND_LETTER,        AFTER_NUMBER,                 "",   in_word,   1       },
	{KIND_PRE_SUFFIX,    BEFORE_HASH,                  "_",  in_word,   SIZE_MAX},
	{KIND_SUFFIX_NUMBER, AFTER_SUFFIX,                 "",   in_number, SIZE_MAX},
	{KIND_HASH,          BEFORE_HASH,                  "~",  in_hash,   SIZE_MAX},
	{KIND_REVISION,      BEFORE_HASH | BIT(KIND_HASH), "-r", in_number, SIZE_MAX},
};

static struct bytes take_run(struct bytes b, bool (*is_in)(uint8_t c), size_t max)
{
	size_t i = 0;
	while (i < b.n && i < max && is_in(b.p[i]))
		i++;
	return bytes_slice(b, 0, i);
}

/* Sets kind and rank of a suffix just read; false when apk knows no such suffix. */
static bool name_suffix(struct cursor *c)
{
	for (unsigned i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (!bytes_eq(c->text, bytes_str(suffixes[i])))
			continue;
		c->rank = i;
		c->kind = i < FIRST_POST ? KIND_PRE_SUFFIX : KIND_POST_SUFFIX;
		return true;
	}
	return false;
}

static bool read_part(struct cursor *c, size_t row)
{
	struct bytes lead = bytes_str(parts[row].lead);
	if (!(BIT(c->kind) & parts[row].after) || !bytes_starts(c->rest, lead))
		return false;
	struct bytes run = take_run(bytes_skip(c->rest, lead.n), parts[row].is_in, parts[row].max);
	if (run.n == 0)
		return false;
	struct cursor r = {bytes_skip(c->rest, lead.n + run.n), parts[row].kind, run, 0};
	if (r.kind == KIND_PRE_SUFFIX && !name_suffix(&r))
		return false;
	*c = r;
	return true;
}

/* Moves to the next part. */
static void next(struct cursor *c)
{
	for (size_t row = 0; row < ARRAY_LEN(parts); row++) {
		if (read_part(c, row))
			return;
	}
	c->text = c->rest;
	c->kind = c->rest.n || c->kind == KIND_START ? KIND_BAD : KIND_END;
}

static bool leads_with_zero(struct bytes b) { return b.n && b.p[0] == '0'; }

/* Two parts of the same kind.  A later number that leads with zero is a fraction: both are then
 * compared as text. */
static int part_cmp(const struct cursor *a, const struct cursor *b)
{
	switch (a->kind) {
	case KIND_NUMBER:
		if (leads_with_zero(a->text) || leads_with_zero(b->text))
			return bytes_cmp(a->text, b->text);
		return version_cmp_digits(a->text, b->text);
	case KIND_FIRST:
	case KIND_SUFFIX_NUMBER:
	case KIND_REVISION:
		return version_cmp_digits(a->text, b->text);
	case KIND_PRE_SUFFIX:
	case KIND_POST_SUFFIX:
		return (a->rank > b->rank) - (a->rank < b->rank);
	default:
		return bytes_cmp(a->text, b->text);
	}
}

static bool is_last(enum kind k) { return k == KIND_END || k == KIND_BAD; }

/* Walks both to the first difference, or to the end of both. */
static int walk(struct cursor *a, struct cursor *b)
{
	for (;;) {
		next(a);
		next(b);
		if (a->kind != b->kind)
			return a->kind < b->kind ? -1 : 1;
		if (a->kind == KIND_END)
			return 0;
		int c = part_cmp(a, b);
		if (c || is_last(a->kind))
			return c;
	}
}

int version_apk_cmp(struct bytes a, struct bytes b)
{
	struct cursor ca = {.rest = a, .kind = KIND_START}, cb = {.rest = b, .kind = KIND_START};
	return walk(&ca, &cb);
}

bool version_apk_matches(struct bytes v, struct bytes prefix)
{
	struct cursor cv = {.rest = v, .kind = KIND_START};
	struct cursor cp = {.rest = prefix, .kind = KIND_START};
	return walk(&cv, &cp) == 0 || (cp.kind == KIND_END && cv.kind != KIND_BAD);
}

bool version_apk_valid(struct bytes v)
{
	struct cursor c = {.rest = v, .kind = KIND_START};
	do
		next(&c);
	while (!is_last(c.kind));
	return c.kind == KIND_END;
}
