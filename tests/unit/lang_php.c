/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_php.c - extensions of PHP, put together here as Zend/zend_modules.h of PHP 8.2 has struct
 * _zend_module_entry, for pointers of 4 and 8 bytes, with and without relocations.
 */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

enum {
	ADDRESS = 0x10000, /* of the file's first byte */
	DYNAMIC = 0x200,
	TEXTS = 0x300,
	MODULE = 0x500,
	RELOCATIONS = 0x900,
	END = 0x1000,
};

struct made {
	uint8_t b[END];
	bool is_64, is_big, has_relocations;
	size_t n_texts, n_relocations;
};

static void put(struct made *m, size_t at, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		m->b[at + i] = (uint8_t)(v >> (8 * (m->is_big ? n - 1 - i : i)));
}

static void word(struct made *m, size_t at, uint64_t v) { put(m, at, v, m->is_64 ? 8 : 4); }

/* A pointer at `at` to what will be at the address `to`. */
static void point(struct made *m, size_t at, uint64_t to)
{
	size_t w = m->is_64 ? 8 : 4, r = RELOCATIONS + 3 * w * m->n_relocations;
	if (!m->has_relocations) {
		word(m, at, to);
		return;
	}
	m->n_relocations++;
	word(m, r, ADDRESS + at);
	word(m, r + w, 8); /* R_X86_64_RELATIVE */
	word(m, r + 2 * w, to);
}

static void text(struct made *m, size_t at, const char *s)
{
	if (!s)
		return;
	memcpy(m->b + TEXTS + m->n_texts, s, strlen(s) + 1);
	point(m, at, ADDRESS + TEXTS + m->n_texts);
	m->n_texts += strlen(s) + 1;
}

static void segment(struct made *m, size_t i, unsigned type, unsigned flags, size_t at, size_t n)
{
	size_t p = (m->is_64 ? 64 : 52) + i * (m->is_64 ? 56 : 32);
	put(m, p, type, 4);
	put(m, p + (m->is_64 ? 4 : 24), flags, 4);
	word(m, p + (m->is_64 ? 8 : 4), at);
	word(m, p + (m->is_64 ? 16 : 8), ADDRESS + at);
	word(m, p + (m->is_64 ? 32 : 16), n);
	word(m, p + (m->is_64 ? 40 : 20), n);
}

static void head(struct made *m)
{
	memcpy(m->b,
	       "\x7f"
	       "ELF",
	       4);
	m->b[4] = m->is_64 ? 2 : 1;
	m->b[5] = m->is_big ? 2 : 1;
	m->b[6] = 1;
	put(m, 16, 3, 2);
	word(m, m->is_64 ? 32 : 28, m->is_64 ? 64 : 52);
	put(m, m->is_64 ? 54 : 42, m->is_64 ? 56 : 32, 2);
	put(m, m->is_64 ? 56 : 44, 2, 2);
	segment(m, 0, 1, 6, 0, END);
	segment(m, 1, 2, 6, DYNAMIC, 0x80);
}

/* The first bytes of an entry, which pointers follow. */
static void begin(struct made *m, size_t at)
{
	put(m, at, m->is_64 ? 168 : 92, 2);
	put(m, at + 4, 20220829, 4);
}

struct wish {
	bool is_32, is_big, has_relocations;
	const char *name, *version, *build;
	size_t others; /* entries before it that are none */
};

static void make(struct made *m, const struct wish *w)
{
	size_t at = MODULE + 16 * w->others, b = w->is_32 ? 4 : 8;
	*m = (struct made){
		.is_64 = !w->is_32, .is_big = w->is_big, .has_relocations = w->has_relocations};
	head(m);
	for (size_t i = 0; i <= w->others; i++)
		begin(m, MODULE + 16 * i);
	text(m, at + (w->is_32 ? 20 : 32), w->name);
	text(m, at + (w->is_32 ? 48 : 88), w->version);
	text(m, at + (w->is_32 ? 88 : 160), w->build);
	word(m, DYNAMIC, 7); /* DT_RELA, DT_RELASZ */
	word(m, DYNAMIC + b, ADDRESS + RELOCATIONS);
	word(m, DYNAMIC + 2 * b, 8);
	word(m, DYNAMIC + 3 * b, 3 * b * m->n_relocations);
}

#define BUILD "API20220829,NTS"

static const struct {
	const char *what;
	struct wish w;
	const char *want; /* name|version, "none", or the error */
} rows[] = {
	{"relocations with addends",
         {.has_relocations = true, .name = "bcmath", .version = "8.2.7", .build = BUILD},
         "bcmath|8.2.7"															},
	{"pointers in place",                 {.name = "redis", .version = "6.0.2", .build = BUILD}, "redis|6.0.2"                             },
	{"32 bits",
         {.is_32 = true, .name = "redis", .version = "6.0.2", .build = BUILD},
         "redis|6.0.2"															 },
	{"32 bits with addends, big-endian",
         {.is_32 = true,
          .is_big = true,
          .has_relocations = true,
          .name = "zip",
          .version = "1.21.1",
          .build = BUILD},
         "zip|1.21.1"															  },
	{"64 bits, big-endian",
         {.is_big = true,
          .has_relocations = true,
          .name = "Zend OPcache",
          .version = "8.2.7",
          .build = BUILD},
         "Zend OPcache|8.2.7"														  },
	{"a version behind its name",
         {.name = "mysqlnd", .version = "mysqlnd 8.2.7", .build = BUILD},
         "mysqlnd|8.2.7"														       },
	{"a version of words",                {.name = "x", .version = "1.0 beta", .build = BUILD},  "x|1.0 beta"                              },
	{"built with debug code and threads",
         {.name = "x", .version = "1", .build = "API20220829,TS,debug"},
         "x|1"																 },
	{"no version",			{.name = "x", .build = BUILD},                         "none"                                    },
	{"no build",			  {.name = "x", .version = "1"},                         "none"                                    },
	{"the build of another API",
         {.name = "x", .version = "1", .build = "API20210902,NTS"},
         "none"																},
	{"a build that is cut",               {.name = "x", .version = "1", .build = "API2022"},     "none"                                    },
	{"no name",			   {.version = "1", .build = BUILD},                      "a module of PHP: the package has no name"},
	{"a control character",
         {.name = "x\033[m", .version = "1", .build = BUILD},
         "a module of PHP: a control character in the name"										    },
	{"PHP_MODULES_MAX places",
         {.name = "x", .version = "1", .build = BUILD, .others = PHP_MODULES_MAX - 1},
         "x|1"																 },
	{"one place more",
         {.name = "x", .version = "1", .build = BUILD, .others = PHP_MODULES_MAX},
         "more than 16 places look like a module's"											    },
};

static const char *read_it(struct bytes file, struct arena *a)
{
	struct lang_package p;
	struct err e;
	int rc = lang_php_extension(file, a, &p, &e);
	if (rc < 0)
		return arena_printf(a, "%s", e.msg);
	return rc ? arena_printf(a, "%.*s|%.*s", BYTES_FMT(p.name), BYTES_FMT(p.version)) : "none";
}

/* Pointers and tables that lead nowhere. */
static void lost(struct made *m, struct arena *a)
{
	const struct wish w = {
		.has_relocations = true, .name = "x", .version = "1", .build = BUILD};
	make(m, &w);
	word(m, DYNAMIC + 8, UINT64_MAX - 4);
	CHECK(!strcmp(read_it(bytes_of(m->b, END), a), "none"));
	make(m, &w);
	word(m, DYNAMIC + 24, UINT64_MAX);
	CHECK(!strcmp(read_it(bytes_of(m->b, END), a), "none"));
	make(m, &w);
	word(m, RELOCATIONS + 64, UINT64_MAX); /* of the build */
	CHECK(!strcmp(read_it(bytes_of(m->b, END), a), "none"));
	make(m, &w);
	memset(m->b + TEXTS, 'x', END - TEXTS - 0x800); /* a text as long as all that follows */
	CHECK(!strstr(read_it(bytes_of(m->b, END), a), "|1"));
	make(m, &w);
	segment(m, 0, 1, 6, 0, END + 1);
	CHECK(strstr(read_it(bytes_of(m->b, END), a), "a segment at byte 0 lies past its end"));
	make(m, &w);
	segment(m, 0, 1, 4, 0, END); /* nothing may be written */
	CHECK(!strcmp(read_it(bytes_of(m->b, END), a), "none"));
}

int main(void)
{
	static struct made m;
	AUTO_ARENA struct arena *a = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		make(&m, &rows[i].w);
		const char *got = read_it(bytes_of(m.b, END), a);
		if (!test_case(!strcmp(got, rows[i].want), "%s", rows[i].what))
			printf("# got  %s\n# want %s\n", got, rows[i].want);
	}
	make(&m, &rows[0].w);
	size_t told = 0;
	for (size_t n = 0; n < END; n++)
		told += !strcmp(read_it(bytes_of(m.b, n), a), rows[0].want);
	test_case(told == 0, "cut short at any byte it is none, or broken");
	lost(&m, a);
	CHECK(!strcmp(read_it(B(""), a), "none"));
	CHECK(!strcmp(read_it(B("INPUT(-lphp)\n"), a), "none"));
	return TEST_END();
}
