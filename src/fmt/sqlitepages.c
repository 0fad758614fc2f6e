/* SPDX-License-Identifier: Apache-2.0 */
/* sqlitepages.c - the texts of an SQLite database, a page at a time. */
#include "fmt/sqlitepages.h"

#include <string.h>

#include "fmt/ints.h"

enum { HEADER = 100, LOG_HEADER = 32, FRAME_HEADER = 24 };
enum { INDEX_INTERIOR = 2, INDEX_LEAF = 10, TABLE_LEAF = 13 };

/* A power of two; of 65536 two bytes hold a 1 only. */
static bool is_size(uint32_t n) { return n >= 512 && n <= SQLITE_PAGE_MOST && !(n & (n - 1)); }

bool sqlite_pages_open(struct bytes head, struct sqlite_pages *ret)
{
	*ret = (struct sqlite_pages){.size = 0};
	if (head.n >= HEADER && bytes_starts(head, B("SQLite format 3\0"))) {
		uint32_t size = get_be16(head.p + 16);
		ret->size = size == 1 ? SQLITE_PAGE_MOST : size;
		ret->usable = ret->size - MIN_OF((uint32_t)head.p[20], ret->size);
		ret->is_wide = head.p[59] == 2 || head.p[59] == 3;
	} else if (head.n >= LOG_HEADER && get_be32(head.p) >> 1 == 0x377f0682 >> 1) {
		ret->size = get_be32(head.p + 8);
		ret->usable = ret->size;
		ret->skip = LOG_HEADER;
		ret->before = FRAME_HEADER;
	}
	return is_size(ret->size) && ret->usable >= 480;
}

/* 1.6: seven bits of each of eight bytes, and eight of a ninth. */
static bool varint(struct bytes *b, uint64_t *ret)
{
	uint64_t v = 0;
	for (size_t i = 0; i < 9 && i < b->n; i++) {
		uint8_t c = b->p[i];
		v = i == 8 ? v << 8 | c : v << 7 | (c & 0x7f);
		if (i == 8 || !(c & 0x80)) {
			*b = bytes_skip(*b, i + 1);
			*ret = v;
			return true;
		}
	}
	return false;
}

struct page {
	const struct sqlite_pages *p;
	struct bytes bytes;
	struct buf *out;
	uint8_t used[SQLITE_PAGE_MOST / 8]; /* a bit for each byte of values that were given */
	size_t given;                       /* bytes of them */
	uint64_t looked;                    /* bytes of records that were looked at */
};

static void line(struct page *pg, struct bytes text)
{
	buf_add(pg->out, text);
	buf_addc(pg->out, '\n');
}

static void value(struct page *pg, struct bytes text)
{
	if (!text.n)
		return;
	line(pg, text);
	pg->given += text.n;
	for (size_t i = (size_t)(text.p - pg->bytes.p), n = i + text.n; i < n; i++)
		pg->used[i / 8] |= (uint8_t)(1U << i % 8);
}

/* 1.6, "the amount of payload that spills": what of n bytes lies in the page itself. */
static uint64_t local_of(uint32_t usable, uint64_t n, bool is_table)
{
	uint64_t most = is_table ? usable - 35 : (usable - 12) * 64 / 255 - 23;
	uint64_t least = (usable - 12) * 32 / 255 - 23;
	if (n <= most)
		return n;
	uint64_t k = least + (n - least) % (usable - 4);
	return k <= most ? k : least;
}

/* 2.1: a header of types, then the values. */
static bool types_of(struct bytes local, struct bytes *ret)
{
	struct bytes rest = local;
	uint64_t head, type;
	if (!varint(&rest, &head) || head > local.n || head < local.n - rest.n)
		return false;
	*ret = rest = bytes_of(rest.p, (size_t)head - (local.n - rest.n));
	while (rest.n) {
		if (!varint(&rest, &type) || type == 10 || type == 11)
			return false;
	}
	return true;
}

static void record(struct page *pg, struct bytes local)
{
	static const uint8_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
	struct bytes types;
	uint64_t type;
	if (!types_of(local, &types))
		return;
	struct bytes body = bytes_skip(local, (size_t)(types.p + types.n - local.p));
	while (types.n && varint(&types, &type)) {
		uint64_t n = type < 10 ? sizes[type] : (type - 12) / 2;
		struct bytes v = bytes_slice(body, 0, (size_t)MIN_OF(n, (uint64_t)body.n));
		if (type >= 12 && v.n <= pg->bytes.n - pg->given)
			value(pg, v);
		body = bytes_skip(body, v.n);
	}
}

/* Cells never overlap: past a page full of records, or of values, the rest is no rows. */
static void cell(struct page *pg, size_t at, uint8_t kind)
{
	bool is_table = kind == TABLE_LEAF;
	struct bytes rest = bytes_skip(pg->bytes, at);
	uint64_t n, rowid;
	if (kind == INDEX_INTERIOR)
		rest = bytes_skip(rest, 4);
	if (!varint(&rest, &n) || (is_table && !varint(&rest, &rowid)))
		return;
	uint64_t local = local_of(pg->p->usable, n, is_table);
	pg->looked += local;
	if (local <= rest.n && pg->looked <= pg->bytes.n)
		record(pg, bytes_slice(rest, 0, (size_t)local));
}

static void cells(struct page *pg, size_t head)
{
	struct bytes b = bytes_skip(pg->bytes, head);
	uint8_t kind = b.n >= 12 ? b.p[0] : 0;
	if (kind != TABLE_LEAF && kind != INDEX_LEAF && kind != INDEX_INTERIOR)
		return;
	size_t n = get_be16(b.p + 3), from = head + (kind == INDEX_INTERIOR ? 12 : 8);
	for (size_t i = 0; i < n && from + 2 * i + 2 <= pg->bytes.n; i++)
		cell(pg, get_be16(pg->bytes.p + from + 2 * i), kind);
}

static void gaps(struct page *pg)
{
	size_t from = 0;
	for (size_t i = 0; i <= pg->bytes.n; i++) {
		bool is_used = i == pg->bytes.n || (pg->used[i / 8] >> i % 8 & 1);
		if (is_used && i > from)
			line(pg, bytes_slice(pg->bytes, from, i));
		if (is_used)
			from = i + 1;
	}
}

void sqlite_page_texts(const struct sqlite_pages *p, struct bytes page, bool is_first,
                       struct buf *out)
{
	struct page pg = {.p = p, .bytes = bytes_slice(page, 0, SQLITE_PAGE_MOST), .out = out};
	buf_reset(out);
	if (pg.bytes.n == p->size)
		cells(&pg, is_first ? HEADER : 0);
	gaps(&pg);
	size_t n = 0;
	for (size_t i = 0; p->is_wide && i < out->n; i++) {
		if (out->p[i])
			out->p[n++] = out->p[i];
	}
	if (p->is_wide)
		out->n = n;
}
