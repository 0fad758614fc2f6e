/* SPDX-License-Identifier: Apache-2.0 */
/* Ubuntu's OpenVEX; documents written for this test. */
#include "lib/feedcase.h"

#define DOC(statements)                                                                            \
	"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"author\":\"Canonical Ltd.\","           \
	"\"timestamp\":\"2026-05-20T15:02:47.589121Z\",\"statements\":[" statements "]}"
#define SAID(id, status, rest, products)                                                           \
	"{\"vulnerability\":{\"name\":\"" id "\"},\"status\":\"" status "\"," rest                 \
	"\"products\":[" products "]}"
#define SOURCE(name, version, archive)                                                             \
	"{\"@id\":\"pkg:deb/ubuntu/" name "@" version "?arch=source&distro=" archive "\"}"
#define ACTION(text)  "\"action_statement\":\"This package (for the given release) " text "\","
#define NOT_FIXED     ACTION("is vulnerable to the CVE, but the team decided to not fix it.")
#define NEEDS_FIXING  ACTION("is vulnerable to the CVE and needs fixing.")
#define NOT_SUPPORTED ACTION("is no longer supported. Please upgrade your system.")

static const struct feed_case cases[] = {
	{"not affected, by source package",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("CVE-2024-1", "not_affected", "",
                         SOURCE("curl", "7.81.0-1",
                                "jammy") ",{\"@id\":\"pkg:deb/ubuntu/"
                                         "libcurl4@7.81.0-1?arch=amd64&distro=jammy\"}"))}},
         "ubuntu:22.04 curl CVE-2024-1 not_affected\n",                                                                           0},
	{"being looked at",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("CVE-2024-1", "under_investigation", "", SOURCE("a", "1", "noble")))}},
         "ubuntu:24.04 a CVE-2024-1 under_investigation\n",                                                                       0},
	{"will not be fixed",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("CVE-2024-1", "affected", NOT_FIXED, SOURCE("gtk%2B3.0", "1", "noble")))}},
         "ubuntu:24.04 gtk+3.0 CVE-2024-1 will_not_fix\n",                                                                        0},
	{"deferred, with a priority",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("CVE-2024-1", "affected",
                         "\"status_notes\":\"The fix is deferred. The team classified this CVE as "
                         "of Medium priority.\",",
                         SOURCE("a", "1", "noble")))}},
         "ubuntu:24.04 a CVE-2024-1 fix_deferred medium\n",                                                                       0},
	{"what awaits a fix or has one is for the records with versions",
         &feed_ubuntu_vex,
         {{"x",
           DOC(SAID("CVE-2024-1", "affected", NEEDS_FIXING, SOURCE("a", "1", "noble")) "," SAID(
		   "CVE-2024-1", "fixed", "", SOURCE("a", "1", "jammy")))}},
         "",                                                                                                                      0},
	{"no longer supported, and nobody knows more",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("CVE-2024-1", "affected", NOT_SUPPORTED, SOURCE("a", "1", "xenial")))}},
         "ubuntu:16.04 a CVE-2024-1 end_of_life\n",                                                                               0},
	{"no longer supported, but the extension is not affected",
         &feed_ubuntu_vex,
         {{"x",
           DOC(SAID("CVE-2024-1", "affected", NOT_SUPPORTED, SOURCE("a", "1", "xenial")) "," SAID(
		   "CVE-2024-1", "not_affected", "", SOURCE("a", "1+esm2", "esm-infra/xenial")))}},
         "ubuntu:16.04 a CVE-2024-1 not_affected\n",                                                                              0},
	{"no longer supported, fixed in the extension",
         &feed_ubuntu_vex,
         {{"x",
           DOC(SAID("CVE-2024-1", "affected", NOT_SUPPORTED, SOURCE("a", "1", "xenial")) "," SAID(
		   "CVE-2024-1", "fixed", "", SOURCE("a", "1", "xenial/esm")))}},
         "",                                                                                                                      0},
	{"will not be fixed but for those who pay",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("CVE-2024-1", "affected", NOT_FIXED, SOURCE("a", "1", "jammy")) "," SAID(
			"CVE-2024-1", "fixed", "", SOURCE("a", "1", "esm-apps/jammy")))}},
         "",                                                                                                                      0},
	{"not affected, whatever the extension says",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("CVE-2024-1", "not_affected", "", SOURCE("a", "1", "jammy")) "," SAID(
			"CVE-2024-1", "fixed", "", SOURCE("a", "1", "esm-apps/jammy")))}},
         "ubuntu:22.04 a CVE-2024-1 not_affected\n",                                                                              0},
	{"other archives and unknown releases",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("CVE-2024-1", "not_affected", "",
                         SOURCE("a", "1", "fips-updates/jammy") "," SOURCE(
				 "a", "1", "warty") ","
                                                    "{\"@id\":\"pkg:deb/ubuntu/"
                                                    "a@1?arch=source\"},{\"@id\":\"pkg:deb/debian/"
                                                    "a@1?arch=source&distro=jammy\"}"))}},
         "",                                                                                                                      0},
	{"a notice",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("USN-1-1", "fixed", "", SOURCE("a", "1", "noble")))}},
         "",                                                                                                                      0},
	{"the date beside, no statements",
         &feed_ubuntu_vex,
         {{"x", "{\"metadata\":{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"timestamp\":"
                "\"2025-03-26T17:08:28.810633\"},\"statements\":[]}"}},
         "",                                                                                                                      0},
	{"a status that there is not",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("CVE-2024-1", "perhaps", "", SOURCE("a", "1", "noble")))}},
         "",                                                                                                                      1},
	{"a product that is no purl",
         &feed_ubuntu_vex,
         {{"x", DOC(SAID("CVE-2024-1", "not_affected", "", "{\"@id\":\"arch=source\"}"))}},
         "",                                                                                                                      1},
	{"wrong types",
         &feed_ubuntu_vex,
         {{"x", DOC("7,null,{\"vulnerability\":7},{\"vulnerability\":{\"name\":\"CVE-2024-1\"},"
                    "\"status\":\"fixed\",\"products\":[7,{\"@id\":7}]}")}},
         "",                                                                                                                      0},
	{"statements are no list",					&feed_ubuntu_vex, {{"x", "{\"statements\":{}}"}}, NULL, 0},
	{"an empty file",						 &feed_ubuntu_vex, {{"x", ""}},                    NULL, 0},
	{"cut short",						     &feed_ubuntu_vex, {{"x", "{\"statements\":[{"}},  NULL, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("x", DOC(""), &feed_ubuntu_vex);
	feed_is_recognised("y",
	                   "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"author\":\"another\","
	                   "\"statements\":[]}",
	                   NULL);
	return TEST_END();
}
