/* SPDX-License-Identifier: Apache-2.0 */
/* bdb.c - Berkeley DB hash tables of both byte orders, and every number of one changed. */
#include "fmt/bdb.h"

#include "lib/bdbmake.h"
#include "test.h"

struct seen {
	unsigned pairs, errors;
	size_t bytes;
	uint8_t last; /* byte of the last value */
	uint32_t missing;
	struct err e;
};

static int walk(struct bytes file, size_t max, struct seen *s)
{
	struct bdb db;
	struct bytes key, value;
	AUTO_BUF struct buf scratch;
	buf_init(&scratch, max);
	*s = (struct seen){0};
	if (bdb_open(file, &scratch, &db, &s->e) < 0)
		return -1;
	s->missing = db.missing;
	for (int rc; (rc = bdb_next(&db, &key, &value, &s->e)) != 0;) {
		s->errors += rc < 0;
		s->pairs += rc > 0;
		s->bytes += rc > 0 ? value.n : 0;
		if (rc > 0 && value.n)
			s->last = value.p[value.n - 1];
	}
	bdb_close(&db);
	return 0;
}

enum { LONG = 1200, NEAR1 = 100 };

/* Page 1: a short pair, a pair of three overflow pages (2 to 4), a short pair. */
static void make(struct buf *b, bool is_be)
{
	struct mkbdb m;
	AUTO_BUF struct buf data;
	buf_init(&data, 1 << 16);
	while (data.n < LONG)
		buf_addc(&data, (uint8_t)data.n);
	buf_init(b, 1 << 20);
	mkbdb_start(&m, b, is_be);
	mkbdb_near(&m, 1, bytes_slice(buf_bytes(&data), 0, NEAR1));
	mkbdb_far(&m, 2, buf_bytes(&data));
	mkbdb_near(&m, 3, B("z"));
}

static void test_plain(void)
{
	for (int is_be = 0; is_be < 2; is_be++) {
		AUTO_BUF struct buf b;
		struct seen s;
		make(&b, is_be);
		CHECK(bdb_is_hash(buf_bytes(&b)));
		CHECK(walk(buf_bytes(&b), LONG, &s) == 0 && s.pairs == 3 && s.errors == 0);
		CHECK(s.bytes == NEAR1 + LONG + 1 && s.last == 'z' && s.missing == 0);
		/* one past the bound: that value is lost, and said */
		CHECK(walk(buf_bytes(&b), LONG - 1, &s) == 0 && s.pairs == 2 && s.errors == 1);
		/* pages behind the last one that the header counts are read too */
		poke_be(&b, 32, 0, 4);
		CHECK(walk(buf_bytes(&b), LONG, &s) == 0 && s.pairs == 3);
	}
}

enum {
	P1 = BDB_PAGE,
	P2 = 2 * BDB_PAGE,
	P3 = 3 * BDB_PAGE,
	P4 = 4 * BDB_PAGE,
	FAR_AT = BDB_PAGE - 5 - NEAR1 - 1 - 5 - 12
};

static void test_lies(void)
{
	static const struct {
		const char *name;
		size_t at;
		uint32_t v;
		unsigned width;
		int rc;
		unsigned pairs, errors;
	} cases[] = {
		{"magic",			   12,                   0,             4, -1, 0, 0},
		{"btree magic",                     12,                   0x053162,      4, -1, 0, 0},
		{"version 4",                       16,                   4,             4, -1, 0, 0},
		{"version 11",                      16,                   11,            4, -1, 0, 0},
		{"page size 0",                     20,                   0,             4, -1, 0, 0},
		{"page size 256",                   20,                   256,           4, -1, 0, 0},
		{"page size 600",                   20,                   600,           4, -1, 0, 0},
		{"page size 131072",                20,                   131072,        4, -1, 0, 0},
		{"encrypted",                       24,                   1,             1, -1, 0, 0},
		{"type of page 0",                  25,                   9,             1, -1, 0, 0},
		{"checksums",                       26,                   1,             1, -1, 0, 0},
		{"type of page 1 unknown",          P1 + BDB_TYPE,        16,            1, 0,  0, 1},
		{"page 1 says it is another",       P1 + BDB_NO,          2,             4, 0,  0, 1},
		{"odd number of items",             P1 + BDB_ITEMS,       5,             2, 0,  0, 1},
		{"no items",                        P1 + BDB_ITEMS,       0,             2, 0,  0, 0},
		{"two more items",                  P1 + BDB_ITEMS,       8,             2, 0,  3, 1},
		{"more items than page",            P1 + BDB_ITEMS,       0xfffe,        2, 0,  0, 1},
		{"item in the offsets",             P1 + BDB_OFFSETS,     27,            2, 0,  0, 1},
		{"item past the page",              P1 + BDB_OFFSETS,     BDB_PAGE,      2, 0,  0, 1},
		{"item at the top",                 P1 + BDB_OFFSETS + 2, 0xffff,        2, 0,  0, 1},
		{"item on the one before",          P1 + BDB_OFFSETS + 4, BDB_PAGE - 5,  2, 0,  1, 1},
		{"value of duplicates",             P1 + FAR_AT,          2,             1, 0,  2, 1},
		{"chain at page 0",                 P1 + FAR_AT + 4,      0,             4, 0,  2, 1},
		{"chain at a page of items",        P1 + FAR_AT + 4,      1,             4, 0,  2, 1},
		{"chain past the file",             P1 + FAR_AT + 4,      5,             4, 0,  2, 1},
		{"chain at the top",                P1 + FAR_AT + 4,      0xffffffff,    4, 0,  2, 1},
		{"length one more",                 P1 + FAR_AT + 8,      LONG + 1,      4, 0,  2, 1},
		{"length one less",                 P1 + FAR_AT + 8,      LONG - 1,      4, 0,  2, 1},
		{"length at the top",               P1 + FAR_AT + 8,      0xffffffff,    4, 0,  2, 1},
		{"chain goes to itself",            P2 + BDB_NEXT,        2,             4, 0,  2, 1},
		{"chain goes round",                P3 + BDB_NEXT,        2,             4, 0,  2, 1},
		{"chain ends early",                P3 + BDB_NEXT,        0,             4, 0,  2, 1},
		{"overflow page of no bytes",       P4 + BDB_FREE,        0,             2, 0,  2, 1},
		{"overflow page too full",          P4 + BDB_FREE,        BDB_PAGE - 25, 2, 0,  2, 1},
		{"overflow page of another type",   P4 + BDB_TYPE,        13,            1, 0,  2, 1},
		{"overflow page of another number", P4 + BDB_NO,          3,             4, 0,  2, 1},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		struct seen s;
		make(&b, false);
		poke_le(&b, cases[i].at, cases[i].v, cases[i].width);
		int rc = walk(buf_bytes(&b), 1 << 16, &s);
		test_case(rc == cases[i].rc && s.pairs == cases[i].pairs &&
		                  s.errors == cases[i].errors,
		          "%s: %d %u %u %s", cases[i].name, rc, s.pairs, s.errors, s.e.msg);
	}
}

/* Many values share one chain: the work is bounded by the file. */
static void test_shared_chain(void)
{
	AUTO_BUF struct buf b, data;
	struct mkbdb m;
	struct seen s;
	buf_init(&data, 1 << 16);
	put_zeros(&data, 1 << 15);
	buf_init(&b, 1 << 20);
	mkbdb_start(&m, &b, false);
	uint32_t first = mkbdb_far(&m, 1, buf_bytes(&data));
	for (uint32_t i = 2; i < 10; i++) {
		mkbdb_far(&m, i, B(""));
		poke_le(&b, m.page + m.end + 4, first, 4);
		poke_le(&b, m.page + m.end + 8, data.n, 4);
	}
	CHECK(walk(buf_bytes(&b), 1 << 20, &s) == 0 && s.pairs == 1 && s.errors == 8);
}

static void test_short(void)
{
	AUTO_BUF struct buf b;
	struct seen s;
	bool all = true;
	make(&b, false);
	for (size_t n = 0; n < b.n; n++)
		all &= walk(bytes_slice(buf_bytes(&b), 0, n), 1 << 16, &s) < 0 || s.missing;
	test_case(all, "cut short at every byte");
	CHECK(walk((struct bytes){0}, 1, &s) < 0 && s.e.kind == ERR_FORMAT);
}

int main(void)
{
	test_plain();
	test_lies();
	test_shared_chain();
	test_short();
	return TEST_END();
}
