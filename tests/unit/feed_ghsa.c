/* SPDX-License-Identifier: Apache-2.0 */
/* GitHub's reviewed advisories, for their severities; written for this test. */
#include "lib/feedcase.h"

#define REC(id, rest)                                                                              \
	"{\"schema_version\":\"1.6.0\",\"id\":\"" id                                               \
	"\",\"modified\":\"2024-05-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":"      \
	"\"npm\",\"name\":\"a\"}}]," rest "}"
#define WORD(word) "\"database_specific\":{\"severity\":\"" word "\"}"
#define V31        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

static const struct feed_case cases[] = {
	{"plain, by all its ids",
         &feed_ghsa,
         {{"x", REC("GHSA-aaaa-bbbb-cccc",
                    "\"aliases\":[\"CVE-2024-1\",\"PYSEC-1\"],\"severity\":[{\"type\":\"CVSS_V3\","
                    "\"score\":\"" V31 "\"}]," WORD("MODERATE"))}},
         "vuln CVE-2024-1 medium cvss=" V31 "\nvuln GHSA-aaaa-bbbb-cccc medium cvss=" V31 "\n",
         0											       },
	{"a copy under the CVE's id",
         &feed_ghsa,
         {{"x", REC("CVE-2024-1", WORD("HIGH"))}},
         "vuln CVE-2024-1 high\n",                                                                      0},
	{"withdrawn",
         &feed_ghsa,
         {{"x",
           REC("GHSA-aaaa-bbbb-cccc", "\"withdrawn\":\"2024-06-01T00:00:00Z\"," WORD("HIGH"))}},
         "",                                                                                            0},
	{"without a word of severity",
         &feed_ghsa,
         {{"x", REC("GHSA-aaaa-bbbb-cccc", "\"aliases\":[]")}},
         "",                                                                                            0},
	{"wrong types",
         &feed_ghsa,
         {{"x", REC("GHSA-aaaa-bbbb-cccc", "\"aliases\":[7,null],\"severity\":7," WORD("LOW"))}},
         "vuln GHSA-aaaa-bbbb-cccc low\n",                                                              0},
	{"no id",		      &feed_ghsa, {{"x", "{\"aliases\":[]}"}},                   NULL, 0},
	{"an empty file",              &feed_ghsa, {{"x", ""}},                                   NULL, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("a", REC("GHSA-aaaa-bbbb-cccc", WORD("HIGH")), &feed_ghsa);
	feed_is_recognised("b",
	                   REC("CVE-2024-1", "\"database_specific\":{\"source\":"
	                                     "\"GitHub Advisory Database\"}"),
	                   &feed_ghsa);
	/* another publisher of languages must not replace it */
	feed_is_recognised("c", REC("PYSEC-2024-1", "\"aliases\":[\"GHSA-aaaa-bbbb-cccc\"]"),
	                   &feed_osv_npm);
	return TEST_END();
}
