/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support.c - packages whose security support ended before that of their release.
 *
 * A record of a package counts for it; those of ADVISORY_PATTERNS count for all packages whose name
 * begins with their ref ("node-" for the list's "node-.*").  A day to come has no effect yet.
 */
#include "advise/match.h"

/* The day in one value of the index that concerns name, absent for none. */
static struct bytes day_in(struct bytes value, struct bytes name, bool is_pattern, int64_t now_s)
{
	struct cbor c = cbor_of(value);
	struct advisory a __attribute__((uninitialized)); /* 19 KiB; decode sets what it fills */
	struct bytes item;
	uint64_t n;
	int64_t end_s;
	if (!cbor_get_array(&c, &n))
		return (struct bytes){NULL, 0};
	for (uint64_t i = 0; i < n && cbor_get_item(&c, &item); i++) {
		if (advisory_decode(item, &a) && bytes_eq(a.id, B(ADVISORY_SUPPORT)) &&
		    (!is_pattern || bytes_starts(name, a.ref)) && clock_parse(a.detail, &end_s) &&
		    now_s > clock_day_end(end_s))
			return a.detail;
	}
	return (struct bytes){NULL, 0};
}

struct bytes match_support(const struct match_walk *w, const struct package *p, int64_t now_s)
{
	struct bytes name = match_source_name(p), value, day = {NULL, 0};
	for (size_t i = 0; i < w->n_order && !day.n; i++) {
		size_t feed = w->order[i];
		if (!(w->sides & FEED_BIT(feed)))
			continue;
		if (index_advisories(w->ix, feed, w->ns, name, &value))
			day = day_in(value, name, false, now_s);
		if (!day.n && index_advisories(w->ix, feed, w->ns, B(ADVISORY_PATTERNS), &value))
			day = day_in(value, name, true, now_s);
	}
	return day;
}
