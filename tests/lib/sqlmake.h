/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlmake.h - makes small SQLite databases and write-ahead logs page by page, as
 * sqlite.org/fileformat2.html describes them, so that any number in them can be wrong.
 */
#ifndef TESTS_LIB_SQLMAKE_H
#define TESTS_LIB_SQLMAKE_H

#include "lib/rpmmake.h"

enum { SQL_PAGE = 512, SQL_LEAF = 13, SQL_INTERIOR = 5 };

static inline void put_varint(struct buf *b, uint64_t v)
{
	uint8_t out[9];
	unsigned n = 0;
	do {
		out[n++] = (uint8_t)(v & 0x7f);
		v >>= 7;
	} while (v);
	while (n-- > 0)
		buf_addc(b, (uint8_t)(out[n] | (n ? 0x80 : 0)));
}

static inline size_t sql_at(uint32_t no) { return (size_t)(no - 1) * SQL_PAGE; }

/* Offset of the header of a page. */
static inline size_t sql_head(uint32_t no) { return sql_at(no) + (no == 1 ? 100 : 0); }

static inline uint32_t mksql_page(struct buf *b, uint8_t type)
{
	put_zeros(b, SQL_PAGE);
	uint32_t no = (uint32_t)(b->n / SQL_PAGE);
	b->p[sql_head(no)] = type;
	poke_be(b, sql_head(no) + 5, SQL_PAGE, 2); /* where the cells begin */
	poke_be(b, 28, no, 4);                     /* pages of the database */
	return no;
}

/* Puts a cell into a page: the lowest free place, one more pointer. */
static inline void mksql_cell(struct buf *b, uint32_t no, struct bytes cell)
{
	size_t h = sql_head(no);
	uint32_t n = (uint32_t)b->p[h + 3] << 8 | b->p[h + 4];
	uint32_t at = ((uint32_t)b->p[h + 5] << 8 | b->p[h + 6]) - (uint32_t)cell.n;
	memcpy(b->p + sql_at(no) + at, cell.p, cell.n);
	poke_be(b, h + 5, at, 2);
	poke_be(b, h + (b->p[h] == SQL_LEAF ? 8 : 12) + 2 * n, at, 2);
	poke_be(b, h + 3, n + 1, 2);
}

/* Section 1.6: X, M and K for table leaf pages. */
static inline size_t sql_local(uint64_t p)
{
	uint64_t u = SQL_PAGE, x = u - 35, m = (u - 12) * 32 / 255 - 23;
	uint64_t k = m + (p - m) % (u - 4);
	return p <= x ? p : k <= x ? k : m;
}

/* A row of any record; what does not fit goes on in new pages.  Returns the first of them or 0. */
static inline uint32_t mksql_record(struct buf *b, uint32_t no, uint64_t rowid, struct bytes record)
{
	AUTO_BUF struct buf cell;
	buf_init(&cell, SQL_PAGE);
	put_varint(&cell, record.n);
	put_varint(&cell, rowid);
	size_t local = sql_local(record.n);
	buf_add(&cell, bytes_slice(record, 0, local));
	struct bytes rest = bytes_skip(record, local);
	uint32_t first = rest.n ? (uint32_t)(b->n / SQL_PAGE) + 1 : 0;
	if (first)
		put_be(&cell, first, 4);
	mksql_cell(b, no, buf_bytes(&cell));
	while (rest.n) {
		size_t n = MIN_OF(rest.n, (size_t)SQL_PAGE - 4);
		uint32_t page = mksql_page(b, 0);
		memset(b->p + sql_at(page), 0, SQL_PAGE);
		memcpy(b->p + sql_at(page) + 4, rest.p, n);
		rest = bytes_skip(rest, n);
		poke_be(b, sql_at(page), rest.n ? page + 1 : 0, 4);
	}
	return first;
}

/* A row of Packages: NULL (the row's own number) and a blob. */
static inline uint32_t mksql_blob(struct buf *b, uint32_t no, uint64_t rowid, struct bytes blob)
{
	AUTO_BUF struct buf record, types;
	buf_init(&types, 16);
	put_varint(&types, 0);
	put_varint(&types, 12 + 2 * (uint64_t)blob.n);
	buf_init(&record, 64 << 20);
	put_varint(&record, types.n + 1);
	buf_add(&record, buf_bytes(&types));
	buf_add(&record, blob);
	return mksql_record(b, no, rowid, buf_bytes(&record));
}

/* Page 1 with a schema of one table `Packages` whose root is page 2. */
static inline void mksql_start(struct buf *b, uint8_t root)
{
	mksql_page(b, 0);
	buf_reset(b);
	put_zeros(b, SQL_PAGE);
	memcpy(b->p, "SQLite format 3", 16);
	poke_be(b, 16, SQL_PAGE, 2);
	b->p[18] = b->p[19] = 2;
	b->p[21] = 64;
	b->p[22] = b->p[23] = 32;
	poke_be(b, 28, 1, 4);
	poke_be(b, 56, 1, 4);
	b->p[100] = SQL_LEAF;
	poke_be(b, 105, SQL_PAGE, 2);
	/* five types: text 5, 8, 8, an integer of one byte, text 3 */
	static const char types[] = {6, 13 + 10, 13 + 16, 13 + 16, 1, 13 + 6};
	AUTO_BUF struct buf record;
	buf_init(&record, 256);
	buf_add(&record, bytes_of(types, sizeof types));
	buf_adds(&record, "tablePackagesPackages");
	buf_addc(&record, root);
	buf_adds(&record, "sql");
	mksql_record(b, 1, 1, buf_bytes(&record));
}

struct mkwal {
	struct buf *b;
	uint32_t page_size, s0, s1;
	bool is_be;
};

static inline void mkwal_sum(struct mkwal *w, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i += 8) {
		uint32_t x[2];
		for (unsigned k = 0; k < 2; k++) {
			const uint8_t *q = p + i + 4 * k;
			x[k] = w->is_be ? (uint32_t)q[0] << 24 | q[1] << 16 | q[2] << 8 | q[3]
			                : (uint32_t)q[3] << 24 | q[2] << 16 | q[1] << 8 | q[0];
		}
		w->s0 += x[0] + w->s1;
		w->s1 += x[1] + w->s0;
	}
}

static inline void mkwal_start(struct mkwal *w, struct buf *b, uint32_t page_size, bool is_be)
{
	*w = (struct mkwal){.b = b, .page_size = page_size, .is_be = is_be};
	put_be(b, is_be ? 0x377f0683 : 0x377f0682, 4);
	put_be(b, 3007000, 4);
	put_be(b, page_size, 4);
	put_be(b, 0, 4);
	put_be(b, 0x01020304, 4);
	put_be(b, 0x05060708, 4);
	mkwal_sum(w, b->p, 24);
	put_be(b, w->s0, 4);
	put_be(b, w->s1, 4);
}

/* A frame; commit is the size of the database in pages after it, or 0. */
static inline void mkwal_frame(struct mkwal *w, uint32_t no, uint32_t commit, const uint8_t *page)
{
	struct buf *b = w->b;
	size_t at = b->n;
	put_be(b, no, 4);
	put_be(b, commit, 4);
	put_be(b, 0x01020304, 4);
	put_be(b, 0x05060708, 4);
	put_be(b, 0, 8);
	buf_add(b, bytes_of(page, w->page_size));
	mkwal_sum(w, b->p + at, 8);
	mkwal_sum(w, b->p + at + 24, w->page_size);
	poke_be(b, at + 16, w->s0, 4);
	poke_be(b, at + 20, w->s1, 4);
}

#endif
