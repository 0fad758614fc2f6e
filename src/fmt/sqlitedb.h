/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlitedb.h - the rows of one table of an SQLite 3 database, with its write-ahead log.
 *
 * Database and log lie in memory; pages are looked at where they are.  A page is used at most once
 * in a walk, so that no cycle and no shared page can make the work larger than the file.  What
 * cannot be read costs its own row or page and no more: a walk reports it and goes on.
 */
#ifndef FMT_SQLITEDB_H
#define FMT_SQLITEDB_H

#include "base/base.h"

/* Where the newest committed version of a page is in the log. */
struct sqlitedb_frame {
	uint32_t page;  /* from 1 */
	uint32_t frame; /* from 0 */
};

struct sqlitedb {
	struct bytes db, wal;
	uint32_t page_size;            /* bytes, 512 to 65536 */
	uint32_t usable;               /* bytes of a page without its reserved end */
	uint32_t file_pages;           /* whole pages of db */
	uint32_t pages;                /* the size that the newest commit gives the database */
	uint32_t missing;              /* of these, pages that neither file nor log holds */
	struct sqlitedb_frame *frames; /* sorted by page, one each */
	size_t frames_n;
	const char *wal_damage; /* why a part of the log was not believed, or NULL */
};

/* Opens a database; wal is absent (n == 0) where there is no log.  A database of no bytes is all
 * in its log.  As SQLite does, only frames up to the last commit count whose salts and running
 * checksums hold; what else damage (not a transaction cut off) took away is in wal_damage.
 * db and wal must outlive ret; end with sqlitedb_close.  ERR_FORMAT, ERR_UNSUPPORTED (UTF-16, a
 * later file format), ERR_LIMIT past SQLITE_WAL_FRAMES_MAX. */
int sqlitedb_open(struct bytes db, struct bytes wal, struct sqlitedb *ret, struct err *e);
void sqlitedb_close(struct sqlitedb *s);

/* The root page of the table of that name (ASCII case does not count); ERR_NOTFOUND, or the first
 * error met while the schema was read.  scratch as for sqlitedb_next. */
int sqlitedb_table(const struct sqlitedb *s, struct bytes name, struct buf *scratch,
                   uint32_t *ret_root, struct err *e);

/* A walk over a table b-tree; 20 levels are what SQLite itself stops at (BTCURSOR_MAX_DEPTH). */
struct sqlitedb_rows {
	const struct sqlitedb *s;
	struct buf *scratch;
	uint8_t *used; /* one bit for each page of the file, then for each frame */
	uint32_t root; /* not yet entered, or 0 */
	unsigned depth;
	struct sqlitedb_level {
		struct bytes page; /* the usable part */
		uint32_t no;
		uint32_t head;    /* offset of the page's header */
		uint32_t i, n;    /* next cell, number of cells */
		uint32_t covered; /* bytes of the cells seen: they cannot overlap */
		bool is_leaf;
	} level[SQLITE_DEPTH_MAX];
};

/* scratch holds a record that is spread over pages; its max bounds what is put together. */
void sqlitedb_rows_open(const struct sqlitedb *s, uint32_t root, struct buf *scratch,
                        struct sqlitedb_rows *ret);
/* The next record: 1, valid until the next call; 0 at the end; -1 for a row or page that cannot
 * be read, and the next call goes on behind it. */
int sqlitedb_next(struct sqlitedb_rows *r, struct bytes *ret_record, struct err *e);
void sqlitedb_rows_close(struct sqlitedb_rows *r);

enum sqlitedb_type { SQLITEDB_NULL, SQLITEDB_INT, SQLITEDB_FLOAT, SQLITEDB_BLOB, SQLITEDB_TEXT };
struct sqlitedb_value {
	enum sqlitedb_type type;
	int64_t num;       /* SQLITEDB_INT */
	struct bytes data; /* SQLITEDB_BLOB, SQLITEDB_TEXT: points into the record */
};
/* Column i of a record, from 0; NULL for a column that the record is too short for. */
int sqlitedb_column(struct bytes record, unsigned i, struct sqlitedb_value *ret, struct err *e);

#endif
