/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of known files: what is a line, what contradicts, the bound. */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

#define MD5  "0123456789abcdef0123456789abcdef"
#define SHA1 MD5 "01234567"

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
	CHECK(bytes_eq(known_files_find(k, &place), B(MD5)));
	CHECK(!known_files_find(k, &other).n && !known_files_find(k, &odd).n);
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
