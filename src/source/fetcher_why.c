/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_why.c - what people are told when a registry is not reached or refuses, and what they can
 * do about it; and which proxy is on the way, for that is often why.
 */
#include "source/fetcher.h"

#include <string.h>

static const char *env(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

/* ---- proxies ---- */

/* As Go's programs do, whose names these are: docker, podman, skopeo.  curl reads NO_PROXY. */
const char *proxy_for(struct bytes host, bool is_https)
{
	static const char *const names[][4] = {
		{"http_proxy",  "HTTP_PROXY",  "all_proxy", "ALL_PROXY"},
		{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"},
	};
	const char *found = NULL;
	if (registry_is_loopback(host))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(names[0]) && !found; i++)
		found = env(names[is_https][i]);
	return found;
}

/* The host of a proxy: its address may hold a password. */
static const char *proxy_host(struct arena *a, const char *proxy)
{
	CURLU *u = curl_url();
	char *host = NULL;
	if (!u)
		die_nomem(0);
	const char *ret = "";
	if (curl_url_set(u, CURLUPART_URL, proxy,
	                 CURLU_DEFAULT_SCHEME | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
		ret = arena_printf(a, "%s", host);
	curl_free(host);
	curl_url_cleanup(u);
	return ret;
}

/* ---- nothing came ---- */

/* Part of what curl or OpenSSL says, what it means, and what to do. */
static const struct {
	const char *part, *what, *hint;
	bool is_trust; /* a daemon's certificates are elsewhere */
} failures[] = {
	{"Could not resolve host",  "no network, or no such host",       "by a proxy: HTTPS_PROXY",      false},
	{"Could not resolve proxy", "no way to the proxy",               "HTTPS_PROXY, NO_PROXY",        false},
	{"Failed to connect",       "nobody listens there",              "is it up, the port right?",    false},
	{"does not match",          "its certificate has another name",  NULL,                           false},
	{"subject name",            "its certificate has another name",  NULL,                           false},
	{"has expired",             "its certificate has ended",         "or this clock is wrong",       false},
	{"not yet valid",           "its certificate is yet to begin",   "or this clock is wrong",       false},
	{"certificate problem",     "its certificate cannot be trusted", "--cacert, certs.d",            true },
	{"wrong version number",    "it speaks no TLS",                  "--insecure allows plain http", false},
	{"certificate required",    "it asks who we are",                "certs.d has what is shown",    true },
	{" alert ",                 "it ends the TLS handshake",         "certs.d has what is shown",    true },
};

static int by_proxy(const struct fetcher *f, struct request *q, struct bytes host, struct err *e)
{
	long status = 0;
	curl_easy_getinfo(f->curl, CURLINFO_HTTP_CONNECTCODE, &status);
	if (status < 300)
		return 0;
	q->can_again = status >= 500;
	if (status == 407)
		return err_set(e, ERR_IO,
		               "the proxy wants to know who asks: 407 "
		               "(HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT)");
	return err_set(e, ERR_IO,
	               "the proxy lets nobody through to %.80s: %ld (ask who runs it; NO_PROXY "
	               "goes around it)",
	               (const char *)host.p, status);
}

int why_failed(struct fetcher *f, struct request *q, const struct failure *x, struct err *e)
{
	const char *proxy = f->daemon_at ? NULL : proxy_for(x->host, x->is_https);
	const char *at = proxy ? proxy_host(q->reply.arena, proxy) : "";
	if (by_proxy(f, q, x->host, e))
		return -1;
	if (x->code == CURLE_COULDNT_CONNECT && *at && strstr(x->text, at))
		return err_set(e, ERR_IO, "the proxy of the environment: %.120s%s", x->text,
		               " (HTTPS_PROXY, NO_PROXY)");
	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		bool is_daemon = f->daemon_at && failures[i].is_trust;
		const char *hint = is_daemon ? "DOCKER_CERT_PATH" : failures[i].hint;
		if (!strstr(x->text, failures[i].part))
			continue;
		return err_set(e, ERR_IO, "%s: %.110s%s%s%s", failures[i].what, x->text,
		               hint ? " (" : "", hint ? hint : "", hint ? ")" : "");
	}
	return err_set(e, ERR_IO, "%.160s", x->text);
}

/* ---- an answer that is no success ---- */

/* "code: message" of the registry's own error document, if it is one. */
static void said(const struct request *q, struct buf *to)
{
	AUTO_JSON json_t *root = NULL;
	struct bytes body = bytes_of(q->error_body, q->n_error_body);
	if (json_load_data(body, "", sizeof q->error_body, &root, NULL) < 0)
		return;
	const json_t *first = json_array_get(json_list(root, "errors"), 0);
	struct bytes code = json_text(first, "code"), text = json_text(first, "message");
	if (code.n)
		buf_addf(to, " (%.*s%s%.*s)", BYTES_FMT(bytes_slice(code, 0, 40)),
		         text.n ? ": " : "", BYTES_FMT(bytes_slice(text, 0, 80)));
}

static const struct {
	long status;
	const char *what;
	const char *known, *unknown; /* what helps who showed credentials, and who did not */
} refusals[] = {
	{403, "the registry denies access",                  "; these credentials have no right to it",
         "; --username or docker login say who asks"											   },
	{404, "the registry does not have it",               "",
         "; is the name right? a private image wants --username or docker login"                                                               },
	{407, "the proxy wants to know who asks",            "",                                        "; http_proxy=http://USER:PASSWORD@..."},
	{429, "the registry's limit of requests is reached", "; wait a while, or name a mirror",
         "; --username or docker login may raise it"											   },
};

int status_refused(const struct fetcher *f, const struct request *q, struct err *e)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 256);
	said(q, &text);
	long status = q->reply.status;
	const char *what = status >= 500 ? "the registry is not well" : "the registry refuses";
	const char *hint = status >= 500 ? "; whoever runs it finds more in its log" : "";
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (refusals[i].status != status)
			continue;
		what = refusals[i].what;
		hint = f->authorization.n ? refusals[i].known : refusals[i].unknown;
	}
	bool is_foreign = status == 400 || status == 405 || status == 406 || status == 501;
	enum err_kind kind = status == 404 ? ERR_NOTFOUND : is_foreign ? ERR_UNSUPPORTED : ERR_IO;
	return err_set(e, kind, "%s: %ld%.*s%s", what, status, BYTES_FMT(buf_bytes(&text)), hint);
}
