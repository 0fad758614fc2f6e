/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feedtest.h - what a feed makes of a document, as text: one line per record.
 *
 *   NS PACKAGE ID REF [binary] [unmatchable] [STATUS] [SEVERITY] [detail=D] [arch=A] [module=M]
 * RANGE... where a range is "[INTRODUCED,FIXED)" or "[INTRODUCED,LAST]".
 */
#ifndef TESTS_LIB_FEEDTEST_H
#define TESTS_LIB_FEEDTEST_H

#include <stdlib.h>
#include <string.h>

#include "advise/sink.h"
#include "test.h"

struct feedtest {
	struct buf out;    /* lines */
	struct buf broken; /* lines */
	size_t n, n_broken;
	struct feed_learned learned; /* namespaces and partial are gone */
	struct buf namespaces;
	struct err e;
	int rc; /* of the import: 0, -1 */
};

static void feedtest_part(struct buf *b, const char *name, struct bytes v)
{
	if (v.n)
		buf_addf(b, " %s%.*s", name, BYTES_FMT(v));
}

static int feedtest_advisory(void *arg, const struct advisory *a, struct err *e)
{
	(void)e;
	struct feedtest *t = arg;
	struct buf *b = &t->out;
	t->n++;
	buf_addf(b, "%.*s %.*s %.*s", BYTES_FMT(a->ns), BYTES_FMT(a->package), BYTES_FMT(a->id));
	feedtest_part(b, "", a->ref);
	if (a->by_binary)
		buf_adds(b, " binary");
	if (a->is_unmatchable)
		buf_adds(b, " unmatchable");
	if (a->status != STATUS_AFFECTED)
		buf_addf(b, " %s", status_name(a->status));
	if (a->severity != SEV_UNKNOWN)
		buf_addf(b, " %s", severity_name(a->severity));
	feedtest_part(b, "detail=", a->detail);
	feedtest_part(b, "arch=", a->arch);
	feedtest_part(b, "module=", a->module);
	for (size_t i = 0; i < a->n_ranges; i++) {
		const struct advisory_range *r = &a->ranges[i];
		bool is_last = r->last_affected.n > 0;
		buf_addf(b, " [%.*s,%.*s%c", BYTES_FMT(r->introduced),
		         BYTES_FMT(is_last      ? r->last_affected
		                   : r->limit.n ? r->limit
		                                : r->fixed),
		         is_last ? ']' : ')');
	}
	buf_addc(b, '\n');
	return 0;
}

static int feedtest_vuln(void *arg, const struct vuln *v, struct err *e)
{
	(void)e;
	struct feedtest *t = arg;
	struct buf *b = &t->out;
	t->n++;
	buf_addf(b, "%.*s", BYTES_FMT(v->id));
	if (v->is_rejected)
		buf_adds(b, " rejected");
	if (v->severity != SEV_UNKNOWN)
		buf_addf(b, " %s", severity_name(v->severity));
	feedtest_part(b, "", v->cvss);
	if (v->has_epss)
		buf_addf(b, " epss=%.5f/%.5f", v->epss, v->epss_percentile);
	if (v->is_kev)
		buf_addf(b, " kev=%lld", (long long)v->kev_added_s);
	buf_addc(b, '\n');
	return 0;
}

static void feedtest_on_broken(void *arg, const char *text)
{
	struct feedtest *t = arg;
	t->n_broken++;
	buf_addf(&t->broken, "%s\n", text);
}

static void feedtest_fini(struct feedtest *t)
{
	buf_fini(&t->out);
	buf_fini(&t->broken);
	buf_fini(&t->namespaces);
}

/* Gives n documents to feed f, then lets it finish. */
static void __attribute__((unused))
feedtest_run(struct feedtest *t, const struct feed *f, const char *const texts[], size_t n)
{
	memset(t, 0, sizeof *t);
	buf_init(&t->out, 64 << 20);
	buf_init(&t->broken, 1 << 20);
	buf_init(&t->namespaces, 1 << 20);
	struct feed_store store = {.advisory = feedtest_advisory,
	                           .vuln = feedtest_vuln,
	                           .broken = feedtest_on_broken,
	                           .arg = t};
	struct feed_sink *s = feed_sink_new(f, &store);
	for (size_t i = 0; i < n; i++) {
		struct doc_memory m;
		doc_memory(&m, "doc", bytes_str(texts[i]));
		if (feed_sink_import(s, &m.doc, &t->e) < 0)
			t->rc = -1;
	}
	if (feed_sink_finish(s, &t->e) < 0)
		t->rc = -1;
	t->learned = feed_sink_learned(s);
	buf_add(&t->namespaces, t->learned.namespaces);
	feed_sink_free(s);
}

static bool __attribute__((unused)) feedtest_is(struct feedtest *t, const char *want)
{
	const char *got = buf_cstr(&t->out);
	if (strcmp(got, want) == 0)
		return true;
	printf("# got:  %s# want: %s", got, want);
	return false;
}

/* One document: the feed's id, the text, the lines wanted, the status, how many records are broken.
 */
struct feedtest_case {
	const char *name, *feed, *in, *want;
	int rc;
	size_t broken;
};

static void __attribute__((unused)) feedtest_check(const struct feedtest_case *c)
{
	struct feedtest t;
	feedtest_run(&t, feed_by_id(bytes_str(c->feed)), &c->in, 1);
	bool is_ok = feedtest_is(&t, c->want) && t.rc == c->rc && t.n_broken == c->broken;
	test_case(is_ok, "%s", c->name);
	if (!is_ok)
		printf("# rc %d %s broken %s\n", t.rc, t.rc ? t.e.msg : "", buf_cstr(&t.broken));
	feedtest_fini(&t);
}

#endif
