/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndb.c - rpm's database form "ndb".
 *
 * Format: all little-endian.  A header of 32 bytes ("RpmP", version, generation, slot pages, next
 * number); slots of 16 bytes ("Slot", package number, first block, blocks) up to the end of the
 * slot pages of 4096; blobs in blocks of 16 bytes: a head ("BlbS", package number, generation,
 * length), the data, zeros, a tail (adler32 of all before it, length, "BlbE").
 * Source: rpm's lib/backend/ndb/rpmpkg.c, whose comments are its specification.
 */
#include "fmt/ndb.h"

#include <inttypes.h>

#include "fmt/ints.h"

enum {
	NDB_HEADER = 32,
	NDB_PAGE = 4096,
	NDB_SLOT = 16,
	NDB_BLOCK = 16,
	BLOB_HEAD = 16,
	BLOB_TAIL = 12
};

/* RFC 1950 section 8.2 */
static uint32_t adler32_of(struct bytes b)
{
	/* the most bytes before 32 bits of the second sum can run over */
	enum { BASE = 65521, CHUNK = 5552 };
	uint32_t s1 = 1, s2 = 0;
	while (b.n) {
		size_t n = MIN_OF(b.n, (size_t)CHUNK);
		for (size_t i = 0; i < n; i++) {
			s1 += b.p[i];
			s2 += s1;
		}
		s1 %= BASE;
		s2 %= BASE;
		b = bytes_skip(b, n);
	}
	return s2 << 16 | s1;
}

int ndb_open(struct bytes db, struct ndb *ret, struct err *e)
{
	if (db.n < NDB_HEADER || !bytes_starts(db, B("RpmP")))
		return err_set(e, ERR_FORMAT, "ndb: no header in %zu bytes", db.n);
	if (get_le32(db.p + 4) != 0)
		return err_set(e, ERR_UNSUPPORTED, "ndb: version %u", get_le32(db.p + 4));
	uint64_t pages = get_le32(db.p + 12);
	if (pages == 0 || pages * NDB_PAGE > db.n)
		return err_set(e, ERR_FORMAT, "ndb: %" PRIu64 " slot pages in %zu bytes", pages,
		               db.n);
	*ret = (struct ndb){
		.db = db,
		.slot = NDB_HEADER / NDB_SLOT,
		.slots = (uint32_t)(pages * NDB_PAGE / NDB_SLOT),
	};
	return 0;
}

static int blob_read(const struct ndb *n, const uint8_t *slot, struct ndb_blob *ret, struct err *e)
{
	uint32_t pkgidx = get_le32(slot + 4);
	uint64_t at = (uint64_t)get_le32(slot + 8) * NDB_BLOCK;
	uint64_t size = (uint64_t)get_le32(slot + 12) * NDB_BLOCK;
	if (size < BLOB_HEAD + BLOB_TAIL || at < (uint64_t)n->slots * NDB_SLOT || at > n->db.n ||
	    size > n->db.n - at)
		return err_set(e, ERR_FORMAT,
		               "ndb: package %u: %" PRIu64 " bytes at %" PRIu64 " of %zu", pkgidx,
		               size, at, n->db.n);
	struct bytes b = bytes_slice(n->db, (size_t)at, (size_t)(at + size));
	const uint8_t *tail = b.p + b.n - BLOB_TAIL;
	uint64_t len = get_le32(b.p + 12);
	if (!bytes_starts(b, B("BlbS")) || !bytes_ends(b, B("BlbE")) ||
	    get_le32(b.p + 4) != pkgidx || get_le32(tail + 4) != len)
		return err_set(e, ERR_FORMAT, "ndb: package %u: no blob of its own at %" PRIu64,
		               pkgidx, at);
	if ((BLOB_HEAD + len + BLOB_TAIL + NDB_BLOCK - 1) / NDB_BLOCK != size / NDB_BLOCK)
		return err_set(e, ERR_FORMAT,
		               "ndb: package %u: %" PRIu64 " bytes in a blob of %" PRIu64, pkgidx,
		               len, size);
	*ret = (struct ndb_blob){
		.data = bytes_slice(b, BLOB_HEAD, BLOB_HEAD + (size_t)len),
		.pkgidx = pkgidx,
		.is_sum_wrong = adler32_of(bytes_slice(b, 0, b.n - BLOB_TAIL)) != get_le32(tail),
	};
	return 0;
}

int ndb_next(struct ndb *n, struct ndb_blob *ret, struct err *e)
{
	while (n->slot < n->slots) {
		uint32_t i = n->slot++;
		const uint8_t *slot = n->db.p + (size_t)i * NDB_SLOT;
		if (!bytes_eq(bytes_of(slot, 4), B("Slot")))
			return err_set(e, ERR_FORMAT, "ndb: slot %u has no magic number", i);
		if (get_le32(slot + 8) == 0) /* free */
			continue;
		n->blocks_claimed += get_le32(slot + 12);
		if (n->blocks_claimed > n->db.n / NDB_BLOCK) {
			n->slot = n->slots;
			return err_set(e, ERR_FORMAT, "ndb: slot %u: blobs overlap", i);
		}
		return blob_read(n, slot, ret, e) < 0 ? -1 : 1;
	}
	return 0;
}
