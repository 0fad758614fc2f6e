/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlitepages.h - the texts of an SQLite database, a page at a time, for who looks for words in it.
 *
 * In a page values touch each other, and the numbers between them look like letters: here each
 * value stands on a line of its own.  What belongs to no row that can be read (free space, rows
 * that were deleted, pages of other kinds) is given as it is, so that no byte of the file is left
 * out.  No page is looked up: of a value that goes on in other pages each part stands where its
 * page does.
 *
 * Source: sqlite.org/fileformat2.html, 1.3 (header), 1.6 (b-tree pages), 2.1 (records), 4.1 (log).
 */
#ifndef FMT_SQLITEPAGES_H
#define FMT_SQLITEPAGES_H

#include "base/base.h"

enum { SQLITE_PAGE_MOST = 65536 };

struct sqlite_pages {
	uint32_t size;   /* of a page: 512 to 65536 */
	uint32_t usable; /* of it */
	uint32_t before; /* bytes before each page (a log), else 0 */
	uint32_t skip;   /* bytes at the file's beginning that are of no page */
	bool is_wide;    /* texts are UTF-16: bytes of zero are left out */
};

/* By the first 100 bytes of a database, or 32 of its write-ahead log; false: it is neither. */
bool sqlite_pages_open(struct bytes head, struct sqlite_pages *ret);
/* Replaces what is in out, whose maximum is at least twice SQLITE_PAGE_MOST.  is_first: the header
 * of the database stands in it. */
void sqlite_page_texts(const struct sqlite_pages *p, struct bytes page, bool is_first,
                       struct buf *out);

#endif
