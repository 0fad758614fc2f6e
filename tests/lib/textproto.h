/* SPDX-License-Identifier: Apache-2.0 */
/*
 * textproto.h - messages in protobuf's text form, as far as test vectors use it: a tree of fields.
 */
#ifndef TESTS_LIB_TEXTPROTO_H
#define TESTS_LIB_TEXTPROTO_H

#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

struct tp {
	struct bytes name;
	struct bytes text; /* of a scalar, decoded when it stood in quotes */
	struct tp *first, *next;
};

struct tp_reader {
	struct bytes s;
	size_t at;
	struct arena *a;
	bool is_bad;
};

static inline int tp_peek(struct tp_reader *r)
{
	while (r->at < r->s.n) {
		uint8_t c = r->s.p[r->at];
		if (c == '#')
			while (r->at < r->s.n && r->s.p[r->at] != '\n')
				r->at++;
		else if (is_blank(c) || c == ',' || c == ';')
			r->at++;
		else
			return c;
	}
	return -1;
}

static inline void tp_rune(struct buf *b, uint32_t c)
{
	char t[5] = {0};
	if (c < 0x80) {
		buf_addc(b, (uint8_t)c);
		return;
	}
	int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (int i = n - 1; i > 0; i--, c >>= 6)
		t[i] = (char)(0x80 | (c & 0x3f));
	t[0] = (char)((0xf00 >> n & 0xff) | c);
	buf_add(b, bytes_of(t, (size_t)n));
}

static inline void tp_escape(struct tp_reader *r, struct buf *b)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	uint8_t c = r->s.p[r->at++];
	const char *simple = strchr(from, c);
	uint64_t u = 0;
	if (c == 'x' || c == 'X' || c == 'u' || c == 'U') {
		size_t n = c == 'u' ? 4 : c == 'U' ? 8 : 2;
		bytes_hex(bytes_slice(r->s, r->at, r->at + n), 0x10ffff, &u);
		r->at += n;
		if (n > 2)
			tp_rune(b, (uint32_t)u);
		else
			buf_addc(b, (uint8_t)u);
	} else if (c >= '0' && c <= '7') {
		size_t n = 1;
		while (n < 3 && r->s.p[r->at + n - 1] >= '0' && r->s.p[r->at + n - 1] <= '7')
			n++;
		bytes_octal(bytes_slice(r->s, r->at - 1, r->at - 1 + n), 255, &u);
		r->at += n - 1;
		buf_addc(b, (uint8_t)u);
	} else {
		buf_addc(b, simple && c ? (uint8_t)to[simple - from] : c);
	}
}

/* One or more texts in quotes, put together. */
static inline struct bytes tp_quoted(struct tp_reader *r)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 20);
	for (int q; (q = tp_peek(r)) == '"' || q == '\'';) {
		for (r->at++; r->at < r->s.n && r->s.p[r->at] != q;) {
			if (r->s.p[r->at] == '\\') {
				r->at++;
				tp_escape(r, &b);
			} else {
				buf_addc(&b, r->s.p[r->at++]);
			}
		}
		r->at++;
	}
	struct bytes t = arena_dup(r->a, buf_bytes(&b));
	return t.p ? t : B("");
}

static inline struct bytes tp_word(struct tp_reader *r)
{
	size_t from = r->at;
	if (r->s.p[from] == '[')
		while (r->at < r->s.n && r->s.p[r->at - (r->at > from)] != ']')
			r->at++;
	else
		while (r->at < r->s.n &&
		       (is_alnum(r->s.p[r->at]) || bytes_find(B("_.+-"), r->s.p[r->at]) >= 0))
			r->at++;
	r->is_bad |= r->at == from;
	return bytes_slice(r->s, from, r->at);
}

static inline struct tp *tp_fields(struct tp_reader *r)
{
	struct tp *first = NULL, **last = &first;
	for (int c; !r->is_bad && (c = tp_peek(r)) >= 0 && c != '}' && c != '>';) {
		struct tp *f = arena_alloc(r->a, sizeof *f);
		f->name = tp_word(r);
		if (tp_peek(r) == ':')
			r->at++;
		c = tp_peek(r);
		if (c == '{' || c == '<') {
			r->at++;
			f->first = tp_fields(r);
			tp_peek(r);
			r->at++;
		} else {
			f->text = c == '"' || c == '\'' ? tp_quoted(r) : tp_word(r);
		}
		*last = f;
		last = &f->next;
	}
	return first;
}

static inline const struct tp *tp_get(const struct tp *m, const char *name)
{
	for (const struct tp *f = m ? m->first : NULL; f; f = f->next)
		if (bytes_eq(f->name, bytes_str(name)))
			return f;
	return NULL;
}

static inline struct bytes tp_text(const struct tp *m, const char *name)
{
	const struct tp *f = tp_get(m, name);
	return f ? f->text : (struct bytes){0};
}

/* Whether some scalar or name within holds the word. */
static inline bool tp_mentions(const struct tp *m, const char *word)
{
	for (const struct tp *f = m->first; f; f = f->next)
		if (bytes_search(f->name, bytes_str(word)) >= 0 ||
		    bytes_search(f->text, bytes_str(word)) >= 0 || tp_mentions(f, word))
			return true;
	return false;
}

#endif
