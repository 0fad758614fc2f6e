/* SPDX-License-Identifier: Apache-2.0 */
/* envelope.c - DSSE envelopes made and opened with keys.  Source: DSSE v1.0 protocol.md. */
#include "trust/trust.h"

int trust_seal(struct key_ring keys, struct bytes type, struct bytes payload, struct buf *ret,
               struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf pae;
	struct dsse d = {.payload_type = type, .payload = payload, .n_signatures = keys.n};
	buf_init(&pae, (size_t)DSSE_ENVELOPE_MAX);
	if (dsse_pae(type, payload, &pae) < 0)
		return err_set(e, ERR_LIMIT, "a statement of %zu bytes", payload.n);
	d.signatures = arena_alloc(a, keys.n * sizeof *d.signatures);
	for (size_t i = 0; i < keys.n; i++) {
		AUTO_BUF struct buf sig;
		buf_init(&sig, 1024);
		if (key_sign(keys.v[i], buf_bytes(&pae), &sig, e) < 0)
			return -1;
		d.signatures[i] = (struct dsse_signature){.keyid = bytes_str(key_id(keys.v[i])),
		                                          .sig = arena_dup(a, buf_bytes(&sig))};
	}
	return dsse_write(&d, ret) < 0
	               ? err_set(e, ERR_LIMIT, "an envelope of more than %zu bytes", ret->max)
	               : 0;
}

/* protocol.md: the keyid is a hint only, so each key is tried with each signature. */
static const struct key *signer_of(const struct dsse *d, struct bytes pae, struct key_ring keys)
{
	for (size_t i = 0; i < keys.n; i++) {
		for (size_t s = 0; s < d->n_signatures; s++) {
			if (key_verify(keys.v[i], pae, d->signatures[s].sig))
				return keys.v[i];
		}
	}
	return NULL;
}

const struct key *trust_signer(const struct dsse *d, struct key_ring keys)
{
	AUTO_BUF struct buf pae;
	buf_init(&pae, 2 * (size_t)DSSE_ENVELOPE_MAX);
	if (!keys.n || dsse_pae(d->payload_type, d->payload, &pae) < 0)
		return NULL;
	return signer_of(d, buf_bytes(&pae), keys);
}

int trust_open(struct arena *a, struct bytes envelope, const char *name, struct key_ring keys,
               struct trusted *ret, struct err *e)
{
	struct trusted t = {.signer = NULL};
	if (dsse_parse(a, envelope, name, &t.envelope, e) < 0)
		return -1;
	t.signer = trust_signer(&t.envelope, keys);
	if (!t.signer)
		return err_set(e, ERR_DIGEST, "%s: is not signed by %s", name,
		               keys.n == 1 ? "the key" : "any of the keys");
	*ret = t;
	return 0;
}
