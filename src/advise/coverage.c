/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coverage.c - what the vulnerability check could look at, and what it could not.
 *
 * "No findings" means nothing unless the index speaks for the distribution, its data is whole and
 * recent, and the packages are the distribution's own.  Whatever is missing is a row that says
 * incomplete, with a stable code and what to do.
 */
#include "advise/match.h"

#include <string.h>

static void row(struct report *r, enum coverage_status status, const char *code, const char *text)
{
	report_cover(
		r,
		(struct coverage){
			.check = CHECK_VULNERABILITY, .status = status, .code = code, .layer = -1},
		"%s", text);
}

static void missing(struct report *r, const char *code, const char *text)
{
	row(r, COVERAGE_INCOMPLETE, code, text);
}

static bool has_system_packages(const struct report *r)
{
	for (size_t i = 0; i < r->n_packages; i++) {
		if (!ecosystem_is_language(r->packages[i].type))
			return true;
	}
	return false;
}

/* Why nothing at all can be matched, or NULL. */
static bool is_matchable(struct report *r, struct index *ix)
{
	struct arena *a = r->arena;
	if (!ix) {
		missing(r, "advisories.none",
		        "there is no advisory index; run `assay db update` or `assay db import`");
		return false;
	}
	if (!r->os.id.n && !has_system_packages(r))
		return false; /* judge/ says what that means */
	if (!r->os.id.n) {
		missing(r, "os.unknown",
		        "packages are installed, but no file names the distribution");
		return false;
	}
	if (!distro_by_id(r->os.id)) {
		missing(r, "advisories.unknown-distribution",
		        arena_printf(a, "no feed assay reads speaks for the distribution \"%.*s\"",
		                     BYTES_FMT(r->os.id)));
		return false;
	}
	if (!r->os.ns.n) {
		missing(r, "advisories.unknown-release",
		        arena_printf(a, "the release of %.*s is not known (\"%.*s\")",
		                     BYTES_FMT(r->os.id), BYTES_FMT(r->os.version)));
		return false;
	}
	if (!index_speaks(ix, r->os.ns)) {
		missing(r, "advisories.missing",
		        arena_printf(a,
		                     "the index has no advisories for %.*s; import its feed or run "
		                     "`assay db update`",
		                     BYTES_FMT(r->os.ns)));
		return false;
	}
	return true;
}

/* What a publisher has nothing newer than is not old, whatever its date. */
static int64_t fresh_s(const struct index_feed *f) { return MAX_OF(f->data_s, f->checked_s); }

static void feed_rows(struct report *r, const struct index_feed *f, struct bytes what,
                      const struct match_options *o)
{
	char day[21] = "an unknown day";
	struct arena *a = r->arena;
	if (f->data_s)
		clock_format_day(f->data_s, day);
	int64_t s = fresh_s(f);
	bool is_stale = o->max_age_s && (!s || o->now_s - s > o->max_age_s);
	if (f->is_starter)
		missing(r, "advisories.starter",
		        arena_printf(
				a,
				"%.*s comes from the starter index and is of %s; run `assay db "
				"update` for today's",
				BYTES_FMT(f->name), day));
	if (f->partial.n)
		missing(r, "advisories.partial",
		        arena_printf(a, "%.*s: %.*s", BYTES_FMT(f->name), BYTES_FMT(f->partial)));
	if (is_stale)
		missing(r, "advisories.stale",
		        arena_printf(a,
		                     "%.*s is of %s, older than %d days; run `assay db update`, or "
		                     "allow it with --db-max-age",
		                     BYTES_FMT(f->name), day, (int)(o->max_age_s / 86400)));
	row(r, COVERAGE_COMPLETE, "advisories.used",
	    arena_printf(a, "%.*s advisories of %s for %.*s", BYTES_FMT(f->name), day,
	                 BYTES_FMT(what)));
}

/* The data is as old as its newest part: bulletins that stand behind a living tracker do not make
 * it old. */
static int64_t newest(const struct index_feed *feeds, size_t n, feed_set mask)
{
	int64_t newest_s = 0;
	for (size_t i = 0; i < n; i++) {
		if (mask & FEED_BIT(i))
			newest_s = MAX_OF(newest_s, fresh_s(&feeds[i]));
	}
	return newest_s;
}

/* A whole feed that is asked before feed i speaks too: what i lacks is known from there. */
static bool is_backed(struct index *ix, feed_set mask, size_t i)
{
	size_t order[INDEX_FEEDS_MAX], n = advise_order(ix, order);
	const struct index_feed *feeds;
	index_feeds(ix, &feeds);
	for (size_t k = 0; k < n && order[k] != i; k++) {
		if (mask & FEED_BIT(order[k]) && !feeds[order[k]].partial.n)
			return true;
	}
	return false;
}

static void package_rows(struct report *r, const struct match_options *o)
{
	const struct distro *d = distro_by_id(r->os.id);
	size_t foreign = 0, other = 0;
	const struct package *first_foreign = NULL, *first_other = NULL;
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		if (p->is_third_party && !foreign++)
			first_foreign = p;
		if (!p->is_third_party && !bytes_eq(p->type, bytes_str(d->pkg_type)) &&
		    !ecosystem_is_language(p->type) && !other++)
			first_other = p;
	}
	if (foreign)
		missing(r, "packages.third-party",
		        arena_printf(
				r->arena,
				"%zu packages are not the distribution's own (%.*s first); its "
				"advisories do not speak of them",
				foreign, BYTES_FMT(first_foreign->name)));
	if (other)
		missing(r, "packages.other-type",
		        arena_printf(
				r->arena,
				"%zu packages are of another kind than the distribution's (%.*s "
				"first); no advisories speak of them",
				other, BYTES_FMT(first_other->purl)));
	if (!o->pkg_os)
		row(r, COVERAGE_SKIPPED, "packages.os",
		    "operating-system packages were left out by --pkg-types");
}

/* CentOS is judged by Red Hat's advisories and has ends of its own.  Source: centos.org, "End of
 * Life". */
static const struct {
	const char *name, *ns, *day; /* name: how os-release's begins */
} centos[] = {
	{"CentOS Stream", "rhel:8",  "2024-05-31"},
        {"CentOS Stream", "rhel:9",  "2027-05-31"},
	{"CentOS Stream", "rhel:10", "2030-01-01"},
        {"CentOS",        "rhel:5",  "2017-03-31"},
	{"CentOS",        "rhel:6",  "2020-11-30"},
        {"CentOS",        "rhel:7",  "2024-06-30"},
	{"CentOS",        "rhel:8",  "2021-12-31"},
};

static void set_end(struct report *r, struct bytes day, int64_t now_s)
{
	int64_t end_s;
	if (!clock_parse(day, &end_s))
		return;
	r->os.eol = arena_dup(r->arena, day);
	r->os.is_eol = now_s > clock_day_end(end_s);
}

static void set_centos_eol(struct report *r, int64_t now_s)
{
	for (size_t i = 0; i < ARRAY_LEN(centos) && !r->os.eol.n; i++) {
		if (bytes_eq(r->os.ns, bytes_str(centos[i].ns)) &&
		    bytes_starts(r->os.name, bytes_str(centos[i].name)))
			set_end(r, bytes_str(centos[i].day), now_s);
	}
}

static void set_eol(struct report *r, struct index *ix, const struct match_options *o)
{
	const struct index_feed *feeds;
	size_t n = index_feeds(ix, &feeds);
	for (size_t i = 0; i < n; i++) {
		struct bytes value, item;
		struct advisory a;
		uint64_t count;
		if (!index_advisories(ix, i, r->os.ns, B(ADVISORY_RELEASE), &value))
			continue;
		struct cbor c = cbor_of(value);
		if (!cbor_get_array(&c, &count) || !cbor_get_item(&c, &item) ||
		    !advisory_decode(item, &a))
			continue;
		set_end(r, a.detail, o->now_s);
		if (r->os.eol.n)
			return;
	}
}

void match_feed_rows(struct report *r, struct index *ix, feed_set mask, struct bytes what,
                     const struct match_options *o)
{
	const struct index_feed *feeds;
	size_t n = index_feeds(ix, &feeds);
	int64_t newest_s = newest(feeds, n, mask);
	for (size_t i = 0; i < n; i++) {
		if (!(mask & FEED_BIT(i)))
			continue;
		struct match_options rules = *o;
		struct index_feed f = feeds[i];
		if (fresh_s(&f) < newest_s)
			rules.max_age_s = 0;
		if (is_backed(ix, mask, i))
			f.partial = (struct bytes){NULL, 0};
		feed_rows(r, &f, what, &rules);
	}
}

feed_set match_coverage(struct report *r, struct index *ix, const struct match_options *o)
{
	if (bytes_eq(r->os.id, B("centos")))
		set_centos_eol(r, o->now_s);
	else if (ix && r->os.ns.n)
		set_eol(r, ix, o);
	if (!is_matchable(r, ix))
		return 0;
	feed_set mask = advise_speaks(ix, r->os.ns);
	match_feed_rows(r, ix, mask, r->os.ns, o);
	if (r->os.is_eol)
		missing(r, "os.eol",
		        arena_printf(
				r->arena,
				"%.*s has had no security support since %.*s: advisories for it "
				"may have stopped",
				BYTES_FMT(r->os.ns), BYTES_FMT(r->os.eol)));
	if (bytes_starts(r->os.name, B("CentOS Stream")))
		missing(r, "advisories.borrowed",
		        "Red Hat's advisories name its own builds; those of CentOS Stream come "
		        "before them and have other numbers");
	package_rows(r, o);
	return mask;
}
