/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_trust.c - which certificates are trusted, and which is shown.
 *
 * Those of the system (or SSL_CERT_FILE, SSL_CERT_DIR), of --cacert, and for the registry alone of
 * its folder in certs.d: *.crt are authorities, NAME.cert with NAME.key a client's certificate.
 */
#include "source/fetcher.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *env(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

static int add_file(struct buf *to, const char *path, struct err *e)
{
	AUTO_BUF struct buf text;
	buf_init(&text, (size_t)REGISTRY_CERTS_MAX);
	if (file_read(path, (size_t)REGISTRY_CERTS_MAX, &text, e) < 0)
		return -1;
	if (buf_add(to, buf_bytes(&text)) < 0 || buf_addc(to, '\n') < 0)
		return err_set(e, ERR_LIMIT, "%s: more than %lld bytes of certificates", path,
		               (long long)REGISTRY_CERTS_MAX);
	return 0;
}

static bool has_certificate(struct bytes pem)
{
	return bytes_search(pem, B("-----BEGIN CERTIFICATE-----")) >= 0 ||
	       bytes_search(pem, B("-----BEGIN TRUSTED CERTIFICATE-----")) >= 0;
}

/* The system's bundle; that none is there is seen when a certificate cannot be verified. */
static int add_system(struct buf *to, struct err *e)
{
	const char *named = env("SSL_CERT_FILE");
	const char *usual = curl_version_info(CURLVERSION_NOW)->cainfo;
	if (named)
		return add_file(to, named, e);
	if (usual && access(usual, R_OK) == 0)
		return add_file(to, usual, e);
	return 0;
}

/* "NAME.cert" without "NAME.key" or the other way round is a mistake that would be seen as a
 * refusal of the registry's. */
static int check_pair(const char *path, const char *other, struct err *e)
{
	return access(other, F_OK) ? err_set(e, ERR_NOTFOUND, "%s has no %s", path, other) : 0;
}

static int take_file(struct fetcher *f, const char *dir, const char *name, struct err *e)
{
	struct bytes n = bytes_str(name);
	struct stat st;
	const char *path = arena_printf(f->arena, "%s/%s", dir, name);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return 0;
	if (bytes_ends(n, B(".crt"))) {
		if (!f->trust.own_certs.n &&
		    buf_add(&f->trust.own_certs, buf_bytes(&f->trust.certs)) < 0)
			return err_set(e, ERR_LIMIT, "%s: too many certificates", path);
		return add_file(&f->trust.own_certs, path, e);
	}
	bool is_key = bytes_ends(n, B(".key"));
	if (!is_key && !bytes_ends(n, B(".cert")))
		return 0;
	struct bytes stem = bytes_slice(n, 0, n.n - (is_key ? 4 : 5));
	const char *cert = arena_printf(f->arena, "%s/%.*s.cert", dir, BYTES_FMT(stem));
	const char *key = arena_printf(f->arena, "%s/%.*s.key", dir, BYTES_FMT(stem));
	if (check_pair(is_key ? key : cert, is_key ? cert : key, e))
		return -1;
	if (is_key || f->trust.client_cert)
		return 0;
	f->trust.client_cert = path;
	f->trust.client_key = key;
	return 0;
}

static int name_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A folder that is not there, or not ours to read, says nothing. */
static int add_folder(struct fetcher *f, const char *top, struct bytes host, struct err *e)
{
	const char *dir = arena_printf(f->arena, "%s/%.*s", top, BYTES_FMT(host)),
		   *names[REGISTRY_CERT_FILES_MAX];
	size_t n = 0, found = 0;
	DIR *d = opendir(dir);
	if (!d && errno == EACCES)
		log_line(LOG_DEBUG, "%s is not ours to read", dir);
	if (!d)
		return 0;
	for (const struct dirent *en; found <= REGISTRY_CERT_FILES_MAX && (en = readdir(d));) {
		if (en->d_name[0] == '.')
			continue;
		if (found++ < REGISTRY_CERT_FILES_MAX)
			names[n++] = arena_printf(f->arena, "%s", en->d_name);
	}
	closedir(d);
	if (found > n)
		return err_set(e, ERR_LIMIT, "%s: more than %d files", dir,
		               REGISTRY_CERT_FILES_MAX);
	qsort(names, n, sizeof *names, name_cmp);
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = take_file(f, dir, names[i], e);
	return rc;
}

int trust_load(struct fetcher *f, struct err *e)
{
	struct trust *t = &f->trust;
	const char *config = env("XDG_CONFIG_HOME"), *home = env("HOME");
	if (!config && home)
		config = arena_printf(f->arena, "%s/.config", home);
	const char *const tops[] = {
		config ? arena_printf(f->arena, "%s/containers/certs.d", config) : NULL,
		"/etc/containers/certs.d",
		"/etc/docker/certs.d",
	};
	buf_init(&t->certs, (size_t)REGISTRY_CERTS_MAX);
	buf_init(&t->own_certs, (size_t)REGISTRY_CERTS_MAX);
	if (add_system(&t->certs, e))
		return -1;
	if (f->setup.cacert.n) {
		size_t before = t->certs.n;
		const char *path = arena_str(f->arena, f->setup.cacert);
		if (add_file(&t->certs, path, e))
			return err_wrap(e, "--cacert");
		if (!has_certificate(bytes_skip(buf_bytes(&t->certs), before)))
			return err_set(e, ERR_USAGE, "--cacert %s: holds no certificate in PEM",
			               path);
	}
	for (size_t i = 0; i < ARRAY_LEN(tops); i++) {
		if (tops[i] && add_folder(f, tops[i], f->setup.host, e))
			return -1;
	}
	return 0;
}

int trust_load_daemon(struct fetcher *f, const char *dir, struct err *e)
{
	struct trust *t = &f->trust;
	const char *ca = arena_printf(f->arena, "%s/ca.pem", dir);
	const char *cert = arena_printf(f->arena, "%s/cert.pem", dir);
	const char *key = arena_printf(f->arena, "%s/key.pem", dir);
	buf_init(&t->certs, (size_t)REGISTRY_CERTS_MAX);
	buf_init(&t->own_certs, (size_t)REGISTRY_CERTS_MAX);
	if ((access(ca, F_OK) ? add_system(&t->certs, e) : add_file(&t->certs, ca, e)) < 0)
		return -1;
	if (access(cert, F_OK) == 0 && access(key, F_OK) == 0) {
		t->client_cert = cert;
		t->client_key = key;
	}
	return 0;
}

void trust_free(struct trust *t)
{
	buf_fini(&t->certs);
	buf_fini(&t->own_certs);
}

void trust_apply(const struct fetcher *f, bool is_own, bool is_verified)
{
	const struct trust *t = &f->trust;
	const struct buf *certs = is_own && t->own_certs.n ? &t->own_certs : &t->certs;
	const char *dir = env("SSL_CERT_DIR");
	CURL *c = f->curl;
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, is_verified ? 1L : 0L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, is_verified ? 2L : 0L);
	if (dir)
		curl_easy_setopt(c, CURLOPT_CAPATH, dir);
	if (certs->n) {
		struct curl_blob blob = {certs->p, certs->n, CURL_BLOB_NOCOPY};
		curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob);
	}
	if (t->certs.n) { /* of a proxy that speaks TLS itself */
		struct curl_blob blob = {t->certs.p, t->certs.n, CURL_BLOB_NOCOPY};
		curl_easy_setopt(c, CURLOPT_PROXY_CAINFO_BLOB, &blob);
	}
	if (is_own && t->client_cert) {
		curl_easy_setopt(c, CURLOPT_SSLCERT, t->client_cert);
		curl_easy_setopt(c, CURLOPT_SSLKEY, t->client_key);
	}
}
