/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpmmake.h - makes rpm headers, and files of the three forms of database, byte by byte.
 */
#ifndef TESTS_LIB_RPMMAKE_H
#define TESTS_LIB_RPMMAKE_H

#include <stdlib.h>
#include <string.h>

#include "base/base.h"

/* The numbers of rpm's types. */
enum {
	MK_CHAR = 1,
	MK_INT16 = 3,
	MK_INT32 = 4,
	MK_INT64 = 5,
	MK_STRING = 6,
	MK_BIN = 7,
	MK_ARRAY = 8
};

static inline void put_be(struct buf *b, uint64_t v, unsigned width)
{
	for (unsigned i = width; i-- > 0;)
		buf_addc(b, (uint8_t)(v >> (8 * i)));
}

static inline void put_le(struct buf *b, uint64_t v, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		buf_addc(b, (uint8_t)(v >> (8 * i)));
}

static inline void put_zeros(struct buf *b, size_t n)
{
	uint8_t *p = buf_room(b, n);
	if (p) {
		memset(p, 0, n);
		b->n += n;
	}
}

/* Overwrites width bytes at an offset. */
static inline void poke_be(struct buf *b, size_t at, uint64_t v, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		b->p[at + i] = (uint8_t)(v >> (8 * (width - 1 - i)));
}

static inline void poke_le(struct buf *b, size_t at, uint64_t v, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		b->p[at + i] = (uint8_t)(v >> (8 * i));
}

/* A header in the making: entries and data side by side. */
struct mkhdr {
	struct buf index, data;
	uint32_t n;
};

static inline void mkhdr_init(struct mkhdr *m)
{
	buf_init(&m->index, 64 << 20);
	buf_init(&m->data, 64 << 20);
	m->n = 0;
}

static inline void mkhdr_add(struct mkhdr *m, uint32_t tag, uint32_t type, struct bytes data,
                             uint32_t count)
{
	static const uint8_t align[] = {1, 1, 1, 2, 4, 8, 1, 1, 1, 1};
	while (m->data.n % align[type])
		buf_addc(&m->data, 0);
	put_be(&m->index, tag, 4);
	put_be(&m->index, type, 4);
	put_be(&m->index, m->data.n, 4);
	put_be(&m->index, count, 4);
	buf_add(&m->data, data);
	m->n++;
}

static inline void mkhdr_text(struct mkhdr *m, uint32_t tag, const char *s)
{
	mkhdr_add(m, tag, MK_STRING, bytes_of(s, strlen(s) + 1), 1);
}

static inline void mkhdr_num(struct mkhdr *m, uint32_t tag, uint32_t v)
{
	uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
	mkhdr_add(m, tag, MK_INT32, bytes_of(b, 4), 1);
}

static inline void mkhdr_end(struct mkhdr *m, struct buf *ret)
{
	put_be(ret, m->n, 4);
	put_be(ret, m->data.n, 4);
	buf_add(ret, buf_bytes(&m->index));
	buf_add(ret, buf_bytes(&m->data));
	buf_fini(&m->index);
	buf_fini(&m->data);
}

/* NAME-1.0-1.noarch, with filler bytes of a tag that nobody asks for. */
static inline void mkhdr_simple(struct buf *ret, const char *name, size_t filler)
{
	struct mkhdr m;
	mkhdr_init(&m);
	mkhdr_text(&m, 1000, name);
	mkhdr_text(&m, 1001, "1.0");
	mkhdr_text(&m, 1002, "1");
	mkhdr_text(&m, 1022, "noarch");
	if (filler) {
		AUTO_FREE char *p = mem_alloc(filler);
		memset(p, 'x', filler);
		mkhdr_add(&m, 1146, MK_BIN, bytes_of(p, filler), (uint32_t)filler);
	}
	mkhdr_end(&m, ret);
}

#endif
