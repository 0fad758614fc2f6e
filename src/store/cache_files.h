/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache_files.h - the files of the facts cache: names, listing, removal.  Private to store/.
 *
 *   facts/v1/AB/<64 hex>-<16 hex>.facts   AB: the first two of the 64; they are the first 32 bytes
 *                                         of the layer's digest, the 16 those of the set's
 *   archives/v1/<64 hex>                  SHA-256 of the key
 *   .../.assay-*                          being written, or left behind by a process that died
 */
#ifndef STORE_CACHE_FILES_H
#define STORE_CACHE_FILES_H

#include "store/store.h"

#define CACHE_FACTS    "facts/v1"
#define CACHE_ARCHIVES "archives/v1"
enum { CACHE_NAME_MAX = 128 };
/* A file that is being written is not older than the first; younger than the second, it may be. */
enum { CACHE_STALE_S = 3600, CACHE_YOUNG_S = 60 };

struct cache {
	char *dir; /* NULL: no cache */
	uint64_t max_bytes;
	bool can_write, has_put;
	struct cache_map {
		void *p;
		size_t n;
	} * maps; /* what cache_get gave; live until close */
	size_t n_maps, cap_maps;
};

enum cache_class { CACHE_FOREIGN, CACHE_SET, CACHE_BLOB, CACHE_HALF };

struct cache_file {
	char name[CACHE_NAME_MAX]; /* below dir */
	enum cache_class class;
	uint64_t size;
	int64_t used_ns; /* modification time: when it was written or last read, to the hour */
};

struct cache_list {
	struct cache_file *v;
	size_t n, cap;
};

/* What a name below the cache's folder stands for. */
enum cache_class cache_classify(struct bytes name);
void cache_set_name(const struct digest *layer, const struct digest *set, char ret[CACHE_NAME_MAX]);
void cache_blob_name(struct bytes key, char ret[CACHE_NAME_MAX]);
/* All files that assay made, sorted by name; heap memory of the caller's (free list->v).  Others in
 * the same folders are not in it. */
void cache_list(const struct cache *c, struct cache_list *ret);
/* Removes what was left half-written, then the least recently used files beyond max_bytes. */
void cache_prune(const struct cache *c, int64_t now_s);
/* Does the set that is held by fs belong under this name? */
bool cache_fits(const struct factset *fs, struct bytes name);
/* Opens name below dir for reading: a regular file, no link; -1 else. */
int cache_open_file(const struct cache *c, const char *name, struct stat *ret_st);

#endif
