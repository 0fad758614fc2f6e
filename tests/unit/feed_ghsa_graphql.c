/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of GitHub's GraphQL interface; written for this test. */
#include "lib/feedcase.h"

#define DOC(rest)                                                                                  \
	"{\"ghsaId\":\"GHSA-aaaa-bbbb-cccc\",\"identifiers\":[{\"value\":\"GHSA-aaaa-bbbb-cccc\"}" \
	","                                                                                        \
	"{\"value\":\"CVE-2024-1\"}],\"severity\":\"MODERATE\"," rest "}"
#define NODES(list) "\"vulnerabilities\":{\"nodes\":[" list "]}"
#define NODE(eco, name, range, fixed)                                                              \
	"{\"package\":{\"ecosystem\":\"" eco "\",\"name\":\"" name                                 \
	"\"},\"vulnerableVersionRange\":\"" range "\",\"firstPatchedVersion\":" fixed "}"
#define FIXED(v) "{\"identifier\":\"" v "\"}"
#define A        "a CVE-2024-1 ref=GHSA-aaaa-bbbb-cccc"
#define ABOUT    "vuln CVE-2024-1 medium\n"

static const struct feed_case cases[] = {
	{"a fix",
         &feed_ghsa_graphql,
         {{"x", DOC(NODES(NODE("NPM", "a", ">= 1.0, < 2.0", FIXED("2.0"))))}},
         "npm " A " affected medium [1.0,2.0,)\n" ABOUT,
         0												    },
	{"the last that somebody looked at",
         &feed_ghsa_graphql,
         {{"x", DOC(NODES(NODE("NPM", "a", "<= 1.9", FIXED("2.0"))))}},
         "npm " A " affected medium [,2.0,)\n" ABOUT,
         0												    },
	{"two spans of one package, and another",
         &feed_ghsa_graphql,
         {{"x", DOC(NODES(NODE("PIP", "A", "= 1.0", "null") "," NODE(
			"NPM", "b", "> 1", "null") "," NODE("PIP", "A", "< 0.5", FIXED("0.5"))))}},
         "npm b CVE-2024-1 ref=GHSA-aaaa-bbbb-cccc affected medium (1,,)\n"
         "pypi " A " affected medium [1.0,,1.0) [,0.5,)\n" ABOUT,
         0												    },
	{"an ecosystem that is none of packages",
         &feed_ghsa_graphql,
         {{"x", DOC(NODES(NODE("ACTIONS", "a", "< 1", "null")))}},
         ABOUT,                                                                                              0},
	{"withdrawn",
         &feed_ghsa_graphql,
         {{"x", DOC("\"withdrawnAt\":\"2024-01-01T00:00:00Z\"," NODES(
			NODE("NPM", "a", "< 1", "null")))}},
         "",                                                                                                 0},
	{"no span at all",
         &feed_ghsa_graphql,
         {{"x", DOC(NODES(NODE("NPM", "a", "all of them", "null")))}},
         NULL,                                                                                               0},
	{"one of a list is broken",
         &feed_ghsa_graphql,
         {{"x", "[{\"ghsaId\":7}," DOC(NODES("")) "]"}},
         ABOUT,                                                                                              1},
	{"wrong types",
         &feed_ghsa_graphql,
         {{"x", DOC("\"vulnerabilities\":[],\"cvss\":7")}},
         ABOUT,                                                                                              0},
	{"cut short",			     &feed_ghsa_graphql, {{"x", "{\"ghsaId\":\"GHSA-a"}}, NULL, 0},
	{"an empty file",                         &feed_ghsa_graphql, {{"x", ""}},                     NULL, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("a.json", DOC(NODES("")), &feed_ghsa_graphql);
	return TEST_END();
}
