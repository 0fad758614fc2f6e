/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - against JSONTestSuite where it lies beside the repository, and our stricter rules. */
#include "base/json.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "test.h"

#define SUITE "../shared/data/vectors/json/test_parsing"

/* y_ files that RFC 8259 allows and assay refuses, each for a reason of its own. */
static const struct {
	const char *name, *why;
} stricter[] = {
	{"y_object_duplicated_key.json",           "names are unique"            },
	{"y_object_duplicated_key_and_value.json", "names are unique"            },
	{"y_object_escaped_null_in_key.json",      "jansson has no NUL in a name"},
};

static bool is_stricter(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(stricter); i++) {
		if (strcmp(stricter[i].name, name) == 0)
			return true;
	}
	return false;
}

static int load_file(const char *name)
{
	AUTO_FREE char *path = path_join(SUITE, name);
	AUTO_BUF struct buf b = {.max = 0};
	AUTO_JSON json_t *j = NULL;
	struct err e;
	if (file_read(path, (size_t)JSON_DOC_MAX, &b, &e))
		return 1;
	return json_load(buf_bytes(&b), name, (size_t)JSON_DOC_MAX, &j, &e);
}

static void test_suite(void)
{
	DIR *d = opendir(SUITE);
	if (!d) {
		test_skip("JSONTestSuite", "not beside the repository");
		return;
	}
	int n[3] = {0};
	for (const struct dirent *de; (de = readdir(d));) {
		const char *name = de->d_name;
		if (name[0] == '.')
			continue;
		int rc = load_file(name);
		n[name[0] == 'y' ? 0 : name[0] == 'n' ? 1 : 2]++;
		if (name[0] == 'i') /* either is right: it must only end */
			continue;
		int want = name[0] == 'y' && !is_stricter(name) ? 0 : -1;
		if (rc != want)
			test_case(0, "%s is %s", name, want ? "refused" : "read");
	}
	closedir(d);
	test_case(n[0] > 0 && n[1] > 0, "JSONTestSuite: %d y_, %d n_, %d i_", n[0], n[1], n[2]);
}

static const struct {
	const char *name, *text;
	enum err_kind kind; /* of json_load; ERR_NONE: read */
	enum err_kind data; /* of json_load_data */
} cases[] = {
	{"object",		    "{\"a\": 1}",					    ERR_NONE,   ERR_NONE  },
	{"scalar",		    "3",						     ERR_NONE,   ERR_NONE  },
	{"empty",		     "",						      ERR_FORMAT, ERR_FORMAT},
	{"blanks",		    " \n",						   ERR_FORMAT, ERR_FORMAT},
	{"cut short",                 "{\"a\": ",					      ERR_FORMAT, ERR_FORMAT},
	{"trailing bytes",            "{} x",						  ERR_FORMAT, ERR_FORMAT},
	{"two documents",             "{}{}",						  ERR_FORMAT, ERR_FORMAT},
	{"duplicate",                 "{\"a\": 1, \"a\": 1}",                                  ERR_FORMAT, ERR_FORMAT},
	{"duplicate by escape",       "{\"a\": 1, \"\\u0061\": 1}",                            ERR_FORMAT, ERR_FORMAT},
	{"case",		      "{\"layers\": 1, \"Layers\": 2}",                        ERR_FORMAT, ERR_NONE  },
	{"case, deep",                "[[{\"x\": {\"k\": 1, \"b\": 2, \"K\": 3}}]]",           ERR_FORMAT, ERR_NONE  },
	{"case by long s",            "{\"layers\": 1, \"layer\xc5\xbf\": 2}",                 ERR_FORMAT, ERR_NONE  },
	{"case by Kelvin sign",       "{\"k\": 1, \"\xe2\x84\xaa\": 2}",                       ERR_FORMAT, ERR_NONE  },
	{"case, many members",
         "{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"H\":0}",  ERR_FORMAT, ERR_NONE  },
	{"no clash, many members",
         "{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"hh\":0}", ERR_NONE,   ERR_NONE  },
	{"case in different objects", "[{\"a\": 1}, {\"A\": 1}]",                              ERR_NONE,   ERR_NONE  },
	{"byte order mark",           "\xef\xbb\xbf{}",                                        ERR_FORMAT, ERR_NONE  },
	{"not UTF-8",                 "[\"\xff\"]",					    ERR_FORMAT, ERR_FORMAT},
	{"surrogate in UTF-8",        "[\"\xed\xa0\x80\"]",                                    ERR_FORMAT, ERR_FORMAT},
	{"lone surrogate escaped",    "[\"\\ud800\"]",                                         ERR_FORMAT, ERR_FORMAT},
	{"brackets in a string",      "[\"[[[[\\\"]]{{\"]",                                    ERR_NONE,   ERR_NONE  },
	{"comment",                   "[1] // x",					      ERR_FORMAT, ERR_FORMAT},
	{"NaN",		       "[NaN]",						 ERR_FORMAT, ERR_FORMAT},
	{"number too large",          "[1e999]",					       ERR_FORMAT, ERR_FORMAT},
	{"integer too large",         "[99999999999999999999]",                                ERR_FORMAT, ERR_FORMAT},
};

static void test_cases(void)
{
	static int (*const loaders[])(struct bytes, const char *, size_t, json_t **,
	                              struct err *) = {json_load, json_load_data};
	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		struct err e = {.kind = ERR_NONE};
		json_t *j = NULL;
		enum err_kind want = i % 2 ? cases[i / 2].data : cases[i / 2].kind;
		int rc = loaders[i % 2](bytes_str(cases[i / 2].text), "doc", 1000, &j, &e);
		test_case(rc == (want ? -1 : 0) && e.kind == want && !j == !!want, "%s%s",
		          cases[i / 2].name, i % 2 ? " (data)" : "");
		json_decref(j);
	}
}

static int load_repeated(const char *open, const char *mid, const char *close, int64_t n,
                         struct err *e)
{
	AUTO_BUF struct buf b;
	AUTO_JSON json_t *j = NULL;
	buf_init(&b, (size_t)JSON_DOC_MAX);
	for (int64_t i = 0; i < n; i++)
		buf_adds(&b, open);
	buf_adds(&b, mid);
	for (int64_t i = 0; i < n; i++)
		buf_adds(&b, close);
	e->kind = ERR_NONE;
	return json_load(buf_bytes(&b), "doc", (size_t)JSON_DOC_MAX, &j, e);
}

static void test_bounds(void)
{
	struct err e;
	json_t *j = NULL;
	CHECK(load_repeated("[", "1", "]", JSON_DEPTH_MAX, &e) == 0);
	CHECK(load_repeated("[", "1", "]", JSON_DEPTH_MAX + 1, &e) == -1 && e.kind == ERR_LIMIT);
	CHECK(load_repeated("{\"a\":", "1", "}", JSON_DEPTH_MAX, &e) == 0);
	CHECK(load_repeated("{\"a\":", "1", "}", JSON_DEPTH_MAX + 1, &e) == -1 &&
	      e.kind == ERR_LIMIT);
	CHECK(load_repeated("[", "", "", 100000, &e) == -1 && e.kind == ERR_LIMIT);
	/* "[1,1,...,1]" has a value for the list and one per element */
	CHECK(load_repeated("", "1", "]", 0, &e) == 0);
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)JSON_DOC_MAX);
	buf_addc(&b, '[');
	for (int64_t i = 0; i < JSON_VALUES_MAX - 2; i++)
		buf_adds(&b, "1,");
	buf_adds(&b, "1]");
	CHECK(json_load(buf_bytes(&b), "doc", b.n, &j, &e) == 0);
	json_decref(j);
	j = NULL;
	b.n--;
	buf_adds(&b, ",1]");
	CHECK(json_load(buf_bytes(&b), "doc", b.n, &j, &e) == -1 && e.kind == ERR_LIMIT && !j);
	CHECK(json_load(B("[1, 2]"), "doc", 6, &j, &e) == 0);
	json_decref(j);
	j = NULL;
	CHECK(json_load(B("[1, 2]"), "doc", 5, &j, &e) == -1 && e.kind == ERR_LIMIT && !j);
	CHECK(json_load((struct bytes){NULL, 0}, "doc", 5, &j, &e) == -1);
	CHECK(json_load(bytes_of("12\0", 3), "doc", 5, &j, &e) == -1 && e.kind == ERR_FORMAT);
	CHECK(json_load(bytes_of("[]\0", 3), "doc", 5, &j, &e) == -1 && e.kind == ERR_FORMAT);
	CHECK(json_load(B("{\n \"a\": x}"), "doc.json", 50, &j, &e) == -1);
	CHECK(strstr(e.msg, "doc.json: line 2, column"));
}

static void test_members(void)
{
	AUTO_JSON json_t *j = NULL;
	struct err e;
	struct bytes doc =
		B("{\"s\": \"a\\u0000b\", \"e\": \"\", \"n\": 5, \"neg\": -1, \"f\": 5.0,"
	          " \"o\": {}, \"l\": [], \"z\": null}");
	CHECK(json_load(doc, "doc", 1000, &j, &e) == 0);
	uint64_t v = 9;
	CHECK(bytes_eq(json_text(j, "s"), bytes_of("a\0b", 3)));
	CHECK(json_text(j, "e").p && json_text(j, "e").n == 0);
	CHECK(!json_text(j, "n").p && !json_text(j, "absent").p && !json_text(NULL, "s").p);
	CHECK(json_u64(j, "n", 5, &v) && v == 5);
	CHECK(!json_u64(j, "n", 4, &v) && !json_u64(j, "neg", UINT64_MAX, &v) && v == 5);
	CHECK(!json_u64(j, "f", 9, &v) && !json_u64(j, "s", 9, &v) && !json_u64(j, "z", 9, &v));
	CHECK(json_obj(j, "o") && !json_obj(j, "l") && !json_obj(j, "z") && !json_obj(NULL, "o"));
	CHECK(json_list(j, "l") && !json_list(j, "o") && !json_list(j, "absent"));
	CHECK(!json_bytes(NULL).p);
}

int main(void)
{
	test_suite();
	test_cases();
	test_bounds();
	test_members();
	return TEST_END();
}
