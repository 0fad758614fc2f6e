/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaratext.c - the text of YARA rules: its tokens, and the strings of each rule.
 *
 * Format: rule NAME : TAGS { meta: ... strings: $A = "..." | { ... } | /.../ ... condition: ... }
 * Source: YARA's documentation, "Writing YARA rules", 4.2.
 */
#include "fmt/yaratext_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- tokens ---- */

static void skip_to(struct bytes *rest, struct bytes end)
{
	ssize_t at = bytes_search(*rest, end);
	*rest = at < 0 ? bytes_skip(*rest, rest->n) : bytes_skip(*rest, (size_t)at + end.n);
}

static void skip_blank(struct bytes *rest)
{
	for (;;) {
		while (rest->n && (is_blank(*rest->p) || *rest->p == '\f' || *rest->p == '\v'))
			*rest = bytes_skip(*rest, 1);
		if (bytes_starts(*rest, B("//")))
			skip_to(rest, B("\n"));
		else if (bytes_starts(*rest, B("/*")))
			skip_to(rest, B("*/"));
		else
			return;
	}
}

/* What lies before the next `end` that no backslash stands before. */
static struct bytes take_until(struct bytes *rest, uint8_t end)
{
	size_t i = 0;
	while (i < rest->n && rest->p[i] != end)
		i += rest->p[i] == '\\' ? 2 : 1;
	i = MIN_OF(i, rest->n);
	struct bytes text = bytes_slice(*rest, 0, i);
	*rest = bytes_skip(*rest, MIN_OF(i + 1, rest->n));
	return text;
}

static bool is_word(uint8_t c) { return is_alnum(c) || c == '_'; }

struct bytes yara_lex_regex(struct bytes *rest, struct bytes *ret_flags)
{
	struct bytes text = take_until(rest, '/');
	size_t n = 0;
	while (n < rest->n && (rest->p[n] == 'i' || rest->p[n] == 's'))
		n++;
	*ret_flags = bytes_slice(*rest, 0, n);
	*rest = bytes_skip(*rest, n);
	return text;
}

/* Bytes of the token that begins here, which is no text. */
static size_t token_length(struct bytes b)
{
	uint8_t c = *b.p;
	size_t n = 1;
	if (is_word(c) || (c && strchr("$#@!", c)))
		while (n < b.n && is_word(b.p[n]))
			n++;
	if (n < b.n && ((c == '$' && b.p[n] == '*') || (c == '!' && b.p[n] == '=')))
		n++;
	return n;
}

struct yara_token yara_lex(struct bytes *rest)
{
	skip_blank(rest);
	if (!rest->n)
		return (struct yara_token){
			YARA_END, {NULL, 0}
                };
	struct yara_token t = {YARA_PUNCT, bytes_slice(*rest, 0, 1)};
	uint8_t c = *rest->p;
	if (c == '"') {
		*rest = bytes_skip(*rest, 1);
		t = (struct yara_token){YARA_TEXT, take_until(rest, '"')};
		return t;
	}
	size_t n = token_length(*rest);
	if (is_word(c))
		t.kind = YARA_WORD;
	else if (c == '$')
		t.kind = YARA_STRING;
	else if (c == '#')
		t.kind = YARA_COUNT;
	t.text = bytes_slice(*rest, 0, n);
	*rest = bytes_skip(*rest, n);
	return t;
}

/* ---- strings ---- */

struct string {
	struct yara_run run;
	unsigned flags;
	uint8_t xor_from, xor_to;
	bool is_coded; /* Base64: nothing to look for */
};

static void read_xor(struct bytes *rest, struct string *s)
{
	uint64_t v[2] = {0, 255};
	struct bytes ahead = *rest;
	struct yara_token t = yara_lex(&ahead);
	s->flags |= YARA_XOR;
	if (yara_is(&t, "(")) {
		size_t n = 0;
		for (t = yara_lex(&ahead); t.kind != YARA_END && !yara_is(&t, ")");
		     t = yara_lex(&ahead)) {
			bool is_hex = bytes_starts(t.text, B("0x"));
			if (t.kind == YARA_WORD && n < 2 &&
			    (is_hex ? bytes_hex(bytes_skip(t.text, 2), 255, &v[n])
			            : bytes_u64(t.text, 255, &v[n])))
				n++;
		}
		if (n == 1)
			v[1] = v[0];
		*rest = ahead;
	}
	s->xor_from = (uint8_t)v[0];
	s->xor_to = (uint8_t)v[1];
}

/* What follows a string; stops before the next one, or the condition. */
static void read_modifiers(struct bytes *rest, struct string *s)
{
	for (;;) {
		struct bytes ahead = *rest;
		struct yara_token t = yara_lex(&ahead);
		if (t.kind == YARA_END || t.kind == YARA_STRING || yara_is(&t, "condition"))
			break;
		*rest = ahead;
		if (yara_is(&t, "nocase"))
			s->flags |= YARA_NOCASE;
		else if (yara_is(&t, "wide"))
			s->flags |= YARA_WIDE;
		else if (yara_is(&t, "ascii"))
			s->flags |= YARA_ASCII;
		else if (yara_is(&t, "xor"))
			read_xor(rest, s);
		else if (yara_is(&t, "base64") || yara_is(&t, "base64wide"))
			s->is_coded = true;
	}
	if (!(s->flags & (YARA_ASCII | YARA_WIDE)))
		s->flags |= YARA_ASCII;
}

/* Bytes that differ: a run of zeros is in every program. */
static unsigned score_of(const struct string *s)
{
	unsigned n = 0;
	if (s->is_coded || s->run.n < 2)
		return 0;
	for (size_t i = 0; i < s->run.n; i++)
		n += bytes_find(bytes_of(s->run.b, i), s->run.b[i]) < 0;
	return n;
}

static void keep_string(struct yara_text *t, struct bytes name, const struct string *s)
{
	t->strings = mem_grow(t->strings, &t->cap_named, t->n_named + 1, sizeof *t->strings);
	t->strings[t->n_named++] = (struct yara_named){
		.name = name,
		.score = score_of(s),
		.literal = {.text = arena_dup(t->a, bytes_of(s->run.b, s->run.n)),
	                    .flags = s->flags,
	                    .xor_from = s->xor_from,
	                    .xor_to = s->xor_to}
        };
}

static void read_string(struct yara_text *t, struct bytes name, struct bytes *rest)
{
	struct string s = {.flags = 0};
	struct bytes flags = {NULL, 0};
	struct yara_token v = yara_lex(rest);
	if (v.kind == YARA_TEXT) {
		yara_run_text(v.text, &s.run);
	} else if (yara_is(&v, "{")) {
		struct bytes hex = *rest;
		skip_to(rest, B("}"));
		yara_run_hex(bytes_slice(hex, 0, hex.n - rest->n), &s.run);
	} else if (yara_is(&v, "/")) {
		yara_run_regex(yara_lex_regex(rest, &flags), &s.run);
		if (bytes_find(flags, 'i') >= 0)
			s.flags |= YARA_NOCASE;
	}
	read_modifiers(rest, &s);
	keep_string(t, name, &s);
}

/* ---- rules ---- */

/* Up to a keyword of the rule's own and its colon. */
static struct yara_token next_part(struct bytes *rest)
{
	for (;;) {
		struct yara_token t = yara_lex(rest);
		if (t.kind == YARA_END || yara_is(&t, "strings") || yara_is(&t, "condition")) {
			struct yara_token colon = yara_lex(rest);
			if (t.kind == YARA_END || yara_is(&colon, ":"))
				return t;
		}
	}
}

static int read_strings(struct yara_text *t, struct bytes *rest, struct err *e)
{
	for (;;) {
		struct yara_token s = yara_lex(rest);
		if (s.kind != YARA_STRING) {
			yara_lex(rest); /* the colon behind "condition" */
			return 0;
		}
		if (++t->n_strings > (size_t)YARA_STRINGS_MAX)
			return err_set(e, ERR_LIMIT, "more than %lld strings",
			               (long long)YARA_STRINGS_MAX);
		yara_lex(rest); /* = */
		read_string(t, s.text, rest);
	}
}

static void keep_literals(struct yara_text *t, const struct yara_cover *c)
{
	for (size_t i = 0; i < t->n_named; i++) {
		if (t->n_named <= YARA_COVER_MAX && !(c->bits[i / 64] >> i % 64 & 1))
			continue;
		t->literals = mem_grow(t->literals, &t->cap_literals, t->n_literals + 1,
		                       sizeof *t->literals);
		t->literals[t->n_literals] = t->strings[i].literal;
		t->literals[t->n_literals++].size_max = c->size;
	}
}

static int read_rule(struct yara_text *t, struct bytes *rest, bool is_private, struct err *e)
{
	struct yara_cover cover;
	if (++t->n_rules > (size_t)YARA_RULES_MAX)
		return err_set(e, ERR_LIMIT, "more than %lld rules", (long long)YARA_RULES_MAX);
	t->n_named = 0;
	struct yara_token name = yara_lex(rest), part = next_part(rest);
	if (yara_is(&part, "strings") && read_strings(t, rest, e) < 0)
		return -1;
	yara_condition(t, rest, &cover);
	if (cover.score)
		keep_literals(t, &cover);
	if (!t->rules)
		t->rules = map_new();
	map_put(t->rules, name.text, NULL)->u = cover.score > 0;
	/* a private rule is told of through others alone, which have conditions of their own */
	t->n_always += !cover.score && !is_private;
	return 0;
}

int yara_text_add(struct yara_text *t, struct bytes text, struct err *e)
{
	bool is_private = false;
	for (;;) {
		struct yara_token k = yara_lex(&text);
		if (k.kind == YARA_END)
			return 0;
		if (yara_is(&k, "private"))
			is_private = true;
		if (!yara_is(&k, "rule"))
			continue;
		if (read_rule(t, &text, is_private, e) < 0)
			return -1;
		is_private = false;
	}
}

void yara_text_fini(struct yara_text *t)
{
	free(t->literals);
	free(t->strings);
	map_free(t->rules);
}
