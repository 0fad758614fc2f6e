/* SPDX-License-Identifier: Apache-2.0 */
/* yaratext_parts.h - what the files that read YARA rules share.  Private to them. */
#ifndef FMT_YARATEXT_PARTS_H
#define FMT_YARATEXT_PARTS_H

#include "fmt/yaratext.h"

enum yara_token_kind {
	YARA_END,
	YARA_WORD,   /* identifier, keyword, number */
	YARA_STRING, /* $a, $a*, $ */
	YARA_COUNT,  /* #a */
	YARA_TEXT,   /* "text", or /expression/ in a condition */
	YARA_PUNCT,  /* one byte */
};

struct yara_token {
	enum yara_token_kind kind;
	struct bytes text; /* of a string without its quotes, as it is written */
};

/* Takes the next token off *rest; blanks and comments are skipped. */
struct yara_token yara_lex(struct bytes *rest);
/* Takes an expression off *rest, whose slash has been taken: without slashes, flags apart. */
struct bytes yara_lex_regex(struct bytes *rest, struct bytes *ret_flags);
static inline bool yara_is(const struct yara_token *t, const char *text)
{
	return t->kind != YARA_TEXT && bytes_eq(t->text, bytes_str(text));
}

/* A string of the rule at hand. */
struct yara_named {
	struct bytes name; /* "$a"; "$" for one without a name */
	struct yara_literal literal;
	unsigned score; /* the more, the rarer; 0: nothing of it can be looked for */
};

/* Strings of a rule of which one at least is met wherever the rule holds. */
struct yara_cover {
	uint64_t bits[YARA_COVER_MAX / 64];
	unsigned score; /* of the commonest; 0: the rule can hold without any */
	uint64_t size;  /* no larger file can match; UINT64_MAX: any can */
};

/* Reads a condition off *rest, with its brace.  Of a rule with more than YARA_COVER_MAX strings,
 * of which that many are given, the score alone says something: whether all together cover it. */
void yara_condition(const struct yara_text *t, struct bytes *rest, struct yara_cover *ret);

/* The longest run of bytes that is in whatever matches; fewer than two: none was found. */
struct yara_run {
	uint8_t b[YARA_LITERAL_LEN];
	size_t n;
};
void yara_run_text(struct bytes text, struct yara_run *ret);  /* with its escapes */
void yara_run_hex(struct bytes text, struct yara_run *ret);   /* between the braces */
void yara_run_regex(struct bytes text, struct yara_run *ret); /* between the slashes */

#endif
