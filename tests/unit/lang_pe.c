/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_pe.c - the version resource of assemblies of .NET, in files that are put together here as
 * Microsoft's "PE Format" and "VS_VERSIONINFO structure" have them.
 */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

enum { DOS = 0x40, OPTIONAL = 240, SECTIONS = DOS + 24 + OPTIONAL, RAW = 0x2000, ADDRESS = 0x8000 };

struct made {
	uint8_t b[0x4000];
	size_t n;
};

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, size_t v)
{
	put16(p, v & 0xffff);
	put16(p + 2, v >> 16);
}

static size_t up(size_t n) { return (n + 3) & ~(size_t)3; }

/* A block that begins at `at`: its header and key; returns where its value begins. */
static size_t block(struct made *m, size_t at, const char *key, size_t n_value, unsigned kind)
{
	put16(m->b + at + 2, n_value);
	put16(m->b + at + 4, kind);
	size_t to = at + 6;
	for (; *key; key++, to += 2)
		put16(m->b + to, (uint8_t)*key);
	return up(to + 2);
}

static size_t string(struct made *m, size_t at, const char *key, const char *value)
{
	size_t n = strlen(value) + 1, to = block(m, at, key, n, 1);
	for (size_t i = 0; i < n; i++, to += 2)
		put16(m->b + to, (uint8_t)value[i]);
	put16(m->b + at, to - at);
	return up(to);
}

/* strings: pairs of key and value, ended by NULL. */
static size_t version(struct made *m, size_t at, const char *const *strings)
{
	size_t info = block(m, at, "VS_VERSION_INFO", 52, 0) + 52;
	size_t table = block(m, info, "StringFileInfo", 0, 1);
	size_t to = block(m, table, "000004b0", 0, 1);
	for (; strings[0]; strings += 2)
		to = string(m, to, strings[0], strings[1]);
	put16(m->b + table, to - table);
	put16(m->b + info, to - info);
	put16(m->b + at, to - at);
	return to;
}

struct wish {
	unsigned sections; /* empty ones before that of the resources */
	unsigned others;   /* entries of resources before the version's */
	bool is_native;
	const char *const *strings;
};

static void make(struct made *m, const struct wish *w)
{
	memset(m, 0, sizeof *m);
	memcpy(m->b, "MZ", 2);
	put32(m->b + 60, DOS);
	memcpy(m->b + DOS, "PE\0\0", 4);
	put16(m->b + DOS + 6, w->sections + 1);
	put16(m->b + DOS + 20, OPTIONAL);
	uint8_t *o = m->b + DOS + 24, *s = m->b + SECTIONS + (size_t)w->sections * 40;
	put16(o, 0x20b);
	put32(o + 108, 16);
	put32(o + 112 + 16, ADDRESS);
	put32(o + 112 + 14 * 8, w->is_native ? 0 : ADDRESS);
	put32(s + 12, ADDRESS);
	put32(s + 16, sizeof m->b - RAW);
	put32(s + 20, RAW);
	/* three directories, each an entry (the first behind others), then the leaf */
	uint8_t *r = m->b + RAW;
	size_t dir = 16 + 8 * ((size_t)w->others + 1);
	put16(r + 14, w->others + 1);
	put32(r + dir - 8, 16);
	put32(r + dir - 4, 0x80000000u | dir);
	put16(r + dir + 14, 1);
	put32(r + dir + 20, 0x80000000u | (dir + 24));
	put16(r + dir + 24 + 14, 1);
	put32(r + dir + 24 + 20, dir + 48);
	size_t at = up(dir + 64);
	size_t end = version(m, RAW + at, w->strings);
	put32(r + dir + 48, ADDRESS + at);
	put32(r + dir + 52, end - RAW - at);
	m->n = end;
}

static const char *const plain[] = {"InternalName", "A.B.dll", "ProductVersion", "4.7.3+abc", NULL};

static const struct {
	const char *what;
	struct wish w;
	const char *want; /* name|version, "none", or the error */
} rows[] = {
	{"name and version",			      {.strings = plain},                                            "A.B|4.7.3"},
	{"not of .NET",				   {.strings = plain, .is_native = true},                         "none"     },
	{"the name of the file where it says none",
         {.strings = (const char *const[]){"FileVersion", "1.2.0.0", NULL}},
         "Own|1.2.0.0"													      },
	{"the original name; a product version of words",
         {.strings =
                  (const char *const[]){"ProductVersion", "(unknown)", "OriginalFilename", "O.EXE",
                                        "FileVersion", "4.6.26515.06 @BuiltBy: x", NULL}},
         "O|4.6.26515.06"													   },
	{"no version",				    {.strings = (const char *const[]){"InternalName", "a", NULL}}, "none"     },
	{"a control character",
         {.strings = (const char *const[]){"InternalName", "a\033", "FileVersion", "1", NULL}},
         "a control character in the name"											  },
	{"PE_SECTIONS_MAX",			       {.strings = plain, .sections = PE_SECTIONS_MAX - 1},           "A.B|4.7.3"},
	{"one section more",
         {.strings = plain, .sections = PE_SECTIONS_MAX},
         "PE: 97 sections, at most 96"											      },
	{"behind other resources",                        {.strings = plain, .others = 100},                             "A.B|4.7.3"},
};

static const char *read_it(struct bytes file, struct arena *a)
{
	struct lang_package p;
	struct err e;
	int rc = lang_pe(file, B("Own.dll"), a, &p, &e);
	if (rc < 0)
		return arena_printf(a, "%s", e.msg);
	return rc ? arena_printf(a, "%.*s|%.*s", BYTES_FMT(p.name), BYTES_FMT(p.version)) : "none";
}

/* Directories of PE_RESOURCES_MAX entries in all are gone through, and no further. */
static void check_resources(void)
{
	enum { BIG = 0x20000 };
	static uint8_t big[BIG];
	static struct made m;
	AUTO_ARENA struct arena *a = arena_new();
	for (unsigned more = 0; more < 2; more++) {
		/* the tables of names and languages cost one each */
		unsigned others = (unsigned)PE_RESOURCES_MAX - 3 + more;
		make(&m, &(struct wish){.strings = plain});
		memset(big, 0, sizeof big);
		memcpy(big, m.b, RAW);
		put32(big + SECTIONS + 16, BIG - RAW);
		/* the entry of the version last, its directory and what follows moved behind it */
		size_t moved = 8 * (size_t)others;
		memcpy(big + RAW + 24 + moved, m.b + RAW + 24, m.n - RAW - 24);
		uint8_t *r = big + RAW;
		put16(r + 14, others + 1);
		put32(r + 16 + moved, 16);
		put32(r + 20 + moved, 0x80000000u | (24 + moved));
		put32(r + 24 + moved + 20, 0x80000000u | (48 + moved));
		put32(r + 48 + moved + 20, 72 + moved);
		put32(r + 72 + moved, ADDRESS + 88 + moved);
		const char *got = read_it(bytes_of(big, BIG), a);
		if (!test_case(!strcmp(got, more ? "none" : "A.B|4.7.3"), "%s",
		               more ? "one entry more" : "PE_RESOURCES_MAX"))
			printf("# got %s\n", got);
	}
}

int main(void)
{
	static struct made m;
	AUTO_ARENA struct arena *a = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		make(&m, &rows[i].w);
		const char *got = read_it(bytes_of(m.b, m.n), a);
		if (!test_case(!strcmp(got, rows[i].want), "%s", rows[i].what))
			printf("# got  %s\n# want %s\n", got, rows[i].want);
	}
	make(&m, &(struct wish){.strings = plain});
	size_t told = 0;
	for (size_t n = 0; n < m.n; n++)
		told += !strcmp(read_it(bytes_of(m.b, n), a), "A.B|4.7.3");
	test_case(told <= 8, "cut short at any byte it is not read past its end");
	check_resources();
	CHECK(!strcmp(read_it(B(""), a), "none"));
	CHECK(!strcmp(read_it(B("#!/bin/sh\n"), a), "none"));
	return TEST_END();
}
