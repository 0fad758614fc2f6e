/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex_parts.h - what the files of the regular expressions share.  Private to fmt/.
 */
#ifndef FMT_REGEX_PARTS_H
#define FMT_REGEX_PARTS_H

#include "fmt/regex.h"

struct regex_range {
	uint32_t lo, hi;
};

/* A set of characters, while it is built and after. */
struct regex_set {
	struct regex_range *v;
	size_t n, cap;
};

enum regex_op {
	REGEX_SET,    /* a character of set x, then the next instruction */
	REGEX_SPLIT,  /* at x and at y */
	REGEX_JUMP,   /* at x */
	REGEX_ASSERT, /* enum regex_assert x, then the next */
	REGEX_MATCH,
	REGEX_FAIL,
};

enum regex_assert {
	REGEX_BEGIN,
	REGEX_END,
	REGEX_LINE_BEGIN,
	REGEX_LINE_END,
	REGEX_WORD,
	REGEX_NOT_WORD
};

struct regex_code {
	uint32_t op, x, y;
};

struct regex {
	struct regex_code *code;
	size_t n, cap;
	struct regex_set *sets;
	uint64_t (*ascii)[2]; /* of each set, the first 128 characters as bits */
	size_t n_sets, cap_sets;
	uint32_t *memory; /* lists of a search */
};

void regex_set_add(struct regex_set *s, uint32_t lo, uint32_t hi);
/* Sorted, without overlaps. */
void regex_set_tidy(struct regex_set *s);
/* The complement of a tidy set. */
void regex_set_negate(struct regex_set *s);
/* With every character those that differ from it in case. */
void regex_set_fold(struct regex_set *s);
bool regex_set_has(const struct regex_set *s, uint32_t c);
/* Adds a general category (L, Lu, Nd, ...); false: there is none of that name. */
bool regex_set_category(struct regex_set *s, struct bytes name);

/* Tables of Unicode; written by tools/unicode-tables. */
struct regex_category {
	uint32_t lo, hi;
	char name[3];
};
struct regex_fold {
	uint32_t lo, hi, step; /* lo, lo + step, ... hi */
	int32_t delta;         /* to the next of those that differ in case only, in a ring */
};
extern const struct regex_category regex_categories[];
extern const size_t regex_n_categories;
extern const struct regex_fold regex_folds[];
extern const size_t regex_n_folds;

#endif
