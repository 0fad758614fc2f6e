/* SPDX-License-Identifier: Apache-2.0 */
/* sqlitedb.c - SQLite pages: whole trees, and every number of one changed. */
#include "fmt/sqlitedb.h"

#include "lib/sqlmake.h"
#include "test.h"

struct seen {
	unsigned rows, errors;
	size_t bytes; /* of the blobs */
	uint32_t missing;
	bool is_table;
	struct err e;
};

static void rows_walk(const struct sqlitedb *s, uint32_t root, struct buf *scratch,
                      struct seen *seen)
{
	struct sqlitedb_rows rows;
	struct sqlitedb_value v;
	struct bytes record;
	sqlitedb_rows_open(s, root, scratch, &rows);
	for (int rc; (rc = sqlitedb_next(&rows, &record, &seen->e)) != 0;) {
		if (rc > 0 && sqlitedb_column(record, 1, &v, &seen->e) < 0)
			rc = -1;
		if (rc > 0 && v.type != SQLITEDB_BLOB)
			rc = err_set(&seen->e, ERR_FORMAT, "not a blob");
		seen->rows += rc > 0;
		seen->errors += rc < 0;
		seen->bytes += rc > 0 ? v.data.n : 0;
	}
	sqlitedb_rows_close(&rows);
}

static int walk(struct bytes db, struct bytes wal, size_t max, struct seen *seen)
{
	struct sqlitedb s;
	AUTO_BUF struct buf scratch;
	uint32_t root;
	buf_init(&scratch, max);
	*seen = (struct seen){0};
	if (sqlitedb_open(db, wal, &s, &seen->e) < 0)
		return -1;
	seen->missing = s.missing;
	seen->is_table = sqlitedb_table(&s, B("packages"), &scratch, &root, &seen->e) == 0;
	if (seen->is_table)
		rows_walk(&s, root, &scratch, seen);
	sqlitedb_close(&s);
	return 0;
}

#define NOWAL ((struct bytes){0})

static struct bytes zeros(size_t n)
{
	static uint8_t z[8192];
	return bytes_of(z, n);
}

/* Blob sizes that give records of 477 (the most that a leaf of 512 holds), one more, and longer;
 * each on a leaf of its own under an interior page. */
static void test_sizes(void)
{
	static const size_t sizes[] = {0, 1, 100, 472, 473, 474, 511, 512, 980, 981, 982, 5000};
	AUTO_BUF struct buf b;
	struct seen s;
	size_t total = 0;
	buf_init(&b, 1 << 20);
	mksql_start(&b, 2);
	mksql_page(&b, SQL_INTERIOR);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		uint32_t leaf = mksql_page(&b, SQL_LEAF);
		mksql_blob(&b, leaf, i + 1, zeros(sizes[i]));
		total += sizes[i];
		uint8_t cell[5] = {0, 0, 0, (uint8_t)leaf, (uint8_t)(i + 1)};
		if (i + 1 < ARRAY_LEN(sizes))
			mksql_cell(&b, 2, bytes_of(cell, 5));
		else
			poke_be(&b, sql_at(2) + 8, leaf, 4);
	}
	CHECK(walk(buf_bytes(&b), NOWAL, 8192, &s) == 0 && s.rows == ARRAY_LEN(sizes));
	CHECK(s.errors == 0 && s.bytes == total && s.missing == 0);
	/* a bound between the sizes: the longest row alone is lost */
	CHECK(walk(buf_bytes(&b), NOWAL, 5000, &s) == 0 && s.rows == 11 && s.errors == 1);
	CHECK(walk(buf_bytes(&b), NOWAL, 5004, &s) == 0 && s.rows == 12 && s.errors == 0);
}

/* Page 2: rows of 40 bytes, 2000 (pages 3 to 6), 40. */
static void make(struct buf *b)
{
	buf_init(b, 1 << 20);
	mksql_start(b, 2);
	uint32_t leaf = mksql_page(b, SQL_LEAF);
	mksql_blob(b, leaf, 1, zeros(40));
	mksql_blob(b, leaf, 2, zeros(2000));
	mksql_blob(b, leaf, 3, zeros(40));
}

enum {
	P2 = SQL_PAGE,
	P3 = 2 * SQL_PAGE,
	P4 = 3 * SQL_PAGE,
	P6 = 5 * SQL_PAGE,
	CELL1 = P2 + SQL_PAGE - 45 /* length, row, 3 bytes of types, 40 of blob */
};

static void test_lies(void)
{
	static const struct {
		const char *name;
		size_t at;
		uint32_t v;
		unsigned width;
		int rc;
		unsigned rows, errors;
	} cases[] = {
		{"nothing",                         99,           0,            1, 0,  3, 0},
		{"magic",			   0,            0,            1, -1, 0, 0},
		{"page size 0",                     16,           0,            2, -1, 0, 0},
		{"page size 256",                   16,           256,          2, -1, 0, 0},
		{"page size 513",                   16,           513,          2, -1, 0, 0},
		{"page size 65536, file smaller",   16,           1,            2, -1, 0, 0},
		{"read version 3",                  19,           3,            1, -1, 0, 0},
		{"33 bytes reserved",               20,           33,           1, -1, 0, 0},
		{"UTF-16",                          56,           2,            4, -1, 0, 0},
		{"schema page of an index",         100,          10,           1, 0,  0, 0},
		{"schema of more cells than page",  103,          0xffff,       2, 0,  0, 0},
		{"schema of no cell",               103,          0,            2, 0,  0, 0},
		{"root page is 0",                  SQL_PAGE - 4, 0,            1, 0,  0, 0},
		{"root page past the end",          SQL_PAGE - 4, 7,            1, 0,  0, 0},
		{"root page negative",              SQL_PAGE - 4, 0xff,         1, 0,  0, 0},
		{"root page is an overflow page",   SQL_PAGE - 4, 3,            1, 0,  0, 1},
		{"root page of an index",           P2,           2,            1, 0,  0, 1},
		{"root is interior, cells are not", P2,           SQL_INTERIOR, 1, 0,  0, 4},
		{"cells past the page",             P2 + 3,       253,          2, 0,  0, 1},
		{"one cell more",                   P2 + 3,       4,            2, 0,  3, 1},
		{"cell pointer in the header",      P2 + 8,       3,            2, 0,  2, 1},
		{"cell pointer past the page",      P2 + 8,       SQL_PAGE,     2, 0,  2, 1},
		{"cell at the page's last byte",    P2 + 8,       SQL_PAGE - 1, 2, 0,  2, 1},
		{"record longer than page",         CELL1,        46,           1, 0,  2, 1},
		{"record without types",            CELL1,        0,            1, 0,  2, 1},
		{"types longer than record",        CELL1 + 2,    0x7f,         1, 0,  2, 1},
		{"types of no length",              CELL1 + 2,    0,            1, 0,  2, 1},
		{"blob longer than record",         CELL1 + 4,    0x7f,         1, 0,  2, 1},
		{"blob is NULL",                    CELL1 + 4,    0,            1, 0,  2, 1},
		{"blob is text",                    CELL1 + 4,    13 + 40,      1, 0,  2, 1},
		{"overflow at page 0",              P3,           0,            4, 0,  2, 1},
		{"overflow goes to itself",         P3,           3,            4, 0,  2, 1},
		{"overflow goes round",             P4,           3,            4, 0,  2, 1},
		{"overflow goes to the leaf",       P4,           2,            4, 0,  2, 1},
		{"overflow past the end",           P4,           7,            4, 0,  2, 1},
		{"overflow at the top",             P4,           0xffffffff,   4, 0,  2, 1},
		{"end of the chain goes on",        P6,           3,            4, 0,  3, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		struct seen s;
		make(&b);
		poke_be(&b, cases[i].at, cases[i].v, cases[i].width);
		int rc = walk(buf_bytes(&b), NOWAL, 8192, &s);
		bool is_said = s.errors || rc < 0 || !s.is_table ? s.e.msg[0] : true;
		test_case(rc == cases[i].rc && s.rows == cases[i].rows &&
		                  s.errors == cases[i].errors && is_said,
		          "%s: %d %u %u %s", cases[i].name, rc, s.rows, s.errors, s.e.msg);
	}
}

/* All pointers of a page name one cell; two rows share a chain; an interior page names one child
 * many times: the work stays within the file. */
static void test_sharing(void)
{
	AUTO_BUF struct buf b, two, tree;
	struct seen s;
	buf_init(&b, 1 << 20);
	mksql_start(&b, 2);
	mksql_page(&b, SQL_LEAF);
	mksql_blob(&b, 2, 1, zeros(60));
	for (uint32_t i = 1; i < 100; i++)
		memcpy(b.p + P2 + 8 + 2 * i, b.p + P2 + 8, 2);
	poke_be(&b, P2 + 3, 100, 2);
	CHECK(walk(buf_bytes(&b), NOWAL, 8192, &s) == 0 && s.rows < 8 && s.errors == 1);

	make(&two);
	uint32_t leaf = 2;
	mksql_blob(&two, leaf, 4, zeros(1500));
	CHECK(walk(buf_bytes(&two), NOWAL, 8192, &s) == 0 && s.rows == 4 && s.errors == 0);
	size_t h = P2 + ((size_t)two.p[P2 + 5] << 8 | two.p[P2 + 6]);
	poke_be(&two, h + 2 + 1 + sql_local(1505), 3, 4);
	CHECK(walk(buf_bytes(&two), NOWAL, 8192, &s) == 0 && s.rows == 3 && s.errors == 1);

	buf_init(&tree, 1 << 20);
	mksql_start(&tree, 2);
	mksql_page(&tree, SQL_INTERIOR);
	leaf = mksql_page(&tree, SQL_LEAF);
	mksql_blob(&tree, leaf, 1, zeros(10));
	for (uint8_t i = 0; i < 50; i++)
		mksql_cell(&tree, 2, bytes_of((uint8_t[]){0, 0, 0, 3, i}, 5));
	poke_be(&tree, P2 + 8, 2, 4); /* and itself */
	CHECK(walk(buf_bytes(&tree), NOWAL, 8192, &s) == 0 && s.rows == 1 && s.errors == 50);
}

static int depth_walk(unsigned levels, struct seen *s)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 20);
	mksql_start(&b, 2);
	for (unsigned i = 1; i < levels; i++) {
		uint32_t no = mksql_page(&b, SQL_INTERIOR);
		poke_be(&b, sql_at(no) + 8, no + 1, 4);
	}
	uint32_t leaf = mksql_page(&b, SQL_LEAF);
	mksql_blob(&b, leaf, 1, zeros(10));
	return walk(buf_bytes(&b), NOWAL, 8192, s);
}

static void test_depth(void)
{
	struct seen s;
	CHECK(depth_walk(SQLITE_DEPTH_MAX, &s) == 0 && s.rows == 1 && s.errors == 0);
	CHECK(depth_walk(SQLITE_DEPTH_MAX + 1, &s) == 0 && s.rows == 0 && s.errors == 1);
	CHECK(s.e.kind == ERR_LIMIT);
}

static void test_columns(void)
{
	/* types: NULL, 1, 2, 3, 4, 6 and 8 bytes, real, 0, 1, empty text */
	static const struct {
		enum sqlitedb_type type;
		int64_t num;
	} want[] = {
		{SQLITEDB_NULL,  0               },
		{SQLITEDB_INT,   -1              },
		{SQLITEDB_INT,   0x7fff          },
		{SQLITEDB_INT,   0x010203        },
		{SQLITEDB_INT,   INT32_MIN       },
		{SQLITEDB_INT,   7               },
		{SQLITEDB_INT,   INT64_C(1) << 56},
		{SQLITEDB_FLOAT, 0               },
		{SQLITEDB_INT,   0               },
		{SQLITEDB_INT,   1               },
		{SQLITEDB_TEXT,  0               },
		{SQLITEDB_NULL,  0               },
	};
	/* types: NULL, integers of 1, 2, 3, 4, 6 and 8 bytes, real, 0, 1, empty text */
	static const uint8_t plain[] = {
		12,   0,    1, 2, 3, 4, 5, 6, 7, 8, 9, 13, /* header */
		0xff,                                      /* -1 */
		0x7f, 0xff,                                /* 0x7fff */
		1,    2,    3,                             /* 0x010203 */
		0x80, 0,    0, 0,                          /* INT32_MIN */
		0,    0,    0, 0, 0, 7,                    /* 7 */
		1,    0,    0, 0, 0, 0, 0, 0,              /* 2^56 */
		0,    0,    0, 0, 0, 0, 0, 0,              /* 0.0 */
	};
	struct sqlitedb_value v;
	struct err e;
	for (unsigned i = 0; i < ARRAY_LEN(want); i++) {
		int rc = sqlitedb_column(bytes_of(plain, sizeof plain), i, &v, &e);
		test_case(rc == 0 && v.type == want[i].type &&
		                  (v.type != SQLITEDB_INT || v.num == want[i].num),
		          "column %u: type %d, %lld", i, (int)v.type, (long long)v.num);
	}
	bool all = true;
	for (size_t n = 0; n < sizeof plain; n++)
		all &= sqlitedb_column(bytes_of(plain, n), 7, &v, &e) < 0;
	test_case(all, "a record cut short at every byte");
	/* a type of 2^63 bytes */
	static const uint8_t huge[] = {10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	CHECK(sqlitedb_column(bytes_of(huge, sizeof huge), 0, &v, &e) < 0);
}

static void test_short(void)
{
	AUTO_BUF struct buf b;
	struct seen s;
	bool all = true;
	make(&b);
	/* without a valid size in the header only what the tree itself misses is known */
	for (size_t n = 0; n < b.n; n++)
		all &= walk(bytes_slice(buf_bytes(&b), 0, n), NOWAL, 8192, &s) < 0 || s.missing ||
		       s.errors;
	test_case(all, "cut short at every byte");
	CHECK(walk(NOWAL, NOWAL, 8192, &s) < 0 && s.e.kind == ERR_FORMAT);
}

int main(void)
{
	test_sizes();
	test_lies();
	test_sharing();
	test_depth();
	test_columns();
	test_short();
	return TEST_END();
}
