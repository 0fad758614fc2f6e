/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bdb.c - Berkeley DB hash tables, versions 5 to 10.
 *
 * Format: pages of one size and one byte order.  Page 0: log number (8), page (4), magic (4),
 * version (4), page size (4), encryption (1), type (1), flags (1); last page at 32.  Other pages:
 * log number (8), page (4), previous (4), next (4), items (2), free offset (2), level (1), type
 * (1), then the offsets of the items, which grow down from the page's end, keys and values taking
 * turns.  A value off the page is a chain of overflow pages.  All hash pages of the file are read
 * in order, not by bucket: no chain of theirs can then hide one or go round.
 * Source: Berkeley DB's db_page.h, whose comments are its specification.
 */
#include "fmt/bdb.h"

#include "fmt/ints.h"

enum {
	PAGE_HEADER = 26,
	META_MIN = 72,
	HASH_MAGIC = 0x061561,
	PAGE_HASH_UNSORTED = 2,
	PAGE_OVERFLOW = 7,
	PAGE_HASHMETA = 8,
	PAGE_HASH = 13,
	PAGE_TYPE_MAX = 15,
	ITEM_KEYDATA = 1,
	ITEM_OFFPAGE = 3,
	OFFPAGE_SIZE = 12, /* type, 3 unused, page, length */
	META_CHECKSUM = 1
};

bool bdb_is_hash(struct bytes db)
{
	return db.n >= META_MIN &&
	       (get_le32(db.p + 12) == HASH_MAGIC || get_be32(db.p + 12) == HASH_MAGIC);
}

int bdb_open(struct bytes db, struct buf *scratch, struct bdb *ret, struct err *e)
{
	if (!bdb_is_hash(db))
		return err_set(e, ERR_FORMAT, "bdb: no hash table in %zu bytes", db.n);
	struct bdb b = {.db = db, .scratch = scratch, .next = 1};
	b.is_be = get_be32(db.p + 12) == HASH_MAGIC;
	uint32_t version = get_32(db.p + 16, b.is_be);
	b.page_size = get_32(db.p + 20, b.is_be);
	uint64_t want = (uint64_t)get_32(db.p + 32, b.is_be) + 1;
	if (version < 5 || version > 10)
		return err_set(e, ERR_UNSUPPORTED, "bdb: hash version %u", version);
	if (db.p[24] || (db.p[26] & META_CHECKSUM))
		return err_set(e, ERR_UNSUPPORTED, "bdb: encrypted or checksummed pages");
	if (db.p[25] != PAGE_HASHMETA)
		return err_set(e, ERR_FORMAT, "bdb: page 0 has type %u", db.p[25]);
	if (b.page_size < 512 || b.page_size > 65536 || (b.page_size & (b.page_size - 1)))
		return err_set(e, ERR_FORMAT, "bdb: page size %u", b.page_size);
	b.pages = (uint32_t)MIN_OF(db.n / b.page_size, (size_t)UINT32_MAX);
	b.missing = want > b.pages ? (uint32_t)MIN_OF(want - b.pages, (uint64_t)UINT32_MAX) : 0;
	b.used = mem_zalloc(b.pages / 8 + 1); /* a bit for each 512 bytes of input at most */
	*ret = b;
	return 0;
}

void bdb_close(struct bdb *b)
{
	free(b->used);
	b->used = NULL;
}

static struct bytes page_at(const struct bdb *b, uint32_t no)
{
	size_t at = (size_t)no * b->page_size;
	return bytes_slice(b->db, at, at + b->page_size);
}

/* Makes page no the current one when it holds items; 1, 0 when it does not, -1. */
static int page_enter(struct bdb *b, uint32_t no, struct err *e)
{
	struct bytes p = page_at(b, no);
	uint8_t type = p.p[25];
	if (type > PAGE_TYPE_MAX)
		return err_set(e, ERR_FORMAT, "bdb: page %u has type %u", no, type);
	if (type != PAGE_HASH && type != PAGE_HASH_UNSORTED)
		return 0;
	if (get_32(p.p + 8, b->is_be) != no)
		return err_set(e, ERR_FORMAT, "bdb: page %u says it is page %u", no,
		               get_32(p.p + 8, b->is_be));
	uint32_t n = get_16(p.p + 20, b->is_be);
	if (n % 2 || PAGE_HEADER + 2 * n > b->page_size)
		return err_set(e, ERR_FORMAT, "bdb: page %u: %u items", no, n);
	b->no = no;
	b->i = 0;
	b->n = n;
	b->end = b->page_size;
	return 1;
}

/* The next item of the current page; an item ends where the one before it begins. */
static int item_take(struct bdb *b, struct bytes *ret, struct err *e)
{
	struct bytes p = page_at(b, b->no);
	uint32_t at = get_16(p.p + PAGE_HEADER + 2 * (size_t)b->i, b->is_be);
	if (at < PAGE_HEADER + 2 * b->n || at >= b->end) {
		uint32_t i = b->i;
		b->i = b->n; /* nothing behind it can be placed */
		return err_set(e, ERR_FORMAT,
		               "bdb: page %u: item %u is at %u, the one before at %u", b->no, i, at,
		               b->end);
	}
	*ret = bytes_slice(p, at, b->end);
	b->end = at;
	b->i++;
	return 0;
}

static int chain_read(struct bdb *b, struct bytes item, struct bytes *ret, struct err *e)
{
	if (item.n < OFFPAGE_SIZE)
		return err_set(e, ERR_FORMAT, "bdb: page %u: an item is cut off", b->no);
	uint32_t no = get_32(item.p + 4, b->is_be), size = get_32(item.p + 8, b->is_be);
	if (size > b->scratch->max)
		return err_set(e, ERR_LIMIT, "bdb: page %u: a value of %u bytes, the most is %zu",
		               b->no, size, b->scratch->max);
	buf_reset(b->scratch);
	while (b->scratch->n < size) {
		if (no == 0 || no >= b->pages)
			return err_set(e, ERR_FORMAT,
			               "bdb: a value of %u bytes goes on at page %u of %u", size,
			               no, b->pages);
		struct bytes p = page_at(b, no);
		uint32_t n = get_16(p.p + 22, b->is_be);
		if (p.p[25] != PAGE_OVERFLOW || get_32(p.p + 8, b->is_be) != no || n == 0 ||
		    n > b->page_size - PAGE_HEADER)
			return err_set(e, ERR_FORMAT, "bdb: page %u is no overflow page", no);
		if (bit_test_set(b->used, no))
			return err_set(e, ERR_FORMAT, "bdb: overflow page %u is used twice", no);
		if (n > size - b->scratch->n ||
		    buf_add(b->scratch, bytes_slice(p, PAGE_HEADER, PAGE_HEADER + n)) < 0)
			return err_set(e, ERR_FORMAT, "bdb: overflow page %u: more than %u bytes",
			               no, size);
		no = get_32(p.p + 16, b->is_be);
	}
	*ret = buf_bytes(b->scratch);
	return 0;
}

static int pair_read(struct bdb *b, struct bytes *ret_key, struct bytes *ret_value, struct err *e)
{
	struct bytes key, value;
	uint32_t i = b->i;
	if (item_take(b, &key, e) < 0 || item_take(b, &value, e) < 0)
		return -1;
	if (value.p[0] == ITEM_OFFPAGE) {
		if (chain_read(b, value, &value, e) < 0)
			return -1;
	} else if (value.p[0] == ITEM_KEYDATA) {
		value = bytes_skip(value, 1);
	} else {
		return err_set(e, ERR_FORMAT, "bdb: page %u: item %u has type %u", b->no, i + 1,
		               value.p[0]);
	}
	*ret_key = key.p[0] == ITEM_KEYDATA ? bytes_skip(key, 1) : (struct bytes){0};
	*ret_value = value;
	return 0;
}

int bdb_next(struct bdb *b, struct bytes *ret_key, struct bytes *ret_value, struct err *e)
{
	for (;;) {
		if (b->i < b->n)
			return pair_read(b, ret_key, ret_value, e) < 0 ? -1 : 1;
		if (b->next >= b->pages)
			return 0;
		if (page_enter(b, b->next++, e) < 0)
			return -1;
	}
}
