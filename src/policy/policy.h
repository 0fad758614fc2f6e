/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.h - what a finding means for a decision: filters, waivers, gates.
 *
 * Nothing here hides: what is filtered moves to r->suppressed, what is waived stays in r->findings
 * with its waiver beside it.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/base.h"
#include "fmt/fmt.h"
#include "model/model.h"
#include "policy/cel.h"
#include "policy/policy_rules.h"

#include "policy/vex.h"

/* One rule that lets findings pass, wherever it was written. */
struct waiver {
	struct bytes id, fingerprint, check, package, path; /* globs; absent: any */
	struct bytes owner, reason, by;                     /* by: "waivers.yaml:3" */
	struct bytes approver; /* who besides the owner looked at it; absent: nobody */
	struct bytes fix_state, version, type, severity; /* Grype, Trivy conditions; absent: any */
	int64_t until_s;  /* last second it holds; 0: no end (ignore files may, waivers.yaml must
	                     say) */
	uint64_t used;    /* findings it let pass */
	bool needs_owner; /* written in waivers.yaml: owner, reason, until are required */
	bool is_exact;    /* the id is no pattern: other tools know none */
	int column;       /* where it begins in the line of `by` */
};
struct waivers {
	struct arena *arena;
	struct waiver *v;
	size_t n, cap;
	size_t n_open; /* those that name no id or fingerprint without a pattern */
};
struct waivers *waivers_new(void);
void waivers_free(struct waivers *w);
/* Each parser adds to w; errors name file, line and column. */
int waivers_load(struct waivers *w, const char *path, struct err *e); /* recognises the form */
int waivers_parse_yaml(struct waivers *w, struct bytes text, const char *name, struct err *e);
int waivers_parse_trivyignore(struct waivers *w, struct bytes text, const char *name,
                              struct err *e);
int waivers_parse_trivy_yaml(struct waivers *w, struct bytes text, const char *name, struct err *e);
int waivers_parse_grype(struct waivers *w, struct bytes text, const char *name, struct err *e);
/* Marks findings of r; expired waivers do not count and add a coverage-free note: the finding's
 * reason says "waiver NAME ended on DAY". */
void waivers_apply(struct waivers *w, struct report *r, int64_t now_s);

struct filter {
	unsigned severities;    /* bit per enum severity; 0: all */
	bool keep_unknown;      /* a gate counts unknown severities: severities leaves them */
	bool only_fixed;        /* --ignore-unfixed, --only-fixed */
	unsigned ignore_status; /* bit per enum status */
};
void filter_apply(const struct filter *f, struct report *r);

/* The gate of --fail-on and --exit-on-eol. */
struct gate {
	bool has_fail_on;
	enum severity fail_on;
	bool unknown_passes; /* --unknown-severity pass */
	bool fail_on_incomplete;
	bool exit_on_eol;
	unsigned checks; /* bit per enum check the gate reads */
};
enum gate_result {
	GATE_PASS,
	GATE_FAIL,       /* findings breach it */
	GATE_EOL,        /* none does, but the distribution is past its end */
	GATE_INCOMPLETE, /* nothing does, as far as could be seen */
};
/* Breach wins over incomplete.  The reasons go to r->verdict. */
enum gate_result gate_judge(const struct gate *g, struct report *r);

#endif
