/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories of Node.js' security working group; written for this test. */
#include "lib/feedcase.h"

#define NPM(cves, bad, good, more)                                                                 \
	"{\"id\":7,\"title\":\"T\",\"updated_at\":\"2018-04-09\",\"module_name\":\"@a/"            \
	"b\",\"cves\":"                                                                            \
	"[" cves "],\"vulnerable_versions\":\"" bad "\",\"patched_versions\":" good more "}"
#define CORE(cves, bad, good, where)                                                               \
	"{\"cve\":[" cves "],\"vulnerable\":\"" bad "\",\"patched\":\"" good                       \
	"\",\"description\":\"D\",\"affectedEnvironments\":[" where "],\"severity\":\"high\"}"

static const struct feed_case cases[] = {
	{"a package with a fix",
         &feed_nodejs_wg,
         {{"npm/7.json", NPM("\"CVE-2018-1\"", "<1.2.3", "\">= 1.2.3\"",
                             ",\"cvss_vector\":\"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"")}},
         "npm @a/b CVE-2018-1 ref=NSWG-ECO-7 affected critical "
         "cvss=CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H [,1.2.3,)\n"
         "vuln CVE-2018-1 critical cvss=CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H title=T\n",                                  0},
	{"no CVE, no fix, a score alone",
         &feed_nodejs_wg,
         {{"x", NPM("", "<=1.2.3", "null", ",\"cvss_vector\":null,\"cvss_score\":5.3")}},
         "npm @a/b NSWG-ECO-7 affected medium [,,1.2.3)\nvuln NSWG-ECO-7 medium title=T\n",                                       0},
	{"all versions, none patched",
         &feed_nodejs_wg,
         {{"x", NPM("", "*", "\"<0.0.0\"", "")}},
         "npm @a/b NSWG-ECO-7 affected [0.0.0,,)\nvuln NSWG-ECO-7 title=T\n",                                                     0},
	{"what is patched is taken out, and the next fix is named",
         &feed_nodejs_wg,
         {{"x",
           NPM("\"CVE-2018-1\",\"CVE-2018-2\"", "<2.0.1 || <1.1.7", "\"^1.1.7 || >= 2.0.1\"", "")}},
         "npm @a/b CVE-2018-1 ref=NSWG-ECO-7 affected [,1.1.7,) [2.0.0,2.0.1,)\n"
         "npm @a/b CVE-2018-2 ref=NSWG-ECO-7 affected [,1.1.7,) [2.0.0,2.0.1,)\n"
         "vuln CVE-2018-1 title=T\nvuln CVE-2018-2 title=T\n",                                                                    0},
	{"the last affected version, and a fix some versions on",
         &feed_nodejs_wg,
         {{"x", NPM("", "<=1.2.3", "\">1.2.3 <1.3.0 || >=2.0.0\"", "")}},
         "npm @a/b NSWG-ECO-7 affected [,2.0.0,1.2.3)\nvuln NSWG-ECO-7 title=T\n",                                                0},
	{"Node.js itself, on one system",
         &feed_nodejs_wg,
         {{"core/115.json",
           CORE("\"CVE-2023-1\"", "16.x || 18.x", "^16.20.1 || ^18.16.1", "\"win32\"")}},
         "generic node CVE-2023-1 ref=NSWG-COR-115 affected high [16.0.0,16.20.1,) "
         "[18.0.0,18.16.1,) systems=windows\nvuln CVE-2023-1 high title=D\n",                                                     0},
	{"a list by number; one is broken",
         &feed_nodejs_wg,
         {{"index.json", "{\"1\":" CORE("", "<= 0.10.47", "", "\"all\"") ",\"2\":" CORE(
				 "", "one", "", "\"all\"") ",\"3\":7}"}},
         "generic node NSWG-COR-1 affected high [,,0.10.47)\nvuln NSWG-COR-1 high title=D\n",                                     1},
	{"why a dependency's is none of Node.js",
         &feed_nodejs_wg,
         {{"deps/1.json", "{\"cve\":[\"CVE-2023-1\"],\"reason\":\"vulnerable_code_not_present\"}"}},
         "",                                                                                                                      0},
	{"no versions",					     &feed_nodejs_wg, {{"x", NPM("", "", "null", "")}},      NULL, 0},
	{"a range of none",					 &feed_nodejs_wg, {{"x", NPM("", ">2 <1", "null", "")}}, NULL, 0},
	{"patched by what is no range",
         &feed_nodejs_wg,
         {{"x", NPM("", "*", "\"?\"", "")}},
         NULL,                                                                                                                    0},
	{"cut short",					       &feed_nodejs_wg, {{"x", "{\"1\":{"}},                   NULL, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("7.json", NPM("", "*", "null", ""), &feed_nodejs_wg);
	feed_is_recognised("1.json", CORE("", "*", "*", "\"all\""), &feed_nodejs_wg);
	return TEST_END();
}
