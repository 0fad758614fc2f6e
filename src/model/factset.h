/* SPDX-License-Identifier: Apache-2.0 */
/*
 * factset.h - all facts of one layer: built from what a worker sends, read by the judges.
 *
 * Sections, so that a reader touches only what it needs: records (packages, notes, ...), owned
 * (which package owns which path), carry (files for a second look), entries.  Entries stay in their
 * prefix-coded form with an index of 8 bytes each (32 bits of hash, 32 of ordinal), sorted: about
 * 25 bytes for an empty file with a short name.
 *
 * Image of a sealed set (what the cache stores), little endian:
 *   magic "assayF1\n", u32 schema, u32 header length, header (CBOR), then the sections, each
 *   8-aligned; the header gives offset, length and XXH3-64 of each.  The same records give the same
 *   bytes.
 */
#ifndef MODEL_FACTSET_H
#define MODEL_FACTSET_H

#include "model/fact.h"

struct factset_meta {
	struct digest digest;  /* of the compressed bytes, as the front hashed them */
	struct digest diff_id; /* of the plain bytes */
	uint64_t size;         /* compressed bytes */
	uint64_t plain_size;
	uint64_t entries;
	uint64_t confinement; /* enum confine_layer bits of the worker that made it */
};

struct factset;

struct factset *factset_new(void);
/* The same with lower bounds. */
struct factset *factset_new_limited(uint64_t max_bytes, uint64_t max_entries);
void factset_free(struct factset *fs);
/* Adds one record as a worker sent it, decoding it to check it.  ERR_FORMAT for what is not a
 * well-formed fact, ERR_LIMIT past FACT_MAX, FACTS_MAX or ENTRIES_MAX.  After a failure the set
 * takes nothing more: a worker that stated nonsense once is not believed again. */
int factset_put(struct factset *fs, enum fact_kind kind, struct bytes cbor, struct err *e);
/* Takes back what was stated of path so far, but for entries and notes: a later entry of the layer
 * has the same path.  Goes over all records. */
void factset_forget(struct factset *fs, struct bytes path);
/* Builds the index; afterwards the set is immutable. */
void factset_seal(struct factset *fs, const struct factset_meta *meta);
const struct factset_meta *factset_meta(const struct factset *fs);

/* The sealed set as pieces to write one after the other; false when i is past the last. */
bool factset_piece(const struct factset *fs, size_t i, struct bytes *ret);
/* A set over an image of it (a mapped file), which must outlive it.  Checks the header and the
 * checksum of `records`; the other sections are checked when first used.  ERR_FORMAT else;
 * ERR_UNSUPPORTED for a schema that is newer or too old. */
int factset_open(struct bytes image, struct factset **ret, struct err *e);
/* Checks the checksums of all that a scan reads; is_deep: of everything, and that every record and
 * entry is well formed, and the index that of these entries (for images from outside). */
int factset_check(const struct factset *fs, bool is_deep, struct err *e);
/* false: a section that was asked for proved damaged, so answers since then were "nothing".  What
 * cache_get gives was checked before, but for `owned`. */
bool factset_is_sound(const struct factset *fs);

/* Iteration over records of one kind (not FACT_ENTRY) in the order they were put. */
struct fact_iter {
	const struct factset *fs;
	enum fact_kind kind;
	struct bytes rest;
};
struct fact_iter fact_iter(const struct factset *fs, enum fact_kind kind);
bool fact_next(struct fact_iter *it, struct bytes *ret_cbor);

/* What is stated of who owns this one file, by the path as it is stated, in the order it was put;
 * found by an index, so that it costs nothing when nobody does.  `file` must outlive it. */
struct owned_iter {
	const struct factset *fs;
	struct bytes file;
	uint64_t hash;
	size_t at, end;
};
struct owned_iter owned_iter(const struct factset *fs, struct bytes file);
bool owned_next(struct owned_iter *it, struct fact_owned *ret);

/* The last entry of this layer with exactly this path; without one, the whiteout that hides path.
 * An opaque mark is never found.  Slices of ret point into the set, but ret->path is the caller's
 * `path`.
 * image-spec layer.md, "Whiteouts": a whiteout hides only what lower layers have, wherever in the
 * layer it stands, so an entry of the same layer comes first. */
bool factset_find(const struct factset *fs, struct bytes path, struct entry *ret);
/* Does this layer hide all that lower layers have below path: by an opaque mark there, or by a
 * whiteout of path (which counts though the layer has a folder of its own at path too)? */
bool factset_opaque(const struct factset *fs, struct bytes path);
/* false: nothing that the layer states lies in this folder of the root, nor is it. */
bool factset_may_have(const struct factset *fs, struct bytes top);
/* Paths that the layer states more than once (not folders stated again as folders): the callback
 * gets each later entry and returns false to stop.  Looks at DUPLICATES_MAX pairs at most; false
 * when there were more. */
bool factset_duplicates(const struct factset *fs, bool (*fn)(void *arg, const struct entry *later),
                        void *arg);
/* All entries in the order of the layer; the callback returns false to stop.  A set is read by one
 * thread at a time; the callback may ask the same set. */
void factset_entries(const struct factset *fs, bool (*fn)(void *arg, const struct entry *en),
                     void *arg);

#endif
