/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.c - fuzzes the feeds: the document goes to the feed that recognises it, else to the one that
 * its first byte picks.
 */
#include "advise/sink.h"

#include <stdio.h>
#include <stdlib.h>

static int on_advisory(void *arg, const struct advisory *a, struct err *e)
{
	struct buf *b = arg;
	struct advisory again;
	buf_reset(b);
	if (a->n_ranges > ADVISORY_RANGES_MAX || a->n_refs > ADVISORY_REFS_MAX)
		abort();
	if (advisory_encode(b, a) < 0)
		return err_set(e, ERR_LIMIT, "too large");
	if (!advisory_decode(buf_bytes(b), &again) || !bytes_eq(again.id, a->id))
		abort();
	return 0;
}

static int on_vuln(void *arg, const struct vuln *v, struct err *e)
{
	struct buf *b = arg;
	buf_reset(b);
	return vuln_encode(b, v) < 0 ? err_set(e, ERR_LIMIT, "too large") : 0;
}

static void on_broken(void *arg, const char *text)
{
	(void)arg;
	(void)text;
}

/* Names that feeds look at. */
static const char *name_of(const struct feed *f)
{
	return f && bytes_eq(bytes_str(f->id), B("debian-support")) ? "security-support-ended.deb12"
	                                                            : "document";
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct feed_common common = {.arena = arena_new()};
	struct doc_memory m;
	struct buf b;
	struct err e;
	bool is_beside;
	size_t n_feeds = 0;
	while (feeds[n_feeds])
		n_feeds++;
	doc_memory(&m, "document", bytes_of(p, n));
	const struct feed *f = import_recognise(&m.doc, &is_beside);
	if (!f && n) {
		f = feeds[p[0] % n_feeds];
		doc_memory(&m, name_of(f), bytes_of(p + 1, n - 1));
	}
	if (f) {
		buf_init(&b, (size_t)FEED_RECORD_MAX);
		struct feed_store store = {on_advisory, on_vuln, on_broken, &b, false, &common};
		struct feed_sink *s = feed_sink_new(f, &store);
		if (feed_sink_import(s, &m.doc, &e) == 0)
			feed_sink_finish(s, &e);
		feed_sink_free(s);
		buf_fini(&b);
	}
	arena_free(common.arena);
	return 0;
}
