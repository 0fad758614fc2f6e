/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest.h - digests of what streams by, and the text form "sha256:HEX".
 *
 * Source: OCI image-spec descriptor.md, "Digests" and "Registered Algorithms".
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/bytes.h"

/* MD5 and SHA-1 are what package databases claim of their files; no image document may use them. */
enum digest_algo {
	DIGEST_NONE,
	DIGEST_SHA256,
	DIGEST_SHA512,
	DIGEST_MD5,
	DIGEST_SHA1,
	DIGEST__MAX
};

struct digest {
	enum digest_algo algo; /* DIGEST_NONE: absent */
	uint8_t b[64];         /* 32 or 64 bytes used, the rest 0: compare whole */
};

enum { DIGEST_TEXT_MAX = 7 + 128 + 1 }; /* "sha512:" + hex + NUL */

/* Some systems have no MD5 or SHA-1; digester_new ends the process there. */
bool digest_is_available(enum digest_algo algo);
struct digester; /* opaque: one running hash */
struct digester *digester_new(enum digest_algo algo);
void digester_free(struct digester *d);
void digester_add(struct digester *d, struct bytes b);
/* The digest of all that was added; d can be used again from empty. */
struct digest digester_end(struct digester *d);
struct digest digest_of(struct bytes b); /* SHA-256 in one go */

/* Strict: lower-case hex of the exact length, SHA-256 or SHA-512; ERR_FORMAT else. */
int digest_parse(struct bytes text, struct digest *ret, struct err *e);
/* Bare 64 hex digits as SHA-256 (image ids of docker archives). */
int digest_parse_hex(struct bytes hex, struct digest *ret, struct err *e);
const char *digest_text(const struct digest *d, char ret[DIGEST_TEXT_MAX]); /* returns ret */
const char *digest_algo_name(enum digest_algo algo);
size_t digest_size(enum digest_algo algo); /* bytes */
bool digest_eq(const struct digest *a, const struct digest *b);
/* n bytes as 2n lower-case hex digits and a NUL. */
void hex_encode(const uint8_t *p, size_t n, char *ret);
bool hex_decode(struct bytes hex, uint8_t *ret, size_t n);

#endif
