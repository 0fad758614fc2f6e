/* SPDX-License-Identifier: Apache-2.0 */
/* The Debian security tracker; documents written for this test. */
#include "lib/feedcase.h"

#define REL(suite, more) "\"" suite "\":{\"repositories\":{\"" suite "\":\"1-1\"}," more "}"
#define ONE(more)        "{\"src\":{\"CVE-2023-1\":{\"releases\":{" REL("bookworm", more) "}}}}"
#define RESOLVED         "\"status\":\"resolved\""
#define OPEN             "\"status\":\"open\""

static const struct feed_case cases[] = {
	{"resolved",
         &feed_debian_tracker,
         {{"x", ONE(RESOLVED ",\"fixed_version\":\"1.2-3\",\"urgency\":\"not yet assigned\"")}},
         "debian:12 src CVE-2023-1 affected [,1.2-3,)\n",                                                                    0},
	{"never affected",
         &feed_debian_tracker,
         {{"x", ONE(RESOLVED ",\"fixed_version\":\"0\",\"urgency\":\"low\"")}},
         "debian:12 src CVE-2023-1 not_affected low\n",                                                                      0},
	{"open",
         &feed_debian_tracker,
         {{"x", ONE(OPEN ",\"urgency\":\"high**\"")}},
         "debian:12 src CVE-2023-1 affected high\n",                                                                         0},
	{"undetermined",
         &feed_debian_tracker,
         {{"x", ONE("\"status\":\"undetermined\",\"urgency\":\"medium\"")}},
         "debian:12 src CVE-2023-1 under_investigation medium\n",                                                            0},
	{"no-dsa",
         &feed_debian_tracker,
         {{"x", ONE(OPEN ",\"nodsa\":\"Minor\",\"nodsa_reason\":\"\"")}},
         "debian:12 src CVE-2023-1 fix_deferred detail=no-dsa\n",                                                            0},
	{"ignored",
         &feed_debian_tracker,
         {{"x", ONE(OPEN ",\"nodsa\":\"Minor\",\"nodsa_reason\":\"ignored\"")}},
         "debian:12 src CVE-2023-1 will_not_fix detail=ignored\n",                                                           0},
	{"postponed",
         &feed_debian_tracker,
         {{"x", ONE(OPEN ",\"nodsa\":\"Minor\",\"nodsa_reason\":\"postponed\"")}},
         "debian:12 src CVE-2023-1 fix_deferred detail=postponed\n",                                                         0},
	{"end of life",
         &feed_debian_tracker,
         {{"x", ONE(OPEN ",\"urgency\":\"end-of-life\"")}},
         "debian:12 src CVE-2023-1 end_of_life detail=end-of-life\n",                                                        0},
	{"unimportant",
         &feed_debian_tracker,
         {{"x", ONE(OPEN ",\"urgency\":\"unimportant\"")}},
         "debian:12 src CVE-2023-1 affected negligible detail=unimportant\n",                                                0},
	{"all releases, and ids without a CVE",
         &feed_debian_tracker,
         {{"x", "{\"a\":{\"TEMP-0000000-0CA7E3\":{\"releases\":{" REL("sid", OPEN) "," REL(
			"trixie", OPEN) "," REL("bullseye", OPEN) "," REL("newest",
                                                                          OPEN) "}}},\"b\":{}}"}},
         "debian:11 a TEMP-0000000-0CA7E3 affected\n"
         "debian:13 a TEMP-0000000-0CA7E3 affected\n"
         "debian:newest a TEMP-0000000-0CA7E3 affected\n"
         "debian:sid a TEMP-0000000-0CA7E3 affected\n",                                                                      0},
	{"wrong types are named, the rest counts",
         &feed_debian_tracker,
         {{"x", "{\"a\":{\"CVE-1\":7,\"CVE-2\":{\"releases\":{\"sid\":3}},\"CVE-3\":{\"releases\":"
                "{" REL("sid", "\"status\":\"odd\"") "}},\"CVE-4\":{\"releases\":{" REL(
			"sid", RESOLVED) "}},\"CVE-5\":{\"releases\":[]},\"CVE-6\":{\"releases\":"
                                         "{" REL("sid", OPEN) "}}},\"b\":4}"}},
         "debian:sid a CVE-6 affected\n",                                                                                    4},
	{"cut short",			      &feed_debian_tracker, {{"x", "{\"a\":{\"CVE-1\":{\"releases\":{"}}, NULL, 0},
	{"bytes after the end",                    &feed_debian_tracker, {{"x", "{}x"}},                               NULL, 0},
	{"not JSON",			       &feed_debian_tracker, {{"x", "invalid"}},                           NULL, 0},
	{"empty",				  &feed_debian_tracker, {{"x", ""}},                                  NULL, 0},
};

static void partial(const char *text, bool want)
{
	struct feed_common common = {.arena = arena_new()};
	struct feed_said *said = mem_zalloc(sizeof *said);
	struct feed_store store = {said_advisory, said_vuln, said_broken, said, false, &common};
	struct feed_sink *s = feed_sink_new(&feed_debian_tracker, &store);
	struct doc_memory m;
	struct err e;
	doc_memory(&m, "x", bytes_str(text));
	CHECK(feed_sink_import(s, &m.doc, &e) == 0 && feed_sink_finish(s, &e) == 0);
	test_case((feed_sink_learned(s).partial.n > 0) == want, "is %spartial", want ? "" : "not ");
	for (size_t i = 0; i < said->n; i++)
		buf_fini(&said->lines[i]);
	feed_sink_free(s);
	arena_free(common.arena);
	free(said);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	partial(cases[0].docs[0].text, true);
	partial(cases[2].docs[0].text, false);
	feed_is_recognised("data.json", cases[0].docs[0].text, &feed_debian_tracker);
	feed_is_recognised("versions.json", "{\"zlib\":{\"bookworm\":\"1:1.2\"}}", NULL);
	return TEST_END();
}
