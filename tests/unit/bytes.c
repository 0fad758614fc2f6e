/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.c - slices, numbers, wildcards (against a slow matcher that is plainly right), UTF-8. */
#include "base/bytes.h"

#include <string.h>

#include "base/base.h"
#include "test.h"

static const struct bytes absent = {NULL, 0};

static void test_compare(void)
{
	CHECK(bytes_eq(B("a"), B("a")) && !bytes_eq(B("a"), B("b")) && !bytes_eq(B("a"), B("ab")));
	CHECK(bytes_eq(absent, B("")) && bytes_eq(bytes_of("\0a", 2), bytes_of("\0a", 2)));
	CHECK(bytes_eq_nocase(B("AbZ[1"), B("aBz[1")) && !bytes_eq_nocase(B("["), B("{")));
	CHECK(bytes_cmp(B("a"), B("b")) < 0 && bytes_cmp(B("\xff"), B("a")) > 0);
	CHECK(bytes_cmp(B("a"), B("ab")) < 0 && bytes_cmp(B("a"), absent) > 0);
	CHECK(bytes_cmp(absent, B("")) == 0);
	CHECK(bytes_starts(B("ab"), B("a")) && bytes_starts(B("ab"), absent));
	CHECK(!bytes_starts(B("a"), B("ab")) && !bytes_starts(absent, B("a")));
	CHECK(bytes_ends(B("ab"), B("b")) && bytes_ends(absent, absent));
	CHECK(!bytes_ends(B("b"), B("ab")) && !bytes_ends(B("ba"), B("b")));
	CHECK(bytes_str(NULL).p == NULL && bytes_str("").p != NULL);
}

static void test_cut(void)
{
	struct bytes h, t;
	CHECK(bytes_eq(bytes_slice(B("abc"), 1, 2), B("b")));
	CHECK(bytes_slice(B("abc"), 5, 9).n == 0 && bytes_slice(B("abc"), 2, 1).n == 0);
	CHECK(bytes_eq(bytes_skip(B("abc"), 1), B("bc")) && bytes_skip(absent, 3).p == NULL);
	CHECK(bytes_eq(bytes_trim(B(" \t\r\na b\n ")), B("a b")) && bytes_trim(B("  ")).n == 0);
	CHECK(bytes_find(B("abcb"), 'b') == 1 && bytes_rfind(B("abcb"), 'b') == 3);
	CHECK(bytes_find(B("a"), 'x') == -1 && bytes_rfind(absent, 'x') == -1);
	CHECK(bytes_search(B("xabab"), B("ab")) == 1 && bytes_search(B("a"), B("ab")) == -1);
	CHECK(bytes_search(absent, B("a")) == -1 && bytes_search(absent, absent) == 0);
	CHECK(bytes_cut(B("k=v=w"), '=', &h, &t) && bytes_eq(h, B("k")) && bytes_eq(t, B("v=w")));
	CHECK(!bytes_cut(B("kv"), '=', &h, &t) && bytes_eq(h, B("kv")) && t.p == NULL);
	CHECK(bytes_cut(B("k="), '=', &h, &t) && t.p && t.n == 0);
}

/* Fields joined by '|' again. */
static void check_fields(const char *name, struct bytes b,
                         bool (*next)(struct bytes *, struct bytes *), const char *want)
{
	AUTO_BUF struct buf got;
	buf_init(&got, 100);
	for (struct bytes f; next(&b, &f);) {
		buf_add(&got, f);
		buf_addc(&got, '|');
	}
	test_case(bytes_eq(buf_bytes(&got), bytes_str(want)), "%s gives %s", name, want);
}

static bool by_colon(struct bytes *rest, struct bytes *ret) { return bytes_split(rest, ':', ret); }

static void test_fields(void)
{
	check_fields("lines", B("a\nb\r\n\nc"), bytes_line, "a|b||c|");
	check_fields("a last newline", B("a\n"), bytes_line, "a|");
	check_fields("no line", absent, bytes_line, "");
	check_fields("CR inside", B("a\rb\n"), bytes_line, "a\rb|");
	check_fields("words", B("  a \t b\n"), bytes_word, "a|b|");
	check_fields("blanks", B("   "), bytes_word, "");
	check_fields("passwd", B("root:x:0"), by_colon, "root|x|0|");
	check_fields("empty fields", B(":a::b"), by_colon, "|a||b|");
}

static void test_numbers(void)
{
	static const struct {
		const char *text;
		unsigned base;
		uint64_t max, v;
		bool ok;
	} rows[] = {
		{"0",		       10, 9,          0,          true },
		{"18446744073709551615",    10, UINT64_MAX, UINT64_MAX, true },
		{"18446744073709551616",    10, UINT64_MAX, 0,          false},
		{"99999999999999999999999", 10, UINT64_MAX, 0,          false},
		{"10",                      10, 10,         10,         true },
		{"11",                      10, 10,         0,          false},
		{"",			10, 10,         0,          false},
		{"+1",                      10, 10,         0,          false},
		{"-1",                      10, 10,         0,          false},
		{" 1",                      10, 10,         0,          false},
		{"1a",                      10, 99,         0,          false},
		{"0000000007",              10, 9,          7,          true },
		{"0777",                    8,  511,        511,        true },
		{"8",		       8,  511,        0,          false},
		{"1777777777777777777777",  8,  UINT64_MAX, UINT64_MAX, true },
		{"2000000000000000000000",  8,  UINT64_MAX, 0,          false},
		{"fF",                      16, 255,        255,        true },
		{"0xff",                    16, 255,        0,          false},
		{"g",		       16, 255,        0,          false},
		{"ffffffffffffffff",        16, UINT64_MAX, UINT64_MAX, true },
		{"10000000000000000",       16, UINT64_MAX, 0,          false},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t v = 77;
		bool (*read)(struct bytes, uint64_t, uint64_t *) = rows[i].base == 10  ? bytes_u64
		                                                   : rows[i].base == 8 ? bytes_octal
		                                                                       : bytes_hex;
		bool ok = read(bytes_str(rows[i].text), rows[i].max, &v);
		test_case(ok == rows[i].ok && v == (ok ? rows[i].v : 77), "\"%s\" in base %u",
		          rows[i].text, rows[i].base);
	}
}

/* The definition of the wildcards, written down; exponential, so for short texts only. */
static bool slow_glob(const char *p, const char *s)
{
	if (!*p)
		return !*s;
	if (p[0] == '*' && p[1] == '*')
		return slow_glob(p + 2, s) || (*s && slow_glob(p, s + 1));
	if (*p == '*')
		return slow_glob(p + 1, s) || (*s && *s != '/' && slow_glob(p, s + 1));
	if (*p == '?')
		return *s && *s != '/' && slow_glob(p + 1, s + 1);
	return *s == *p && slow_glob(p + 1, s + 1);
}

static void test_glob(void)
{
	static const struct {
		const char *pattern, *text;
		bool ok;
	} rows[] = {
		{"a",        "a",         true },
		{"",         "",          true },
		{"",         "a",         false},
		{"*",        "",          true },
		{"*",        "abc",       true },
		{"*",        "a/c",       false},
		{"**",       "a/c",       true },
		{"?",        "a",         true },
		{"?",        "/",         false},
		{"?",        "",          false},
		{"*.c",      "x.c",       true },
		{"*.c",      "d/x.c",     false},
		{"**/*.c",   "d/e/x.c",   true },
		{"**/*.c",   "x.c",       false},
		{"usr/**/x", "usr/a/b/x", true },
		{"usr/*/x",  "usr/a/b/x", false},
		{"*a*b*",    "xxaxxbxx",  true },
		{"*a*b",     "xxaxxbx",   false},
		{"**a*/b",   "a/a/b",     true },
		{"***",      "a/b",       true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		test_case(bytes_glob(bytes_str(rows[i].pattern), bytes_str(rows[i].text)) ==
		                  rows[i].ok,
		          "%s %s %s", rows[i].pattern, rows[i].ok ? "matches" : "does not match",
		          rows[i].text);
	int differ = 0;
	uint32_t r = 1;
	for (int i = 0; i < 300000; i++) {
		char p[9] = "", s[13] = "";
		for (size_t k = 0; k < sizeof p - 1; k++, r = r * 1664525 + 1013904223)
			p[k] = "ab/**?\0*"[r >> 29];
		for (size_t k = 0; k < sizeof s - 1; k++, r = r * 1664525 + 1013904223)
			s[k] = "ab/aab/\0"[r >> 29];
		differ += bytes_glob(bytes_str(p), bytes_str(s)) != slow_glob(p, s);
	}
	test_case(differ == 0, "300,000 random patterns (%d differ)", differ);
}

/* What makes a matcher that goes back slow. */
static void test_glob_time(void)
{
	AUTO_BUF struct buf p, s;
	buf_init(&p, 10000);
	buf_init(&s, 100000);
	int64_t began = clock_monotonic_ms();
	buf_adds(&p, "**");
	for (int i = 0; i < 500; i++)
		buf_adds(&p, i % 2 ? "**a*a" : "*a**");
	for (int i = 0; i < 20000; i++)
		buf_adds(&s, i % 50 ? "aaaa" : "/");
	CHECK(bytes_glob(buf_bytes(&p), buf_bytes(&s)));
	buf_adds(&p, "**a*aaaaaaaaaaaaaaaaaaaab");
	CHECK(!bytes_glob(buf_bytes(&p), buf_bytes(&s)));
	CHECK(clock_monotonic_ms() - began < 5000);
}

static void test_utf8(void)
{
	static const struct {
		struct bytes b;
		bool ok;
		uint32_t first;
	} rows[] = {
		{B(""),                 true,  0       },
		{B("abcdefghijklmnop"), true,  'a'     },
		{B("\x7f"),             true,  0x7f    },
		{B("\xc2\x80"),         true,  0x80    },
		{B("\xdf\xbf"),         true,  0x7ff   },
		{B("\xe0\xa0\x80"),     true,  0x800   },
		{B("\xed\x9f\xbf"),     true,  0xd7ff  },
		{B("\xee\x80\x80"),     true,  0xe000  },
		{B("\xef\xbf\xbf"),     true,  0xffff  },
		{B("\xf0\x90\x80\x80"), true,  0x10000 },
		{B("\xf4\x8f\xbf\xbf"), true,  0x10ffff},
		{B("\x80"),             false, 0       },
		{B("\xc1\xbf"),         false, 0       },
		{B("\xe0\x9f\xbf"),     false, 0       },
		{B("\xed\xa0\x80"),     false, 0       },
		{B("\xf0\x8f\xbf\xbf"), false, 0       },
		{B("\xf4\x90\x80\x80"), false, 0       },
		{B("\xf5\x80\x80\x80"), false, 0       },
		{B("\xc2"),             false, 0       },
		{B("\xe2\x82"),         false, 0       },
		{B("\xe2\x28\xa1"),     false, 0       },
		{B("\xf0\x9f\x98"),     false, 0       },
		{B("\xf0\x9f\x98\x28"), false, 0       },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint32_t c = 0;
		size_t n = utf8_next(rows[i].b, &c);
		test_case(bytes_is_utf8(rows[i].b) == rows[i].ok && c == rows[i].first &&
		                  (n > 0) == (rows[i].ok && rows[i].b.n),
		          "UTF-8 row %zu", i);
	}
	CHECK(bytes_is_utf8(B("12345678\xc3\xa9"
	                      "12345678")));
	CHECK(!bytes_is_utf8(B("1234567890123456\xff")));
	static const uint32_t hidden[] = {0,      0x1b,   0x7f,   0x9b,   0x200b,
	                                  0x202e, 0x2066, 0xfeff, 0xe0041};
	static const uint32_t shown[] = {' ', '~', 0xa0, 0xe9, 0x2010, 0x20ac, 0x1f600};
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		test_case(utf8_is_hidden(hidden[i]), "U+%04X is hidden", hidden[i]);
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		test_case(!utf8_is_hidden(shown[i]), "U+%04X is shown", shown[i]);
}

int main(void)
{
	test_compare();
	test_cut();
	test_fields();
	test_numbers();
	test_glob();
	test_glob_time();
	test_utf8();
	return TEST_END();
}
