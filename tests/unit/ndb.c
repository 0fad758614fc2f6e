/* SPDX-License-Identifier: Apache-2.0 */
/* ndb.c - ndb databases: whole ones, and every number of one changed. */
#include "fmt/ndb.h"

#include "lib/ndbmake.h"
#include "test.h"

struct seen {
	unsigned blobs, wrong_sums, errors;
	size_t bytes;
	struct err e;
};

static int walk(struct bytes db, struct seen *s)
{
	struct ndb n;
	struct ndb_blob blob;
	*s = (struct seen){0};
	if (ndb_open(db, &n, &s->e) < 0)
		return -1;
	for (int rc; (rc = ndb_next(&n, &blob, &s->e)) != 0;) {
		s->errors += rc < 0;
		s->blobs += rc > 0;
		s->wrong_sums += rc > 0 && blob.is_sum_wrong;
		s->bytes += rc > 0 ? blob.data.n : 0;
	}
	return 0;
}

static void make(struct buf *b)
{
	mkndb_start(b);
	mkndb_add(b, 1, B("first"));
	mkndb_add(b, 2, B("the second one, 32 bytes of data"));
	mkndb_add(b, 3, B(""));
}

enum { BLOB1 = NDB_BLOBS_AT, BLOB2 = BLOB1 + 48, SLOT1 = NDB_SLOTS_AT, SLOT2 = SLOT1 + 16 };

static void test_plain(void)
{
	AUTO_BUF struct buf b;
	struct seen s;
	struct ndb n;
	struct ndb_blob blob;
	struct err e;
	buf_init(&b, 1 << 16);
	make(&b);
	CHECK(walk(buf_bytes(&b), &s) == 0 && s.blobs == 3 && !s.errors && !s.wrong_sums);
	CHECK(ndb_open(buf_bytes(&b), &n, &e) == 0 && ndb_next(&n, &blob, &e) == 1);
	CHECK(blob.pkgidx == 1 && bytes_eq(blob.data, B("first")));
	CHECK(ndb_next(&n, &blob, &e) == 1 && blob.pkgidx == 2 && blob.data.n == 32);
	CHECK(ndb_next(&n, &blob, &e) == 1 && blob.data.n == 0 && ndb_next(&n, &blob, &e) == 0);
}

/* 32 bits of the database are changed; the other blobs must still come. */
static void test_lies(void)
{
	static const struct {
		const char *name;
		size_t at;
		uint32_t v;
		int rc;
		unsigned blobs, errors, wrong_sums;
	} cases[] = {
		{"magic",                      0,          0,              -1, 0, 0, 0},
		{"version 1",                  4,          1,              -1, 0, 0, 0},
		{"no slot page",               12,         0,              -1, 0, 0, 0},
		{"more slot pages than file",  12,         2,              -1, 0, 0, 0},
		{"slot pages at the top",      12,         0xffffffff,     -1, 0, 0, 0},
		{"slot without magic",         SLOT1,      0,              0,  2, 1, 0},
		{"slot of another package",    SLOT1 + 4,  9,              0,  2, 1, 0},
		{"slot is free",               SLOT1 + 8,  0,              0,  2, 0, 0},
		{"slot points into the slots", SLOT1 + 8,  2,              0,  2, 1, 0},
		{"slot points past the file",  SLOT1 + 8,  0xffffffff,     0,  2, 1, 0},
		{"slot points into a blob",    SLOT1 + 8,  BLOB2 / 16 + 1, 0,  2, 1, 0},
		{"slot of no blocks",          SLOT1 + 12, 0,              0,  2, 1, 0},
		{"slot of one block",          SLOT1 + 12, 1,              0,  2, 1, 0},
		{"slot one block too long",    SLOT1 + 12, 4,              0,  2, 1, 0},
		{"slot longer than the file",  SLOT1 + 12, 0xffffffff,     0,  0, 1, 0},
		{"blob without magic",         BLOB1,      0,              0,  2, 1, 0},
		{"blob of another package",    BLOB1 + 4,  2,              0,  2, 1, 0},
		{"blob of another generation", BLOB1 + 8,  7,              0,  3, 0, 1},
		{"blob length too long",       BLOB1 + 12, 0xffffffff,     0,  2, 1, 0},
		{"blob length one more",       BLOB1 + 12, 6,              0,  2, 1, 0},
		{"blob data changed",          BLOB1 + 16, 0x41414141,     0,  3, 0, 1},
		{"tail checksum",              BLOB2 - 12, 0,              0,  3, 0, 1},
		{"tail length",                BLOB2 - 8,  0,              0,  2, 1, 0},
		{"tail magic",                 BLOB2 - 4,  0,              0,  2, 1, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		struct seen s;
		buf_init(&b, 1 << 16);
		make(&b);
		poke_le(&b, cases[i].at, cases[i].v, 4);
		int rc = walk(buf_bytes(&b), &s);
		test_case(rc == cases[i].rc && s.blobs == cases[i].blobs &&
		                  s.errors == cases[i].errors &&
		                  s.wrong_sums == cases[i].wrong_sums,
		          "%s: %d %u %u %u %s", cases[i].name, rc, s.blobs, s.errors, s.wrong_sums,
		          s.e.msg);
	}
}

/* All slots name one large blob: the work must not be slots times blob. */
static void test_overlap(void)
{
	AUTO_BUF struct buf b, data;
	struct seen s;
	buf_init(&data, 1 << 20);
	put_zeros(&data, 1 << 18);
	buf_init(&b, 1 << 20);
	mkndb_start(&b);
	mkndb_add(&b, 1, buf_bytes(&data));
	for (size_t at = SLOT2; at < NDB_BLOBS_AT; at += 16)
		memcpy(b.p + at, b.p + SLOT1, 16);
	CHECK(walk(buf_bytes(&b), &s) == 0 && s.errors == 1 && s.bytes <= b.n);
}

static void test_short(void)
{
	AUTO_BUF struct buf b;
	struct seen s;
	bool all = true;
	buf_init(&b, 1 << 16);
	make(&b);
	for (size_t n = 0; n < b.n; n++)
		all &= walk(bytes_slice(buf_bytes(&b), 0, n), &s) < 0 || s.errors;
	test_case(all, "cut short at every byte");
	CHECK(walk((struct bytes){0}, &s) < 0 && s.e.kind == ERR_FORMAT);
}

int main(void)
{
	test_plain();
	test_lies();
	test_overlap();
	test_short();
	return TEST_END();
}
