/* SPDX-License-Identifier: Apache-2.0 */
/* The National Vulnerability Database, by its API, feeds 2.0 and 1.1; written for this test. */
#include "lib/feedcase.h"

#define V31 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define LOW "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"
#define V40 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
#define V2  "AV:N/AC:M/Au:N/C:N/I:P/A:N"

#define PAGE(cves)                                                                                 \
	"{\"resultsPerPage\":1,\"format\":\"NVD_CVE\",\"version\":\"2.0\",\"timestamp\":"          \
	"\"2026-06-18T18:04:18.493\",\"vulnerabilities\":[" cves "]}"
#define CVE(id, status, metrics) "{\"cve\":" BARE(id, status, metrics) "}"
#define BARE(id, status, metrics)                                                                  \
	"{\"id\":\"" id "\",\"sourceIdentifier\":\"x@example.org\",\"published\":"                 \
	"\"2023-10-12T19:15:11.747\",\"lastModified\":\"2024-11-21T06:41:00.133\",\"vulnStatus\":" \
	"\"" status "\",\"metrics\":{" metrics "}}"
#define METRIC(kind, source, type, vector)                                                         \
	"\"cvssMetric" kind "\":[" ENTRY(source, type, vector) "]"
#define ENTRY(source, type, vector)                                                                \
	"{\"source\":\"" source "\",\"type\":\"" type                                              \
	"\",\"cvssData\":{\"vectorString\":\"" vector "\"}}"
#define NVD "nvd@nist.gov"

/* ---- configurations ---- */
#define ANY7          ":*:*:*:*:*:*:*"
#define PRODUCT(body) "{\"vulnerable\":true,\"criteria\":\"cpe:2.3:" body "}"
#define BESIDE(body)  "{\"vulnerable\":false,\"criteria\":\"cpe:2.3:" body "}"
#define OR(matches)   "{\"operator\":\"OR\",\"negate\":false,\"cpeMatch\":[" matches "]}"
#define NODES(nodes)  "{\"nodes\":[" nodes "]}"
#define BOTH(nodes)   "{\"operator\":\"AND\",\"nodes\":[" nodes "]}"
#define CONFIGURED(configs)                                                                        \
	PAGE("{\"cve\":{\"id\":\"CVE-2022-1\",\"sourceIdentifier\":\"x\",\"vulnStatus\":"          \
	     "\"Analyzed\","                                                                       \
	     "\"configurations\":" configs "}}")
/* clang-format off */
#define CASE(name, configs, want)                                                                  \
	{name, &feed_nvd, {{"page", CONFIGURED("[" configs "]")}}, want "vuln CVE-2022-1\n", 0}
/* clang-format on */
#define SAID "CVE-2022-1 affected"

static const struct feed_case configurations[] = {
	CASE("both kinds of ends",
             NODES(OR(PRODUCT(
		     "a:v:p:*" ANY7 "\",\"versionStartIncluding\":\"1.0\","
		     "\"versionEndExcluding\":\"1.2\"") "," PRODUCT("a:v:p:*" ANY7
                                                                    "\",\"versionStartExcluding\":"
                                                                    "\"2.0\","
                                                                    "\"versionEndIncluding\":\"2."
                                                                    "3\""))),
             "nvd v:p " SAID " [1.0,1.2,) (2.0,,2.3)\n"),
	CASE("all versions", NODES(OR(PRODUCT("a:v:p:*" ANY7 "\""))), "nvd v:p " SAID " [,,)\n"),
	CASE("single versions, one with an update, one twice",
             NODES(OR(PRODUCT("a:v:p:8.9:p1:*:*:*:*:*:*\"") "," PRODUCT(
		     "a:v:p:8.8:-:*:*:*:*:*:*\"") "," PRODUCT("a:v:p:8.8" ANY7 "\""))),
             "nvd v:p " SAID " =8.8 =8.9-p1\n"),
	CASE("no version applies", NODES(OR(PRODUCT("a:v:p:-" ANY7 "\""))), ""),
	CASE("on one system", NODES(OR(PRODUCT("a:v:p:*:*:*:*:*:windows:*:*\""))),
             "nvd v:p " SAID " [,,) systems=windows\n"),
	CASE("an extension of other software",
             NODES(OR(PRODUCT("a:v:p:*:*:*:*:*:wordpress:*:*\""))), ""),
	CASE("a system is no product of ours",
             NODES(OR(PRODUCT("o:linux:linux_kernel:*" ANY7 "\""))), ""),
	CASE("running on a system",
             BOTH(OR(PRODUCT("a:v:p:*" ANY7 "\"")) "," OR(
		     BESIDE("o:microsoft:windows:-" ANY7 "\""))),
             "nvd v:p " SAID " [,,) needs=<cpe:2.3:o:microsoft:windows:-" ANY7 ">\n"),
	CASE("running on hardware",
             BOTH(OR(PRODUCT("a:v:p:1" ANY7 "\"")) "," OR(BESIDE("h:x:y:-" ANY7 "\""))),
             "nvd v:p " SAID " =1\n"),
	CASE("running with another program, some versions of it",
             BOTH(OR(PRODUCT("a:v:p:1" ANY7 "\"")) "," OR(BESIDE(
		     "a:x:y:*" ANY7 "\",\"versionStartExcluding\":\"1\",\"versionEndIncluding\":"
		     "\"2\"") "," BESIDE("a:x:z:3" ANY7 "\""))),
             "nvd v:p " SAID " =1 needs=<cpe:2.3:a:x:y:*" ANY7 ",>1,,2 cpe:2.3:a:x:z:3" ANY7 ">\n"),
	CASE("each of two is at fault with the other",
             BOTH(OR(PRODUCT("a:v:p:1" ANY7 "\"")) "," OR(PRODUCT("a:v:q:2" ANY7 "\""))),
             "nvd v:p " SAID " =1 needs=<cpe:2.3:a:v:q:2" ANY7 ">\n"
             "nvd v:q " SAID " =2 needs=<cpe:2.3:a:v:p:1" ANY7 ">\n"),
	CASE("alone in one configuration, with another in the next",
             NODES(OR(PRODUCT("a:v:p:1" ANY7 "\""))) "," BOTH(
		     OR(PRODUCT("a:v:p:2" ANY7 "\"")) "," OR(BESIDE("a:x:y:-" ANY7 "\""))),
             "nvd v:p " SAID " =1\n"
             "nvd v:p " SAID " module=1 =2 needs=<cpe:2.3:a:x:y:-" ANY7 ">\n"),
	CASE("none of a negated group",
             BOTH(OR(PRODUCT("a:v:p:1" ANY7 "\"")) ",{\"operator\":\"OR\",\"negate\":true,"
                                                   "\"cpeMatch\":[" BESIDE("a:x:y:-" ANY7
                                                                           "\"") "]}"),
             "nvd v:p " SAID " =1 needs=<!cpe:2.3:a:x:y:-" ANY7 ">\n"),
	CASE("all of one group are needed",
             BOTH(OR(PRODUCT("a:v:p:1" ANY7 "\"")) ",{\"operator\":\"AND\",\"cpeMatch\":[" BESIDE(
		     "a:x:y:-" ANY7 "\"") "," BESIDE("a:x:z:-" ANY7 "\"") "]}"),
             "nvd v:p " SAID " =1 needs=<cpe:2.3:a:x:y:-" ANY7 "> needs=<cpe:2.3:a:x:z:-" ANY7
             ">\n"),
	CASE("what is no name",
             NODES(OR("7,{\"vulnerable\":true},{\"vulnerable\":true,\"criteria\":\"x\"}")) ",7",
             ""),
	{"1.1: alternatives, and children that belong together",
           &feed_nvd,
           {{"x", "{\"CVE_Items\":[{\"cve\":{\"CVE_data_meta\":{\"ID\":\"CVE-2022-1\"}},"
                "\"configurations\":{\"nodes\":["
                "{\"operator\":\"OR\",\"children\":[],\"cpe_match\":[{\"vulnerable\":true,"
                "\"cpe23Uri\":\"cpe:2.3:a:v:p:1" ANY7 "\"}]},"
                "{\"operator\":\"AND\",\"children\":[{\"operator\":\"OR\",\"cpe_match\":[{"
                "\"vulnerable\":true,\"cpe23Uri\":"
                "\"cpe:2.3:a:v:q:2" ANY7
                "\"}]},{\"operator\":\"OR\",\"cpe_match\":[{\"vulnerable\":false,\"cpe23Uri\":"
                "\"cpe:2.3:o:x:y:-" ANY7 "\"}]}],\"cpe_match\":[]}]}}]}"}},
           "nvd v:p " SAID " =1\nnvd v:q " SAID " =2 needs=<cpe:2.3:o:x:y:-" ANY7
         ">\nvuln CVE-2022-1\n",                                    0},
	{"what NVD lacks, a line each",
           &feed_nvd_overrides,
           {{"x", "{\"id\":\"CVE-2022-1\",\"modified\":\"2024-08-01T16:27:57Z\",\"cna\":\"m\","
                "\"configurations\":[" NODES(OR(PRODUCT(
			"a:v:p:1" ANY7
			"\""))) "]}\n7\n{\"id\":\"CVE-2022-2\",\"cna\":\"m\",\"configurations\":"
                                "[" NODES(OR(PRODUCT("a:v:p:2" ANY7 "\""))) "]}\n"}},
           "nvd v:p " SAID " =1\nnvd v:p CVE-2022-2 affected =2\n",
           1							 },
};

/* NVD_GROUPS_MAX nodes, and one more; NVD_NEEDS_MAX bytes of needs, and more. */
static void bounds(void)
{
	for (int more = 0; more < 2; more++) {
		AUTO_BUF struct buf b;
		buf_init(&b, MIB(1));
		buf_adds(&b, "{\"operator\":\"AND\",\"nodes\":[" OR(PRODUCT("a:v:p:1" ANY7 "\"")));
		for (int i = 1; i < (int)NVD_GROUPS_MAX + more; i++)
			buf_adds(&b, "," OR(BESIDE("h:x:y:-" ANY7 "\"")));
		buf_adds(&b, "]}");
		AUTO_BUF struct buf page;
		buf_init(&page, MIB(1));
		buf_addf(&page, CONFIGURED("[%s]"), buf_cstr(&b));
		struct feed_case c = {"nodes at the bound",
		                      &feed_nvd,
		                      {{"page", buf_cstr(&page)}},
		                      more ? "vuln CVE-2022-1\n"
		                           : "nvd v:p " SAID " =1\nvuln CVE-2022-1\n",
		                      more};
		feed_check(&c);
	}
	for (int n = 60; n <= 120;
	     n += 60) { /* 43 bytes each, or too many: then nothing is needed */
		AUTO_BUF struct buf b, page, want;
		buf_init(&b, MIB(1));
		buf_init(&page, MIB(1));
		buf_init(&want, MIB(1));
		buf_adds(&want, "nvd v:p " SAID " =1");
		for (int i = 0; i < n; i++) {
			buf_addf(&b, "%s" BESIDE("a:x:y%03d:-" ANY7 "\""), i ? "," : "", i);
			buf_addf(&want, "%scpe:2.3:a:x:y%03d:-" ANY7, i ? " " : " needs=<", i);
		}
		if (want.n > (size_t)NVD_NEEDS_MAX)
			want.n = B("nvd v:p " SAID " =1").n;
		else
			buf_adds(&want, ">");
		buf_adds(&want, "\nvuln CVE-2022-1\n");
		buf_addf(&page,
		         CONFIGURED("[" BOTH(OR(PRODUCT("a:v:p:1" ANY7 "\"")) "," OR("%s")) "]"),
		         buf_cstr(&b));
		struct feed_case c = {"needs at the bound",
		                      &feed_nvd,
		                      {{"page", buf_cstr(&page)}},
		                      buf_cstr(&want),
		                      0};
		feed_check(&c);
	}
}

static const struct feed_case cases[] = {
	{"plain",
         &feed_nvd,
         {{"page", PAGE(CVE("CVE-2022-1", "Analyzed", METRIC("V31", NVD, "Primary", V31)))}},
         "vuln CVE-2022-1 critical cvss=" V31 "\n",
         0															},
	{"rejected",
         &feed_nvd,
         {{"page", PAGE(CVE("CVE-2022-1", "Rejected", ""))}},
         "vuln CVE-2022-1 rejected\n",                                                                                           0},
	{"nothing rated yet",
         &feed_nvd,
         {{"page", PAGE(CVE("CVE-2022-1", "Received", ""))}},
         "vuln CVE-2022-1\n",                                                                                                    0},
	{"its own rating before that of others",
         &feed_nvd,
         {{"page", PAGE(CVE("CVE-2022-1", "Analyzed",
                            "\"cvssMetricV31\":[" ENTRY("a@b.org", "Secondary",
                                                        LOW) "," ENTRY(NVD, "Primary", V31) "]"))}},
         "vuln CVE-2022-1 critical cvss=" V31 "\n",
         0															},
	{"that of others where there is no other",
         &feed_nvd,
         {{"page",
           PAGE(CVE("CVE-2022-1", "Deferred", METRIC("V31", "a@b.org", "Secondary", LOW)))}},
         "vuln CVE-2022-1 low cvss=" LOW "\n",
         0															},
	{"3.1 before 4.0",
         &feed_nvd,
         {{"page", PAGE(CVE("CVE-2022-1", "Analyzed",
                            METRIC("V40", "a@b.org", "Secondary",
                                   V40) "," METRIC("V31", NVD, "Primary", LOW)))}},
         "vuln CVE-2022-1 low cvss=" LOW "\n",
         0															},
	{"4.0 before 2.0",
         &feed_nvd,
         {{"page", PAGE(CVE("CVE-2022-1", "Analyzed",
                            METRIC("V2", NVD, "Primary", V2) "," METRIC("V40", "a@b.org",
                                                                        "Secondary", V40)))}},
         "vuln CVE-2022-1 critical cvss=" V40 "\n",
         0															},
	{"2.0 alone",
         &feed_nvd,
         {{"page", PAGE(CVE("CVE-2002-1", "Modified", METRIC("V2", NVD, "Primary", V2)))}},
         "vuln CVE-2002-1 medium cvss=" V2 "\n",
         0															},
	{"a vector that is none, with a word beside it",
         &feed_nvd,
         {{"page", PAGE(CVE("CVE-2022-1", "Analyzed",
                            "\"cvssMetricV31\":[{\"cvssData\":{\"vectorString\":\"CVSS:3.1/AV:N\","
                            "\"baseSeverity\":\"HIGH\"}}]"))}},
         "vuln CVE-2022-1 high cvss=CVSS:3.1/AV:N\n",                                                                            0},
	{"a record by itself",
         &feed_nvd,
         {{"CVE-2022-1.json", BARE("CVE-2022-1", "Analyzed", METRIC("V31", NVD, "Primary", V31))}},
         "vuln CVE-2022-1 critical cvss=" V31 "\n",
         0															},
	{"records in a list",
         &feed_nvd,
         {{"x", "{\"cve_items\":[" BARE("CVE-2022-1", "Rejected", "") "]}"}},
         "vuln CVE-2022-1 rejected\n",                                                                                           0},
	{"feeds 1.1",
         &feed_nvd,
         {{"x", "{\"CVE_data_timestamp\":\"2022-09-10T07:00Z\",\"CVE_Items\":[{\"cve\":{"
                "\"CVE_data_meta\":{\"ID\":\"CVE-2021-1\"}},\"impact\":{\"baseMetricV3\":{"
                "\"cvssV3\":{\"vectorString\":\"" V31 "\",\"baseSeverity\":\"CRITICAL\"}},"
                "\"baseMetricV2\":{\"cvssV2\":{\"vectorString\":\"" V2 "\"},\"severity\":"
                "\"MEDIUM\"}}},{\"cve\":{\"CVE_data_meta\":{\"ID\":\"CVE-2021-2\"}},\"impact\":{"
                "\"baseMetricV2\":{\"cvssV2\":{\"vectorString\":\"" V2 "\"},\"severity\":"
                "\"MEDIUM\"}}},{\"cve\":{\"CVE_data_meta\":{\"ID\":\"CVE-2021-3\"},"
                "\"description\":{\"description_data\":[{\"value\":\"** REJECT ** no\"}]}}}]}"}},
         "vuln CVE-2021-1 critical cvss=" V31 "\nvuln CVE-2021-2 medium cvss=" V2
         "\nvuln CVE-2021-3 rejected\n",                                                                                         0},
	{"entries of wrong types",
         &feed_nvd,
         {{"page", PAGE("7,{\"cve\":7},{\"cve\":{\"id\":7}},{\"cve\":{\"id\":\"CVE-2022-1\","
                        "\"metrics\":[],\"published\":{}}}")}},
         "vuln CVE-2022-1\n",                                                                                                    2},
	{"metrics of wrong types",
         &feed_nvd,
         {{"page", PAGE(CVE("CVE-2022-1", "Analyzed",
                            "\"cvssMetricV31\":{},\"cvssMetricV30\":[7,{\"cvssData\":[]}]"))}},
         "vuln CVE-2022-1\n",                                                                                                    0},
	{"an empty file",				&feed_nvd, {{"page", ""}},                                        NULL, 0},
	{"cut short",				    &feed_nvd, {{"page", "{\"vulnerabilities\":[{\"cve\":{\"id\":"}}, NULL, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	for (size_t i = 0; i < ARRAY_LEN(configurations); i++)
		feed_check(&configurations[i]);
	bounds();
	feed_is_recognised("overrides", configurations[ARRAY_LEN(configurations) - 1].docs[0].text,
	                   &feed_nvd_overrides);
	feed_is_recognised("page", PAGE(CVE("CVE-2022-1", "Analyzed", "")), &feed_nvd);
	feed_is_recognised("record", BARE("CVE-2022-1", "Analyzed", ""), &feed_nvd);
	feed_is_recognised("1.1", "{\"CVE_data_type\":\"CVE\",\"CVE_Items\":[]}", &feed_nvd);
	feed_is_recognised("history", "{\"format\":\"NVD_CVEHistory\",\"cveChanges\":[]}", NULL);
	return TEST_END();
}
