/* SPDX-License-Identifier: Apache-2.0 */
/*
 * boltdb.h - values of a bbolt database by their keys, read page by page.
 *
 * A database is a tree of buckets; a bucket is a B+ tree of pages, keys in the order of their
 * bytes, whose leaves hold values and further buckets.  Pages are asked for through a function of
 * the caller's.  A writer never changes a page that the newest commit uses, but may take it up
 * again two commits later: who reads while another writes compares boltdb.commit before and after.
 * Source: go.etcd.io/bbolt, its files page and meta.
 */
#ifndef FMT_BOLTDB_H
#define FMT_BOLTDB_H

#include "base/base.h"

struct boltdb {
	/* Exactly n bytes at offset, or -1. */
	int (*read)(void *arg, uint64_t offset, void *p, size_t n, struct err *e);
	void *arg;
	/* filled by boltdb_open */
	uint32_t page_size;
	uint64_t root;   /* page of the root bucket */
	uint64_t pages;  /* pages of the file that are in use: none lies past it */
	uint64_t commit; /* number of the newest commit */
	uint64_t work;   /* bytes of pages read so far, at most BOLT_WORK_MAX */
};

struct boltdb_bucket {
	uint64_t root;     /* page, or 0: all of it is in `page` */
	struct bytes page; /* in the arena */
};

/* Takes the newer of both metas that are whole; ERR_FORMAT, ERR_UNSUPPORTED for another version. */
int boltdb_open(struct boltdb *db, struct err *e);
/* The root bucket. */
struct boltdb_bucket boltdb_root(const struct boltdb *db);

struct boltdb_item {
	struct bytes key, value; /* value of a bucket: absent */
	bool is_bucket;
	struct boltdb_bucket bucket;
};
/* What the bucket has under key, in a: 1, 0 nothing, -1. */
int boltdb_get(struct boltdb *db, struct arena *a, const struct boltdb_bucket *in, struct bytes key,
               struct boltdb_item *ret, struct err *e);
/* All that the bucket has, in the order of its keys; fn stops the walk with -1. */
int boltdb_each(struct boltdb *db, struct arena *a, const struct boltdb_bucket *in,
                int (*fn)(void *arg, const struct boltdb_item *item, struct err *e), void *arg,
                struct err *e);

#endif
