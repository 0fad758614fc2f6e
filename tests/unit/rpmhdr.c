/* SPDX-License-Identifier: Apache-2.0 */
/* rpmhdr.c - one rpm header: its fields, its files, and every way its numbers can lie. */
#include "fmt/rpmhdr.h"

#include <string.h>

#include "lib/rpmmake.h"
#include "test.h"

/* Offsets in the blob: il, dl, then entries of 16 bytes. */
enum { AT_IL = 0, AT_DL = 4, AT_ENTRIES = 8, ENTRY = 16, E_TYPE = 4, E_OFFSET = 8, E_COUNT = 12 };

static const uint8_t modes[] = {0x81, 0xa4, 0x41, 0xed, 0xa1, 0xff}; /* 0100644 040755 0120777 */
static const uint8_t flags[] = {0, 0, 0, 1, 0, 0, 0, 0x40, 0, 0, 0, 2};
static const uint8_t dirs[] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1};
static const uint8_t sizes[] = {0, 0, 0, 5, 0, 0, 0x10, 0, 0, 0, 0, 3};
static const uint8_t states[] = {0, 2, 1};

enum {
	E_NAME,
	E_VERSION,
	E_RELEASE,
	E_EPOCH,
	E_SIZES,
	E_STATES,
	E_MODES,
	E_DIGESTS,
	E_BASENAMES = 13
};

static void make_full(struct buf *ret)
{
	struct mkhdr m;
	mkhdr_init(&m);
	mkhdr_text(&m, 1000, "zlib");
	mkhdr_text(&m, 1001, "1.2.11");
	mkhdr_text(&m, 1002, "17.el8");
	mkhdr_num(&m, 1003, 7);
	mkhdr_add(&m, 1028, MK_INT32, bytes_of(sizes, 12), 3);
	mkhdr_add(&m, 1029, MK_CHAR, bytes_of(states, 3), 3);
	mkhdr_add(&m, 1030, MK_INT16, bytes_of(modes, 6), 3);
	mkhdr_add(&m, 1035, MK_ARRAY, bytes_of("d41d8cd9\0\0\0", 11), 3);
	mkhdr_add(&m, 1036, MK_ARRAY, bytes_of("\0\0../a\0", 7), 3);
	mkhdr_add(&m, 1037, MK_INT32, bytes_of(flags, 12), 3);
	mkhdr_add(&m, 1039, MK_ARRAY, bytes_of("root\0bin\0root", 14), 3);
	mkhdr_add(&m, 1040, MK_ARRAY, bytes_of("wheel\0bin\0root", 15), 3);
	mkhdr_add(&m, 1116, MK_INT32, bytes_of(dirs, 12), 3);
	mkhdr_add(&m, 1117, MK_ARRAY, bytes_of("a.conf\0run\0link", 16), 3);
	mkhdr_add(&m, 1118, MK_ARRAY, bytes_of("/var/\0/etc/", 12), 2);
	mkhdr_text(&m, 1010, "el8");
	mkhdr_text(&m, 1011, "AlmaLinux");
	mkhdr_text(&m, 1014, "zlib and Boost");
	mkhdr_text(&m, 1015, "AlmaLinux Packaging Team");
	mkhdr_text(&m, 1022, "x86_64");
	mkhdr_text(&m, 1044, "zlib-1.2.11-17.el8.src.rpm");
	mkhdr_text(&m, 5096, "zlib:1:2:3");
	mkhdr_num(&m, 1006, 1600000000);
	mkhdr_num(&m, 1008, 1700000000);
	mkhdr_num(&m, 5011, 8);
	mkhdr_add(&m, 261, MK_BIN, bytes_of("0123456789abcdef", 16), 16);
	mkhdr_add(&m, 268, MK_BIN, bytes_of("signature", 9), 9);
	mkhdr_end(&m, ret);
}

static int parse(const struct buf *b, struct rpmhdr *h, struct err *e)
{
	e->kind = ERR_NONE;
	return rpmhdr_parse(buf_bytes(b), h, e);
}

#define IS(field, text) CHECK(bytes_eq(field, B(text)))

static void test_fields(void)
{
	AUTO_BUF struct buf b;
	struct rpmhdr h;
	struct err e;
	buf_init(&b, 1 << 20);
	make_full(&b);
	CHECK(parse(&b, &h, &e) == 0);
	IS(h.name, "zlib");
	IS(h.version, "1.2.11");
	IS(h.release, "17.el8");
	IS(h.arch, "x86_64");
	IS(h.sourcerpm, "zlib-1.2.11-17.el8.src.rpm");
	IS(h.licence, "zlib and Boost");
	IS(h.vendor, "AlmaLinux");
	IS(h.packager, "AlmaLinux Packaging Team");
	IS(h.distribution, "el8");
	IS(h.modularitylabel, "zlib:1:2:3");
	IS(h.sigmd5, "0123456789abcdef");
	IS(h.signature, "signature");
	CHECK(h.has_epoch && h.epoch == 7);
	CHECK(h.buildtime_s == 1600000000 && h.installtime_s == 1700000000);
	CHECK(h.digest_algo == RPMHDR_SHA256);
	CHECK(!rpmhdr_is_pubkey(&h));
}

static void test_files(void)
{
	static const struct {
		const char *dir, *base, *digest, *link, *user, *group;
		uint64_t size;
		unsigned mode, flags, state;
	} want[] = {
		{"/etc/", "a.conf", "d41d8cd9", "",     "root", "wheel", 5,    0100644, RPMFILE_CONFIG,
	         RPMFILE_NORMAL      },
		{"/var/", "run",    "",         "",     "bin",  "bin",   4096, 040755,  RPMFILE_GHOST,
	         RPMFILE_NOTINSTALLED},
		{"/etc/", "link",   "",         "../a", "root", "root",  3,    0120777, RPMFILE_DOC,
	         RPMFILE_REPLACED    },
	};
	AUTO_BUF struct buf b;
	struct rpmhdr h;
	struct rpmfiles files;
	struct rpmfile f;
	struct err e;
	buf_init(&b, 1 << 20);
	make_full(&b);
	CHECK(parse(&b, &h, &e) == 0 && rpmfiles_open(&h, &files, &e) == 0);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		bool is_there = rpmfiles_next(&files, &f);
		test_case(is_there && bytes_eq(f.dir, bytes_str(want[i].dir)) &&
		                  bytes_eq(f.base, bytes_str(want[i].base)) &&
		                  bytes_eq(f.digest, bytes_str(want[i].digest)) &&
		                  bytes_eq(f.linkto, bytes_str(want[i].link)) &&
		                  bytes_eq(f.user, bytes_str(want[i].user)) &&
		                  bytes_eq(f.group, bytes_str(want[i].group)) &&
		                  f.size == want[i].size && f.mode == want[i].mode &&
		                  f.flags == want[i].flags && f.state == want[i].state,
		          "file %zu: %s%s", i, want[i].dir, want[i].base);
	}
	CHECK(!rpmfiles_next(&files, &f));
	rpmfiles_close(&files);
	CHECK(!rpmfiles_next(&files, &f));
}

/* Headers that differ from the simple one by a few tags. */
static void test_shapes(void)
{
	struct mkhdr m;
	struct rpmhdr h;
	struct rpmfiles files;
	struct rpmfile f;
	struct err e;
	AUTO_BUF struct buf none, zero, key, old, region;
	buf_init(&none, 4096);
	mkhdr_simple(&none, "plain", 0);
	CHECK(parse(&none, &h, &e) == 0 && !h.has_epoch && h.epoch == 0);
	CHECK(!h.sourcerpm.p && !h.modularitylabel.p && h.digest_algo == RPMHDR_MD5);
	CHECK(rpmfiles_open(&h, &files, &e) == 0 && !rpmfiles_next(&files, &f));
	rpmfiles_close(&files);

	buf_init(&zero, 4096);
	mkhdr_init(&m);
	mkhdr_text(&m, 1000, "zero");
	mkhdr_text(&m, 1001, "1");
	mkhdr_text(&m, 1002, "1");
	mkhdr_num(&m, 1003, 0);
	mkhdr_end(&m, &zero);
	CHECK(parse(&zero, &h, &e) == 0 && h.has_epoch && h.epoch == 0);

	buf_init(&key, 4096);
	mkhdr_simple(&key, "gpg-pubkey", 0);
	CHECK(parse(&key, &h, &e) == 0 && rpmhdr_is_pubkey(&h));

	/* rpm 3: whole paths, no directories; a package that calls itself a key but owns files */
	buf_init(&old, 4096);
	mkhdr_init(&m);
	mkhdr_text(&m, 1000, "gpg-pubkey");
	mkhdr_text(&m, 1001, "1");
	mkhdr_text(&m, 1002, "1");
	mkhdr_add(&m, 1027, MK_ARRAY, bytes_of("/usr/bin/x\0y", 13), 2);
	mkhdr_end(&m, &old);
	CHECK(parse(&old, &h, &e) == 0 && !rpmhdr_is_pubkey(&h));
	CHECK(rpmfiles_open(&h, &files, &e) == 0 && rpmfiles_next(&files, &f));
	IS(f.dir, "/usr/bin/");
	IS(f.base, "x");
	CHECK(rpmfiles_next(&files, &f) && f.dir.n == 0 && bytes_eq(f.base, B("y")));
	rpmfiles_close(&files);

	/* an entry behind the immutable region replaces the one in it; text of a translated kind */
	buf_init(&region, 4096);
	mkhdr_init(&m);
	mkhdr_add(&m, 63, MK_BIN, bytes_of("0123456789abcdef", 16), 16);
	mkhdr_text(&m, 1000, "region");
	mkhdr_text(&m, 1001, "1");
	mkhdr_text(&m, 1002, "1");
	mkhdr_add(&m, 1014, 9, bytes_of("GPL\0LGPL", 9), 2);
	mkhdr_num(&m, 1008, 1);
	mkhdr_num(&m, 1008, 2);
	mkhdr_end(&m, &region);
	CHECK(parse(&region, &h, &e) == 0 && h.installtime_s == 2);
	IS(h.licence, "GPL");
}

/* One number of the full header is changed. */
static void test_lies(void)
{
	static const struct {
		const char *name;
		size_t at;
		uint32_t v;
		bool is_files; /* the header stands, its file list does not */
	} cases[] = {
		{"il one more",                     AT_IL,                                      28,         false},
		{"il one less",                     AT_IL,                                      26,         false},
		{"il 0",			    AT_IL,				      0,          false},
		{"il at the top",                   AT_IL,                                      0xffffffff, false},
		{"il makes 2^32 with dl",           AT_IL,                                      0x10000000, false},
		{"dl 0",			    AT_DL,				      0,          false},
		{"dl at the top",                   AT_DL,                                      0xffffffff, false},
		{"dl negative",                     AT_DL,                                      0x80000000, false},
		{"name: type 10",                   AT_ENTRIES + E_TYPE,                        10,         false},
		{"name: type at the top",           AT_ENTRIES + E_TYPE,                        0xffffffff, false},
		{"name: a number",                  AT_ENTRIES + E_TYPE,                        MK_INT32,   false},
		{"name: offset past the data",      AT_ENTRIES + E_OFFSET,                      0x7fffffff, false},
		{"name: offset negative",           AT_ENTRIES + E_OFFSET,                      0xfffffff0, false},
		{"name: count 0",                   AT_ENTRIES + E_COUNT,                       0,          false},
		{"name: two of a single string",    AT_ENTRIES + E_COUNT,                       2,          false},
		{"epoch: a string",                 AT_ENTRIES + E_EPOCH * ENTRY + E_TYPE,      MK_STRING,  false},
		{"epoch: count 0",                  AT_ENTRIES + E_EPOCH * ENTRY + E_COUNT,     0,          false},
		{"sizes: count at the top",         AT_ENTRIES + E_SIZES * ENTRY + E_COUNT,     0xffffffff,
	         false											   },
		{"sizes: bytes wrap round",         AT_ENTRIES + E_SIZES * ENTRY + E_COUNT,     0x40000001,
	         false											   },
		{"sizes: of another width",         AT_ENTRIES + E_SIZES * ENTRY + E_TYPE,      MK_INT64,   false},
		{"sizes: fewer than files",         AT_ENTRIES + E_SIZES * ENTRY + E_COUNT,     2,          true },
		{"states: more than files",         AT_ENTRIES + E_STATES * ENTRY + E_COUNT,    4,          true },
		{"modes: fewer than files",         AT_ENTRIES + E_MODES * ENTRY + E_COUNT,     1,          true },
		{"digests: more strings than data", AT_ENTRIES + E_DIGESTS * ENTRY + E_COUNT,   10000,
	         false											   },
		{"basenames: fewer than the rest",  AT_ENTRIES + E_BASENAMES * ENTRY + E_COUNT, 2,
	         true											    },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		struct rpmhdr h;
		struct rpmfiles files = {.dirs = NULL};
		struct err e;
		buf_init(&b, 1 << 20);
		make_full(&b);
		poke_be(&b, cases[i].at, cases[i].v, 4);
		int rc = parse(&b, &h, &e);
		if (cases[i].is_files && rc == 0)
			rc = rpmfiles_open(&h, &files, &e) < 0 ? -2 : 0;
		test_case(rc == (cases[i].is_files ? -2 : -1) &&
		                  (e.kind == ERR_FORMAT || e.kind == ERR_LIMIT),
		          "%s: %s", cases[i].name, e.msg);
	}
}

/* A directory number past the names; strings without an end; empty name; cut short. */
static void test_hostile(void)
{
	AUTO_BUF struct buf b, noend, nameless;
	struct mkhdr m;
	struct rpmhdr h;
	struct rpmfiles files;
	struct err e;
	buf_init(&b, 1 << 20);
	mkhdr_init(&m);
	mkhdr_text(&m, 1000, "dir");
	mkhdr_text(&m, 1001, "1");
	mkhdr_text(&m, 1002, "1");
	mkhdr_add(&m, 1116, MK_INT32, bytes_of("\0\0\0\2", 4), 1);
	mkhdr_add(&m, 1117, MK_ARRAY, bytes_of("x", 2), 1);
	mkhdr_add(&m, 1118, MK_ARRAY, bytes_of("/\0/a/", 6), 2);
	mkhdr_end(&m, &b);
	CHECK(parse(&b, &h, &e) == 0);
	CHECK(rpmfiles_open(&h, &files, &e) < 0 && e.kind == ERR_FORMAT);

	buf_init(&noend, 4096);
	mkhdr_init(&m);
	mkhdr_text(&m, 1001, "1");
	mkhdr_text(&m, 1002, "1");
	mkhdr_add(&m, 1000, MK_STRING, bytes_of("endless", 7), 1);
	mkhdr_end(&m, &noend);
	CHECK(parse(&noend, &h, &e) < 0 && e.kind == ERR_FORMAT);

	buf_init(&nameless, 4096);
	mkhdr_simple(&nameless, "", 0);
	CHECK(parse(&nameless, &h, &e) < 0 && e.kind == ERR_FORMAT);

	bool all = true;
	buf_reset(&b);
	make_full(&b);
	for (size_t n = 0; n < b.n; n++)
		all &= rpmhdr_parse(bytes_slice(buf_bytes(&b), 0, n), &h, &e) < 0;
	test_case(all, "cut short at every byte");
	CHECK(rpmhdr_parse((struct bytes){0}, &h, &e) < 0);
}

/* il entries of a tag that nobody asks for, around a simple header. */
static int parse_with_tags(uint32_t il, struct err *e)
{
	AUTO_BUF struct buf b;
	struct mkhdr m;
	struct rpmhdr h;
	buf_init(&b, 8 << 20);
	mkhdr_init(&m);
	mkhdr_text(&m, 1000, "n");
	mkhdr_text(&m, 1001, "1");
	mkhdr_text(&m, 1002, "1");
	while (m.n < il)
		mkhdr_add(&m, 2000, MK_CHAR, B(""), 0);
	mkhdr_end(&m, &b);
	return parse(&b, &h, e);
}

static int parse_with_bytes(size_t n, struct err *e)
{
	AUTO_BUF struct buf b, simple;
	struct rpmhdr h;
	buf_init(&simple, 4096);
	mkhdr_simple(&simple, "n", 1);
	buf_init(&b, 64 << 20);
	mkhdr_simple(&b, "n", n - simple.n + 1);
	return b.n == n ? parse(&b, &h, e) : -2;
}

static int files_with_dirs(uint32_t n, struct err *e)
{
	AUTO_BUF struct buf b, names;
	struct mkhdr m;
	struct rpmhdr h;
	struct rpmfiles files;
	buf_init(&names, 4 << 20);
	put_zeros(&names, n);
	buf_init(&b, 8 << 20);
	mkhdr_init(&m);
	mkhdr_text(&m, 1000, "n");
	mkhdr_text(&m, 1001, "1");
	mkhdr_text(&m, 1002, "1");
	mkhdr_num(&m, 1116, n - 1);
	mkhdr_add(&m, 1117, MK_ARRAY, bytes_of("x", 2), 1);
	mkhdr_add(&m, 1118, MK_ARRAY, buf_bytes(&names), n);
	mkhdr_end(&m, &b);
	if (parse(&b, &h, e) < 0 || rpmfiles_open(&h, &files, e) < 0)
		return -1;
	rpmfiles_close(&files);
	return 0;
}

static void test_limits(void)
{
	struct err e;
	CHECK(parse_with_tags((uint32_t)RPM_TAGS_MAX, &e) == 0);
	CHECK(parse_with_tags((uint32_t)RPM_TAGS_MAX + 1, &e) == -1 && e.kind == ERR_LIMIT);
	CHECK(parse_with_bytes((size_t)RPM_HEADER_MAX, &e) == 0);
	CHECK(parse_with_bytes((size_t)RPM_HEADER_MAX + 1, &e) == -1 && e.kind == ERR_LIMIT);
	CHECK(files_with_dirs((uint32_t)RPM_DIRS_MAX, &e) == 0);
	CHECK(files_with_dirs((uint32_t)RPM_DIRS_MAX + 1, &e) == -1 && e.kind == ERR_LIMIT);
}

static void test_source(void)
{
	static const struct {
		const char *file, *name, *version;
	} cases[] = {
		{"zlib-1.2.11-17.el8.src.rpm",    "zlib",  "1.2.11-17.el8"},
		{"a-b-c-1-2.nosrc.rpm",           "a-b-c", "1-2"          },
		{"zlib-1.2.11-17.el8.x86_64.rpm", NULL,    NULL           },
		{"zlib-1.src.rpm",                NULL,    NULL           },
		{"-1-2.src.rpm",                  NULL,    NULL           },
		{"zlib.src.rpm",                  NULL,    NULL           },
		{"(none)",                        NULL,    NULL           },
		{"",			      NULL,    NULL           },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bytes name = {NULL, 0}, version = {NULL, 0};
		bool is_cut = rpmhdr_source_cut(bytes_str(cases[i].file), &name, &version);
		test_case(is_cut == (cases[i].name != NULL) &&
		                  bytes_eq(name, bytes_str(cases[i].name)) &&
		                  bytes_eq(version, bytes_str(cases[i].version)),
		          "source \"%s\"", cases[i].file);
	}
}

int main(void)
{
	test_source();
	test_fields();
	test_files();
	test_shapes();
	test_lies();
	test_hostile();
	test_limits();
	return TEST_END();
}
