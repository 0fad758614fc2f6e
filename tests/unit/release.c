/* SPDX-License-Identifier: Apache-2.0 */
/* release.c - signed indexes of Debian repositories. */
#include "fmt/fmt.h"

#include "test.h"

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DAY "Date: Thu, 26 Nov 2026 21:03:35 UTC\n"

static const struct {
	const char *name, *in;
	int rc;
	int files; /* -1: a line is none */
} cases[] = {
	{"as Debian writes it",
         "Origin: Debian\nSuite: stable\nCodename: bookworm\n" DAY
         "Valid-Until: Thu, 03 Dec 2026 21:03:35 UTC\n"
         "MD5Sum:\n 00 1 x\nSHA256:\n " SUM "        0 main/Packages\n " SUM
         " 123 main/Packages.xz\n",                                                    0,  2 },
	{"no files",                 DAY "SHA256:\n",                                  0,  0 },
	{"no SHA-256",               DAY "SHA1:\n 00 1 x\n",                           -1, 0 },
	{"no date",                  "SHA256:\n " SUM " 0 x\n",                        -1, 0 },
	{"a date that is none",      "Date: yesterday\nSHA256:\n " SUM " 0 x\n",       -1, 0 },
	{"an end that is no date",   DAY "Valid-Until: soon\nSHA256:\n " SUM " 0 x\n", -1, 0 },
	{"two paragraphs",           DAY "SHA256:\n " SUM " 0 x\n\nOrigin: other\n",   -1, 0 },
	{"empty",		    "",					       -1, 0 },
	{"a digest cut short",       DAY "SHA256:\n e3b0 0 x\n",                       0,  -1},
	{"a size that is no number", DAY "SHA256:\n " SUM " x x\n",                    0,  -1},
	{"no name",                  DAY "SHA256:\n " SUM " 0\n",                      0,  -1},
};

static const struct {
	const char *in;
	int64_t s;
} dates[] = {
	{"Thu, 26 Nov 2026 21:03:35 UTC",   1795727015},
	{"Thu, 26 Nov 2026 21:03:35 +0000", 1795727015},
	{"Sat, 01 Jan 2000 00:00:00 GMT",   946684800 },
	{"Sat,  1 Jan 2000  0:00:00 Z",     946684800 },
	{"Thu, 26 Nov 2026 21:03:35 CET",   -1        },
	{"Thu, 26 Nov 2026 21:03:35",       -1        },
	{"Thu, 31 Feb 2026 21:03:35 UTC",   -1        },
	{"Thu, 26 Nox 2026 21:03:35 UTC",   -1        },
	{"Thu, 26 Nov 2026 25:03:35 UTC",   -1        },
	{"26 Nov 2026 21:03:35 UTC",        -1        },
	{"",				-1        },
};

int main(void)
{
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct release r = {.date_s = 0};
		struct release_file f;
		int rc = release_parse(bytes_str(cases[i].in), &r, &e), n = 0, more = 0;
		for (struct bytes rest = r.files;
		     rc == 0 && (more = release_file(&rest, &f, &e)) > 0;)
			n++;
		test_case(rc == cases[i].rc && (rc < 0 || (more < 0 ? -1 : n) == cases[i].files),
		          "%s", cases[i].name);
	}
	struct release r;
	CHECK(release_parse(bytes_str(cases[0].in), &r, &e) == 0);
	CHECK(bytes_eq(r.origin, B("Debian")) && bytes_eq(r.codename, B("bookworm")) &&
	      r.date_s == 1795727015 && r.valid_until_s == 1795727015 + 7 * 86400);
	for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
		int64_t s = -1;
		bool is_date = release_date(bytes_str(dates[i].in), &s);
		test_case(is_date == (dates[i].s != -1) && s == dates[i].s, "date \"%s\"",
		          dates[i].in);
	}
	return TEST_END();
}
