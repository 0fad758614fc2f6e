/* SPDX-License-Identifier: Apache-2.0 */
/*
 * factset_parts.h - the inside of a fact set.  Private to model/.
 *
 * Parts `records`, `owned` and `carry` are sequences of (kind, map in a byte string), those of one
 * kind together, the kinds in their order; `entries` is a sequence of entry maps; `blocks` holds
 * the offset (u32) of each ENTRY_BLOCK_LEN-th entry; `index` one u64 per entry,
 * hash << 32 | ordinal, sorted; `owners` one per record of `owned`, hash of the file << 32 |
 * offset of the record, sorted.  All numbers are little endian, which is
 * what every platform of ours is.
 */
#ifndef MODEL_FACTSET_PARTS_H
#define MODEL_FACTSET_PARTS_H

#include "model/factset.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "images of sets are little endian");

enum part { /* the order in an image; never reordered, a new one goes last with a new schema */
	    PART_RECORDS,
	    PART_OWNED,
	    PART_CARRY,
	    PART_ENTRIES,
	    PART_BLOCKS,
	    PART_INDEX,
	    PART_OWNERS,
	    PART__MAX
};

/* Hashes of entries, whiteouts and opaque marks are apart, so that many of one kind under one path
 * do not slow the search for another. */
enum space { SPACE_ENTRY, SPACE_WHITEOUT, SPACE_OPAQUE, SPACE_OWNED };

enum trust { TRUST_UNKNOWN, TRUST_GOOD, TRUST_BAD };

struct factset {
	struct factset_meta meta;
	bool is_sealed;
	struct bytes parts[PART__MAX]; /* sealed or opened */
	uint64_t sums[PART__MAX];      /* XXH3-64 of each part */
	uint64_t kinds[FACT__MAX];     /* bytes in `records` of each kind */
	struct tops {
		char names[256]; /* of what lies in the root, a line each, as they came */
		size_t n;
		bool is_cut; /* there are more */
	} tops;
	uint64_t repeats; /* entries of a path that came before, plus one; 0: they were not counted
	                   */
	/* What a reader of a const set may change: checks made on first use, scratch space. */
	struct factset_lazy {
		enum trust trust[PART__MAX];
		bool is_damaged;
		struct entry_coder find;
	} * lazy;
	/* while it is built */
	struct buf own[PART__MAX];
	struct buf header;
	struct entry_coder coder;
	uint64_t n_entries, max_entries;
	uint64_t used, max_bytes;
	bool is_broken; /* a put failed: nothing more is taken */
};

/* Makes an unsealed, empty set without buffers: for factset_open. */
struct factset *factset_bare(void);
/* Checks a part once; false when its bytes are not those that were summed. */
bool factset_use(const struct factset *fs, enum part p);
/* Sums the parts and writes the header of the image. */
void factset_finish(struct factset *fs);
/* Every record well formed, the index exactly that of the entries: for images from outside. */
int factset_check_records(const struct factset *fs, struct err *e);
uint64_t factset_hash(const struct factset *fs, enum space space, struct bytes path);

#endif
