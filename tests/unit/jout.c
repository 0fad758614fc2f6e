/* SPDX-License-Identifier: Apache-2.0 */
/* jout.c - what the writer writes, and that jansson reads the same back. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "test.h"

static void check(const char *name, struct buf *b, struct json_out *j, const char *want)
{
	int rc = jout_end(j);
	test_case(rc == 0 && bytes_eq(buf_bytes(b), bytes_str(want)), "%s: %.*s", name,
	          BYTES_FMT(buf_bytes(b)));
	buf_reset(b);
}

static void sample(struct json_out *j)
{
	jout_object(j);
	jout_kstr(j, "a", "x");
	jout_kstr(j, "none", NULL);
	jout_kbytes(j, "empty", B(""));
	jout_key(j, "list");
	jout_array(j);
	jout_int(j, -1);
	jout_uint(j, UINT64_MAX);
	jout_bool(j, true);
	jout_array(j);
	jout_array_end(j);
	jout_object(j);
	jout_object_end(j);
	jout_array_end(j);
	jout_kint(j, "min", INT64_MIN);
	jout_object_end(j);
}

static void test_shape(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1000);
	struct json_out j;
	jout_init(&j, jout_to_buf, &b, false);
	sample(&j);
	check("compact", &b, &j,
	      "{\"a\":\"x\",\"none\":null,\"empty\":\"\",\"list\":[-1,18446744073709551615,true,"
	      "[],{}],\"min\":-9223372036854775808}");
	jout_init(&j, jout_to_buf, &b, true);
	sample(&j);
	check("pretty", &b, &j,
	      "{\n  \"a\": \"x\",\n  \"none\": null,\n  \"empty\": \"\",\n  \"list\": [\n    -1,\n"
	      "    18446744073709551615,\n    true,\n    [],\n    {}\n  ],\n"
	      "  \"min\": -9223372036854775808\n}");
	jout_init(&j, jout_to_buf, &b, false);
	jout_bool(&j, false);
	check("scalar", &b, &j, "false");
}

static const struct {
	const char *name;
	struct bytes in;
	const char *out;
} strings[] = {
	{"plain",                 B("usr/bin"),                              "\"usr/bin\""                             },
	{"quote and backslash",   B("a\"b\\c"),                              "\"a\\\"b\\\\c\""                         },
	{"short escapes",         B("\b\t\n\f\r"),                           "\"\\b\\t\\n\\f\\r\""                     },
	{"a command to a runner", B("a ##[b] ##vso[c] ## [ #"),
         "\"a \\u0023#[b] \\u0023#vso[c] ## [ #\""								     },
	{"controls",              B("\0\x1b\x7f"),                           "\"\\u0000\\u001b\\u007f\""               },
	{"UTF-8 stays",           B("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
         "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""								    },
	{"each bad byte",         B("a\xff\xc3(\xe2\x82"),
         "\"a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\""                                                      },
	{"overlong",              B("\xc0\xaf"),                             "\"\xef\xbf\xbd\xef\xbf\xbd\""            },
	{"surrogate",             B("\xed\xa0\x80"),                         "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	{"C1",		    B("\xc2\x9b"),                             "\"\\u009b\""                             },
	{"bidi",		  B("\xe2\x80\xae"),                         "\"\\u202e\""                             },
	{"line separator",        B("\xe2\x80\xa8"),                         "\"\\u2028\""                             },
	{"tag",		   B("\xf3\xa0\x81\x81"),                     "\"\\udb40\\udc41\""                      },
};

static void test_strings(void)
{
	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 1000);
		struct json_out j;
		jout_init(&j, jout_to_buf, &b, false);
		jout_bytes(&j, strings[i].in);
		check(strings[i].name, &b, &j, strings[i].out);
	}
}

static const struct {
	double v;
	const char *out; /* Python's repr, but for a trailing ".0" and the form of exponents */
} doubles[] = {
	{-0.0,		    "0"		      },
	{0,		       "0"		      },
	{9.8,		     "9.8"		    },
	{0.1,		     "0.1"		    },
	{-1.5,		    "-1.5"                   },
	{1.0 / 3,                 "0.3333333333333333"     },
	{0.1 + 0.2,               "0.30000000000000004"    },
	{1e300,		   "1e+300"                 },
	{4.9406564584124654e-324, "5e-324"                 },
	{DBL_MAX,                 "1.7976931348623157e+308"},
	{0.00043,                 "0.00043"                },
	{NAN,		     "null"                   },
	{INFINITY,                "null"                   },
};

static void test_doubles(const char *locale)
{
	if (!setlocale(LC_ALL, locale)) {
		test_skip("numbers in a locale with a decimal comma", "no such locale");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(doubles); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 1000);
		struct json_out j;
		jout_init(&j, jout_to_buf, &b, false);
		jout_double(&j, doubles[i].v);
		check(locale, &b, &j, doubles[i].out);
	}
	setlocale(LC_ALL, "C");
}

/* Strings around the size of a piece, read back by jansson. */
static void test_long(void)
{
	AUTO_BUF struct buf b, s;
	buf_init(&b, 4 << 20);
	buf_init(&s, 1 << 20);
	struct json_out j;
	jout_init(&j, jout_to_buf, &b, true);
	jout_array(&j);
	for (size_t n = 65530; n < 65545; n++) {
		buf_reset(&s);
		while (s.n < n)
			buf_addc(&s, s.n % 1000 == 999 ? '\n' : 'x');
		jout_bytes(&j, buf_bytes(&s));
	}
	jout_array_end(&j);
	CHECK(jout_end(&j) == 0);
	AUTO_JSON json_t *back = NULL;
	struct err e;
	CHECK(json_load(buf_bytes(&b), "back", b.n, &back, &e) == 0);
	CHECK(json_array_size(back) == 15 && json_string_length(json_array_get(back, 14)) == 65544);
}

static int refuse(void *arg, struct bytes piece)
{
	++*(int *)arg;
	return piece.n ? -1 : 0;
}

static void test_failing_sink(void)
{
	int calls = 0;
	struct json_out j;
	jout_init(&j, refuse, &calls, false);
	jout_array(&j);
	for (int i = 0; i < 100000; i++)
		jout_str(&j, "some text");
	jout_array_end(&j);
	CHECK(jout_end(&j) == -1 && calls == 1);
	AUTO_BUF struct buf b;
	buf_init(&b, 3);
	jout_init(&j, jout_to_buf, &b, false);
	jout_str(&j, "long");
	CHECK(jout_end(&j) == -1);
}

static void test_depth(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 100000);
	struct json_out j;
	jout_init(&j, jout_to_buf, &b, true);
	for (int i = 0; i < 63; i++)
		jout_array(&j);
	jout_int(&j, 1);
	for (int i = 0; i < 63; i++)
		jout_array_end(&j);
	CHECK(jout_end(&j) == 0);
	AUTO_JSON json_t *back = NULL;
	struct err e;
	CHECK(json_load(buf_bytes(&b), "deep", b.n, &back, &e) == 0);
}

int main(void)
{
	test_shape();
	test_strings();
	test_doubles("C");
	test_doubles("de_DE.UTF-8");
	test_long();
	test_failing_sink();
	test_depth();
	return TEST_END();
}
