/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlitewal.h - the write-ahead log of an SQLite database.
 *
 * For sqlitedb.c; others open a database with its log there.
 */
#ifndef FMT_SQLITEWAL_H
#define FMT_SQLITEWAL_H

#include "fmt/sqlitedb.h"

/* Page size that the log's header states. */
int sqlitewal_page_size(struct bytes wal, uint32_t *ret, struct err *e);
/* Fills frames, frames_n, wal_damage, and pages when a commit was found.  ERR_UNSUPPORTED for
 * another version of the log, ERR_FORMAT for another page size than s has, ERR_LIMIT past
 * SQLITE_WAL_FRAMES_MAX. */
int sqlitewal_read(struct bytes wal, struct sqlitedb *s, struct err *e);
/* The page in frame i, which sqlitewal_read has listed. */
struct bytes sqlitewal_page(struct bytes wal, uint32_t page_size, uint32_t i);

#endif
