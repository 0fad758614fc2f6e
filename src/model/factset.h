/* SPDX-License-Identifier: Apache-2.0 */
/*
 * factset.h - all facts of one layer: built from what a worker sends, read by the judges.
 *
 * Three sections, so that a reader touches only what it needs: records (packages, notes, ...),
 * owned (which package owns which path), entries.  Entries stay in their prefix-coded form with an
 * index of 8 bytes each (32 bits of hash, 32 of ordinal), sorted: about 35 bytes for an empty file
 * with a short name, so three million fit in 110 MB.
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
void factset_free(struct factset *fs);
/* Adds one record as a worker sent it, decoding it to check it.  ERR_FORMAT for what is not a
 * well-formed fact, ERR_LIMIT past FACTS_MAX or ENTRIES_MAX. */
int factset_put(struct factset *fs, enum fact_kind kind, struct bytes cbor, struct err *e);
/* Builds the index; afterwards the set is immutable. */
void factset_seal(struct factset *fs, const struct factset_meta *meta);
const struct factset_meta *factset_meta(const struct factset *fs);

/* The sealed set as pieces to write one after the other; false when i is past the last. */
bool factset_piece(const struct factset *fs, size_t i, struct bytes *ret);
/* A set over an image of it (a mapped file), which must outlive it.  Checks the header and the
 * checksum of `records`; the other sections are checked when first used.  ERR_FORMAT else. */
int factset_open(struct bytes image, struct factset **ret, struct err *e);

/* Iteration over records of one kind (not FACT_ENTRY) in the order they were put. */
struct fact_iter {
	const struct factset *fs;
	enum fact_kind kind;
	size_t at;
};
struct fact_iter fact_iter(const struct factset *fs, enum fact_kind kind);
bool fact_next(struct fact_iter *it, struct bytes *ret_cbor);

/* The last entry of this layer with exactly this path (whiteouts and opaque marks are apart:
 * ENTRY_WHITEOUT is found under the hidden path, ENTRY_OPAQUE only by factset_opaque).  Slices
 * of ret point into the set, but ret->path is the caller's `path`. */
bool factset_find(const struct factset *fs, struct bytes path, struct entry *ret);
bool factset_opaque(const struct factset *fs, struct bytes path);
/* All entries in the order of the layer; the callback returns false to stop. */
void factset_entries(const struct factset *fs, bool (*fn)(void *arg, const struct entry *en),
                     void *arg);

#endif
