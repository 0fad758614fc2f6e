/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of known files: what is a line, what contradicts, the bound. */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

#define MD5    "0123456789abcdef0123456789abcdef"
#define SHA1   MD5 "01234567"
#define SHA256 MD5 MD5

static const struct {
	const char *name, *in;
	int rc;
	size_t n;
} cases[] = {
	{"a line",		   MD5 "\ttool\t1\tamd64\tusr/bin/tool\n",                0,  1},
	{"no architecture",          SHA1 "\ttool\t1\t\tusr/bin/tool",                      0,  1},
	{"comments and empty lines", "# x\n\n",                                             0,  0},
	{"empty",		    "",						    0,  0},
	{"the same twice",           MD5 "\ta\t1\tx\tp\n" MD5 "\ta\t1\tx\tp\n",             0,  1},
	{"two digests of one file",
         MD5 "\ta\t1\tx\tp\n1"
             "123456789abcdef0123456789abcdef\ta\t1\tx\tp\n",                               -1, 0},
	{"cut short",                MD5 "\ttool\t1\tamd64",                                -1, 0},
	{"a field too many",         MD5 "\ttool\t1\tamd64\tp\tq",                          -1, 0},
	{"no digest",                "0123\ttool\t1\tamd64\tp",                             -1, 0},
	{"digits in upper case",     "0123456789ABCDEF0123456789abcdef\ttool\t1\tamd64\tp", -1, 0},
	{"no path",                  MD5 "\ttool\t1\tamd64\t",                              -1, 0},
};

int main(void)
{
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct known_files *k = known_files_new();
		int rc = known_files_add(k, bytes_str(cases[i].in), "t", &e);
		test_case(rc == cases[i].rc && (rc < 0 || known_files_count(k) == cases[i].n), "%s",
		          cases[i].name);
		known_files_free(k);
	}
	struct known_files *k = known_files_new();
	const struct known_place place = {B("tool"), B("1"), B("amd64"), B("usr/bin/tool")};
	const struct known_place other = {B("tool"), B("2"), B("amd64"), B("usr/bin/tool")};
	const struct known_place odd = {B("tool"), B("1"), B("amd64"), B("usr\tbin")};
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(4));
	known_files_put(&b, B(MD5), &place);
	known_files_put(&b, B(MD5), &odd);
	CHECK(known_files_add(k, buf_bytes(&b), "t", &e) == 0 && known_files_count(k) == 1);
	const struct known_digest *d = known_files_find(k, KNOWN_LEARNED, &place);
	CHECK(d && bytes_eq(d->hex, B(MD5)) && !d->source.n);
	CHECK(!known_files_find(k, KNOWN_LEARNED, &other) &&
	      !known_files_find(k, KNOWN_LEARNED, &odd));
	CHECK(!known_files_find(k, KNOWN_SIGNED, &place) && known_files_kinds(k) == 0);
	/* what a signed repository says stands beside it, whatever was learned */
	struct known_files *both = known_files_new();
	CHECK(known_files_add(both, buf_bytes(&b), "learned", &e) == 0);
	CHECK(known_files_add(both,
	                      B(KNOWN_FILES_SIGNED KNOWN_FILES_SOURCE
	                        "here\n" SHA256
	                        "\ttool\t1\tamd64\tusr/bin/tool\n" KNOWN_FILES_SOURCE
	                        "there\n" SHA256 "\ttool\t2\tamd64\tusr/bin/tool\n"),
	                      "signed", &e) == 0);
	d = known_files_find(both, KNOWN_SIGNED, &place);
	CHECK(d && bytes_eq(d->hex, B(SHA256)) && bytes_eq(d->source, B("here")));
	d = known_files_find(both, KNOWN_SIGNED, &other);
	CHECK(d && bytes_eq(d->source, B("there")));
	CHECK(known_files_package(both, KNOWN_SIGNED, &place) ==
	      known_files_find(both, KNOWN_SIGNED, &place));
	CHECK(!known_files_package(both, KNOWN_LEARNED, &other));
	CHECK(known_files_kinds(both) == 1U << DIGEST_SHA256 && known_files_count(both) == 3);
	known_files_free(both);
	/* the bound: comments fill the rest */
	size_t left = (size_t)KNOWN_FILES_MAX - b.n;
	char *rest = mem_alloc(left + 1);
	memset(rest, '#', left + 1);
	CHECK(known_files_add(k, bytes_of(rest, left + 1), "t", &e) < 0 && e.kind == ERR_LIMIT);
	CHECK(known_files_add(k, bytes_of(rest, left), "t", &e) == 0);
	free(rest);
	known_files_free(k);
	return TEST_END();
}
