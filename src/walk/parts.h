/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parts.h - what the files of this room share among themselves: names, inflating, layers.  No other
 * room includes it.
 */
#ifndef WALK_PARTS_H
#define WALK_PARTS_H

#include "walk/walk.h"

/* ---- clean.c: names ---- */

/* A name as an archive gives it, made a clean path the way container runtimes do it: by its parts,
 * ".." never above the root. */
struct clean {
	struct bytes path; /* a slice of the raw name, or of the scratch buffer */
	uint32_t oddities; /* enum entry_oddity bits */
	bool climbs;       /* ".." would have left the root; it was clamped there */
};
/* ERR_FORMAT for NUL in the name, ERR_LIMIT past PATH_LEN_MAX or PATH_DEPTH_MAX.  scratch is used
 * only when the name is not clean as it stands. */
int clean_path(struct bytes raw, struct buf *scratch, struct clean *ret, struct err *e);

/* ---- inflate.c ---- */

struct inflate;
/* max: plain bytes, LAYER_PLAIN_MAX but in tests. */
struct inflate *inflate_new(const struct walk_input *in, uint64_t max);
void inflate_free(struct inflate *z);
/* Fills p with up to n plain bytes, fewer only at the end (0: nothing left).  -1: ERR_FORMAT
 * (broken, cut short, bytes behind the last member), ERR_LIMIT (max, window),
 * ERR_UNSUPPORTED (another compression, named), ERR_IO. */
ssize_t inflate_read(struct inflate *z, uint8_t *p, size_t n, struct err *e);
/* Known after the first inflate_read: "none", "gzip", "zstd". */
const char *inflate_name(const struct inflate *z);

/* ---- layer.c: the consumer of plain bytes ---- */

struct layer;
/* max: entries, ENTRIES_MAX but in tests. */
struct layer *layer_new(const struct walk_visitor *v, uint64_t max);
void layer_free(struct layer *l);
int layer_push(struct layer *l, struct bytes piece, struct err *e);
int layer_finish(struct layer *l, struct walk_result *ret, struct err *e);

#endif
