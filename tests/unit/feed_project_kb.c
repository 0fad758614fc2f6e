/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of project "KB"; written for this test. */
#include "lib/feedcase.h"

#define HEAD                                                                                       \
	"vulnerability_id: CVE-2024-1\nfixes:\n- id: 1.x\n  commits:\n  - id: 04fc\n    "          \
	"repository: https://example.org\nartifacts:\n"
#define ONE(purl, affected) "- id: " purl "\n  reason: Assessed\n  affected: " affected "\n"

static const struct feed_case cases[] = {
	{"versions of two packages, each once",
         &feed_project_kb,
         {{"x", HEAD ONE("pkg:maven/g/b@2", "true") ONE("pkg:maven/g/a@1.10", "true")
                        ONE("pkg:maven/g/a@1.9", "true") ONE("pkg:maven/g/a@1.9", "true")
                                ONE("pkg:maven/g/a@1.11", "false")}},
         "maven g:a CVE-2024-1 affected =1.10 =1.9\nmaven g:b CVE-2024-1 affected =2\n",                            0},
	{"none is affected",
         &feed_project_kb,
         {{"x", HEAD ONE("pkg:maven/g/a@1", "false")}},
         "",                                                                                                        0},
	{"no artifacts",                        &feed_project_kb, {{"x", "vulnerability_id: CVE-2024-1\n"}},  "",   0},
	{"an artifact that is none",
         &feed_project_kb,
         {{"x", HEAD ONE("g:a:1", "true") ONE("pkg:maven/g/a@1", "true")}},
         "maven g:a CVE-2024-1 affected =1\n",                                                                      1},
	{"without a version",                   &feed_project_kb, {{"x", HEAD ONE("pkg:maven/g/a", "true")}}, "",   0},
	{"no id",			       &feed_project_kb, {{"x", "artifacts: []\n"}},                 NULL, 0},
	{"wrong types",
         &feed_project_kb,
         {{"x", "vulnerability_id: CVE-2024-1\nartifacts:\n  a: 7\n"}},
         "",                                                                                                        0},
	{"not YAML",			    &feed_project_kb, {{"x", "vulnerability_id: [\n"}},           NULL, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("statement.yaml", HEAD, &feed_project_kb);
	return TEST_END();
}
