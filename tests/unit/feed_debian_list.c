/* SPDX-License-Identifier: Apache-2.0 */
/* Debian's data/CVE/list; documents written for this test.  Their date is the day of the test, so
 * cases look at bookworm and later only while those are supported, and at sid. */
#include "lib/feedcase.h"

/* Releases without an end of support in the table come after every other; all cases look at these.
 */
static void check_sid(const char *name, const char *text, const char *want, int broken)
{
	struct feed_said *said = mem_zalloc(sizeof *said);
	const struct feed_input docs[4] = {
		{"list", text}
        };
	struct err e = {.kind = ERR_NONE};
	struct buf all, sid;
	buf_init(&all, 1 << 20);
	buf_init(&sid, 1 << 20);
	int res = feed_run(&feed_debian_list, docs, &all, said, &e);
	struct bytes rest = buf_bytes(&all), line;
	while (bytes_line(&rest, &line)) {
		if (bytes_starts(line, B("debian:sid ")) || bytes_starts(line, B("debian:14 ")) ||
		    bytes_starts(line, B("vuln ")))
			buf_addf(&sid, "%.*s\n", BYTES_FMT(line));
	}
	bool is_right = res == 0 && strcmp(buf_cstr(&sid), want) == 0 && said->broken == broken;
	if (!test_case(is_right, "%s", name))
		printf("# %d %s, %d broken %s\n# %s", res, e.msg, said->broken, said->last_broken,
		       buf_cstr(&sid));
	buf_fini(&all);
	buf_fini(&sid);
	free(said);
}

/* clang-format off */
static const struct {
	const char *name, *text, *want;
	int broken;
} cases[] = {
	{"a version in unstable holds for releases without a line",
         "CVE-2023-1 (text)\n\t- a 1.2-3 (bug #1; low)\n",                                                                          "debian:14 a CVE-2023-1 affected low [,1.2-3,)\ndebian:sid a CVE-2023-1 affected low "
         "[,1.2-3,)\n",                                                                                                                                      0},
	{"a release's own line goes before",
         "CVE-2023-1 (text)\n\t- a 1.2-3 (low)\n\t[forky] - a 1.2-3~deb14u1\n",                                                     "debian:14 a CVE-2023-1 affected low [,1.2-3~deb14u1,)\ndebian:sid a CVE-2023-1 affected "
         "low [,1.2-3,)\n",                                                                                                             0},
	{"no-dsa, postponed, ignored, end of life, not affected",
         "CVE-2023-1\n\t- a <unfixed>\n\t[forky] - a <no-dsa> (Minor)\n"
         "CVE-2023-2\n\t- a <unfixed>\n\t[forky] - a <postponed> (Minor)\n"
         "CVE-2023-3\n\t- a <unfixed>\n\t[forky] - a <ignored> (Minor)\n"
         "CVE-2023-4\n\t- a <unfixed>\n\t[forky] - a <end-of-life>\n"
         "CVE-2023-5\n\t- a <unfixed>\n\t[forky] - a <not-affected> (later)\n",                                                     "debian:14 a CVE-2023-1 fix_deferred detail=no-dsa\n"
         "debian:14 a CVE-2023-2 fix_deferred detail=postponed\n"
         "debian:14 a CVE-2023-3 will_not_fix detail=ignored\n"
         "debian:14 a CVE-2023-4 end_of_life detail=end-of-life\n"
         "debian:14 a CVE-2023-5 not_affected\n"
         "debian:sid a CVE-2023-1 affected\ndebian:sid a CVE-2023-2 affected\n"
         "debian:sid a CVE-2023-3 affected\ndebian:sid a CVE-2023-4 affected\n"
         "debian:sid a CVE-2023-5 affected\n",                                                                                          0},
	{"undetermined, removed, not affected at all, not packaged yet",
         "CVE-2023-1\n\t- a <undetermined>\nCVE-2023-2\n\t- a <removed>\n"
         "CVE-2023-3\n\t- a <not-affected> (x)\nCVE-2023-4\n\t- a <itp> (bug #1)\n",                                                "debian:14 a CVE-2023-1 under_investigation\ndebian:14 a CVE-2023-2 affected\n"
         "debian:14 a CVE-2023-3 not_affected\n"
         "debian:sid a CVE-2023-1 under_investigation\ndebian:sid a CVE-2023-2 affected\n"
         "debian:sid a CVE-2023-3 not_affected\n",                                                                                 0},
	{"unimportant",						  "CVE-2023-1 (x)\n\t- a <unfixed> (unimportant; bug #1)\n",
         "debian:14 a CVE-2023-1 affected negligible detail=unimportant\n"
         "debian:sid a CVE-2023-1 affected negligible detail=unimportant\n",                                                                                                                                           0},
	{"two packages of one entry",                                    "CVE-2023-1\n\t- a 1\n\t- b <unfixed>\n\t[forky] - b 2\n",
         "debian:14 a CVE-2023-1 affected [,1,)\ndebian:14 b CVE-2023-1 affected [,2,)\n"
         "debian:sid a CVE-2023-1 affected [,1,)\ndebian:sid b CVE-2023-1 affected\n",                                                                                                                                 0},
	{"experimental, notes, and entries that name no package",
         "CVE-2023-1\n\t[experimental] - a 9\n\t- a 1\n\tNOTE: x\n\tTODO: y\n"
         "CVE-2023-2\n\tNOT-FOR-US: x\nCVE-2023-3\n\tRESERVED\n",                                                                   "debian:14 a CVE-2023-1 affected [,1,)\ndebian:sid a CVE-2023-1 affected [,1,)\n", 0},
	{"rejected",						     "CVE-2023-1\n\tREJECTED\n",                                "vuln CVE-2023-1 rejected\n",                                                      0},
	{"a bulletin that is not at hand is no reason to guess",
         "CVE-2023-1\n\t{DSA-1-1}\n\t- a 2\n",										      "debian:sid a CVE-2023-1 affected [,2,)\n",                                        0},
	{"what is not known is named, the rest counts",                  "CVE-2023-1\n\t- a\n\t[sid\n\t- b 1\nodd\n",
         "debian:14 b CVE-2023-1 affected [,1,)\ndebian:sid b CVE-2023-1 affected [,1,)\n",															    3},
};
/* clang-format on */

/* Ends of support: a release that ended before the date of the list is left out. */
static void check_releases(void)
{
	static const char *const text = "CVE-2019-1\n\t- a 2\n\t[buster] - a <no-dsa>\n";
	static const struct {
		const char *day;
		bool has_buster, has_bookworm;
	} days[] = {
		{"2024-06-30", true,  true },
		{"2024-07-01", false, true },
		{"2028-06-30", false, true },
		{"2028-07-01", false, false},
	};
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		struct feed_common common = {.arena = arena_new()};
		struct feed_said *said = mem_zalloc(sizeof *said);
		struct feed_store store = {said_advisory, said_vuln, said_broken,
		                           said,          false,     &common};
		struct feed_sink *s = feed_sink_new(&feed_debian_list, &store);
		struct doc_memory m;
		struct err e;
		doc_memory(&m, "list", bytes_str(text));
		clock_parse(bytes_str(days[i].day), &m.doc.mtime_s);
		CHECK(feed_sink_import(s, &m.doc, &e) == 0 && feed_sink_finish(s, &e) == 0);
		struct bytes ns = feed_sink_learned(s).namespaces;
		test_case((bytes_search(ns, B("debian:10")) >= 0) == days[i].has_buster &&
		                  (bytes_search(ns, B("debian:12")) >= 0) == days[i].has_bookworm,
		          "releases looked after on %s", days[i].day);
		for (size_t j = 0; j < said->n; j++)
			buf_fini(&said->lines[j]);
		feed_sink_free(s);
		arena_free(common.arena);
		free(said);
	}
}

/* The list and a DSA list of one import: the bulletin's version holds in its release. */
static void check_bulletin(void)
{
	struct feed_common common = {.arena = arena_new()};
	struct feed_said *said = mem_zalloc(sizeof *said);
	struct feed_store store = {said_advisory, said_vuln, said_broken, said, false, &common};
	struct feed_sink *list = feed_sink_new(&feed_debian_list, &store);
	struct feed_sink *dsa = feed_sink_new(&feed_debian_dsa, &store);
	struct doc_memory a, b;
	struct err e;
	doc_memory(&a, "list", B("CVE-2023-1\n\t{DSA-1-1}\n\t- a 2\n"));
	doc_memory(&b, "DSA",
	           B("[01 Jan 2023] DSA-1-1 a - x\n\t{CVE-2023-1}\n\t[forky] - a 2~deb14u1\n"));
	CHECK(feed_sink_import(list, &a.doc, &e) == 0 && feed_sink_import(dsa, &b.doc, &e) == 0);
	CHECK(feed_sink_finish(dsa, &e) == 0);
	size_t before = said->n;
	CHECK(feed_sink_finish(list, &e) == 0);
	bool is_there = false;
	for (size_t i = before; i < said->n; i++)
		is_there |= strcmp(buf_cstr(&said->lines[i]),
		                   "debian:14 a CVE-2023-1 affected [,2~deb14u1,)\n") == 0;
	CHECK(is_there);
	for (size_t i = 0; i < said->n; i++)
		buf_fini(&said->lines[i]);
	feed_sink_free(list);
	feed_sink_free(dsa);
	arena_free(common.arena);
	free(said);
}

/* A list made while it is read, of n lines about packages. */
struct long_list {
	struct feed_doc doc;
	uint64_t left;
	bool is_begun;
};

static ssize_t read_long(struct feed_doc *doc, void *p, size_t n, struct err *e)
{
	struct long_list *l = doc->arg;
	static const char head[] = "CVE-2023-1\n", line[] = "\t[etch] - a 1\n";
	size_t used = 0;
	(void)e;
	while (l->left && n - used > sizeof line + sizeof head) {
		if (!l->is_begun || l->left % 1000 == 0) {
			memcpy((char *)p + used, head, sizeof head - 1);
			used += sizeof head - 1;
			l->is_begun = true;
		}
		memcpy((char *)p + used, line, sizeof line - 1);
		used += sizeof line - 1;
		l->left--;
	}
	return (ssize_t)used;
}

static void check_bound(void)
{
	for (int past = 0; past <= 1; past++) {
		struct feed_common common = {.arena = arena_new()};
		struct feed_said *said = mem_zalloc(sizeof *said);
		struct feed_store store = {said_advisory, said_vuln, said_broken,
		                           said,          false,     &common};
		struct feed_sink *s = feed_sink_new(&feed_debian_list, &store);
		struct long_list l = {
			.doc = {.name = B("list"), .read = read_long, .arg = &l},
			.left = (uint64_t)DEBIAN_LINES_MAX + (uint64_t)past
                };
		struct err e = {.kind = ERR_NONE};
		int res = feed_sink_import(s, &l.doc, &e);
		test_case(past ? res < 0 && e.kind == ERR_LIMIT : res == 0,
		          "DEBIAN_LINES_MAX lines%s", past ? " and one" : "");
		feed_sink_free(s);
		arena_free(common.arena);
		free(said);
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_sid(cases[i].name, cases[i].text, cases[i].want, cases[i].broken);
	check_releases();
	check_bulletin();
	check_bound();
	feed_is_recognised("CVE/list", cases[0].text, &feed_debian_list);
	feed_is_recognised("x.csv", "CVE-2023-1,0.1\nCVE-2023-2,0.2\n", NULL);
	return TEST_END();
}
