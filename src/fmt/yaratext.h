/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaratext.h - what can be told of YARA rules from their text: which bytes a file has to hold
 * before any of them can match.
 *
 * libyara compiles and judges rules; it does not say what to look for first.  So the strings of
 * each rule are read once more, and its condition as far as it takes to know some of the strings of
 * which one at least is met wherever it holds: as few and as rare ones as can be.  What is not
 * understood counts as "may hold for any file".
 */
#ifndef FMT_YARATEXT_H
#define FMT_YARATEXT_H

#include "base/base.h"

enum yara_literal_flag { YARA_NOCASE = 1, YARA_ASCII = 2, YARA_WIDE = 4, YARA_XOR = 8 };

struct yara_literal {
	struct bytes text; /* in the arena; 2 to YARA_LITERAL_LEN bytes */
	unsigned flags;    /* enum yara_literal_flag; ASCII or WIDE or both */
	uint8_t xor_from, xor_to;
	uint64_t size_max; /* of a file that its rule can match; UINT64_MAX: any */
};
enum { YARA_LITERAL_LEN = 24 };

struct yara_named;

struct yara_text {
	struct arena *a;
	struct yara_literal *literals;
	size_t n_literals, cap_literals;
	size_t n_rules, n_strings;
	size_t n_always;            /* rules that may hold for a file without any of the literals */
	struct map *rules;          /* name: 1 where the rule needs a string */
	struct yara_named *strings; /* of the rule at hand */
	size_t n_named, cap_named;
};

/* Adds what one file holds; text and a live as long as *t.  Starts with a zeroed struct that has
 * its arena; free with yara_text_fini.  -1: YARA_RULES_MAX or YARA_STRINGS_MAX. */
int yara_text_add(struct yara_text *t, struct bytes text, struct err *e);
void yara_text_fini(struct yara_text *t);

#endif
