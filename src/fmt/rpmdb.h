/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpmdb.h - the package headers of an rpm database, whichever of its three forms it has.
 */
#ifndef FMT_RPMDB_H
#define FMT_RPMDB_H

#include "base/base.h"

enum rpmdb_kind { RPMDB_NONE, RPMDB_SQLITE, RPMDB_NDB, RPMDB_BDB, RPMDB__MAX };

/* What a file is by its first bytes, whatever its name. */
enum rpmdb_kind rpmdb_kind(struct bytes db);
const char *rpmdb_kind_name(enum rpmdb_kind kind); /* "sqlite", "ndb", "bdb", "none" */

struct rpmdb_visitor {
	/* A header blob (for rpmhdr_parse), valid during the call: 0 goes on; -1 with e set counts
	 * it as broken and goes on; 1 ends the walk without error. */
	int (*header)(void *arg, struct bytes header, struct err *e);
	/* What could not be read, once each; may be NULL. */
	void (*broken)(void *arg, const struct err *why);
	void *arg;
};

struct rpmdb_count {
	uint64_t headers; /* that the visitor took */
	uint64_t broken;  /* rows, pages and headers that could not be read */
	struct err first; /* why the first of them, when broken > 0 */
};

/* Calls v->header for each header of db; wal is the write-ahead log of an sqlite database, absent
 * (n == 0) else, and a db of no bytes with a log is one that is still all in it.  One broken
 * record does not lose the others: with 0 returned and ret->broken > 0 the list is incomplete.
 * -1 when there is nothing to walk: not a database, of a form that cannot be read, or more than
 * RPM_BROKEN_MAX broken records (ERR_LIMIT); *ret is then set too. */
int rpmdb_each(struct bytes db, struct bytes wal, const struct rpmdb_visitor *v,
               struct rpmdb_count *ret, struct err *e);

#endif
