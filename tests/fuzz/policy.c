/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.c - fuzz: a policy is loaded, looked through for mistakes, and judges a report whose
 * checks are not complete: it must not be admitted.  Asked for reasons or not, rules answer the
 * same.
 */
#include "policy/policy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct report *make_report(void)
{
	struct report *r = report_new();
	for (int i = 0; i < 3; i++) {
		struct finding *f = report_finding(r);
		f->check = i ? CHECK_VULNERABILITY : CHECK_SECRET;
		f->severity = (enum severity)(i + 1);
		f->id = B("CVE-2026-1");
		f->package = B("pkg:deb/debian/a@1");
		f->fixed = i > 1 ? B("2") : B("");
		f->epss = i > 1 ? 0.5 : -1;
	}
	return r;
}

/* What is bounded by cost for the whole judgement may be met by one way and not by the other. */
static void compare(const struct policy_judgement *a, const struct policy_judgement *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->outcomes[i].n_hits != b->outcomes[i].n_hits ||
		    a->outcomes[i].answer != b->outcomes[i].answer)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct policy *policy;
	struct policy_judgement j, whole;
	struct policy_scope scope = {.now_s = 1800000000};
	struct err e;
	AUTO_BUF struct buf out;
	if (policy_parse((struct bytes){p, n}, "p", NULL, &policy, &e) < 0)
		return 0;
	buf_init(&out, 1 << 20);
	policy_lint(policy, NULL, scope.now_s, &out);
	struct report *r = make_report();
	policy_judge(policy, &scope, r, &j);
	scope.is_explained = true;
	policy_judge(policy, &scope, r, &whole);
	if (whole.cost < (uint64_t)POLICY_COST_MAX && j.cost < (uint64_t)POLICY_COST_MAX)
		compare(&j, &whole);
	if (!policy->n_rules || j.result == VERDICT_ADMIT)
		abort(); /* no check of the report is complete */
	report_free(r);
	policy_free(policy);
	return 0;
}
