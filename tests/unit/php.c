/* SPDX-License-Identifier: Apache-2.0 */
/*
 * php.c - literals and serialized values of PHP, and what Composer and PEAR write in them.  What
 * serialize() gives was taken from the PHP manual and from PHP 8.2.
 */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

#define PHP(x) "<?php return " x ";\n"

typedef int loader(struct bytes text, const char *name, json_t **ret, struct err *e);

static const struct {
	loader *load;
	const char *what, *in, *want; /* JSON, keys as they came; or "! " and a part of the error */
} rows[] = {
	{php_load_literal,    "an array",                     PHP("array('a' => array(0 => 1, 1 => true), 'b' => null,)"),
         "{\"a\":{\"0\":1,\"1\":true},\"b\":null}"																  },
	{php_load_literal,    "short arrays, keys left out",  PHP("[ 'x', \"y\", -3, ['z' => FALSE] ]"),
         "{\"0\":\"x\",\"1\":\"y\",\"2\":-3,\"3\":{\"z\":false}}"														   },
	{php_load_literal,    "escapes",                      PHP("array('a\\'b\\\\c' => \"d\\\"e\\n\")"),
         "{\"a'b\\\\c\":\"d\\\"e\\\\n\"}"																	   },
	{php_load_literal,    "texts joined, a constant",     PHP("array('p' => __DIR__ . '/../' . 'a')"),
         "{\"p\":\"/../a\"}"																			},
	{php_load_literal,    "comments",                     "<?php /* ) */ return // x\n array( # y\n 'a' => 1.5);",
         "{\"a\":\"1.5\"}"																			  },
	{php_load_literal,    "an array of nothing",          PHP("array()"),                                              "{}"                                                     },
	{php_load_literal,    "the last of a key counts",     PHP("['a' => 1, 'a' => 2]"),                                 "{\"a\":2}"                                              },
	{php_load_literal,    "empty",                        "",							  "! <?php return"                                         },
	{php_load_literal,    "no program",                   "array()",                                                   "! <?php return"                                         },
	{php_load_literal,    "another program",              "<?php echo 1;",                                             "! <?php return"                                         },
	{php_load_literal,    "a call",                       PHP("array(f('x'))"),                                        "! byte"                                                 },
	{php_load_literal,    "a variable",                   PHP("array($x)"),                                            "! byte"                                                 },
	{php_load_literal,    "an operator",                  PHP("1 + 2"),                                                "! more than a value"                                    },
	{php_load_literal,    "cut in a text",                "<?php return array('a",                                     "! text is not ended"                                    },
	{php_load_literal,    "cut in an array",              "<?php return array('a' => 1",
         "! array is not ended"																		     },
	{php_load_literal,    "no comma",                     PHP("['a' 'b']"),                                            "! array is not ended"                                   },
	{php_load_literal,    "an array for a key",           PHP("[[] => 1]"),                                            "! key is no text"                                       },
	{php_load_literal,    "no value",                     PHP("['a' => ]"),                                            "! byte"                                                 },
	{php_load_literal,    "two commas",                   PHP("[1,,2]"),                                               "! byte"                                                 },
	{php_load_serialized, "an array of all kinds",
         "a:5:{i:0;s:1:\"x\";s:1:\"b\";b:1;s:1:\"d\";d:0.5;s:1:\"n\";N;s:1:\"m\";i:-7;}",                                  "{\"0\":\"x\",\"b\":1,\"d\":\"0.5\",\"n\":null,\"m\":-7}"},
	{php_load_serialized, "a text with quotes and signs", "s:5:\"a\";\"b\";",
         "\"a\\\";\\\"b\""																			  },
	{php_load_serialized, "an exponent",                  "a:1:{i:0;d:1.0E+25;}",                                      "{\"0\":\"1.0\"}"                                        },
	{php_load_serialized, "within one another",           "a:1:{s:1:\"a\";a:1:{i:0;a:0:{}}}",
         "{\"a\":{\"0\":{}}}"																		       },
	{php_load_serialized, "empty",                        "",							  "! no serialized value"                                  },
	{php_load_serialized, "an object",                    "O:3:\"Foo\":0:{}",                                          "! kind of value"                                        },
	{php_load_serialized, "a reference",                  "R:1;",						      "! kind of value"                                        },
	{php_load_serialized, "a text longer than the file",  "s:9:\"abc\";",
         "! as long as it says"																		     },
	{php_load_serialized, "a text that ends elsewhere",   "s:2:\"abc\";",                                              "! as long as it says"                                   },
	{php_load_serialized, "a length past all",            "s:99999999999999999999:\"\";",                              "! as long"                                              },
	{php_load_serialized, "an array of fewer",            "a:2:{i:0;i:1;}",                                            "! byte"                                                 },
	{php_load_serialized, "an array of more",             "a:0:{i:0;i:1;}",                                            "! as long as it says"                                   },
	{php_load_serialized, "a number without digits",      "i:;",                                                       "! no digits"                                            },
	{php_load_serialized, "a number not ended",           "i:1x;",                                                     "! not ended"                                            },
};

static void read_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_JSON json_t *doc = NULL;
		struct err e = {.kind = ERR_NONE};
		int res = rows[i].load(bytes_str(rows[i].in), "x", &doc, &e);
		char *text = doc ? json_dumps(doc, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
		bool is_fault = rows[i].want[0] == '!';
		bool is_right = is_fault ? res < 0 && strstr(e.msg, rows[i].want + 2)
		                         : text && !strcmp(text, rows[i].want);
		if (!test_case(is_right, "%s", rows[i].what))
			printf("# %s %s\n", text ? text : "", res < 0 ? e.msg : "");
		free(text);
	}
}

/* n arrays within one another, or one array of n values in all. */
static int load_many(loader *load, size_t n, bool is_deep, struct err *e)
{
	AUTO_JSON json_t *doc = NULL;
	AUTO_BUF struct buf b;
	bool is_literal = load == php_load_literal;
	buf_init(&b, MIB(32));
	buf_adds(&b, is_literal ? "<?php return " : "");
	if (!is_deep && !is_literal)
		buf_addf(&b, "a:%zu:{", (n - 1) / 2);
	else if (!is_deep)
		buf_adds(&b, "[");
	for (size_t i = 0; i < n && is_deep; i++)
		buf_adds(&b, is_literal ? "[" : i + 1 < n ? "a:1:{i:0;" : "a:0:{");
	for (size_t i = 1; i < n && !is_deep; i++)
		is_literal ? buf_addf(&b, "%zu,", i) : buf_addf(&b, "i:%zu;", i);
	for (size_t i = 0; i < (is_deep ? n : 1); i++)
		buf_adds(&b, is_literal ? "]" : "}");
	buf_adds(&b, is_literal ? ";" : "");
	return load(buf_bytes(&b), "x", &doc, e);
}

static void bounds(loader *load)
{
	struct err e;
	CHECK(load_many(load, (size_t)JSON_DEPTH_MAX, true, &e) == 0);
	CHECK(load_many(load, (size_t)JSON_DEPTH_MAX + 1, true, &e) < 0 && e.kind == ERR_LIMIT);
	CHECK(load_many(load, (size_t)PHP_VALUES_MAX - 1, false, &e) == 0);
	CHECK(load_many(load, (size_t)PHP_VALUES_MAX + 1, false, &e) < 0 && e.kind == ERR_LIMIT);
}

static void list(void *arg, const struct lang_package *p)
{
	buf_addf(arg, "%.*s|%.*s\n", BYTES_FMT(p->name), BYTES_FMT(p->version));
}

/* As Composer 2.5 writes it. */
static void composer(void)
{
	static const char text[] =
		"<?php return array(\n    'root' => array(\n        'name' => 'me/app',\n"
		"        'pretty_version' => 'dev-main',\n        'aliases' => array(),\n"
		"        'dev' => true,\n    ),\n    'versions' => array(\n"
		"        'me/app' => array(\n            'pretty_version' => 'dev-main',\n        "
		"),\n"
		"        'monolog/monolog' => array(\n            'pretty_version' => '2.3.5',\n"
		"            'version' => '2.3.5.0',\n            'reference' => null,\n"
		"            'install_path' => __DIR__ . '/../monolog/monolog',\n"
		"            'dev_requirement' => false,\n        ),\n"
		"        'psr/log-implementation' => array(\n            'dev_requirement' => "
		"false,\n"
		"            'provided' => array(\n                0 => '1.0.0 || 2.0.0',\n"
		"            ),\n        ),\n    ),\n);\n";
	AUTO_BUF struct buf b;
	struct err e;
	buf_init(&b, KIB(4));
	CHECK(lang_composer_php(bytes_str(text), list, &b, &e) == 1);
	CHECK(!strcmp(buf_cstr(&b), "monolog/monolog|2.3.5\n"));
	CHECK(lang_composer_php(B(PHP("array()")), list, &b, &e) < 0);
}

static void pear(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{"a:3:{s:4:\"name\";s:1:\"a\";s:7:\"channel\";s:12:\"pecl.php.net\";s:7:"
	         "\"version\";"
	         "a:2:{s:7:\"release\";s:5:\"3.2.0\";s:3:\"api\";s:1:\"1\";}}", "1 pecl.php.net/a 3.2.0 "},
		{"a:3:{s:7:\"package\";s:1:\"A\";s:7:\"version\";s:3:\"1.0\";s:15:\"release_"
	         "license\";"
	         "s:3:\"BSD\";}",	                                       "1 A 1.0 BSD"            },
		{"a:1:{s:4:\"name\";s:12:\"pecl.php.net\";}",                                    "0"                      }, /* a channel */
		{"a:1:{",									"-1"                     },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct lang_package p;
		char got[200];
		int res = lang_pear(bytes_str(cases[i].in), a, &p, NULL);
		if (res == 1)
			snprintf(got, sizeof got, "1 %.*s %.*s %.*s", BYTES_FMT(p.name),
			         BYTES_FMT(p.version), BYTES_FMT(p.license));
		else
			snprintf(got, sizeof got, "%d", res);
		test_case(!strcmp(got, cases[i].want), "PEAR: %s", cases[i].want);
	}
}

int main(void)
{
	read_rows();
	bounds(php_load_literal);
	bounds(php_load_serialized);
	composer();
	pear();
	return TEST_END();
}
