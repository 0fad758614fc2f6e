/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv.c - OSV records of distributions.
 *
 * A record becomes one advisory per package and CVE: a CVE is named by the record's own id (also
 * behind a mark: UBUNTU-CVE-...), else by its aliases and upstream ids, else by the related ones,
 * where bulletins have theirs.  A record that names no CVE keeps its own id.  What is withdrawn
 * says nothing.
 *
 * Format: JSON, OSV schema 1.7.  Source: OSV schema, "affected[].ranges[].events fields" and
 * "Evaluation"; samples of each publisher.
 */
#include "advise/osv.h"

#include <stdlib.h>
#include <string.h>

#include "advise/match.h"
#include "advise/sink.h"

struct record {
	struct feed_sink *sink;
	struct arena *a;
	const json_t *doc;
	const struct distro *distro; /* of the namespace at hand */
	struct bytes id;
	struct bytes *cves;
	size_t n_cves;
	struct bytes module;  /* "nodejs:16" as the title says */
	struct advisory base; /* what all its advisories share */
	uint64_t put;
};

/* One element of "affected" that speaks of a release we know. */
struct entry_of {
	struct bytes package;
	struct osv_release release;
	const struct osv_ecosystem *eco;
	const json_t *affected;
	bool has_fix;
};

/* ---- severity ---- */

static struct bytes vector_of(const json_t *severities, const char *type)
{
	size_t i;
	const json_t *s;
	json_array_foreach(severities, i, s)
	{
		struct bytes score = json_text(s, "score");
		if (bytes_eq(json_text(s, "type"), bytes_str(type)) &&
		    score.n <= (size_t)CVSS_LEN_MAX)
			return score;
	}
	return (struct bytes){NULL, 0};
}

struct bytes osv_cvss(const json_t *severities)
{
	static const char *const types[] = {"CVSS_V3", "CVSS_V4", "CVSS_V2"};
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct bytes v = vector_of(severities, types[i]);
		struct cvss c;
		struct err ignored;
		if (v.n && cvss_score(v, &c, &ignored) == 0)
			return v;
	}
	return (struct bytes){NULL, 0};
}

enum severity osv_cvss_severity(struct bytes vector)
{
	struct cvss c;
	struct err ignored;
	enum severity ret = SEV_UNKNOWN;
	if (vector.n && cvss_score(vector, &c, &ignored) == 0)
		severity_parse(bytes_str(cvss_rating(c.version, c.base)), &ret);
	return ret;
}

/* A word of the publisher's, wherever it stands: of more weight than what a vector gives. */
enum severity osv_word(const json_t *at)
{
	static const char *const names[] = {"severity", "ubuntu_priority", "urgency"};
	static const char *const folders[] = {"ecosystem_specific", "database_specific"};
	enum severity ret = SEV_UNKNOWN;
	for (size_t f = 0; f < ARRAY_LEN(folders); f++) {
		const json_t *in = json_obj(at, folders[f]);
		for (size_t i = 0; in && i < ARRAY_LEN(names); i++) {
			if (severity_parse(json_text(in, names[i]), &ret))
				return ret;
		}
	}
	severity_parse(vector_of(json_list(at, "severity"), "Ubuntu"), &ret);
	return ret;
}

/* "Moderate: nodejs:16 security update": the severity, and the module stream where there is one. */
static void read_title(struct record *r)
{
	struct bytes word, rest, stream;
	enum severity s;
	if (!bytes_cut(json_text(r->doc, "summary"), ':', &word, &rest) ||
	    !severity_parse(word, &s))
		return;
	r->base.severity = s;
	struct bytes name, tail;
	if (bytes_word(&rest, &stream) && bytes_cut(stream, ':', &name, &tail) && name.n && tail.n)
		r->module = stream;
}

static void read_severity(struct record *r)
{
	struct bytes vector = osv_cvss(json_list(r->doc, "severity"));
	if (r->base.severity == SEV_UNKNOWN)
		r->base.severity = osv_word(r->doc);
	if (r->base.severity == SEV_UNKNOWN)
		r->base.severity = osv_cvss_severity(vector);
	if (r->n_cves <= 1)
		r->base.cvss = vector; /* of several it would be nobody's own */
}

/* ---- ids ---- */

static struct bytes bare_cve(struct bytes id)
{
	const struct osv_prefix *p = osv_prefix(id);
	if (p && p->use == OSV_CVE)
		id = bytes_skip(id, strlen(p->text) - strlen("CVE-"));
	return id;
}

bool osv_is_cve(struct bytes id)
{
	return bytes_starts(id, B("CVE-")) && id.n > strlen("CVE-") && is_digit(id.p[4]);
}

static void add_id(struct record *r, struct bytes id)
{
	for (size_t i = 0; i < r->n_cves; i++) {
		if (bytes_eq(r->cves[i], id))
			return;
	}
	r->cves[r->n_cves++] = id;
}

static void add_ref(struct record *r, struct bytes id)
{
	struct advisory *b = &r->base;
	for (size_t i = 0; i < b->n_refs; i++) {
		if (bytes_eq(b->refs[i], id))
			return;
	}
	if (b->n_refs < ADVISORY_REFS_MAX && !bytes_eq(id, r->id))
		b->refs[b->n_refs++] = id;
}

/* CVEs of one list of ids; the others are references. */
static int read_list(struct record *r, const char *name, bool with_cves, struct err *e)
{
	size_t i;
	const json_t *v;
	json_array_foreach(json_list(r->doc, name), i, v)
	{
		struct bytes id = json_bytes(v), cve = bare_cve(id);
		if (!id.n)
			continue;
		if (!osv_is_cve(cve)) {
			add_ref(r, id);
			continue;
		}
		if (!with_cves)
			continue;
		if (r->n_cves >= (size_t)OSV_CVES_MAX)
			return err_set(e, ERR_LIMIT, "%.*s names more than %lld vulnerabilities",
			               BYTES_FMT(bytes_slice(r->id, 0, 60)),
			               (long long)OSV_CVES_MAX);
		add_id(r, cve);
	}
	return 0;
}

static int read_ids(struct record *r, struct err *e)
{
	r->cves = arena_alloc(r->a, (size_t)OSV_CVES_MAX * sizeof *r->cves);
	struct bytes own = bare_cve(r->id);
	if (osv_is_cve(own))
		add_id(r, own);
	bool is_open = r->n_cves == 0;
	if (read_list(r, "aliases", is_open, e) < 0 || read_list(r, "upstream", is_open, e) < 0 ||
	    read_list(r, "related", r->n_cves == 0, e) < 0)
		return -1;
	return 0;
}

/* ---- packages ---- */

static bool any_fix(const json_t *affected)
{
	size_t i, j;
	const json_t *range, *event;
	json_array_foreach(json_list(affected, "ranges"), i, range)
	{
		json_array_foreach(json_list(range, "events"), j, event)
		{
			if (json_text(event, "fixed").n)
				return true;
		}
	}
	return false;
}

/* Kernels of a special interest group, known by the distro of the purl, are no update of the
 * distribution's own: "rocky-linux-8-sig-cloud". */
static bool is_special(const json_t *package)
{
	return bytes_search(json_text(package, "purl"), B("-sig-")) >= 0;
}

static bool is_of(const struct osv_ecosystem *eco, const char *feed)
{
	return strcmp(eco->feed, feed) == 0 ||
	       (eco->bulletins && strcmp(eco->bulletins, feed) == 0);
}

static int read_entry(struct record *r, const json_t *affected, struct entry_of *ret, struct err *e)
{
	const json_t *package = json_obj(affected, "package");
	struct bytes text = json_text(package, "ecosystem"), release;
	*ret = (struct entry_of){.package = json_text(package, "name"), .affected = affected};
	if (!json_is_object(affected))
		return err_set(e, ERR_FORMAT, "an element of \"affected\" is no object");
	ret->eco = osv_ecosystem(text, &release);
	if (!ret->eco || is_special(package) || !is_of(ret->eco, feed_sink_feed(r->sink)->id))
		return 0;
	if (!ret->package.n)
		return err_set(e, ERR_FORMAT, "a package of %.*s without a name",
		               BYTES_FMT(bytes_slice(text, 0, 60)));
	ret->eco->release(ret->eco, release, r->a, &ret->release);
	ret->has_fix = any_fix(affected);
	return 0;
}

static int by_package(const void *x, const void *y)
{
	const struct entry_of *a = x, *b = y;
	int d = bytes_cmp(a->release.ns, b->release.ns);
	return d ? d : bytes_cmp(a->package, b->package);
}

/* Debian's own words for what it will not fix. */
static void read_urgency(const json_t *affected, struct advisory *v)
{
	struct bytes word = json_text(json_obj(affected, "ecosystem_specific"), "urgency");
	if (bytes_eq(word, B("unimportant")))
		v->detail = word;
	if (bytes_eq(word, B("end-of-life")))
		v->status = STATUS_END_OF_LIFE;
}

/* A word of the package's counts for more than the record's; a vector stands where the record has
 * none ("If any package level severity fields are set, the top level severity must not be set"). */
static void read_own_severity(struct record *r, const json_t *affected, struct advisory *v)
{
	enum severity own = osv_word(affected);
	struct bytes vector = osv_cvss(json_list(affected, "severity"));
	if (own == SEV_UNKNOWN && v->severity == SEV_UNKNOWN)
		own = osv_cvss_severity(vector);
	if (own != SEV_UNKNOWN)
		v->severity = own;
	if (vector.n && !v->cvss.n && r->n_cves <= 1)
		v->cvss = vector;
}

/* All that n entries say of one package of one release, as one advisory.  Where a release is named
 * by itself and by its paid extension, the one with a fix decides, the free one first; a fix that
 * must be paid for is marked. */
static int read_package(struct record *r, const struct entry_of *en, size_t n, struct advisory *v,
                        struct err *e)
{
	bool has_free_fix = false, has_paid_fix = false, has_other = false;
	v->ns = en->release.ns;
	v->package = en->package;
	v->by_binary = en->eco->by_binary;
	for (size_t i = 0; i < n; i++) {
		has_free_fix |= en[i].has_fix && !en[i].release.is_paid;
		has_paid_fix |= en[i].has_fix && en[i].release.is_paid;
	}
	if (has_paid_fix && !has_free_fix)
		v->detail = B(ADVISORY_PAID);
	for (size_t i = 0; i < n; i++) {
		const json_t *affected = en[i].affected;
		if (n > 1 &&
		    (has_free_fix ? en[i].release.is_paid : has_paid_fix && !en[i].has_fix))
			continue;
		read_own_severity(r, affected, v);
		read_urgency(affected, v);
		size_t j;
		const json_t *range;
		json_array_foreach(json_list(affected, "ranges"), j, range)
		{
			has_other |= !osv_range_is_versions(range);
			if (osv_range(r->a, r->distro->order, range, v, e) < 0)
				return -1;
		}
		if (osv_versions(r->distro->order, json_list(affected, "versions"), v, e) < 0)
			return -1;
	}
	v->is_unmatchable = has_other && !v->n_ranges;
	return 0;
}

static bool is_modular(const struct advisory *v)
{
	return v->n_ranges && bytes_search(v->ranges[0].fixed, B(".module")) >= 0;
}

static int put_package(struct record *r, const struct entry_of *en, size_t n, struct err *e)
{
	struct advisory v = r->base;
	r->distro = distro_by_ns(en->release.ns);
	if (!r->distro)
		return 0;
	if (feed_speaks(r->sink, en->release.ns, e) < 0 || read_package(r, en, n, &v, e) < 0)
		return -1;
	for (size_t i = 0; i < n && en->eco->has_binaries; i++) {
		if (osv_binaries(r->sink, v.ns, v.package, en[i].affected, e) < 0)
			return -1;
	}
	if (v.n_ranges == 0 && !v.is_unmatchable)
		return 0; /* no version is affected */
	if (is_modular(&v))
		v.module = r->module;
	for (size_t i = 0; i < r->n_cves; i++) {
		if (++r->put > (uint64_t)OSV_PAIRS_MAX)
			return err_set(e, ERR_LIMIT, "%.*s: more than %lld pairs",
			               BYTES_FMT(bytes_slice(r->id, 0, 60)),
			               (long long)OSV_PAIRS_MAX);
		v.id = r->cves[i];
		if (!bytes_eq(r->id, v.id))
			v.ref = r->id;
		if (feed_put(r->sink, &v, e) < 0)
			return -1;
	}
	return 0;
}

static int read_affected(struct record *r, const json_t *list, struct err *e)
{
	size_t n = 0, i;
	const json_t *at;
	struct entry_of *en = arena_alloc(r->a, (json_array_size(list) + 1) * sizeof *en);
	json_array_foreach(list, i, at)
	{
		if (read_entry(r, at, &en[n], e) < 0)
			return -1;
		n += en[n].release.ns.n > 0;
	}
	if (n)
		qsort(en, n, sizeof *en, by_package);
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && by_package(&en[from], &en[to]) == 0; to++)
			;
		if (put_package(r, &en[from], to - from, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- records and documents ---- */

/* What every advisory of the record shares, and the CVEs it is about. */
static int read_head(struct record *r, struct err *e)
{
	int64_t at_s;
	if (clock_parse(json_text(r->doc, "modified"), &at_s) && at_s > 0) {
		r->base.modified_s = at_s;
		feed_dated(r->sink, at_s);
	}
	if (read_ids(r, e) < 0)
		return -1;
	read_title(r);
	read_severity(r);
	return 0;
}

static int read_record(struct feed_sink *s, const json_t *doc, struct err *e)
{
	struct record r = {.sink = s, .a = feed_arena(s), .doc = doc};
	const json_t *affected = json_object_get(doc, "affected");
	r.id = json_text(doc, "id");
	if (!r.id.n)
		return err_set(e, ERR_FORMAT, "a record without id");
	if (affected && !json_is_array(affected) && !json_is_null(affected))
		return err_set(e, ERR_FORMAT, "%.*s: \"affected\" is no list",
		               BYTES_FMT(bytes_slice(r.id, 0, 60)));
	const struct osv_prefix *p = osv_prefix(r.id);
	enum osv_use use = p ? p->use : OSV_BULLETIN;
	if (json_text(doc, "withdrawn").n || use == OSV_UNUSED)
		return 0;
	if (read_head(&r, e) < 0)
		return -1;
	if (r.n_cves == 0 && use == OSV_BUGFIX)
		return 0;
	if (r.n_cves == 0)
		add_id(&r, r.id);
	if (read_affected(&r, affected, e) < 0)
		return err_wrap(e, "%.*s", BYTES_FMT(bytes_slice(r.id, 0, 60)));
	return 0;
}

int osv_each(struct feed_doc *doc, struct feed_sink *s,
             int (*fn)(struct feed_sink *s, const json_t *record, struct err *e), struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *root = NULL;
	if (feed_load(doc, (size_t)FEED_RECORD_MAX, &text, e) < 0 ||
	    json_load_data(buf_bytes(&text), "record", (size_t)FEED_RECORD_MAX, &root, e) < 0)
		return -1;
	if (!json_is_array(root))
		return fn(s, root, e);
	size_t i;
	const json_t *at;
	json_array_foreach(root, i, at)
	{
		struct err why;
		if (fn(s, at, &why) == 0)
			continue;
		if (feed_sink_failed(s))
			return err_set(e, why.kind, "%s", why.msg);
		feed_broken(s, "record %zu: %s", i, why.msg);
	}
	return 0;
}

int osv_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return osv_each(doc, s, read_record, e);
}

/* ---- recognition ---- */

bool osv_next_text(struct bytes *rest, struct bytes name, struct bytes *ret)
{
	for (;;) {
		ssize_t at = bytes_search(*rest, name);
		if (at < 0)
			return false;
		*rest = bytes_skip(*rest, (size_t)at + name.n);
		struct bytes v = bytes_trim(*rest);
		if (!bytes_starts(v, B(":")))
			continue;
		v = bytes_trim(bytes_skip(v, 1));
		struct bytes tail;
		if (bytes_starts(v, B("\"")) && bytes_cut(bytes_skip(v, 1), '"', ret, &tail))
			return true;
	}
}

bool osv_looks(const struct feed_doc *doc)
{
	uint8_t c = feed_first(doc);
	/* in a long record "modified" may stand behind what is seen here */
	bool has_body = feed_has(doc, "\"modified\"") ||
	                (feed_has(doc, "\"affected\"") && feed_has(doc, "\"ecosystem\""));
	return (c == '{' || c == '[') && feed_has(doc, "\"id\"") && has_body &&
	       !feed_has(doc, "\"openvex\"") && !feed_has(doc, "\"vulnStatus\"");
}

/* The feed whose doc is, by the pattern of its id, else by the first ecosystem we know; NULL. */
static const char *feed_of(const struct feed_doc *doc, int *ret_sure)
{
	struct bytes rest = doc->head, text, release;
	while (osv_next_text(&rest, B("\"id\""), &text)) {
		const struct osv_prefix *p = osv_prefix(text);
		*ret_sure = 90;
		if (p)
			return p->feed;
	}
	rest = doc->head;
	while (osv_next_text(&rest, B("\"ecosystem\""), &text)) {
		const struct osv_ecosystem *eco = osv_ecosystem(text, &release);
		*ret_sure = 80;
		if (eco)
			return eco->feed;
	}
	return NULL;
}

bool osv_has_id(const struct feed_doc *doc, struct bytes prefix)
{
	struct bytes rest = doc->head, text;
	return osv_next_text(&rest, B("\"id\""), &text) && bytes_starts(text, prefix);
}

bool osv_names_distribution(const struct feed_doc *doc)
{
	int sure;
	return feed_of(doc, &sure) != NULL;
}

int osv_recognise(const struct feed_doc *doc, const char *feed)
{
	int sure;
	const char *whose = osv_looks(doc) ? feed_of(doc, &sure) : NULL;
	return whose && strcmp(whose, feed) == 0 ? sure : 0;
}
