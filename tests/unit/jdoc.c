/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jdoc.c - the fast reader: what it refuses, its bounds, and JSONTestSuite, of which it takes and
 * refuses what the other reader does.
 */
#include "base/jdoc.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "test.h"

#define SUITE "../shared/data/vectors/json/"

static int load(struct arena *a, struct bytes text, const struct jnode **ret, struct err *e)
{
	return jdoc_load(a, text, "doc", (size_t)JSON_DOC_MAX, ret, e);
}

static const struct {
	const char *name, *in, *error; /* NULL: taken */
} cases[] = {
	{"an object",                 "{\"a\": [1, 2.5, \"x\"]}",  NULL                 },
	{"a mark in front",           "\xef\xbb\xbf[]",            NULL                 },
	{"names that differ in case", "{\"a\":1,\"A\":2}",         NULL                 },
	{"a name that comes twice",   "{\"a\":1,\n\"\\u0061\":2}", "line 1, column 2"   },
	{"NUL in a name",             "{\"a\\u0000\":1}",          "NUL in a name"      },
	{"a raw NUL",                 "[1,\n\x01]",                "line 2, column 1"   },
	{"a line end in a text",      "[\"a\nb\"]",                "control character"  },
	{"half a pair",               "[\"\\ud800\"]",             "invalid escape"     },
	{"an escape past the end",    "[\"\\u12",                  "does not end"       },
	{"an escape over the quote",  "[\"\\u12\", 1]",            "invalid escape"     },
	{"not UTF-8",                 "[\"\xff\"]",                "not UTF-8"          },
	{"an integer past 64 bits",   "[9223372036854775808]",     "too large"          },
	{"the least integer",         "[-9223372036854775808]",    NULL                 },
	{"a real past all",           "[1e999]",                   "too large"          },
	{"a leading zero",            "[01]",                      "no value"           },
	{"a comma at the end",        "[1,]",                      "no value"           },
	{"two values",                "1 2",                       "more than one value"},
	{"empty",		     "",			  "no value"           },
	{"cut short",                 "{\"a\":",                   "no value"           },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		const struct jnode *root;
		struct err e = {.msg = ""};
		int rc = load(a, bytes_str(cases[i].in), &root, &e);
		bool is_said = cases[i].error && strstr(e.msg, cases[i].error);
		test_case(cases[i].error ? rc < 0 && is_said : rc == 0, "%s %s", cases[i].name,
		          e.msg);
	}
}

static void test_asking(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct jnode *o;
	struct err e;
	uint64_t n;
	CHECK(load(a,
	           B("{\"t\":\"a\\\"\\u20ac\\ud83d\\ude00b\",\"n\":7,\"l\":[true],\"o\":{},\"y\":"
	             "true}"),
	           &o, &e) == 0);
	CHECK(bytes_eq(jnode_text(o, "t"), B("a\"\xe2\x82\xac\xf0\x9f\x98\x80"
	                                     "b")));
	CHECK(jnode_u64(o, "n", 7, &n) && n == 7 && !jnode_u64(o, "n", 6, &n) &&
	      !jnode_u64(o, "t", 9, &n));
	CHECK(jnode_list(o, "l")->n == 1 && !jnode_list(o, "o") && jnode_obj(o, "o") &&
	      !jnode_obj(o, "l"));
	CHECK(jnode_is_true(o, "y") && !jnode_is_true(o, "n") && !jnode_get(o, "none") &&
	      !jnode_get(NULL, "t"));
	CHECK(!jnode_text(o, "n").p && !jnode_bytes(NULL).p);
}

/* "{n}" has the names and values of an object as it is read. */
static const char *members_of(const struct jnode *o, char out[64])
{
	size_t at = 0;
	out[0] = 0;
	for (size_t i = 0; i < o->n; i++)
		at += (size_t)snprintf(out + at, 64 - at, "%.*s%d ", BYTES_FMT(o->v[i].key),
		                       (int)o->v[i].i);
	return out;
}

static void test_loose(void)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{"{\"a\":1,\"b\":2}",                                 "a1 b2 "   },
		{"{\"a\":1,\"b\":2,\"\\u0061\":3}",                   "a3 b2 "   },
		{"{\"a\":1,\"a\":2,\"a\":3,\"A\":4,\"b\":5,\"b\":6}", "a3 A4 b6 "},
	};
	char out[64];
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		const struct jnode *o;
		struct err e;
		test_case(jdoc_load_loose(a, bytes_str(rows[i].in), "d", 99, &o, &e) == 0 &&
		                  strcmp(members_of(o, out), rows[i].want) == 0,
		          "loose: %s", rows[i].in);
	}
	AUTO_ARENA struct arena *a = arena_new();
	const struct jnode *o;
	struct err e;
	CHECK(jdoc_load_loose(a, B("{\"a\":{\"b\":1,\"b\":2},\"a\":7"), "d", 99, &o, &e) < 0);
	CHECK(jdoc_load_loose(a, B("[1]"), "d", 2, &o, &e) < 0 && e.kind == ERR_LIMIT);
}

/* n levels of lists. */
static int nested(size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	const struct jnode *root;
	struct err e;
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < n; i++)
		buf_addc(&b, '[');
	for (size_t i = 0; i < n; i++)
		buf_addc(&b, ']');
	return load(a, buf_bytes(&b), &root, &e);
}

/* An object of n names, the last of which is the first again or not. */
static int members(size_t n, bool is_again)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	const struct jnode *root;
	struct err e;
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s\"%zu\":0", i ? "," : "{", is_again && i == n - 1 ? (size_t)0 : i);
	buf_addc(&b, '}');
	return load(a, buf_bytes(&b), &root, &e);
}

static int values(size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	uint8_t *p = mem_alloc(2 * n + 2);
	const struct jnode *root;
	struct err e;
	p[0] = '[';
	for (size_t i = 0; i < n; i++) {
		p[1 + 2 * i] = '0';
		p[2 + 2 * i] = ',';
	}
	p[2 * n] = ']';
	int rc = load(a, bytes_of(p, 2 * n + 1), &root, &e);
	free(p);
	return rc ? (int)e.kind : 0;
}

static void test_bounds(void)
{
	CHECK(nested((size_t)JSON_DEPTH_MAX) == 0 && nested((size_t)JSON_DEPTH_MAX + 1) < 0);
	CHECK(members(32, false) == 0 && members(32, true) < 0);
	CHECK(members(33, false) == 0 && members(33, true) < 0);
	CHECK(values((size_t)JSON_VALUES_MAX - 1) == 0 &&
	      values((size_t)JSON_VALUES_MAX) == ERR_LIMIT);
	AUTO_ARENA struct arena *a = arena_new();
	const struct jnode *root;
	struct err e;
	CHECK(jdoc_load(a, B("[1]"), "d", 3, &root, &e) == 0 &&
	      jdoc_load(a, B("[1]"), "d", 2, &root, &e) < 0);
	CHECK(e.kind == ERR_LIMIT);
}

static bool agree(const char *folder, const char *name)
{
	AUTO_FREE char *path = path_join(folder, name);
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b = {.max = 0};
	AUTO_JSON json_t *j = NULL;
	const struct jnode *root;
	struct err e;
	if (file_read(path, (size_t)JSON_DOC_MAX, &b, &e))
		return false;
	return load(a, buf_bytes(&b), &root, &e) ==
	       json_load_data(buf_bytes(&b), name, (size_t)JSON_DOC_MAX, &j, &e);
}

static void test_suite(const char *folder, size_t least)
{
	DIR *d = opendir(folder);
	if (!d) {
		test_skip(folder, "not beside the repository");
		return;
	}
	size_t n = 0;
	for (const struct dirent *de; (de = readdir(d)); n++)
		if (de->d_name[0] != '.' && !agree(folder, de->d_name))
			test_case(0, "%s", de->d_name);
	closedir(d);
	test_case(n > least, "%s: both readers answer alike", folder);
}

int main(void)
{
	test_cases();
	test_asking();
	test_loose();
	test_bounds();
	test_suite(SUITE "test_parsing", 200);
	test_suite(SUITE "test_transform", 15);
	return TEST_END();
}
