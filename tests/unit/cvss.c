/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss.c - severity scores: the worked examples of the specifications, bounds, hostile vectors, and
 * another library's vectors where ../shared has them.
 */
#include "fmt/cvss.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define VECTORS "../shared/data/vectors/cvss/"

/* clang-format off */
/* In tenths.  2.0: section 3.3 of its guide; 3.x: the examples document (and the official
 * calculator); 4.0: its examples document, and what another library says of the last
 * five rows. */
static const struct {
	const char *name, *vector;
	int base, temporal, environmental, overall;
	const char *rating;
} cases[] = {
	{"CVE-2002-0392",
	 "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", 78, 64, 92, 92, "high"},
	{"CVE-2003-0818",
	 "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:L", 100, 83, 90, 90, "high"},
	{"CVE-2003-0062",
	 "AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M", 62, 49, 75, 75, "high"},
	{"2.0 in parentheses",
	 "(AV:N/AC:M/Au:N/C:P/I:P/A:P)", 68, 68, 68, 68, "medium"},
	{"2.0 without impact",
	 "AV:N/AC:L/Au:N/C:N/I:N/A:N", 0, 0, 0, 0, "low"},
	{"CVE-2014-0160",
	 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 75, 75, 75, 75, "high"},
	{"CVE-2014-6271",
	 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98, 98, 98, 98, "critical"},
	{"CVE-2013-1937",
	 "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61, 61, 61, 61, "medium"},
	{"CVE-2014-3566",
	 "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 31, 31, 31, 31, "low"},
	{"3.1 in another order",
	 "CVSS:3.1/C:H/I:N/A:N/S:U/UI:N/PR:N/AC:L/AV:N", 75, 75, 75, 75, "high"},
	{"3.1 with X",
	 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/MAV:X", 98, 98, 98, 98, "critical"},
	{"3.1 no impact",
	 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:N", 0, 0, 0, 0, "none"},
	{"4.0 worst",
	 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
	 100, 100, 100, 100, "critical"},
	{"4.0 no impact",
	 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0, 0, 0, 0, "none"},
	{"CVE-2022-41741",
	 "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 73, 73, 73, 73, "high"},
	{"CVE-2022-41741, proof of concept",
	 "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P", 73, 64, 64, 64, "medium"},
	{"CVE-2022-41741 where lives hang on it",
	 "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MSI:S", 73, 93, 93, 93, "critical"},
	{"CVE-2022-41741 behind a lock",
	 "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MAV:P/MVC:N/CR:L",
	 73, 41, 41, 41, "medium"},
	{"2.0 with a negative adjusted score",
	 "AV:L/AC:H/Au:M/C:N/I:P/A:N/E:F/RL:ND/RC:C/CDP:LM/CR:H/IR:L/AR:M", 8, 8, 29, 29, "low"},
	{"3.1 with a modified scope",
	 "CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:H/A:N/E:P/RL:W/RC:R/MS:C/MPR:H/CR:H",
	 54, 48, 58, 58, "medium"},
};
/* clang-format on */

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cvss c = {.base = -1};
		struct err e = {.msg = ""};
		int rc = cvss_score(bytes_str(cases[i].vector), &c, &e);
		bool is_right = rc == 0 && c.base == cases[i].base &&
		                c.temporal == cases[i].temporal &&
		                c.environmental == cases[i].environmental &&
		                c.overall == cases[i].overall &&
		                !strcmp(cvss_rating(c.version, c.overall), cases[i].rating);
		if (!test_case(is_right, "%s scores %d, %d, %d", cases[i].name, cases[i].base,
		               cases[i].temporal, cases[i].environmental))
			printf("# %d %d %d %d %s\n", c.base, c.temporal, c.environmental, c.overall,
			       e.msg);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *name, *vector;
	} refused[] = {
		{"empty",                       ""						 },
		{"prefix alone",                "CVSS:3.1/"                                        },
		{"unknown version",             "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"     },
		{"a metric of another version", "CVSS:3.1/AV:N/AC:L/Au:N/UI:N/S:U/C:H/I:H/A:H"     },
		{"missing metric",              "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H"         },
		{"metric twice",                "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
		{"unknown value",               "CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"     },
		{"base metric not defined",     "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"     },
		{"lower case",                  "CVSS:3.1/av:n/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"     },
		{"slash at the end",            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/"    },
		{"two slashes",                 "CVSS:3.1/AV:N//AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"    },
		{"no value",                    "CVSS:3.1/AV:/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"      },
		{"value with a blank",          "CVSS:3.1/AV:N A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"   },
		{"lone parenthesis",            "(AV:N/AC:M/Au:N/C:P/I:P/A:P"                      },
	};
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct cvss c = {.base = -7};
		struct err e = {.kind = ERR_NONE};
		int rc = cvss_score(bytes_str(refused[i].vector), &c, &e);
		test_case(rc == -1 && e.kind == ERR_FORMAT && c.base == -7, "refused: %s",
		          refused[i].name);
	}
}

static void test_bounds(void)
{
	char text[512 + 1];
	CHECK(sizeof text == (size_t)CVSS_LEN_MAX + 1);
	memset(text, 'A', sizeof text);
	struct cvss c;
	struct err e = {.kind = ERR_NONE};
	CHECK(cvss_score(bytes_of(text, sizeof text - 1), &c, &e) == -1 && e.kind == ERR_FORMAT);
	CHECK(cvss_score(bytes_of(text, sizeof text), &c, &e) == -1 && e.kind == ERR_LIMIT);
}

static void test_ratings(void)
{
	static const struct {
		enum cvss_version version;
		int tenths;
		const char *word;
	} rows[] = {
		{CVSS_3_1, 0,   "none"    },
                {CVSS_3_1, 1,   "low"     },
                {CVSS_3_1, 39,  "low"     },
		{CVSS_3_1, 40,  "medium"  },
                {CVSS_3_1, 69,  "medium"  },
                {CVSS_3_1, 70,  "high"    },
		{CVSS_3_1, 89,  "high"    },
                {CVSS_4_0, 90,  "critical"},
                {CVSS_3_0, 100, "critical"},
		{CVSS_2_0, 0,   "low"     },
                {CVSS_2_0, 39,  "low"     },
                {CVSS_2_0, 40,  "medium"  },
		{CVSS_2_0, 70,  "high"    },
                {CVSS_2_0, 100, "high"    },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		test_case(!strcmp(cvss_rating(rows[i].version, rows[i].tenths), rows[i].word),
		          "CVSS %s: %d tenths are %s", cvss_version_name(rows[i].version),
		          rows[i].tenths, rows[i].word);
	CHECK(!strcmp(cvss_version_name(CVSS__MAX), "unknown"));
}

/* "9.8", "10", "-0.0" or "None" to tenths, None to -1. */
static int tenths_of(struct bytes text)
{
	char s[16];
	snprintf(s, sizeof s, "%.*s", BYTES_FMT(text));
	return text.n && text.p[0] == 'N' ? -1 : (int)(strtod(s, NULL) * 10 + 0.5);
}

/* "VECTOR - (base, temporal, environmental)", "VECTOR - (score,)" or "VECTOR - score".  None is
 * what the vector says nothing about. */
static bool vector_line(struct bytes line)
{
	struct bytes vector, dash, word;
	bytes_word(&line, &vector);
	bytes_word(&line, &dash);
	int want[3] = {-1, -1, -1};
	size_t n = 0;
	while (n < 3 && bytes_word(&line, &word)) {
		word = bytes_starts(word, B("(")) ? bytes_skip(word, 1) : word;
		while (word.n && (word.p[word.n - 1] == ',' || word.p[word.n - 1] == ')'))
			word.n--;
		want[n++] = tenths_of(word);
	}
	struct cvss c;
	if (!n || cvss_score(vector, &c, NULL))
		return false;
	if (n == 1)
		return c.overall == want[0];
	return c.base == want[0] && (want[1] < 0 ? !c.has_temporal : c.temporal == want[1]) &&
	       (want[2] < 0 ? !c.has_environmental : c.environmental == want[2]);
}

static void test_vectors(void)
{
	glob_t g = {.gl_pathc = 0};
	if (glob(VECTORS "vectors_*", 0, NULL, &g)) {
		test_skip("CVSS vectors", "no " VECTORS);
		return;
	}
	for (size_t i = 0; i < g.gl_pathc; i++) {
		size_t rows = 0, right = 0, cap = 0;
		char *line = NULL;
		FILE *f = fopen(g.gl_pathv[i], "re");
		for (ssize_t n; f && (n = getline(&line, &cap, f)) >= 0;) {
			struct bytes text = bytes_trim(bytes_of(line, (size_t)n));
			if (!text.n)
				continue;
			rows++;
			if (vector_line(text))
				right++;
			else
				printf("# %s", line);
		}
		free(line);
		if (f)
			fclose(f);
		test_case(rows && right == rows, "%s: %zu of %zu", g.gl_pathv[i] + strlen(VECTORS),
		          right, rows);
	}
	globfree(&g);
}

int main(void)
{
	test_cases();
	test_refused();
	test_bounds();
	test_ratings();
	test_vectors();
	return TEST_END();
}
