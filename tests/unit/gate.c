/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include "test.h"

enum { ALL = ~0U };

static struct report *sample(int severity, bool is_waived, bool is_incomplete)
{
	struct report *r = report_new();
	if (severity >= 0) {
		struct finding *f = report_finding(r);
		f->check = CHECK_VULNERABILITY;
		f->severity = (enum severity)severity;
		f->status = STATUS_AFFECTED;
		f->has_status = true;
		f->waived = is_waived ? arena_alloc(r->arena, sizeof *f->waived) : NULL;
	}
	report_cover(
		r,
		(struct coverage){.check = CHECK_VULNERABILITY,
	                          .status = is_incomplete ? COVERAGE_INCOMPLETE : COVERAGE_COMPLETE,
	                          .code = "x",
	                          .layer = -1},
		"detail");
	return r;
}

static const struct {
	const char *name;
	struct gate gate;
	int severity; /* of the one finding; -1: none */
	bool is_waived, is_incomplete;
	enum gate_result want;
} cases[] = {
	{"no gate",				{.checks = ALL},                       SEV_CRITICAL, false, true,  GATE_PASS      },
	{"worse",				  {true, SEV_HIGH, .checks = ALL},       SEV_CRITICAL, false, false, GATE_FAIL      },
	{"as bad",				 {true, SEV_HIGH, .checks = ALL},       SEV_HIGH,     false, false, GATE_FAIL      },
	{"less bad",			       {true, SEV_HIGH, .checks = ALL},       SEV_MEDIUM,   false, false, GATE_PASS      },
	{"waived",				 {true, SEV_HIGH, .checks = ALL},       SEV_CRITICAL, true,  false, GATE_PASS      },
	{"unknown fails",
         {true, SEV_CRITICAL, .checks = ALL},
         SEV_UNKNOWN,                                                                                   false,
         false,                                                                                                       GATE_FAIL      },
	{"unknown may pass",
         {true, SEV_LOW, true, .checks = ALL},
         SEV_UNKNOWN,                                                                                   false,
         false,                                                                                                       GATE_PASS      },
	{"nothing found, not all seen",
         {true, SEV_HIGH, .checks = ALL},
         -1,
         false,                                                                                                true,
         GATE_INCOMPLETE													     },
	{"a breach wins over incomplete",
         {true, SEV_HIGH, .checks = ALL},
         SEV_HIGH,                                                                                      false,
         true,                                                                                                        GATE_FAIL      },
	{"incomplete of a check that is not read",
         {true, SEV_HIGH, .checks = 1U << CHECK_SECRET},
         -1,
         false,                                                                                                true,
         GATE_PASS														   },
	{"a finding of a check that is not read",
         {true, SEV_LOW, .checks = 1U << CHECK_SECRET},
         SEV_HIGH,                                                                                      false,
         false,                                                                                                       GATE_PASS      },
	{"fail on incomplete alone",
         {.fail_on_incomplete = true, .checks = ALL},
         SEV_HIGH,                                                                                      false,
         true,                                                                                                        GATE_INCOMPLETE},
	{"nothing at all",                         {true, SEV_NEGLIGIBLE, .checks = ALL}, -1,           false, false, GATE_PASS      },
};

/* --exit-on-eol where no end of support is known. */
static const struct {
	const char *name, *id, *ns;
	enum gate_result want;
} unknown_ends[] = {
	{"no distribution has no end",          "",       "",           GATE_PASS      },
	{"a release whose end nobody named",    "rocky",  "rocky:9",    GATE_INCOMPLETE},
	{"a distribution that nobody knows",    "kali",   "",           GATE_INCOMPLETE},
	{"one without releases has no end",     "wolfi",  "wolfi",      GATE_PASS      },
	{"a release that is always being made", "debian", "debian:sid", GATE_PASS      },
};

static void ends(void)
{
	for (size_t i = 0; i < ARRAY_LEN(unknown_ends); i++) {
		struct report *r = sample(-1, false, false);
		r->os.id = bytes_str(unknown_ends[i].id);
		r->os.ns = bytes_str(unknown_ends[i].ns);
		const struct gate g = {.exit_on_eol = true, .checks = ALL};
		test_case(gate_judge(&g, r) == unknown_ends[i].want, "%s", unknown_ends[i].name);
		report_free(r);
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct report *r =
			sample(cases[i].severity, cases[i].is_waived, cases[i].is_incomplete);
		enum gate_result got = gate_judge(&cases[i].gate, r);
		test_case(got == cases[i].want, "%s", cases[i].name);
		if (got != GATE_PASS)
			test_case(r->verdict.reasons.n > 0, "%s: says why", cases[i].name);
		report_free(r);
	}
	struct report *r = sample(-1, false, false);
	r->os.is_eol = true;
	r->os.id = B("debian");
	r->os.eol = B("2020-01-01");
	CHECK(gate_judge(&(struct gate){.exit_on_eol = true, .checks = ALL}, r) == GATE_EOL);
	CHECK(r->verdict.result == VERDICT_REFUSE);
	report_free(r);
	ends();
	r = sample(SEV_LOW, false, false);
	filter_apply(&(struct filter){.severities = 1U << SEV_HIGH}, r);
	CHECK(r->n_findings == 0 && r->n_suppressed == 1);
	report_free(r);
	r = sample(SEV_LOW, false, false);
	filter_apply(&(struct filter){.only_fixed = true}, r);
	CHECK(r->n_findings == 0 && r->n_suppressed == 1);
	report_free(r);
	r = sample(SEV_LOW, false, false);
	filter_apply(&(struct filter){.ignore_status = 1U << STATUS_FIXED}, r);
	CHECK(r->n_findings == 1);
	report_free(r);
	return TEST_END();
}
