/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - fuzz: a saved report is read, and judged by a policy that nothing may pass of which a
 * check is not complete.
 */
#include "policy/policy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char policy[] =
	"version: 1\nname: p\nneeds: [user]\nrules:\n"
	"- {id: a, refuse: 'finding.kev || finding.severity == \"critical\"'}\n"
	"- {id: b, require: 'image.user.uid > 0'}\n"
	"- {id: c, require: 'packages.all(p, p.name != \"x\") && lineage.all(b, b.by == "
	"\"layers\")'}\n"
	"- {id: d, warn: 'evidence.exists(e, e.signer == \"\") || image.config.labels.size() > "
	"3'}\n";

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct policy *rules;
	struct report **v;
	size_t count;
	struct err e;
	if (report_read_all((struct bytes){p, n}, "r", &v, &count, &e) < 0)
		return 0;
	if (policy_parse(bytes_str(policy), "p", NULL, &rules, &e) < 0)
		abort();
	for (size_t i = 0; i < count; i++) {
		struct policy_judgement j;
		struct policy_scope scope = {.now_s = 1800000000, .is_explained = true};
		policy_judge(rules, &scope, v[i], &j);
		if (j.result == VERDICT_ADMIT &&
		    (report_check_status(v[i], CHECK_USER) != COVERAGE_COMPLETE ||
		     v[i]->image.user.uid <= 0))
			abort();
		report_free(v[i]);
	}
	free(v);
	policy_free(rules);
	return 0;
}
