/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex.c - regular expressions: RE2's syntax, bounds, and patterns that are slow elsewhere.
 *
 * Expected values are what Go's regexp says of the same pairs.
 */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

/* clang-format off */
static const struct {
	const char *pattern, *text;
	int found; /* -1: refused */
} cases[] = {
	{"", "", 1},            {"", "abc", 1},            {"b", "abc", 1},          {"^b", "abc", 0},
	{"c$", "abc", 1},       {"b$", "abc", 0},          {"^$", "", 1},            {"a.c", "abc", 1},
	{"a.c", "a\nc", 0},     {"(?s)a.c", "a\nc", 1},    {"^c", "b\nc", 0},        {"(?m)^c", "b\nc", 1},
	{"(?m)b$", "b\nc", 1},  {"\\Ab", "ab", 0},         {"b\\z", "ab", 1},        {"[a-c]+x", "abcx", 1},
	{"[^a-c]", "abc", 0},   {"[^a-c]", "abcd", 1},     {"[]a]", "]", 1},         {"[a\\]]", "]", 1},
	{"[-a]", "-", 1},       {"[a-]", "-", 1},          {"[[:digit:]]", "7", 1},  {"[[:^digit:]]", "7", 0},
	{"[[:foo:]]", "7", -1}, {"\\d{3}", "a123", 1},     {"\\d{3}", "12", 0},      {"x{2,}", "xx", 1},
	{"x{0}", "", 1},        {"^x{1,2}$", "xxx", 0},    {"x{,2}", "x{,2}", 1},    {"x{2,1}", "x", -1},
	{"a|b|c", "zc", 1},     {"^(a|b)c$", "bc", 1},     {"(?:ab)+", "abab", 1},   {"(?P<n>a)b", "ab", 1},
	{"(?<n>a)b", "ab", 1},  {"(?P<>a)", "a", -1},      {"(?i)HeLLo", "hello", 1}, {"(?i:A)b", "ab", 1},
	{"(?i:A)B", "ab", 0},   {"(?i)[k]", "\xe2\x84\xaa", 1}, {"(?i)\xc3\x84", "\xc3\xa4", 1},
	{"\\bword\\b", "a word.", 1}, {"\\bord", "word", 0}, {"\\Bord", "word", 1}, {"\\pL", "\xc3\xa4", 1},
	{"^\\p{Lu}$", "\xc3\x84", 1}, {"\\P{L}", "ab", 0}, {"\\p{^L}", "a1", 1},     {"\\pZq", "q", 0},
	{"\\p{Nope}", "", -1},  {"\\x41", "A", 1},         {"\\x{263a}", "\xe2\x98\xba", 1}, {"\\101", "A", 1},
	{"\\Qa.b\\E", "a.b", 1}, {"\\Qa.b\\E", "axb", 0},  {"\\.", ".", 1},          {"\\y", "", -1},
	{"\\C", "", -1},        {"*", "", -1},             {"a**", "", -1},          {"a+?", "a", 1},
	{"a++", "", -1},        {"(", "", -1},             {")", "", -1},            {"[", "", -1},
	{"[b-a]", "", -1},      {"a{1001}", "", -1},       {"(?i", "", -1},          {"(?z)", "", -1},
	{"\\1", "", -1},        {"(?=a)", "", -1},         {"\xce\xb1+", "\xce\xb1\xce\xb1", 1},
	{"^.$", "\xf0\x9f\x90\xb1", 1}, {"()*", "x", 1},   {"(a*)*b", "aaab", 1},    {"(|a)+b", "ab", 1},
	{"(?U)a+", "a", 1},     {"(?-s).", "\n", 0},       {"\\s\\S\\w\\W", " a_-", 1}, {"[\\d\\pL]", "x", 1},
	{"(?i)", "x", 1},       {"a{2}{3}", "", -1},       {"[^\\d]", "5", 0},       {"$^", "", 1},
};
/* clang-format on */

static int search(struct bytes pattern, struct bytes text, uint64_t steps, struct err *e)
{
	struct regex *re;
	if (regex_compile(pattern, &re, e) < 0)
		return -1;
	int found = regex_search(re, text, &steps);
	regex_free(re);
	return found < 0 ? -2 : found;
}

static void test_bounds(void)
{
	AUTO_BUF struct buf b, text;
	struct err e;
	buf_init(&b, 1 << 20);
	buf_init(&text, 1 << 20);
	buf_addc(&b, '[');
	while (b.n < (size_t)REGEX_TEXT_MAX - 1)
		buf_addc(&b, 'a');
	buf_addc(&b, ']');
	CHECK(search(buf_bytes(&b), B("a"), 1000, &e) == 1);
	buf_addc(&b, '.');
	CHECK(search(buf_bytes(&b), B("a"), 1000, &e) == -1 && e.kind == ERR_LIMIT);
	/* REGEX_PROGRAM_MAX: an instruction a character and one that matches */
	buf_reset(&b);
	while (b.n + 1 < (size_t)REGEX_PROGRAM_MAX)
		buf_addc(&b, 'a');
	CHECK(search(buf_bytes(&b), B("a"), 1 << 20, &e) == 0);
	buf_addc(&b, 'a');
	CHECK(search(buf_bytes(&b), B("a"), 1 << 20, &e) == -1 && e.kind == ERR_LIMIT);
	/* REGEX_REPEAT_MAX is 1000 */
	CHECK(REGEX_REPEAT_MAX == 1000 && search(B("^a{1000}$"), B("a"), 1 << 20, &e) == 0);
	CHECK(search(B("(a{1000}){1000}"), B("a"), 1 << 20, &e) == -1 && e.kind == ERR_LIMIT);
	CHECK(search(B("(((((){1000}){1000}){1000}){1000}){1000}"), B("a"), 1 << 20, &e) == 1);
	/* a pattern that takes 2^n steps where matching goes back */
	for (int i = 0; i < 5000; i++)
		buf_adds(&text, "aaaaaaaa");
	CHECK(search(B("(a*)*(a*)*(a|aa)*b$"), buf_bytes(&text), 1 << 22, &e) == 0);
	CHECK(search(B("(a*)*(a*)*(a|aa)*b$"), buf_bytes(&text), 1 << 10, &e) == -2);
	/* brackets within brackets: CEL_DEPTH_MAX */
	buf_reset(&b);
	for (int i = 0; i < CEL_DEPTH_MAX; i++)
		buf_addc(&b, '(');
	buf_addc(&b, 'a');
	for (int i = 0; i < CEL_DEPTH_MAX; i++)
		buf_addc(&b, ')');
	CHECK(search(buf_bytes(&b), B("a"), 1 << 20, &e) == 1);
	buf_reset(&b);
	for (int i = 0; i <= CEL_DEPTH_MAX; i++)
		buf_addc(&b, '(');
	CHECK(search(buf_bytes(&b), B("a"), 1 << 20, &e) == -1 && strstr(e.msg, "too deep"));
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = {.msg = ""};
		int found =
			search(bytes_str(cases[i].pattern), bytes_str(cases[i].text), 10000, &e);
		test_case(found == cases[i].found, "%s in \"%s\": %d %s", cases[i].pattern,
		          cases[i].text, found, e.msg);
	}
	test_bounds();
	return TEST_END();
}
