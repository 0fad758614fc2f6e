/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c - findings that were not asked for move to the suppressed ones. */
#include "policy/policy.h"

static bool is_kept(const struct filter *f, const struct finding *x)
{
	unsigned shown = f->severities | (f->keep_unknown ? 1U << SEV_UNKNOWN : 0);
	if (f->severities && !(shown & 1U << x->severity))
		return false;
	if (f->only_fixed && x->has_status && x->status != STATUS_FIXED)
		return false;
	return !(x->has_status && f->ignore_status & 1U << x->status);
}

void filter_apply(const struct filter *f, struct report *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->n_findings; i++) {
		if (is_kept(f, &r->findings[i])) {
			r->findings[kept++] = r->findings[i];
			continue;
		}
		report_suppress(r, &r->findings[i]);
		r->n_filtered++;
	}
	r->n_findings = kept;
}
