/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bdb.h - the values of a Berkeley DB hash table, as rpm kept `Packages` until 4.15.
 */
#ifndef FMT_BDB_H
#define FMT_BDB_H

#include "base/base.h"

struct bdb {
	struct bytes db;
	struct buf *scratch;
	uint8_t *used;      /* one bit for each page: overflow chains cannot share one */
	uint32_t page_size; /* bytes, 512 to 65536 */
	uint32_t pages;     /* whole pages of the file */
	uint32_t missing;   /* pages that the header counts and the file does not hold */
	uint32_t next;      /* page to look at after this one */
	uint32_t no;        /* this page, or 0 */
	uint32_t i, n, end; /* next item, number of items, where the last one began */
	bool is_be;
};

/* True when the bytes begin like a Berkeley DB hash table of either byte order. */
bool bdb_is_hash(struct bytes db);
/* db and scratch (whose max bounds a value) must outlive ret; end with bdb_close.  ERR_FORMAT,
 * ERR_UNSUPPORTED (another version, encrypted or checksummed pages: rpm never makes them). */
int bdb_open(struct bytes db, struct buf *scratch, struct bdb *ret, struct err *e);
/* The next value, valid until the next call: 1; 0 at the end; -1 for an item or page that cannot
 * be read, and the next call goes on behind it.  *ret_key is absent where it is not on the page. */
int bdb_next(struct bdb *b, struct bytes *ret_key, struct bytes *ret_value, struct err *e);
void bdb_close(struct bdb *b);

#endif
