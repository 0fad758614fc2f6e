/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jws.h - signatures that lie beside what they sign: notation's JWS, and the "messageSignature" of
 * a sigstore bundle.
 *
 * Pure: nothing here knows a key.  Sources: RFC 7515 (7.2.2, flattened JSON; 4.1.11, "crit");
 * notaryproject specifications, signature-envelope-jws.md; sigstore protobuf-specs,
 * sigstore_bundle.proto.
 */
#ifndef FMT_JWS_H
#define FMT_JWS_H

#include "base/base.h"

struct jws {
	struct bytes input;     /* the bytes that are signed */
	struct bytes signature; /* raw */
	struct bytes alg;       /* "ES256" */
	struct bytes
		*certificates; /* DER, the signer's first: claims, of which nothing is trusted */
	size_t n_certificates;
	struct digest target; /* what it is about */
	int64_t expires_s;    /* 0: never */
};

/* Reads notation's envelope of at most JWS_MAX bytes; what comes out lives in a.  ERR_UNSUPPORTED
 * when its header asks for something to be understood that is not; ERR_FORMAT, ERR_LIMIT. */
int jws_parse(struct arena *a, struct bytes text, const char *name, struct jws *ret, struct err *e);

struct message_signature {
	struct digest of;       /* SHA-256 of what was signed */
	struct bytes signature; /* raw */
};

/* Reads the "messageSignature" of a bundle; ERR_UNSUPPORTED, ERR_FORMAT. */
int message_signature_read(struct arena *a, const json_t *bundle, const char *name,
                           struct message_signature *ret, struct err *e);

#endif
