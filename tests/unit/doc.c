/* SPDX-License-Identifier: Apache-2.0 */
/* Documents read whole and line by line. */
#include "advise/sink.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

/* A document of n times the byte c, a newline at the end; given in pieces of `piece`. */
struct made {
	struct feed_doc doc;
	uint64_t left;
	size_t piece;
	uint8_t c;
	bool ends_line;
};

static ssize_t made_read(struct feed_doc *doc, void *p, size_t n, struct err *e)
{
	struct made *m = doc->arg;
	(void)e;
	n = MIN_OF(MIN_OF(n, m->piece), (size_t)m->left);
	memset(p, m->c, n);
	m->left -= n;
	if (n && !m->left && m->ends_line)
		((uint8_t *)p)[n - 1] = '\n';
	return (ssize_t)n;
}

static struct made *made(uint64_t n, size_t piece, bool ends_line)
{
	static struct made m;
	m = (struct made){.left = n, .piece = piece, .c = 'a', .ends_line = ends_line};
	m.doc = (struct feed_doc){.name = B("made"), .read = made_read, .arg = &m};
	return &m;
}

static const struct {
	const char *name, *text;
	const char *want; /* lines parted by '|' */
} cases[] = {
	{"plain",		   "a\nb\n",     "a|b|" },
	{"no newline at the end",   "a\nb",       "a|b|" },
	{"CRLF",		    "a\r\nb\r\n", "a|b|" },
	{"empty lines",             "\n\na\n\n",  "||a||"},
	{"empty",		   "",           ""     },
	{"a carriage return alone", "\r\n",       "|"    },
	{"one newline",             "\n",         "|"    },
};

static void check_lines(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct doc_memory m;
		doc_memory(&m, "x", bytes_str(cases[i].text));
		struct feed_lines l = {.doc = &m.doc};
		struct bytes line;
		struct err e;
		struct buf have;
		buf_init(&have, 1000);
		while (feed_lines_next(&l, &line, &e) == 1)
			buf_addf(&have, "%.*s|", BYTES_FMT(line));
		test_case(strcmp(buf_cstr(&have), cases[i].want) == 0, "lines: %s", cases[i].name);
		feed_lines_end(&l);
		buf_fini(&have);
	}
}

/* A line of n bytes besides its newline. */
static int long_line(uint64_t n, size_t piece, bool ends_line, struct err *e)
{
	struct feed_lines l = {.doc = &made(n + ends_line, piece, ends_line)->doc};
	struct bytes line = {NULL, 0};
	int got = feed_lines_next(&l, &line, e);
	if (got == 1 && line.n != n)
		got = -2;
	feed_lines_end(&l);
	return got;
}

int main(void)
{
	struct err e = {.kind = ERR_NONE};
	struct buf b;
	check_lines();
	CHECK(long_line((uint64_t)FEED_LINE_MAX, 4096, true, &e) == 1);
	CHECK(long_line((uint64_t)FEED_LINE_MAX, 999, false, &e) == 1);
	CHECK(long_line((uint64_t)FEED_LINE_MAX + 1, 4096, true, &e) == -1 && e.kind == ERR_LIMIT);
	CHECK(long_line((uint64_t)FEED_LINE_MAX + 1, 1 << 20, false, &e) == -1);
	CHECK(long_line(UINT64_C(1) << 40, 1 << 20, false, &e) == -1); /* no end in sight */

	CHECK(feed_load(&made(100, 7, false)->doc, 100, &b, &e) == 0 && b.n == 100);
	buf_fini(&b);
	CHECK(feed_load(&made(101, 7, false)->doc, 100, &b, &e) < 0 && e.kind == ERR_LIMIT);
	CHECK(feed_load(&made(0, 7, false)->doc, 100, &b, &e) == 0 && b.n == 0);
	buf_fini(&b);

	struct doc_memory m;
	doc_memory(&m, "x", B("\xef\xbb\xbf \n{\"a\":1}"));
	CHECK(feed_first(&m.doc) == '{' && feed_has(&m.doc, "\"a\"") && !feed_has(&m.doc, "b"));
	doc_memory(&m, "x", B(" \n"));
	CHECK(feed_first(&m.doc) == 0);
	uint8_t *long_text = mem_zalloc((size_t)FEED_HEAD_MAX + 1);
	doc_memory(&m, "x", bytes_of(long_text, (size_t)FEED_HEAD_MAX));
	CHECK(m.doc.head.n == (size_t)FEED_HEAD_MAX);
	doc_memory(&m, "x", bytes_of(long_text, (size_t)FEED_HEAD_MAX + 1));
	CHECK(m.doc.head.n == (size_t)FEED_HEAD_MAX);
	free(long_text);
	return TEST_END();
}
