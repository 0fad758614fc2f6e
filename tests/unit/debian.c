/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of Debian's lists, DSA and DLA lists; documents written for this test. */
#include "advise/debian.h"

#include "lib/feedcase.h"

static const struct {
	const char *text;
	bool is_line;
	const char *suite, *package, *version, *word, *remark;
} lines[] = {
	{"- pkg 1.2-3",				      true,  "",         "pkg", "1.2-3",    "",             ""           },
	{"- pkg 1:1.2-3 (bug #1; low)",                      true,  "",         "pkg", "1:1.2-3",  "",             "bug #1; low"},
	{"[bookworm] - pkg <no-dsa> (Minor (really) issue)", true,  "bookworm", "pkg", "",         "no-dsa",
         "Minor (really) issue"												 },
	{"[sid]  -  pkg   <unfixed>",                        true,  "sid",      "pkg", "",         "unfixed",      ""           },
	{"\t - pkg <not-affected> (cut",                     true,  "",         "pkg", "",         "not-affected", "cut"        },
	{"- pkg",					    false, 0,          0,     0,          0,              0            },
	{"- pkg (bug #1)",				   false, 0,          0,     0,          0,              0            },
	{"- pkg <unfixed",				   true,  "",         "pkg", "<unfixed", "",             ""           },
	{"[bookworm pkg 1",				  false, 0,          0,     0,          0,              0            },
	{"pkg 1",					    false, 0,          0,     0,          0,              0            },
	{"-",						false, 0,          0,     0,          0,              0            },
	{"",						 false, 0,          0,     0,          0,              0            },
	{"[]",					       false, 0,          0,     0,          0,              0            },
	{"[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa] - pkg 1",      false, 0,          0,     0,          0,              0            },
};

static bool is(struct bytes b, const char *want) { return bytes_eq(b, bytes_str(want)); }

static void check_lines(void)
{
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct debian_line l;
		bool got = debian_line(bytes_str(lines[i].text), &l);
		bool is_right = got == lines[i].is_line;
		if (got && is_right)
			is_right = is(l.suite, lines[i].suite) && is(l.package, lines[i].package) &&
			           is(l.version, lines[i].version) && is(l.word, lines[i].word) &&
			           is(l.remark, lines[i].remark);
		test_case(is_right, "line \"%s\"", lines[i].text);
	}
}

static const struct feed_case cases[] = {
	{"a bulletin",
         &feed_debian_dsa,
         {{"list", "[29 Mar 2023] DSA-5380-1 xorg-server - security update\n"
                   "\t{CVE-2023-1 CVE-2023-2}\n\t[bullseye] - xorg-server 2:1.20-1\n"}},
         "debian:11 xorg-server CVE-2023-1 ref=DSA-5380-1 affected [,2:1.20-1,)\n"
         "debian:11 xorg-server CVE-2023-2 ref=DSA-5380-1 affected [,2:1.20-1,)\n",                              0},
	{"several suites and packages, odd indentation, CRLF",
         &feed_debian_dsa,
         {{"list", "[05 Aug 2002] DSA-140 libpng - buffer overflow\r\n        {CVE-2002-0660 }\r\n"
                   "        [wheezy] - libpng 1.0\r\n \t[jessie] - libpng3  1.2\r\n\r\n"}},
         "debian:7 libpng CVE-2002-0660 ref=DSA-140 affected [,1.0,)\n"
         "debian:8 libpng3 CVE-2002-0660 ref=DSA-140 affected [,1.2,)\n",                                        0},
	{"a second bulletin of the same advisory is a record of its own",
         &feed_debian_dla,
         {{"list",
           "[02 Jan 2020] DLA-9-2 a - security update\n\t{CVE-2020-1}\n\t[jessie] - a 3\n"
           "[01 Jan 2020] DLA-9-1 a - security update\n\t{CVE-2020-1}\n\t[jessie] - a 2\n"}},
         "debian:8 a CVE-2020-1 ref=DLA-9-1 affected [,2,)\n"
         "debian:8 a CVE-2020-1 ref=DLA-9-2 affected [,3,)\n",                                                   0},
	{"without a CVE: a security update counts, a regression does not",
         &feed_debian_dsa,
         {{"list",
           "[01 Jan 2020] DSA-1-1 a - security update\n\t[buster] - a 2\n"
           "[02 Jan 2020] DSA-1-2 a - regression update\n\t[buster] - a 3\n"
           "[03 Jan 2020] DSA-2-1 tzdata - new timezone database\n\t[buster] - tzdata 9\n"}},
         "debian:10 a DSA-1-1 ref=DSA-1-1 affected [,2,)\n",                                                     0},
	{"words in place of versions, notes",
         &feed_debian_dsa,
         {{"list",
           "[01 Jan 2020] DSA-1-1 a - x\n\t{CVE-2020-1}\n\t[buster] - a <not-affected> (why)\n"
           "\t[stretch] - a <unfixed>\n\t[jessie] - a <end-of-life>\n\tNOTE: words\n"}},
         "debian:10 a CVE-2020-1 ref=DSA-1-1 not_affected\n"
         "debian:8 a CVE-2020-1 ref=DSA-1-1 end_of_life\n"
         "debian:9 a CVE-2020-1 ref=DSA-1-1 affected\n",                                                         0},
	{"what is not known is named, the rest counts",
         &feed_debian_dsa,
         {{"list", "[01 Jan 2020] DSA-1-1 a - x\n\t{CVE-2020-1}\n\t[buster] - a <perhaps>\n"
                   "\tsome words\n\t[stretch] - a 1\n[broken head\n\t[buster] - b 1\n"}},
         "debian:9 a CVE-2020-1 ref=DSA-1-1 affected [,1,)\n",                                                   3},
	{"cut short",
         &feed_debian_dsa,
         {{"list", "[01 Jan 2020] DSA-1-1 a - x\n\t{CVE-2020-1"}},
         "",                                                                                                     1},
	{"empty",							  &feed_debian_dla, {{"list", ""}}, "", 0},
};

/* The day of the newest bulletin is that of the data. */
static void check_date(void)
{
	static const struct feed_input doc = {
		"list", "[29 Mar 2023] DSA-2-1 a - x\n[31 Dec 2022] DSA-1-1 a - x\n"};
	struct feed_common common = {.arena = arena_new()};
	struct feed_said *said = mem_zalloc(sizeof *said);
	struct feed_store store = {said_advisory, said_vuln, said_broken, said, false, &common};
	struct feed_sink *s = feed_sink_new(&feed_debian_dsa, &store);
	struct doc_memory m;
	struct err e;
	int64_t want;
	doc_memory(&m, doc.name, bytes_str(doc.text));
	CHECK(feed_sink_import(s, &m.doc, &e) == 0);
	CHECK(clock_parse(B("2023-03-29"), &want) && feed_sink_learned(s).data_s == want);
	CHECK(feed_sink_learned(s).partial.n > 0);
	feed_sink_free(s);
	arena_free(common.arena);
	free(said);
}

int main(void)
{
	check_lines();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	check_date();
	CHECK(debian_urgency(B("unimportant")) == SEV_NEGLIGIBLE);
	CHECK(debian_urgency(B("high**")) == SEV_HIGH);
	CHECK(debian_urgency(B("")) == SEV_UNKNOWN);
	feed_is_recognised("DSA/list", cases[0].docs[0].text, &feed_debian_dsa);
	feed_is_recognised("DLA/list", cases[2].docs[0].text, &feed_debian_dla);
	feed_is_recognised("DTSA/list", "[August 26th, 2005] DTSA-1-1 kismet - various\n", NULL);
	return TEST_END();
}
