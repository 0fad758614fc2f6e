/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vers_native.c - ranges as ecosystems write them, against their documents, and against the vectors
 * of the VERS specification and of node-semver where ../shared has them.
 */
#include "fmt/fmt.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define VECTORS "../shared/data/vectors/"

static const struct {
	const char *type, *in, *want; /* want absent: refused, and why says so */
	const char *why;
} rows[] = {
  /* node-semver's README, "Ranges" */
	{"npm",      "1.2.3 - 2.3.4",                    "vers:npm/>=1.2.3|<=2.3.4",                  NULL                },
	{"npm",      "1.2 - 2",                          "vers:npm/>=1.2.0|<3.0.0",                   NULL                },
	{"npm",      "^0.0.3",			   "vers:npm/>=0.0.3|<0.0.4",                   NULL                },
	{"npm",      "^0.0.x",			   "vers:npm/>=0.0.0|<0.1.0",                   NULL                },
	{"npm",      "^0.x",			     "vers:npm/>=0.0.0|<1.0.0",                   NULL                },
	{"npm",      "~1",			       "vers:npm/>=1.0.0|<2.0.0",                   NULL                },
	{"npm",      "~> 1.2.3-beta.2",                  "vers:npm/>=1.2.3-beta.2|<1.3.0",            NULL                },
	{"npm",      ">1.2",			     "vers:npm/>=1.3.0",                          NULL                },
	{"npm",      "<=1",			      "vers:npm/<2.0.0",                           NULL                },
	{"npm",      "",				 "vers:npm/*",                                NULL                },
	{"npm",      "* || 1",			   "vers:npm/*",                                NULL                },
	{"npm",      "<*",			       "vers:none/*",                               NULL                },
	{"npm",      ">2 <1",			    "vers:none/*",                               NULL                },
	{"npm",      "v1.2.3+build || = v2.0.0",         "vers:npm/1.2.3|2.0.0",                      NULL                },
	{"npm",      "~",				NULL,					"no condition"      },
	{"npm",      "1.x.5",			    NULL,					"no condition"      },
	{"npm",      "1.2.3.4",                          NULL,					"no condition"      },
	{"npm",      "9007199254740992",                 NULL,                                        "no condition"      },
	{"npm",      "latest",			   NULL,					"no condition"      },
	{"npm",      ">=1.0.0 <",                        NULL,					"no condition"      },
	{"npm",      ">=1.0.0, <2",                      "vers:npm/>=1.0.0|<2.0.0",                   NULL                }, /* as GitHub writes it */
  /* the Cargo Book, "Version requirement syntax" */
	{"cargo",    "1.2.3",			    "vers:cargo/>=1.2.3|<2.0.0",                 NULL                },
	{"cargo",    "0.0.3",			    "vers:cargo/>=0.0.3|<0.0.4",                 NULL                },
	{"cargo",    "0.0",			      "vers:cargo/>=0.0.0|<0.1.0",                 NULL                },
	{"cargo",    "1.2.*",			    "vers:cargo/>=1.2.0|<1.3.0",                 NULL                },
	{"cargo",    ">= 1.2, < 1.5",                    "vers:cargo/>=1.2.0|<1.5.0",                 NULL                },
 /* Gem::Requirement */
	{"gem",      "~> 2.2",			   "vers:gem/>=2.2|<3",                         NULL                },
	{"gem",      "~> 2.0.0.rc1",                     "vers:gem/>=2.0.0.rc1|<2.1",                 NULL                },
	{"gem",      "~> 3",			     "vers:gem/>=3|<4",                           NULL                },
	{"gem",      ">= 1.0, != 1.1, < 2",              "vers:gem/>=1.0|!=1.1|<2",                   NULL                },
	{"gem",      "",				 NULL,					"without conditions"},
 /* PEP 440, "Version specifiers" */
	{"pypi",     "~=2.2",			    "vers:pypi/>=2.2|<3.dev0",                   NULL                },
	{"pypi",     "~=1.4.5a4",                        "vers:pypi/>=1.4.5a4|<1.5.dev0",             NULL                },
	{"pypi",     "~=1!2.2.post3",                    "vers:pypi/>=1%212.2.post3|<1%213.dev0",     NULL                },
	{"pypi",     "~=1",			      NULL,					"no condition"      },
	{"pypi",     "==1.1.*",                          "vers:pypi/>=1.1.dev0|<1.2.dev0",            NULL                },
	{"pypi",     ">=1,!=1.3.4.*,<2",                 "vers:pypi/>=1|<1.3.4.dev0|>=1.3.5.dev0|<2", NULL                },
	{"pypi",     ">1.1.*",			   NULL,					"no condition"      },
	{"pypi",     "===1.0",			   "vers:pypi/1.0",                             NULL                },
 /* NuGet's "Package versioning", the table of intervals */
	{"nuget",    "1.0",			      "vers:nuget/>=1.0",                          NULL                },
	{"nuget",    "(1.0,)",                           "vers:nuget/>1.0",                           NULL                },
	{"nuget",    "[1.0]",			    "vers:nuget/1.0",                            NULL                },
	{"nuget",    "(,1.0]",                           "vers:nuget/<=1.0",                          NULL                },
	{"nuget",    "(,1.0)",                           "vers:nuget/<1.0",                           NULL                },
	{"nuget",    "(1.0,2.0)",                        "vers:nuget/>1.0|<2.0",                      NULL                },
	{"nuget",    "(1.0)",			    NULL,					"no condition"      },
 /* Maven's POM Reference, "Dependency Version Requirement Specification" */
	{"maven",    "(,1.0],[1.2,)",                    "vers:maven/<=1.0|>=1.2",                    NULL                },
	{"maven",    "(,1.1),(1.1,)",                    "vers:maven/!=1.1",                          NULL                },
	{"maven",    "[1.2,1.3]",                        "vers:maven/>=1.2|<=1.3",                    NULL                },
	{"maven",    "[1.0,2.0",                         NULL,					"no condition"      },
	{"maven",    "[1.0,2.0),",                       NULL,					"no condition"      },
	{"maven",    "1.0[",			     NULL,					"no condition"      },
	{"maven",    ">= 2.0-beta9, < 2.15.0",           "vers:maven/>=2.0-beta9|<2.15.0",            NULL                },
 /* Composer's "Versions and constraints" */
	{"composer", "1.0.*",                            "vers:composer/>=1.0|<1.1",                  NULL                },
	{"composer", "~1.2",			     "vers:composer/>=1.2|<2",                    NULL                },
	{"composer", "~1.2.3",                           "vers:composer/>=1.2.3|<1.3",                NULL                },
	{"composer", "^0.3",			     "vers:composer/>=0.3|<0.4",                  NULL                },
	{"composer", ">=1.0 <1.1 || >=1.2",              "vers:composer/>=1.0|<1.1|>=1.2",            NULL                },
	{"composer", ">=1.0,<1.1|^v2.0@beta",            "vers:composer/>=1.0|<1.1|>=2.0|<3",         NULL                },
	{"composer", "1.0 - 2.0.1",                      "vers:composer/>=1.0|<=2.0.1",               NULL                },
 /* Conan's "Version ranges" */
	{"conan",    "[>=1.0 <2 || ~3.1.4]",             "vers:conan/>=1.0|<2|>=3.1.4|<3.2-",         NULL                },
	{"conan",    "*",				"vers:conan/>=0.0.0",                        NULL                },
 /* Hex's Version, "Requirements" */
	{"hex",      ">= 1.0.0 and < 1.1.0 or ~> 2.1.2", "vers:hex/>=1.0.0|<1.1.0|>=2.1.2|<2.2",      NULL                },
 /* nginx's "security advisories" */
	{"nginx",    "0.6.18-1.20.0",                    "vers:nginx/>=0.6.18|<=1.20.0",              NULL                },
	{"nginx",    "all",			      "vers:nginx/*",                              NULL                },
	{"nginx",    "1.5+",			     NULL,					"no condition"      },
 /* types without a grammar of their own; what no type knows */
	{"deb",      "<< 1:1.2-3~deb12u1",               "vers:deb/<1:1.2-3~deb12u1",                 NULL                },
	{"golang",   ">= 1.0.0, < 1.2.3",                "vers:golang/>=1.0.0|<1.2.3",                NULL                },
	{"golang",   "^1.0.0",                           NULL,					"no condition"      },
	{"cran",     ">= 1 | < 2",                       "vers:cran/*",                               NULL                },
	{"nothing",  ">= 1",			     NULL,					"no order"          },
 /* intervals that touch are one */
	{"generic",  "<1 || >1 <2 || 2",                 "vers:generic/!=1|<=2",                      NULL                },
	{"generic",  ">=1 <3 || >=2 <4 || >5 <=5",       "vers:generic/>=1|<4",                       NULL                },
	{"generic",  "!=1 !=2",                          "vers:generic/!=1|!=2",                      NULL                },
	{"generic",  "<2 !=2",                           "vers:generic/<2",                           NULL                },
	{"generic",  ">=1 <=1",                          "vers:generic/1",                            NULL                },
	{"generic",  ">=1 !=1",                          "vers:generic/>1",                           NULL                },
	{"generic",  "1 !=1",                            "vers:none/*",                               NULL                },
	{"generic",  "=<1",			      NULL,					"no condition"      },
	{"generic",  "1\"2",			     NULL,					"no condition"      },
};

/* The range as VERS text; false: refused. */
static bool text_of_native(struct bytes type, struct bytes in, struct buf *ret, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct vers v;
	if (vers_from_native(type, in, a, &v, e) < 0)
		return false;
	vers_build(&v, ret);
	return true;
}

static void read_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf b;
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, KIB(64));
		bool res = text_of_native(bytes_str(rows[i].type), bytes_str(rows[i].in), &b, &e);
		bool is_right = rows[i].want ? res && !strcmp(buf_cstr(&b), rows[i].want)
		                             : !res && strstr(e.msg, rows[i].why);
		if (!test_case(is_right, "%s: '%s' is %s", rows[i].type, rows[i].in,
		               rows[i].want ? rows[i].want : "refused"))
			printf("# %s %s\n", buf_cstr(&b), res ? "" : e.msg);
	}
}

/* n conditions, or n bytes. */
static int read_many(size_t n, bool are_bytes, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	struct vers v;
	buf_init(&b, MIB(1));
	for (size_t i = 0; i < n && !are_bytes; i++)
		buf_addf(&b, "%s%zu", i ? "||" : "", i);
	while (are_bytes && b.n < n)
		buf_addc(&b, ' ');
	return vers_from_native(B("npm"), buf_bytes(&b), a, &v, e);
}

static void bounds(void)
{
	struct err e;
	CHECK(read_many((size_t)VERS_CONSTRAINTS_MAX, false, &e) == 0);
	CHECK(read_many((size_t)VERS_CONSTRAINTS_MAX + 1, false, &e) < 0 && e.kind == ERR_LIMIT);
	CHECK(read_many((size_t)VERS_LEN_MAX, true, &e) == 0);
	CHECK(read_many((size_t)VERS_LEN_MAX + 1, true, &e) < 0 && e.kind == ERR_LIMIT);
}

/* ---- the specification's tests of ranges ---- */

/* Those that are answered otherwise. */
static const struct {
	const char *in, *ours;
} others[] = {
  /* the vector has a version twice, or an interval within another: the specification lets
  * each   version stand in a range once, and what is said there is the same set */
	{"<0.33.1||>0.33.1 <0.34.1",                                "vers:conan/!=0.33.1|<0.34.1"           },
	{"1.5.0+, 1.4.1+",					  "vers:nginx/>=1.4.1"                    },
	{"2.0.x || 2.1.x",					  "vers:npm/>=2.0.0|<2.2.0"               },
	{"^2.0.18 || ^3.0.16 || ^3.1.6 || ^4.0.8 || ^5.0.0-beta.5",
         "vers:npm/>=2.0.18|<3.0.0|>=3.0.16|<4.0.0|>=4.0.8|<6.0.0"                                          },
	{"<2.0.1 || <1.1.7",					"vers:npm/<2.0.1"                       },
	{">= 5.2.1 <= 6.0.0 || >=6.0.0 <= 6.0.2",                   "vers:npm/>=5.2.1|<=6.0.2"              },
 /* the vector takes "~0.8.0-pre" to end before 0.8.1; in any case it is within the first */
	{">= 0.2.0 <= 0.9.6 || ~0.8.0-pre",                         "vers:npm/>=0.2.0|<=0.9.6"              },
 /* node-semver 7 answers these as we do: a missing number stands for all of them */
	{"<= 1.0",						  "vers:npm/<1.1.0"                       },
	{"<=2.1 >=1.1",					     "vers:npm/>=1.1.0|<2.2.0"               },
	{"2.1 || 2.6",					      "vers:npm/>=2.1.0|<2.2.0|>=2.6.0|<2.7.0"},
	{">= 2.2.x",						"vers:npm/>=2.2.0"                      },
	{">= 1.x",						  "vers:npm/>=1.0.0"                      },
 /* and no version is two versions at once */
	{"1.1.2 1.2.2",					     "vers:none/*"                           },
	{NULL,						      NULL				    }
};

static struct bytes json_member(const json_t *j, const char *name)
{
	const json_t *v = json_object_get(j, name);
	return bytes_of(json_string_value(v), json_string_length(v));
}

static bool is_listed(struct bytes in, struct bytes ours)
{
	for (size_t i = 0; others[i].in; i++) {
		if (bytes_eq(in, bytes_str(others[i].in)) &&
		    bytes_eq(ours, bytes_str(others[i].ours)))
			return true;
	}
	return false;
}

static void run_vectors(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, VECTORS "vers/%s_test.json", name);
	json_t *doc = json_load_file(path, 0, NULL);
	size_t i, n = 0, right = 0, known = 0;
	json_t *t;
	if (!doc) {
		test_skip(name, "no " VECTORS "vers");
		return;
	}
	json_array_foreach(json_object_get(doc, "tests"), i, t)
	{
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(64));
		struct bytes in = json_member(json_object_get(t, "input"), "native_range");
		struct bytes type = json_member(json_object_get(t, "input"), "scheme");
		bool res = text_of_native(type, in, &b, NULL);
		n++;
		if (res && bytes_eq(buf_bytes(&b), json_member(t, "expected_output")))
			right++;
		else if (is_listed(in, buf_bytes(&b)))
			known++;
		else
			printf("# %s: '%.*s' is %s, not %.*s\n", name, BYTES_FMT(in), buf_cstr(&b),
			       BYTES_FMT(json_member(t, "expected_output")));
	}
	json_decref(doc);
	test_case(n && right + known == n, "%s: %zu of %zu, %zu answered otherwise", name, right, n,
	          known);
}

/* ---- node-semver's own ---- */

typedef bool npm_row(const json_t *row);

static bool has_option(const json_t *row, const char *name)
{
	return json_is_true(json_object_get(json_array_get(row, 2), name));
}

static struct bytes element(const json_t *row, size_t i)
{
	const json_t *v = json_array_get(row, i);
	return bytes_of(json_string_value(v), json_string_length(v));
}

/* Read as npm's loose way does; the lowest version is written, and the empty range has a name. */
static const char *const npm_others[] = {">01.02.03", ">=09090", "^0", "<x <* || >* 2.x", NULL};

/* [range, what it comes to, or null where it is refused]; "-0" keeps pre-releases out. */
static bool parse_row(const json_t *row)
{
	AUTO_BUF struct buf b, want, plain;
	buf_init(&b, KIB(64));
	buf_init(&want, KIB(64));
	buf_init(&plain, KIB(64));
	bool res = text_of_native(B("npm"), element(row, 0), &b, NULL);
	for (size_t i = 0; npm_others[i]; i++) {
		if (bytes_eq(element(row, 0), bytes_str(npm_others[i])))
			return res;
	}
	if (json_is_null(json_array_get(row, 1)))
		return !res;
	for (struct bytes rest = element(row, 1); rest.n; rest = bytes_skip(rest, 1)) {
		bool is_end = rest.n == 2 || (rest.n > 2 && (rest.p[2] == ' ' || rest.p[2] == '|'));
		if (bytes_starts(rest, B("-0")) && is_end)
			rest = bytes_skip(rest, 1);
		else
			buf_addc(&plain, rest.p[0]);
	}
	return text_of_native(B("npm"), buf_bytes(&plain), &want, NULL) && res &&
	       bytes_eq(buf_bytes(&b), buf_bytes(&want));
}

static bool holds(const json_t *row)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct vers v;
	return vers_from_native(B("npm"), element(row, 0), a, &v, NULL) == 0 &&
	       vers_contains(&v, element(row, 1));
}

/* A pre-release is kept out by another rule than that of order. */
static bool exclude_row(const json_t *row)
{
	struct bytes version = element(row, 1);
	return bytes_find(version, '-') >= 0 || bytes_search(version, B("beta")) >= 0 ||
	       !holds(row);
}

static void run_npm(const char *name, npm_row *is_right)
{
	char path[256];
	snprintf(path, sizeof path, VECTORS "version/npm/%s.jsonl", name);
	FILE *f = fopen(path, "re");
	size_t n = 0, right = 0;
	if (!f) {
		test_skip(name, "no " VECTORS "version/npm");
		return;
	}
	for (char line[4096]; fgets(line, sizeof line, f);) {
		json_t *row = json_loads(line, 0, NULL);
		if (row && !has_option(row, "includePrerelease")) {
			bool is_one = is_right(row);
			n++;
			right += is_one;
			if (!is_one)
				printf("# %s: %s", name, line);
		}
		json_decref(row);
	}
	fclose(f);
	test_case(n && right == n, "%s: %zu of %zu", name, right, n);
}

int main(void)
{
	static const char *const files[] = {
		"conan_range_from_native_basic", "conan_range_from_native",
		"gem_range_from_native",         "nginx_range_from_native",
		"npm_range_from_native",         "nuget_range_from_native",
		"openssl_range_from_native",     "pypi_range_from_native",
	};
	read_rows();
	bounds();
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		run_vectors(files[i]);
	run_npm("range-parse", parse_row);
	run_npm("range-include", holds);
	run_npm("range-exclude", exclude_row);
	return TEST_END();
}
