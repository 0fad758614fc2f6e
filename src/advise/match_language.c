/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_language.c - packages of languages against advisories.
 *
 * Several publishers speak of one problem, each under an id of its own: records of a package that
 * share any id are one group, and a group is one finding.  It is affected when any of its records
 * says so.  The finding bears the CVE where the group has one.
 */
#include "advise/match.h"

#include <stdlib.h>
#include <string.h>

#include "advise/language.h"
#include "advise/nvd.h"

/* One record of the package at hand. */
struct seen {
	struct bytes cbor;
	size_t feed;
	const struct language *lang; /* whose order the record's versions have */
	struct match_result res;
	bool is_malware, is_unmatchable;
	size_t group; /* union-find: parent */
};

struct matching {
	struct report *r;
	const struct match_walk *walks;    /* by row of language.c */
	const struct language *lang, *own; /* that is asked, of the package */
	const struct package *p;
	const struct index_feed *feeds;
	struct bytes version;
	struct seen *seen;
	size_t n, cap;
	struct map *by_id; /* id → number of the record that named it first */
	struct arena *scratch;
	struct match_commits *commits;
};

/* ---- one record ---- */

static bool names_version(const struct language *l, const struct advisory *a, struct bytes v)
{
	struct cbor c = cbor_of(a->versions);
	struct bytes one;
	uint64_t n;
	if (!a->versions.n || !cbor_get_array(&c, &n))
		return false;
	for (uint64_t i = 0; i < n && cbor_get_bytes(&c, &one); i++) {
		if (version_cmp(l->d.order, one, v) == 0)
			return true;
	}
	return false;
}

static bool is_on(struct bytes systems, struct bytes system)
{
	for (struct bytes w; bytes_word(&systems, &w);) {
		if (bytes_eq(w, system) ||
		    (bytes_eq(w, B("unix")) && !bytes_eq(system, B("windows"))))
			return true;
	}
	return false;
}

static struct bytes system_of(const struct report *r)
{
	struct bytes head, tail;
	bytes_cut(r->image.platform, '/', &head, &tail);
	return head.n ? head : B("linux");
}

struct match_result match_language_one(const struct language *l, struct bytes version,
                                       const struct advisory *a, const struct report *r)
{
	struct match_result res = {.why = MATCH_FIXED, .version = version};
	if (a->is_unmatchable)
		res.why = MATCH_UNMATCHABLE;
	else if (a->status == STATUS_NOT_AFFECTED)
		res.why = MATCH_NOT_AFFECTED;
	else if (a->systems.n && !is_on(a->systems, system_of(r)))
		res.why = MATCH_OTHER_SYSTEM;
	else if (a->needs.n && !nvd_needs_met(r, a->needs))
		res.why = MATCH_OTHER_PLACE;
	if (res.why != MATCH_FIXED)
		return res;
	for (size_t i = 0; i < a->n_ranges; i++) {
		res.range = a->ranges[i];
		res.why = match_range(l->d.order, version, &res.range);
		if (res.why == MATCH_AFFECTED)
			return res;
	}
	if (names_version(l, a, version)) {
		res.range =
			(struct advisory_range){.introduced = version, .last_affected = version};
		res.why = MATCH_AFFECTED;
	}
	return res;
}

/* ---- groups ---- */

static size_t root_of(struct matching *m, size_t i)
{
	while (m->seen[i].group != i)
		i = m->seen[i].group = m->seen[m->seen[i].group].group;
	return i;
}

/* The lower number stays the root, so that groups come in the order of their first records. */
static void add_id(struct matching *m, struct bytes id, size_t i)
{
	bool is_new;
	if (!id.n)
		return;
	union map_value *slot = map_put(m->by_id, id, &is_new);
	if (is_new) {
		slot->u = i;
		return;
	}
	size_t a = root_of(m, (size_t)slot->u), b = root_of(m, i);
	m->seen[MAX_OF(a, b)].group = MIN_OF(a, b);
}

static void add_record(struct matching *m, size_t feed, struct bytes cbor, const struct advisory *a)
{
	size_t i = m->n;
	m->seen = mem_grow(m->seen, &m->cap, m->n + 1, sizeof *m->seen);
	m->seen[m->n++] = (struct seen){
		.cbor = cbor,
		.feed = feed,
		.lang = m->lang,
		.res = match_language_one(m->lang, m->version, a, m->r),
		.is_malware = a->is_malware,
		.is_unmatchable = a->is_unmatchable,
		.group = i,
	};
	add_id(m, a->id, i);
	add_id(m, a->ref, i);
	for (size_t k = 0; k < a->n_refs; k++)
		add_id(m, a->refs[k], i);
}

void match_language_each(const struct match_walk *w, struct bytes name, match_language_fn *fn,
                         void *arg)
{
	struct advisory a;
	for (size_t i = 0; i < w->n_order; i++) {
		struct bytes value, item;
		uint64_t n;
		if (!(w->mask & FEED_BIT(w->order[i])) ||
		    !index_advisories(w->ix, w->order[i], w->ns, name, &value))
			continue;
		struct cbor c = cbor_of(value);
		if (!cbor_get_array(&c, &n))
			continue;
		for (uint64_t k = 0; k < n && cbor_get_item(&c, &item); k++) {
			if (advisory_decode(item, &a))
				fn(arg, w->order[i], item, &a);
		}
	}
}

static void on_record(void *arg, size_t feed, struct bytes cbor, const struct advisory *a)
{
	add_record(arg, feed, cbor, a);
}

/* ---- a group as a finding ---- */

/* GitHub's word first, for it is the one that is reviewed; then each publisher's own. */
static int weight(struct bytes publisher) { return bytes_eq(publisher, B("ghsa")) ? 2 : 1; }

static struct bytes record_id(const struct advisory *a) { return a->ref.n ? a->ref : a->id; }

struct joined {
	struct finding *f;
	int weight;    /* of whose severity stands there */
	int id_weight; /* of the id */
	struct bytes fixed;
	bool has_open_end;
	size_t records;
};

/* CVE before MAL (where it is one) before GHSA before the others. */
static int id_weight(struct bytes id, bool is_malware)
{
	if (bytes_starts(id, B("CVE-")))
		return 4;
	if (is_malware && bytes_starts(id, B("MAL-")))
		return 3;
	return bytes_starts(id, B("GHSA-")) ? 2 : 1;
}

static void take_id(struct matching *m, struct joined *j, struct bytes id)
{
	int w = id_weight(id, j->f->check == CHECK_MALWARE);
	bool is_known = bytes_eq(j->f->id, id);
	for (size_t i = 0; i < j->f->references.n && !is_known; i++)
		is_known = bytes_eq(j->f->references.v[i], id);
	if (!is_known)
		list_add(m->r, &j->f->references, id);
	if (w <= j->id_weight)
		return;
	j->id_weight = w;
	j->f->id = arena_dup(m->r->arena, id);
}

static void take_severity(struct matching *m, struct joined *j, const struct advisory *a)
{
	struct bytes publisher = language_publisher(record_id(a));
	int w = weight(publisher);
	if (a->severity == SEV_UNKNOWN || w <= j->weight)
		return;
	j->weight = w;
	j->f->severity = a->severity;
	j->f->severity_source = publisher;
	if (a->cvss.n)
		j->f->cvss_vector = arena_dup(m->r->arena, a->cvss);
}

/* What of the record's ranges holds the fixed version again is not fixed by it. */
static struct bytes settled_fix(const struct language *l, const struct advisory *a,
                                struct bytes fixed)
{
	for (size_t turn = 0; fixed.n && turn <= a->n_ranges; turn++) {
		const struct advisory_range *held = NULL;
		for (size_t i = 0; i < a->n_ranges && !held; i++) {
			if (match_range(l->d.order, fixed, &a->ranges[i]) == MATCH_AFFECTED)
				held = &a->ranges[i];
		}
		if (!held)
			return fixed;
		fixed = held->fixed;
	}
	return fixed;
}

static void take_fix(struct matching *m, struct joined *j, const struct seen *s,
                     const struct advisory *a)
{
	struct bytes fixed = settled_fix(s->lang, a, s->res.range.fixed);
	if (!fixed.n) {
		j->has_open_end = true;
		return;
	}
	if (j->fixed.n && version_cmp(s->lang->d.order, fixed, j->fixed) <= 0)
		return;
	j->fixed = arena_dup(m->r->arena, fixed);
}

/* "net/http (Server.Serve, ...)": where in a Go module the fault is. */
static void say_imports(struct buf *b, struct bytes imports)
{
	size_t n = 0;
	for (struct bytes w, path, symbols; bytes_word(&imports, &w) && n < 3; n++) {
		bytes_cut(w, '#', &path, &symbols);
		buf_addf(b, "%s%.*s", n ? ", " : "; the fault is in ", BYTES_FMT(path));
		struct bytes one;
		for (size_t k = 0; k < 3 && bytes_split(&symbols, ',', &one); k++)
			buf_addf(b, "%s%.*s", k ? ", " : " (", BYTES_FMT(one));
		if (bytes_find(w, '#') >= 0)
			buf_adds(b, symbols.n ? ", ...)" : ")");
	}
	if (imports.n)
		buf_adds(b, ", ...");
}

static bool is_of_nvd(const struct seen *s) { return strcmp(s->lang->d.ns, NVD_NS) == 0; }

/* By which name NVD knows the program, and what else it asks for. */
static void say_product(struct matching *m, struct buf *b, const struct advisory *a)
{
	struct cpe c;
	if (cpe_parse(m->p->cpe, m->scratch, &c, NULL) == 0)
		buf_addf(b, ", by its name %.*s", BYTES_FMT(cpe_product(&c, m->scratch)));
	if (a->needs.n)
		buf_adds(b, ", together with what else is in the image");
}

static void say_reason(struct matching *m, struct finding *f, const struct seen *s,
                       const struct advisory *a)
{
	const struct advisory_range *g = &s->res.range;
	const char *where = s->lang->d.title;
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(16));
	buf_addf(&b, "%.*s %.*s ", BYTES_FMT(m->p->name), BYTES_FMT(m->p->version));
	if (a->is_malware)
		buf_adds(&b, "is malware: ");
	if (g->fixed.n)
		buf_addf(&b, "is older than %.*s, the first version without it in %s",
		         BYTES_FMT(g->fixed), where);
	else if (g->last_affected.n && bytes_eq(g->last_affected, g->introduced))
		buf_addf(&b, "is named as affected in %s", where);
	else if (g->last_affected.n)
		buf_addf(&b, "is not newer than %.*s, the last affected version in %s",
		         BYTES_FMT(g->last_affected), where);
	else if (g->limit.n)
		buf_addf(&b, "is older than %.*s, where what is known as affected ends in %s",
		         BYTES_FMT(g->limit), where);
	else
		buf_addf(&b, "is affected in %s, and no fixed version is known", where);
	if (g->introduced.n && !bytes_eq(g->last_affected, g->introduced))
		buf_addf(&b, ", affected from %.*s on", BYTES_FMT(g->introduced));
	if (a->detail.n)
		buf_addf(&b, ", informational (%.*s)", BYTES_FMT(a->detail));
	say_imports(&b, a->imports);
	if (is_of_nvd(s))
		say_product(m, &b, a);
	f->reason = arena_dup(m->r->arena, buf_bytes(&b));
}

static void say_source(struct matching *m, struct finding *f, const struct seen *s,
                       const struct advisory *a)
{
	char day[11];
	int64_t date_s = a->modified_s ? a->modified_s : m->feeds[s->feed].data_s;
	f->source.feed = arena_dup(m->r->arena, m->feeds[s->feed].name);
	f->source.advisory = arena_dup(m->r->arena, record_id(a));
	if (!date_s)
		return;
	clock_format_day(date_s, day);
	f->source.date = arena_dup(m->r->arena, bytes_str(day));
}

static struct finding *new_finding(struct matching *m, bool is_malware)
{
	struct finding *f = report_finding(m->r);
	f->check = is_malware ? CHECK_MALWARE : CHECK_VULNERABILITY;
	f->package = m->p->purl;
	f->package_name = m->p->name;
	f->installed = m->p->version;
	f->has_status = true;
	f->location.layer = m->p->layer;
	f->location.path = m->p->paths.n ? m->p->paths.v[0] : (struct bytes){NULL, 0};
	return f;
}

/* What is known of the problem by any of its ids.  false: its id was rejected. */
static bool take_known(struct matching *m, struct joined *j)
{
	struct finding *f = j->f;
	struct vuln_known known;
	match_vuln(m->walks->ix, f->id, &known);
	if (known.is_rejected)
		return false;
	f->title = arena_dup(m->r->arena, known.title);
	f->is_kev = known.is_kev;
	f->epss = known.has_epss ? known.epss : -1;
	if (f->severity == SEV_UNKNOWN && known.severity != SEV_UNKNOWN) {
		f->severity = known.severity;
		f->severity_source = arena_dup(m->r->arena, known.severity_source);
	}
	match_set_cvss(f, f->cvss_vector.n ? f->cvss_vector : arena_dup(m->r->arena, known.cvss));
	for (size_t i = 0; i < f->references.n; i++) {
		match_vuln(m->walks->ix, f->references.v[i], &known);
		f->is_kev |= known.is_kev;
		if (known.has_epss && known.epss > f->epss)
			f->epss = known.epss;
		if (!f->title.n)
			f->title = arena_dup(m->r->arena, known.title);
	}
	return true;
}

/* The id itself is no reference of its own. */
static void drop_own_id(struct finding *f)
{
	size_t n = 0;
	for (size_t i = 0; i < f->references.n; i++) {
		if (!bytes_eq(f->references.v[i], f->id))
			f->references.v[n++] = f->references.v[i];
	}
	f->references.n = n;
}

static void finish_group(struct matching *m, struct joined *j)
{
	struct finding *f = j->f;
	drop_own_id(f);
	if (j->fixed.n && !j->has_open_end)
		f->fixed = j->fixed;
	f->status = f->fixed.n ? STATUS_FIXED : STATUS_AFFECTED;
	if (f->check == CHECK_MALWARE && f->severity == SEV_UNKNOWN) {
		f->severity = SEV_CRITICAL;
		f->severity_source = language_publisher(f->id);
	}
	if (!take_known(m, j))
		m->r->n_findings--;
}

/* Who looks after a product knows it better than NVD's names: where both speak, NVD is not asked.
 */
static void shadow_nvd(struct matching *m, size_t root)
{
	bool is_known = false;
	for (size_t i = root; i < m->n; i++)
		is_known |= root_of(m, i) == root && !is_of_nvd(&m->seen[i]) &&
		            !m->seen[i].is_unmatchable;
	for (size_t i = root; is_known && i < m->n; i++) {
		if (root_of(m, i) == root && is_of_nvd(&m->seen[i]))
			m->seen[i].res.why = MATCH_SHADOWED;
	}
}

/* Is the group a finding?  Where only commits are known, it is counted instead. */
static bool group_is_affected(struct matching *m, size_t root, bool *ret_malware)
{
	bool is_affected = false, is_decided = false;
	size_t commits = m->n;
	struct advisory a;
	*ret_malware = false;
	shadow_nvd(m, root);
	for (size_t i = root; i < m->n; i++) {
		const struct seen *s = &m->seen[i];
		if (root_of(m, i) != root)
			continue;
		bool is_hit = s->res.why == MATCH_AFFECTED;
		is_affected |= is_hit;
		*ret_malware |= is_hit && s->is_malware;
		is_decided |= !s->is_unmatchable;
		if (s->is_unmatchable)
			commits = i;
	}
	if (!is_affected && !is_decided && commits < m->n && m->commits->n++ == 0 &&
	    advisory_decode(m->seen[commits].cbor, &a))
		m->commits->first = record_id(&a);
	return is_affected;
}

static void join_record(struct matching *m, struct joined *j, const struct seen *s)
{
	struct advisory a;
	if (!advisory_decode(s->cbor, &a))
		return;
	take_id(m, j, a.id);
	take_id(m, j, record_id(&a));
	for (size_t k = 0; k < a.n_refs; k++)
		take_id(m, j, a.refs[k]);
	take_severity(m, j, &a);
	if (s->res.why != MATCH_AFFECTED)
		return;
	struct bytes before = j->fixed;
	take_fix(m, j, s, &a);
	if (j->records++ == 0 || !bytes_eq(before, j->fixed)) {
		say_reason(m, j->f, s, &a);
		say_source(m, j->f, s, &a);
	}
}

static void join_group(struct matching *m, size_t root)
{
	struct joined j = {.f = NULL};
	bool is_malware;
	if (!group_is_affected(m, root, &is_malware))
		return;
	j.f = new_finding(m, is_malware);
	for (size_t i = root; i < m->n; i++) {
		if (root_of(m, i) == root)
			join_record(m, &j, &m->seen[i]);
	}
	finish_group(m, &j);
}

static void match_package(struct matching *m, const struct package *p)
{
	size_t n;
	const struct language *all = languages(&n);
	m->p = p;
	m->n = 0;
	m->scratch = arena_new();
	m->by_id = map_new();
	for (m->lang = m->own; m->lang; m->lang = language_also(m->own, m->lang)) {
		struct language_question q;
		if (!language_ask(m->lang, p, m->scratch, &q))
			continue;
		m->version = q.version;
		match_language_each(&m->walks[m->lang - all], q.name, on_record, m);
		/* indexes made before names of Go were folded have them as they are written */
		if (strcmp(m->lang->d.ns, "golang") == 0 && !bytes_eq(q.name, p->name))
			match_language_each(&m->walks[m->lang - all], p->name, on_record, m);
	}
	for (size_t i = 0; i < m->n; i++) {
		if (root_of(m, i) == i)
			join_group(m, i);
	}
	map_free(m->by_id);
	arena_free(m->scratch);
}

void match_commits_row(struct report *r, const struct match_commits *c)
{
	if (c->n)
		report_cover(r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "advisories.commits",
		                               .layer = -1},
		             "%zu advisories for installed packages name commits and no versions "
		             "(%.*s first): whether they concern the image is not known",
		             c->n, BYTES_FMT(c->first));
}

void match_languages(struct report *r, const struct match_walk *base, struct match_commits *commits)
{
	size_t n;
	const struct language *all = languages(&n);
	struct match_walk walks[LANGUAGES_MAX];
	struct matching m = {.r = r, .walks = walks, .commits = commits};
	index_feeds(base->ix, &m.feeds);
	for (size_t i = 0; i < n; i++) {
		walks[i] = *base;
		walks[i].ns = bytes_str(all[i].d.ns);
		walks[i].mask = advise_speaks(base->ix, walks[i].ns);
	}
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		m.own = language_by_type(p->type);
		if (m.own && package_is_judged(p) && language_version_is_known(p->version))
			match_package(&m, p);
	}
	free(m.seen);
}
