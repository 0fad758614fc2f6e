/* SPDX-License-Identifier: Apache-2.0 */
/*
 * results.h - what other tools found: SARIF 2.1.0, JUnit, cppcheck's XML, and the vulnerabilities
 * of a CycloneDX document (JSON or XML).  Recognised by content.
 *
 * A document gives one set of results for each run of a tool.  Texts are copied into the arena, cut
 * at RESULT_TEXT_MAX, and as the tool wrote them: they are escaped where they are shown.
 */
#ifndef FMT_RESULTS_H
#define FMT_RESULTS_H

#include "base/base.h"

struct result {
	struct bytes id, title, text, repair;
	struct bytes path;      /* of the source, clean, without leading slash; absent: none */
	uint64_t line;          /* 0: none */
	struct bytes severity;  /* "critical", ...; absent: not known */
	struct bytes *refs;     /* addresses, "CWE-79" */
	struct bytes package;   /* CycloneDX: the purl that is affected */
	struct bytes installed; /* its version */
	struct bytes vector;    /* CVSS */
	double score;           /* < 0: none */
	struct bytes waved;     /* why its own tool takes it for settled; absent: it counts */
	size_t n_refs;
};

struct results {
	const char *form; /* "sarif", "junit", "cppcheck", "cyclonedx" */
	struct bytes tool, version;
	struct bytes *sets;    /* sets of rules beside the tool's own: "NAME@VERSION" */
	struct bytes *digests; /* of the image that it speaks of: "sha256:..." */
	struct bytes commit;
	struct bytes fault; /* why it is not whole; absent: it is */
	size_t n_sets, n_digests;
	uint64_t n_rules;   /* rules, or tests */
	uint64_t n_passed;  /* results that say that all is well */
	uint64_t n_skipped; /* tests that were not run */
	int64_t created_s;  /* 0: it does not say */
	struct result *v;
	size_t n, cap;
};

/* Reads a document of at most JSON_DOC_MAX bytes: RESULTS_MAX results and RESULT_RUNS_MAX runs at
 * most.  Errors name `name`; ERR_FORMAT for what is none of these forms. */
int results_parse(struct bytes text, const char *name, struct arena *a, struct results **ret,
                  size_t *ret_n, struct err *e);

/* Findings of the check vulnerability; of others they are of the check test. */
bool results_are_vulnerabilities(const struct results *x);

#endif
