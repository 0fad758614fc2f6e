/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.c - fuzz: a policy is loaded, looked through for mistakes, and judges an empty report,
 * which must not be admitted without a rule.
 */
#include "policy/policy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct policy *policy;
	struct policy_judgement j;
	struct policy_scope scope = {.now_s = 1800000000, .is_explained = true};
	struct err e;
	AUTO_BUF struct buf out;
	if (policy_parse((struct bytes){p, n}, "p", NULL, &policy, &e) < 0)
		return 0;
	buf_init(&out, 1 << 20);
	policy_lint(policy, NULL, scope.now_s, &out);
	struct report *r = report_new();
	policy_judge(policy, &scope, r, &j);
	if (!policy->n_rules || j.result == VERDICT_ADMIT)
		abort(); /* no check of the report is complete */
	report_free(r);
	policy_free(policy);
	return 0;
}
