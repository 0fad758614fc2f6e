/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feedfuzz.h - a document to feeds, for fuzz targets: what they put must be encodable.
 */
#ifndef TESTS_LIB_FEEDFUZZ_H
#define TESTS_LIB_FEEDFUZZ_H

#include <stdlib.h>

#include "advise/sink.h"

static int feedfuzz_advisory(void *arg, const struct advisory *a, struct err *e)
{
	(void)e;
	struct advisory back;
	struct buf *b = arg;
	buf_reset(b);
	if (advisory_encode(b, a) == 0 && !advisory_decode(buf_bytes(b), &back))
		abort();
	return 0;
}

static int feedfuzz_vuln(void *arg, const struct vuln *v, struct err *e)
{
	(void)arg, (void)v, (void)e;
	return 0;
}

static void feedfuzz_broken(void *arg, const char *text) { (void)arg, (void)text; }

static int feedfuzz(const char *const names[], size_t n, struct bytes text)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 20);
	struct feed_store store = {.advisory = feedfuzz_advisory,
	                           .vuln = feedfuzz_vuln,
	                           .broken = feedfuzz_broken,
	                           .arg = &b};
	for (size_t i = 0; i < n; i++) {
		struct feed_sink *s = feed_sink_new(feed_by_id(bytes_str(names[i])), &store);
		struct doc_memory m;
		struct err e;
		doc_memory(&m, "doc", text);
		feed_sink_import(s, &m.doc, &e);
		feed_sink_finish(s, &e);
		feed_sink_free(s);
	}
	return 0;
}

#endif
