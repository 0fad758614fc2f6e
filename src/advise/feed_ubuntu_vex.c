/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_ubuntu_vex.c - what Ubuntu says of vulnerabilities that have no fix: not affected, will not
 * be fixed, being looked at.
 *
 * The versions in these documents are those of the archive on the day they were written, not those
 * that brought a fix: what is fixed, and what plainly awaits a fix, is left to the OSV records
 * (feed_osv.c), which have the versions and the priority.  So this feed speaks for no release.
 *
 * Where a release and its paid extension (ESM) are both named, the release decides, unless all it
 * says is that it is no longer supported.
 *
 * Format: OpenVEX 0.2.0; products are purls, those of source packages with arch=source and the
 * archive in "distro": "jammy", "esm-infra/xenial", "trusty/esm".
 * Source: OpenVEX specification; Ubuntu security documentation, "VEX".
 */
#include "advise/feed.h"

#include <stdlib.h>
#include <string.h>

enum { FIXED = STATUS__MAX + 1 }; /* beside the statuses of an advisory */

struct said {
	struct bytes ns, package, id;
	bool is_paid;
	int status; /* enum status, or FIXED */
	enum severity severity;
	int64_t modified_s;
};

struct reader {
	struct feed_sink *sink;
	struct arena *a;
	const struct distro *distro;
	int64_t modified_s;
	struct said *said;
	size_t n, cap;
};

static int vex_recognise(const struct feed_doc *doc)
{
	bool is_ubuntu = feed_has(doc, "pkg:deb/ubuntu/") ||
	                 feed_has(doc, "/ubuntu-security-notices/") || feed_has(doc, "Canonical");
	return feed_first(doc) == '{' && feed_has(doc, "openvex") && is_ubuntu ? 95 : 0;
}

/* ---- statements ---- */

/* The standing sentences that Ubuntu writes for the states of its tracker. */
static const struct {
	const char *text;
	enum status status;
} sentences[] = {
	{"decided to not fix",  STATUS_WILL_NOT_FIX},
        {"will not be fixed",   STATUS_WILL_NOT_FIX},
	{"will not fix",        STATUS_WILL_NOT_FIX},
        {"no longer supported", STATUS_END_OF_LIFE },
	{"end of life",         STATUS_END_OF_LIFE },
        {"deferred",            STATUS_FIX_DEFERRED},
	{"postponed",           STATUS_FIX_DEFERRED},
};

static bool affected_status(struct bytes text, int *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(sentences); i++) {
		if (bytes_search(text, bytes_str(sentences[i].text)) >= 0) {
			*ret = sentences[i].status;
			return true;
		}
	}
	return false;
}

static bool status_of(const json_t *statement, int *ret)
{
	struct bytes word = json_text(statement, "status");
	*ret = STATUS_AFFECTED;
	if (bytes_eq(word, B("not_affected")))
		*ret = STATUS_NOT_AFFECTED;
	else if (bytes_eq(word, B("fixed")))
		*ret = FIXED;
	else if (bytes_eq(word, B("under_investigation")))
		*ret = STATUS_UNDER_INVESTIGATION;
	else if (!bytes_eq(word, B("affected")))
		return false;
	else if (!affected_status(json_text(statement, "status_notes"), ret))
		affected_status(json_text(statement, "action_statement"), ret);
	return true;
}

/* "Ubuntu Security Team classified this CVE as of Medium priority." */
static enum severity priority(struct bytes notes)
{
	enum severity ret = SEV_UNKNOWN;
	struct bytes word, before = B(" as of ");
	ssize_t at = bytes_search(notes, before);
	if (at < 0)
		return ret;
	struct bytes rest = bytes_skip(notes, (size_t)at + before.n);
	if (bytes_word(&rest, &word) && bytes_starts(bytes_trim(rest), B("priority")))
		severity_parse(word, &ret);
	return ret;
}

/* "jammy", "esm-infra/xenial", "trusty/esm" → release and whether it must be paid for.  Other
 * archives (fips, realtime, bluefield) have packages of their own: absent. */
static struct bytes release_of(const struct distro *d, struct bytes archive, bool *ret_is_paid)
{
	struct bytes head, tail;
	bool is_cut = bytes_cut(archive, '/', &head, &tail);
	*ret_is_paid = is_cut;
	if (!is_cut)
		return distro_release(d, archive);
	if (bytes_eq(tail, B("esm")))
		return distro_release(d, head);
	return bytes_starts(head, B("esm-")) ? distro_release(d, tail) : (struct bytes){NULL, 0};
}

static void add_product(struct reader *r, struct bytes text, const struct said *what)
{
	struct purl p;
	struct err ignored;
	if (bytes_search(text, B("arch=source")) < 0)
		return; /* a binary package of a source that is named too */
	if (purl_parse_lenient(text, r->a, &p, &ignored) < 0) {
		feed_broken(r->sink, "%.*s: %s", BYTES_FMT(bytes_slice(text, 0, 80)), ignored.msg);
		return;
	}
	struct said s = *what;
	struct bytes release = release_of(r->distro, purl_qualifier(&p, "distro"), &s.is_paid);
	if (!release.n || !bytes_eq(p.ns, B("ubuntu")) || !p.name.n)
		return;
	s.ns = bytes_str(arena_printf(r->a, "ubuntu:%.*s", BYTES_FMT(release)));
	s.package = p.name;
	r->said = mem_grow(r->said, &r->cap, r->n + 1, sizeof *r->said);
	r->said[r->n++] = s;
}

static void read_statement(struct reader *r, const json_t *statement)
{
	struct said what = {.id = json_text(json_obj(statement, "vulnerability"), "name"),
	                    .modified_s = r->modified_s};
	if (!bytes_starts(what.id, B("CVE-")))
		return; /* a notice: what it fixes has a document of its own */
	if (!status_of(statement, &what.status)) {
		feed_broken(r->sink, "%.*s: a status that OpenVEX does not have",
		            BYTES_FMT(bytes_slice(what.id, 0, 40)));
		return;
	}
	what.severity = priority(json_text(statement, "status_notes"));
	size_t i;
	const json_t *product;
	json_array_foreach(json_list(statement, "products"), i, product)
	{
		add_product(r, json_text(product, "@id"), &what);
	}
}

/* ---- what all of them mean ---- */

static int by_package(const void *x, const void *y)
{
	const struct said *a = x, *b = y;
	int d = bytes_cmp(a->ns, b->ns);
	if (d == 0)
		d = bytes_cmp(a->package, b->package);
	return d ? d : bytes_cmp(a->id, b->id);
}

/* The statement that counts of n about one package, vulnerability and release; NULL: what there is
 * to say has the versions of the OSV records. */
static const struct said *decide(const struct said *s, size_t n)
{
	const struct said *own = NULL, *paid = NULL;
	for (size_t i = 0; i < n; i++) {
		if (s[i].is_paid)
			paid = &s[i];
		else
			own = &s[i];
	}
	if (own && own->status != STATUS_END_OF_LIFE && own->status != STATUS_NOT_AFFECTED &&
	    paid && paid->status == FIXED)
		return NULL;
	const struct said *best = paid && (!own || own->status == STATUS_END_OF_LIFE) ? paid : own;
	bool is_said = best && best->status != FIXED && best->status != STATUS_AFFECTED;
	return is_said ? best : NULL;
}

static int put_all(struct reader *r, struct err *e)
{
	if (r->n)
		qsort(r->said, r->n, sizeof *r->said, by_package);
	for (size_t from = 0, to; from < r->n; from = to) {
		for (to = from + 1; to < r->n && by_package(&r->said[from], &r->said[to]) == 0;
		     to++)
			;
		const struct said *s = decide(&r->said[from], to - from);
		if (!s)
			continue;
		const struct advisory a = {.ns = s->ns,
		                           .package = s->package,
		                           .id = s->id,
		                           .status = (enum status)s->status,
		                           .severity = s->severity,
		                           .modified_s = s->modified_s};
		if (feed_put(r->sink, &a, e) < 0)
			return -1;
	}
	return 0;
}

static int vex_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *root = NULL;
	struct reader r = {.sink = s, .a = feed_arena(s), .distro = distro_by_id(B("ubuntu"))};
	if (feed_load(doc, (size_t)FEED_RECORD_MAX, &text, e) < 0 ||
	    json_load_data(buf_bytes(&text), "document", (size_t)FEED_RECORD_MAX, &root, e) < 0)
		return -1;
	const json_t *list = json_list(root, "statements"), *at;
	if (!list)
		return err_set(e, ERR_FORMAT, "\"statements\" is no list");
	struct bytes date = json_text(root, "timestamp");
	if (!date.n)
		date = json_text(json_obj(root, "metadata"), "timestamp");
	int64_t at_s;
	if (clock_parse(bytes_slice(date, 0, strlen("2025-03-26")), &at_s) && at_s > 0) {
		r.modified_s = at_s;
		feed_dated(s, at_s);
	}
	size_t i;
	json_array_foreach(list, i, at) { read_statement(&r, at); }
	int res = put_all(&r, e);
	free(r.said);
	return res;
}

static const struct feed_url vex_urls[] = {
	{"https://security-metadata.canonical.com/vex/vex-all.tar.xz", NULL},
	{NULL,							 NULL},
};

const struct feed feed_ubuntu_vex = {
	.id = "ubuntu-vex",
	.title = "Ubuntu exploitability statements (OpenVEX)",
	.is_side = true,
	.urls = vex_urls,
	.recognise = vex_recognise,
	.import = vex_import,
};
