/* SPDX-License-Identifier: Apache-2.0 */
/* dsse.c - fuzz: envelopes and the statements in them. */
#include "fmt/dsse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What parses, written again, is the same envelope. */
static void again(struct arena *a, const struct dsse *d)
{
	AUTO_BUF struct buf text;
	struct dsse other;
	buf_init(&text, (size_t)DSSE_ENVELOPE_MAX);
	require(dsse_write(d, &text) == 0);
	require(dsse_parse(a, buf_bytes(&text), "again", &other, NULL) == 0);
	require(other.n_signatures == d->n_signatures && bytes_eq(other.payload, d->payload));
	for (size_t i = 0; i < d->n_signatures; i++)
		require(bytes_eq(other.signatures[i].sig, d->signatures[i].sig));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf pae;
	struct dsse d;
	struct statement s;
	struct digest none = digest_of(B(""));
	if (dsse_parse(a, bytes_of(p, n), "fuzz", &d, NULL) < 0)
		return 0;
	again(a, &d);
	buf_init(&pae, 2 * n + 64);
	require(dsse_pae(d.payload_type, d.payload, &pae) == 0);
	if (statement_parse(a, d.payload, "fuzz", &s, NULL) == 0) {
		require(s.n_subjects > 0);
		statement_is_about(&s, &none);
		statement_free(&s);
	}
	return 0;
}
