/* SPDX-License-Identifier: Apache-2.0 */
/* license.c - what is denied, what is not allowed, what nobody knows. */
#include "judge/judge.h"

#include <string.h>

#include "test.h"

static const struct {
	const char *name, *license, *allow, *deny, *id; /* id NULL: no finding */
} cases[] = {
	{"allowed",		     "MIT",				       "MIT",				       NULL,               NULL                 },
	{"any case",                    "mit",				       "MIT",				       NULL,               NULL                 },
	{"not allowed",                 "ISC",				       "MIT",				       NULL,               "license.not-allowed"},
	{"a choice, one allowed",       "ISC OR MIT",                                "MIT",                                       NULL,               NULL                 },
	{"both bind, one allowed",      "ISC AND MIT",                               "MIT",                                       NULL,               "license.not-allowed"},
	{"denied",		      "GPLv3+",				    NULL,					"GPL-3.0-or-later", "license.denied"     },
	{"denied by a glob",            "GPL-2",                                     NULL,                                        "GPL-*",            "license.denied"     },
	{"a choice, one denied",        "GPL-2 or MIT",                              NULL,                                        "GPL-*",            NULL                 },
	{"a choice, both denied",       "GPL-2 or GPL-3",                            NULL,                                        "GPL-*",            "license.denied"     },
	{"both bind, one denied",       "GPL-2 and MIT",                             NULL,                                        "GPL-*",            "license.denied"     },
	{"denied wins over allowed",    "MIT",                                       "MIT",                                       "MIT",              "license.denied"     },
	{"the other choice is denied",  "ISC OR MIT",                                "*",                                         "MIT",              NULL                 },
	{"an exception, named alone",   "GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only",
         NULL,																	NULL                 },
	{"with its exception",          "GPL-2.0-only WITH Classpath-exception-2.0",
         "GPL-2.0-only WITH Classpath-exception-2.0",									     NULL,               NULL                 },
	{"the licence without it",      "GPL-2.0-only",                              "GPL-2.0-only WITH Classpath-exception-2.0",
         NULL,																	"license.not-allowed"},
	{"unknown is not allowed",      "Some words",                                "MIT",                                       NULL,               "license.not-allowed"},
	{"unknown is not denied",       "Some words",                                NULL,                                        "MIT",              NULL                 },
	{"an unknown one by its words", "Some words",                                "some words",                                NULL,               NULL                 },
};

static struct report *judged(const char *license, const char *allow, const char *deny)
{
	struct report *r = report_new();
	struct package *p = report_package(r);
	struct bytes a = bytes_str(allow), d = bytes_str(deny);
	p->name = B("x");
	p->purl = B("pkg:npm/x@1");
	if (license)
		list_add(r, &p->licenses, bytes_str(license));
	struct judge_license l = {&a, &d, allow != NULL, deny != NULL};
	judge_license(&l, r);
	return r;
}

static bool has_row(const struct report *r, const char *code)
{
	for (size_t i = 0; i < r->n_coverage; i++) {
		if (strcmp(r->coverage[i].code, code) == 0)
			return true;
	}
	return false;
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct report *r = judged(cases[i].license, cases[i].allow, cases[i].deny);
		bool is_right = cases[i].id ? r->n_findings == 1 && bytes_eq(r->findings[0].id,
		                                                             bytes_str(cases[i].id))
		                            : r->n_findings == 0;
		test_case(is_right &&
		                  report_check_status(r, CHECK_LICENSE) !=
		                          (cases[i].id ? COVERAGE_INCOMPLETE : COVERAGE_SKIPPED),
		          "%s", cases[i].name);
		report_free(r);
	}
	struct report *r = judged(NULL, "MIT", NULL);
	CHECK(!r->n_findings && has_row(r, "license.unknown"));
	report_free(r);
	r = judged("NOASSERTION", NULL, "MIT");
	CHECK(has_row(r, "license.unknown"));
	report_free(r);
	r = judged("Some words", NULL, "MIT");
	CHECK(has_row(r, "license.not-listed"));
	report_free(r);
	r = judged("MIT", NULL, NULL);
	CHECK(has_row(r, "license.no-list"));
	report_free(r);
	return TEST_END();
}
