/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc.c - documents read whole or line by line.
 */
#include "advise/sink.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 64 << 10 };

int feed_load(struct feed_doc *doc, size_t max, struct buf *ret, struct err *e)
{
	struct buf b;
	buf_init(&b, max);
	for (;;) {
		size_t room = MIN_OF((size_t)PIECE, max - b.n);
		uint8_t spare; /* one byte past max tells a document that is too long */
		uint8_t *p = room ? buf_room(&b, room) : &spare;
		ssize_t n = doc->read(doc, p, room ? room : 1, e);
		if (n == 0)
			break;
		if (n > 0 && !room)
			n = err_set(e, ERR_LIMIT, "longer than %zu bytes", max);
		if (n < 0) {
			buf_fini(&b);
			return -1;
		}
		b.n += (size_t)n;
	}
	*ret = b;
	return 0;
}

static int lines_fill(struct feed_lines *l, struct err *e)
{
	if (l->at) {
		memmove(l->p, l->p + l->at, l->n - l->at);
		l->n -= l->at;
		l->at = 0;
	}
	if (l->n > (size_t)FEED_LINE_MAX)
		return err_set(e, ERR_LIMIT, "line %llu is longer than %lld bytes",
		               (unsigned long long)l->line + 1, (long long)FEED_LINE_MAX);
	l->p = mem_grow(l->p, &l->cap, l->n + PIECE, 1);
	ssize_t n = l->doc->read(l->doc, l->p + l->n, PIECE, e);
	if (n < 0)
		return -1;
	l->is_end = n == 0;
	l->n += (size_t)n;
	return 0;
}

/* What was not yet given; NULL before the first piece. */
static uint8_t *lines_at(const struct feed_lines *l) { return l->n ? l->p + l->at : l->p; }

int feed_lines_next(struct feed_lines *l, struct bytes *ret, struct err *e)
{
	size_t seen = 0;
	if (!l->p && lines_fill(l, e) < 0)
		return -1;
	for (;;) {
		uint8_t *from = lines_at(l);
		size_t left = l->n - l->at;
		uint8_t *nl = left > seen ? memchr(from + seen, '\n', left - seen) : NULL;
		if (nl || (l->is_end && left)) {
			size_t n = nl ? (size_t)(nl - from) : left;
			if (n > (size_t)FEED_LINE_MAX)
				return err_set(e, ERR_LIMIT, "line %llu is longer than %lld bytes",
				               (unsigned long long)l->line + 1,
				               (long long)FEED_LINE_MAX);
			l->at += n + (nl ? 1 : 0);
			l->line++;
			if (n && from[n - 1] == '\r')
				n--;
			*ret = bytes_of(from, n);
			return 1;
		}
		if (l->is_end)
			return 0;
		seen = left;
		if (lines_fill(l, e) < 0)
			return -1;
	}
}

void feed_lines_end(struct feed_lines *l)
{
	free(l->p);
	*l = (struct feed_lines){.doc = l->doc};
}

bool feed_has(const struct feed_doc *doc, const char *text)
{
	return bytes_search(doc->head, bytes_str(text)) >= 0;
}

uint8_t feed_first(const struct feed_doc *doc)
{
	struct bytes h = doc->head;
	if (bytes_starts(h, B("\xef\xbb\xbf")))
		h = bytes_skip(h, 3);
	for (size_t i = 0; i < h.n; i++) {
		if (!is_blank(h.p[i]))
			return h.p[i];
	}
	return 0;
}

static ssize_t memory_read(struct feed_doc *doc, void *p, size_t n, struct err *e)
{
	(void)e;
	struct doc_memory *m = doc->arg;
	struct bytes part = bytes_slice(m->content, m->at, m->at + n);
	if (part.n)
		memcpy(p, part.p, part.n);
	m->at += part.n;
	return (ssize_t)part.n;
}

void doc_memory(struct doc_memory *ret, const char *name, struct bytes content)
{
	*ret = (struct doc_memory){.content = content};
	ret->doc = (struct feed_doc){
		.name = bytes_str(name),
		.head = bytes_slice(content, 0, (size_t)FEED_HEAD_MAX),
		.read = memory_read,
		.arg = ret,
	};
}
