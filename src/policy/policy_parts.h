/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_parts.h - what the files of policies share.  Private to policy/.
 */
#ifndef POLICY_POLICY_PARTS_H
#define POLICY_POLICY_PARTS_H

#include "policy/cel_parts.h"
#include "policy/parts.h"
#include "policy/policy_rules.h"

/* The first variable of policy_env. */
enum { POLICY_FINDING = 0 };
extern const struct cel_env policy_env;
struct cel_value policy_finding_value(const struct finding *f);

/* What the variables are read from. */
struct policy_host {
	struct cel_value checks[CHECK__MAX], severities[SEV__MAX]; /* their words */
	const struct report *report;
	const struct policy_scope *scope;
	struct bytes class, repository;
	struct cel_value values;
	int64_t now_s;
};

void policy_host_init(struct policy_host *h, const struct report *r, const struct policy_scope *s);

/* Whether what a policy names is a file: a pipe would be waited for. */
int policy_file(const char *path, struct err *e);

/* Where the image is to run, as patterns are held against it: trimmed, in lower case. */
struct policy_place {
	struct bytes environment, namespace, repository, class;
	struct bytes full_repository; /* of a short name of Docker Hub: docker.io/library/NAME */
	bool is_class_unknown;
};
struct bytes policy_place(struct arena *a, struct bytes name);
struct bytes policy_full_name(struct arena *a, struct bytes repository);
bool policy_holds(const struct policy_where *w, const struct policy_place *at);

/* A message in pieces: text, or an expression whose value stands there. */
struct policy_part {
	struct bytes text;
	struct cel_program *program;
};
/* Takes "{expression}" apart; "{{" is a brace.  The place of an error is in *ret_at. */
int policy_message_parse(struct policy *p, struct policy_rule *r, size_t *ret_at, struct err *e);
/* Finds the parts that several rules ask alike, and marks the rules. */
void policy_share(struct policy *p);
/* What is known of one finding: bits of policy.shared. */
struct policy_known {
	uint64_t asked, is_true, is_false;
};
/* What is left to ask of the finding that run has; NULL: the rule's expression is false.  Asks the
 * shared parts that were not asked of it yet. */
const struct cel_program *policy_left(const struct policy *p, const struct policy_rule *r,
                                      struct cel_run *run, struct policy_known *known);
/* A word in an expression that means nothing, in words; NULL: there is none.  *ret_at is where. */
const char *policy_strange(const struct policy *p, const struct cel_node *n, size_t *ret_at);
/* For lint: the parts of an expression as they can be compared. */
struct policy_lint_parts {
	const struct lint_part *v;
	size_t n;
	bool is_cut; /* there are more */
};
struct policy_lint_rule {
	const struct policy_rule *rule;
	struct policy_lint_parts parts;
};
struct policy_lint_parts policy_lint_parts(struct arena *a, const struct cel_node *n);
/* Whether a part of one shuts out a part of the other. */
bool policy_lint_contradicts(const struct policy_lint_parts *a, const struct policy_lint_parts *b);
bool policy_lint_always(struct arena *a, const struct cel_node *n);
/* What is wrong with b beside a, as the beginning of a sentence that a's id ends; NULL: nothing. */
const char *policy_lint_pair(const struct policy_lint_rule *a, const struct policy_lint_rule *b);
/* The values that decided an expression, and what would have to change for the rule to let the
 * image pass, a line each. */
void policy_why(struct cel_run *run, struct report *r, const struct cel_program *p,
                struct bytes_list *to);
void policy_change(struct cel_run *run, struct report *r, const struct policy_rule *rule,
                   struct bytes_list *to);
struct bytes policy_message(struct cel_run *run, struct report *r, const struct policy_rule *rule);

#endif
