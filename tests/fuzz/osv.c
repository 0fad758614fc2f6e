/* SPDX-License-Identifier: Apache-2.0 */
/* osv.c - OSV records; the first byte chooses the publisher, the rest is the document. */
#include "advise/osv.h"

#include "advise/sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int drop_advisory(void *arg, const struct advisory *a, struct err *e)
{
	(void)arg;
	(void)a;
	(void)e;
	return 0;
}

static void drop_broken(void *arg, const char *text)
{
	(void)arg;
	(void)text;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const ids[] = {"osv-almalinux", "osv-debian", "osv-redhat",
	                                  "osv-rocky",     "osv-suse",   "ubuntu-osv"};
	static const struct feed_store store = {.advisory = drop_advisory, .broken = drop_broken};
	struct doc_memory m;
	struct err e;
	if (n == 0)
		return 0;
	const struct feed *f = feed_by_id(bytes_str(ids[p[0] % ARRAY_LEN(ids)]));
	struct feed_sink *s = feed_sink_new(f, &store);
	doc_memory(&m, "fuzz", bytes_of(p + 1, n - 1));
	f->recognise(&m.doc);
	if (feed_sink_import(s, &m.doc, &e) == 0)
		feed_sink_finish(s, &e);
	feed_sink_free(s);
	return 0;
}
