/* SPDX-License-Identifier: Apache-2.0 */
/*
 * advisory.c - fuzz: what decodes as an advisory or a vulnerability encodes again.
 *
 * Input: one CBOR map.
 */
#include <stdlib.h>

#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct advisory a;
	struct vuln v;
	AUTO_BUF struct buf b;
	buf_init(&b, n * 2 + 64);
	if (advisory_decode(bytes_of(p, n), &a) &&
	    (advisory_encode(&b, &a) || !advisory_decode(buf_bytes(&b), &a)))
		abort();
	buf_reset(&b);
	if (vuln_decode(bytes_of(p, n), &v) &&
	    (vuln_encode(&b, &v) || !vuln_decode(buf_bytes(&b), &v)))
		abort();
	return 0;
}
