/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of SQLite databases as lines of text: values apart, nothing left out, nothing twice. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

enum { SIZE = 512 };

static const struct sqlite_pages plain = {.size = SIZE, .usable = SIZE};

/* A page of that kind whose cells stand one behind the other at its end. */
static struct bytes page_of(uint8_t page[SIZE], uint8_t kind, const struct bytes *cells, size_t n)
{
	size_t at = SIZE, list = kind == 2 ? 12 : 8;
	memset(page, 0, SIZE);
	page[0] = kind;
	page[4] = (uint8_t)n;
	for (size_t i = 0; i < n; i++) {
		at -= cells[i].n;
		memcpy(page + at, cells[i].p, cells[i].n);
		page[list + 2 * i] = (uint8_t)(at >> 8);
		page[list + 2 * i + 1] = (uint8_t)at;
	}
	return bytes_of(page, SIZE);
}

static const struct {
	const char *name;
	uint8_t kind;
	struct bytes cells[3];
	size_t n;
	const char *lines[4]; /* each a whole line of what is given */
} cases[] = {
  /* payload, rowid, header of 3: texts of 3 and 5 bytes */
	{"a row of two texts",                     13, {B("\x0b\x01\x03\x13\x17keyvalue")},                      1, {"key", "value"}  },
	{"rows that touch",
         13,                                           {B("\x07\x31\x02\x17value"), B("\x07\x32\x02\x17other")},
         2,                                                                                                         {"value", "other"}},
	{"a number between",                       13, {B("\x0b\x01\x04\x13\x01\x13key7val")},                   1, {"key", "val"}    },
	{"a blob",
         13,                                           {B("\x05\x01\x02\x12"
            "abc")},
         1,                                                                                                         {"abc"}           },
	{"an entry of an index",                   10, {B("\x07\x02\x17value")},                                 1, {"value"}         },
	{"... within it",			  2,  {B("\0\0\0\7\x07\x02\x17value")},                         1, {"value"}         },
	{"a type that there is not: as it is",     13, {B("\x07\x31\x02\x0avalue")},                             1, {NULL}            },
	{"a header longer than the row: as it is", 13, {B("\x07\x31\x7f\x17value")},                             1, {NULL}            },
};

static bool has_line(struct bytes all, const char *want)
{
	for (struct bytes line; bytes_split(&all, '\n', &line);) {
		if (bytes_eq(line, bytes_str(want)))
			return true;
	}
	return false;
}

/* Each byte of the page once, in whatever order. */
static bool is_whole(struct bytes page, struct bytes out)
{
	long count[256] = {0};
	for (size_t i = 0; i < page.n; i++)
		count[page.p[i]]++;
	for (size_t i = 0; i < out.n; i++)
		count[out.p[i]]--;
	for (size_t i = 0; i < 256; i++) {
		if (i != '\n' && count[i])
			return false;
	}
	return true;
}

static void of_pages(struct buf *out)
{
	uint8_t page[SIZE];
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bytes b = page_of(page, cases[i].kind, cases[i].cells, cases[i].n);
		sqlite_page_texts(&plain, b, false, out);
		bool is_good = is_whole(b, buf_bytes(out));
		for (size_t k = 0; k < 4 && cases[i].lines[k]; k++)
			is_good &= has_line(buf_bytes(out), cases[i].lines[k]);
		test_case(is_good, "%s", cases[i].name);
	}
	/* many pointers to one row: never more than the page has */
	const struct bytes cell = B("\xc8\x00\x01\x03\xa3\x15");
	page_of(page, 13, &cell, 1);
	memset(page + 8, 0, 400);
	page[4] = 200;
	for (size_t i = 0; i < 200; i++)
		page[8 + 2 * i + 1] = 200;
	memcpy(page + 200, "\x81\x48\x01\x03\x83\x1d", 6); /* a text of 200 bytes */
	sqlite_page_texts(&plain, bytes_of(page, SIZE), false, out);
	CHECK(!out->overflow && out->n <= 2 * (size_t)SIZE);
	/* pointers out of the page, a page that is cut, no page */
	memset(page, 0xff, SIZE);
	page[0] = 13;
	sqlite_page_texts(&plain, bytes_of(page, SIZE), false, out);
	CHECK(is_whole(bytes_of(page, SIZE), buf_bytes(out)));
	sqlite_page_texts(&plain, bytes_of(page, 5), false, out);
	CHECK(is_whole(bytes_of(page, 5), buf_bytes(out)));
	sqlite_page_texts(&plain, (struct bytes){NULL, 0}, false, out);
	CHECK(!out->n);
	struct sqlite_pages wide = plain;
	const struct bytes row = B("\x0c\x01\x02\x21k\0e\0y\0s\0\0s");
	wide.is_wide = true;
	sqlite_page_texts(&wide, page_of(page, 13, &row, 1), false, out);
	CHECK(has_line(buf_bytes(out), "keyss"));
}

/* A page whose 200 cells are one and the same row: it is read as often as a page has room for it,
 * not 200 times, or a page of rows with long headers would take seconds. */
static void of_one_row(struct buf *out)
{
	uint8_t page[SIZE] = {13, [4] = 200};
	struct bytes all, line;
	size_t at = SIZE - 102, n = 0;
	page[at] = 100;    /* bytes of the row */
	page[at + 1] = 1;  /* its number */
	page[at + 2] = 95; /* bytes of its header: 93 times nothing, then a text of 5 */
	page[at + 96] = 23;
	memcpy(page + at + 97, "value", 5);
	for (size_t i = 0; i < 200; i++) {
		page[8 + 2 * i] = (uint8_t)(at >> 8);
		page[9 + 2 * i] = (uint8_t)at;
	}
	sqlite_page_texts(&plain, bytes_of(page, SIZE), false, out);
	for (all = buf_bytes(out); bytes_split(&all, '\n', &line);)
		n += bytes_eq(line, B("value"));
	test_case(n >= 1 && n <= SIZE / 100, "a row that 200 cells are is given %zu times", n);
}

static void of_heads(void)
{
	uint8_t head[100] = "SQLite format 3";
	struct sqlite_pages p;
	static const struct {
		uint8_t size[2], reserved, encoding;
		uint32_t want; /* 0: it is none */
		bool is_wide;
	} rows[] = {
		{{16, 0}, 0,  1, 4096,  false},
                {{0, 1},  0,  1, 65536, false},
		{{2, 0},  0,  1, 512,   false},
                {{16, 0}, 0,  2, 4096,  true },
		{{16, 0}, 0,  3, 4096,  true },
                {{1, 0},  0,  1, 0,     false},
		{{16, 1}, 0,  1, 0,     false},
                {{0, 0},  0,  1, 0,     false},
		{{2, 0},  32, 1, 512,   false},
                {{2, 0},  33, 1, 0,     false},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		memcpy(head + 16, rows[i].size, 2);
		head[20] = rows[i].reserved;
		head[59] = rows[i].encoding;
		bool is_one = sqlite_pages_open(bytes_of(head, sizeof head), &p);
		test_case(is_one == (rows[i].want > 0) &&
		                  (!is_one ||
		                   (p.size == rows[i].want && p.is_wide == rows[i].is_wide)),
		          "head %zu", i);
	}
	head[16] = 16;
	head[17] = head[20] = 0;
	CHECK(!sqlite_pages_open(bytes_of(head, sizeof head - 1), &p));
	const struct bytes log = B("\x37\x7f\x06\x82\0\x2d\xe2\x18\0\0\x10\0"
	                           "12345678901234567890");
	CHECK(sqlite_pages_open(log, &p) && p.size == 4096 && p.skip == 32 && p.before == 24);
	CHECK(!sqlite_pages_open(bytes_slice(log, 0, 31), &p));
}

int main(void)
{
	AUTO_BUF struct buf out;
	buf_init(&out, 2 * (size_t)SQLITE_PAGE_MOST);
	of_pages(&out);
	of_one_row(&out);
	of_heads();
	return TEST_END();
}
