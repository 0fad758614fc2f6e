/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vers.c - ranges of versions: rows from the specification, each bound, and its own tests where
 * ../shared has them.
 */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

#define VECTORS "../shared/data/vectors/vers/"

/* want: the canonical text; else NULL and a part of the message */
static const struct {
	const char *in, *want, *why;
} texts[] = {
	{"vers:npm/1.2.3|>=2.0.0|<5.0.0",        "vers:npm/1.2.3|>=2.0.0|<5.0.0",        NULL                 },
	{"vers:gem/>=2.2.0|!=2.2.1|<2.3.0",      "vers:gem/>=2.2.0|!=2.2.1|<2.3.0",      NULL                 },
	{"vers:deb/*",			   "vers:deb/*",                           NULL                 },
	{"vers:all/*",			   "vers:all/*",                           NULL                 },
	{"vers:none/*",			  "vers:none/*",                          NULL                 },
	{"vers:npm/=1.2.3",                      "vers:npm/1.2.3",                       NULL                 },
	{"vers:npm/<2.0.0|>=1.0.0",              "vers:npm/>=1.0.0|<2.0.0",              NULL                 },
	{"vers:deb/>=1:2.0|<1:3.0~rc1",          "vers:deb/>=1:2.0|<1:3.0~rc1",          NULL                 },
	{"vers:generic/1.0%7C2%2A",              "vers:generic/1.0%7C2%2A",              NULL                 },
	{"vers:datetime/>=2024-01-01T00:00:00Z", "vers:datetime/>=2024-01-01T00:00:00Z", NULL                 },
	{"",				     NULL,				   "begins"             },
	{"npm/1.0",			      NULL,				   "begins"             },
	{"VERS:npm/1.0",			 NULL,				   "begins"             },
	{"vers:npm",			     NULL,				   "slash"              },
	{"vers:/1.0",			    NULL,				   "type"               },
	{"vers:NPM/1.0",			 NULL,				   "type"               },
	{"vers:1npm/1.0",                        NULL,				   "type"               },
	{"vers:npm/",			    NULL,				   "without constraints"},
	{"vers:npm/1.0|",                        NULL,				   "pipes"              },
	{"vers:npm/|",			   NULL,				   "pipes"              },
	{"vers:npm/>=",			  NULL,				   "no version"         },
	{"vers:npm/*|1.0",                       NULL,				   "stands in"          },
	{"vers:npm/**",			  NULL,				   "stands in"          },
	{"vers:npm/1.0|1.0.0+b|1.0",             NULL,                                   "twice"              },
	{"vers:pypi/1.0|<1.0.0",                 NULL,                                   "twice"              },
	{"vers:npm/>>1.0",                       NULL,				   "stands in"          },
	{"vers:npm/1.0%",                        NULL,				   "percent"            },
	{"vers:npm/1.0%2",                       NULL,				   "percent"            },
	{"vers:npm/1%00",                        NULL,				   "percent"            },
	{"vers:npm/1.0\x7f",                     NULL,				   "0x7f"               },
	{"vers:npm/1.\xc3\xa4",                  NULL,                                   "0xc3"               },
	{"vers:npm/1.0\t",                       NULL,				   "whitespace"         },
	{"vers:sausage/1.0",                     NULL,				   "no order"           },
	{"vers:all/1.0",			 NULL,				   "no order"           },
	{"vers:none/1.0",                        NULL,				   "no order"           },
};

static const struct {
	const char *range, *version;
	bool is_in;
} contents[] = {
	{"vers:npm/1.2.3|>=2.0.0|<5.0.0",                       "1.2.3",                                true },
	{"vers:npm/1.2.3|>=2.0.0|<5.0.0",                       "1.2.4",                                false},
	{"vers:npm/1.2.3|>=2.0.0|<5.0.0",                       "2.0.0",                                true },
	{"vers:npm/1.2.3|>=2.0.0|<5.0.0",                       "4.99.0",                               true },
	{"vers:npm/1.2.3|>=2.0.0|<5.0.0",                       "5.0.0",                                false},
	{"vers:gem/>=2.2.0|!=2.2.1|<2.3.0",                     "2.2.1",                                false},
	{"vers:gem/>=2.2.0|!=2.2.1|<2.3.0",                     "2.2.2",                                true },
	{"vers:gem/>=2.2.0|!=2.2.1|<2.3.0",                     "2.3.0.pre1",                           true },
	{"vers:deb/<1.2-3+deb12u1",                             "1.2-3",                                true },
	{"vers:deb/<1.2-3+deb12u1",                             "1.2-3+deb12u1",                        false},
	{"vers:deb/<1:0",				       "9.9",				  true },
	{"vers:rpm/<0:1.2-3",				   "1.2-2",                                true },
	{"vers:pypi/<=1.0",				     "1.0.0",                                true },
	{"vers:pypi/<1.0",				      "1.0rc1",                               true },
	{"vers:maven/>=1.0.0-beta1|<=1.7.5|>=7.0.0-M1|<=7.0.7", "7.0.0-M2",                             true },
	{"vers:maven/>=1.0.0-beta1|<=1.7.5|>=7.0.0-M1|<=7.0.7", "2.0",                                  false},
	{"vers:golang/<v1.2.3",				 "v1.2.2",                               true },
	{"vers:golang/<1.2.3",				  "v1.2.2",                               true },
	{"vers:golang/<1.2.3",				  "v1.2.3-0.20240101000000-abcdefabcdef", true },
	{"vers:npm/!=1.0.0",				    "1.0.1",                                true },
	{"vers:npm/!=1.0.0",				    "1.0.0",                                false},
	{"vers:npm/1.0.0|!=1.0.1",                              "1.0.2",                                false},
	{"vers:npm/*",					  "0",				    true },
	{"vers:all/*",					  "anything",                             true },
	{"vers:none/*",					 "anything",                             false},
 /* "discard the next constraint", "discard current constraint": what is redundant changes
  nothing */
	{"vers:pypi/>1|>=2|<3",				 "1.5",                                  true },
	{"vers:pypi/<2|<3",				     "2.5",                                  true },
	{"vers:pypi/<2|<3|>4|>5",                               "3.5",                                  false},
	{"vers:pypi/<2|<3|>4|>5",                               "4.5",                                  true },
	{"vers:intdot/<10.2",				   "9.12x",                                true },
	{"vers:intdot/10.02",				   "10.2",                                 true },
};

static void read_texts(void)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf b;
		struct vers v;
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, KIB(64));
		int res = vers_parse(bytes_str(texts[i].in), a, &v, &e);
		if (res == 0)
			vers_build(&v, &b);
		bool is_right = texts[i].want ? res == 0 && !strcmp(buf_cstr(&b), texts[i].want)
		                              : res < 0 && strstr(e.msg, texts[i].why);
		if (!test_case(is_right, "'%s' is %s", texts[i].in,
		               texts[i].want ? texts[i].want : "refused"))
			printf("# %s %s\n", buf_cstr(&b), res < 0 ? e.msg : "");
	}
}

static void ask_contents(void)
{
	for (size_t i = 0; i < ARRAY_LEN(contents); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct vers v;
		int res = vers_parse(bytes_str(contents[i].range), a, &v, NULL);
		test_case(res == 0 && vers_contains(&v, bytes_str(contents[i].version)) ==
		                              contents[i].is_in,
		          "%s is %s %s", contents[i].version, contents[i].is_in ? "in" : "not in",
		          contents[i].range);
	}
}

static void types(void)
{
	static const struct {
		const char *range, *purl;
		bool is_for;
	} rows[] = {
		{"vers:npm/1",     "npm",   true },
                {"vers:npm/1",     "pypi",  false},
		{"vers:semver/1",  "cargo", true },
                {"vers:generic/1", "deb",   true },
		{"vers:dart/1",    "pub",   true },
                {"vers:all/*",     "rpm",   true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct vers v;
		test_case(vers_parse(bytes_str(rows[i].range), a, &v, NULL) == 0 &&
		                  vers_is_for(&v, bytes_str(rows[i].purl)) == rows[i].is_for,
		          "%s is %s packages of %s", rows[i].range,
		          rows[i].is_for ? "for" : "not for", rows[i].purl);
	}
}

/* A range of n single versions, or of n bytes. */
static int parse_many(size_t n, bool are_bytes, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	struct vers v;
	buf_init(&b, MIB(1));
	buf_adds(&b, "vers:npm/0");
	for (size_t i = 1; !are_bytes && i < n; i++)
		buf_addf(&b, "|%zu", i);
	for (size_t k = 0; are_bytes && b.n < n; k++)
		buf_addc(&b, k % 1024 == 1000 ? '|' : (uint8_t)('1' + k / 1024 % 9));
	return vers_parse(buf_bytes(&b), a, &v, e);
}

static void bounds(void)
{
	struct err e;
	CHECK(parse_many((size_t)VERS_CONSTRAINTS_MAX, false, &e) == 0);
	CHECK(parse_many((size_t)VERS_CONSTRAINTS_MAX + 1, false, &e) < 0 && e.kind == ERR_LIMIT);
	/* at the bound the text is read: what stops it is no bound */
	CHECK(parse_many((size_t)VERS_LEN_MAX, true, &e) == 0 || e.kind != ERR_LIMIT);
	CHECK(parse_many((size_t)VERS_LEN_MAX + 1, true, &e) < 0 && e.kind == ERR_LIMIT);
}

/* ---- the specification's own tests ---- */

static struct bytes text_of(const json_t *j)
{
	return json_is_string(j) ? bytes_of(json_string_value(j), json_string_length(j))
	                         : (struct bytes){NULL, 0};
}

/* Versions in the order of the answer, and the same ones; or whether they are equal. */
static bool cmp_row(const json_t *input, const json_t *want)
{
	const struct vers_type *t = vers_type_find(text_of(json_object_get(input, "input_scheme")));
	const json_t *v = json_object_get(input, "versions");
	size_t i;
	const json_t *at;
	if (!t)
		return false;
	if (json_is_boolean(want))
		return (vers_cmp(t, text_of(json_array_get(v, 0)), text_of(json_array_get(v, 1))) ==
		        0) == json_is_true(want);
	json_array_foreach(want, i, at)
	{
		struct bytes before = text_of(json_array_get(want, i - 1));
		int c = i ? vers_cmp(t, before, text_of(at)) : -1;
		if (c > 0 || (c == 0 && !bytes_eq(before, text_of(at))))
			return false;
	}
	return json_array_size(want) == json_array_size(v);
}

static bool parse_row(const json_t *t)
{
	AUTO_ARENA struct arena *a = arena_new();
	const json_t *want =
		json_object_get(json_object_get(t, "expected_output"), "version_constraints");
	static const char *const signs[] = {"=", "!=", "<", "<=", ">", ">="};
	struct vers v;
	size_t i;
	const json_t *at;
	int res = vers_parse(text_of(json_object_get(t, "input")), a, &v, NULL);
	if (json_is_true(json_object_get(t, "expected_failure")))
		return res < 0;
	json_array_foreach(want, i, at)
	{
		if (res < 0 || i >= v.n ||
		    !bytes_eq(text_of(json_array_get(at, 0)), bytes_str(signs[v.c[i].op])) ||
		    !bytes_eq(text_of(json_array_get(at, 1)), v.c[i].version))
			return false;
	}
	return res == 0;
}

static bool validate_row(const json_t *t)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	struct vers v;
	buf_init(&b, KIB(64));
	if (vers_parse(text_of(json_object_get(t, "input")), a, &v, NULL) < 0)
		return false;
	vers_build(&v, &b);
	return bytes_eq(buf_bytes(&b), text_of(json_object_get(t, "expected_output")));
}

static bool contain_row(const json_t *t)
{
	AUTO_ARENA struct arena *a = arena_new();
	const json_t *input = json_object_get(t, "input");
	struct vers v;
	return vers_parse(text_of(json_object_get(input, "vers")), a, &v, NULL) == 0 &&
	       vers_contains(&v, text_of(json_object_get(input, "version"))) ==
	               json_is_true(json_object_get(t, "expected_output"));
}

static bool row(const json_t *t)
{
	struct bytes type = text_of(json_object_get(t, "test_type"));
	if (bytes_eq(type, B("parse")))
		return parse_row(t);
	if (bytes_eq(type, B("validate")))
		return validate_row(t);
	if (bytes_eq(type, B("containment")))
		return contain_row(t);
	return cmp_row(json_object_get(t, "input"), json_object_get(t, "expected_output"));
}

static void run_vectors(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, VECTORS "%s.json", name);
	json_t *doc = json_load_file(path, 0, NULL);
	size_t i, n = 0, right = 0;
	json_t *t;
	if (!doc) {
		test_skip(name, "no " VECTORS);
		return;
	}
	json_array_foreach(json_object_get(doc, "tests"), i, t)
	{
		n++;
		if (row(t))
			right++;
		else
			printf("# %s: case %zu\n", name, i);
	}
	json_decref(doc);
	test_case(n && right == n, "%s: %zu of %zu", name, right, n);
}

int main(void)
{
	/* Maven's comparisons are in version_lang.c, with those that are answered otherwise */
	static const char *const files[] = {
		"alpine_version_cmp_test",    "alpm_version_cmp_test",
		"conan_version_cmp_test",     "datetime_version_cmp_test",
		"gentoo_version_cmp_test",    "lexicographic-test",
		"npm_range_containment_test", "nuget_version_cmp_test",
		"openssl_version_cmp_test",   "pypi_range_containment_test",
		"pypi_range_validate_test",   "vers_canonical_parse_test",
	};
	read_texts();
	ask_contents();
	types();
	bounds();
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		run_vectors(files[i]);
	return TEST_END();
}
