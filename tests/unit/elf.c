/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf.c - headers made here: plain, cut short, and at each bound.
 *
 * With names of files it tells of each what is seen, a line of words: kind, language, flags,
 * imports that check and that could, path.  tests/peers/hardening.py holds that against other
 * tools.
 */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

enum { HEADER = 64, SEGMENT = 56, SECTION = 64, SYMBOL = 24 };

static void le(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

struct made {
	uint8_t *p;
	size_t n;
};

static struct made make(size_t n, uint64_t segments, uint64_t sections)
{
	struct made m = {calloc(1, n), n};
	memcpy(m.p,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	le(m.p + 16, 3, 2);
	le(m.p + 18, 62, 2);
	le(m.p + 32, segments ? HEADER : 0, 8);
	le(m.p + 40, sections ? HEADER + segments * SEGMENT : 0, 8);
	le(m.p + 54, SEGMENT, 2);
	le(m.p + 56, segments, 2);
	le(m.p + 58, SECTION, 2);
	le(m.p + 60, sections < 0xff00 ? sections : 0, 2);
	if (sections >= 0xff00) /* then the first section says it */
		le(m.p + HEADER + segments * SEGMENT + 32, sections, 8);
	return m;
}

static void segment(struct made m, size_t i, uint32_t type, uint64_t at, uint64_t n)
{
	uint8_t *p = m.p + HEADER + i * SEGMENT;
	le(p, type, 4);
	le(p + 8, at, 8);
	le(p + 16, at, 8);
	le(p + 32, n, 8);
	le(p + 40, n, 8);
}

static int look(struct made m, struct err *e, unsigned *ret_flags)
{
	struct elf_piece piece;
	struct elf el;
	struct elf_facts f;
	*e = (struct err){.kind = ERR_NONE};
	if (elf_open_whole(bytes_of(m.p, m.n), &piece, &el, e) < 0)
		return -1;
	elf_facts_init(&f);
	int rc = elf_look(&el, &f, e);
	*ret_flags = f.flags;
	elf_facts_fini(&f);
	return rc;
}

static void expect(const char *name, struct made m, enum err_kind want)
{
	struct err e;
	unsigned flags;
	int rc = look(m, &e, &flags);
	if (!test_case(e.kind == want && (rc < 0) == (want != ERR_NONE), "elf: %s", name))
		printf("# %d %s\n", rc, e.msg);
	free(m.p);
}

/* A dynamic section of n entries of one tag; strings behind it. */
static struct made dynamic(uint64_t entries, uint64_t tag, size_t name)
{
	size_t at = HEADER + 2 * SEGMENT, text = at + (size_t)(entries + 2) * 16;
	struct made m = make(text + name + 1, 2, 0);
	segment(m, 0, 1, 0, m.n);
	segment(m, 1, 2, at, text - at);
	le(m.p + at, 5, 8); /* DT_STRTAB, DT_STRSZ */
	le(m.p + at + 8, text, 8);
	le(m.p + at + 16, 10, 8);
	le(m.p + at + 24, name + 1, 8);
	for (uint64_t i = 2; i < entries; i++)
		le(m.p + at + i * 16, tag, 8);
	memset(m.p + text, 'a', name);
	return m;
}

static struct made symbols(uint64_t n)
{
	size_t at = HEADER + 2 * SECTION;
	struct made m = make(at + (size_t)n * SYMBOL, 0, 2);
	uint8_t *p = m.p + HEADER + SECTION;
	le(p + 4, 11, 4);
	le(p + 24, at, 8);
	le(p + 32, n * SYMBOL, 8);
	le(p + 40, 0, 4);
	le(p + 56, SYMBOL, 8);
	return m;
}

static void bounds(void)
{
	uint64_t n = (uint64_t)ELF_SEGMENTS_MAX;
	expect("as many segments as may be", make(HEADER + n * SEGMENT, n, 0), ERR_NONE);
	expect("one segment more", make(HEADER + (n + 1) * SEGMENT, n + 1, 0), ERR_LIMIT);
	n = (uint64_t)ELF_SECTIONS_MAX;
	expect("as many sections as may be", make(HEADER + n * SECTION, 0, n), ERR_NONE);
	expect("one section more", make(HEADER + (n + 1) * SECTION, 0, n + 1), ERR_LIMIT);
	n = (uint64_t)ELF_DYNAMIC_MAX;
	expect("as many dynamic entries as may be", dynamic(n, 21, 1), ERR_NONE);
	expect("one entry more", dynamic(n + 1, 21, 1), ERR_LIMIT);
	expect("names as long as may be", dynamic(3, 1, (size_t)ELF_NAMES_MAX - 1), ERR_NONE);
	expect("names longer by one", dynamic(3, 1, (size_t)ELF_NAMES_MAX), ERR_LIMIT);
	expect("as many symbols as may be", symbols((uint64_t)ELF_SYMBOLS_MAX), ERR_NONE);
	expect("one symbol more", symbols((uint64_t)ELF_SYMBOLS_MAX + 1), ERR_LIMIT);
}

/* ---- the test's own program ---- */

static void tell(struct elf *el, char *to, size_t max)
{
	struct elf_facts f;
	struct err e = {.kind = ERR_NONE};
	elf_facts_init(&f);
	elf_look(el, &f, &e);
	snprintf(to, max, "%d %d %x %ju/%ju %ju %ju %.*s %.*s %.*s %s", f.kind, f.language, f.flags,
	         (uintmax_t)f.fortified, (uintmax_t)f.fortifiable, (uintmax_t)f.code,
	         (uintmax_t)f.extra, BYTES_FMT(f.interp), BYTES_FMT(buf_bytes(&f.needed)),
	         BYTES_FMT(buf_bytes(&f.unsafe)), e.msg);
	elf_facts_fini(&f);
}

/* What is kept of a stream says the same as the whole, however it is cut. */
static void streams(struct bytes file, const char *want)
{
	static const size_t steps[] = {512, 4096, 100003, 1 << 20};
	char have[4096];
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct elf_keep k;
		struct elf el;
		struct err e = {.kind = ERR_NONE};
		elf_keep_begin(&k, bytes_slice(file, 0, MIN_OF(steps[i], (size_t)8192)));
		for (size_t at = 0; at < file.n; at += steps[i])
			elf_keep_piece(&k, bytes_slice(file, at, at + steps[i]));
		have[0] = '\0';
		if (elf_keep_end(&k, &el, &e) == 0)
			tell(&el, have, sizeof have);
		if (!test_case(!strcmp(have, want) && !el.is_lacking,
		               "elf: kept of pieces of %zu bytes", steps[i]))
			printf("# %s\n# %s\n", have, want);
		elf_keep_fini(&k);
	}
}

/* A program whose section table is taken off calls what it called before: the loader needs none. */
static void own(void)
{
	AUTO_BUF struct buf b = {0};
	struct elf_piece piece;
	struct elf el;
	struct elf_facts with, without;
	struct err e = {.kind = ERR_NONE};
	char want[4096];
	CHECK(file_read("/proc/self/exe", MIB(64), &b, &e) == 0);
	CHECK(elf_open_whole(buf_bytes(&b), &piece, &el, &e) == 0);
	tell(&el, want, sizeof want);
	streams(buf_bytes(&b), want);
	elf_facts_init(&with);
	elf_facts_init(&without);
	CHECK(elf_look(&el, &with, &e) == 0 && with.fortified + with.fortifiable > 0);
	memset(b.p + 40, 0, 8);
	memset(b.p + 60, 0, 4);
	CHECK(elf_open_whole(buf_bytes(&b), &piece, &el, &e) == 0 && elf_sections(&el) == 0);
	CHECK(elf_look(&el, &without, &e) == 0);
	unsigned seen = ELF_HAS_SYMBOLS | ELF_HAS_DEBUG; /* these the sections alone say */
	CHECK((with.flags & ~seen) == without.flags && !(without.flags & ELF_NO_IMPORTS));
	CHECK(with.fortified == without.fortified && with.fortifiable == without.fortifiable);
	elf_facts_fini(&with);
	elf_facts_fini(&without);
}

/* A file of n bytes that lie all in places that are kept: past the bound the rest is lacking. */
static void kept(void)
{
	for (size_t over = 0; over < 2; over++) {
		struct made m = make((size_t)ELF_KEPT_MAX + over, 0, 0);
		struct elf_keep k;
		struct elf el;
		struct err e;
		struct bytes b;
		le(m.p + 16, 1, 2); /* to be linked: has no segments */
		elf_keep_begin(&k, bytes_of(m.p, 4096));
		elf_keep_piece(&k, bytes_of(m.p, m.n));
		CHECK(elf_keep_end(&k, &el, &e) == 0);
		CHECK(elf_bytes(&el, m.n - 1, 1, &b) == !over && el.is_lacking == (over > 0));
		elf_keep_fini(&k);
		free(m.p);
	}
}

/* Whether byte `at` of the file is held when it has gone by. */
static bool holds(struct made m, uint64_t at)
{
	struct elf_keep k;
	struct elf el;
	struct err e;
	struct bytes b;
	elf_keep_begin(&k, bytes_of(m.p, MIN_OF(m.n, (size_t)4096)));
	elf_keep_piece(&k, bytes_of(m.p, m.n));
	bool is_held = elf_keep_end(&k, &el, &e) == 0 && elf_bytes(&el, at, 1, &b);
	elf_keep_fini(&k);
	return is_held;
}

/* What is held of a file that goes by, at each bound and one past it. */
static void places(void)
{
	const size_t head = HEADER + 64 * SEGMENT;
	for (size_t past = 0; past <= 1; past++) {
		/* the start, where code is not apart; a Go program has a note there */
		struct made m = make(MIB(12), 1, 0);
		segment(m, 0, 1, 0, m.n);
		le(m.p + HEADER + 4, 5, 4);
		CHECK(holds(m, ELF_HEAD_KEPT_MAX - 1 + past) == !past);
		memcpy(m.p + head, "\4\0\0\0\1\0\0\0\4\0\0\0Go\0\0", 16);
		CHECK(holds(m, ELF_GO_KEPT_MAX - 1 + past) == !past);
		free(m.p);
		/* a segment that is held whole, behind the start */
		m = make(MIB(16), 2, 0);
		segment(m, 0, 1, 0, m.n);
		le(m.p + HEADER + 4, 5, 4);
		segment(m, 1, 1, MIB(9), ELF_SMALL_KEPT_MAX + past);
		le(m.p + HEADER + SEGMENT + 4, 4, 4);
		CHECK(holds(m, MIB(9)) == !past);
		free(m.p);
		/* names before a table at the end, symbols before them: 12 MiB in between */
		m = make(MIB(32), 1, 0);
		segment(m, 0, 1, 0, MIB(9));
		le(m.p + HEADER + 4, 5, 4);
		le(m.p + 40, MIB(31), 8);
		le(m.p + 60, 1, 2);
		CHECK(holds(m, MIB(31) - ELF_NAMES_KEPT_MAX - past) == !past);
		le(m.p + 40, MIB(9) + ELF_NAMES_KEPT_MAX + ELF_SYMBOLS_KEPT_MAX + past, 8);
		CHECK(holds(m, MIB(9)) == !past);
		/* a table amid the segments */
		segment(m, 0, 1, 0, MIB(31));
		le(m.p + 40, MIB(20), 8);
		CHECK(holds(m, MIB(20) - ELF_INNER_KEPT_MAX - past) == !past);
		CHECK(holds(m, MIB(20) + ELF_INNER_KEPT_MAX - 1 + past) == !past);
		free(m.p);
		/* as many places as may be, the start among them, and one more */
		size_t n = ELF_RANGES_MAX - 1 + past;
		m = make(MIB(16), n + 1, 0);
		segment(m, 0, 1, 0, m.n);
		le(m.p + HEADER + 4, 5, 4);
		for (size_t i = 0; i < n; i++)
			segment(m, 1 + i, 4, MIB(9) + i * 64, 16);
		/* the start is asked for last; a file without it is none */
		CHECK(holds(m, MIB(9) + (n - 1) * 64) == !past);
		free(m.p);
	}
}

static int tell_files(char **names)
{
	for (; *names; names++) {
		AUTO_BUF struct buf b = {0};
		struct elf_piece piece;
		struct elf el;
		struct elf_facts f;
		struct err e = {.kind = ERR_NONE};
		if (file_read(*names, (size_t)ELF_FILE_MAX, &b, &e) < 0 ||
		    elf_open_whole(buf_bytes(&b), &piece, &el, &e) < 0)
			continue;
		elf_facts_init(&f);
		if (elf_look(&el, &f, &e) == 0)
			printf("%d %d %u %ju %ju %u %s\n", f.kind, f.language, f.flags,
			       (uintmax_t)f.fortified, (uintmax_t)f.fortifiable, el.machine,
			       *names);
		elf_facts_fini(&f);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return tell_files(argv + 1);
	own();
	kept();
	places();
	expect("a header alone", make(HEADER, 0, 0), ERR_NONE);
	expect("a header that is cut", make(HEADER - 1, 0, 0), ERR_FORMAT);
	expect("segments past the end", make(HEADER + SEGMENT, 2, 0), ERR_FORMAT);
	struct made m = make(HEADER + SEGMENT, 1, 0);
	segment(m, 0, 3, 1 << 20, 10);
	expect("an interpreter past the end", m, ERR_FORMAT);
	bounds();
	CHECK(elf_name(B("gets")) == (ELF_NAME_UNSAFE | ELF_NAME_FORTIFIABLE));
	CHECK(elf_name(B("__memcpy_chk")) == ELF_NAME_FORTIFIED && !elf_name(B("main")));
	CHECK(elf_format(B("#!/bin/sh\n")) == ELF_NONE);
	_Static_assert((int)ELF_KEPT_MAX < (int)ELF_FILE_MAX, "the held part of what is read");
	_Static_assert((int)ELF_FILE_MAX <= (int)INSPECT_FILE_MAX, "within that of any file");
	return TEST_END();
}
