/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.c - packages against advisories.
 *
 * For a package and an id the feed of the lowest rank that speaks of both decides; the others are
 * not asked.  Within a feed every record counts on its own: a package is affected when any of them
 * says so, and the fixed version is the highest that those name.  Where a release has streams
 * (redhat.h), the one that the package is from is asked before the main one.
 */
#include "advise/match.h"

#include <stdlib.h>
#include <string.h>

#include "advise/redhat.h"
#include "advise/severity.h"

/* Severity words of publishers that are not the distribution's own, in the order they are asked. */
static const char *const severity_feeds[] = {"nvd", "ghsa"};

struct bytes match_source_name(const struct package *p)
{
	return p->source_name.n ? p->source_name : p->name;
}

struct bytes match_version(const struct distro *d, const struct package *p, bool is_source)
{
	struct bytes v = is_source && p->source_version.n ? p->source_version : p->version;
	return d->order == VERSION_DPKG && is_source ? version_dpkg_strip_binnmu(v) : v;
}

/* "nodejs:10:8040020210817133458:522a0ee4" and "nodejs:10" are the same stream. */
static bool module_agrees(const struct package *p, const struct advisory *a)
{
	bool is_marked = bytes_search(p->version, B(".module")) >= 0 || p->module.n;
	if (a->module.n && p->module.n)
		return bytes_starts(p->module, a->module) &&
		       (p->module.n == a->module.n || p->module.p[a->module.n] == ':');
	if (a->module.n)
		return is_marked;
	for (size_t i = 0; i < a->n_ranges; i++) {
		if (a->ranges[i].fixed.n)
			return is_marked == (bytes_search(a->ranges[i].fixed, B(".module")) >= 0);
	}
	return !is_marked;
}

static int cmp(enum version_order order, struct bytes v, struct bytes bound)
{
	return order == VERSION_RPM ? version_rpm_cmp_rebuilt(v, bound)
	                            : version_cmp(order, v, bound);
}

enum match_why match_range(enum version_order order, struct bytes v, const struct advisory_range *r)
{
	int from = r->introduced.n ? cmp(order, v, r->introduced) : 1;
	if (from < 0 || (from == 0 && r->is_after))
		return MATCH_BELOW_RANGE;
	if (r->fixed.n && cmp(order, v, r->fixed) >= 0)
		return MATCH_FIXED;
	if (r->last_affected.n && cmp(order, v, r->last_affected) > 0)
		return MATCH_FIXED;
	if (r->limit.n && cmp(order, v, r->limit) >= 0)
		return MATCH_FIXED;
	return MATCH_AFFECTED;
}

struct match_result match_one(const struct distro *d, const struct package *p,
                              const struct advisory *a, bool is_source)
{
	struct match_result res = {.why = MATCH_AFFECTED,
	                           .version = match_version(d, p, is_source)};
	if (a->is_unmatchable)
		res.why = MATCH_UNMATCHABLE;
	else if (a->arch.n && !bytes_eq(a->arch, p->arch) && !bytes_eq(p->arch, B("noarch")))
		res.why = MATCH_OTHER_ARCH;
	else if (d->order == VERSION_RPM && !module_agrees(p, a))
		res.why = MATCH_OTHER_MODULE;
	else if (a->status == STATUS_NOT_AFFECTED)
		res.why = MATCH_NOT_AFFECTED;
	if (res.why != MATCH_AFFECTED)
		return res;
	for (size_t i = 0; i < a->n_ranges; i++) {
		res.range = a->ranges[i];
		res.why = match_range(d->order, res.version, &res.range);
		if (res.why == MATCH_AFFECTED)
			return res;
	}
	return res;
}

/* Products build some of the system's packages anew: the fix of one kind says nothing of the other.
 */
static bool product_speaks(const struct package *p, const struct advisory *a)
{
	bool is_system = redhat_is_system_build(p->version);
	for (size_t i = 0; i < a->n_ranges; i++) {
		if (a->ranges[i].fixed.n)
			return is_system == redhat_is_system_build(a->ranges[i].fixed);
	}
	return !is_system;
}

bool match_settles(const struct match_at *at, const struct package *p, const struct advisory *a,
                   const struct match_result *res)
{
	int built;
	if (res->why != MATCH_FIXED || !bytes_starts(at->ask->ns, B("rhel:")) ||
	    !res->range.fixed.n)
		return false;
	built = redhat_tag_minor(p->version);
	return built >= 0 && built == redhat_tag_minor(res->range.fixed) && a->n_ranges == 1;
}

static bool each_value(struct bytes value, const struct match_at *at, const struct package *p,
                       match_fn *fn, void *arg)
{
	struct advisory a __attribute__((uninitialized)); /* 19 KiB; decode sets what it fills */
	struct cbor c = cbor_of(value);
	uint64_t n;
	struct bytes item;
	if (!cbor_get_array(&c, &n))
		return true;
	for (uint64_t i = 0; i < n && cbor_get_item(&c, &item); i++) {
		if (!advisory_decode(item, &a) || a.by_binary == at->is_source ||
		    (at->ask->is_product && !product_speaks(p, &a)))
			continue;
		if (!fn(arg, at, &a))
			return false;
	}
	return true;
}

static bool each_ask(const struct match_walk *w, const struct match_ask *ask,
                     const struct package *p, match_fn *fn, void *arg)
{
	struct bytes source = match_source_name(p), value;
	for (size_t i = 0; i < w->n_order; i++) {
		struct match_at at = {.feed = w->order[i],
		                      .turn = ask->turn * INDEX_FEEDS_MAX + (unsigned)i,
		                      .is_source = true,
		                      .ask = ask};
		if (!(w->mask & FEED_BIT(at.feed)))
			continue;
		if (index_advisories(w->ix, at.feed, ask->ns, source, &value) &&
		    !each_value(value, &at, p, fn, arg))
			return false;
		at.is_source = false;
		if (index_advisories(w->ix, at.feed, ask->ns, p->name, &value) &&
		    !each_value(value, &at, p, fn, arg))
			return false;
	}
	return true;
}

void match_each(const struct match_walk *w, const struct package *p, match_fn *fn, void *arg)
{
	struct match_ask asks[MATCH_ASKS_MAX] = {
		{.ns = w->ns, .minor = -1}
        };
	size_t n = w->streams ? redhat_asks(w->streams, p, asks) : 1;
	for (size_t i = 0; i < n; i++) {
		if (!each_ask(w, &asks[i], p, fn, arg))
			return;
	}
}

void match_vuln(struct index *ix, struct bytes id, struct vuln_known *ret)
{
	const struct index_feed *feed;
	size_t n = index_feeds(ix, &feed), best = SIZE_MAX;
	*ret = (struct vuln_known){.severity = SEV_UNKNOWN};
	for (size_t i = 0; i < n; i++) {
		struct bytes cbor;
		struct vuln v;
		if (!index_vuln(ix, i, id, &cbor) || !vuln_decode(cbor, &v))
			continue;
		ret->is_rejected |= v.is_rejected;
		ret->is_kev |= v.is_kev;
		if (v.has_epss) {
			ret->has_epss = true;
			ret->epss = v.epss;
		}
		if (!ret->title.n)
			ret->title = v.title;
		size_t rank = 0;
		while (rank < ARRAY_LEN(severity_feeds) &&
		       !bytes_eq(feed[i].name, bytes_str(severity_feeds[rank])))
			rank++;
		if (v.severity != SEV_UNKNOWN && rank < best) {
			best = rank;
			ret->severity = v.severity;
			ret->severity_source = feed[i].name;
			ret->cvss = v.cvss;
		}
	}
}

/* ---- findings of one package ---- */

struct matching {
	struct report *r;
	struct index *ix;
	const struct distro *d;
	const struct package *p;
	const struct index_feed *feeds;
	struct map *by_id;  /* id → index into verdicts + 1 */
	struct verdict_of { /* what the deciding feed said of one id */
		struct bytes id;
		unsigned turn;
		size_t finding;  /* index + 1; 0: not affected */
		bool is_settled; /* fixed, whatever other records say */
		bool is_direct;  /* a record names the package itself, not what it was built from */
		bool is_open;    /* so far, records say only what nobody can judge */
	} * verdicts;
	size_t n, cap;
	struct match_commits *commits;
	int64_t now_s;
	struct bytes support_ended; /* day, absent: supported */
	struct arena *scratch;
};

/* True when the fix is only for those who pay.  Who has installed such a version does. */
static bool must_pay(const struct advisory *a, const struct match_result *res)
{
	return bytes_eq(a->detail, B(ADVISORY_PAID)) &&
	       bytes_search(res->version, B(ADVISORY_PAID)) < 0;
}

/* The main stream has a fix in a minor release that comes after the one the package's longer-lived
 * stream stays with: who is there does not get it. */
static bool is_out_of_reach(const struct match_at *at, const struct advisory *a,
                            const struct match_result *res)
{
	struct bytes major, minor;
	uint64_t n;
	if (at->ask->minor < 0 || !res->range.fixed.n)
		return false;
	int fix = redhat_tag_minor(res->range.fixed);
	if (fix < 0 && bytes_cut(a->detail, '.', &major, &minor) && bytes_u64(minor, 99, &n))
		fix = (int)n;
	return fix > at->ask->minor;
}

/* There is a fix, but not for this one. */
static bool is_barred(const struct match_at *at, const struct advisory *a,
                      const struct match_result *res)
{
	return must_pay(a, res) || is_out_of_reach(at, a, res);
}

/* "rhel:9/rhel_eus:9.2" is read as "rhel_eus:9.2". */
static struct bytes spoken(struct bytes ns)
{
	return bytes_skip(ns, (size_t)(bytes_find(ns, '/') + 1));
}

static const char *but(struct matching *m, const struct match_at *at, const struct advisory *a,
                       const struct match_result *res)
{
	if (must_pay(a, res))
		return ", which needs a subscription (ESM)";
	if (is_out_of_reach(at, a, res))
		return arena_printf(m->r->arena, "; %.*s has no fix of its own",
		                    BYTES_FMT(spoken(at->ask->instead)));
	return "";
}

static void say_reason(struct matching *m, struct finding *f, const struct match_result *res,
                       const struct advisory *a, const struct match_at *at)
{
	struct bytes name = at->is_source ? match_source_name(m->p) : m->p->name;
	struct bytes ns = spoken(at->ask->ns);
	const char *what = at->is_source && !bytes_eq(name, m->p->name) ? "source package " : "";
	const char *text;
	if (res->range.fixed.n)
		text = arena_printf(
			m->r->arena,
			"%s%.*s %.*s is older than %.*s, the first version without it in %.*s%s",
			what, BYTES_FMT(name), BYTES_FMT(res->version), BYTES_FMT(res->range.fixed),
			BYTES_FMT(ns), but(m, at, a, res));
	else if (res->range.last_affected.n)
		text = arena_printf(
			m->r->arena,
			"%s%.*s %.*s is not newer than %.*s, the last affected version in %.*s",
			what, BYTES_FMT(name), BYTES_FMT(res->version),
			BYTES_FMT(res->range.last_affected), BYTES_FMT(ns));
	else
		text = arena_printf(
			m->r->arena, "%s%.*s %.*s: %.*s has no fixed version in %.*s%s%.*s", what,
			BYTES_FMT(name), BYTES_FMT(res->version), BYTES_FMT(a->id), BYTES_FMT(ns),
			a->detail.n ? ", marked " : "", BYTES_FMT(a->detail));
	f->reason = bytes_str(text);
}

static void add_refs(struct report *r, struct finding *f, const struct advisory *a)
{
	struct bytes all[ADVISORY_REFS_MAX + 1];
	size_t n = 0;
	if (a->ref.n)
		all[n++] = a->ref;
	for (size_t i = 0; i < a->n_refs; i++)
		all[n++] = a->refs[i];
	for (size_t i = 0; i < n; i++) {
		bool is_known = bytes_eq(all[i], f->id);
		for (size_t j = 0; j < f->references.n && !is_known; j++)
			is_known = bytes_eq(f->references.v[j], all[i]);
		if (!is_known)
			list_add(r, &f->references, all[i]);
	}
}

void match_set_cvss(struct finding *f, struct bytes vector)
{
	struct cvss score;
	struct err ignored;
	f->cvss_vector = vector;
	if (vector.n && cvss_score(vector, &score, &ignored) == 0)
		f->cvss_score = score.base / 10.0;
}

static void set_severity(struct matching *m, struct finding *f, const struct advisory *a,
                         const struct vuln_known *known)
{
	struct arena *arena = m->r->arena;
	f->severity = a->severity;
	f->severity_source = bytes_str(m->d->ns);
	match_set_cvss(f, arena_dup(arena, a->cvss.n ? a->cvss : known->cvss));
	if (a->severity == SEV_UNKNOWN) {
		f->severity = known->severity;
		f->severity_source = arena_dup(arena, known->severity_source);
	}
}

static enum status status_of(const struct matching *m, const struct match_result *res,
                             const struct advisory *a, const struct match_at *at)
{
	if (res->range.fixed.n && !is_barred(at, a, res))
		return STATUS_FIXED;
	if (m->support_ended.n && a->status == STATUS_AFFECTED)
		return STATUS_END_OF_LIFE;
	return a->status < STATUS__MAX ? a->status : STATUS_AFFECTED;
}

static size_t new_finding(struct matching *m, const struct match_at *at, const struct advisory *a,
                          const struct match_result *res)
{
	struct vuln_known known;
	match_vuln(m->ix, a->id, &known);
	if (known.is_rejected)
		return 0;
	struct report *r = m->r;
	struct finding *f = report_finding(r);
	f->check = CHECK_VULNERABILITY;
	f->id = arena_dup(r->arena, a->id);
	f->package = m->p->purl;
	f->package_name = m->p->name;
	f->installed = m->p->version;
	if (!is_barred(at, a, res))
		f->fixed = arena_dup(r->arena, res->range.fixed);
	f->has_status = true;
	f->status = status_of(m, res, a, at);
	f->location.layer = m->p->layer;
	f->location.path = m->p->paths.n ? m->p->paths.v[0] : (struct bytes){NULL, 0};
	f->title = arena_dup(r->arena, known.title);
	f->is_kev = known.is_kev;
	f->epss = known.has_epss ? known.epss : -1;
	set_severity(m, f, a, &known);
	f->source.feed = arena_dup(r->arena, m->feeds[at->feed].name);
	f->source.advisory = arena_dup(r->arena, a->ref.n ? a->ref : a->id);
	char day[11];
	int64_t date_s = a->modified_s ? a->modified_s : m->feeds[at->feed].data_s;
	if (date_s) {
		clock_format_day(date_s, day);
		f->source.date = arena_dup(r->arena, bytes_str(day));
	}
	say_reason(m, f, res, a, at);
	add_refs(r, f, a);
	return r->n_findings;
}

/* A second record of the same feed for the same id: the highest fix is the one to take. */
static void join_finding(struct matching *m, struct finding *f, const struct advisory *a,
                         const struct match_result *res, const struct match_at *at)
{
	add_refs(m->r, f, a);
	if (a->severity > f->severity) {
		f->severity = a->severity;
		f->severity_source = bytes_str(m->d->ns);
	}
	if (!res->range.fixed.n || is_barred(at, a, res) ||
	    (f->fixed.n && version_cmp(m->d->order, res->range.fixed, f->fixed) <= 0))
		return;
	f->fixed = arena_dup(m->r->arena, res->range.fixed);
	f->status = STATUS_FIXED;
	f->source.advisory = arena_dup(m->r->arena, a->ref.n ? a->ref : a->id);
	say_reason(m, f, res, a, at);
}

static struct verdict_of *verdict_for(struct matching *m, struct bytes id, unsigned turn)
{
	bool is_new;
	union map_value *slot = map_get(m->by_id, id);
	if (slot)
		return &m->verdicts[slot->u];
	struct bytes key = arena_dup(m->scratch, id);
	slot = map_put(m->by_id, key, &is_new);
	slot->u = m->n;
	m->verdicts = mem_grow(m->verdicts, &m->cap, m->n + 1, sizeof *m->verdicts);
	m->verdicts[m->n] = (struct verdict_of){.id = key, .turn = turn, .is_open = true};
	return &m->verdicts[m->n++];
}

/* A feed that does not decide may still know the publisher's own severity. */
static void lend_severity(struct matching *m, const struct verdict_of *v, const struct advisory *a)
{
	if (!v->finding || a->severity == SEV_UNKNOWN)
		return;
	struct finding *f = &m->r->findings[v->finding - 1];
	if (bytes_eq(f->severity_source, bytes_str(m->d->ns)))
		return;
	f->severity = a->severity;
	f->severity_source = bytes_str(m->d->ns);
}

static bool consider(void *arg, const struct match_at *at, const struct advisory *a)
{
	struct matching *m = arg;
	struct match_result res = match_one(m->d, m->p, a, at->is_source);
	if (res.why == MATCH_OTHER_ARCH || res.why == MATCH_OTHER_MODULE)
		return true; /* it speaks of another package */
	struct verdict_of *v = verdict_for(m, a->id, at->turn);
	if (res.why == MATCH_UNMATCHABLE)
		return true;
	if (v->is_open)
		v->turn = at->turn;
	v->is_open = false;
	if (v->turn != at->turn) { /* a feed that knows better has spoken */
		lend_severity(m, v, a);
		return true;
	}
	v->is_settled |= match_settles(at, m->p, a, &res);
	if (res.why != MATCH_AFFECTED)
		return true;
	v->is_direct |= !at->is_source;
	if (v->finding)
		join_finding(m, &m->r->findings[v->finding - 1], a, &res, at);
	else
		v->finding = new_finding(m, at, a, &res);
	return true;
}

static int rank_of(const struct index_feed *f)
{
	const struct advise_rank *row = advise_ranks;
	while (row->feed && !bytes_eq(bytes_str(row->feed), f->name))
		row++;
	return row->rank;
}

size_t advise_order(struct index *ix, size_t ret[INDEX_FEEDS_MAX])
{
	const struct index_feed *feed;
	size_t n = MIN_OF(index_feeds(ix, &feed), (size_t)INDEX_FEEDS_MAX);
	for (size_t i = 0; i < n; i++) {
		size_t j = i;
		for (; j > 0 && rank_of(&feed[ret[j - 1]]) > rank_of(&feed[i]); j--)
			ret[j] = ret[j - 1];
		ret[j] = i;
	}
	return n;
}

/* Takes back findings of what turned out to be fixed; those of one package are the last. */
static void drop_settled(struct matching *m)
{
	for (size_t i = m->n; i > 0; i--) {
		const struct verdict_of *v = &m->verdicts[i - 1];
		if (!v->is_settled || !v->finding)
			continue;
		size_t behind = m->r->n_findings - v->finding;
		struct finding *f = &m->r->findings[v->finding - 1];
		memmove(f, f + 1, behind * sizeof *f);
		m->r->n_findings--;
		for (size_t k = 0; k < m->n; k++) {
			if (m->verdicts[k].finding > v->finding)
				m->verdicts[k].finding--;
		}
	}
}

/* Headers of the kernel, which programs are built with: what its advisories speak of is not in
 * them. */
static bool is_headers(const struct package *p)
{
	static const struct {
		const char *type, *name, *source;
	} rows[] = {
		{"apk", "linux-headers",   "linux*" },
                {"deb", "linux-headers-*", "linux*" },
		{"deb", "linux-libc-dev*", "linux*" },
                {"rpm", "kernel-headers",  "kernel*"},
		{"rpm", "kernel-*headers", "kernel*"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (bytes_eq(p->type, bytes_str(rows[i].type)) &&
		    bytes_glob(bytes_str(rows[i].name), p->name) &&
		    bytes_glob(bytes_str(rows[i].source), match_source_name(p)))
			return true;
	}
	return false;
}

/* Lays aside what is said of the source of such a package alone. */
static void lay_aside(struct matching *m)
{
	static const char why[] =
		"the package holds headers of the kernel alone, and none of its code";
	for (size_t i = m->n; i > 0 && is_headers(m->p); i--) {
		struct verdict_of *v = &m->verdicts[i - 1];
		if (!v->finding || v->is_settled || v->is_direct)
			continue;
		struct finding *f = &m->r->findings[v->finding - 1], aside = *f;
		aside.waived = arena_alloc(m->r->arena, sizeof *aside.waived);
		*aside.waived = (struct waived){.by = B("assay:headers"), .reason = bytes_str(why)};
		report_suppress(m->r, &aside);
		v->is_settled = true;
	}
}

static void count_open(struct matching *m)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->verdicts[i].is_open && m->commits->n++ == 0)
			m->commits->first = arena_dup(m->r->arena, m->verdicts[i].id);
	}
}

static void match_package(struct matching *m, const struct match_walk *w, const struct package *p)
{
	m->p = p;
	m->n = 0;
	m->support_ended = match_support(w, p, m->now_s);
	m->by_id = map_new();
	m->scratch = arena_new();
	match_each(w, p, consider, m);
	count_open(m);
	lay_aside(m);
	drop_settled(m);
	if (m->support_ended.n)
		report_cover(m->r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "support.ended",
		                               .layer = -1},
		             "security support of %.*s in %.*s has ended on %.*s",
		             BYTES_FMT(match_source_name(p)), BYTES_FMT(m->r->os.ns),
		             BYTES_FMT(m->support_ended));
	map_free(m->by_id);
	arena_free(m->scratch);
}

static void match_distribution(struct report *r, const struct match_walk *w, const struct distro *d,
                               const struct match_options *o, struct match_commits *commits)
{
	struct matching m = {.r = r, .ix = w->ix, .d = d, .now_s = o->now_s, .commits = commits};
	index_feeds(w->ix, &m.feeds);
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		if (!p->is_third_party && bytes_eq(p->type, bytes_str(d->pkg_type)))
			match_package(&m, w, p);
	}
	free(m.verdicts);
}

int advise_match(struct report *r, struct index *ix, const struct match_options *o, struct err *e)
{
	feed_set mask = match_coverage(r, ix, o);
	if (!ix)
		return 0;
	const struct distro *d = distro_by_ns(r->os.ns);
	size_t order[INDEX_FEEDS_MAX];
	struct match_commits commits = {.n = 0};
	struct match_walk w = {
		.ix = ix, .ns = r->os.ns, .mask = mask, .sides = advise_sides(ix), .order = order};
	w.n_order = advise_order(ix, order);
	if (mask && d && o->pkg_os) {
		w.streams = redhat_streams_of(r, ix);
		if (w.streams)
			redhat_tell(w.streams, r);
		match_sources(r, &w, d);
		match_distribution(r, &w, d, o, &commits);
	}
	match_language_coverage(r, ix, o);
	match_languages(r, &w, &commits);
	match_commits_row(r, &commits);
	return o->severities.n ? severity_choose(r, &w, &o->severities, e) : 0;
}
