/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trust.h - keys, and what they say: signatures over statements.
 *
 * Keys are PEM files: ECDSA P-256 (SHA-256, DER signatures, as cosign makes them) or Ed25519.  A
 * statement is signed as a DSSE envelope; what the statement says is somebody else's matter.
 */
#ifndef TRUST_TRUST_H
#define TRUST_TRUST_H

#include "base/base.h"
#include "fmt/fmt.h"

enum key_kind {
	KEY_ECDSA_P256,
	KEY_ED25519,
	KEY_OF_CERTIFICATE, /* of any other kind: signatures of notation are verified, nothing else
	                     */
	KEY__MAX
};

/* ---- keys: key.c ---- */
struct key;

/* Asks for the password of a key: bytes into ret (at most KEY_PASSWORD_MAX), which is wiped
 * afterwards. */
struct key_asker {
	int (*ask)(void *arg, struct buf *ret, struct err *e);
	void *arg;
};

/* A public key ("PUBLIC KEY", SubjectPublicKeyInfo).  ERR_FORMAT for what is none, ERR_UNSUPPORTED
 * for another algorithm or curve, by name. */
int key_read_public(struct bytes pem, const char *name, struct key **ret, struct err *e);
int key_load_public(const char *path, struct key **ret, struct err *e);
/* A public key or a certificate, that of a signer or of an authority (trust_jws_signer). */
int key_load_signer(const char *path, struct key **ret, struct err *e);
/* A private key: PKCS#8 ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY") or SEC1 ("EC PRIVATE KEY").  asker
 * is used for encrypted ones only; its password is tried once.  The process is hidden first. */
int key_load_private(const char *path, const struct key_asker *asker, struct key **ret,
                     struct err *e);
int key_generate(enum key_kind kind, struct key **ret, struct err *e);
/* Writes NAME.key (mode 0600; encrypted unless the password is empty) and NAME.pub; ERR_IO when
 * either is there already: a key is never overwritten. */
int key_write(const struct key *k, const char *name, struct bytes password, struct err *e);
void key_free(struct key *k); /* accepts NULL */
enum key_kind key_kind(const struct key *k);
const char *key_kind_name(enum key_kind kind);
/* SHA-256 of the SubjectPublicKeyInfo, 64 hex digits: the same for both halves. */
const char *key_id(const struct key *k);
/* The public half as PEM. */
int key_public_pem(const struct key *k, struct buf *ret, struct err *e);

/* Signs message; appends the signature. */
int key_sign(const struct key *k, struct bytes message, struct buf *ret, struct err *e);
/* False for any signature that is not this key's over message.  Of ECDSA the form is ASN.1 DER, or
 * r and s of 32 bytes each (IEEE P1363), which some DSSE libraries write. */
bool key_verify(const struct key *k, struct bytes message, struct bytes sig);
bool key_verify_der(const struct key *k, struct bytes message, struct bytes sig);
bool key_verify_p1363(const struct key *k, struct bytes message, struct bytes sig);

/* The same of a message that is known by its SHA-256 alone; false for Ed25519, which wants it
 * whole. */
bool key_verify_digest(const struct key *k, const struct digest *message, struct bytes sig);

/* The first address or URI, or else the common name, that a certificate (PEM or DER) says its key
 * belongs to; nothing
 * of it is verified.  false: it says none, or is none. */
bool certificate_name(struct bytes certificate, struct buf *ret);

/* ---- envelopes: envelope.c ---- */
/* Keys that are asked for or trusted together; nothing is owned. */
struct key_ring {
	const struct key *const *v;
	size_t n;
};
/* Signs payload with each of the keys and appends the envelope. */
int trust_seal(struct key_ring keys, struct bytes type, struct bytes payload, struct buf *ret,
               struct err *e);
/* An envelope that one of the keys has signed. */
struct trusted {
	struct dsse envelope;     /* in the arena given */
	const struct key *signer; /* the first of the keys that did */
};
/* The first of the keys that has signed d; NULL: none has. */
const struct key *trust_signer(const struct dsse *d, struct key_ring keys);
/* The first of the keys that has signed j, or whose certificate is an authority that vouches at
 * now_s for the one that came along and has; NULL: none has, j has ended, or its algorithm is not
 * one of notation's. */
const struct key *trust_jws_signer(const struct jws *j, struct key_ring keys, int64_t now_s);
/* ERR_DIGEST when none of the keys has signed it. */
int trust_open(struct arena *a, struct bytes envelope, const char *name, struct key_ring keys,
               struct trusted *ret, struct err *e);

/* ---- what distributions sign: openpgp.c, package_key.c ---- */
enum { OPENPGP_ID_MAX = 65 }; /* a fingerprint in hex, and NUL */

/* Adds the keys of one file to a ring: an OpenPGP key ring or key, binary or in ASCII armour.
 * ERR_UNSUPPORTED for GnuPG's keybox format, ERR_FORMAT for what is none. */
int openpgp_ring_add(struct buf *ring, struct bytes key, const char *name, struct err *e);
/* Is this such a file, by its first bytes? */
bool openpgp_is_key(struct bytes key);
struct openpgp_question {
	struct bytes ring;      /* of keys that are trusted */
	struct bytes data;      /* clear-signed text, or what signature is of */
	struct bytes signature; /* absent: data is signed in itself */
};
/* Asks gpgv.  Whoever has signed must be in the ring, with a key that is good now, over a digest
 * better than SHA-1, and no signature may be bad: ERR_DIGEST otherwise, ERR_NOTFOUND where none of
 * the keys has signed at all.  ret_text (initialised)
 * gets what a clear-signed text says; NULL with a signature. */
int openpgp_verify(const struct openpgp_question *q, struct buf *ret_text,
                   char ret_signer[OPENPGP_ID_MAX], struct err *e);

/* RSA with PKCS #1 v1.5 padding, as apk's repositories are signed; pem is a public key.  false for
 * any signature that is not this key's over data, and for any other kind of key. */
bool rsa_verify(struct bytes pem, enum digest_algo algo, struct bytes data, struct bytes sig);

#endif
