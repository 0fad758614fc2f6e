/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layer.c - fuzz: a whole layer, inflated, parsed, cleaned; every file is wanted up to 64 KiB.
 *
 * Input: the layer, of any compression.
 */
#include <stdlib.h>
#include <string.h>

#include "walk/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static volatile unsigned sink;

static enum walk_want on_entry(void *arg, const struct entry *en, uint64_t *ret_max)
{
	(void)arg;
	/* what every reader of entries relies on */
	for (struct bytes rest = en->path, part; bytes_split(&rest, '/', &part);) {
		if (part.n == 0 || bytes_eq(part, B(".")) || bytes_eq(part, B("..")))
			abort();
	}
	if (bytes_find(en->path, 0) >= 0 || bytes_ends(en->path, B("/")))
		abort();
	*ret_max = 1 << 16;
	return WALK_WHOLE;
}

static void on_file(void *arg, const struct entry *en, struct bytes content)
{
	(void)arg;
	if (content.n != en->size)
		abort();
	for (size_t i = 0; i < content.n; i++)
		sink += content.p[i];
}

static ssize_t on_read(void *arg, void *p, size_t n)
{
	struct bytes *rest = arg;
	size_t k = MIN_OF(MIN_OF(n, rest->n), (size_t)700);
	if (k)
		memcpy(p, rest->p, k);
	*rest = bytes_skip(*rest, k);
	return (ssize_t)k;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes rest = {p, n};
	const struct walk_input in = {on_read, &rest};
	const struct walk_visitor v = {.entry = on_entry, .file = on_file};
	struct walk_result r;
	struct err e;
	walk_input(&in, &v, &r, &e);
	return 0;
}
