/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c - buffers with a stated maximum, and arenas. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t max) { *b = (struct buf){.max = max}; }

void buf_wipe(struct buf *b)
{
	if (b->p) /* nothing was added yet */
		explicit_bzero(b->p, b->cap);
}

void buf_fini(struct buf *b)
{
	free(b->p);
	*b = (struct buf){.max = 0};
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->overflow = false;
}

uint8_t *buf_room(struct buf *b, size_t n)
{
	if (n > b->max || b->n > b->max - n) {
		b->overflow = true;
		return NULL;
	}
	if (b->n + n + 1 > b->cap || !b->p)
		b->p = mem_grow(b->p, &b->cap, b->n + n + 1, 1);
	return b->p + b->n;
}

int buf_add(struct buf *b, struct bytes s)
{
	uint8_t *to = buf_room(b, s.n);
	if (!to)
		return -1;
	if (s.n)
		memcpy(to, s.p, s.n);
	b->n += s.n;
	return 0;
}

int buf_addc(struct buf *b, uint8_t c) { return buf_add(b, (struct bytes){&c, 1}); }

int buf_adds(struct buf *b, const char *s) { return buf_add(b, bytes_str(s)); }

int buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	uint8_t *to = n < 0 ? NULL : buf_room(b, (size_t)n);
	if (to) {
		vsnprintf((char *)to, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
	return to ? 0 : -1;
}

struct bytes buf_bytes(const struct buf *b)
{
	return (struct bytes){b->n ? b->p : (const uint8_t *)"", b->n};
}

const char *buf_cstr(struct buf *b)
{
	if (!b->p)
		b->p = mem_grow(NULL, &b->cap, 1, 1);
	b->p[b->n] = 0;
	return (const char *)b->p;
}

void auto_buf(struct buf *b) { buf_fini(b); }

/* Chunks double up to CHUNK_MOST, so a small scan stays small; a large object gets its own. */
enum { CHUNK_MIN = 8 << 10, CHUNK_MOST = 1 << 20 };

struct chunk {
	struct chunk *next;
	size_t used, cap;
	_Alignas(16) uint8_t data[];
};

struct arena {
	struct chunk *head;
	size_t size;
};

struct arena *arena_new(void) { return mem_zalloc(sizeof(struct arena)); }

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct chunk *c = a->head, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

static struct chunk *chunk_add(struct arena *a, size_t n)
{
	size_t cap = a->head ? MIN_OF(a->head->cap * 2, (size_t)CHUNK_MOST) : CHUNK_MIN;
	cap = MAX_OF(cap, (size_t)CHUNK_MIN);
	struct chunk *c = mem_alloc(sizeof *c + MAX_OF(cap, n));
	*c = (struct chunk){.cap = MAX_OF(cap, n)};
	if (n > cap / 2 && a->head) { /* keep filling the present chunk */
		c->next = a->head->next;
		a->head->next = c;
	} else {
		c->next = a->head;
		a->head = c;
	}
	return c;
}

static void *take(struct arena *a, size_t n)
{
	size_t want = (n + 15) & ~(size_t)15;
	if (want < n)
		die_nomem(n);
	struct chunk *c = a->head;
	if (!c || c->cap - c->used < want)
		c = chunk_add(a, want);
	void *p = c->data + c->used;
	c->used += want;
	a->size += want;
	return p;
}

void *arena_alloc(struct arena *a, size_t n) { return memset(take(a, n ? n : 1), 0, n ? n : 1); }

struct bytes arena_dup(struct arena *a, struct bytes b)
{
	if (!b.p)
		return b;
	uint8_t *p = take(a, b.n + 1);
	if (b.n)
		memcpy(p, b.p, b.n);
	p[b.n] = 0;
	return (struct bytes){p, b.n};
}

const char *arena_str(struct arena *a, struct bytes b)
{
	return b.p ? (const char *)arena_dup(a, b).p : NULL;
}

const char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = take(a, n < 0 ? 1 : (size_t)n + 1);
	*p = 0;
	if (n >= 0)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

size_t arena_size(const struct arena *a) { return a->size; }

void auto_arena(struct arena **a) { arena_free(*a); }
