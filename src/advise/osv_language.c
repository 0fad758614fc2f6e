/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv_language.c - OSV records of the packages of languages.
 *
 * A record becomes one advisory per package, however many aliases it has: they name the same
 * problem.  Its id is the CVE where the record names one, else its own; all other names stand in
 * refs, by which the matcher joins records of several publishers.  Versions that are named one by
 * one are kept beside the ranges.  A package whose record speaks of commits alone is kept too, as
 * one that cannot be judged.  What is withdrawn says nothing.
 *
 * Format: JSON, OSV schema 1.7.  Source: OSV schema, "Evaluation"; Go vulnerability database, "Go
 * Vulnerability Database API"; RustSec's and GitHub's documents on their "*_specific" members.
 */
#include "advise/language.h"

#include <stdlib.h>
#include <string.h>

#include "advise/osv.h"
#include "advise/sink.h"

struct record {
	struct feed_sink *sink;
	const struct language *lang;
	struct arena *a;
	const json_t *doc;
	struct bytes id;
	struct advisory base;
	struct vuln about;
};
struct entry_of {
	struct bytes package, systems;
	const json_t *affected;
};

/* ---- ids ---- */

static void add_ref(struct advisory *b, struct bytes own, struct bytes id)
{
	if (!id.n || bytes_eq(id, own) || bytes_eq(id, b->id) || b->n_refs == ADVISORY_REFS_MAX)
		return;
	for (size_t i = 0; i < b->n_refs; i++) {
		if (bytes_eq(b->refs[i], id))
			return;
	}
	b->refs[b->n_refs++] = id;
}

/* The first CVE of a list; *ret_n: how many it holds. */
static struct bytes cve_in(const json_t *list, size_t *ret_n)
{
	struct bytes first = {NULL, 0};
	size_t i;
	const json_t *at;
	*ret_n = 0;
	json_array_foreach(list, i, at)
	{
		struct bytes id = json_bytes(at);
		if (osv_is_cve(id) && !(*ret_n)++)
			first = id;
	}
	return first;
}

/* Own id, else an alias, else the one upstream id that is a CVE: of several none is this problem's
 * own. */
static void read_ids(struct record *r)
{
	struct advisory *b = &r->base;
	size_t n, i;
	const json_t *at;
	struct bytes cve = r->id;
	if (!osv_is_cve(cve))
		cve = cve_in(json_list(r->doc, "aliases"), &n);
	if (!cve.n) {
		cve = cve_in(json_list(r->doc, "upstream"), &n);
		if (n != 1)
			cve = (struct bytes){NULL, 0};
	}
	b->id = cve.n ? cve : r->id;
	if (!bytes_eq(b->id, r->id))
		b->ref = r->id;
	json_array_foreach(json_list(r->doc, "aliases"), i, at) add_ref(b, r->id, json_bytes(at));
}

/* ---- what a package's entry says beside versions ---- */

static bool has_text(const json_t *list, const char *text)
{
	size_t i;
	const json_t *at;
	json_array_foreach(list, i, at)
	{
		if (bytes_eq(json_bytes(at), bytes_str(text)))
			return true;
	}
	return false;
}

static void join(struct buf *b, const json_t *list, char sep)
{
	size_t i;
	const json_t *at;
	json_array_foreach(list, i, at)
	{
		struct bytes v = json_bytes(at);
		if (!v.n || bytes_find(v, ' ') >= 0)
			continue;
		if (b->n && b->p[b->n - 1] != '#')
			buf_addc(b, (uint8_t)sep);
		buf_add(b, v);
	}
}

static bool has_word(struct bytes words, struct bytes word)
{
	for (struct bytes w; bytes_word(&words, &w);) {
		if (bytes_eq(w, word))
			return true;
	}
	return false;
}

/* Adds what is not there yet. */
static void add_systems(struct buf *b, struct bytes systems)
{
	for (struct bytes w; bytes_word(&systems, &w);) {
		if (!has_word(buf_bytes(b), w))
			buf_addf(b, "%s%.*s", b->n ? " " : "", BYTES_FMT(w));
	}
}

static void list_systems(struct buf *b, const json_t *list)
{
	size_t i;
	const json_t *at;
	json_array_foreach(list, i, at) add_systems(b, json_bytes(at));
}

/* Go: "imports": [{"path", "goos": [], "symbols": []}]. */
static void read_imports(struct record *r, const json_t *imports, struct advisory *v)
{
	AUTO_BUF struct buf text;
	size_t i;
	const json_t *at;
	buf_init(&text, (size_t)OSV_IMPORTS_MAX);
	json_array_foreach(imports, i, at)
	{
		struct bytes path = json_text(at, "path");
		const json_t *symbols = json_list(at, "symbols");
		if (!path.n || bytes_find(path, ' ') >= 0)
			continue;
		size_t before = text.n;
		if (text.n)
			buf_addc(&text, ' ');
		buf_add(&text, path);
		if (json_array_size(symbols)) {
			buf_addc(&text, '#');
			join(&text, symbols, ',');
		}
		if (text.overflow) {
			text.n = before; /* the rest is left out, not cut */
			break;
		}
	}
	v->imports = text.n ? arena_dup(r->a, buf_bytes(&text)) : (struct bytes){NULL, 0};
}

/* Go: a module is affected only on some systems when every one of its packages names some; RustSec:
 * "affects": {"os": ["windows"]}.  Absent: on all. */
static struct bytes systems_of(struct record *r, const json_t *affected)
{
	const json_t *eco = json_obj(affected, "ecosystem_specific"), *at;
	AUTO_BUF struct buf b;
	size_t i;
	buf_init(&b, KIB(1));
	json_array_foreach(json_list(eco, "imports"), i, at)
	{
		if (!json_array_size(json_list(at, "goos")))
			return (struct bytes){NULL, 0};
		list_systems(&b, json_list(at, "goos"));
	}
	list_systems(&b, json_list(json_obj(eco, "affects"), "os"));
	return b.n ? arena_dup(r->a, buf_bytes(&b)) : (struct bytes){NULL, 0};
}

/* RustSec: "informational": "unmaintained". */
static void read_rust(const json_t *affected, struct advisory *v)
{
	const json_t *db = json_obj(affected, "database_specific");
	v->is_malware |= has_text(json_list(db, "categories"), "malicious");
	struct bytes word = json_text(db, "informational");
	if (word.n && word.n <= 64)
		v->detail = word;
	struct bytes vector = json_text(db, "cvss");
	if (!v->cvss.n && osv_cvss_severity(vector) != SEV_UNKNOWN)
		v->cvss = vector;
}

static void read_specific(struct record *r, const json_t *affected, struct advisory *v)
{
	const json_t *eco = json_obj(affected, "ecosystem_specific");
	if (json_list(eco, "imports"))
		read_imports(r, json_list(eco, "imports"), v);
	if (json_obj(eco, "affects"))
		read_rust(affected, v);
	/* "If any package level severity fields are set, the top level severity must not be set" */
	struct bytes vector = osv_cvss(json_list(affected, "severity"));
	if (vector.n)
		v->cvss = vector;
	enum severity own = osv_word(affected);
	if (own != SEV_UNKNOWN)
		v->severity = own;
}

/* ---- versions ---- */

/* GitHub: "last_known_affected_version_range": "< 2.0" where no fix is known: what comes from there
 * on is not said to be affected. */
static void cut_open_end(struct record *r, const json_t *affected, struct advisory *v, size_t from)
{
	struct bytes text = json_text(json_obj(affected, "database_specific"),
	                              "last_known_affected_version_range");
	bool is_last = bytes_starts(text, B("<="));
	if (!bytes_starts(text, B("<")))
		return;
	struct bytes at = bytes_trim(bytes_skip(text, is_last ? 2 : 1));
	for (size_t i = from; at.n && i < v->n_ranges; i++) {
		struct advisory_range *g = &v->ranges[i];
		if (g->fixed.n || g->last_affected.n || g->limit.n)
			continue;
		if (is_last)
			g->last_affected = at;
		else
			g->limit = at;
	}
	(void)r;
}

/* Those of "versions" that no range holds. */
static void read_versions(struct record *r, const json_t *list, struct buf *b, uint64_t *n,
                          const struct advisory *v)
{
	size_t i;
	const json_t *at;
	json_array_foreach(list, i, at)
	{
		struct bytes version = json_bytes(at);
		if (!version.n || osv_is_covered(r->lang->d.order, v, version))
			continue;
		cbor_bytes(b, version);
		(*n)++;
	}
}

/* All that n entries say of one package. */
static int read_package(struct record *r, const struct entry_of *en, size_t n, struct advisory *v,
                        struct err *e)
{
	AUTO_BUF struct buf versions;
	uint64_t n_versions = 0;
	bool has_other = false; /* commits, or what the schema does not have */
	buf_init(&versions, (size_t)FEED_RECORD_MAX);
	v->ns = bytes_str(r->lang->d.ns);
	v->package = en->package;
	v->systems = en->systems;
	for (size_t i = 0; i < n; i++) {
		size_t j, before = v->n_ranges;
		const json_t *range, *affected = en[i].affected;
		json_array_foreach(json_list(affected, "ranges"), j, range)
		{
			has_other |= !osv_range_is_versions(range);
			if (osv_range(r->a, r->lang->d.order, range, v, e) < 0)
				return -1;
		}
		cut_open_end(r, affected, v, before);
		read_specific(r, affected, v);
	}
	for (size_t i = 0; i < n; i++)
		read_versions(r, json_list(en[i].affected, "versions"), &versions, &n_versions, v);
	if (n_versions) {
		AUTO_BUF struct buf all;
		buf_init(&all, (size_t)FEED_RECORD_MAX + 16);
		cbor_array(&all, n_versions);
		buf_add(&all, buf_bytes(&versions));
		v->versions = arena_dup(r->a, buf_bytes(&all));
	}
	v->is_unmatchable = has_other && !v->n_ranges && !n_versions;
	return 0;
}

/* ---- records ---- */

static int put_package(struct record *r, const struct entry_of *en, size_t n, struct err *e)
{
	struct advisory v = r->base;
	if (read_package(r, en, n, &v, e) < 0)
		return -1;
	if (!v.n_ranges && !v.versions.n && !v.is_unmatchable)
		return 0; /* no version is affected */
	if (v.severity == SEV_UNKNOWN)
		v.severity = osv_cvss_severity(v.cvss);
	if (v.severity == SEV_UNKNOWN && v.detail.n)
		v.severity = SEV_NEGLIGIBLE; /* informational: no hole by itself */
	if (r->about.severity == SEV_UNKNOWN) {
		r->about.severity = v.severity;
		r->about.cvss = v.cvss;
	}
	return feed_put(r->sink, &v, e);
}

static int by_package(const void *x, const void *y)
{
	const struct entry_of *a = x, *b = y;
	int d = bytes_cmp(a->package, b->package);
	if (d == 0)
		d = bytes_cmp(a->systems, b->systems);
	return d ? d : (a->affected > b->affected) - (a->affected < b->affected);
}

static bool is_same(const struct entry_of *a, const struct entry_of *b)
{
	return bytes_eq(a->package, b->package) && bytes_eq(a->systems, b->systems);
}

static int read_affected(struct record *r, const json_t *list, struct err *e)
{
	size_t n = 0, i;
	const json_t *at;
	struct entry_of *en = arena_alloc(r->a, (json_array_size(list) + 1) * sizeof *en);
	json_array_foreach(list, i, at)
	{
		const json_t *package = json_obj(at, "package");
		struct bytes name = json_text(package, "name");
		if (language_by_osv(json_text(package, "ecosystem")) != r->lang)
			continue;
		if (!name.n)
			return err_set(e, ERR_FORMAT, "a package of %s without a name",
			               r->lang->osv);
		en[n++] = (struct entry_of){language_name(r->lang, name, r->a), systems_of(r, at),
		                            at};
	}
	if (n)
		qsort(en, n, sizeof *en, by_package);
	for (size_t from = 0, to, turn = 0; from < n; from = to) {
		for (to = from + 1; to < n && is_same(&en[from], &en[to]); to++)
			;
		turn = from && bytes_eq(en[from].package, en[from - 1].package) ? turn + 1 : 0;
		/* what tells the records of one package for several systems apart in the index */
		r->base.module =
			turn ? bytes_str(arena_printf(r->a, "%zu", turn)) : (struct bytes){NULL, 0};
		if (put_package(r, &en[from], to - from, e) < 0)
			return -1;
	}
	return 0;
}

/* What is known of the problem whatever the package; one that says less than another must not win
 * by its date. */
static int put_about(struct record *r, struct err *e)
{
	struct vuln *v = &r->about;
	if (r->base.is_malware || (v->severity == SEV_UNKNOWN && !v->title.n))
		return 0;
	v->id = r->base.id;
	v->modified_s = v->severity == SEV_UNKNOWN ? 0 : r->base.modified_s;
	return feed_put_vuln(r->sink, v, e);
}

static int read_record(struct feed_sink *s, const json_t *doc, struct err *e)
{
	struct record r = {.sink = s, .a = feed_arena(s), .doc = doc};
	const json_t *affected = json_object_get(doc, "affected");
	r.lang = language_by_feed(feed_sink_feed(s)->id);
	r.id = json_text(doc, "id");
	if (!r.id.n)
		return err_set(e, ERR_FORMAT, "a record without id");
	if (affected && !json_is_array(affected) && !json_is_null(affected))
		return err_set(e, ERR_FORMAT, "%.*s: \"affected\" is no list",
		               BYTES_FMT(bytes_slice(r.id, 0, 60)));
	int64_t at_s;
	if (clock_parse(json_text(doc, "modified"), &at_s) && at_s > 0) {
		r.base.modified_s = at_s;
		feed_dated(s, at_s);
	}
	if (feed_speaks(s, bytes_str(r.lang->d.ns), e) < 0)
		return -1;
	/* OSV schema, "withdrawn": "If the field is missing, then the entry has not been
	 * withdrawn." A title that begins with "Withdrawn" is text: it takes nothing back. */
	if (json_text(doc, "withdrawn").n)
		return 0;
	read_ids(&r);
	r.base.is_malware = bytes_starts(r.id, B("MAL-"));
	r.base.severity = osv_word(doc);
	r.base.cvss = osv_cvss(json_list(doc, "severity"));
	r.about.severity = r.base.severity;
	r.about.cvss = r.base.cvss;
	r.about.title = json_text(doc, "summary");
	if (read_affected(&r, affected, e) < 0 || put_about(&r, e) < 0)
		return err_wrap(e, "%.*s", BYTES_FMT(bytes_slice(r.id, 0, 60)));
	return 0;
}

int osv_language_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return osv_each(doc, s, read_record, e);
}

/* ---- recognition ---- */

uint32_t osv_languages_of(struct bytes text)
{
	size_t n;
	const struct language *all = languages(&n);
	uint32_t mask = 0;
	for (struct bytes rest = text, name; osv_next_text(&rest, B("\"ecosystem\""), &name);) {
		const struct language *l = language_by_osv(name);
		if (l)
			mask |= UINT32_C(1) << (l - all);
	}
	return mask;
}

int osv_language_recognise(const struct feed_doc *doc, const char *feed)
{
	size_t n;
	const struct language *l = language_by_feed(feed), *all = languages(&n);
	if (!osv_looks(doc))
		return 0;
	uint32_t mask = osv_languages_of(doc->head);
	return mask & UINT32_C(1) << (l - all) ? 40 : 0;
}
