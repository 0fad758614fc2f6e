/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key.c - key files.
 *
 * Sources: RFC 5280 4.1 (SubjectPublicKeyInfo), RFC 5958 and 8018 (PKCS#8, its encryption), RFC
 * 5915 (SEC1), RFC 8410 (Ed25519).
 */
#include "trust/key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>
#include <unistd.h>

enum { KDF_ROUNDS = 600000 };

static const char *const names[] = {
	[KEY_ECDSA_P256] = "ecdsa-p256",
	[KEY_ED25519] = "ed25519",
	[KEY_OF_CERTIFICATE] = "certificate",
};
_Static_assert(ARRAY_LEN(names) == KEY__MAX, "a name for each");

void key_free(struct key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	X509_free(k->cert);
	free(k);
}

enum key_kind key_kind(const struct key *k) { return k->kind; }

const char *key_kind_name(enum key_kind kind) { return names[kind]; }

const char *key_id(const struct key *k) { return k->id; }

/* Which of ours it is: false for any other. */
static bool kind_of(EVP_PKEY *pkey, enum key_kind *ret)
{
	char group[64] = "";
	size_t n = 0;
	if (EVP_PKEY_is_a(pkey, "ED25519")) {
		*ret = KEY_ED25519;
		return true;
	}
	*ret = KEY_ECDSA_P256;
	return EVP_PKEY_is_a(pkey, "EC") &&
	       EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
	                                      &n) == 1 &&
	       strcmp(group, "prime256v1") == 0;
}

/* SHA-256 of the SubjectPublicKeyInfo. */
static void set_id(struct key *k)
{
	uint8_t *der = NULL;
	int n = i2d_PUBKEY(k->pkey, &der);
	if (n < 0)
		die_nomem(0);
	struct digest d = digest_of(bytes_of(der, (size_t)n));
	OPENSSL_free(der);
	hex_encode(d.b, 32, k->id);
}

/* Takes pkey over, also when it fails. */
static int key_new(EVP_PKEY *pkey, const char *name, struct key **ret, struct err *e)
{
	struct key *k = mem_zalloc(sizeof *k);
	k->pkey = pkey;
	if (!kind_of(pkey, &k->kind)) {
		key_free(k);
		return err_set(e, ERR_UNSUPPORTED,
		               "%s: a key that is neither ECDSA P-256 nor Ed25519", name);
	}
	set_id(k);
	*ret = k;
	return 0;
}

static BIO *bio_of(struct bytes b)
{
	BIO *bio = BIO_new_mem_buf(b.p ? b.p : (const uint8_t *)"",
	                           (int)MIN_OF(b.n, (size_t)KEY_FILE_MAX));
	if (!bio)
		die_nomem(b.n);
	return bio;
}

static int no_password(char *to, int n, int is_writing, void *arg)
{
	(void)to;
	(void)n;
	(void)is_writing;
	(void)arg;
	return -1;
}

int key_read_public(struct bytes pem, const char *name, struct key **ret, struct err *e)
{
	if (pem.n > (size_t)KEY_FILE_MAX)
		return err_set(e, ERR_LIMIT, "%s: %zu bytes, a key has at most %lld", name, pem.n,
		               (long long)KEY_FILE_MAX);
	if (bytes_search(pem, B("PRIVATE KEY-----")) >= 0)
		return err_set(e, ERR_FORMAT, "%s: a private key, where a public one is wanted",
		               name);
	BIO *bio = bio_of(pem);
	EVP_PKEY *pkey = PEM_read_bio_PUBKEY(bio, NULL, no_password, NULL);
	BIO_free(bio);
	ERR_clear_error();
	if (!pkey)
		return err_set(e, ERR_FORMAT, "%s: holds no public key in PEM", name);
	return key_new(pkey, name, ret, e);
}

int key_load_public(const char *path, struct key **ret, struct err *e)
{
	AUTO_BUF struct buf pem = {0};
	if (file_read(path, (size_t)KEY_FILE_MAX, &pem, e) < 0)
		return -1;
	return key_read_public(buf_bytes(&pem), path, ret, e);
}

static int read_certificate(struct bytes pem, const char *name, struct key **ret, struct err *e)
{
	BIO *bio = bio_of(pem);
	X509 *x = PEM_read_bio_X509(bio, NULL, no_password, NULL);
	EVP_PKEY *pkey = x ? X509_get_pubkey(x) : NULL;
	BIO_free(bio);
	ERR_clear_error();
	if (!pkey) {
		X509_free(x);
		return err_set(e, ERR_FORMAT, "%s: holds no certificate in PEM", name);
	}
	struct key *k = mem_zalloc(sizeof *k);
	k->pkey = pkey;
	k->cert = x;
	if (!kind_of(pkey, &k->kind))
		k->kind = KEY_OF_CERTIFICATE;
	set_id(k);
	*ret = k;
	return 0;
}

int key_load_signer(const char *path, struct key **ret, struct err *e)
{
	AUTO_BUF struct buf pem = {0};
	if (file_read(path, (size_t)KEY_FILE_MAX, &pem, e) < 0)
		return -1;
	if (bytes_search(buf_bytes(&pem), B("-----BEGIN CERTIFICATE-----")) < 0 ||
	    bytes_search(buf_bytes(&pem), B("PRIVATE KEY-----")) >= 0)
		return key_read_public(buf_bytes(&pem), path, ret, e);
	return read_certificate(buf_bytes(&pem), path, ret, e);
}

/* ---- private keys ---- */

struct asking {
	const struct key_asker *asker;
	struct err *e;
	bool was_asked, has_failed;
};

static int give_password(char *to, int n, int is_writing, void *arg)
{
	struct asking *q = arg;
	AUTO_BUF struct buf b;
	(void)is_writing;
	q->was_asked = true;
	buf_init(&b, (size_t)KEY_PASSWORD_MAX);
	if (!q->asker || q->asker->ask(q->asker->arg, &b, q->e) < 0) {
		q->has_failed = true;
		return -1;
	}
	int have = (int)MIN_OF(b.n, (size_t)n);
	if (have)
		memcpy(to, b.p, (size_t)have);
	buf_wipe(&b);
	return have;
}

static int refuse_private(const struct asking *q, struct bytes pem, const char *path, struct err *e)
{
	if (q->has_failed && q->asker)
		return err_wrap(e, "%s", path);
	if (q->has_failed)
		return err_set(e, ERR_FORMAT, "%s: is encrypted, and there is no password", path);
	if (q->was_asked)
		return err_set(e, ERR_FORMAT, "%s: the password does not open it", path);
	if (bytes_search(pem, B("ENCRYPTED COSIGN")) >= 0 ||
	    bytes_search(pem, B("ENCRYPTED SIGSTORE")) >= 0)
		return err_set(e, ERR_UNSUPPORTED,
		               "%s: a key in cosign's own encryption; a PKCS#8 file is wanted",
		               path);
	return err_set(e, ERR_FORMAT, "%s: holds no private key in PEM", path);
}

int key_load_private(const char *path, const struct key_asker *asker, struct key **ret,
                     struct err *e)
{
	AUTO_BUF struct buf pem = {0};
	struct asking q = {.asker = asker, .e = e};
	proc_hide();
	if (file_read(path, (size_t)KEY_FILE_MAX, &pem, e) < 0)
		return -1;
	BIO *bio = bio_of(buf_bytes(&pem));
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, give_password, &q);
	BIO_free(bio);
	ERR_clear_error();
	int rc = pkey ? key_new(pkey, path, ret, e) : refuse_private(&q, buf_bytes(&pem), path, e);
	buf_wipe(&pem);
	return rc;
}

int key_generate(enum key_kind kind, struct key **ret, struct err *e)
{
	EVP_PKEY *pkey = kind == KEY_ED25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
	                                     : EVP_EC_gen("P-256");
	if (!pkey)
		return err_set(e, ERR_INTERNAL, "no key could be made");
	return key_new(pkey, "the new key", ret, e);
}

/* Copies what bio holds. */
static int bio_take(BIO *bio, struct buf *ret)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);
	return n > 0 ? buf_add(ret, bytes_of(p, (size_t)n)) : -1;
}

int key_public_pem(const struct key *k, struct buf *ret, struct err *e)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int rc = bio && PEM_write_bio_PUBKEY(bio, k->pkey) == 1 ? bio_take(bio, ret) : -1;
	BIO_free(bio);
	return rc < 0 ? err_set(e, ERR_INTERNAL, "the public key could not be written") : 0;
}

/* PKCS#8, with PBES2 (AES-256-CBC, PBKDF2 with SHA-256) where there is a password. */
static int private_pem(const struct key *k, struct bytes password, struct buf *ret, struct err *e)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	int is_good = 0;
	if (bio && !password.n)
		is_good = PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL, NULL);
	else if (bio) {
		PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(k->pkey);
		X509_ALGOR *how = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), KDF_ROUNDS, NULL, 0, NULL,
		                                    NID_hmacWithSHA256);
		X509_SIG *sealed = plain && how ? PKCS8_set0_pbe((const char *)password.p,
		                                                 (int)password.n, plain, how)
		                                : NULL;
		if (!sealed)
			X509_ALGOR_free(how);
		is_good = sealed && PEM_write_bio_PKCS8(bio, sealed);
		X509_SIG_free(sealed);
		PKCS8_PRIV_KEY_INFO_free(plain);
	}
	int rc = is_good ? bio_take(bio, ret) : -1;
	BIO_free(bio);
	return rc < 0 ? err_set(e, ERR_INTERNAL, "the private key could not be written") : 0;
}

/* Makes a file that was not there. */
static int write_new(const char *path, struct bytes text, mode_t mode, struct err *e)
{
	AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0 && errno == EEXIST)
		return err_set(e, ERR_IO, "%s is there already; a key is never overwritten", path);
	if (fd < 0)
		return err_set(e, ERR_IO, "open %s: %m", path);
	if (fd_write_full(fd, text.p, text.n) < 0 || fsync(fd) < 0) {
		err_set(e, ERR_IO, "write %s: %m", path);
		unlink(path);
		return -1;
	}
	return 0;
}

int key_write(const struct key *k, const char *name, struct bytes password, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf secret, open_half;
	const char *key = arena_printf(a, "%s.key", name), *pub = arena_printf(a, "%s.pub", name);
	buf_init(&secret, (size_t)KEY_FILE_MAX);
	buf_init(&open_half, (size_t)KEY_FILE_MAX);
	if (password.n > (size_t)KEY_PASSWORD_MAX)
		return err_set(e, ERR_LIMIT, "a password of %zu bytes, at most %lld", password.n,
		               (long long)KEY_PASSWORD_MAX);
	if (access(pub, F_OK) == 0)
		return err_set(e, ERR_IO, "%s is there already; a key is never overwritten", pub);
	int rc = private_pem(k, password, &secret, e);
	if (rc == 0)
		rc = key_public_pem(k, &open_half, e);
	if (rc == 0)
		rc = write_new(key, buf_bytes(&secret), 0600, e);
	if (rc == 0 && write_new(pub, buf_bytes(&open_half), 0644, e) < 0) {
		unlink(key);
		rc = -1;
	}
	buf_wipe(&secret);
	return rc;
}
