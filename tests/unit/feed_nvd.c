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
	feed_is_recognised("page", PAGE(CVE("CVE-2022-1", "Analyzed", "")), &feed_nvd);
	feed_is_recognised("record", BARE("CVE-2022-1", "Analyzed", ""), &feed_nvd);
	feed_is_recognised("1.1", "{\"CVE_data_type\":\"CVE\",\"CVE_Items\":[]}", &feed_nvd);
	feed_is_recognised("history", "{\"format\":\"NVD_CVEHistory\",\"cveChanges\":[]}", NULL);
	return TEST_END();
}
