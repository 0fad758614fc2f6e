/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_lex.c - the words of CEL: names, numbers, texts, signs.
 *
 * Source: cel-spec langdef.md, "Syntax" (the lexis), "String and Bytes Values".
 */
#include "fmt/cel_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int peek(const struct cel_lexer *l, size_t ahead)
{
	return l->at + ahead < l->text.n ? l->text.p[l->at + ahead] : -1;
}

static bool is_word(int c) { return c >= 0 && (is_alnum((uint8_t)c) || c == '_'); }
static bool is_dec(int c) { return c >= '0' && c <= '9'; }
static bool is_hex(int c) { return is_dec(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static int hex_of(int c) { return is_dec(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

static void skip_blanks(struct cel_lexer *l)
{
	for (int c; (c = peek(l, 0)) >= 0; l->at++) {
		if (c == '/' && peek(l, 1) == '/') {
			while (peek(l, 0) >= 0 && peek(l, 0) != '\n')
				l->at++;
		} else if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f') {
			return;
		}
		if (l->at >= l->text.n)
			return;
	}
}

static void add_rune(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(b, (uint8_t)c);
	} else if (c < 0x800) {
		buf_addc(b, (uint8_t)(0xc0 | c >> 6));
		buf_addc(b, (uint8_t)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_addc(b, (uint8_t)(0xe0 | c >> 12));
		buf_addc(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(b, (uint8_t)(0x80 | (c & 0x3f)));
	} else {
		buf_addc(b, (uint8_t)(0xf0 | c >> 18));
		buf_addc(b, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(b, (uint8_t)(0x80 | (c & 0x3f)));
	}
}

/* The number of hexadecimal digits that follow a letter, 0: it is no such letter. */
static int hex_digits(int c, bool is_bytes)
{
	if (c == 'x' || c == 'X')
		return 2;
	if (is_bytes)
		return 0;
	return c == 'u' ? 4 : c == 'U' ? 8 : 0;
}

static int simple_escape(int c)
{
	static const char from[] = "abfnrtv\\?\"'`", to[] = "\a\b\f\n\r\t\v\\?\"'`";
	const char *at = c > 0 ? strchr(from, c) : NULL;
	return at ? to[at - from] : -1;
}

static int bad_escape(struct cel_lexer *l, const char *why)
{
	return cel_fail(l->text, l->at, l->e, "%s", why);
}

/* One escape, l->at on its backslash. */
static int escape(struct cel_lexer *l, bool is_bytes, struct buf *b)
{
	int c = peek(l, 1), simple = simple_escape(c), digits = hex_digits(c, is_bytes);
	uint32_t rune = 0;
	size_t length = 2;
	if (simple >= 0) {
		rune = (uint32_t)simple;
	} else if (digits) {
		for (int i = 0; i < digits; i++) {
			if (!is_hex(peek(l, length)))
				return bad_escape(l, "an escape is cut short");
			rune = rune << 4 | (uint32_t)hex_of(peek(l, length++));
		}
	} else if (c >= '0' && c <= '3') {
		for (length = 1; length < 4; length++) {
			int d = peek(l, length);
			if (d < '0' || d > '7')
				return bad_escape(l, "an octal escape has three digits");
			rune = rune << 3 | (uint32_t)(d - '0');
		}
	} else {
		return bad_escape(l, "there is no such escape");
	}
	if (rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000))
		return bad_escape(l, "an escape names no character");
	if (is_bytes)
		buf_addc(b, (uint8_t)rune);
	else
		add_rune(b, rune);
	l->at += length;
	return 0;
}

/* Whether the closing quotes stand here. */
static bool closes(const struct cel_lexer *l, int quote, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (peek(l, i) != quote)
			return false;
	return true;
}

/* Looks for the end; *ret_escapes: whether there is any escape before it. */
static int find_end(struct cel_lexer *l, int quote, size_t n, bool is_raw, bool *ret_escapes)
{
	size_t from = l->at;
	for (; !closes(l, quote, n); l->at++) {
		int c = peek(l, 0);
		if (c < 0 || (n == 1 && (c == '\n' || c == '\r')))
			return cel_fail(l->text, l->start, l->e, "a text is not closed");
		if (c == '\\' && !is_raw) {
			*ret_escapes = true;
			l->at += l->at + 1 < l->text.n;
		}
	}
	l->word = bytes_slice(l->text, from, l->at);
	return 0;
}

static int unescape(struct cel_lexer *l, struct bytes word, bool is_bytes)
{
	AUTO_BUF struct buf b;
	size_t end = (size_t)(word.p - l->text.p) + word.n, after = l->at;
	buf_init(&b, (size_t)CEL_TEXT_MAX);
	for (l->at = end - word.n; l->at < end;) {
		if (peek(l, 0) == '\\') {
			if (escape(l, is_bytes, &b) < 0)
				return -1;
			continue;
		}
		buf_addc(&b, l->text.p[l->at++]);
	}
	l->at = after;
	l->word = arena_dup(l->arena, buf_bytes(&b));
	return 0;
}

/* A text; l->at on its quote. */
static int text(struct cel_lexer *l, bool is_raw, bool is_bytes)
{
	int quote = peek(l, 0);
	size_t n = peek(l, 1) == quote && peek(l, 2) == quote ? 3 : 1;
	bool has_escapes = false;
	l->at += n;
	if (find_end(l, quote, n, is_raw, &has_escapes) < 0)
		return -1;
	if (has_escapes && unescape(l, l->word, is_bytes) < 0)
		return -1;
	l->at += n;
	if (!l->word.p)
		l->word = B("");
	l->kind = CEL_T_VALUE;
	l->value = (struct cel_value){.kind = is_bytes ? CEL_BYTES : CEL_STRING, .s = l->word};
	return 0;
}

/* r, b and their capitals before a quote. */
static bool is_text_start(const struct cel_lexer *l, size_t *ret_prefix, bool *ret_raw, bool *ret_b)
{
	*ret_raw = *ret_b = false;
	for (size_t i = 0; i < 3; i++) {
		int c = peek(l, i);
		if (c == '"' || c == '\'') {
			*ret_prefix = i;
			return true;
		}
		bool is_b = c == 'b' || c == 'B', is_r = c == 'r' || c == 'R';
		/* bytes are b before a text: "br", never "rb" */
		if ((!is_b && !is_r) || (is_b && i > 0) || (is_r && *ret_raw))
			return false;
		*ret_b |= is_b;
		*ret_raw |= is_r;
	}
	return false;
}

static void number_end(struct cel_lexer *l)
{
	if (peek(l, 0) == '0' && peek(l, 1) == 'x' && is_hex(peek(l, 2))) {
		for (l->at += 2; is_hex(peek(l, 0)); l->at++)
			;
	} else {
		while (is_dec(peek(l, 0)))
			l->at++;
		if (peek(l, 0) == '.' && is_dec(peek(l, 1)))
			for (l->at++; is_dec(peek(l, 0)); l->at++)
				;
		size_t sign = peek(l, 1) == '+' || peek(l, 1) == '-';
		if ((peek(l, 0) | 0x20) == 'e' && is_dec(peek(l, 1 + sign)))
			for (l->at += 1 + sign; is_dec(peek(l, 0)); l->at++)
				;
	}
	if ((peek(l, 0) | 0x20) == 'u')
		l->at++;
}

static int number(struct cel_lexer *l)
{
	number_end(l);
	if (is_word(peek(l, 0)))
		return cel_fail(l->text, l->at, l->e, "a number runs into a name");
	l->kind = CEL_T_NUMBER;
	l->word = bytes_slice(l->text, l->start, l->at);
	return 0;
}

static int fraction(struct cel_lexer *l, struct bytes word, bool is_negative, struct cel_value *ret)
{
	char digits[512];
	if (word.n >= sizeof digits - 1)
		return cel_fail(l->text, l->start, l->e, "a number has too many digits");
	memcpy(digits, word.p, word.n);
	digits[word.n] = 0;
	double d = strtod(digits, NULL);
	if (isinf(d))
		return cel_fail(l->text, l->start, l->e, "a number is too large");
	*ret = (struct cel_value){.kind = CEL_DOUBLE, .d = is_negative ? -d : d};
	return 0;
}

int cel_number(struct cel_lexer *l, bool is_negative, struct cel_value *ret)
{
	struct bytes word = l->word;
	bool is_hexed = bytes_starts(word, B("0x"));
	bool is_unsigned = (word.p[word.n - 1] | 0x20) == 'u';
	if (!is_hexed)
		for (size_t i = 0; i < word.n; i++)
			if (word.p[i] == '.' || (word.p[i] | 0x20) == 'e')
				return is_unsigned ? cel_fail(l->text, l->start, l->e,
				                              "a fraction has no u behind it")
				                   : fraction(l, word, is_negative, ret);
	uint64_t n, max = is_unsigned ? UINT64_MAX : (uint64_t)INT64_MAX + is_negative;
	word.n -= is_unsigned;
	if (is_unsigned && is_negative)
		return cel_fail(l->text, l->start, l->e, "an unsigned number has no sign");
	if (is_hexed ? !bytes_hex(bytes_skip(word, 2), max, &n) : !bytes_u64(word, max, &n))
		return cel_fail(l->text, l->start, l->e, "a number is too large");
	*ret = (struct cel_value){.kind = is_unsigned ? CEL_UINT : CEL_INT};
	ret->u = is_negative ? -n : n;
	return 0;
}

static int quoted_name(struct cel_lexer *l)
{
	size_t from = ++l->at;
	for (int c; (c = peek(l, 0)) != '`'; l->at++)
		if (!is_word(c) && c != '.' && c != '-' && c != '/' && c != ' ')
			return cel_fail(l->text, l->at, l->e, "a name in ` ` is not closed");
	l->word = bytes_slice(l->text, from, l->at++);
	l->kind = CEL_T_IDENT;
	l->is_quoted = true;
	return l->word.n ? 0 : cel_fail(l->text, from, l->e, "a name is empty");
}

static int punct(struct cel_lexer *l)
{
	static const char *const doubles[] = {"&&", "||", "==", "!=", "<=", ">="};
	for (size_t i = 0; i < ARRAY_LEN(doubles); i++)
		if (peek(l, 0) == doubles[i][0] && peek(l, 1) == doubles[i][1]) {
			memcpy(l->op, doubles[i], 3);
			l->at += 2;
			return 0;
		}
	int c = peek(l, 0);
	if (!strchr("()[]{}.,:?!<>+-*/%", c))
		return cel_fail(l->text, l->at, l->e, "this character has no meaning here");
	l->op[0] = (char)c;
	l->op[1] = 0;
	l->at++;
	return 0;
}

int cel_lex(struct cel_lexer *l)
{
	size_t prefix;
	bool is_raw, is_bytes;
	skip_blanks(l);
	l->start = l->at;
	l->is_quoted = false;
	l->op[0] = 0;
	int c = peek(l, 0);
	if (c <= 0) {
		l->kind = CEL_T_END;
		return c < 0 ? 0 : cel_fail(l->text, l->at, l->e, "the text holds a NUL");
	}
	if (is_text_start(l, &prefix, &is_raw, &is_bytes)) {
		l->at += prefix;
		return text(l, is_raw, is_bytes);
	}
	if (is_dec(c) || (c == '.' && is_dec(peek(l, 1))))
		return number(l);
	if (c == '`')
		return quoted_name(l);
	if (is_word(c)) {
		while (is_word(peek(l, 0)))
			l->at++;
		l->kind = CEL_T_IDENT;
		l->word = bytes_slice(l->text, l->start, l->at);
		return 0;
	}
	l->kind = CEL_T_PUNCT;
	return punct(l);
}
