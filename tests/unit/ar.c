/* SPDX-License-Identifier: Apache-2.0 */
/* ar.c - headers of ar archives, as deb(5) has them. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

/* name of 16, time 12, owner 6, group 6, mode 8, size 10, end 2 bytes */
#define REST "1700000000  0     0     100644  "

static const struct {
	const char *name, *in, *member;
	uint64_t size;
	int rc;
} cases[] = {
	{"as dpkg-deb writes it", "debian-binary   " REST "4         `\n", "debian-binary", 4,                    0 },
	{"as GNU ar writes it",   "data.tar.xz/    " REST "123456    `\n", "data.tar.xz",   123456,               0 },
	{"the longest size",      "x               " REST "9999999999`\n", "x",             UINT64_C(9999999999), 0 },
	{"no size",               "x               " REST "          `\n", NULL,            0,                    -1},
	{"a negative size",       "x               " REST "-1        `\n", NULL,            0,                    -1},
	{"a wrong end mark",      "x               " REST "4         x\n", NULL,            0,                    -1},
	{"cut short",             "x               " REST "4         `",   NULL,            0,                    -1},
	{"empty",                 "",				      NULL,            0,                    -1},
};

int main(void)
{
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ar_member m = {.size = 0};
		int rc = ar_member(bytes_str(cases[i].in), &m, &e);
		test_case(rc == cases[i].rc &&
		                  (rc < 0 || (bytes_eq(m.name, bytes_str(cases[i].member)) &&
		                              m.size == cases[i].size)),
		          "%s", cases[i].name);
	}
	CHECK(ar_looks(B("!<arch>\nx")) && !ar_looks(B("!<arch>")) && !ar_looks(B("")));
	return TEST_END();
}
