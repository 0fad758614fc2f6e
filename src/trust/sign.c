/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign.c - signatures over bytes.
 *
 * Sources: FIPS 186-5 (ECDSA with SHA-256), RFC 3279 2.2.3 (its DER form), RFC 8032 (Ed25519).
 */
#include "trust/key.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <string.h>

enum { SCALAR = 32 };

static const EVP_MD *digest_for(const struct key *k)
{
	return k->kind == KEY_ED25519 ? NULL : EVP_sha256();
}

static EVP_MD_CTX *context(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	if (!c)
		die_nomem(0);
	return c;
}

int key_sign(const struct key *k, struct bytes message, struct buf *ret, struct err *e)
{
	uint8_t sig[SIGNATURE_MAX];
	size_t n = sizeof sig;
	EVP_MD_CTX *c = context();
	bool is_good = EVP_DigestSignInit(c, NULL, digest_for(k), NULL, k->pkey) == 1 &&
	               EVP_DigestSign(c, sig, &n, message.p, message.n) == 1;
	EVP_MD_CTX_free(c);
	ERR_clear_error();
	if (!is_good || buf_add(ret, bytes_of(sig, n)) < 0)
		return err_set(e, ERR_INTERNAL, "the key cannot sign");
	return 0;
}

bool key_verify_der(const struct key *k, struct bytes message, struct bytes sig)
{
	EVP_MD_CTX *c = context();
	bool is_good = k->kind != KEY_OF_CERTIFICATE && sig.n && sig.n <= SIGNATURE_MAX &&
	               EVP_DigestVerifyInit(c, NULL, digest_for(k), NULL, k->pkey) == 1 &&
	               EVP_DigestVerify(c, sig.p, sig.n, message.p, message.n) == 1;
	EVP_MD_CTX_free(c);
	ERR_clear_error();
	return is_good;
}

/* r and s as DER; absent: they are not. */
static struct bytes pair_to_der(struct bytes sig, uint8_t **der)
{
	if (sig.n != 2 * SCALAR)
		return (struct bytes){NULL, 0};
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(sig.p, SCALAR, NULL), *s = BN_bin2bn(sig.p + SCALAR, SCALAR, NULL);
	if (!pair || !r || !s)
		die_nomem(0);
	ECDSA_SIG_set0(pair, r, s);
	int n = i2d_ECDSA_SIG(pair, der);
	ECDSA_SIG_free(pair);
	return bytes_of(*der, n > 0 ? (size_t)n : 0);
}

bool key_verify_p1363(const struct key *k, struct bytes message, struct bytes sig)
{
	uint8_t *der = NULL;
	if (k->kind != KEY_ECDSA_P256)
		return false;
	struct bytes text = pair_to_der(sig, &der);
	bool is_good = text.n && key_verify_der(k, message, text);
	OPENSSL_free(der);
	return is_good;
}

static bool verify_digest_der(const struct key *k, const struct digest *message, struct bytes sig)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(k->pkey, NULL);
	if (!c)
		die_nomem(0);
	bool is_good =
		sig.n && sig.n <= SIGNATURE_MAX && EVP_PKEY_verify_init(c) == 1 &&
		EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) == 1 &&
		EVP_PKEY_verify(c, sig.p, sig.n, message->b, digest_size(DIGEST_SHA256)) == 1;
	EVP_PKEY_CTX_free(c);
	ERR_clear_error();
	return is_good;
}

bool key_verify_digest(const struct key *k, const struct digest *message, struct bytes sig)
{
	uint8_t *der = NULL;
	if (k->kind != KEY_ECDSA_P256 || message->algo != DIGEST_SHA256)
		return false;
	struct bytes other = pair_to_der(sig, &der);
	bool is_good = verify_digest_der(k, message, sig) ||
	               (other.n && verify_digest_der(k, message, other));
	OPENSSL_free(der);
	return is_good;
}

bool key_verify(const struct key *k, struct bytes message, struct bytes sig)
{
	return key_verify_der(k, message, sig) || key_verify_p1363(k, message, sig);
}
