/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpmjson.c - the feeds of Photon OS and of Fedora's update system.
 */
#include "lib/feedtest.h"
#include "test.h"

#define ROW(cve, pkg, score, affected, fixed, status)                                              \
	"{\"cve_id\":\"" cve "\",\"pkg\":\"" pkg "\",\"cve_score\":" score                         \
	",\"aff_ver\":\"" affected "\",\"res_ver\":\"" fixed "\",\"status\":\"" status "\"}"
#define BODHI(prefix, type, status, bug, builds)                                                   \
	"{\"alias\":\"FEDORA-2025-a\",\"type\":\"" type "\",\"status\":\"" status                  \
	"\",\"severity\":\"medium\",\"notes\":\"see CVE-2025-1235\",\"date_stable\":"              \
	"\"2025-01-15 12:00:00\",\"release\":{\"version\":\"40\",\"id_prefix\":\"" prefix          \
	"\"},\"bugs\":[{\"title\":\"" bug "\"}],\"builds\":[" builds "]}"
#define BUILD(nvr, epoch) "{\"nvr\":\"" nvr "\",\"type\":\"rpm\",\"epoch\":" epoch "}"

static const struct feedtest_case cases[] = {
	{"Photon: fixed",                      "photon",
         "[" ROW("CVE-2023-38545",								"curl",							   "9.8",															 "all versions before 7.88.1-4.ph4 are vulnerable",
         "7.88.1-4.ph4", "Fixed") "]",
         "photon:4.0 curl CVE-2023-38545 critical [,7.88.1-4.ph4)\n"
         "photon:4.0 curl CVE-2023-38545 binary critical [,7.88.1-4.ph4)\n", 0, 0},
	{"Photon: fixed version only in words, score unknown",                        "photon",
         "[" ROW("CVE-2023-1",                   "curl",										  "null",																									       "all versions before 7-4.ph5 are vulnerable",																																																						"NA",
         "Fixed") "]",
         "photon:5.0 curl CVE-2023-1 [,7-4.ph5)\nphoton:5.0 curl CVE-2023-1 binary [,7-4.ph5)\n", 0,
         0},
	{"Photon: bands of scores",                 "photon",
         "[" ROW("CVE-1",				  "a","3.9","",																																																																				   "1-1.ph3",
         "") "," ROW("CVE-2", "a", "4.0", "", "1-1.ph3",
         "") "," ROW("CVE-3", "a", "6.9", "", "1-1.ph3",
         "") "," ROW("CVE-4", "a", "7.0", "", "1-1.ph3", "") "]",
         "photon:3.0 a CVE-1 low [,1-1.ph3)\nphoton:3.0 a CVE-1 binary low [,1-1.ph3)\n"
         "photon:3.0 a CVE-2 medium [,1-1.ph3)\nphoton:3.0 a CVE-2 binary medium [,1-1.ph3)\n"
         "photon:3.0 a CVE-3 medium [,1-1.ph3)\nphoton:3.0 a CVE-3 binary medium [,1-1.ph3)\n"
         "photon:3.0 a CVE-4 high [,1-1.ph3)\nphoton:3.0 a CVE-4 binary high [,1-1.ph3)\n", 0, 0},
	{"Photon: a row without a release",                                   "photon",
         "[" ROW("CVE-1",										     "a",															     "3",																												  "",																																																																				"NA", "Not Affected") "]", "", 0, 1},
	{"Photon: nothing that can be judged",                               "photon",
         "[" ROW("CVE-1",								   "a",																       "3",																																 "",																																																																		"NA", "Odd") ",7,{}]", "", 0, 3},
	{"Photon: cut short",                           "photon",							  "[{\"cve_id\":\"CVE-",								"",															   -1,																														      0																																																																},
	{"Photon: empty",				 "photon",								  "",									 "",																-1,																														      0																																																											     },
	{"Fedora: CVEs of bugs and notes",                                   "fedora",
         BODHI("FEDORA",						  "security",									"stable",																																	  "CVE-2025-1234 python3-docs: bad",
         BUILD("python3-docs-3.12.9-1.fc40", "null")),
         "fedora:40 python3-docs CVE-2025-1234 FEDORA-2025-a medium [,3.12.9-1.fc40)\n"
         "fedora:40 python3-docs CVE-2025-1235 FEDORA-2025-a medium [,3.12.9-1.fc40)\n", 0, 0},
	{"Fedora: epoch, a list of updates",                                  "fedora",
         "{\"updates\":[" BODHI("FEDORA",							  "security",															"stable",                   "",BUILD("a-1-2.fc40", "3")) "]}",
         "fedora:40 a CVE-2025-1235 FEDORA-2025-a medium [,3:1-2.fc40)\n", 0, 0},
	{"Fedora: in testing", "fedora",
         BODHI("FEDORA",									 "security",								    "testing",							"",									  BUILD("a-1-2.fc40", "0")), "", 0, 0},
	{"Fedora: a bug fix",                     "fedora",
         BODHI("FEDORA",								 "bugfix",																"stable",																															     "",																																																															       BUILD("a-1-2.fc40", "0")), "", 0, 0},
	{"Fedora: EPEL",               "fedora",
         BODHI("FEDORA-EPEL","security","stable","",BUILD("a-1-2.el9", "0")), "", 0, 0},
	{"Fedora: no build",				  "fedora",     BODHI("FEDORA","security","stable","",BUILD("a", "0")),
         "", 0, 1},
	{"Fedora: wrong types",                       "fedora",						   "{\"alias\":7,\"release\":[],\"builds\":{}}",   "",0,																														       1																																																																  },
	{"Fedora: cut short",				   "fedora",									"{\"alias\":",										 "",														-1,																								    0																																																																	       },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feedtest_check(&cases[i]);
	return TEST_END();
}
