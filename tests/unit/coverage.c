/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of support that no feed tells, and rows of the vulnerability check without an index. */
#include "advise/match.h"

#include "test.h"

static const int64_t now_s = INT64_C(1795000000); /* 2026-11-18 */

static bool has_row(const struct report *r, const char *code)
{
	for (size_t i = 0; i < r->n_coverage; i++) {
		if (strcmp(r->coverage[i].code, code) == 0)
			return true;
	}
	return false;
}

/* centos.org, "End of Life" */
static const struct {
	const char *name, *id, *os, *ns, *eol;
	bool is_eol;
} ends[] = {
	{"CentOS 7",               "centos", "CentOS Linux 7 (Core)",    "rhel:7", "2024-06-30", true },
	{"CentOS 8 is not RHEL 8", "centos", "CentOS Linux 8",           "rhel:8", "2021-12-31", true },
	{"CentOS Stream 8",        "centos", "CentOS Stream 8",          "rhel:8", "2024-05-31", true },
	{"CentOS Stream 9",        "centos", "CentOS Stream 9",          "rhel:9", "2027-05-31", false},
	{"CentOS 9 is none",       "centos", "CentOS Linux 9",           "rhel:9", NULL,         false},
	{"RHEL asks the index",    "rhel",   "Red Hat Enterprise Linux", "rhel:8", NULL,         false},
};

int main(void)
{
	const struct match_options o = {.now_s = now_s, .pkg_os = true};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct report *r = report_new();
		r->os.id = bytes_str(ends[i].id);
		r->os.name = bytes_str(ends[i].os);
		r->os.ns = bytes_str(ends[i].ns);
		test_case(match_coverage(r, NULL, &o) == 0 && has_row(r, "advisories.none"),
		          "%s: no index is no answer", ends[i].name);
		test_case(bytes_eq(r->os.eol, bytes_str(ends[i].eol)) &&
		                  r->os.is_eol == ends[i].is_eol,
		          "%s: %s", ends[i].name, ends[i].eol ? ends[i].eol : "no end is known");
		report_free(r);
	}
	return TEST_END();
}
