/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index_stage.h - the inside of the index builder.  Private to store/.
 *
 * Records are staged in an environment beside the index, keyed so that those of one package lie
 * side by side: memory stays bounded however large a feed is.  index_commit.c then writes a fresh
 * environment in order, so that the same records give the same bytes.
 */
#ifndef STORE_INDEX_STAGE_H
#define STORE_INDEX_STAGE_H

#include "store/index_file.h"

struct staged_feed {
	struct index_feed f; /* slices in the arena */
	MDB_dbi adv, vuln;
};

struct index_build {
	struct arena *arena;
	char *path; /* of the index */
	char *stage_path, *full_path;
	int lock_fd;
	struct index *old; /* NULL: there was none */
	MDB_env *stage;
	MDB_txn *txn;              /* NULL between batches */
	unsigned in_batch;         /* records since the last commit */
	struct staged_feed *feeds; /* INDEX_FEEDS_MAX */
	size_t n, current;         /* current == n: none */
	struct index_check {       /* INDEX_FEEDS_MAX */
		struct bytes name;
		int64_t checked_s;
	} * checks;
	size_t n_checks;
	struct buf key, record;
};

/* A staged value: modified_s, then the CBOR of the record. */
enum { STAGED_HEAD = sizeof(int64_t) };

MDB_val index_val(struct bytes b);
struct bytes index_bytes(MDB_val v);
/* An environment of ours that nobody else opens, made afresh. */
int index_env_new(const char *path, MDB_env **ret, struct err *e);
/* Writes what is staged and what the old index holds of other feeds to b->path. */
int index_commit(struct index_build *b, struct err *e);

#endif
