/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv_range.c - ranges and versions of OSV records.
 *
 * Source: OSV schema, "affected[].ranges[].events fields" and "Evaluation".
 */
#include "advise/osv.h"

#include <stdlib.h>

struct event {
	struct bytes version;
	enum event_kind { INTRODUCED, FIXED, LAST_AFFECTED, LIMITED, KINDS } kind;
	enum version_order order;
};

static int by_version(const void *x, const void *y)
{
	const struct event *a = x, *b = y;
	bool za = bytes_eq(a->version, B("0")), zb = bytes_eq(b->version, B("0"));
	if (za || zb)
		return zb - za; /* "0" is before every version, even before "0~" */
	int d = version_cmp(a->order, a->version, b->version);
	return d ? d : (int)a->kind - (int)b->kind;
}

static bool version_eq(const struct event *a, const struct event *b)
{
	struct event same = *b;
	same.kind = a->kind;
	return by_version(a, &same) == 0;
}

static bool range_eq(const struct advisory_range *a, const struct advisory_range *b)
{
	return bytes_eq(a->introduced, b->introduced) && bytes_eq(a->fixed, b->fixed) &&
	       bytes_eq(a->last_affected, b->last_affected) && bytes_eq(a->limit, b->limit) &&
	       a->is_after == b->is_after;
}

int osv_add_range(struct advisory *v, struct advisory_range range, struct err *e)
{
	for (size_t i = 0; i < v->n_ranges; i++) {
		if (range_eq(&v->ranges[i], &range))
			return 0;
	}
	if (v->n_ranges == ADVISORY_RANGES_MAX)
		return err_set(e, ERR_LIMIT, "%.*s has more than %d ranges",
		               BYTES_FMT(bytes_slice(v->package, 0, 60)), ADVISORY_RANGES_MAX);
	v->ranges[v->n_ranges++] = range;
	return 0;
}

/* "{"introduced": "0"}, {"fixed": "1.2-3"}" as a list that need not be sorted. */
static struct event *read_events(struct arena *a, enum version_order o, const json_t *list,
                                 size_t *ret_n)
{
	static const char *const kinds[KINDS] = {"introduced", "fixed", "last_affected", "limit"};
	struct event *ev = arena_alloc(a, (json_array_size(list) * KINDS + 1) * sizeof *ev);
	size_t n = 0, i;
	const json_t *at;
	json_array_foreach(list, i, at)
	{
		for (size_t k = 0; k < KINDS; k++) {
			struct bytes v = json_text(at, kinds[k]);
			if (v.n)
				ev[n++] = (struct event){v, (enum event_kind)k, o};
		}
	}
	if (n)
		qsort(ev, n, sizeof *ev, by_version);
	*ret_n = n;
	return ev;
}

/* "BeforeLimits": below the highest of them, or without any (absent). */
static struct bytes limit_of(const struct event *ev, size_t n)
{
	struct bytes highest = {NULL, 0};
	for (size_t i = 0; i < n; i++) {
		if (ev[i].kind != LIMITED)
			continue;
		if (bytes_eq(ev[i].version, B("*")))
			return (struct bytes){NULL, 0};
		if (!highest.n || version_cmp(ev[i].order, ev[i].version, highest) > 0)
			highest = ev[i].version;
	}
	return highest;
}

/* A range while its events are read, in order. */
struct reading {
	struct advisory *v;
	enum version_order order;
	struct bytes limit;
	struct advisory_range at; /* the one that is open */
	bool is_open;
};

/* Ends the open range; what lies behind the limit is cut off. */
static int end(struct reading *r, enum event_kind kind, struct bytes version, struct err *e)
{
	struct advisory_range g = r->at;
	struct bytes l = r->limit;
	r->is_open = false;
	if (l.n && g.introduced.n && version_cmp(r->order, g.introduced, l) >= 0)
		return 0;
	if (kind == FIXED)
		g.fixed = version;
	else if (kind == LAST_AFFECTED)
		g.last_affected = version;
	if (l.n && (kind == KINDS || version_cmp(r->order, version, l) >= 0)) {
		g.limit = l;
		g.last_affected = (struct bytes){NULL, 0};
	}
	return osv_add_range(r->v, g, e);
}

static void begin(struct reading *r, struct bytes version)
{
	bool is_first = bytes_eq(version, B("0"));
	r->at = (struct advisory_range){
		.introduced = is_first ? (struct bytes){NULL, 0}
                     : version
        };
	r->is_open = true;
}

/* All events at one version.  What was introduced before and is fixed here may be introduced here
 * again; what is introduced and fixed here alone affects nothing; the last version affected may be
 * the first. */
static int step(struct reading *r, const struct event *ev, size_t n, struct err *e)
{
	const struct event *of[KINDS] = {NULL};
	for (size_t i = 0; i < n; i++)
		of[ev[i].kind] = &ev[i];
	bool was_open = r->is_open;
	if (was_open && of[FIXED] && end(r, FIXED, of[FIXED]->version, e) < 0)
		return -1;
	if (of[INTRODUCED] && !r->is_open && (was_open || !of[FIXED]))
		begin(r, of[INTRODUCED]->version);
	if (r->is_open && of[LAST_AFFECTED])
		return end(r, LAST_AFFECTED, of[LAST_AFFECTED]->version, e);
	return 0;
}

bool osv_range_is_versions(const json_t *range)
{
	struct bytes type = json_text(range, "type");
	return !type.n || bytes_eq(type, B("SEMVER")) || bytes_eq(type, B("ECOSYSTEM"));
}

int osv_range(struct arena *a, enum version_order o, const json_t *range, struct advisory *v,
              struct err *e)
{
	size_t n;
	if (!osv_range_is_versions(range))
		return 0;
	struct event *ev = read_events(a, o, json_list(range, "events"), &n);
	struct reading r = {.v = v, .order = o, .limit = limit_of(ev, n)};
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && version_eq(&ev[from], &ev[to]); to++)
			;
		if (step(&r, &ev[from], to - from, e) < 0)
			return -1;
	}
	return r.is_open ? end(&r, KINDS, (struct bytes){NULL, 0}, e) : 0;
}

bool osv_is_covered(enum version_order o, const struct advisory *v, struct bytes version)
{
	for (size_t i = 0; i < v->n_ranges; i++) {
		const struct advisory_range *g = &v->ranges[i];
		if (!(g->introduced.n && version_cmp(o, version, g->introduced) < 0) &&
		    !(g->fixed.n && version_cmp(o, version, g->fixed) >= 0) &&
		    !(g->last_affected.n && version_cmp(o, version, g->last_affected) > 0) &&
		    !(g->limit.n && version_cmp(o, version, g->limit) >= 0))
			return true;
	}
	return false;
}

/* Versions that are named and that no range holds: each a range of its own, or, where those are
 * too many, one from the oldest to the newest. */
int osv_versions(enum version_order o, const json_t *list, struct advisory *v, struct err *e)
{
	struct bytes lowest = {NULL, 0}, highest = {NULL, 0};
	size_t i, n_before = v->n_ranges;
	bool is_full = false;
	const json_t *at;
	json_array_foreach(list, i, at)
	{
		struct bytes version = json_bytes(at);
		struct advisory_range one = {.introduced = version, .last_affected = version};
		if (!version.n || osv_is_covered(o, v, version))
			continue;
		if (!lowest.n || version_cmp(o, version, lowest) < 0)
			lowest = version;
		if (!highest.n || version_cmp(o, version, highest) > 0)
			highest = version;
		if (v->n_ranges < ADVISORY_RANGES_MAX)
			osv_add_range(v, one, e);
		else
			is_full = true;
	}
	if (!is_full)
		return 0;
	v->n_ranges = n_before;
	return osv_add_range(
		v, (struct advisory_range){.introduced = lowest, .last_affected = highest}, e);
}
