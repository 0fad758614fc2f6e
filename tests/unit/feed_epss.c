/* SPDX-License-Identifier: Apache-2.0 */
/* FIRST's scores; documents written for this test, and a whole day as judge. */
#include <unistd.h>

#include "lib/feedcase.h"

#define HEAD "#model_version:v2025.03.14,score_date:2026-08-16T00:00:00+0000\ncve,epss,percentile\n"

static const struct feed_case cases[] = {
	{"plain",
         &feed_epss,
         {{"epss.csv", HEAD "CVE-1999-0001,0.01025,0.83319\nCVE-2020-5902,0.97567,0.99995\n"}},
         "vuln CVE-1999-0001 epss=0.01025\nvuln CVE-2020-5902 epss=0.97567\n",                           0},
	{"line ends of another system, no end at the last line",
         &feed_epss,
         {{"epss.csv", "#m\r\ncve,epss,percentile\r\nCVE-1999-0001,1,1\r\nCVE-1999-0002,0,0"}},
         "vuln CVE-1999-0001 epss=1\nvuln CVE-1999-0002 epss=0\n",                                       0},
	{"the first form: no comment, no percentile",
         &feed_epss,
         {{"epss.csv", "cve,epss\nCVE-2018-19571,0.04773\n"}},
         "vuln CVE-2018-19571 epss=0.04773\n",                                                           0},
	{"more digits than a number holds",
         &feed_epss,
         {{"epss.csv", HEAD "CVE-1999-0001,0.5000000000000000000000000001,1.0\n"}},
         "vuln CVE-1999-0001 epss=0.5\n",                                                                0},
	{"with an exponent",
         &feed_epss,
         {{"epss.csv", HEAD "CVE-1999-0001,1e-05,2.5e-3\n"}},
         "vuln CVE-1999-0001 epss=1e-05\n",                                                              0},
	{"rows that are none",
         &feed_epss,
         {{"epss.csv", HEAD "CVE-1999-0001\nCVE-1999-0001,0.1\nx,0.1,0.1\nCVE-1999-0001,1.1,1\n"
                            "CVE-1999-0001,-0.1,1\nCVE-1999-0001,nan,1\nCVE-1999-0001,0.,1\n"
                            "CVE-1999-0001,1e5,1\nCVE-1999-0002,0.2,0.3\n\n"}},
         "vuln CVE-1999-0002 epss=0.2\n",                                                                8},
	{"another header",
         &feed_epss,
         {{"epss.csv", "#model_version:v1\ninvalid,header,format\nCVE-2024-6775,0.1,0.1\n"}},
         NULL,                                                                                           0},
	{"an empty file",					&feed_epss, {{"epss.csv", ""}},   NULL, 0},
	{"a header alone",				       &feed_epss, {{"epss.csv", HEAD}}, "",   0},
};

struct seen {
	size_t n;
	double highest;
};

static int count(void *arg, const struct vuln *v, struct err *e)
{
	struct seen *seen = arg;
	(void)e;
	seen->n++;
	seen->highest = MAX_OF(seen->highest, v->epss);
	return 0;
}

static int give(void *arg, struct feed_doc *doc, struct err *e)
{
	return feed_sink_import(arg, doc, e);
}

static void test_day(void)
{
	static const char path[] = "../shared/data/advisories/epss_scores-2026-08-16.csv.zst";
	if (access(path, R_OK) < 0) {
		test_skip("a whole day", "no ../shared/data");
		return;
	}
	struct seen seen = {0, 0};
	struct feed_common common = {.arena = arena_new()};
	struct feed_store store = {.vuln = count, .arg = &seen, .common = &common};
	struct feed_sink *s = feed_sink_new(&feed_epss, &store);
	struct import_walk w = {.document = give, .arg = s};
	struct err e;
	int64_t day_s;
	CHECK(import_walk(&w, path, &e) == 0);
	test_case(seen.n == 360142, "a whole day: %zu scores, want 360142", seen.n);
	CHECK(seen.highest > 0.9 && seen.highest <= 1);
	CHECK(clock_parse(B("2026-08-16"), &day_s) && feed_sink_learned(s).data_s == day_s);
	feed_sink_free(s);
	arena_free(common.arena);
}

/* A page of broken rows is told in a few lines. */
static void test_flood(void)
{
	AUTO_BUF struct buf text, out;
	struct feed_said *said = mem_zalloc(sizeof *said);
	struct err e;
	buf_init(&text, 1 << 20);
	buf_init(&out, 1 << 20);
	buf_adds(&text, HEAD);
	for (int i = 0; i < 1000; i++)
		buf_adds(&text, "no score\n");
	const struct feed_input docs[4] = {
		{"epss.csv", buf_cstr(&text)}
        };
	CHECK(feed_run(&feed_epss, docs, &out, said, &e) == 0 && said->broken == 21);
	free(said);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("a.csv", HEAD, &feed_epss);
	feed_is_recognised("b.csv", "cve,epss\nCVE-2018-19571,0.04773\n", &feed_epss);
	feed_is_recognised("c.csv", "cve,score\nCVE-2018-19571,0.04773\n", NULL);
	test_flood();
	test_day();
	return TEST_END();
}
