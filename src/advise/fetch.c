/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch.c - several transfers at once with libcurl, each tried again where that can help.
 *
 * Redirects are followed here, not by libcurl: each hop is checked against the one before it.
 * libcurl reads the proxy variables and NO_PROXY itself; SSL_CERT_FILE and SSL_CERT_DIR it does
 * not.  Source: RFC 9110, 13.1 (conditions), 10.2.3 (Retry-After), 15.4 (redirection).
 */
#include "advise/fetch.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { CONNECT_S = 30, LOW_BYTES_PER_S = 64, POLL_MS = 1000 };

struct transfer {
	struct fetch *f;
	struct fetcher *r;
	CURL *curl; /* NULL: waits, or is done */
	struct curl_slist *headers;
	char *url;   /* where we are now, after redirects */
	char *shown; /* f->url without credentials */
	struct file_new file;
	bool has_file, is_done;
	uint64_t got;
	unsigned tries, hops;
	int64_t not_before_ms;
	uint64_t shown_bytes, sized_bytes; /* in the progress line: arrived, expected */
	struct err own;                    /* why we ended it */
};

struct fetcher {
	CURLM *multi;
	const struct fetch_options *o;
	struct transfer *t;
	size_t n, active, left;
};

static uint64_t max_bytes(const struct fetcher *r)
{
	return r->o->max_bytes ? r->o->max_bytes : (uint64_t)FETCH_DOC_MAX;
}

static void drop_file(struct transfer *t)
{
	if (t->has_file)
		file_abort(&t->file);
	t->has_file = false;
	t->got = 0;
}

static void detach(struct transfer *t)
{
	if (t->curl) {
		curl_multi_remove_handle(t->r->multi, t->curl);
		curl_easy_cleanup(t->curl);
		t->r->active--;
	}
	t->curl = NULL;
	curl_slist_free_all(t->headers);
	t->headers = NULL;
}

static void done(struct transfer *t, enum fetch_outcome outcome)
{
	detach(t);
	drop_file(t);
	t->f->outcome = outcome;
	t->is_done = true;
	t->r->left--;
}

static void failed(struct transfer *t, enum err_kind kind, const char *why)
{
	err_set(&t->f->fault, kind, "%s: %s", t->shown, why);
	done(t, FETCH_FAILED);
}

/* ---- one transfer ---- */

static int open_file(struct transfer *t)
{
	const char *slash = strrchr(t->f->path, '/');
	if (slash && slash != t->f->path) {
		AUTO_FREE char *dir = mem_strdup(t->f->path);
		dir[slash - t->f->path] = 0;
		if (dir_make(dir, &t->own) < 0)
			return -1;
	}
	if (file_create(t->f->path, 0644, &t->file, &t->own) < 0)
		return -1;
	t->has_file = true;
	return 0;
}

/* What came over the network, before it was unpacked. */
static void tell_progress(struct transfer *t)
{
	curl_off_t length = -1, raw = 0;
	curl_easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	curl_easy_getinfo(t->curl, CURLINFO_SIZE_DOWNLOAD_T, &raw);
	uint64_t now = raw > 0 ? (uint64_t)raw : 0;
	uint64_t size = length > 0 ? (uint64_t)length : now;
	if (size > t->sized_bytes)
		progress_expect(size - t->sized_bytes);
	if (now > t->shown_bytes)
		progress_add(now - t->shown_bytes);
	t->sized_bytes = MAX_OF(size, t->sized_bytes);
	t->shown_bytes = MAX_OF(now, t->shown_bytes);
}

/* Less than n ends the transfer. */
static size_t on_bytes(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	long status = 0;
	n *= size;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	t->got += n;
	if (status != 200) /* a page of excuses: read so that the connection can be used again */
		return t->got > FETCH_ERROR_MAX ? 0 : n;
	if (t->got > max_bytes(t->r)) {
		err_set(&t->own, ERR_LIMIT, "longer than %" PRIu64 " bytes", max_bytes(t->r));
		return 0;
	}
	tell_progress(t);
	if (!t->has_file && open_file(t) < 0)
		return 0;
	if (fd_write_full(t->file.fd, p, n) < 0) {
		err_set(&t->own, ERR_IO, "write %s: %m", t->f->path);
		return 0;
	}
	return n;
}

static void add_header(struct transfer *t, const char *name, const char *value)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)FETCH_TAG_MAX + 64);
	if (!value || !*value || buf_addf(&b, "%s: %s", name, value) < 0)
		return;
	struct curl_slist *more = curl_slist_append(t->headers, buf_cstr(&b));
	if (!more)
		die_nomem(0);
	t->headers = more;
}

static void set_trust(CURL *c)
{
	const char *file = getenv("SSL_CERT_FILE"), *dir = getenv("SSL_CERT_DIR");
	if (file && *file)
		curl_easy_setopt(c, CURLOPT_CAINFO, file);
	if (dir && *dir)
		curl_easy_setopt(c, CURLOPT_CAPATH, dir);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

static void start(struct transfer *t)
{
	CURL *c = curl_easy_init();
	if (!c)
		die_nomem(0);
	long idle = (long)(t->r->o->idle_s ? t->r->o->idle_s : FETCH_IDLE_S);
	t->own = (struct err){.kind = ERR_NONE};
	add_header(t, "If-None-Match", t->f->etag);
	add_header(t, "If-Modified-Since", t->f->modified);
	curl_easy_setopt(c, CURLOPT_URL, t->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "assay/" ASSAY_VERSION);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_FILETIME, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, MIN_OF((long)CONNECT_S, idle));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)LOW_BYTES_PER_S);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, idle);
	curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)max_bytes(t->r));
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_PRIVATE, t);
	set_trust(c);
	t->curl = c;
	t->tries++;
	t->r->active++;
	curl_multi_add_handle(t->r->multi, c);
}

/* ---- what became of it ---- */

static int64_t asked_wait_s(struct transfer *t)
{
	curl_off_t wait = 0;
	curl_easy_getinfo(t->curl, CURLINFO_RETRY_AFTER, &wait);
	return (int64_t)wait;
}

static void again(struct transfer *t, enum err_kind kind, const char *why)
{
	char text[120];
	uint32_t random = 0;
	int64_t asked_s = asked_wait_s(t);
	if (asked_s > FETCH_WAIT_MAX) {
		snprintf(text, sizeof text, "%s, and asks to wait %lld s", why, (long long)asked_s);
		failed(t, kind, text);
		return;
	}
	if (t->tries >= (unsigned)FETCH_TRIES_MAX) {
		snprintf(text, sizeof text, "%s (tried %u times)", why, t->tries);
		failed(t, kind, text);
		return;
	}
	if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
		random = 0;
	int64_t wait_ms =
		MAX_OF(asked_s * 1000, fetch_backoff_ms(t->r->o->wait_ms, t->tries, random));
	log_line(LOG_DEBUG, "%s: %s; again in %lld ms", t->shown, why, (long long)wait_ms);
	detach(t);
	drop_file(t);
	free(t->url); /* a redirect may lead elsewhere the next time */
	t->url = mem_strdup(t->f->url);
	t->hops = 0;
	t->not_before_ms = clock_monotonic_ms() + wait_ms;
}

static struct bytes header(struct transfer *t, const char *name)
{
	struct curl_header *h;
	if (curl_easy_header(t->curl, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK ||
	    strlen(h->value) >= (size_t)FETCH_TAG_MAX)
		return (struct bytes){NULL, 0};
	return arena_dup(t->r->o->arena, bytes_str(h->value));
}

/* The age of a document that has no date of its own is that of its file. */
static void set_time(struct transfer *t)
{
	curl_off_t when = -1;
	curl_easy_getinfo(t->curl, CURLINFO_FILETIME_T, &when);
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = (time_t)when}};
	if (when > 0)
		futimens(t->file.fd, times);
}

static void keep(struct transfer *t)
{
	if (!t->has_file && open_file(t) < 0) { /* an empty document */
		failed(t, t->own.kind, t->own.msg);
		return;
	}
	set_time(t);
	t->f->new_etag = header(t, "ETag");
	t->f->new_modified = header(t, "Last-Modified");
	t->f->bytes = t->got;
	t->has_file = false;
	if (file_commit(&t->file, &t->own) < 0)
		failed(t, t->own.kind, t->own.msg);
	else
		done(t, FETCH_CHANGED);
}

static void redirect(struct transfer *t)
{
	char *to = NULL;
	curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &to);
	if (!to) {
		failed(t, ERR_FORMAT, "is redirected to nowhere");
		return;
	}
	fetch_hide(to);
	if (!fetch_may_follow(t->url, to)) {
		failed(t, ERR_FORMAT,
		       "is redirected to where assay does not follow (https stays https, nothing "
		       "but http)");
		return;
	}
	if (t->hops++ >= (unsigned)FETCH_REDIRECTS_MAX) {
		failed(t, ERR_LIMIT, "is redirected too often");
		return;
	}
	char *url = mem_strdup(to);
	detach(t);
	drop_file(t);
	free(t->url);
	t->url = url;
	t->tries--;
}

static bool can_help_again(CURLcode code)
{
	static const CURLcode codes[] = {
		CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_PARTIAL_FILE,
		CURLE_RECV_ERROR,      CURLE_SEND_ERROR,         CURLE_GOT_NOTHING,
		CURLE_HTTP2,           CURLE_HTTP2_STREAM,       CURLE_SSL_CONNECT_ERROR,
	};
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (codes[i] == code)
			return true;
	}
	return false;
}

static void by_code(struct transfer *t, CURLcode code)
{
	char limit[64];
	if (t->own.kind) {
		struct err own = t->own;
		failed(t, own.kind, own.msg);
	} else if (code == CURLE_FILESIZE_EXCEEDED) {
		snprintf(limit, sizeof limit, "longer than %" PRIu64 " bytes", max_bytes(t->r));
		failed(t, ERR_LIMIT, limit);
	} else if (can_help_again(code)) {
		again(t, ERR_IO, curl_easy_strerror(code));
	} else {
		failed(t, ERR_IO, curl_easy_strerror(code));
	}
}

static void by_status(struct transfer *t, long status)
{
	char text[40];
	snprintf(text, sizeof text, "the server says %ld", status);
	switch (status) {
	case 408:
	case 429:
	case 500:
	case 502:
	case 503:
	case 504:
		again(t, ERR_IO, text);
		return;
	case 404:
	case 410:
		err_set(&t->f->fault, ERR_NOTFOUND, "%s: %s", t->shown, text);
		done(t, FETCH_MISSING);
		return;
	default:
		failed(t, ERR_IO, text);
	}
}

static void finished(struct transfer *t, CURLcode code)
{
	long status = 0;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
		redirect(t);
	else if (status == 304 && t->headers)
		done(t, FETCH_SAME);
	else if (status && status != 200)
		by_status(t, status);
	else if (code != CURLE_OK)
		by_code(t, code);
	else
		keep(t);
}

/* ---- all of them ---- */

/* Starts what may start; returns milliseconds until the next one may. */
static int start_ready(struct fetcher *r)
{
	int64_t now = clock_monotonic_ms(), next = now + POLL_MS;
	for (size_t i = 0; i < r->n && r->active < (size_t)FETCH_PARALLEL_MAX; i++) {
		struct transfer *t = &r->t[i];
		if (t->is_done || t->curl)
			continue;
		if (t->not_before_ms <= now)
			start(t);
		else
			next = MIN_OF(next, t->not_before_ms);
	}
	return (int)(next - now);
}

static int run(struct fetcher *r, struct err *e)
{
	while (r->left) {
		int running, queued, wait_ms = start_ready(r);
		CURLMcode rc = curl_multi_perform(r->multi, &running);
		for (CURLMsg *m; rc == CURLM_OK && (m = curl_multi_info_read(r->multi, &queued));) {
			struct transfer *t = NULL;
			CURLcode code = m->data.result;
			if (m->msg != CURLMSG_DONE)
				continue;
			curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
			finished(t, code);
			wait_ms = 0;
		}
		if (rc == CURLM_OK && r->left && wait_ms)
			rc = curl_multi_poll(r->multi, NULL, 0, wait_ms, NULL);
		if (rc != CURLM_OK)
			return err_set(e, ERR_IO, "fetching: %s", curl_multi_strerror(rc));
	}
	return 0;
}

static void begin(struct fetcher *r, struct transfer *t, struct fetch *f)
{
	AUTO_BUF struct buf shown;
	buf_init(&shown, (size_t)FETCH_URL_MAX);
	fetch_hide(f->url);
	fetch_bare_url(f->url, &shown);
	*t = (struct transfer){.f = f, .r = r};
	t->url = mem_strdup(f->url);
	t->shown = mem_strdup(buf_cstr(&shown));
	f->outcome = FETCH_FAILED;
	f->fault = (struct err){.kind = ERR_NONE};
	if (fetch_check_url(f->url, &f->fault) < 0)
		done(t, FETCH_FAILED);
}

int fetch_all(struct fetch *f, size_t n, const struct fetch_options *o, struct err *e)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(e, ERR_INTERNAL, "libcurl cannot start");
	struct fetcher r = {.o = o, .n = n, .left = n};
	r.multi = curl_multi_init();
	r.t = mem_zalloc(n * sizeof *r.t + 1);
	if (!r.multi)
		die_nomem(0);
	for (size_t i = 0; i < n; i++)
		begin(&r, &r.t[i], &f[i]);
	int res = run(&r, e);
	for (size_t i = 0; i < n; i++) {
		detach(&r.t[i]);
		drop_file(&r.t[i]);
		free(r.t[i].url);
		free(r.t[i].shown);
	}
	free(r.t);
	curl_multi_cleanup(r.multi);
	curl_global_cleanup();
	return res;
}
