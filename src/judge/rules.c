/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - the rules of all judges, a table per file. */
#include "judge/judge.h"

extern const struct judge_rules judge_rules_account, judge_rules_binary, judge_rules_class,
	judge_rules_config, judge_rules_drift, judge_rules_malware, judge_rules_modes,
	judge_rules_privilege, judge_rules_steps, judge_rules_surface;

const struct judge_rules *const judge_rules[] = {
	&judge_rules_account,
	&judge_rules_binary,
	&judge_rules_class,
	&judge_rules_config,
	&judge_rules_drift,
	&judge_rules_malware,
	&judge_rules_modes,
	&judge_rules_privilege,
	&judge_rules_steps,
	&judge_rules_surface,
	NULL,
};
