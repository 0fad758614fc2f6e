/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch_url.c - addresses of documents: which are allowed, what of them may be shown.
 */
#include "advise/fetch.h"

#include <curl/curl.h>
#include <string.h>

enum { BACKOFF_MAX_MS = 60000 };

static char *part(CURLU *u, CURLUPart what)
{
	char *text = NULL;
	return curl_url_get(u, what, &text, 0) == CURLUE_OK ? text : NULL;
}

/* NULL unless url is absolute, of http or https, and names a host. */
static CURLU *parse(const char *url)
{
	CURLU *u = curl_url();
	if (!u)
		die_nomem(0);
	if (curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK) {
		char *scheme = part(u, CURLUPART_SCHEME), *host = part(u, CURLUPART_HOST);
		bool is_ok = scheme && host && *host &&
		             (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
		curl_free(scheme);
		curl_free(host);
		if (is_ok)
			return u;
	}
	curl_url_cleanup(u);
	return NULL;
}

static bool is_https(const char *url) { return bytes_starts(bytes_str(url), B("https:")); }

int fetch_check_url(const char *url, struct err *e)
{
	CURLU *u = parse(url);
	if (!u) {
		AUTO_BUF struct buf bare;
		buf_init(&bare, (size_t)FETCH_URL_MAX);
		fetch_bare_url(url, &bare);
		return err_set(e, ERR_USAGE, "%s is no address of http or https", buf_cstr(&bare));
	}
	curl_url_cleanup(u);
	return strlen(url) < (size_t)FETCH_URL_MAX
	               ? 0
	               : err_set(e, ERR_USAGE, "an address of more than %lld bytes",
	                         (long long)FETCH_URL_MAX);
}

void fetch_bare_url(const char *url, struct buf *ret)
{
	CURLU *u = parse(url);
	char *text = NULL;
	if (u) {
		curl_url_set(u, CURLUPART_USER, NULL, 0);
		curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
		text = part(u, CURLUPART_URL);
	}
	/* what cannot be parsed is shown only where it can hold no password */
	if (text || !strchr(url, '@'))
		buf_adds(ret, text ? text : url);
	else
		buf_adds(ret, "(no URL)");
	curl_free(text);
	curl_url_cleanup(u);
}

void fetch_hide(const char *url)
{
	static const CURLUPart parts[] = {CURLUPART_USER, CURLUPART_PASSWORD};
	CURLU *u = parse(url);
	for (size_t i = 0; u && i < ARRAY_LEN(parts); i++) {
		char *raw = part(u, parts[i]), *plain = NULL;
		log_secret(bytes_str(raw));
		if (curl_url_get(u, parts[i], &plain, CURLU_URLDECODE) == CURLUE_OK)
			log_secret(bytes_str(plain));
		curl_free(raw);
		curl_free(plain);
	}
	curl_url_cleanup(u);
}

char *fetch_join(const char *base, const char *ref)
{
	CURLU *u = parse(base);
	char *text = NULL, *ret = NULL;
	if (u && curl_url_set(u, CURLUPART_URL, ref, 0) == CURLUE_OK)
		text = part(u, CURLUPART_URL);
	if (text && fetch_check_url(text, NULL) == 0)
		ret = mem_strdup(text);
	curl_free(text);
	curl_url_cleanup(u);
	return ret;
}

bool fetch_may_follow(const char *from, const char *to)
{
	return fetch_check_url(to, NULL) == 0 && (is_https(to) || !is_https(from));
}

int64_t fetch_backoff_ms(int64_t first_ms, unsigned tries, uint32_t random)
{
	int64_t ms = first_ms ? first_ms : 1000;
	for (unsigned i = 1; i < tries && ms < BACKOFF_MAX_MS; i++)
		ms *= 2;
	ms = MIN_OF(ms, BACKOFF_MAX_MS);
	/* up to half as much again, so that many clients do not come back together */
	return ms + ms / 2 * (random % 1024) / 1024;
}
