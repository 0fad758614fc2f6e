/* SPDX-License-Identifier: Apache-2.0 */
/* package_key.c - RSA signatures of apk repositories.  Source: RFC 8017 8.2; apk-tools, "apk-v2".
 */
#include "trust/key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

enum { RSA_BITS_LEAST = 2048 };

static EVP_PKEY *read_rsa(struct bytes pem)
{
	if (pem.n > (size_t)KEY_FILE_MAX)
		return NULL;
	BIO *in = BIO_new_mem_buf(pem.p, (int)pem.n);
	if (!in)
		die_nomem(0);
	EVP_PKEY *pkey = PEM_read_bio_PUBKEY(in, NULL, NULL, NULL);
	BIO_free(in);
	if (pkey && (!EVP_PKEY_is_a(pkey, "RSA") || EVP_PKEY_get_bits(pkey) < RSA_BITS_LEAST)) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return pkey;
}

bool rsa_verify(struct bytes pem, enum digest_algo algo, struct bytes data, struct bytes sig)
{
	EVP_PKEY *pkey = read_rsa(pem);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	const EVP_MD *md = algo == DIGEST_SHA1     ? EVP_sha1()
	                   : algo == DIGEST_SHA256 ? EVP_sha256()
	                   : algo == DIGEST_SHA512 ? EVP_sha512()
	                                           : NULL;
	if (!ctx)
		die_nomem(0);
	bool is_good = pkey && md && EVP_DigestVerifyInit(ctx, &how, md, NULL, pkey) == 1 &&
	               EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PADDING) == 1 &&
	               EVP_DigestVerify(ctx, sig.p, sig.n, data.p, data.n) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return is_good;
}
