/* SPDX-License-Identifier: Apache-2.0 */
/*
 * factset.c - fuzz: an image of a fact set is refused or can be asked anything.
 *
 * Input: an image.  As no mutation keeps a checksum right, the sums of a well-formed frame are made
 * right first, so that the sections behind them are reached with whatever they hold.
 */
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool each(void *arg, const struct entry *en)
{
	const struct factset *fs = arg;
	struct entry got;
	if (en->type != ENTRY_OPAQUE && factset_find(fs, en->path, &got) &&
	    !bytes_eq(got.path, en->path))
		abort();
	factset_opaque(fs, en->path);
	return true;
}

static void ask(struct bytes image)
{
	struct factset *fs;
	struct err e;
	struct bytes cbor;
	if (factset_open(image, &fs, &e))
		return;
	bool is_good = factset_check(fs, true, &e) == 0;
	for (int k = FACT_OS; k < FACT__MAX; k++) {
		struct fact_iter it = fact_iter(fs, (enum fact_kind)k);
		while (fact_next(&it, &cbor)) {
			if (is_good && !fact_check((enum fact_kind)k, cbor))
				abort();
		}
	}
	factset_entries(fs, each, fs);
	if (is_good && !factset_is_sound(fs))
		abort();
	factset_free(fs);
}

/* Replaces each checksum in the header (0x1b and 8 bytes, which stand last in the six triples) by
 * that of the part it speaks of, then that of the header itself. */
static void mend(uint8_t *p, size_t n)
{
	uint32_t header;
	if (n < 32)
		return;
	memcpy(&header, p + 12, sizeof header);
	if (header > n - 24)
		return;
	size_t body = (16 + (size_t)header + 8 + 7) & ~(size_t)7;
	struct cbor r = cbor_of(bytes_of(p + 16, header));
	uint64_t pairs, key, parts, three, at, size, sum;
	if (!cbor_get_map(&r, &pairs))
		return;
	for (uint64_t i = 0; i < pairs && cbor_get_uint(&r, &key) && key != 9; i++)
		cbor_skip(&r);
	if (r.bad || !cbor_get_array(&r, &parts))
		return;
	while (parts-- && cbor_get_array(&r, &three) && cbor_get_uint(&r, &at) &&
	       cbor_get_uint(&r, &size) && cbor_get_uint(&r, &sum)) {
		if (sum <= UINT32_MAX || body > n || at > n - body || size > n - body - at)
			continue;
		uint64_t h = hash64(bytes_of(p + body + at, size), 0);
		size_t end = (size_t)(r.rest.p - p);
		for (size_t k = 0; k < 8; k++)
			p[end - 1 - k] = (uint8_t)(h >> (8 * k));
	}
	uint64_t h = hash64(bytes_of(p, 16 + header), 0);
	memcpy(p + 16 + header, &h, sizeof h);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ask(bytes_of(p, n));
	uint8_t *copy = malloc(n ? n : 1);
	if (!copy)
		return 0;
	if (n)
		memcpy(copy, p, n);
	mend(copy, n);
	ask(bytes_of(copy, n));
	free(copy);
	return 0;
}
