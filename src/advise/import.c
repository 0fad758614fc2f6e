/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import.c - feed_import(): each document to its feed, all into one build of the index.
 *
 * A record of languages may name several: import_units.c says which of their feeds a call imports.
 * Parts of one feed in one call are united; a feed that the call brought replaces what the index
 * held of it; the others stay.  A feed whose documents are all broken leaves the index as it was.
 */
#include "advise/osv.h"

#include <string.h>

#include "advise/language.h"
#include "advise/sink.h"

enum { UNKNOWN_NAMED = 5 };

struct import;
struct part { /* one feed of this call */
	struct import *im;
	struct feed_sink *sink;
	bool is_begun;
	uint64_t documents;
	const char *source; /* of its first path, and how many it has; for `db update` */
	size_t n_sources;
	char refused[240]; /* why it stays as it was; empty: it does not */
	bool is_aside;     /* the call only met records of it among another's: it stays as it was */
};

struct import {
	const struct feed_import_options *o;
	const struct feed *forced;
	const char *told_unused; /* of the last feed that is not used */
	struct part *expected;   /* the feed of the path at hand; NULL: whatever is recognised */
	struct index_build *build;
	struct feed_import_result res;
	struct part parts[INDEX_FEEDS_MAX]; /* in the order of feeds[] */
	struct buf source;
	struct feed_common common;
	struct import_known *known; /* for a starter index, NULL otherwise */
	struct part *current;       /* that records go to */
	struct import_units units;  /* of documents of languages */
	struct import_passed passed;
	uint64_t notes;
};

static void note(struct import *im, const char *text)
{
	if (im->o->note && im->notes++ < (uint64_t)NOTES_MAX)
		im->o->note(im->o->arg, text);
}

/* ---- the index as a store ---- */

/* Makes p the feed that records go to. */
static int select_part(struct part *p, struct err *e)
{
	struct import *im = p->im;
	struct bytes name = bytes_str(feed_sink_feed(p->sink)->id);
	if (im->current == p)
		return 0;
	if (p->is_begun) {
		index_build_select(im->build, name);
	} else {
		const struct index_feed about = {.name = name};
		if (index_build_feed(im->build, &about, e) < 0)
			return -1;
		p->is_begun = true;
	}
	im->current = p;
	return 0;
}

static int put_advisory(void *arg, const struct advisory *a, struct err *e)
{
	struct part *p = arg;
	return select_part(p, e) < 0 ? -1 : index_build_advisory(p->im->build, a, e);
}

static int put_vuln(void *arg, const struct vuln *v, struct err *e)
{
	struct part *p = arg;
	if (p->im->known && !import_known_has(p->im->known, v->id))
		return 0;
	return select_part(p, e) < 0 ? -1 : index_build_vuln(p->im->build, v, e);
}

static void broken_record(void *arg, const char *text)
{
	struct part *p = arg;
	p->im->res.broken++;
	note(p->im, text);
}

/* ---- documents ---- */

/* Documents that lie beside feeds and hold no advisories; the importer says nothing of them. */
static bool is_companion(const struct feed_doc *doc)
{
	static const char *const names[] = {"LICENSE",        "README.md",       "SOURCES.tsv",
	                                    "ecosystems.txt", "modified_id.csv", "last-update",
	                                    "license.txt"};
	struct bytes name = doc->name, base;
	ssize_t member = bytes_rfind(name, '!');
	name = bytes_skip(name, (size_t)(member + 1));
	base = path_base(name);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (bytes_eq(base, bytes_str(names[i])))
			return true;
	}
	if (doc_is_beside(doc) || osv_looks(doc))
		return true; /* packages of languages: not used yet */
	/* versions of source packages by suite: {"zlib": {"bookworm": "1:1.2"}} */
	return feed_first(doc) == '{' && feed_has(doc, "\"bookworm\":\"") &&
	       !feed_has(doc, "\"releases\"") && !feed_has(doc, "CVE-");
}

static const struct feed *surest(const struct feed_doc *doc, bool is_language)
{
	const struct feed *best = NULL;
	int most = 0;
	for (const struct feed *const *f = feeds; *f; f++) {
		int sure = (*f)->is_language == is_language ? (*f)->recognise(doc) : 0;
		if (sure > most) {
			most = sure;
			best = *f;
		}
	}
	return best;
}

const struct feed *import_recognise(const struct feed_doc *doc, bool *ret_companion)
{
	const struct feed *best = surest(doc, false);
	if (!best)
		best = surest(doc, true);
	*ret_companion = !best && is_companion(doc);
	return best;
}

static struct part *part_of(struct import *im, const struct feed *f)
{
	size_t i = 0;
	while (feeds[i] != f)
		i++;
	struct part *p = &im->parts[i];
	if (!p->sink) {
		p->im = im;
		struct feed_store store = {.advisory = put_advisory,
		                           .vuln = put_vuln,
		                           .broken = broken_record,
		                           .arg = p,
		                           .facts_only = im->o->facts_only,
		                           .common = &im->common};
		p->sink = feed_sink_new(f, &store);
	}
	return p;
}

static void on_broken(void *arg, struct bytes name, const char *why)
{
	struct import *im = arg;
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)PATH_LEN_MAX * 8);
	buf_addf(&b, "%.*s: %s", BYTES_FMT(name), why);
	im->res.broken++;
	note(im, buf_cstr(&b));
}

static void refuse(struct part *p, const char *why)
{
	if (!p->refused[0])
		snprintf(p->refused, sizeof p->refused, "%s", why);
}

/* A file or an archive, not a document: what it holds is not known. */
static void on_unreadable(void *arg, struct bytes name, const char *why)
{
	struct import *im = arg;
	if (im->expected)
		refuse(im->expected, why);
	else
		on_broken(arg, name, why);
}

static int nothing(void *arg, const struct feed_value *v, struct err *e)
{
	(void)arg, (void)v, (void)e;
	return 0;
}

static bool is_called_json(struct bytes name)
{
	static const char *const packed[] = {".gz", ".xz", ".bz2", ".zst"};
	for (size_t i = 0; i < ARRAY_LEN(packed); i++) {
		struct bytes end = bytes_str(packed[i]);
		if (bytes_ends(name, end)) {
			name.n -= end.n;
			break;
		}
	}
	return bytes_ends(name, B(".json"));
}

/* What no feed knows because it is not even what its name says: a feed that was cut or garbled on
 * the way must not pass for something else that lies there. */
static bool is_damaged(struct feed_doc *doc, struct err *ret_why)
{
	static const char *const none[] = {"-", NULL};
	if (!is_called_json(doc->name))
		return false;
	if (!feed_first(doc))
		err_set(ret_why, ERR_FORMAT, "is empty");
	else if (feed_json(doc, none, nothing, NULL, ret_why) == 0)
		return false;
	return true;
}

static void on_unknown(struct import *im, struct feed_doc *doc)
{
	AUTO_BUF struct buf b;
	struct err why = {.kind = ERR_NONE};
	if (!im->expected && is_damaged(doc, &why)) {
		on_broken(im, doc->name, why.msg);
		return;
	}
	if (im->res.unknown++ >= UNKNOWN_NAMED || im->expected)
		return;
	buf_init(&b, (size_t)PATH_LEN_MAX * 8);
	buf_addf(&b, "%.*s: no feed assay knows", BYTES_FMT(doc->name));
	note(im, buf_cstr(&b));
}

/* Each kind once: a folder may hold thousands. */
static void on_unused(struct import *im, const struct feed_doc *doc)
{
	const char *why = doc_unused_why(doc);
	AUTO_BUF struct buf b;
	if (!why || why == im->told_unused || im->expected)
		return;
	im->told_unused = why;
	buf_init(&b, (size_t)PATH_LEN_MAX * 8);
	buf_addf(&b, "%.*s: %s", BYTES_FMT(doc->name), why);
	note(im, buf_cstr(&b));
}

static const struct feed *feed_of(struct import *im, const struct feed_doc *doc, bool *ret_beside)
{
	*ret_beside = false;
	if (im->forced)
		return im->forced;
	if (!im->expected)
		return import_recognise(doc, ret_beside);
	const struct feed *f = feed_sink_feed(im->expected->sink);
	if (f->recognise(doc) > 0)
		return f;
	*ret_beside = is_companion(doc);
	return NULL;
}

/* Gives doc to f.  -1: the import cannot go on. */
static int give(struct import *im, const struct feed *f, struct feed_doc *doc, struct err *e)
{
	struct part *p = part_of(im, f);
	struct err fault = {.kind = ERR_NONE};
	if (feed_sink_import(p->sink, doc, &fault) == 0) {
		p->documents++;
		return 0;
	}
	if (feed_sink_failed(p->sink)) {
		if (e)
			*e = fault;
		return -1;
	}
	on_broken(im, doc->name, fault.msg);
	return 1;
}

/* A record that may name packages of several languages: to the feed of each, and GitHub's to the
 * one that keeps their severities. */
static int on_language(struct import *im, struct feed_doc *doc, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	struct err fault = {.kind = ERR_NONE};
	size_t n, given = 0;
	const struct language *all = languages(&n);
	if (feed_load(doc, (size_t)FEED_RECORD_MAX, &text, &fault) < 0) {
		on_broken(im, doc->name, fault.msg);
		return 0;
	}
	uint32_t mask = osv_languages_of(buf_bytes(&text));
	import_passed_add(&im->passed, buf_bytes(&text), mask != 0);
	import_units_add(&im->units, doc->name, mask);
	for (size_t i = 0; i <= n; i++) {
		const struct feed *f = i < n ? feed_by_id(bytes_str(all[i].feed)) : &feed_ghsa;
		struct doc_memory m;
		doc_memory(&m, "", buf_bytes(&text));
		m.doc.name = doc->name;
		m.doc.mtime_s = doc->mtime_s;
		if (i < n ? !(mask & UINT32_C(1) << i) : f->recognise(&m.doc) == 0)
			continue;
		int res = give(im, f, &m.doc, e);
		if (res)
			return res < 0 ? -1 : 0;
		given++;
	}
	im->res.documents += given > 0;
	im->res.companions += given == 0;
	return 0;
}

static int on_document(void *arg, struct feed_doc *doc, struct err *e)
{
	struct import *im = arg;
	bool is_beside;
	const struct feed *f = NULL;
	if (!im->forced && !im->expected && osv_looks(doc)) {
		f = surest(doc, false);
		if (!f || f == &feed_ghsa)
			return on_language(im, doc, e);
	}
	if (!f)
		f = feed_of(im, doc, &is_beside);
	else
		is_beside = false;
	if (is_beside) {
		im->res.companions++;
		on_unused(im, doc);
		return 0;
	}
	if (!f) {
		on_unknown(im, doc);
		return 0;
	}
	int res = give(im, f, doc, e);
	im->res.documents += res == 0;
	return res < 0 ? -1 : 0;
}

/* ---- the call ---- */

/* What the index keeps of where the data came from: the last part of each path. */
static void name_source(struct import *im, const char *const paths[], size_t n)
{
	buf_init(&im->source, (size_t)PATH_LEN_MAX);
	for (size_t i = 0; i < n; i++) {
		struct bytes p = bytes_str(paths[i]);
		while (p.n > 1 && p.p[p.n - 1] == '/')
			p.n--;
		buf_addf(&im->source, "%s%.*s", i ? " " : "", BYTES_FMT(path_base(p)));
	}
}

static struct bytes source_of(struct import *im, const struct part *p)
{
	if (p->n_sources == 1)
		return bytes_str(p->source);
	return bytes_str(
		arena_printf(im->common.arena, "%s and %zu more", p->source, p->n_sources - 1));
}

static int finish_part(struct import *im, struct part *p, struct err *e)
{
	if (p->refused[0]) {
		index_build_forget(im->build, bytes_str(feed_sink_feed(p->sink)->id));
		im->current = NULL;
		if (im->o->refused)
			im->o->refused(im->o->arg, feed_sink_feed(p->sink)->id, p->refused);
		return 0;
	}
	if (p->is_aside) {
		index_build_forget(im->build, bytes_str(feed_sink_feed(p->sink)->id));
		im->current = NULL;
		return 0;
	}
	if (!p->documents)
		return 0;
	if (feed_sink_finish(p->sink, e) < 0)
		return err_wrap(e, "%s", feed_sink_feed(p->sink)->id);
	struct feed_learned learned = feed_sink_learned(p->sink);
	if (select_part(p, e) < 0)
		return -1;
	struct index_feed about = {
		.name = bytes_str(feed_sink_feed(p->sink)->id),
		/* a starter index has the same bytes whenever it is made */
		.imported_s = im->o->is_starter ? clock_stamp_s() : clock_now_s(),
		.data_s = learned.data_s,
		.namespaces = learned.namespaces,
		.partial = learned.partial,
		.source = p->source ? source_of(im, p) : buf_bytes(&im->source),
		.is_starter = im->o->is_starter,
	};
	im->res.records += learned.records;
	return index_build_feed_done(im->build, &about, e);
}

/* What of the languages the call imports, and what only stood among it. */
static void set_aside(struct import *im)
{
	uint32_t chosen = import_units_end(&im->units);
	size_t n;
	const struct language *all = languages(&n);
	for (size_t i = 0; feeds[i] && !im->forced && !im->expected; i++) {
		struct part *p = &im->parts[i];
		const struct language *l = language_by_feed(feeds[i]->id);
		if (p->sink && feeds[i]->is_language)
			p->is_aside = !(chosen & UINT32_C(1) << (l - all));
		if (p->sink && feeds[i] == &feed_ghsa)
			p->is_aside = !im->units.is_mixed;
	}
}

/* A path whose feed is known: it must be readable, and of that feed. */
static int walk_expected(struct import *im, struct import_walk *w, const char *path, size_t i,
                         struct err *e)
{
	const struct feed *f = feed_by_id(bytes_str(im->o->feeds[i]));
	if (!f)
		return err_set(e, ERR_USAGE, "no feed is named \"%s\"", im->o->feeds[i]);
	struct part *p = part_of(im, f);
	uint64_t before = p->documents;
	if (!p->n_sources++)
		p->source = im->o->sources[i];
	im->expected = p;
	int res = import_walk(w, path, e);
	if (p->documents == before)
		refuse(p, "what was fetched holds no document of this feed");
	return res;
}

static void say_passed(struct import *im)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)FEED_LINE_MAX);
	if (!im->expected && import_passed_say(&im->passed, &b))
		note(im, buf_cstr(&b));
}

static int run(struct import *im, const char *const paths[], size_t n, struct err *e)
{
	struct import_walk w = {.document = on_document, .broken = on_unreadable, .arg = im};
	for (size_t i = 0; i < n; i++) {
		int res = im->o->feeds ? walk_expected(im, &w, paths[i], i, e)
		                       : import_walk(&w, paths[i], e);
		if (res < 0)
			return -1;
	}
	bool is_nothing =
		!im->res.documents && (!im->res.companions || im->res.unknown || im->res.broken);
	if (is_nothing && !im->o->feeds)
		return err_set(e, ERR_FORMAT,
		               "nothing to import: %llu documents are of no feed assay knows, %llu "
		               "are broken",
		               (unsigned long long)im->res.unknown,
		               (unsigned long long)im->res.broken);
	set_aside(im);
	say_passed(im);
	for (size_t i = 0; feeds[i]; i++) {
		if (finish_part(im, &im->parts[i], e) < 0)
			return -1;
	}
	return 0;
}

int feed_import(const char *const paths[], size_t n, const struct feed_import_options *o,
                struct feed_import_result *ret, struct err *e)
{
	AUTO_FREE struct import *im = mem_zalloc(sizeof *im);
	im->o = o;
	if (o->feed) {
		im->forced = feed_by_id(bytes_str(o->feed));
		if (!im->forced)
			return err_set(e, ERR_USAGE, "no feed is named \"%s\"", o->feed);
	}
	if (o->is_starter && import_known_load(o->db, &im->known, e) < 0)
		return -1;
	if (index_build_begin(o->db, &im->build, e) < 0) {
		import_known_free(im->known);
		return -1;
	}
	name_source(im, paths, n);
	im->common.arena = arena_new();
	int res = run(im, paths, n, e);
	for (size_t i = 0; o->checked && o->checked[i]; i++)
		index_build_checked(im->build, bytes_str(o->checked[i]), clock_now_s());
	if (res == 0 && (im->res.documents || o->checked || !o->feeds))
		res = index_build_commit(im->build, e);
	else
		index_build_abort(im->build);
	for (size_t i = 0; i < INDEX_FEEDS_MAX; i++)
		feed_sink_free(im->parts[i].sink);
	arena_free(im->common.arena);
	import_known_free(im->known);
	buf_fini(&im->source);
	buf_fini(&im->units.name);
	buf_fini(&im->passed.names);
	if (res == 0)
		*ret = im->res;
	return res;
}
