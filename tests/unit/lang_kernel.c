/* SPDX-License-Identifier: Apache-2.0 */
/* lang_kernel.c - kernels, modules and package notes, in files that are put together here. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

static const char *read_with(int (*reader)(struct bytes, struct arena *, struct lang_package *,
                                           struct err *),
                             struct bytes b, struct arena *a)
{
	struct lang_package p = {.scope = LANG_RUN};
	struct err e;
	int rc = reader(b, a, &p, &e);
	if (rc < 0)
		return arena_printf(a, "%s", e.msg);
	return rc ? arena_printf(a, "%.*s|%.*s|%.*s", BYTES_FMT(p.name), BYTES_FMT(p.version),
	                         BYTES_FMT(p.cpe))
	          : "none";
}

static void put(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* An ELF file with a segment of notes, one note in it. */
static size_t note(uint8_t *b, size_t size, const char *owner, uint32_t type, struct bytes body)
{
	enum { AT = 64 + 56 };
	memset(b, 0, size);
	memcpy(b,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	put(b + 16, 3, 2);
	put(b + 32, 64, 8);
	put(b + 54, 56, 2);
	put(b + 56, 1, 2);
	size_t n = 12 + 4 + (body.n + 3) / 4 * 4;
	put(b + 64, 4, 4); /* PT_NOTE */
	put(b + 64 + 8, AT, 8);
	put(b + 64 + 32, n, 8);
	put(b + 64 + 48, 4, 8);
	put(b + AT, 4, 4);
	put(b + AT + 4, body.n, 4);
	put(b + AT + 8, type, 4);
	memcpy(b + AT + 12, owner, 4);
	memcpy(b + AT + 16, body.p, body.n);
	return AT + n;
}

static const struct {
	const char *what, *owner;
	uint32_t type;
	const char *body, *want;
} notes[] = {
	{"a note",              "FDO", 0xcafe1a7e,
         "{\"type\":\"rpm\",\"name\":\"a\",\"version\":\"1-2\",\"osCpe\":\"cpe:/"
         "o:fedoraproject:fedora:36\"}",                                                        "fedora/a|1-2|"                    },
	{"its system by name",  "FDO", 0xcafe1a7e,
         "{\"name\":\"a\",\"version\":\"1\",\"os\":\"debian\",\"osVersion\":\"13\"}",           "debian/a|1|"		      },
	{"of no system",        "FDO", 0xcafe1a7e, "{\"name\":\"a\",\"version\":\"1\"}",        "a|1|"                             },
	{"a CPE name",          "FDO", 0xcafe1a7e,
         "{\"name\":\"a\",\"version\":\"1\",\"appCpe\":\"cpe:2.3:a:x:a:1:*:*:*:*:*:*:*\"}",     "a|1|cpe:2.3:a:x:a:1:*:*:*:*:*:*:*"},
	{"another owner",       "GNU", 0xcafe1a7e, "{\"name\":\"a\",\"version\":\"1\"}",        "none"                             },
	{"another note",        "FDO", 0x407c0c0a, "{\"name\":\"a\",\"version\":\"1\"}",        "none"                             },
	{"no version",          "FDO", 0xcafe1a7e, "{\"name\":\"a\"}",                          "none"                             },
	{"no JSON",             "FDO", 0xcafe1a7e, "x",
         "package note: line 1, column 1: invalid token near 'x'"								  },
	{"a control character", "FDO", 0xcafe1a7e, "{\"name\":\"a\\u0007\",\"version\":\"1\"}",
         "package note: a control character in the name"									   },
};

static void note_rows(struct arena *a)
{
	static uint8_t b[4096];
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		size_t n =
			note(b, sizeof b, notes[i].owner, notes[i].type, bytes_str(notes[i].body));
		const char *got = read_with(lang_elf_note, bytes_of(b, n), a);
		if (!test_case(!strcmp(got, notes[i].want), "note: %s", notes[i].what))
			printf("# got  %s\n# want %s\n", got, notes[i].want);
	}
	size_t n = note(b, sizeof b, notes[0].owner, notes[0].type, bytes_str(notes[0].body)),
	       told = 0;
	for (size_t i = 0; i < n; i++)
		told += strcmp(read_with(lang_elf_note, bytes_of(b, i), a), "none") != 0;
	test_case(told == 0, "note: cut at any byte it is none");
	put(b + 64 + 56, UINT32_MAX, 4); /* the owner's length */
	CHECK(!strcmp(read_with(lang_elf_note, bytes_of(b, n), a), "none"));
	put(b + 64 + 32, UINT64_MAX, 8); /* the segment's */
	CHECK(!strcmp(read_with(lang_elf_note, bytes_of(b, n), a), "none"));
}

static void note_size(struct arena *a)
{
	static const char text[] = "{\"name\":\"a\",\"version\":\"1\"}";
	static uint8_t b[KIB(80)], body[KIB(72)];
	for (size_t past = 0; past <= 1; past++) {
		size_t size = (size_t)ELF_NOTE_MAX + past;
		memset(body, ' ', size);
		memcpy(body + size - strlen(text), text, strlen(text));
		size_t n = note(b, sizeof b, "FDO", 0xcafe1a7e, bytes_of(body, size));
		const char *got = read_with(lang_elf_note, bytes_of(b, n), a);
		test_case(!strcmp(got, "a|1|") == !past, "ELF_NOTE_MAX and %zu: %s", past, got);
	}
}

static void kernels(struct arena *a)
{
	static uint8_t b[0x1000];
	put(b + 0x20e, 0x400, 2);
	memcpy(b + 0x202, "HdrS", 4);
	memcpy(b + 0x600, "6.1.0-13-amd64 (a@b) #1 SMP", 28);
	CHECK(!strcmp(read_with(lang_kernel, bytes_of(b, sizeof b), a),
	              "linux-kernel|6.1.0-13-amd64|"));
	CHECK(!strcmp(read_with(lang_kernel, bytes_of(b, 0x610), a), "none"));
	put(b + 0x20e, 0xffff, 2);
	CHECK(!strcmp(read_with(lang_kernel, bytes_of(b, sizeof b), a), "none"));
	CHECK(!strcmp(
		read_with(lang_kernel, B("Linux version %s (%s)\0Linux version 6.6.1 (a@b)"), a),
		"linux-kernel|6.6.1|"));
	CHECK(!strcmp(read_with(lang_kernel, B("Linux version "), a), "none"));
	CHECK(!strcmp(read_with(lang_kernel, B(""), a), "none"));
	CHECK(!strcmp(read_with(lang_kernel, B("Linux version 6\033[m (x)"), a),
	              "a kernel: a control character in the version"));
}

/* An object whose first section is .modinfo. */
static size_t module(uint8_t *b, size_t size, struct bytes info)
{
	static const char names[] = "\0.modinfo\0.shstrtab";
	size_t at = 64, table = at + 64 + info.n;
	memset(b, 0, size);
	memcpy(b,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	put(b + 16, 1, 2);
	put(b + 40, table, 8);
	put(b + 58, 64, 2);
	put(b + 60, 3, 2);
	put(b + 62, 2, 2);
	memcpy(b + at, names, sizeof names);
	memcpy(b + at + 64, info.p, info.n);
	const uint64_t rows[2][3] = {
		{1,  at + 64, info.n      },
                {10, at,      sizeof names}
        };
	for (size_t i = 0; i < 2; i++) {
		uint8_t *s = b + table + 64 * (i + 1);
		put(s, rows[i][0], 4);
		put(s + 4, 1, 4);
		put(s + 24, rows[i][1], 8);
		put(s + 32, rows[i][2], 8);
	}
	return table + 3 * 64;
}

static void modules(struct arena *a)
{
	static const struct {
		struct bytes info;
		const char *want;
	} rows[] = {
		{B("version=2.2.2-1\0license=CDDL\0name=zfs\0"), "zfs|2.2.2-1|"                                },
		{B("license=GPL\0name=ext4\0"),                  "none"                                        },
		{B("version=1\0"),                               "none"                                        },
		{B("name=a\0version=1"),                         "a|1|"                                        },
		{B("name=a\n\0version=1\n2\0"),                  ".modinfo: a control character in the version"},
		{B(""),					  "none"					},
	};
	static uint8_t b[4096];
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = module(b, sizeof b, rows[i].info);
		const char *got = read_with(lang_kernel_module, bytes_of(b, n), a);
		if (!test_case(!strcmp(got, rows[i].want), "module %zu", i))
			printf("# got  %s\n# want %s\n", got, rows[i].want);
	}
	CHECK(!strcmp(read_with(lang_kernel_module, B("x"), a), "none"));
	CHECK(strstr(read_with(lang_kernel_module, bytes_of(b, 40), a), "cut"));
}

int main(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	note_rows(a);
	note_size(a);
	kernels(a);
	modules(a);
	return TEST_END();
}
