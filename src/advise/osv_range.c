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
	enum { INTRODUCED, FIXED, LAST_AFFECTED, LIMITED } kind;
	enum version_order order;
};

static int by_version(const void *x, const void *y)
{
	const struct event *a = x, *b = y;
	bool za = bytes_eq(a->version, B("0")), zb = bytes_eq(b->version, B("0"));
	if (za || zb)
		return zb - za; /* "0" is before every version, even before "0~" */
	int d = version_cmp(a->order, a->version, b->version);
	/* what ends a range comes before what begins the next at the same version */
	return d ? d : (a->kind == INTRODUCED) - (b->kind == INTRODUCED);
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
	static const char *const kinds[] = {"introduced", "fixed", "last_affected", "limit"};
	struct event *ev =
		arena_alloc(a, (json_array_size(list) * ARRAY_LEN(kinds) + 1) * sizeof *ev);
	size_t n = 0, i;
	const json_t *at;
	json_array_foreach(list, i, at)
	{
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			struct bytes v = json_text(at, kinds[k]);
			if (v.n && !(k == LIMITED && bytes_eq(v, B("*"))))
				ev[n++] = (struct event){v, (int)k, o};
		}
	}
	if (n)
		qsort(ev, n, sizeof *ev, by_version);
	*ret_n = n;
	return ev;
}

int osv_range(struct arena *a, enum version_order o, const json_t *range, struct advisory *v,
              struct err *e)
{
	size_t n;
	if (bytes_eq(json_text(range, "type"), B("GIT")))
		return 0; /* commits, no versions */
	struct event *ev = read_events(a, o, json_list(range, "events"), &n);
	struct advisory_range open = {0};
	bool is_open = false;
	for (size_t i = 0; i < n; i++) {
		if (ev[i].kind == INTRODUCED) {
			if (!is_open)
				open.introduced = bytes_eq(ev[i].version, B("0"))
				                          ? (struct bytes){NULL, 0}
				                          : ev[i].version;
			is_open = true;
			continue;
		}
		if (!is_open)
			continue;
		if (ev[i].kind == LAST_AFFECTED)
			open.last_affected = ev[i].version;
		else if (ev[i].kind == LIMITED)
			open.limit = ev[i].version;
		else
			open.fixed = ev[i].version;
		if (osv_add_range(v, open, e) < 0)
			return -1;
		open = (struct advisory_range){0};
		is_open = false;
	}
	return is_open ? osv_add_range(v, open, e) : 0;
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
