/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - what assay remembers: facts of layers (cache.c), what it knows of local archives
 * (cache.c), and the advisory index (index.c, LMDB).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/base.h"
#include "model/model.h"

/* ---- facts cache: one immutable file per layer and inspector set, linked in whole ----
 * DIR/facts/v1/ab/<digest hex>-<set id, 16 hex>.facts and DIR/archives/v1/<key>.  No locks: a file
 * is whole or absent; two writers of one key write the same bytes. */
struct cache;

/* Opens (making it) the cache at dir; max_bytes 0: no limit.  A cache that cannot be written is
 * still opened: put then does nothing.  dir NULL: no cache at all. */
int cache_open(const char *dir, uint64_t max_bytes, struct cache **ret, struct err *e);
void cache_close(struct cache *c); /* prunes the least recently used beyond max_bytes */
/* Gives back what the sets of cache_get stand on: none of them may be used any more. */
void cache_release(struct cache *c);
/* Facts of a layer; false when missing or damaged (a damaged file is removed).  The set maps the
 * file: it lives until cache_release or cache_close. */
bool cache_get(struct cache *c, const struct digest *layer, const struct digest *set,
               struct factset **ret);
int cache_put(struct cache *c, const struct digest *layer, const struct digest *set,
              const struct factset *fs, struct err *e);
/* Small values under a key: what is known of a local archive that has not changed. */
bool cache_get_blob(struct cache *c, struct bytes key, struct buf *ret);
int cache_put_blob(struct cache *c, struct bytes key, struct bytes value, struct err *e);
struct cache_status {
	uint64_t files, bytes, max_bytes;
};
int cache_status(struct cache *c, struct cache_status *ret, struct err *e);
int cache_clean(struct cache *c, struct err *e);
/* One tar of everything, written whole; import checks each file before linking it in. */
int cache_export(struct cache *c, const char *path, struct err *e);
int cache_import(struct cache *c, const char *path, uint64_t *ret_files, struct err *e);

/* ---- advisory index: one LMDB file, built aside, renamed into place, read without locks ----
 * Named databases, one per feed and class: "adv/FEED" (key namespace NUL package, value CBOR array
 * of advisories), "vuln/FEED" (key id, value CBOR vuln), and "meta" (schema, feeds).  A later
 * import of a feed replaces its databases and leaves the others. */
enum { INDEX_SCHEMA = 2 };

struct index;
struct index_feed {
	struct bytes name; /* "debian-tracker", "alpine-secdb", ... */
	int64_t imported_s;
	int64_t data_s;    /* date of the data: newest record, or what the feed says; 0 unknown */
	int64_t checked_s; /* when its publisher last had nothing newer; 0: nobody asked */
	uint64_t records;
	struct bytes namespaces; /* "debian:11 debian:12": those it speaks for, sorted */
	struct bytes partial;    /* why it is known to be partial, one sentence; absent: whole */
	struct bytes source;     /* where it came from: file names or URL */
	bool is_starter;
};

/* Opens DIR/index.mdb (or the file itself); ERR_NOTFOUND when there is none, ERR_UNSUPPORTED for a
 * schema that is newer or too old, ERR_FORMAT for what is not an index or is damaged.  The whole
 * file is summed (0.1 ms per MB) unless <file>.checked says that it was and has not changed since.
 */
int index_open(const char *path, struct index **ret, struct err *e);
void index_close(struct index *ix);
size_t index_feeds(const struct index *ix, const struct index_feed **ret); /* sorted by name */
/* Raw values; slices live until index_close.  false: nothing there. */
bool index_advisories(struct index *ix, size_t feed, struct bytes ns, struct bytes package,
                      struct bytes *ret_cbor_array);
bool index_vuln(struct index *ix, size_t feed, struct bytes id, struct bytes *ret_cbor);
/* All keys of a feed, for `db search`; the callback returns false to stop. */
int index_each(struct index *ix, size_t feed, bool is_vuln,
               bool (*fn)(void *arg, struct bytes key, struct bytes value), void *arg,
               struct err *e);
/* Which feeds speak for a namespace. */
typedef unsigned __int128 feed_set; /* a bit for each of INDEX_FEEDS_MAX */
#define FEED_BIT(i) ((feed_set)1 << (i))
feed_set index_speaks(const struct index *ix, struct bytes ns);

/* Builder: starts from what the present index holds (if any); nothing is seen before commit.  One
 * at a time per index: ERR_IO while another process builds. */
struct index_build;
int index_build_begin(const char *path, struct index_build **ret, struct err *e);
/* Begins a feed afresh: what the index held of it is gone. */
int index_build_feed(struct index_build *b, const struct index_feed *feed, struct err *e);
/* Goes back to a feed that was begun in this build; false: it was not. */
bool index_build_select(struct index_build *b, struct bytes name);
/* Sets checked_s of a feed, new or taken over; one that is not there is passed over. */
void index_build_checked(struct index_build *b, struct bytes name, int64_t checked_s);
/* Undoes index_build_feed: the new index holds of the feed what the old one did. */
void index_build_forget(struct index_build *b, struct bytes name);
/* Adds a record to the feed begun or selected last.  Records with the same key (ns, package, id,
 * ref, and by_binary, arch, module) in one build are united: the newer modified_s wins, else the
 * later one.  ERR_FORMAT and ERR_LIMIT (keys of more than INDEX_KEY_MAX bytes together, a NUL in
 * one) speak of this record alone: the build can go on without it.  Others end the build. */
int index_build_advisory(struct index_build *b, const struct advisory *a, struct err *e);
int index_build_vuln(struct index_build *b, const struct vuln *v, struct err *e);
/* What became known of the feed while it was read (records are counted by the builder). */
int index_build_feed_done(struct index_build *b, const struct index_feed *feed, struct err *e);
int index_build_commit(struct index_build *b, struct err *e); /* frees b, also when it fails */
void index_build_abort(struct index_build *b);

/* ---- an index from elsewhere ---- */
/* What an index is, without reading all of it (but for what index_open sums). */
struct index_identity {
	int64_t built_s; /* when a publisher was last asked for something in it */
	uint64_t size;   /* bytes of the file */
	char sum[33];    /* hex, of all of it */
};
int index_identify(const char *path, struct index_identity *ret, struct err *e);
/* The file at path itself, for reading; *ret_size its bytes. */
int index_open_file(const char *path, int *ret_fd, uint64_t *ret_size, struct err *e);
/* A place beside the index at path, for a new one; file_commit is index_install's to call. */
int index_stage_file(const char *path, struct file_new *ret, struct err *e);
/* Puts the staged file, which must be the index `want`, in the place of the present one: ERR_DIGEST
 * when it is another, ERR_USAGE when the present one is newer.  Takes f over, also on failure.
 * *ret_unchanged: the present one is the same. */
int index_install(const char *path, struct file_new *f, const struct index_identity *want,
                  bool *ret_unchanged, struct err *e);

#endif
