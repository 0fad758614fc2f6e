/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - columns, wrapping and colour of the table, and what its lines say. */
#include "render/table.h"

#include <stdlib.h>

#include "../lib/reports.h"
#include "render/render.h"
#include "test.h"

/* Source: EastAsianWidth.txt (W, F) and UnicodeData.txt (Mn, Me). */
static const struct {
	const char *name, *text;
	unsigned want;
} widths[] = {
	{"ASCII",		    "abc",                      3},
	{"Latin with an accent",     "\xc3\xa9",                 1},
	{"a combining acute",        "e\xcc\x81",                1},
	{"Han",		      "\xe6\xbc\xa2\xe5\xad\x97", 4},
	{"Hangul",		   "\xed\x95\x9c",             2},
	{"full-width A",             "\xef\xbc\xa1",             2},
	{"half-width katakana",      "\xef\xbd\xb1",             1},
	{"an emoji",                 "\xf0\x9f\x98\x80",         2},
	{"CJK extension B",          "\xf0\xa0\x80\x80",         2},
	{"box drawing",              "\xe2\x94\x80",             1},
	{"a broken byte counts one", "\xff",                     1},
	{"Devanagari with a sign",   "\xe0\xa4\x95\xe0\xa5\x8d", 1},
	{"nothing",                  "",			 0},
};

static const struct {
	const char *name, *text;
	unsigned width;
	const char *want; /* lines parted by "|" */
} wraps[] = {
	{"fits",			  "one two",                  7, "one two"      },
	{"breaks at the blank",           "one two",                  6, "one|two"      },
	{"the blank stands at the limit", "one two",                  3, "one|two"      },
	{"a word that is too long",       "abcdefgh ij",              3, "abc|def|gh|ij"},
	{"no limit",		      "one two three",            0, "one two three"},
	{"a wide character never splits", "\xe6\xbc\xa2\xe5\xad\x97", 3,
         "\xe6\xbc\xa2|\xe5\xad\x97"						    },
	{"narrower than a character",     "\xe6\xbc\xa2",             1, "\xe6\xbc\xa2" },
	{"empty",			 "",			 9, ""             },
};

static void test_widths(void)
{
	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		unsigned have = columns_of(bytes_str(widths[i].text));
		test_case(have == widths[i].want, "%s: %u columns", widths[i].name, have);
	}
	for (size_t i = 0; i < ARRAY_LEN(wraps); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 200);
		struct bytes rest = bytes_str(wraps[i].text), line;
		while (columns_line(&rest, wraps[i].width, &line))
			buf_addf(&b, "%s%.*s", b.n ? "|" : "", BYTES_FMT(line));
		test_case(strcmp(buf_cstr(&b), wraps[i].want) == 0, "%s: \"%s\"", wraps[i].name,
		          buf_cstr(&b));
	}
}

static char *write_table(struct report *made, struct render_options o)
{
	const struct report *r[] = {made, made};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct err e;
	CHECK(render_by_name(B("table"))->write(r, o.many ? 2 : 1, &o, out, &e) == 0);
	fclose(out);
	return text;
}

static unsigned longest_line(const char *text)
{
	unsigned most = 0;
	struct bytes rest = bytes_str(text), line;
	while (bytes_line(&rest, &line))
		most = MAX_OF(most, columns_of(line));
	return most;
}

/* A line that begins with "::" or holds "##[" would be a command to a runner. */
static bool has_command(const char *text)
{
	struct bytes rest = bytes_str(text), line;
	while (bytes_line(&rest, &line)) {
		if (bytes_starts(bytes_trim(line), B("::")))
			return true;
	}
	return strstr(text, "##[") || strstr(text, "##vso[");
}

static void test_every_width(void)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		struct report *r = samples[i].make();
		bool is_kept = true, is_safe = true, is_whole = true;
		for (unsigned w = 44; w <= 200; w += 4) {
			AUTO_FREE char *text = write_table(
				r, (struct render_options){.width = w, .show_suppressed = true});
			is_kept &= longest_line(text) <= w;
			is_safe &= !has_command(text);
			bool is_asked = strcmp(samples[i].name, "plain") == 0 && w >= 60;
			for (size_t f = 0; is_asked && f < r->n_findings; f++)
				is_whole &= strstr(text, (const char *)r->findings[f].id.p) != NULL;
		}
		test_case(is_kept, "%s: no line is wider than the terminal", samples[i].name);
		test_case(is_safe, "%s: no command to a runner at any width", samples[i].name);
		test_case(is_whole, "%s: every finding has its row from 60 columns on",
		          samples[i].name);
		report_free(r);
	}
	/* narrower than a severity and an id: it ends, and that is all */
	struct report *r = sample_hostile();
	for (unsigned w = 1; w < 44; w += 3)
		free(write_table(r, (struct render_options){.width = w, .color = true}));
	report_free(r);
}

static void says(const char *sample_name, const char *text, const char *want, bool is_wanted)
{
	test_case(!strstr(text, want) == !is_wanted, "%s %s \"%s\"", sample_name,
	          is_wanted ? "says" : "does not say", want);
}

static void test_words(void)
{
	struct report *plain = sample_plain(), *clean = sample_clean(), *bare = sample_bare();
	const struct render_options o = {.width = 0};
	AUTO_FREE char *text = write_table(plain, o);
	says("plain", text,
	     "9 findings: 3 critical, 3 high, 1 medium, 1 negligible, 1 of unknown severity; ",
	     true);
	says("plain", text, "4 fixable", true);
	says("plain", text, "1 waived", true);
	says("plain", text, "1 suppressed", true);
	says("plain", text, "vulnerability (packages.language), secret (worker.died)", true);
	says("plain", text, "skipped: malware (rules.none)", true);
	says("plain", text, "-> scan again, with more memory or time", true);
	says("plain", text, "srv/.env:14", true);
	says("plain", text, "KEV 94.0%", true);
	says("plain", text, "until 2027-01-31 by platform@example.org", true);
	says("plain", text, "CVE-2024-0727", false);
	says("plain", text, "\x1b[", false);
	/* the worst group first: known to be exploited, then with more critical ones */
	CHECK(strstr(text, "  libwebp7") < strstr(text, "  openssl"));
	CHECK(strstr(text, "  openssl") < strstr(text, "  libc6"));
	AUTO_FREE char *suppressed =
		write_table(plain, (struct render_options){.show_suppressed = true});
	says("plain with --show-suppressed", suppressed, "CVE-2024-0727", true);
	AUTO_FREE char *colored = write_table(plain, (struct render_options){.color = true});
	says("plain in colour", colored, "\x1b[1;31mcritical\x1b[0m", true);
	AUTO_FREE char *clean_text = write_table(clean, o);
	says("clean", clean_text, "Nothing found.", true);
	says("clean", clean_text, "debian-tracker advisories of 2026-11-20 for debian:12", true);
	says("clean", clean_text, "no findings;  coverage complete", true);
	AUTO_FREE char *bare_text = write_table(bare, o);
	says("bare", bare_text, "Nothing was checked.", true);
	says("bare", bare_text, "no packages", true);
	says("bare", bare_text, "no findings;  nothing was checked", true);
	AUTO_FREE char *two = write_table(plain, (struct render_options){.many = true});
	says("two images", two, "Total of 2 images;  18 findings (9 distinct): 6 critical", true);
	report_free(plain);
	report_free(clean);
	report_free(bare);
}

static void test_wide_names(void)
{
	struct report *r = report_new();
	static const char *const names[] = {"\xe6\xbc\xa2\xe5\xad\x97", "abcd", "e\xcc\x81tc"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct finding *f = sample_rule(r, CHECK_LICENSE, "license.x", SEV_LOW);
		f->package = f->package_name = bytes_str(names[i]);
	}
	report_sort(r);
	AUTO_FREE char *text = write_table(r, (struct render_options){.width = 100});
	struct bytes rest = bytes_str(text), line;
	unsigned rows = 0, aligned = 0;
	while (bytes_line(&rest, &line)) {
		ssize_t at = bytes_search(line, B("license.x"));
		if (at < 0)
			continue;
		rows++;
		aligned += columns_of(bytes_slice(line, 0, (size_t)at)) == 2 + 7 + 2 + 8 + 2;
	}
	test_case(rows == 3 && aligned == 3, "wide and combining names keep the columns: %u of %u",
	          aligned, rows);
	report_free(r);
}

/* 64 KiB of a text are shown, and where it was cut is seen. */
static void test_long_texts(void)
{
	for (size_t n = 65536; n <= 65537; n++) {
		struct report *r = report_new();
		char *name = mem_alloc(n);
		memset(name, 'a', n);
		sample_rule(r, CHECK_FILE, "file.x", SEV_LOW)->location.path = bytes_of(name, n);
		AUTO_FREE char *text = write_table(r, (struct render_options){.width = 0});
		test_case(!strstr(text, "\xe2\x80\xa6") == (n == 65536), "a path of %zu bytes", n);
		report_free(r);
		free(name);
	}
}

/* One name of 60,000 bytes among short ones costs its own row and no other. */
static void test_long_name_among_short(void)
{
	struct report *r = report_new();
	struct bytes name = bytes_of(memset(arena_alloc(r->arena, 60000), 'a', 60000), 60000);
	for (int i = 0; i < 100; i++) {
		struct finding *f = sample_rule(r, CHECK_FILE, "file.x", SEV_LOW);
		f->location.path = i ? bytes_str(arena_printf(r->arena, "etc/%d", i)) : name;
	}
	report_sort(r);
	AUTO_FREE char *text = write_table(r, (struct render_options){.width = 0});
	test_case(strlen(text) < 80000, "a table with one long name: %zu bytes", strlen(text));
	says("a long name", text, "aaa  low", true);
	says("a short name beside it", text, "etc/7   ", true);
	report_free(r);
}

int main(void)
{
	test_widths();
	test_every_width();
	test_words();
	test_wide_names();
	test_long_texts();
	test_long_name_among_short();
	return TEST_END();
}
