/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret_scan.c - fuzz: the scan of any content, however it is cut, says the same and keeps its
 * bounds.
 *
 * Input: the first byte says into pieces of which length the rest is cut.
 */
#include "inspect/inspect.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void found(void *arg, const struct secret_found *f)
{
	*(size_t *)arg += 1;
	if (f->mask.n > 256 || f->end < f->at)
		abort();
}

static void cut(void *arg, const char *code, const char *text)
{
	(void)arg, (void)code, (void)text;
}

static size_t run(struct secret_scan *s, struct bytes text, size_t piece)
{
	size_t n = 0;
	struct secret_stream *st = secret_open(s, B("x"));
	for (; text.n; text = bytes_skip(text, piece))
		secret_feed(st, bytes_slice(text, 0, piece));
	secret_close(st, &(struct secret_sink){&n, found, cut});
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct secret_scan *s;
	struct err e;
	if (n < 1 || (!s && secret_scan_new(rules_shipped(), &s, &e)))
		return 0;
	struct bytes text = bytes_of(p + 1, n - 1);
	if (run(s, text, n) > (size_t)SECRETS_FILE_MAX)
		abort();
	run(s, text, (size_t)p[0] * 8 + 1);
	return 0;
}
