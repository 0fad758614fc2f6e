/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_rules.h - policies: rules over a report, and the verdict.  A chapter of policy.h.
 *
 * A policy is a YAML document of rules in CEL.  It may extend another: what it adds makes it
 * tighter, and it can change nothing of what it extends.  Everything fails closed: what cannot be
 * decided never admits.  Format: docs/POLICY.md; DESIGN section 7.
 */
#ifndef POLICY_POLICY_RULES_H
#define POLICY_POLICY_RULES_H

#include "model/model.h"
#include "policy/cel.h"

enum policy_kind {
	POLICY_REFUSE,  /* true refuses; asked of each finding where it speaks of `finding` */
	POLICY_REQUIRE, /* asked once: false refuses */
	POLICY_WARN,    /* true warns, as POLICY_REFUSE asks */
};

struct policy_texts {
	struct bytes *v;
	size_t n;
};

/* Where rules hold: patterns; none: everywhere.  What is not known matches every pattern. */
struct policy_where {
	struct policy_texts environments, repositories, namespaces, classes;
};

struct policy_rule {
	struct bytes id, message, description, source, expression;
	enum policy_kind kind;
	bool is_per_finding;
	bool is_unwaivable; /* waivable: false */
	unsigned needs;     /* bit per enum check */
	struct policy_where where;
	struct cel_program *program;
	const struct policy_part *parts; /* of the message */
	size_t n_parts;
	const struct policy *of; /* the policy that it is written in */
	int line;
	uint64_t shared;          /* bit per policy.shared that its && has for a part */
	struct cel_program *rest; /* its && without those; NULL where it shares none */
};

struct policy_class {
	struct bytes name;
	struct cel_program *when;
};

struct policy {
	struct arena *arena;
	struct bytes name, description, file, text;
	int64_t revision;             /* of a published one; 0: it has none */
	const struct policy *extends; /* owned */
	struct bytes extends_path;    /* as it is written; absent: none */
	struct policy_rule *rules;    /* those of what it extends first */
	size_t n_rules, n_inherited;
	struct cel_program shared[64]; /* parts of rules, owned by those; see policy_shared.c */
	size_t n_shared;
	unsigned needs; /* checks that must be complete */
	struct policy_class *classes;
	size_t n_classes;
	struct label *values; /* key, text; several of one key make its list */
	size_t n_values;
	struct policy_where where; /* of its own rules */
	struct policy_waivers {
		struct policy_texts files; /* from the folder of the policy that names them */
		struct yaml_at files_at;   /* where they are named */
		bool four_eyes, no_wildcards;
		bool is_sealed;   /* no others: of who extends it, of --waivers */
		int64_t max_days; /* 0: no bound */
	} waivers;
	struct policy_texts break_glass; /* who may */
	struct digest digest;            /* of its text and those of all it extends */
};
/* Errors name file, line and column.  policy_free frees what it extends too. */
int policy_load(const char *path, struct policy **ret, struct err *e);
/* The same from memory: what it extends is looked for in folder (NULL: nowhere). */
int policy_parse(struct bytes text, const char *name, const char *folder, struct policy **ret,
                 struct err *e);
void policy_free(struct policy *p);

/* What the caller knows of where the image is to run; absent: not known. */
struct policy_scope {
	struct bytes environment, namespace, repository;
	struct bytes digest;         /* the image that is meant; absent: whichever */
	struct bytes break_glass_by; /* absent: nobody breaks it */
	struct bytes break_glass_reason;
	int64_t now_s;
	uint64_t cost_max; /* steps of the whole judgement; 0: POLICY_COST_MAX */
	bool is_explained; /* outcomes say why, and what would have to change */
};

enum policy_answer {
	POLICY_PASSED,
	POLICY_HIT,       /* it refuses, or warns */
	POLICY_UNDECIDED, /* an error */
	POLICY_ELSEWHERE, /* it does not hold where the image is to run */
};

struct policy_outcome {
	const struct policy_rule *rule;
	enum policy_answer answer;
	size_t n_asked, n_hits, n_errors, n_told;
	struct bytes_list messages; /* a few of the hits, else of the errors */
	/* where it was asked for: values that decided, of the first hits where it is asked of
	 * findings; what must be different; what repairs the findings */
	struct bytes_list why, change, repairs;
};

struct policy_judgement {
	enum verdict_result result;
	struct policy_outcome *outcomes; /* one per rule, in order */
	size_t n;
	bool *is_hit;  /* of each finding: a rule hits it that a waiver could hold off */
	uint64_t cost; /* steps it took */
	struct bytes class;
	struct bytes_list warnings;
};
/* Judges a report whose waivers are applied; writes r->verdict.  All memory is the report's. */
void policy_judge(const struct policy *p, const struct policy_scope *scope, struct report *r,
                  struct policy_judgement *ret);
/* The name of an image without its source, tag and digest; absent where it has none. */
struct bytes policy_repository(struct bytes reference);
/* The environment of the policy that was probably meant by one that none of its patterns has; NULL:
 * one has it, or none is near.  Owned by the policy. */
const char *policy_meant(const struct policy *p, struct bytes environment);

struct waivers;
/* Reads what the policy says of waivers, and holds all that were given against it. */
int policy_waivers(const struct policy *p, struct waivers *w, int64_t now_s, struct err *e);

/* Reads a statement (in-toto, in a DSSE envelope or bare) as evidence; what speaks of another image
 * than r is left out: *ret is how many were kept. */
int policy_evidence(struct report *r, struct bytes json, const char *name, size_t *ret,
                    struct err *e);

/* What a statement says of phase, tool, result and time, into x. */
void policy_statement(struct report *r, const json_t *statement, struct report_evidence *x);

/* Writes a line for each thing that is wrong with it: FILE:LINE: RULE: what.  Returns how many. */
size_t policy_lint(const struct policy *p, const struct waivers *w, int64_t now_s, struct buf *out);
/* Judges the report with and without the waivers: effect (one per waiver) becomes true where one
 * lets pass what a rule would hit. */
void policy_lint_waivers(const struct policy *p, const struct policy_scope *scope,
                         struct waivers *w, struct report *r, bool *effect);
/* A line for each waiver without effect. */
void policy_lint_unused(const struct waivers *w, const bool *effect, size_t n_reports,
                        struct buf *out);

#endif
