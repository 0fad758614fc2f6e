/* SPDX-License-Identifier: Apache-2.0 */
/* inspect_sums.c - which digests are made of a file, by what the layer has shown; values of RFC
 * 1321 A.5, RFC 3174 7.3 and FIPS 180-2 B.1. */
#include "inspect/state.h"

#include <string.h>

#include "lib/facts.h"
#include "test.h"

#define MD5    "900150983cd24fb0d6963f7d28e17f72"
#define SHA1   "a9993e364706816aba3e25717850c26c9cd0d89d"
#define SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const struct {
	const char *name, *before; /* a file that went by before */
	const char *path, *pieces; /* parted by "," */
	const char *out;           /* md5 sha1 sha256 elf */
} cases[] = {
	{"nothing has shown: all",              "etc/passwd",               "usr/bin/x",                 "abc",
         MD5 " " SHA1 " " SHA256 " 0\n"														     },
	{"in pieces",			   "etc/passwd",               "usr/bin/x",                 "a,b,c", MD5 " " SHA1 " " SHA256 " 0\n"            },
	{"dpkg has shown",                      "etc/debian_version",       "usr/bin/x",                 "abc",   MD5 " - - 0\n"                            },
	{"apk has shown",                       "etc/apk/world",            "usr/bin/x",                 "abc",   "- " SHA1 " - 0\n"                        },
	{"rpm has shown",                       "var/lib/rpm/rpmdb.sqlite", "usr/bin/x",                 "abc",   "- - " SHA256 " 0\n"                      },
	{"a file that shows it",                "etc/passwd",               "etc/apt/sources.list",      "abc",   MD5 " - - 0\n"                            },
	{"Python's files have SHA-256 too",     "etc/debian_version",
         "usr/lib/python3/dist-packages/x.py",							   "abc",   MD5 " - " SHA256 " 0\n"                   },
	{"nobody speaks of modules of Node.js", "etc/passwd",               "srv/node_modules/x/y.js",   "abc",   ""                                        },
	{"but of programs among them",          "etc/debian_version",       "srv/node_modules/x/y.node",
         "\x7f"
         "ELF",                                                                                                   "d1531b1622de54fe3a0187c3344600e9 - - 1\n"},
};

static int put(void *arg, enum fact_kind kind, struct bytes cbor, struct err *e)
{
	(void)e;
	struct fact_sums f;
	CHECK(kind == FACT_SUMS && fact_decode_sums(cbor, &f));
	struct buf *b = arg;
	const struct bytes sums[] = {f.md5, f.sha1, f.sha256};
	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		char hex[65] = "-";
		if (sums[i].n)
			hex_encode(sums[i].p, sums[i].n, hex);
		buf_addf(b, "%s ", hex);
	}
	buf_addf(b, "%d\n", f.is_elf);
	return 0;
}

static void feed(struct inspect *in, const char *path, const char *pieces)
{
	const struct inspector *i = facts_inspector("sums");
	uint64_t state[64] = {0};
	struct bytes rest = bytes_str(pieces);
	CHECK(i->state_size <= sizeof state);
	for (struct bytes piece; bytes_split(&rest, ',', &piece);)
		inspect_piece(in, i, bytes_str(path), state, piece);
	inspect_piece(in, i, bytes_str(path), state, (struct bytes){NULL, 0});
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(4));
		struct inspect *in = inspect_new(&(struct inspect_sink){.arg = &b, .put = put});
		feed(in, cases[i].before, "x");
		buf_reset(&b);
		feed(in, cases[i].path, cases[i].pieces);
		if (!test_case(strcmp(buf_cstr(&b), cases[i].out) == 0, "%s", cases[i].name))
			printf("# %s", buf_cstr(&b));
		inspect_free(in);
	}
	return TEST_END();
}
