/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaratext_runs.c - the longest run of bytes that every match of a YARA string holds.
 *
 * Groups, classes, jumps and what may be repeated or left out end a run; of alternatives at the top
 * nothing is certain.
 */
#include "fmt/yaratext_parts.h"

#include <string.h>

/* The run at hand, and the best so far. */
struct runs {
	struct yara_run now, best;
	unsigned kinds_best;
};

/* Different bytes: zeros and fillers are everywhere. */
static unsigned kinds(const struct yara_run *r)
{
	unsigned n = 0;
	for (size_t i = 0; i < r->n; i++) {
		size_t k = 0;
		while (k < i && r->b[k] != r->b[i])
			k++;
		n += k == i;
	}
	return n;
}

static void run_end(struct runs *r)
{
	unsigned n = kinds(&r->now);
	if (r->now.n > 1 && n > r->kinds_best) {
		r->best = r->now;
		r->kinds_best = n;
	}
	r->now.n = 0;
}

static void run_add(struct runs *r, uint8_t c)
{
	if (r->now.n == YARA_LITERAL_LEN)
		run_end(r);
	r->now.b[r->now.n++] = c;
}

static int hex_of(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c = to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes one byte, an escape decoded; -1: it stands for several, or for none. */
static int take_byte(struct bytes *rest)
{
	static const char from[] = "ntrfa", to[] = "\n\t\r\f\a";
	uint8_t c = *rest->p;
	*rest = bytes_skip(*rest, 1);
	if (c != '\\' || !rest->n)
		return c;
	c = *rest->p;
	*rest = bytes_skip(*rest, 1);
	if (c == 'x' && rest->n >= 2 && hex_of(rest->p[0]) >= 0 && hex_of(rest->p[1]) >= 0) {
		int v = hex_of(rest->p[0]) << 4 | hex_of(rest->p[1]);
		*rest = bytes_skip(*rest, 2);
		return v;
	}
	const char *at = memchr(from, c, sizeof from - 1);
	if (at)
		return to[at - from];
	return is_alnum(c) ? -1 : c;
}

void yara_run_text(struct bytes text, struct yara_run *ret)
{
	struct runs r = {.kinds_best = 0};
	while (text.n) {
		int c = take_byte(&text);
		if (c < 0)
			run_end(&r);
		else
			run_add(&r, (uint8_t)c);
	}
	run_end(&r);
	*ret = r.best;
}

/* ---- hexadecimal ---- */

static void skip_group(struct bytes *rest)
{
	unsigned open = 0;
	do {
		open += *rest->p == '(';
		open -= *rest->p == ')';
		*rest = bytes_skip(*rest, 1);
	} while (open && rest->n);
}

void yara_run_hex(struct bytes text, struct yara_run *ret)
{
	struct runs r = {.kinds_best = 0};
	while (text.n) {
		uint8_t c = *text.p;
		int high = hex_of(c), low = text.n > 1 ? hex_of(text.p[1]) : -1;
		if (is_blank(c)) {
			text = bytes_skip(text, 1);
			continue;
		}
		if (high >= 0 && low >= 0) {
			run_add(&r, (uint8_t)(high << 4 | low));
			text = bytes_skip(text, 2);
			continue;
		}
		run_end(&r);
		ssize_t end = -1;
		if (c == '(')
			skip_group(&text);
		else if (c == '[' && (end = bytes_find(text, ']')) >= 0)
			text = bytes_skip(text, (size_t)end + 1);
		else if (bytes_starts(text, B("//")) && (end = bytes_find(text, '\n')) >= 0)
			text = bytes_skip(text, (size_t)end);
		else if (bytes_starts(text, B("/*")) && (end = bytes_search(text, B("*/"))) >= 0)
			text = bytes_skip(text, (size_t)end + 2);
		else /* ??, A?, ?A, ~AA */
			text = bytes_skip(text, c == '~' ? 3 : 2);
	}
	run_end(&r);
	*ret = r.best;
}

/* ---- regular expressions ---- */

static void skip_class(struct bytes *rest)
{
	*rest = bytes_skip(*rest, 1);
	if (rest->n && *rest->p == '^')
		*rest = bytes_skip(*rest, 1);
	if (rest->n && *rest->p == ']') /* the first is one of the class */
		*rest = bytes_skip(*rest, 1);
	while (rest->n && *rest->p != ']')
		*rest = bytes_skip(*rest, *rest->p == '\\' ? 2 : 1);
	*rest = bytes_skip(*rest, 1);
}

/* Behind its parenthesis, however deep. */
static void skip_regex_group(struct bytes *rest)
{
	size_t open = 0;
	do {
		uint8_t c = *rest->p;
		open += c == '(';
		open -= c == ')';
		if (c == '[')
			skip_class(rest);
		else
			*rest = bytes_skip(*rest, c == '\\' ? 2 : 1);
	} while (open && rest->n);
}

/* '*', '?', '{' or '+', which is taken with what belongs to it; 0: none. */
static uint8_t take_quantifier(struct bytes *rest)
{
	if (!rest->n || !strchr("*?+{", *rest->p) || !*rest->p)
		return 0;
	uint8_t c = *rest->p;
	ssize_t end = c == '{' ? bytes_find(*rest, '}') : 0;
	*rest = bytes_skip(*rest, (size_t)MAX_OF(end, (ssize_t)0) + 1);
	if (rest->n && *rest->p == '?')
		*rest = bytes_skip(*rest, 1);
	return c;
}

/* A byte as it is, or an escape. */
static void regex_byte(struct runs *r, struct bytes *rest)
{
	bool is_edge = bytes_starts(*rest, B("\\b")) || bytes_starts(*rest, B("\\B"));
	int c = take_byte(rest);
	if (is_edge)
		return;
	uint8_t q = take_quantifier(rest);
	if (c < 0 || (q && q != '+'))
		run_end(r);
	else
		run_add(r, (uint8_t)c);
	if (q == '+')
		run_end(r);
}

void yara_run_regex(struct bytes text, struct yara_run *ret)
{
	struct runs r = {.kinds_best = 0};
	ret->n = 0;
	while (text.n) {
		uint8_t c = *text.p;
		if (c == '|')
			return;
		if (c == '(' || c == '[' || c == '.') {
			run_end(&r);
			if (c == '(')
				skip_regex_group(&text);
			else if (c == '[')
				skip_class(&text);
			else
				text = bytes_skip(text, 1);
			take_quantifier(&text);
		} else if (c == '^' || c == '$') {
			text = bytes_skip(text, 1);
		} else {
			regex_byte(&r, &text);
		}
	}
	run_end(&r);
	*ret = r.best;
}
