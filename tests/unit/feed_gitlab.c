/* SPDX-License-Identifier: Apache-2.0 */
/* GitLab's advisories; written for this test. */
#include "lib/feedcase.h"

#define DOC(slug, ids, range, fixed, more)                                                         \
	"---\nidentifier: \"GMS-2020-1\"\nidentifiers:\n" ids "package_slug: \"" slug              \
	"\"\ntitle: \"T\"\ndate: \"2022-07-05\"\naffected_range: \"" range                         \
	"\"\nfixed_versions: [" fixed "]\n" more
#define CVE "- \"GMS-2020-1\"\n- \"GHSA-aaaa-bbbb-cccc\"\n- \"CVE-2020-1\"\n"
#define GMS "- \"GMS-2020-1\"\n"

static const struct feed_case cases[] = {
	{"an artifact of Maven, no fix",
         &feed_gitlab,
         {{"x", DOC("maven/g.h/a", CVE, "(,0.0.7]", "",
                    "cvss_v3: \"CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N\"\n")}},
         "maven g.h:a CVE-2020-1 ref=gitlab/maven/g.h/a/GMS-2020-1 affected medium "
         "cvss=CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N [,,0.0.7) +GMS-2020-1 "
         "+GHSA-aaaa-bbbb-cccc\n"
         "vuln CVE-2020-1 medium cvss=CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N title=T\n",              0},
	{"a scope of npm, two fixes",
         &feed_gitlab,
         {{"x", DOC("npm/@s/a", GMS, "<1.2.3||>=2.0.0 <2.1.0", "\"1.2.3\",\"2.1.0\"", "")}},
         "npm @s/a gitlab/npm/@s/a/GMS-2020-1 affected [,1.2.3,) [2.0.0,2.1.0,) +GMS-2020-1\n"
         "vuln gitlab/npm/@s/a/GMS-2020-1 title=T\n",                                                       0},
	{"one version, and a fix beyond it",
         &feed_gitlab,
         {{"x", DOC("pypi/A_b", GMS, "==0.1.0", "\"0.2\"", "")}},
         "pypi a-b gitlab/pypi/A_b/GMS-2020-1 affected [0.1.0,0.2,0.1.0) +GMS-2020-1\n"
         "vuln gitlab/pypi/A_b/GMS-2020-1 title=T\n",                                                       0},
	{"a module of Go",
         &feed_gitlab,
         {{"x", DOC("go/example.org/m/v2", GMS, "<v2.1.0", "\"v2.1.0\"", "")}},
         "golang example.org/m/v2 gitlab/go/example.org/m/v2/GMS-2020-1 affected [,v2.1.0,) "
         "+GMS-2020-1\nvuln gitlab/go/example.org/m/v2/GMS-2020-1 title=T\n",                               0},
	{"gems, PHP, .NET",
         &feed_gitlab,
         {{"x", DOC("gem/a", GMS, "~>2.0.8", "", "")},
          {"y", DOC("packagist/A/b", GMS, ">=1.0,<1.2|^2.1", "", "")},
          {"z", DOC("nuget/A.B", GMS, "[2.3.1]", "", "")}},
         "composer a/b gitlab/packagist/A/b/GMS-2020-1 affected [1.0,,)<1.2 [2.1,,)<3 +GMS-2020-1\n"
         "gem a gitlab/gem/a/GMS-2020-1 affected [2.0.8,,)<2.1 +GMS-2020-1\n"
         "nuget a.b gitlab/nuget/A.B/GMS-2020-1 affected [2.3.1,,2.3.1) +GMS-2020-1\n"
         "vuln gitlab/gem/a/GMS-2020-1 title=T\nvuln gitlab/nuget/A.B/GMS-2020-1 title=T\n"
         "vuln gitlab/packagist/A/b/GMS-2020-1 title=T\n",                                                  0},
	{"another ecosystem",                &feed_gitlab, {{"x", DOC("vim/a", GMS, "*", "", "")}},   "",   0},
	{"no package",		       &feed_gitlab, {{"x", DOC("", GMS, "*", "", "")}},        NULL, 0},
	{"no versions",                      &feed_gitlab, {{"x", DOC("npm/a", GMS, "", "", "")}},    NULL, 0},
	{"not a range",                      &feed_gitlab, {{"x", DOC("npm/a", GMS, "[1]", "", "")}}, NULL, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("GMS-2020-1.yml", DOC("npm/a", GMS, "*", "", ""), &feed_gitlab);
	return TEST_END();
}
