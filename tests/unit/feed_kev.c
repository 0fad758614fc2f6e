/* SPDX-License-Identifier: Apache-2.0 */
/* CISA's catalog; documents written for this test, and the whole catalog as judge. */
#include <unistd.h>

#include "lib/feedcase.h"

#define KEV(entries)                                                                               \
	"{\"title\":\"t\",\"catalogVersion\":\"2026.08.07\",\"dateReleased\":"                     \
	"\"2026-08-07T14:08:44.5021Z\",\"count\":1,\"vulnerabilities\":[" entries "]}"

static const struct feed_case cases[] = {
	{"plain",
         &feed_kev,
         {{"kev.json",
           KEV("{\"cveID\":\"CVE-2025-0108\",\"vulnerabilityName\":\"A name\",\"dateAdded\":"
               "\"2025-02-18\",\"dueDate\":\"2025-03-11\"}")}},
         "vuln CVE-2025-0108 kev title=A name\n",                                                  0},
	{"without a date it is exploited all the same",
         &feed_kev,
         {{"kev.json", KEV("{\"cveID\":\"CVE-2025-0108\"}")}},
         "vuln CVE-2025-0108 kev\n",                                                               1},
	{"an entry without id",
         &feed_kev,
         {{"kev.json", KEV("{\"dateAdded\":\"2025-02-18\"},{\"cveID\":\"CVE-1999-1\","
                           "\"dateAdded\":\"1999-01-01\"}")}},
         "vuln CVE-1999-1 kev\n",                                                                  1},
	{"entries of wrong types",
         &feed_kev,
         {{"kev.json", KEV("7,null,[],{\"cveID\":7}")}},
         "",                                                                                       4},
	{"no entries",				  &feed_kev, {{"kev.json", KEV("")}},  "",   0},
	{"an empty file",			       &feed_kev, {{"kev.json", ""}},       NULL, 0},
	{"cut short",
         &feed_kev,
         {{"kev.json", "{\"vulnerabilities\":[{\"cveID\":\"CVE-2025-"}},
         NULL,                                                                                     0},
	{"no JSON",				     &feed_kev, {{"kev.json", "<html>"}}, NULL, 0},
};

struct seen {
	size_t n;
	int64_t added_s;
};

static int count(void *arg, const struct vuln *v, struct err *e)
{
	struct seen *seen = arg;
	(void)e;
	seen->n++;
	if (bytes_eq(v->id, B("CVE-2025-0108")))
		seen->added_s = v->kev_added_s;
	return 0;
}

static int give(void *arg, struct feed_doc *doc, struct err *e)
{
	return feed_sink_import(arg, doc, e);
}

static void test_catalog(void)
{
	static const char path[] =
		"../shared/data/advisories/known_exploited_vulnerabilities.json.zst";
	if (access(path, R_OK) < 0) {
		test_skip("the whole catalog", "no ../shared/data");
		return;
	}
	struct seen seen = {0, 0};
	struct feed_common common = {.arena = arena_new()};
	struct feed_store store = {.vuln = count, .arg = &seen, .common = &common};
	struct feed_sink *s = feed_sink_new(&feed_kev, &store);
	struct import_walk w = {.document = give, .arg = s};
	struct err e;
	int64_t day_s;
	CHECK(import_walk(&w, path, &e) == 0);
	test_case(seen.n == 1662, "the whole catalog: %zu entries, want 1662", seen.n);
	CHECK(clock_parse(B("2025-02-18"), &day_s) && seen.added_s == day_s);
	CHECK(clock_parse(B("2026-08-07"), &day_s) &&
	      feed_sink_learned(s).data_s / 86400 == day_s / 86400);
	feed_sink_free(s);
	arena_free(common.arena);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("kev.json",
	                   KEV("{\"cveID\":\"CVE-2025-0108\",\"dateAdded\":\"2025-02-18\"}"),
	                   &feed_kev);
	test_catalog();
	return TEST_END();
}
