/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar.c - fuzz: the tar parser, in pieces.
 *
 * Input: a byte that chooses the size of the pieces, then the archive.  Checksums are written right
 * for every block that looks like a header, so that the fuzzer gets behind them.
 */
#include <stdlib.h>
#include <string.h>

#include "fmt/fmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static volatile unsigned sink;

static int on_member(void *arg, const struct tar_member *m, struct err *e)
{
	(void)arg;
	(void)e;
	for (size_t i = 0; i < m->name.n; i++)
		sink += m->name.p[i];
	for (size_t i = 0; i < m->link.n; i++)
		sink += m->link.p[i];
	for (size_t i = 0; i < m->caps.n; i++)
		sink += m->caps.p[i];
	return 0;
}

static int on_data(void *arg, struct bytes piece, struct err *e)
{
	(void)arg;
	(void)e;
	for (size_t i = 0; i < piece.n; i++)
		sink += piece.p[i];
	return 0;
}

static void sum(uint8_t *h)
{
	if (memcmp(h + 257, "ustar", 5) != 0)
		return;
	unsigned s = 0;
	memset(h + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		s += h[i];
	for (int i = 5; i >= 0; i--, s >>= 3)
		h[148 + i] = (uint8_t)('0' + (s & 7));
	h[154] = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n == 0)
		return 0;
	size_t step = p[0] ? (size_t)p[0] * 8 : n;
	uint8_t *copy = malloc(n);
	memcpy(copy, p + 1, n - 1);
	for (size_t i = 0; i + 512 <= n - 1; i += 512)
		sum(copy + i);
	const struct tar_events ev = {.member = on_member, .data = on_data};
	struct tar *t = tar_new(&ev);
	struct err e;
	int rc = 0;
	for (size_t i = 0; i < n - 1 && rc == 0; i += step)
		rc = tar_push(t, bytes_of(copy + i, MIN_OF(step, n - 1 - i)), &e);
	if (rc == 0)
		tar_finish(t, &e);
	tar_free(t);
	free(copy);
	return 0;
}
