/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feedcase.h - runs one feed on documents in memory and writes what it says as text, a line each,
 * sorted:
 *
 *   NS PACKAGE ID [ref=R] STATUS [SEVERITY] [binary] [detail=D] [arch=A] [module=M] [cvss=V]
 *     [INTRODUCED,FIXED,LAST)... [+ALIAS]...
 *     [=VERSION]... [systems=S] [needs=<LINE>]...
 *     a range whose first version is not affected begins with "("; "<LIMIT" behind it ends it
 *   vuln ID [rejected] [SEVERITY] [kev] [epss=E] [cvss=V] [title=T]
 */
#ifndef TESTS_LIB_FEEDCASE_H
#define TESTS_LIB_FEEDCASE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advise/sink.h"
#include "test.h"

struct feed_input {
	const char *name, *text;
};

struct feed_case {
	const char *name; /* of the case */
	const struct feed *feed;
	struct feed_input docs[4];
	const char *want; /* lines; NULL: an error from the first document is wanted */
	int broken;       /* records said to be broken */
};

struct feed_said {
	struct buf lines[4096]; /* one each */
	size_t n;
	int broken;
	char last_broken[300];
	size_t imports; /* bytes of the last advisory's packages and symbols of Go */
};

static inline int said_advisory(void *arg, const struct advisory *a, struct err *e)
{
	static const char *const status[] = {"affected",     "fixed",       "will_not_fix",
	                                     "fix_deferred", "end_of_life", "under_investigation",
	                                     "not_affected"};
	struct feed_said *said = arg;
	if (said->n >= ARRAY_LEN(said->lines))
		return err_set(e, ERR_IO, "too many records for the test");
	struct buf *b = &said->lines[said->n++];
	buf_init(b, 1 << 20);
	buf_addf(b, "%.*s %.*s %.*s", BYTES_FMT(a->ns), BYTES_FMT(a->package), BYTES_FMT(a->id));
	said->imports = a->imports.n;
	if (a->ref.n)
		buf_addf(b, " ref=%.*s", BYTES_FMT(a->ref));
	buf_addf(b, " %s", status[a->status]);
	if (a->severity)
		buf_addf(b, " %s", severity_name(a->severity));
	if (a->by_binary)
		buf_adds(b, " binary");
	if (a->detail.n)
		buf_addf(b, " detail=%.*s", BYTES_FMT(a->detail));
	if (a->arch.n)
		buf_addf(b, " arch=%.*s", BYTES_FMT(a->arch));
	if (a->module.n)
		buf_addf(b, " module=%.*s", BYTES_FMT(a->module));
	if (a->cvss.n)
		buf_addf(b, " cvss=%.*s", BYTES_FMT(a->cvss));
	for (size_t i = 0; i < a->n_ranges; i++) {
		const struct advisory_range *g = &a->ranges[i];
		buf_addf(b, " %c%.*s,%.*s,%.*s)", g->is_after ? '(' : '[', BYTES_FMT(g->introduced),
		         BYTES_FMT(g->fixed), BYTES_FMT(g->last_affected));
		if (g->limit.n)
			buf_addf(b, "<%.*s", BYTES_FMT(g->limit));
	}
	struct cbor c = cbor_of(a->versions);
	uint64_t n_versions = 0;
	struct bytes one;
	if (a->versions.n && cbor_get_array(&c, &n_versions)) {
		for (uint64_t i = 0; i < n_versions && cbor_get_bytes(&c, &one); i++)
			buf_addf(b, " =%.*s", BYTES_FMT(one));
	}
	if (a->systems.n)
		buf_addf(b, " systems=%.*s", BYTES_FMT(a->systems));
	for (struct bytes rest = a->needs, line; bytes_line(&rest, &line);)
		buf_addf(b, " needs=<%.*s>", BYTES_FMT(line));
	if (a->is_unmatchable)
		buf_adds(b, " commits");
	for (size_t i = 0; i < a->n_refs; i++)
		buf_addf(b, " +%.*s", BYTES_FMT(a->refs[i]));
	buf_addc(b, '\n');
	return 0;
}

static inline int said_vuln(void *arg, const struct vuln *v, struct err *e)
{
	struct feed_said *said = arg;
	if (said->n >= ARRAY_LEN(said->lines))
		return err_set(e, ERR_IO, "too many records for the test");
	struct buf *b = &said->lines[said->n++];
	buf_init(b, 1 << 20);
	buf_addf(b, "vuln %.*s", BYTES_FMT(v->id));
	if (v->is_rejected)
		buf_adds(b, " rejected");
	if (v->severity)
		buf_addf(b, " %s", severity_name(v->severity));
	if (v->is_kev)
		buf_adds(b, " kev");
	if (v->has_epss)
		buf_addf(b, " epss=%g", v->epss);
	if (v->cvss.n)
		buf_addf(b, " cvss=%.*s", BYTES_FMT(v->cvss));
	if (v->title.n)
		buf_addf(b, " title=%.*s", BYTES_FMT(v->title));
	buf_addc(b, '\n');
	return 0;
}

static inline void said_broken(void *arg, const char *text)
{
	struct feed_said *said = arg;
	said->broken++;
	snprintf(said->last_broken, sizeof said->last_broken, "%s", text);
}

static inline int said_order(const void *a, const void *b)
{
	return bytes_cmp(buf_bytes(a), buf_bytes(b));
}

/* Runs all documents through the feed; text of all records into ret, and what the sink learned
 * (NULL: not asked; its slices are copied into arena).  The result of the first failure. */
static inline int feed_run(const struct feed *f, const struct feed_input *docs, struct buf *ret,
                           struct feed_said *said, struct err *e)
{
	struct feed_common common = {.arena = arena_new()};
	struct feed_store store = {.advisory = said_advisory,
	                           .vuln = said_vuln,
	                           .broken = said_broken,
	                           .arg = said,
	                           .common = &common};
	struct feed_sink *sink = feed_sink_new(f, &store);
	int res = 0;
	for (size_t i = 0; i < 4 && docs[i].text && res == 0; i++) {
		struct doc_memory m;
		doc_memory(&m, docs[i].name, bytes_str(docs[i].text));
		res = feed_sink_import(sink, &m.doc, e);
	}
	if (res == 0)
		res = feed_sink_finish(sink, e);
	if (said->n)
		qsort(said->lines, said->n, sizeof said->lines[0], said_order);
	for (size_t i = 0; i < said->n; i++) {
		buf_add(ret, buf_bytes(&said->lines[i]));
		buf_fini(&said->lines[i]);
	}
	feed_sink_free(sink);
	arena_free(common.arena);
	return res;
}

static inline void feed_check(const struct feed_case *c)
{
	struct feed_said *said = mem_zalloc(sizeof *said);
	struct err e = {.kind = ERR_NONE};
	struct buf text;
	buf_init(&text, 8 << 20);
	int res = feed_run(c->feed, c->docs, &text, said, &e);
	bool is_right = c->want ? res == 0 && strcmp(buf_cstr(&text), c->want) == 0 : res < 0;
	is_right = is_right && said->broken == c->broken;
	if (!test_case(is_right, "%s: %s", c->feed->id, c->name)) {
		printf("# result %d %s; %d broken: %s\n", res, e.msg, said->broken,
		       said->last_broken);
		struct bytes rest = buf_bytes(&text), line;
		while (bytes_line(&rest, &line))
			printf("# have %.*s\n", BYTES_FMT(line));
	}
	buf_fini(&text);
	free(said);
}

/* The feed alone is surest of the document. */
static inline void feed_is_recognised(const char *name, const char *text, const struct feed *want)
{
	struct doc_memory m;
	bool is_beside;
	doc_memory(&m, name, bytes_str(text));
	const struct feed *f = import_recognise(&m.doc, &is_beside);
	test_case(f == want, "%s is recognised as %s (have %s)", name, want ? want->id : "nothing",
	          f ? f->id : "nothing");
}

#endif
