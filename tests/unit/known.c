/* SPDX-License-Identifier: Apache-2.0 */
/* known.c - each rule of rules/binaries.def finds its hit, wherever pieces are cut, and not its
 * miss. */
#include "inspect/known.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

/* The sample of a row with its NULs, between bytes that are none of its. */
static struct bytes sample(const char *text, size_t pad, struct buf *b)
{
	buf_reset(b);
	for (size_t i = 0; i < pad; i++)
		buf_addc(b, (uint8_t)('a' + i % 7));
	buf_addc(b, 0);
	for (; *text; text++)
		buf_addc(b, *text == '~' ? 0 : (uint8_t)*text);
	buf_addc(b, 0);
	return buf_bytes(b);
}

/* A base name that the row asks for. */
static const char *name_of(const struct known_row *r, char buf[64])
{
	size_t n = 0;
	for (const char *s = r->file; *s && n < 60; s++) {
		if (*s != '*')
			buf[n++] = *s;
		else if (strstr(r->text, "{F}"))
			n += (size_t)snprintf(buf + n, 8, "3.11");
	}
	buf[n] = 0;
	return n ? buf : "program";
}

static bool finds(const struct known_row *r, const char *name, struct bytes bytes, size_t cut)
{
	struct known_file f = {.at = 0};
	bool is_found = false;
	known_begin(&f, bytes_str(name), (struct bytes){NULL, 0});
	known_piece(&f, bytes_slice(bytes, 0, cut));
	known_piece(&f, bytes_skip(bytes, cut));
	for (size_t i = 0; i < f.n_found; i++)
		is_found |= strcmp(known_rows[f.found[i].row].name, r->name) == 0 &&
		            known_holds(&f, &f.found[i]);
	return is_found;
}

/* The version that the first row of this name finds in the text. */
static void version(const char *name, const char *text, const char *want)
{
	struct known_file f = {.at = 0};
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(4));
	known_begin(&f, bytes_str(name), (struct bytes){NULL, 0});
	known_piece(&f, sample(text, 5, &b));
	test_case(f.n_found == 1 &&
	                  bytes_eq(bytes_of(f.found[0].version, f.found[0].n), bytes_str(want)),
	          "%s of %s", want, text);
}

static void row(const struct known_row *r)
{
	AUTO_BUF struct buf b;
	char room[64];
	const char *name = name_of(r, room);
	size_t missed = 0;
	buf_init(&b, KIB(4));
	for (size_t pad = 0; pad < 4; pad++) {
		struct bytes s = sample(r->hit, pad, &b);
		for (size_t cut = 1; cut < s.n; cut++)
			missed += !finds(r, name, s, cut);
	}
	test_case(missed == 0, "%s: \"%s\" is found at every place, however it is cut", r->name,
	          r->text);
	test_case(!finds(r, name, sample(r->miss, 3, &b), 1), "%s: \"%s\" misses what is none",
	          r->name, r->text);
	if (strcmp(r->file, "*") != 0 && r->kind != KNOWN_LIBRARY)
		test_case(!finds(r, "other", sample(r->hit, 3, &b), 1), "%s: in %s alone", r->name,
		          r->file);
}

/* A program header of ELF-64. */
static void segment(struct buf *b, uint8_t flags, uint16_t from, uint16_t size)
{
	uint8_t p[56] = {1, 0, 0, 0, flags};
	p[8] = (uint8_t)from, p[9] = (uint8_t)(from >> 8);
	p[32] = (uint8_t)size, p[33] = (uint8_t)(size >> 8);
	buf_add(b, bytes_of(p, sizeof p));
}

/* Is a text at an offset met in a program whose code lies from 1024 to 5120? */
static bool is_met(bool is_apart, size_t at, size_t step)
{
	struct known_file f = {.at = 0};
	AUTO_BUF struct buf b;
	uint8_t head[64] = {0x7f, 'E', 'L', 'F', 2, 1, [32] = 64, [54] = 56, [56] = 2};
	buf_init(&b, KIB(16));
	buf_add(&b, bytes_of(head, sizeof head));
	segment(&b, 5, 1024, 4096);
	segment(&b, is_apart ? 4 : 6, 5120, 1024);
	while (b.n < at)
		buf_addc(&b, 0);
	buf_adds(&b, "BusyBox v1.36.1 (");
	while (b.n < KIB(8))
		buf_addc(&b, 0);
	known_begin(&f, B("x"), bytes_slice(buf_bytes(&b), 0, step));
	for (size_t i = 0; i < b.n; i += step)
		known_piece(&f, bytes_slice(buf_bytes(&b), i, i + step < b.n ? i + step : b.n));
	return f.n_found == 1;
}

static void code(void)
{
	static const size_t steps[] = {512, 700, 4096, KIB(8)};
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		size_t n = steps[i], missed = 0;
		for (size_t at = 200; at < 1024 + KNOWN_TAIL - 20; at += 7)
			missed += !is_met(true, at, n);
		for (size_t at = 5120 - KNOWN_TAIL; at < 7000; at += 7)
			missed += !is_met(true, at, n);
		test_case(missed == 0, "pieces of %zu: texts around the code are met", n);
		test_case(!is_met(true, 2300, n), "pieces of %zu: within it nothing is", n);
		test_case(is_met(false, 3000, n), "pieces of %zu: but where it is not apart", n);
	}
	test_case(is_met(true, 3000, 100), "headers that are cut: everything is searched");
}

int main(void)
{
	code();
	for (size_t i = 0; i < known_n; i++)
		row(&known_rows[i]);
	version("program", "OpenSSL 1.1.1k  25 Mar 2021", "1.1.1k");
	version("program", "OpenSSL 3.0.15 3 Sep 2024", "3.0.15");
	version("ruby", "ruby 3.1.2p20 (2022-04-12", "3.1.2p20");
	version("haproxy", "HAProxy version 2.7.3-1065b10, released", "2.7.3");
	version("python3.11", "~3.11~3.11.2~3.10.1~", "3.11.2");
	/* more packages than are held of one file: the first ones */
	struct known_file f = {.at = 0};
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(64));
	for (int i = 0; i < KNOWN_FOUND_MAX; i++)
		buf_addf(&b, "BusyBox v1.%d.1 ", i);
	known_begin(&f, B("x"), (struct bytes){NULL, 0});
	known_piece(&f, buf_bytes(&b));
	test_case(f.n_found == (size_t)KNOWN_FOUND_MAX && !f.is_cut,
	          "KNOWN_FOUND_MAX packages of one file");
	known_piece(&f, B("BusyBox v2.0.1 "));
	test_case(f.n_found == (size_t)KNOWN_FOUND_MAX && f.is_cut, "and one more");
	CHECK(KNOWN_FOUND_MAX == KNOWN_FOUND_MAX && KNOWN_VERSION_MAX == KNOWN_VERSION_MAX);
	for (int past = 0; past <= 1; past++) {
		struct known_file one = {.at = 0};
		buf_reset(&b);
		buf_addf(&b, "BusyBox v1.%0*d ", (int)KNOWN_VERSION_MAX - 2 + past, 1);
		known_begin(&one, B("x"), (struct bytes){NULL, 0});
		known_piece(&one, buf_bytes(&b));
		test_case(one.n_found == (past ? 0 : 1), "a version of KNOWN_VERSION_MAX bytes%s",
		          past ? " and one" : "");
	}
	return TEST_END();
}
