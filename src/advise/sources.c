/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sources.c - what packages were built from, where they do not say so themselves: Chisel's
 * manifests, and bills of materials of which nobody wrote it down.
 *
 * Advisories of Debian's kin, of Alpine, Rocky and some others go by source packages.  Ubuntu's
 * records list the binary ones too (osv_binaries.c); a package that several sources have had, or
 * whose version is another than its source's, stays unknown.
 */
#include "advise/match.h"

#include <string.h>

struct sources {
	struct report *r;
	const struct match_walk *w;
	size_t n_found, n_free, n_open; /* their source is known; no record names them; not known */
	struct bytes first_open;
};

/* SUSE's definitions name binary packages, its OSV records sources. */
static bool has_definitions(const struct match_walk *w)
{
	const struct index_feed *feeds;
	size_t n = index_feeds(w->ix, &feeds);
	for (size_t i = 0; i < n; i++) {
		if (w->mask & FEED_BIT(i) && bytes_eq(feeds[i].name, B("suse-oval")))
			return true;
	}
	return false;
}

static bool goes_by_source(const struct distro *d, const struct match_walk *w)
{
	static const char *const sources[] = {"alpaquita", "alpine", "mageia", "openeuler",
	                                      "rocky"};
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		if (strcmp(d->ns, sources[i]) == 0)
			return true;
	}
	bool is_suse = strcmp(d->ns, "sles") == 0 || bytes_starts(bytes_str(d->ns), B("opensuse"));
	return strcmp(d->pkg_type, "deb") == 0 || (is_suse && !has_definitions(w));
}

static bool is_sourceless(const struct distro *d, const struct package *p)
{
	return !p->source_name.n && !p->is_third_party && bytes_eq(p->type, bytes_str(d->pkg_type));
}

enum answer { ANSWER_NONE, ANSWER_FREE, ANSWER_OPEN, ANSWER_FOUND };

/* What one value of the index says; the source in *ret. */
static enum answer read_value(struct bytes value, struct bytes *ret)
{
	struct advisory a __attribute__((uninitialized)); /* 19 KiB; decode sets what it fills */
	struct cbor c = cbor_of(value);
	struct bytes item;
	uint64_t n;
	size_t sources = 0;
	bool is_open = false;
	if (!cbor_get_array(&c, &n))
		return ANSWER_NONE;
	for (uint64_t i = 0; i < n && cbor_get_item(&c, &item); i++) {
		if (!advisory_decode(item, &a))
			continue;
		is_open |= bytes_eq(a.id, B(ADVISORY_OTHER_VERSION));
		sources++;
		*ret = a.ref;
	}
	return sources == 1 && !is_open ? ANSWER_FOUND : ANSWER_OPEN;
}

static enum answer ask(const struct sources *s, const struct package *p, struct bytes *ret)
{
	AUTO_BUF struct buf key;
	struct bytes value;
	buf_init(&key, (size_t)VERSION_LEN_MAX * 4);
	buf_addf(&key, ADVISORY_BINARY "%.*s", BYTES_FMT(bytes_slice(p->name, 0, VERSION_LEN_MAX)));
	enum answer best = ANSWER_NONE;
	for (size_t i = 0; i < s->w->n_order; i++) {
		size_t feed = s->w->order[i];
		if (!(s->w->mask & FEED_BIT(feed)) ||
		    !index_advisories(s->w->ix, feed, s->w->ns, B(ADVISORY_BINARY), &value))
			continue;
		best = ANSWER_FREE;
		if (index_advisories(s->w->ix, feed, s->w->ns, buf_bytes(&key), &value))
			return read_value(value, ret);
	}
	return best;
}

static void one(struct sources *s, struct package *p)
{
	struct bytes source;
	switch (ask(s, p, &source)) {
	case ANSWER_FOUND:
		p->source_name = arena_dup(s->r->arena, source);
		s->n_found++;
		return;
	case ANSWER_FREE:
		s->n_free++;
		return;
	case ANSWER_NONE:
	case ANSWER_OPEN:
		if (s->n_open++ == 0)
			s->first_open = p->name;
	}
}

void match_sources(struct report *r, const struct match_walk *w, const struct distro *d)
{
	struct sources s = {.r = r, .w = w};
	struct coverage row = {.check = CHECK_VULNERABILITY, .layer = -1};
	if (!goes_by_source(d, w))
		return;
	for (size_t i = 0; i < r->n_packages; i++) {
		if (is_sourceless(d, &r->packages[i]))
			one(&s, &r->packages[i]);
	}
	row.status = COVERAGE_COMPLETE;
	row.code = "packages.sources";
	if (s.n_found || s.n_free)
		report_cover(r, row,
		             "%zu packages do not say what they were built from: the source of %zu "
		             "stands in the advisories, and %zu none of these names",
		             s.n_found + s.n_free, s.n_found, s.n_free);
	row.status = COVERAGE_INCOMPLETE;
	row.code = "packages.sourceless";
	if (s.n_open)
		report_cover(r, row,
		             "%zu packages do not say what they were built from (%.*s first), by "
		             "which advisories of %.*s go: those are not matched whose source has "
		             "another name",
		             s.n_open, BYTES_FMT(s.first_open), BYTES_FMT(w->ns));
}
