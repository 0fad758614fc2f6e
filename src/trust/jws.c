/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jws.c - whose a signature of notation is.
 *
 * The algorithm is the key's, never the header's: what the header names must be what the key can
 * only do.  Certificates that come along are claims; one counts when a certificate that was given
 * vouches for it now (no timestamp is taken for a time).
 * Sources: RFC 7518 3.4 and 3.5; notaryproject specifications, signature-specification.md
 * ("Signature Algorithm Requirements", "Certificate Requirements").
 */
#include "trust/key.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { DER_LEN = 600 };

static const struct algorithm {
	const char *name, *group; /* group NULL: RSA of that many bits */
	int bits, scalar;
	const EVP_MD *(*digest)(void);
} algorithms[] = {
	{"ES256", "prime256v1", 0,    32, EVP_sha256},
        {"ES384", "secp384r1",  0,    48, EVP_sha384},
	{"ES512", "secp521r1",  0,    66, EVP_sha512},
        {"PS256", NULL,         2048, 0,  EVP_sha256},
	{"PS384", NULL,         3072, 0,  EVP_sha384},
        {"PS512", NULL,         4096, 0,  EVP_sha512},
};

static const struct algorithm *algorithm_of(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		if (bytes_eq(name, bytes_str(algorithms[i].name)))
			return &algorithms[i];
	}
	return NULL;
}

static bool is_for(EVP_PKEY *pkey, const struct algorithm *g)
{
	char group[64] = "";
	size_t n = 0;
	if (!g->group)
		return EVP_PKEY_is_a(pkey, "RSA") && EVP_PKEY_get_bits(pkey) == g->bits;
	return EVP_PKEY_is_a(pkey, "EC") &&
	       EVP_PKEY_get_group_name(pkey, group, sizeof group, &n) == 1 &&
	       strcmp(group, g->group) == 0;
}

/* RFC 7518 3.4: r and s, each as long as the order of the curve. */
static size_t to_der(const struct algorithm *g, struct bytes sig, uint8_t to[DER_LEN])
{
	uint8_t *p = to;
	if (sig.n != 2 * (size_t)g->scalar)
		return 0;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(sig.p, g->scalar, NULL),
	       *s = BN_bin2bn(sig.p + g->scalar, g->scalar, NULL);
	if (!pair || !r || !s)
		die_nomem(0);
	ECDSA_SIG_set0(pair, r, s);
	int n = i2d_ECDSA_SIG(pair, NULL);
	n = n > 0 && n <= DER_LEN ? i2d_ECDSA_SIG(pair, &p) : 0;
	ECDSA_SIG_free(pair);
	return n > 0 ? (size_t)n : 0;
}

static bool verify(EVP_PKEY *pkey, const struct algorithm *g, const struct jws *j)
{
	uint8_t der[DER_LEN];
	struct bytes sig = j->signature;
	EVP_PKEY_CTX *how = NULL; /* of the context */
	if (!is_for(pkey, g))
		return false;
	if (g->group)
		sig = bytes_of(der, to_der(g, sig, der));
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	if (!c)
		die_nomem(0);
	bool is_good = sig.n && EVP_DigestVerifyInit(c, &how, g->digest(), NULL, pkey) == 1;
	if (is_good && !g->group)
		is_good = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
		          EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1;
	is_good = is_good && EVP_DigestVerify(c, sig.p, sig.n, j->input.p, j->input.n) == 1;
	EVP_MD_CTX_free(c);
	ERR_clear_error();
	return is_good;
}

static X509 *certificate(const struct jws *j, size_t i)
{
	const unsigned char *p = j->certificates[i].p;
	X509 *x = d2i_X509(NULL, &p, (long)j->certificates[i].n);
	ERR_clear_error();
	return x;
}

/* "MUST be a valid codesigning certificate": no authority, and where uses are named, that one. */
static bool may_sign(X509 *leaf)
{
	uint32_t uses = X509_get_key_usage(leaf), more = X509_get_extended_key_usage(leaf);
	return X509_check_ca(leaf) == 0 && (uses & KU_DIGITAL_SIGNATURE) &&
	       (more == UINT32_MAX || (more & XKU_CODE_SIGN));
}

static bool vouches(X509 *authority, X509 *leaf, const struct jws *j, int64_t now_s)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *c = X509_STORE_CTX_new();
	STACK_OF(X509) *rest = sk_X509_new_null();
	if (!store || !c || !rest)
		die_nomem(0);
	for (size_t i = 1; i < j->n_certificates; i++) {
		X509 *x = certificate(j, i);
		if (x && !sk_X509_push(rest, x))
			X509_free(x);
	}
	X509_STORE_add_cert(store, authority);
	bool is_good = X509_STORE_CTX_init(c, store, leaf, rest) == 1;
	if (is_good) {
		X509_STORE_CTX_set_flags(c, X509_V_FLAG_PARTIAL_CHAIN);
		X509_STORE_CTX_set_time(c, 0, (time_t)now_s);
		is_good = X509_verify_cert(c) == 1;
	}
	X509_STORE_CTX_free(c);
	X509_STORE_free(store);
	sk_X509_pop_free(rest, X509_free);
	ERR_clear_error();
	return is_good;
}

static bool is_by(const struct key *k, const struct algorithm *g, const struct jws *j, X509 *leaf,
                  int64_t now_s)
{
	if (verify(k->pkey, g, j))
		return true;
	if (!k->cert || !leaf || !may_sign(leaf))
		return false;
	EVP_PKEY *of = X509_get0_pubkey(leaf);
	return of && verify(of, g, j) && vouches(k->cert, leaf, j, now_s);
}

const struct key *trust_jws_signer(const struct jws *j, struct key_ring keys, int64_t now_s)
{
	const struct algorithm *g = algorithm_of(j->alg);
	const struct key *ret = NULL;
	if (!g || (j->expires_s && j->expires_s <= now_s))
		return NULL;
	X509 *leaf = j->n_certificates ? certificate(j, 0) : NULL;
	for (size_t i = 0; i < keys.n && !ret; i++) {
		if (is_by(keys.v[i], g, j, leaf, now_s))
			ret = keys.v[i];
	}
	X509_free(leaf);
	return ret;
}
