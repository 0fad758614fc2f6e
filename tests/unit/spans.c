/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons of versions as ranges, and the feeds that write them; documents of our own. */
#include "advise/spans.h"

#include "lib/feedcase.h"

#define GEM(rest)                                                                                  \
	"---\ngem: rack\ncve: 2024-1\nghsa: aaaa-bbbb-cccc\ndate: 2024-01-02\ntitle: T\n" rest
#define SAID(ranges)                                                                               \
	"gem rack CVE-2024-1 ref=rubysec/rack/x.yml affected" ranges                               \
	" +GHSA-aaaa-bbbb-cccc\nvuln CVE-2024-1 title=T\n"
#define PHP(cve, versions)                                                                         \
	"title: T\nlink: https://example.org/\ncve: " cve "\nbranches:\n    1.x:\n        time: "  \
	"2015-08-06 22:08:00\n        versions: [" versions "]\nreference: composer://Cake/PHP\n"

static const struct feed_case cases[] = {
	{"one fix",
         &feed_ruby_advisory_db,
         {{"gems/rack/x.yml", GEM("patched_versions:\n- \">= 2.0\"\n")}},
         SAID(" [,2.0,)"),
         0														},
	{"a branch with a fix of its own",
         &feed_ruby_advisory_db,
         {{"x.yml", GEM("patched_versions:\n- \"~> 1.2.3\"\n- \">= 2.0\"\n")}},
         SAID(" [,1.2.3,) [1.3,2.0,)"),
         0														},
	{"what came before the fault",
         &feed_ruby_advisory_db,
         {{"x.yml", GEM("unaffected_versions:\n- \"< 1.0\"\npatched_versions:\n- \">= 2.0\"\n")}},
         SAID(" [1.0,2.0,)"),
         0														},
	{"up to and with",
         &feed_ruby_advisory_db,
         {{"x.yml", GEM("patched_versions:\n- \"> 1.5\"\n")}},
         SAID(" [,,1.5)"),
         0														},
	{"after a version that is well",
         &feed_ruby_advisory_db,
         {{"x.yml", GEM("unaffected_versions:\n- \"<= 1.5\"\npatched_versions:\n- \">= 2\"\n")}},
         SAID(" (1.5,2,)"),
         0														},
	{"one version alone is well",
         &feed_ruby_advisory_db,
         {{"x.yml", GEM("patched_versions:\n- \"= 1.6.0\"\n- \">= 1.6.3\"\n")}},
         SAID(" [,1.6.0,) (1.6.0,1.6.3,)"),
         0														},
	{"two comparisons in one",
         &feed_ruby_advisory_db,
         {{"x.yml", GEM("patched_versions:\n- \">= 1.1, < 2\"\n- \">= 2.1\"\n")}},
         SAID(" [,1.1,) [2,2.1,)"),
         0														},
	{"no fix",				    &feed_ruby_advisory_db, {{"x.yml", GEM("")}},       SAID(" [,,)"), 0},
	{"spans that overlap",
         &feed_ruby_advisory_db,
         {{"x.yml", GEM("patched_versions:\n- \">= 1.0\"\n- \"~> 1.1\"\n")}},
         SAID(" [,1.0,)"),
         0														},
	{"a severity by its score",
         &feed_ruby_advisory_db,
         {{"x.yml", GEM("cvss_v3: 9.8\nplatform: jruby\npatched_versions:\n- \">= 2.0\"\n")}},
         "gem rack CVE-2024-1 ref=rubysec/rack/x.yml affected critical [,2.0,) systems=jruby "
         "+GHSA-aaaa-bbbb-cccc\nvuln CVE-2024-1 critical title=T\n",                                                     0},
	{"Ruby itself",
         &feed_ruby_advisory_db,
         {{"x.yml", "---\nengine: ruby\ncve: 2024-1\ndate: 2024-01-02\ntitle: "
                    "T\npatched_versions:\n- \">= 3.0\"\n"}},
         "generic ruby CVE-2024-1 ref=rubysec/ruby/x.yml affected [,3.0,)\nvuln CVE-2024-1 "
         "title=T\n",                                                                                                    0},
	{"a comparison that is none",
         &feed_ruby_advisory_db,
         {{"x.yml", GEM("patched_versions:\n- \"!! 2.0\"\n")}},
         NULL,                                                                                                           0},
	{"no id",				     &feed_ruby_advisory_db, {{"x.yml", "gem: rack\n"}}, NULL,          0},
	{"no document",			       &feed_ruby_advisory_db, {{"x.yml", ""}},            NULL,          0},
	{"a branch of Packagist",
         &feed_php_advisories,
         {{"a/b/x.yaml", PHP("CVE-2024-1", "'>=2.0.0', '<2.0.99'")}},
         "composer cake/php CVE-2024-1 ref=FriendsOfPHP/Cake/PHP/x.yaml affected "
         "[2.0.0,2.0.99,)\nvuln CVE-2024-1 title=T\n",                                                                   0},
	{"without CVE it bears the publisher's name",
         &feed_php_advisories,
         {{"x.yaml", PHP("~", "'<=2.0'")}},
         "composer cake/php FriendsOfPHP/Cake/PHP/x.yaml affected [,,2.0)\nvuln "
         "FriendsOfPHP/Cake/PHP/x.yaml title=T\n",                                                                       0},
	{"above a version",
         &feed_php_advisories,
         {{"x.yaml", PHP("CVE-2024-1", "'>1.0', '<2.0'")}},
         "composer cake/php CVE-2024-1 ref=FriendsOfPHP/Cake/PHP/x.yaml affected (1.0,2.0,)\nvuln "
         "CVE-2024-1 title=T\n",                                                                                         0},
	{"no package",
         &feed_php_advisories,
         {{"x.yaml", "branches: {}\nreference: https://x\n"}},
         NULL,                                                                                                           0},
	{"commits of CPython",
         &feed_psf,
         {{"x", "{\"id\":\"PSF-2024-1\",\"modified\":\"2024-01-01T00:00:00Z\",\"aliases\":[\"CVE-"
                "2024-1\"],\"summary\":\"T\"}"}},
         "generic python CVE-2024-1 ref=PSF-2024-1 affected commits\nvuln CVE-2024-1 title=T\n",                         0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("x.yml", GEM("patched_versions:\n- \">= 2.0\"\n"),
	                   &feed_ruby_advisory_db);
	feed_is_recognised("x.yaml", PHP("~", "'<2'"), &feed_php_advisories);
	return TEST_END();
}
