/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.h - what changed from one report to another: packages and findings gained, lost, changed.
 *
 * A package is the same when type, namespace, name and architecture are; a finding when its
 * fingerprint is, which holds no version.
 */
#ifndef MODEL_DIFF_H
#define MODEL_DIFF_H

#include "model/report.h"

enum diff_kind { DIFF_GAINED, DIFF_LOST, DIFF_CHANGED, DIFF__MAX };
const char *diff_name(enum diff_kind k);

struct diff_package {
	enum diff_kind kind;
	const struct package *a, *b; /* a NULL: gained; b NULL: lost */
};

struct diff_finding {
	enum diff_kind kind;
	const struct finding *a, *b;
};

struct diff {
	const struct report *a, *b;
	struct diff_package *packages; /* by kind, then as in the reports */
	struct diff_finding *findings;
	size_t n_packages, n_findings;
	size_t n_same_packages, n_same_findings;
};

/* Lists go into the arena; the reports must outlive them. */
void diff_make(const struct report *a, const struct report *b, struct arena *arena,
               struct diff *ret);

#endif
