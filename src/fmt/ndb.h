/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndb.h - rpm's own database form "ndb" (Packages.db of SUSE and others): blobs by slot.
 */
#ifndef FMT_NDB_H
#define FMT_NDB_H

#include "base/base.h"

struct ndb {
	struct bytes db;
	uint32_t slot, slots;    /* next slot, number of slots (the header's two included) */
	uint64_t blocks_claimed; /* by the slots so far: blobs cannot overlap */
};

struct ndb_blob {
	struct bytes data;
	uint32_t pkgidx;   /* number of the package in the database */
	bool is_sum_wrong; /* rpm itself does not look at the checksum when it reads */
};

/* db must outlive ret; nothing is allocated.  ERR_FORMAT, ERR_UNSUPPORTED (another version). */
int ndb_open(struct bytes db, struct ndb *ret, struct err *e);
/* The next blob: 1; 0 at the end; -1 for a slot or blob that cannot be read, and the next call
 * goes on behind it. */
int ndb_next(struct ndb *n, struct ndb_blob *ret, struct err *e);

#endif
