/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - running hashes by OpenSSL, and their text form. */
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

static const struct {
	const char *name;    /* as in "sha256:..." */
	const char *openssl; /* as EVP_MD_fetch knows it */
	size_t size;         /* bytes */
} algos[] = {
	[DIGEST_NONE] = {"none",   NULL,       0 },
	[DIGEST_SHA256] = {"sha256", "SHA2-256", 32},
	[DIGEST_SHA512] = {"sha512", "SHA2-512", 64},
	[DIGEST_MD5] = {"md5",    "MD5",      16},
	[DIGEST_SHA1] = {"sha1",   "SHA1",     20},
};
_Static_assert(ARRAY_LEN(algos) == DIGEST__MAX, "a row per algorithm");

struct digester {
	EVP_MD_CTX *ctx;
	enum digest_algo algo;
};

static EVP_MD *fetched[DIGEST__MAX];
static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;

/* No hash, no statement about any image: there is nothing to go on with. */
static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "assay: OpenSSL: %s failed\n", what);
	_exit(3);
}

/* Fetched once: an implicit fetch per hash costs more than hashing 4 KiB.  The configuration file
 * is left unread: it costs a millisecond, and a confined worker cannot open it.  A context of our
 * own: the default one is used though it could not be made, and without memory that is a crash. */
static void fetch(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
	                            OPENSSL_INIT_NO_ADD_ALL_DIGESTS,
	                    NULL);
	OSSL_LIB_CTX *own = OSSL_LIB_CTX_new();
	if (!own)
		die("OSSL_LIB_CTX_new");
	for (enum digest_algo a = DIGEST_SHA256; a < DIGEST__MAX; a++) {
		fetched[a] = EVP_MD_fetch(own, algos[a].openssl, NULL);
		if (!fetched[a] && a <= DIGEST_SHA512)
			die("EVP_MD_fetch");
	}
}

bool digest_is_available(enum digest_algo algo)
{
	pthread_once(&fetch_once, fetch);
	return algo > DIGEST_NONE && algo < DIGEST__MAX && fetched[algo];
}

struct digester *digester_new(enum digest_algo algo)
{
	pthread_once(&fetch_once, fetch);
	struct digester *d = mem_zalloc(sizeof *d);
	d->algo = algo;
	d->ctx = EVP_MD_CTX_new();
	if (!d->ctx)
		die_nomem(sizeof *d);
	if (algo <= DIGEST_NONE || algo >= DIGEST__MAX ||
	    !EVP_DigestInit_ex2(d->ctx, fetched[algo], NULL))
		die("EVP_DigestInit");
	return d;
}

void digester_free(struct digester *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->ctx);
	free(d);
}

void digester_add(struct digester *d, struct bytes b)
{
	if (b.n && !EVP_DigestUpdate(d->ctx, b.p, b.n))
		die("EVP_DigestUpdate");
}

struct digest digester_end(struct digester *d)
{
	struct digest ret = {.algo = d->algo};
	if (!EVP_DigestFinal_ex(d->ctx, ret.b, NULL))
		die("EVP_DigestFinal");
	if (!EVP_DigestInit_ex2(d->ctx, NULL, NULL))
		die("EVP_DigestInit");
	return ret;
}

struct digest digest_of(struct bytes b)
{
	struct digester *d = digester_new(DIGEST_SHA256);
	digester_add(d, b);
	struct digest ret = digester_end(d);
	digester_free(d);
	return ret;
}

const char *digest_algo_name(enum digest_algo algo)
{
	return algo < DIGEST__MAX ? algos[algo].name : "unknown";
}

size_t digest_size(enum digest_algo algo) { return algo < DIGEST__MAX ? algos[algo].size : 0; }

bool digest_eq(const struct digest *a, const struct digest *b)
{
	return a->algo == b->algo && memcmp(a->b, b->b, sizeof a->b) == 0;
}

void hex_encode(const uint8_t *p, size_t n, char *ret)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		ret[2 * i] = digits[p[i] >> 4];
		ret[2 * i + 1] = digits[p[i] & 15];
	}
	ret[2 * n] = 0;
}

/* Value of a lower-case hex digit, or -1: image-spec descriptor.md, "sha256": "encoded MUST match
 * /[a-f0-9]{64}/". */
static int hex_value(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(struct bytes hex, uint8_t *ret, size_t n)
{
	if (hex.n != 2 * n)
		return false;
	for (size_t i = 0; i < hex.n; i++) {
		if (hex_value(hex.p[i]) < 0)
			return false;
	}
	for (size_t i = 0; i < n; i++)
		ret[i] = (uint8_t)(hex_value(hex.p[2 * i]) << 4 | hex_value(hex.p[2 * i + 1]));
	return true;
}

static int parse_as(enum digest_algo algo, struct bytes hex, struct digest *ret, struct err *e)
{
	struct digest d = {.algo = algo};
	if (hex.n != 2 * algos[algo].size)
		return err_set(e, ERR_FORMAT, "digest: %s wants %zu hex digits, has %zu",
		               algos[algo].name, 2 * algos[algo].size, hex.n);
	if (!hex_decode(hex, d.b, algos[algo].size))
		return err_set(e, ERR_FORMAT, "digest: not lower-case hex: %.*s", BYTES_FMT(hex));
	*ret = d;
	return 0;
}

int digest_parse(struct bytes text, struct digest *ret, struct err *e)
{
	struct bytes name, hex, shown = bytes_slice(text, 0, 80);
	if (!bytes_cut(text, ':', &name, &hex))
		return err_set(e, ERR_FORMAT, "digest without algorithm: %.*s", BYTES_FMT(shown));
	for (enum digest_algo a = DIGEST_SHA256; a <= DIGEST_SHA512; a++) {
		if (bytes_eq(name, bytes_str(algos[a].name)))
			return parse_as(a, hex, ret, e);
	}
	return err_set(e, ERR_FORMAT, "digest of an unknown algorithm: %.*s", BYTES_FMT(shown));
}

int digest_parse_hex(struct bytes hex, struct digest *ret, struct err *e)
{
	return parse_as(DIGEST_SHA256, hex, ret, e);
}

const char *digest_text(const struct digest *d, char ret[DIGEST_TEXT_MAX])
{
	size_t n = (size_t)snprintf(ret, DIGEST_TEXT_MAX, "%s:", digest_algo_name(d->algo));
	hex_encode(d->b, MIN_OF(digest_size(d->algo), sizeof d->b), ret + n);
	return ret;
}
