/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purl.c - fuzz: what parses also builds, and building what was built changes nothing.
 */
#include "fmt/purl.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf once, again;
	buf_init(&once, (size_t)PURL_LEN_MAX * 4);
	buf_init(&again, (size_t)PURL_LEN_MAX * 4);
	struct purl u, v;
	struct bytes text = {p, n};
	if (purl_parse(text, a, &u, NULL)) {
		purl_parse_lenient(text, a, &u, NULL);
		return 0;
	}
	require(purl_parse_lenient(text, a, &v, NULL) == 0);
	require(purl_build(&u, &once, NULL) == 0);
	if (once.n > (size_t)PURL_LEN_MAX)
		return 0;
	require(purl_parse(buf_bytes(&once), a, &v, NULL) == 0);
	require(purl_build(&v, &again, NULL) == 0);
	require(bytes_eq(buf_bytes(&once), buf_bytes(&again)));
	return 0;
}
