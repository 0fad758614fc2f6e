/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cbor.c - fuzz: what cbor_skip takes, a reader of every type walks over in the same steps.
 */
#include "base/cbor.h"

#include <stdlib.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Reads one item by its type and writes it again; false where only cbor_skip can read it. */
static bool copy(struct cbor *r, struct buf *out, int depth)
{
	uint64_t n = 0, u;
	int64_t i;
	bool b;
	struct bytes s;
	switch (cbor_peek(r)) {
	case CBOR_UINT:
		return cbor_get_uint(r, &u) && cbor_uint(out, u) == 0;
	case CBOR_NEGINT:
		return cbor_get_int(r, &i) && cbor_int(out, i) == 0;
	case CBOR_BYTES:
		return cbor_get_bytes(r, &s) && cbor_bytes(out, s) == 0;
	case CBOR_SIMPLE:
		return cbor_get_bool(r, &b) && cbor_bool(out, b) == 0;
	case CBOR_ARRAY:
		if (depth > CBOR_DEPTH_MAX || !cbor_get_array(r, &n) || cbor_array(out, n))
			return false;
		break;
	case CBOR_MAP:
		if (depth > CBOR_DEPTH_MAX || !cbor_get_map(r, &n) || cbor_map(out, n))
			return false;
		n *= 2;
		break;
	case CBOR_TEXT:
	case CBOR_END:
		return false;
	}
	for (uint64_t k = 0; k < n; k++) {
		if (!copy(r, out, depth + 1))
			return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes in = {p, n}, item;
	struct cbor r = cbor_of(in), typed = r;
	while (cbor_get_item(&r, &item)) {
		AUTO_BUF struct buf out;
		buf_init(&out, n);
		struct cbor one = cbor_of(item);
		require(item.n > 0 && cbor_skip(&one) && !one.rest.n);
		one = cbor_of(item);
		if (copy(&one, &out, 0)) /* one spelling only: what was read is what is written */
			require(bytes_eq(buf_bytes(&out), item));
	}
	require(r.bad);
	AUTO_BUF struct buf out;
	buf_init(&out, n);
	while (copy(&typed, &out, 0))
		;
	return 0;
}
