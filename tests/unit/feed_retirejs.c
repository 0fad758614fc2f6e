/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories of Retire.js; written for this test. */
#include "lib/feedcase.h"

#define HEAD                  "{\"retire-example\":{\"vulnerabilities\":[{\"below\":\"0.0.2\"}]},"
#define LIB(name, more, list) "\"" name "\":{" more "\"vulnerabilities\":[" list "]}}"
#define IDS(text)             "\"identifiers\":{" text "}"

static const struct feed_case cases[] = {
	{"a CVE and GitHub's id",
         &feed_retirejs,
         {{"x",
           HEAD LIB("a", "",
                    "{\"below\":\"1.2.3\",\"atOrAbove\":\"1.0.0\",\"severity\":\"medium\"," IDS(
			    "\"summary\":\"T\",\"CVE\":[\"CVE-2024-1\"],\"githubID\":\"GHSA-"
			    "a\"") "}")}},
         "npm a CVE-2024-1 affected medium [1.0.0,1.2.3,) +GHSA-a\nvuln CVE-2024-1 medium "
         "title=T\n",                                                                                   0},
	{"two entries of one CVE, one of two",
         &feed_retirejs,
         {{"x",
           HEAD LIB("a", "",
                    "{\"below\":\"1.2.3\"," IDS(
			    "\"CVE\":[\"CVE-2024-1\"]") "},{\"below\":\"2.1.0\",\"atOrAbove\":\"2."
                                                        "0.0\"," IDS("\"CVE\":[\"CVE-2024-1\","
                                                                     "\"CVE-2024-2\"]") "}")}},
         "npm a CVE-2024-1 affected [,1.2.3,) [2.0.0,2.1.0,)\nnpm a CVE-2024-2 affected "
         "[2.0.0,2.1.0,)\nvuln CVE-2024-1\nvuln CVE-2024-2\n",                                          0},
	{"no id of anybody's",
         &feed_retirejs,
         {{"x", HEAD LIB("a", "", "{\"below\":\"1.2.3\"}")}},
         "npm a retirejs/a/1.2.3 affected [,1.2.3,)\nvuln retirejs/a/1.2.3\n",                          0},
	{"short versions, and betas",
         &feed_retirejs,
         {{"x", HEAD LIB("a", "",
                         "{\"below\":\"1.9.0b1\",\"atOrAbove\":\"1\"," IDS(
				 "\"CVE\":[\"CVE-2024-1\"]") "}")}},
         "npm a CVE-2024-1 affected [1.0.0,1.9.0-b1,)\nvuln CVE-2024-1\n",                              0},
	{"excluded versions",
         &feed_retirejs,
         {{"x", HEAD LIB("a", "",
                         "{\"below\":\"2.0.0\",\"excludes\":[\"1.5\"]," IDS(
				 "\"CVE\":[\"CVE-2024-1\"]") "}")}},
         "npm a CVE-2024-1 affected [,,)<1.5.0 (1.5.0,2.0.0,)\nvuln CVE-2024-1\n",                      0},
	{"a library by its name at npm",
         &feed_retirejs,
         {{"x", HEAD LIB("a", "\"npmname\":\"b\",\"extractors\":{},", "{\"below\":\"1.2.3\"}")}},
         "npm b retirejs/b/1.2.3 affected [,1.2.3,)\nvuln retirejs/b/1.2.3\n",                          0},
	{"one that is not at npm",
         &feed_retirejs,
         {{"x", HEAD LIB("a", "\"extractors\":{},", "{\"below\":\"1.2.3\"}")}},
         "",                                                                                            0},
	{"no versions",
         &feed_retirejs,
         {{"x", HEAD LIB("a", "", "{\"below\":\"~\"},{\"below\":7},7")}},
         "",                                                                                            2},
	{"wrong types",
         &feed_retirejs,
         {{"x", HEAD "\"a\":7,\"b\":{\"vulnerabilities\":{}}}"}},
         "",                                                                                            0},
	{"cut short",			  &feed_retirejs, {{"x", HEAD}},                     NULL, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("jsrepository.json", HEAD LIB("a", "", ""), &feed_retirejs);
	return TEST_END();
}
