/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact.c - fuzz: what decodes as a fact encodes to something that decodes to the same, and a set
 * takes any stream of records or refuses it.
 *
 * Input: records of one kind byte, one length byte, and that many bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define AGAIN(kind)                                                                                \
	do {                                                                                       \
		struct fact_##kind f, g;                                                           \
		buf_reset(&b);                                                                     \
		if (fact_decode_##kind(cbor, &f) &&                                                \
		    (fact_encode_##kind(&b, &f) || !fact_decode_##kind(buf_bytes(&b), &g)))        \
			abort();                                                                   \
	} while (0)

static void decode_all(struct bytes cbor)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 16);
	AGAIN(os);
	AGAIN(package);
	AGAIN(owned);
	AGAIN(divert);
	AGAIN(note);
	AGAIN(count);
	AGAIN(carry);
}

static bool is_clean(void *arg, const struct entry *en)
{
	(void)arg;
	if (bytes_search(en->path, B("..")) >= 0 &&
	    (bytes_eq(en->path, B("..")) || bytes_starts(en->path, B("../")) ||
	     bytes_search(en->path, B("/../")) >= 0 || bytes_ends(en->path, B("/.."))))
		abort();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct factset *fs = factset_new_limited(1 << 16, 100);
	struct factset_meta meta = {.size = n};
	struct err e;
	for (struct bytes rest = {p, n}; rest.n >= 2;) {
		struct bytes cbor = bytes_slice(rest, 2, 2 + (size_t)rest.p[1]);
		decode_all(cbor);
		if (factset_put(fs, (enum fact_kind)rest.p[0], cbor, &e))
			break;
		rest = bytes_skip(rest, 2 + cbor.n);
	}
	factset_seal(fs, &meta);
	factset_entries(fs, is_clean, NULL);
	factset_free(fs);
	return 0;
}
