/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include "test.h"

static const struct {
	const char *name, *in, *out; /* out NULL: refused, and the message holds `says` */
	const char *says;
} cases[] = {
	{"a mapping",             "a: 1\nb: [x, 'y']\n",      "{\"a\":\"1\",\"b\":[\"x\",\"y\"]}",   NULL                              },
	{"numbers stay text",     "v: 1.10\n",                "{\"v\":\"1.10\"}",                    NULL                              },
	{"null in three forms",   "[~, null, ]",              "[null,null]",                         NULL                              },
	{"a quoted null is text", "[\"null\"]",               "[\"null\"]",                          NULL                              },
	{"nested",                "a:\n  - b: c\n    d: e\n", "{\"a\":[{\"b\":\"c\",\"d\":\"e\"}]}", NULL                              },
	{"empty",                 "",			 "null",				NULL                              },
	{"only a comment",        "# nothing\n",              "null",                                NULL                              },
	{"duplicate key",         "a: 1\na: 2\n",             NULL,                                  "f:2:1: the key stands here twice"},
	{"anchor",                "a: &x 1\n",                NULL,                                  "anchors"                         },
	{"alias",                 "a: *x\n",                  NULL,                                  "aliases"                         },
	{"merge key",             "a:\n  <<: {b: 1}\n",       NULL,                                  "merge"                           },
	{"two documents",         "a: 1\n---\nb: 2\n",        NULL,                                  "more than one document"          },
	{"a mapping as key",      "{a: 1}: b\n",              NULL,                                  "key"                             },
	{"cut short",             "a: [1, 2\n",               NULL,                                  "f:"                              },
	{"a tab for indentation", "a:\n\tb: 1\n",             NULL,                                  "f:2"                             },
};

static void nests(size_t depth, bool is_ok)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1000);
	for (size_t i = 0; i < depth; i++)
		buf_addc(&b, '[');
	for (size_t i = 0; i < depth; i++)
		buf_addc(&b, ']');
	json_t *j = NULL;
	struct err e = {.kind = ERR_NONE};
	int rc = yaml_load(buf_bytes(&b), "f", 0, &j, &e);
	test_case((rc == 0) == is_ok, "%zu levels", depth);
	json_decref(j);
}

/* A document of n bytes: "a: 1", then a comment. */
static int loads(size_t n, unsigned flags, struct err *e)
{
	AUTO_FREE char *text = malloc(n);
	json_t *j = NULL;
	memset(text, 'x', n);
	for (size_t i = 99; i < n; i += 100)
		text[i] = '\n';
	for (size_t i = 0; i < n; i += 100)
		text[i] = '#';
	memcpy(text, "a: 1\n#", 6);
	int rc = yaml_load(bytes_of(text, n), "f", flags, &j, e);
	json_decref(j);
	return rc;
}

static void bounds(void)
{
	struct err e = {.kind = ERR_NONE};
	CHECK(loads((size_t)YAML_DOC_MAX, 0, &e) == 0);
	CHECK(loads((size_t)YAML_DOC_MAX + 1, 0, &e) < 0 && e.kind == ERR_LIMIT);
	CHECK(loads((size_t)YAML_DOC_MAX + 1, YAML_FEED, &e) == 0);
	CHECK(loads((size_t)JSON_DOC_MAX + 1, YAML_FEED, &e) < 0 && e.kind == ERR_LIMIT);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		json_t *j = NULL;
		struct err e = {.kind = ERR_NONE};
		int rc = yaml_load(bytes_str(cases[i].in), "f", 0, &j, &e);
		if (!cases[i].out) {
			test_case(rc < 0 && strstr(e.msg, cases[i].says), "%s is refused: %s",
			          cases[i].name, e.msg);
			continue;
		}
		AUTO_FREE char *text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
		test_case(rc == 0 && text && strcmp(text, cases[i].out) == 0, "%s", cases[i].name);
		json_decref(j);
	}
	bounds();
	nests((size_t)JSON_DEPTH_MAX, true);
	nests((size_t)JSON_DEPTH_MAX + 1, false);
	struct err e;
	json_t *j = NULL;
	CHECK(yaml_load(B("a: 1\nb:\n  c: 2\n"), "f", YAML_LINES, &j, &e) == 0);
	CHECK(yaml_line(json_object_get(j, "b")) == 3);
	json_decref(j);
	return TEST_END();
}
