/* SPDX-License-Identifier: Apache-2.0 */
/* ndbmake.h - makes small ndb databases: one slot page, blobs one behind the other. */
#ifndef TESTS_LIB_NDBMAKE_H
#define TESTS_LIB_NDBMAKE_H

#include "lib/rpmmake.h"

/* Where blob 0 begins, and the slots. */
enum { NDB_BLOBS_AT = 4096, NDB_SLOTS_AT = 32 };

/* RFC 1950 section 8.2, the plain way. */
static inline uint32_t mk_adler32(const uint8_t *p, size_t n)
{
	uint32_t a = 1, b = 0;
	for (size_t i = 0; i < n; i++) {
		a = (a + p[i]) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

static inline void mkndb_start(struct buf *b)
{
	buf_adds(b, "RpmP");
	put_le(b, 0, 4); /* version */
	put_le(b, 1, 4); /* generation */
	put_le(b, 1, 4); /* slot pages */
	put_le(b, 1, 4); /* next package number */
	put_zeros(b, 12);
	for (size_t i = NDB_SLOTS_AT; i < NDB_BLOBS_AT; i += 16) {
		buf_adds(b, "Slot");
		put_zeros(b, 12);
	}
}

/* Adds a blob as package number `no`, in the slot of that number (from 1); returns its offset. */
static inline size_t mkndb_add(struct buf *b, uint32_t no, struct bytes data)
{
	size_t at = b->n, blocks = (16 + data.n + 12 + 15) / 16;
	buf_adds(b, "BlbS");
	put_le(b, no, 4);
	put_le(b, 1, 4);
	put_le(b, data.n, 4);
	buf_add(b, data);
	put_zeros(b, blocks * 16 - 16 - data.n - 12);
	put_le(b, mk_adler32(b->p + at, b->n - at), 4);
	put_le(b, data.n, 4);
	buf_adds(b, "BlbE");
	size_t slot = NDB_SLOTS_AT + (size_t)(no - 1) * 16;
	poke_le(b, slot + 4, no, 4);
	poke_le(b, slot + 8, at / 16, 4);
	poke_le(b, slot + 12, blocks, 4);
	return at;
}

#endif
