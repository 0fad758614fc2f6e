/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spans.h - comparisons as publishers write them (">= 1.0, < 1.2", "~> 2.3.4") as spans of
 * versions, and what lies between spans.  Private to advise/.
 */
#ifndef ADVISE_SPANS_H
#define ADVISE_SPANS_H

#include "advise/feed.h"
#include "advise/language.h"

/* A place between versions: just before v, or just after it.  v absent: before or after all. */
struct span_end {
	struct bytes v;
	bool is_after;
};
struct span {
	struct span_end from, to;
	bool is_fix; /* what begins here is fixed, not merely unaffected */
};

/* Comparisons that must all hold, parted by commas: "=", "==", "<", "<=", ">", ">=", "~>" (at least
 * that, and below the next of its last but one number), a version alone.  ERR_FORMAT for others. */
int span_parse(struct bytes text, enum version_order o, struct arena *a, struct span *ret,
               struct err *e);
/* Adds what is between n spans (sorted here) to v as ranges. */
int spans_between(struct span *s, size_t n, enum version_order o, struct advisory *v,
                  struct err *e);
struct advisory_range span_range(const struct span *s);

/* ---- native.c: ranges in the grammar of their ecosystem (fmt/vers.h) ---- */
struct native_range {
	struct bytes affected;
	struct bytes patched; /* taken out of what is affected; absent: nothing is */
	const struct bytes *fixed;
	size_t n_fixed; /* versions that have the fix; what patched begins with counts too */
};
/* Adds what is affected to v; each range names the first fixed version past it.  ERR_FORMAT where
 * no version is affected before what is patched is taken out. */
int native_ranges(const struct language *l, struct native_range n, struct arena *a,
                  struct advisory *v, struct err *e);

#endif
