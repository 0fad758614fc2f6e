/* SPDX-License-Identifier: Apache-2.0 */
/* jws.c - fuzz: signatures of notation and sigstore's bundle. */
#include "fmt/jws.h"

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
	AUTO_JSON json_t *root = NULL;
	struct jws j;
	struct message_signature m;
	if (jws_parse(a, bytes_of(p, n), "fuzz", &j, NULL) == 0)
		require(j.alg.n && j.signature.n && j.target.algo != DIGEST_NONE &&
		        bytes_find(j.input, '.') > 0 &&
		        j.n_certificates <= (size_t)JWS_CERTIFICATES_MAX);
	if (json_load_data(bytes_of(p, n), "fuzz", (size_t)JWS_MAX, &root, NULL) == 0 &&
	    message_signature_read(a, root, "fuzz", &m, NULL) == 0)
		require(m.of.algo == DIGEST_SHA256 && m.signature.n);
	return 0;
}
