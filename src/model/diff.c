/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.c - what changed from one report to another.
 */
#include "model/diff.h"

#include <string.h>

const char *diff_name(enum diff_kind k)
{
	static const char *const names[] = {"gained", "lost", "changed"};
	_Static_assert(ARRAY_LEN(names) == DIFF__MAX, "a name for each");
	return names[k];
}

/* ---- packages ---- */

/* "pkg:deb/debian/zlib1g" and the architecture; without a purl type and name. */
static struct bytes stem_of(const struct package *p, struct arena *arena)
{
	size_t n = 0;
	while (n < p->purl.n && p->purl.p[n] != '@' && p->purl.p[n] != '?' && p->purl.p[n] != '#')
		n++;
	struct bytes stem = bytes_slice(p->purl, 0, n);
	return bytes_str(arena_printf(arena, "%.*s|%.*s|%.*s|%.*s", BYTES_FMT(stem),
	                              BYTES_FMT(n ? B("") : p->type),
	                              BYTES_FMT(n ? B("") : p->name), BYTES_FMT(p->arch)));
}

/* Versions of one package on both sides. */
struct both {
	size_t n_a, n_b;             /* of those that the other side does not have */
	const struct package *a, *b; /* the first of each */
};

static struct bytes with_version(struct bytes stem, const struct package *p, struct arena *arena)
{
	return bytes_str(arena_printf(arena, "%.*s|%.*s", BYTES_FMT(stem), BYTES_FMT(p->version)));
}

static struct map *versions_of(const struct report *r, struct arena *arena)
{
	struct map *m = map_new();
	for (size_t i = 0; i < r->n_packages; i++)
		map_put(m, with_version(stem_of(&r->packages[i], arena), &r->packages[i], arena),
		        NULL);
	return m;
}

static struct both *both_of(struct map *stems, struct bytes stem, struct arena *arena)
{
	union map_value *slot = map_put(stems, stem, NULL);
	if (!slot->p)
		slot->p = arena_alloc(arena, sizeof(struct both));
	return slot->p;
}

/* Packages of r whose version the other side lacks are counted under their stem. */
static void count_only(const struct report *r, const struct map *other, struct map *stems,
                       bool is_a, struct arena *arena)
{
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		struct bytes stem = stem_of(p, arena);
		if (map_get(other, with_version(stem, p, arena)))
			continue;
		struct both *x = both_of(stems, stem, arena);
		if (is_a && !x->n_a++)
			x->a = p;
		if (!is_a && !x->n_b++)
			x->b = p;
	}
}

/* One version in the place of one other is a change. */
static bool is_change(const struct both *x) { return x->n_a == 1 && x->n_b == 1; }

static void list_only(struct diff *d, const struct map *other, const struct map *stems,
                      enum diff_kind kind, struct arena *arena)
{
	const struct report *r = kind == DIFF_LOST ? d->a : d->b;
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		struct bytes stem = stem_of(p, arena);
		if (map_get(other, with_version(stem, p, arena))) {
			d->n_same_packages += kind == DIFF_GAINED;
			continue;
		}
		const struct both *x = map_get(stems, stem)->p;
		if (is_change(x) != (kind == DIFF_CHANGED))
			continue;
		d->packages[d->n_packages++] = (struct diff_package){kind,
		                                                     kind == DIFF_GAINED ? NULL
		                                                     : kind == DIFF_LOST ? p
		                                                                         : x->a,
		                                                     kind == DIFF_LOST ? NULL : p};
	}
}

static void diff_packages(struct diff *d, struct arena *arena)
{
	AUTO_MAP struct map *a = versions_of(d->a, arena);
	AUTO_MAP struct map *b = versions_of(d->b, arena);
	AUTO_MAP struct map *stems = map_new();
	count_only(d->a, b, stems, true, arena);
	count_only(d->b, a, stems, false, arena);
	d->packages =
		arena_alloc(arena, (d->a->n_packages + d->b->n_packages) * sizeof *d->packages);
	list_only(d, a, stems, DIFF_GAINED, arena);
	list_only(d, b, stems, DIFF_LOST, arena);
	list_only(d, a, stems, DIFF_CHANGED, arena);
}

/* ---- findings ---- */

static struct map *prints_of(const struct report *r)
{
	struct map *m = map_new();
	for (size_t i = 0; i < r->n_findings; i++) {
		union map_value *slot = map_put(m, bytes_str(r->findings[i].fingerprint), NULL);
		if (!slot->p)
			slot->p = &r->findings[i];
	}
	return m;
}

static bool differs(const struct finding *a, const struct finding *b)
{
	return a->severity != b->severity || a->has_status != b->has_status ||
	       a->status != b->status || !a->waived != !b->waived || !bytes_eq(a->fixed, b->fixed);
}

static void list_findings(struct diff *d, const struct map *other, enum diff_kind kind)
{
	const struct report *r = kind == DIFF_LOST ? d->a : d->b;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		const union map_value *slot = map_get(other, bytes_str(f->fingerprint));
		bool is_changed = slot && differs(slot->p, f);
		if (kind == DIFF_CHANGED ? !is_changed : slot != NULL) {
			d->n_same_findings += kind == DIFF_CHANGED && slot;
			continue;
		}
		d->findings[d->n_findings++] = (struct diff_finding){kind,
		                                                     kind == DIFF_GAINED ? NULL
		                                                     : kind == DIFF_LOST ? f
		                                                                         : slot->p,
		                                                     kind == DIFF_LOST ? NULL : f};
	}
}

void diff_make(const struct report *a, const struct report *b, struct arena *arena,
               struct diff *ret)
{
	*ret = (struct diff){.a = a, .b = b};
	diff_packages(ret, arena);
	AUTO_MAP struct map *in_a = prints_of(a);
	AUTO_MAP struct map *in_b = prints_of(b);
	ret->findings = arena_alloc(arena, (a->n_findings + b->n_findings) * sizeof *ret->findings);
	list_findings(ret, in_a, DIFF_GAINED);
	list_findings(ret, in_b, DIFF_LOST);
	list_findings(ret, in_a, DIFF_CHANGED);
}
