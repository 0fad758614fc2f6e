/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain.c - why a vulnerability does or does not concern a package, record by record.
 */
#include "advise/language.h"

#include "advise/match.h"
#include "advise/redhat.h"

struct explaining {
	const struct distro *d;
	const struct package *p;
	const struct index_feed *feeds;
	struct bytes id;
	struct buf *out;
	int64_t decider; /* turn that speaks first; -1: none yet */
	size_t records;
	bool is_affected, is_settled, has_streams;
};

static bool names(const struct advisory *a, struct bytes id)
{
	if (bytes_eq_nocase(a->id, id) || bytes_eq_nocase(a->ref, id))
		return true;
	for (size_t i = 0; i < a->n_refs; i++) {
		if (bytes_eq_nocase(a->refs[i], id))
			return true;
	}
	return false;
}

static void say_range(struct buf *out, const struct advisory_range *r)
{
	if (r->introduced.n)
		buf_addf(out, " from %.*s", BYTES_FMT(r->introduced));
	if (r->fixed.n)
		buf_addf(out, " fixed in %.*s", BYTES_FMT(r->fixed));
	else if (r->last_affected.n)
		buf_addf(out, " up to %.*s", BYTES_FMT(r->last_affected));
	else
		buf_adds(out, " no fixed version");
}

static const char *const words[] = {
	[MATCH_AFFECTED] = "affected",
	[MATCH_BELOW_RANGE] = "not affected: older than what introduced it",
	[MATCH_FIXED] = "not affected: fixed in the installed version",
	[MATCH_NOT_AFFECTED] = "not affected: the publisher says so",
	[MATCH_OTHER_ARCH] = "not affected: speaks of another architecture",
	[MATCH_OTHER_MODULE] = "not affected: speaks of another module stream",
	[MATCH_OTHER_PLACE] = "not affected: only together with what the image does not hold",
	[MATCH_OTHER_SYSTEM] = "not affected: speaks of another operating system",
	[MATCH_UNMATCHABLE] = "not known: names commits, no versions",
	[MATCH_REJECTED] = "not affected: the id was rejected",
	[MATCH_SHADOWED] = "not asked: a feed that knows better speaks of it",
};
_Static_assert(ARRAY_LEN(words) == MATCH__MAX, "a word per outcome");

static bool explain_record(void *arg, const struct match_at *at, const struct advisory *a)
{
	struct explaining *x = arg;
	if (!names(a, x->id))
		return true;
	struct match_result res = match_one(x->d, x->p, a, at->is_source);
	bool is_other = res.why == MATCH_OTHER_ARCH || res.why == MATCH_OTHER_MODULE ||
	                res.why == MATCH_UNMATCHABLE;
	if (x->decider < 0 && !is_other)
		x->decider = at->turn;
	if (x->decider != at->turn && !is_other)
		res.why = MATCH_SHADOWED;
	x->is_settled |= x->decider == at->turn && match_settles(at, x->p, a, &res);
	x->is_affected |= res.why == MATCH_AFFECTED;
	x->records++;
	struct bytes name = at->is_source ? match_source_name(x->p) : x->p->name;
	buf_addf(x->out, "%.*s %.*s", BYTES_FMT(x->feeds[at->feed].name),
	         BYTES_FMT(a->ref.n ? a->ref : a->id));
	if (x->has_streams)
		buf_addf(x->out, " in %.*s", BYTES_FMT(at->ask->ns));
	buf_addf(x->out, ": %s package %.*s installed %.*s,", at->is_source ? "source" : "binary",
	         BYTES_FMT(name), BYTES_FMT(res.version));
	if (res.why == MATCH_NOT_AFFECTED || a->n_ranges == 0)
		buf_adds(x->out, " all versions");
	else
		say_range(x->out, &res.range);
	buf_addf(x->out, ": %s\n", words[res.why]);
	return true;
}

/* ---- packages of languages ---- */

struct explaining_language {
	struct explaining *x;
	const struct language *lang;
	struct bytes version;
	const struct report *r;
};

static void explain_language_record(void *arg, size_t feed, struct bytes cbor,
                                    const struct advisory *a)
{
	struct explaining_language *l = arg;
	struct explaining *x = l->x;
	(void)cbor;
	if (!names(a, x->id))
		return;
	struct match_result res = match_language_one(l->lang, l->version, a, l->r);
	x->is_affected |= res.why == MATCH_AFFECTED;
	x->records++;
	buf_addf(x->out, "%.*s %.*s: package %.*s installed %.*s,", BYTES_FMT(x->feeds[feed].name),
	         BYTES_FMT(a->ref.n ? a->ref : a->id), BYTES_FMT(x->p->name),
	         BYTES_FMT(x->p->version));
	if (a->n_ranges)
		say_range(x->out, &res.range);
	buf_addf(x->out, ": %s\n", words[res.why]);
}

static void explain_language(struct explaining *x, const struct match_walk *base,
                             const struct report *r)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct package *p = x->p;
	struct language_question q;
	const struct language *own = language_by_type(p->type);
	struct explaining_language l = {.x = x, .r = r};
	x->records = 0;
	x->is_affected = false;
	for (l.lang = own; l.lang; l.lang = language_also(own, l.lang)) {
		struct match_walk w = *base;
		w.ns = bytes_str(l.lang->d.ns);
		w.mask = advise_speaks(base->ix, w.ns);
		if (!language_ask(l.lang, p, a, &q))
			continue;
		l.version = q.version;
		match_language_each(&w, q.name, explain_language_record, &l);
	}
	bool is_known = language_version_is_known(p->version);
	buf_addf(x->out, "%.*s: %s (%zu records of %s)\n", BYTES_FMT(p->purl),
	         !is_known         ? "not known: its version cannot be compared"
	         : x->is_affected  ? "affected"
	         : x->records == 0 ? "not affected: no advisory names this package with it"
	                           : "not affected",
	         x->records, own->d.title);
}

static bool is_named(const struct package *p, struct bytes name)
{
	return bytes_eq(p->name, name) || bytes_eq(p->purl, name) || bytes_eq(p->source_name, name);
}

static void explain_system(struct explaining *x, const struct match_walk *w, const struct report *r)
{
	const struct package *p = x->p;
	x->decider = -1;
	x->records = 0;
	x->is_affected = x->is_settled = false;
	match_each(w, p, explain_record, x);
	struct vuln_known known;
	match_vuln(w->ix, x->id, &known);
	buf_addf(x->out, "%.*s: %s (%zu records of %.*s)\n", BYTES_FMT(p->purl),
	         known.is_rejected ? "not affected: the id was rejected"
	         : x->is_settled   ? "not affected: it has the fix of its own minor release"
	         : x->is_affected  ? "affected"
	         : x->records == 0 ? "not affected: no advisory names this package with it"
	                           : "not affected",
	         x->records, BYTES_FMT(r->os.ns));
}

int advise_explain(const struct report *r, struct index *ix, struct bytes package,
                   struct bytes vuln_id, struct buf *ret, struct err *e)
{
	const struct distro *d = distro_by_ns(r->os.ns);
	if (!ix)
		return err_set(e, ERR_NOTFOUND, "there are no advisories");
	struct explaining x = {.d = d, .id = vuln_id, .out = ret};
	index_feeds(ix, &x.feeds);
	size_t order[INDEX_FEEDS_MAX], seen = 0;
	struct match_walk w = {.ix = ix, .ns = r->os.ns, .order = order};
	w.n_order = advise_order(ix, order);
	if (d) {
		w.mask = advise_speaks(ix, r->os.ns);
		w.streams = redhat_streams_of(r, ix);
	}
	x.has_streams = w.streams != NULL;
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		if (!is_named(p, package))
			continue;
		x.p = p;
		if (language_by_type(p->type))
			explain_language(&x, &w, r);
		else if (d)
			explain_system(&x, &w, r);
		else
			return err_set(e, ERR_NOTFOUND,
			               "there are no advisories for this image's distribution");
		seen++;
	}
	if (!seen)
		return err_set(e, ERR_NOTFOUND, "no package %.*s in the image", BYTES_FMT(package));
	return 0;
}
