/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.h - a rule that judges an image, and the finding it makes.
 *
 * A rule's id is contract: never reused, never renamed.
 */
#ifndef MODEL_RULE_H
#define MODEL_RULE_H

#include "model/report.h"

struct check_rule {
	const char *id; /* "user.root" */
	enum check check;
	enum severity severity;
	const char *title;
	const char *why;    /* what goes wrong when it holds */
	const char *repair; /* what to do */
	const char *source; /* ids of the same thing elsewhere, parted by ", ": "CWE-250, ..." */
};

/* A new finding of the rule in r; the reason is formatted into its arena. */
struct finding *rule_found(struct report *r, const struct check_rule *rule, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
