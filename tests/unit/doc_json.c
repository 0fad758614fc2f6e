/* SPDX-License-Identifier: Apache-2.0 */
/* JSON documents by subtrees. */
#include "advise/sink.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

struct seen {
	struct buf text; /* "PATH KEY.KEY VALUE;" each */
	bool stop;
};

static int note(void *arg, const struct feed_value *v, struct err *e)
{
	struct seen *s = arg;
	char *value = json_dumps(v->tree, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
	buf_addf(&s->text, "%zu ", v->path);
	for (size_t i = 0; i < v->n_keys; i++)
		buf_addf(&s->text, "%s%.*s", i ? "." : "", BYTES_FMT(v->keys[i]));
	buf_addf(&s->text, " %s;", value);
	free(value);
	return s->stop ? err_set(e, ERR_USAGE, "enough") : 0;
}

static const struct {
	const char *name, *paths[4], *text;
	const char *want; /* NULL: an error */
} cases[] = {
	{"members of members",
         {"*.*"},
         "{\"a\":{\"x\":1,\"y\":[2]},\"b\":{\"z\":{}},\"c\":3}",                           "0 a.x 1;0 a.y [2];0 b.z {};"                          },
	{"elements of a list",
         {"list.*"},
         "{\"other\":[{}],\"list\":[{\"a\":1},2,\"x\"]}",                                  "0 list. {\"a\":1};0 list. 2;0 list. \"x\";"           },
	{"several paths, in the order of the document",
         {"b", "a.*"},
         "{\"a\":[1],\"b\":\"t\",\"c\":0}",                                                "1 a. 1;0 b \"t\";"				    },
	{"a whole list at the top",
         {"*"},
         "[1,[2,{\"a\":[3]}],null]",                                                       "0  1;0  [2,{\"a\":[3]}];0  null;"                     },
	{"deep inside a wanted tree names are free",
         {"a"},
         "{\"a\":{\"a\":{\"a\":1}}}",                                                      "0 a {\"a\":{\"a\":1}};"                               },
	{"numbers",
         {"*"},
         "[1,-2,1.5,1e3,123456789012345678901234567890]",                                  "0  1;0  -2;0  1.5;0  1000.0;0  1.2345678901234568e29;"},
	{"a byte order mark",                           {"a"}, "\xef\xbb\xbf{\"a\":true}", "0 a true;"                                            },
	{"nothing wanted",			      {"x"}, "{\"a\":{\"x\":1}}",        ""                                                     },
	{"the later of two members of one name counts",
         {"a"},
         "{\"a\":{\"b\":1,\"b\":2}}",                                                      "0 a {\"b\":2};"				       },
	{"cut short",				   {"*"}, "{\"a\":[1,",               NULL						   },
	{"bytes after the end",                         {"*"}, "{} x",                     NULL						   },
	{"a comment",				   {"*"}, "{/* */}",                  NULL						   },
	{"not UTF-8",				   {"*"}, "{\"a\":\"\xff\"}",         NULL                                                   },
	{"NUL in a name",			       {"*"}, "{\"a\\u0000b\":1}",        NULL                                                   },
	{"a number without end",
         {"*"},
         "[1111111111111111111111111111111111111111111111111111111111111111111111111]",    NULL						   },
	{"empty",				       {"*"}, "",                         NULL						   },
	{"words",				       {"*"}, "words",                    NULL						   },
};

static int run(const char *const paths[], struct bytes text, struct seen *s, struct err *e)
{
	struct doc_memory m;
	doc_memory(&m, "x", text);
	return feed_json(&m.doc, paths, note, s, e);
}

/* depth lists in each other, in the wanted place or not. */
static int nested(int64_t depth, const char *path)
{
	const char *const paths[] = {path, NULL};
	struct buf b;
	struct seen s = {.stop = false};
	struct err e;
	buf_init(&b, 1 << 20);
	buf_init(&s.text, 1 << 20);
	for (int64_t i = 0; i < depth; i++)
		buf_addc(&b, '[');
	for (int64_t i = 0; i < depth; i++)
		buf_addc(&b, ']');
	int res = run(paths, buf_bytes(&b), &s, &e);
	buf_fini(&b);
	buf_fini(&s.text);
	return res;
}

/* One string of n bytes. */
static int long_string(size_t n, struct err *e)
{
	static const char *const paths[] = {"none", NULL};
	uint8_t *text = mem_alloc(n + 2);
	struct seen s = {.stop = false};
	memset(text, 'a', n + 2);
	text[0] = text[n + 1] = '"';
	int res = run(paths, bytes_of(text, n + 2), &s, e);
	free(text);
	return res;
}

/* A wanted list of strings of 1 MiB, n of them: FEED_RECORD_MAX bytes together, and past that. */
static int long_record(size_t n, struct err *e)
{
	static const char *const paths[] = {"a", NULL};
	const size_t each = 1 << 20;
	struct seen s = {.stop = false};
	uint8_t *text = mem_alloc(n * each + 16), *p = text;
	memset(text, 'b', n * each + 16);
	memcpy(p, "{\"a\":[", 6);
	p += 6;
	for (size_t i = 0; i < n; i++, p += each) {
		p[0] = p[each - 2] = '"';
		p[each - 1] = i + 1 < n ? ',' : ']';
	}
	*p++ = '}';
	buf_init(&s.text, 100);
	int res = run(paths, bytes_of(text, (size_t)(p - text)), &s, e);
	buf_fini(&s.text);
	free(text);
	return res;
}

static void check_record(void)
{
	struct err e = {.kind = ERR_NONE};
	size_t fits = (size_t)FEED_RECORD_MAX >> 20;
	CHECK(long_record(fits - 1, &e) == 0);
	CHECK(long_record(fits + 1, &e) < 0 && e.kind == ERR_LIMIT);
}

int main(void)
{
	struct err e = {.kind = ERR_NONE};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct seen s = {.stop = false};
		buf_init(&s.text, 1 << 20);
		int res = run(cases[i].paths, bytes_str(cases[i].text), &s, &e);
		bool is_right = cases[i].want
		                        ? res == 0 && strcmp(buf_cstr(&s.text), cases[i].want) == 0
		                        : res < 0;
		if (!test_case(is_right, "%s", cases[i].name))
			printf("# %d %s\n# %s\n", res, e.msg, buf_cstr(&s.text));
		buf_fini(&s.text);
	}
	struct seen stopping = {.stop = true};
	buf_init(&stopping.text, 1000);
	CHECK(run(cases[0].paths, bytes_str(cases[0].text), &stopping, &e) < 0 &&
	      e.kind == ERR_USAGE);
	CHECK(strcmp(buf_cstr(&stopping.text), "0 a.x 1;") == 0);
	buf_fini(&stopping.text);
	CHECK(nested(JSON_DEPTH_MAX, "*") == 0);
	CHECK(nested(JSON_DEPTH_MAX + 1, "*") < 0);
	CHECK(nested(JSON_DEPTH_MAX, "x") == 0);
	CHECK(nested(JSON_DEPTH_MAX + 1, "x") < 0);
	CHECK(nested(100000, "x") < 0);
	CHECK(long_string((size_t)FEED_STRING_MAX, &e) == 0);
	CHECK(long_string((size_t)FEED_STRING_MAX + 1, &e) < 0 && e.kind == ERR_LIMIT);
	CHECK(long_string((size_t)FEED_STRING_MAX * 8, &e) < 0 && e.kind == ERR_LIMIT);
	check_record();
	return TEST_END();
}
