/* SPDX-License-Identifier: Apache-2.0 */
/* sqlitewal.c - write-ahead logs: which frames count, and every way a log can be wrong. */
#include "fmt/sqlitewal.h"

#include "lib/sqlmake.h"
#include "test.h"

struct seen {
	size_t rows, bytes;
	unsigned errors;
	uint32_t pages, missing;
	bool is_damaged;
	struct err e;
};

static int walk(struct bytes db, struct bytes wal, struct seen *seen)
{
	struct sqlitedb s;
	struct sqlitedb_rows rows;
	struct sqlitedb_value v;
	struct bytes record;
	uint32_t root;
	AUTO_BUF struct buf scratch;
	buf_init(&scratch, 1 << 16);
	*seen = (struct seen){0};
	if (sqlitedb_open(db, wal, &s, &seen->e) < 0)
		return -1;
	seen->pages = s.pages;
	seen->missing = s.missing;
	seen->is_damaged = s.wal_damage != NULL;
	if (sqlitedb_table(&s, B("Packages"), &scratch, &root, &seen->e) == 0) {
		sqlitedb_rows_open(&s, root, &scratch, &rows);
		for (int rc; (rc = sqlitedb_next(&rows, &record, &seen->e)) != 0;) {
			bool is_row = rc > 0 && sqlitedb_column(record, 1, &v, &seen->e) == 0;
			seen->rows += is_row;
			seen->bytes += is_row ? v.data.n : 0;
			seen->errors += !is_row;
		}
		sqlitedb_rows_close(&rows);
	}
	sqlitedb_close(&s);
	return 0;
}

static uint8_t filler[4096];

/* A database whose page 2 holds n rows of 10 bytes. */
static void make_db(struct buf *b, unsigned n)
{
	buf_init(b, 1 << 16);
	mksql_start(b, 2);
	mksql_page(b, SQL_LEAF);
	for (unsigned i = 0; i < n; i++)
		mksql_blob(b, 2, i + 1, bytes_of(filler, 10));
}

/* Pages of four states of the database: 0, 1, 2, 3 rows. */
static struct buf state[4];

static const uint8_t *page_of(unsigned rows, uint32_t no) { return state[rows].p + sql_at(no); }

/* Three commits: page 2 with one row, pages 1 and 2 with two rows, page 2 with three rows. */
static void make_wal(struct buf *b, bool is_be)
{
	struct mkwal w;
	buf_init(b, 1 << 16);
	mkwal_start(&w, b, SQL_PAGE, is_be);
	mkwal_frame(&w, 2, 2, page_of(1, 2));
	mkwal_frame(&w, 1, 0, page_of(2, 1));
	mkwal_frame(&w, 2, 2, page_of(2, 2));
	mkwal_frame(&w, 2, 2, page_of(3, 2));
}

static void test_plain(void)
{
	struct seen s;
	for (int is_be = 0; is_be < 2; is_be++) {
		AUTO_BUF struct buf wal;
		make_wal(&wal, is_be);
		CHECK(walk(buf_bytes(&state[0]), (struct bytes){0}, &s) == 0 && s.rows == 0);
		CHECK(walk(buf_bytes(&state[0]), buf_bytes(&wal), &s) == 0 && s.rows == 3);
		CHECK(s.errors == 0 && !s.is_damaged && s.missing == 0 && s.pages == 2);
		/* all of it is still in the log */
		CHECK(walk(B(""), buf_bytes(&wal), &s) == 0 && s.rows == 3 && !s.missing);
		/* the log makes the database larger than its file */
		CHECK(walk(bytes_slice(buf_bytes(&state[0]), 0, SQL_PAGE), buf_bytes(&wal), &s) ==
		      0);
		CHECK(s.rows == 3 && !s.missing);
	}
}

enum { HEAD = 32, FRAME = 24 + SQL_PAGE };

/* 32 bits of the log are changed, or it is cut; the rows that are left. */
static void test_lies(void)
{
	static const struct {
		const char *name;
		size_t at; /* SIZE_MAX: nothing is changed */
		uint32_t v;
		size_t size; /* of the log */
		int rc;
		unsigned rows;
		bool is_damaged;
	} cases[] = {
		{"whole",				  SIZE_MAX,              0,          HEAD + 4 * FRAME,     0, 3, false},
		{"last frame cut",                         SIZE_MAX,              0,          HEAD + 4 * FRAME - 1, 0, 2, false},
		{"cut after a frame that commits nothing", SIZE_MAX,              0,          HEAD + 2 * FRAME,     0, 1,
	         false													 },
		{"header only",                            SIZE_MAX,              0,          HEAD,                 0, 0, false},
		{"header cut",                             SIZE_MAX,              0,          HEAD - 1,             0, 0, true },
		{"one byte",			       SIZE_MAX,              0,          1,                    0, 0, true },
		{"magic",				  0,                     0,          HEAD + 4 * FRAME,     0, 0, true },
		{"the other byte order",                   0,                     0x377f0683, HEAD + 4 * FRAME,     0, 0, true },
		{"header's page size",                     8,                     1024,       HEAD + 4 * FRAME,     0, 0, true },
		{"header's salt",                          16,                    0,          HEAD + 4 * FRAME,     0, 0, true },
		{"header's checksum",                      24,                    0,          HEAD + 4 * FRAME,     0, 0, true },
		{"frame 1: salt of an earlier round",      HEAD + 8,              9,          HEAD + 4 * FRAME,     0, 0, false},
		{"frame 2: salt of an earlier round",      HEAD + FRAME + 12,     9,          HEAD + 4 * FRAME,     0, 1,
	         false													 },
		{"frame 4: salt of an earlier round",      HEAD + 3 * FRAME + 8,  9,          HEAD + 4 * FRAME,     0,
	         2,												       false},
		{"frame 1: checksum",                      HEAD + 16,             9,          HEAD + 4 * FRAME,     0, 0, true },
		{"frame 3: checksum",                      HEAD + 2 * FRAME + 20, 9,          HEAD + 4 * FRAME,     0, 1, true },
		{"frame 4: page number",                   HEAD + 3 * FRAME,      9,          HEAD + 4 * FRAME,     0, 2, true },
		{"frame 4: content",                       HEAD + 4 * FRAME - 4,  9,          HEAD + 4 * FRAME,     0, 2, true },
		{"frame 3: not a commit any more",         HEAD + 2 * FRAME + 4,  0,          HEAD + 4 * FRAME,     0, 1,
	         true													  },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf wal;
		struct seen s;
		make_wal(&wal, false);
		if (cases[i].at != SIZE_MAX)
			poke_be(&wal, cases[i].at, cases[i].v, 4);
		int rc = walk(buf_bytes(&state[0]), bytes_slice(buf_bytes(&wal), 0, cases[i].size),
		              &s);
		test_case(rc == cases[i].rc && s.rows == cases[i].rows &&
		                  s.is_damaged == cases[i].is_damaged,
		          "%s: %d %zu %d", cases[i].name, rc, s.rows, s.is_damaged);
	}
}

/* A log that is right by its own checksums, and wrong otherwise. */
static void test_hostile(void)
{
	AUTO_BUF struct buf wal, other, far, shrunk;
	struct mkwal w;
	struct seen s;
	buf_init(&wal, 1 << 16);
	mkwal_start(&w, &wal, 1024, false);
	mkwal_frame(&w, 2, 2, filler);
	CHECK(walk(buf_bytes(&state[0]), buf_bytes(&wal), &s) < 0 && s.e.kind == ERR_FORMAT);

	buf_init(&other, 1 << 16);
	mkwal_start(&w, &other, SQL_PAGE, false);
	poke_be(&other, 4, 3007001, 4);
	w.s0 = w.s1 = 0;
	mkwal_sum(&w, other.p, 24);
	poke_be(&other, 24, w.s0, 4);
	poke_be(&other, 28, w.s1, 4);
	CHECK(walk(buf_bytes(&state[0]), buf_bytes(&other), &s) < 0 && s.e.kind == ERR_UNSUPPORTED);

	/* four thousand million pages of which two exist: they are missing, and cost nothing */
	buf_init(&far, 1 << 16);
	mkwal_start(&w, &far, SQL_PAGE, false);
	mkwal_frame(&w, 0xffffffff, 0, page_of(0, 2));
	mkwal_frame(&w, 2, 0xffffffff, page_of(3, 2));
	CHECK(walk(buf_bytes(&state[0]), buf_bytes(&far), &s) == 0 && s.rows == 3);
	CHECK(s.missing == 0xffffffff - 3);

	/* the database shrinks to page 1: its table's page is no more */
	buf_init(&shrunk, 1 << 16);
	mkwal_start(&w, &shrunk, SQL_PAGE, false);
	mkwal_frame(&w, 1, 1, page_of(0, 1));
	CHECK(walk(buf_bytes(&state[3]), buf_bytes(&shrunk), &s) == 0 && s.rows == 0 && s.e.msg[0]);

	/* no database, and a log without a commit, of odd page sizes, of no header */
	CHECK(walk(B(""), bytes_slice(buf_bytes(&far), 0, HEAD + FRAME), &s) < 0);
	poke_be(&other, 8, 511, 4);
	CHECK(walk(B(""), buf_bytes(&other), &s) < 0);
	poke_be(&other, 8, 0, 4);
	CHECK(walk(B(""), buf_bytes(&other), &s) < 0);
	CHECK(walk(B(""), B("x"), &s) < 0 && s.e.kind == ERR_FORMAT);
}

static int frames_walk(size_t n, struct seen *s)
{
	AUTO_BUF struct buf wal;
	struct mkwal w;
	buf_init(&wal, HEAD + (n + 1) * FRAME);
	mkwal_start(&w, &wal, SQL_PAGE, false);
	for (size_t i = 0; i < n; i++)
		mkwal_frame(&w, 2, 2, page_of(i + 1 == n ? 3 : 1, 2));
	return walk(buf_bytes(&state[0]), buf_bytes(&wal), s);
}

static void test_limits(void)
{
	struct seen s;
	CHECK(frames_walk((size_t)SQLITE_WAL_FRAMES_MAX, &s) == 0 && s.rows == 3);
	CHECK(frames_walk((size_t)SQLITE_WAL_FRAMES_MAX + 1, &s) < 0 && s.e.kind == ERR_LIMIT);
}

int main(void)
{
	for (unsigned i = 0; i < ARRAY_LEN(state); i++)
		make_db(&state[i], i);
	test_plain();
	test_lies();
	test_hostile();
	test_limits();
	for (unsigned i = 0; i < ARRAY_LEN(state); i++)
		buf_fini(&state[i]);
	return TEST_END();
}
