/* SPDX-License-Identifier: Apache-2.0 */
/* jws.c - signatures of notation and of sigstore's bundle.  Sources: see jws.h. */
#include "fmt/jws.h"

#define PAYLOAD_TYPE "application/vnd.cncf.notary.payload.v1+json"
#define SCHEME       "io.cncf.notary.signingScheme"
#define EXPIRY       "io.cncf.notary.expiry"

/* Decodes a member; in base64url the padding is left out, base64_decode takes both. */
static int get_base64(struct arena *a, const json_t *member, const char *what, const char *name,
                      struct bytes *ret, struct err *e)
{
	AUTO_BUF struct buf raw;
	struct bytes text = json_bytes(member);
	buf_init(&raw, text.n + 1);
	if (!json_is_string(member) || !text.n || !base64_decode(text, &raw))
		return err_set(e, ERR_FORMAT, "%s: \"%s\" is not base64", name, what);
	*ret = arena_dup(a, buf_bytes(&raw));
	return 0;
}

/* RFC 7515 4.1.11: what is named in "crit" must be understood, or the signature is not valid. */
static int check_critical(const json_t *header, const char *name, struct err *e)
{
	static const char *const known[] = {SCHEME, EXPIRY, "io.cncf.notary.authenticSigningTime"};
	const json_t *list = json_list(header, "crit"), *one;
	size_t i;
	bool has_scheme = false;
	json_array_foreach(list, i, one)
	{
		struct bytes text = json_bytes(one);
		bool is_known = false;
		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			is_known |= bytes_eq(text, bytes_str(known[k]));
		if (!is_known)
			return err_set(e, ERR_UNSUPPORTED, "%s: wants \"%.*s\" to be understood",
			               name, BYTES_FMT(bytes_slice(text, 0, 60)));
		has_scheme |= bytes_eq(text, B(SCHEME));
	}
	/* signature-envelope-jws.md: crit "MUST contain io.cncf.notary.signingScheme" */
	return has_scheme ? 0 : err_set(e, ERR_FORMAT, "%s: no signing scheme", name);
}

static int read_header(struct arena *a, struct bytes text, const char *name, struct jws *to,
                       struct err *e)
{
	AUTO_JSON json_t *header = NULL;
	if (json_load_data(text, name, (size_t)JWS_MAX, &header, e) < 0)
		return -1;
	if (!bytes_eq(json_text(header, "cty"), B(PAYLOAD_TYPE)))
		return err_set(e, ERR_FORMAT, "%s: not notation's signature of an image", name);
	if (check_critical(header, name, e) < 0)
		return -1;
	struct bytes scheme = json_text(header, SCHEME), expiry = json_text(header, EXPIRY);
	if (!bytes_eq(scheme, B("notary.x509")) &&
	    !bytes_eq(scheme, B("notary.x509.signingAuthority")))
		return err_set(e, ERR_UNSUPPORTED, "%s: the signing scheme \"%.*s\"", name,
		               BYTES_FMT(bytes_slice(scheme, 0, 60)));
	if (json_object_get(header, EXPIRY) && !clock_parse(expiry, &to->expires_s))
		return err_set(e, ERR_FORMAT, "%s: its end is no time", name);
	to->alg = arena_dup(a, json_text(header, "alg"));
	return to->alg.n ? 0 : err_set(e, ERR_FORMAT, "%s: names no algorithm", name);
}

static int read_payload(struct bytes text, const char *name, struct jws *to, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_data(text, name, (size_t)JWS_MAX, &root, e) < 0)
		return -1;
	struct bytes of = json_text(json_obj(root, "targetArtifact"), "digest");
	return digest_parse(of, &to->target, e) < 0 ? err_wrap(e, "%s", name) : 0;
}

static int read_certificates(struct arena *a, const json_t *root, const char *name, struct jws *to,
                             struct err *e)
{
	const json_t *list = json_list(json_obj(root, "header"), "x5c");
	size_t n = json_array_size(list);
	if (n > (size_t)JWS_CERTIFICATES_MAX)
		return err_set(e, ERR_LIMIT, "%s: %zu certificates, at most %lld", name, n,
		               (long long)JWS_CERTIFICATES_MAX);
	to->certificates = arena_alloc(a, (n + 1) * sizeof *to->certificates);
	to->n_certificates = n;
	for (size_t i = 0; i < n; i++) {
		if (get_base64(a, json_array_get(list, i), "x5c", name, &to->certificates[i], e) <
		    0)
			return -1;
	}
	return 0;
}

int jws_parse(struct arena *a, struct bytes text, const char *name, struct jws *ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	struct jws j = {.expires_s = 0};
	struct bytes header, payload;
	if (json_load_data(text, name, (size_t)JWS_MAX, &root, e) < 0)
		return -1;
	const json_t *protected = json_object_get(root, "protected");
	const json_t *body = json_object_get(root, "payload");
	if (get_base64(a, protected, "protected", name, &header, e) < 0 ||
	    get_base64(a, body, "payload", name, &payload, e) < 0 ||
	    get_base64(a, json_object_get(root, "signature"), "signature", name, &j.signature, e) <
	            0 ||
	    read_header(a, header, name, &j, e) < 0 || read_payload(payload, name, &j, e) < 0 ||
	    read_certificates(a, root, name, &j, e) < 0)
		return -1;
	j.input = bytes_str(arena_printf(a, "%.*s.%.*s", BYTES_FMT(json_bytes(protected)),
	                                 BYTES_FMT(json_bytes(body))));
	*ret = j;
	return 0;
}

int message_signature_read(struct arena *a, const json_t *bundle, const char *name,
                           struct message_signature *ret, struct err *e)
{
	const json_t *m = json_obj(bundle, "messageSignature");
	const json_t *of = json_obj(m, "messageDigest");
	struct message_signature s = {.of = {.algo = DIGEST_SHA256}};
	struct bytes raw;
	if (!m)
		return err_set(e, ERR_FORMAT, "%s: signs nothing", name);
	if (!bytes_eq(json_text(of, "algorithm"), B("SHA2_256")))
		return err_set(e, ERR_UNSUPPORTED, "%s: a digest that is not SHA2_256", name);
	if (get_base64(a, json_object_get(of, "digest"), "digest", name, &raw, e) < 0 ||
	    get_base64(a, json_object_get(m, "signature"), "signature", name, &s.signature, e) < 0)
		return -1;
	if (raw.n != digest_size(DIGEST_SHA256))
		return err_set(e, ERR_FORMAT, "%s: a digest of %zu bytes", name, raw.n);
	for (size_t i = 0; i < raw.n; i++)
		s.of.b[i] = raw.p[i];
	*ret = s;
	return 0;
}
