/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coverage_language.c - which packages of languages could be judged, and which could not: no feed
 * for their ecosystem in the index, none that assay reads, or a version that is none.
 */
#include "advise/language.h"

#include "advise/match.h"

struct kind {
	struct bytes type;
	size_t n;
	const struct package *first;
};
enum { KINDS = 64 }; /* more than there are types with advisories */

static void missing(struct report *r, const char *code, const char *text)
{
	report_cover(r,
	             (struct coverage){.check = CHECK_VULNERABILITY,
	                               .status = COVERAGE_INCOMPLETE,
	                               .code = code,
	                               .layer = -1},
	             "%s", text);
}

static size_t kinds_of(const struct report *r, struct kind *kinds)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		size_t k = 0;
		if (!package_is_judged(p) ||
		    (!ecosystem_is_language(p->type) && !language_by_type(p->type)))
			continue;
		while (k < n && !bytes_eq(kinds[k].type, p->type))
			k++;
		if (k == KINDS)
			continue; /* more than there are types */
		if (k == n)
			kinds[n++] = (struct kind){p->type, 0, p};
		kinds[k].n++;
	}
	return n;
}

static void kind_rows(struct report *r, struct index *ix, const struct kind *k,
                      const struct match_options *o)
{
	const struct language *l = language_by_type(k->type);
	if (!l) {
		missing(r, "advisories.unknown-ecosystem",
		        arena_printf(r->arena,
		                     "%zu packages of type %.*s (%.*s first): no feed assay reads "
		                     "speaks of them",
		                     k->n, BYTES_FMT(k->type), BYTES_FMT(k->first->name)));
		return;
	}
	feed_set mask = 0;
	for (const struct language *at = l; at; at = language_also(l, at))
		mask |= advise_speaks(ix, bytes_str(at->d.ns));
	if (mask) {
		match_feed_rows(r, ix, mask, bytes_str(l->d.title), o);
		return;
	}
	missing(r, "advisories.missing",
	        arena_printf(r->arena,
	                     "the index has no advisories for %s, of which %zu packages are "
	                     "installed (%.*s first); import its feed or run `assay db update`",
	                     l->d.title, k->n, BYTES_FMT(k->first->name)));
}

static void version_row(struct report *r)
{
	size_t n = 0;
	const struct package *first = NULL;
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		if (language_by_type(p->type) && package_is_judged(p) &&
		    !language_version_is_known(p->version) && !n++)
			first = p;
	}
	if (n)
		missing(r, "packages.version",
		        arena_printf(r->arena,
		                     "%zu packages have no version that can be compared (%.*s %.*s "
		                     "first)",
		                     n, BYTES_FMT(first->name), BYTES_FMT(first->version)));
}

void match_language_coverage(struct report *r, struct index *ix, const struct match_options *o)
{
	struct kind kinds[KINDS];
	size_t n = kinds_of(r, kinds);
	for (size_t i = 0; i < n; i++)
		kind_rows(r, ix, &kinds[i], o);
	version_row(r);
}
