/* SPDX-License-Identifier: Apache-2.0 */
/* bdbmake.h - makes small Berkeley DB hash tables: a page each for metadata, items, overflows. */
#ifndef TESTS_LIB_BDBMAKE_H
#define TESTS_LIB_BDBMAKE_H

#include "lib/rpmmake.h"

/* Offsets in a page. */
enum {
	BDB_PAGE = 512,
	BDB_NO = 8,
	BDB_NEXT = 16,
	BDB_ITEMS = 20,
	BDB_FREE = 22,
	BDB_TYPE = 25,
	BDB_OFFSETS = 26
};

struct mkbdb {
	struct buf *b;
	bool is_be;
	size_t page; /* offset of the page that takes items */
	unsigned items;
	size_t end; /* where its last item begins */
};

static inline void bdb_poke(struct mkbdb *m, size_t at, uint64_t v, unsigned width)
{
	if (m->is_be)
		poke_be(m->b, at, v, width);
	else
		poke_le(m->b, at, v, width);
}

/* A new page; returns its number. */
static inline uint32_t mkbdb_page(struct mkbdb *m, uint8_t type)
{
	size_t at = m->b->n;
	uint32_t no = (uint32_t)(at / BDB_PAGE);
	put_zeros(m->b, BDB_PAGE);
	bdb_poke(m, at + BDB_NO, no, 4);
	m->b->p[at + BDB_TYPE] = type;
	bdb_poke(m, 32, no, 4); /* last page */
	return no;
}

static inline void mkbdb_start(struct mkbdb *m, struct buf *b, bool is_be)
{
	*m = (struct mkbdb){.b = b, .is_be = is_be};
	mkbdb_page(m, 8);
	bdb_poke(m, 12, 0x061561, 4);
	bdb_poke(m, 16, 9, 4);
	bdb_poke(m, 20, BDB_PAGE, 4);
	m->page = (size_t)mkbdb_page(m, 13) * BDB_PAGE;
	m->end = BDB_PAGE;
}

static inline void mkbdb_item(struct mkbdb *m, uint8_t type, struct bytes data)
{
	m->end -= data.n + 1;
	m->b->p[m->page + m->end] = type;
	if (data.n)
		memcpy(m->b->p + m->page + m->end + 1, data.p, data.n);
	bdb_poke(m, m->page + BDB_OFFSETS + 2 * m->items, m->end, 2);
	bdb_poke(m, m->page + BDB_ITEMS, ++m->items, 2);
}

static inline void mkbdb_key(struct mkbdb *m, uint32_t key)
{
	uint8_t k[4] = {(uint8_t)key, (uint8_t)(key >> 8), (uint8_t)(key >> 16),
	                (uint8_t)(key >> 24)};
	mkbdb_item(m, 1, bytes_of(k, 4));
}

/* A pair whose value stands on the page. */
static inline void mkbdb_near(struct mkbdb *m, uint32_t key, struct bytes data)
{
	mkbdb_key(m, key);
	mkbdb_item(m, 1, data);
}

/* A pair whose value is a chain; returns the number of its first page. */
static inline uint32_t mkbdb_far(struct mkbdb *m, uint32_t key, struct bytes data)
{
	uint8_t item[11] = {0};
	uint32_t first = (uint32_t)(m->b->n / BDB_PAGE);
	mkbdb_key(m, key);
	mkbdb_item(m, 3, bytes_of(item, sizeof item));
	bdb_poke(m, m->page + m->end + 4, first, 4);
	bdb_poke(m, m->page + m->end + 8, data.n, 4);
	while (data.n) {
		size_t n = MIN_OF(data.n, (size_t)BDB_PAGE - BDB_OFFSETS);
		uint32_t no = mkbdb_page(m, 7);
		size_t at = (size_t)no * BDB_PAGE;
		bdb_poke(m, at + BDB_FREE, n, 2);
		memcpy(m->b->p + at + BDB_OFFSETS, data.p, n);
		data = bytes_skip(data, n);
		bdb_poke(m, at + BDB_NEXT, data.n ? no + 1 : 0, 4);
	}
	return first;
}

#endif
