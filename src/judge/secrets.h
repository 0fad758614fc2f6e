/* SPDX-License-Identifier: Apache-2.0 */
/* secrets.h - what the judges of secrets share.  Private to judge/. */
#ifndef JUDGE_SECRETS_H
#define JUDGE_SECRETS_H

#include "judge/judge.h"

/* A new finding of this rule (NULL: one that is not known any more), without place and severity. */
struct finding *secret_finding(struct report *r, const struct rules *rules,
                               const struct rule_record *rule, struct bytes id);

#endif
