/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_http.c - one request to a registry, with the redirects that it leads to.
 *
 * Redirects are followed by hand: what is sent to whom is decided here.  Authorization goes to the
 * origin that it was meant for and never comes back once another has been visited.
 */
#include "source/fetcher.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_S = 20, RECEIVE_BUFFER = 128 << 10 };

struct origin {
	struct bytes host; /* with its port when that is not the usual one */
	bool is_https;
};

/* One hop. */
struct hop {
	struct fetcher *f;
	struct request *q;
	struct arena *a;
	struct origin at;
	char error[CURL_ERROR_SIZE];
	struct err own; /* of the sink, and of limits */
	bool has_begun;
	bool may_be_link_local;
	uint64_t error_bytes, uploaded;
	/* speed */
	int64_t window_ms, blocked_then_ms;
	uint64_t window_bytes;
};

/* ---- addresses ---- */

struct bytes url_host(struct arena *a, const char *url, bool *ret_is_https)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL;
	struct bytes ret = {NULL, 0};
	if (!u)
		die_nomem(0);
	if (curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK && *host &&
	    curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_NO_USER &&
	    (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0)) {
		*ret_is_https = strcmp(scheme, "https") == 0;
		bool has_port =
			curl_url_get(u, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT) == CURLUE_OK;
		ret = bytes_str(
			arena_printf(a, "%s%s%s", host, has_port ? ":" : "", has_port ? port : ""));
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(user);
	curl_url_cleanup(u);
	return ret;
}

static int origin_of(struct arena *a, const char *url, struct origin *ret, struct err *e)
{
	ret->host = url_host(a, url, &ret->is_https);
	if (ret->host.n)
		return 0;
	return err_set(e, ERR_FORMAT, "is led to something that is no address of http or https");
}

static bool same_origin(const struct origin *a, const struct origin *b)
{
	return a->is_https == b->is_https && bytes_eq_nocase(a->host, b->host);
}

const char *api_url(struct fetcher *f, const char *rest)
{
	return arena_printf(f->arena, "%s://%.*s/v2/%s", f->is_plain ? "http" : "https",
	                    BYTES_FMT(f->api), rest);
}

enum pull_transport api_transport(const struct fetcher *f)
{
	if (f->is_plain)
		return PULL_PLAIN;
	return f->setup.is_insecure ? PULL_TLS_UNVERIFIED : PULL_TLS;
}

/* ---- what comes in ---- */

static void keep_header(struct reply *r, struct bytes name, struct bytes v)
{
	const struct {
		const char *name;
		struct bytes *to;
	} kept[] = {
		{"content-type",          &r->content_type    },
                {"content-range",         &r->content_range   },
		{"content-length",        &r->content_length  },
                {"content-encoding",      &r->content_encoding},
		{"docker-content-digest", &r->digest          },
                {"location",              &r->location        },
	};
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		if (!bytes_eq_nocase(name, bytes_str(kept[i].name)))
			continue;
		if (kept[i].to->p && !bytes_eq(*kept[i].to, v))
			r->twice = kept[i].name;
		*kept[i].to = arena_dup(r->arena, v);
	}
	/* RFC 9110 5.3: several lines of a list are one list */
	if (bytes_eq_nocase(name, B("link")))
		r->link = r->link.n ? bytes_str(arena_printf(r->arena, "%.*s, %.*s",
		                                             BYTES_FMT(r->link), BYTES_FMT(v)))
		                    : arena_dup(r->arena, v);
	if (bytes_eq_nocase(name, B("www-authenticate")) &&
	    r->n_authenticate < REGISTRY_CHALLENGES_MAX)
		r->authenticate[r->n_authenticate++] = arena_dup(r->arena, v);
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct hop *h = arg;
	struct reply *r = &h->q->reply;
	struct bytes line = bytes_of(p, size * n), name, v;
	r->header_bytes += line.n;
	if (r->header_bytes > (uint64_t)REGISTRY_HEADERS_MAX) {
		err_set(&h->own, ERR_LIMIT, "the server sends more than %lld bytes of headers",
		        (long long)REGISTRY_HEADERS_MAX);
		return 0;
	}
	if (bytes_starts(line, B("HTTP/"))) { /* a new answer: after 1xx */
		*r = (struct reply){.arena = r->arena, .header_bytes = r->header_bytes};
		return line.n;
	}
	if (r->is_complete) /* behind the body: RFC 9110 6.5.1 lets us pass it over */
		return line.n;
	r->is_complete = bytes_trim(line).n == 0;
	if (bytes_cut(line, ':', &name, &v))
		keep_header(r, name, bytes_trim(v));
	return line.n;
}

static int begin(struct hop *h, long status)
{
	struct request *q = h->q;
	h->has_begun = true;
	q->reply.status = status;
	/* RFC 9110 5.3: who reads the first and who reads the last would read two things */
	if (q->reply.twice)
		return err_set(&h->own, ERR_FORMAT, "the server says %s twice, and differently",
		               q->reply.twice);
	struct bytes coding = q->reply.content_encoding;
	if (coding.n && !bytes_eq_nocase(coding, B("identity")))
		return err_set(&h->own, ERR_UNSUPPORTED,
		               "the server encodes what it sends, which was not asked for");
	return q->sink.begin ? q->sink.begin(q->sink.arg, &q->reply, &h->own) : 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct hop *h = arg;
	struct request *q = h->q;
	long status = 0;
	n *= size;
	curl_easy_getinfo(h->f->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200 && status != 206) {
		size_t room = sizeof q->error_body - q->n_error_body;
		memcpy(q->error_body + q->n_error_body, p, MIN_OF(n, room));
		q->n_error_body += MIN_OF(n, room);
		h->error_bytes += n;
		return h->error_bytes > REGISTRY_ERROR_MAX ? 0 : n;
	}
	if (!h->has_begun && begin(h, status))
		return 0;
	int64_t then = clock_monotonic_ms();
	int rc = q->sink.data(q->sink.arg, bytes_of(p, n), &h->own);
	h->f->blocked_ms += clock_monotonic_ms() - then;
	return rc ? 0 : n;
}

/* Ends a transfer that brings less than REGISTRY_RATE_MIN over idle_ms; the time in which the front
 * did not take what came does not count. */
static int on_progress(void *arg, curl_off_t total, curl_off_t now, curl_off_t up_total,
                       curl_off_t up)
{
	struct hop *h = arg;
	(void)total;
	(void)up_total;
	uint64_t bytes = (uint64_t)now + (uint64_t)up + h->q->reply.header_bytes;
	int64_t at = clock_monotonic_ms();
	int64_t waited = at - h->window_ms - (h->f->blocked_ms - h->blocked_then_ms);
	uint64_t want = h->f->idle_ms * (uint64_t)REGISTRY_RATE_MIN / 1000;
	if (bytes - h->window_bytes >= want) {
		h->window_ms = at;
		h->window_bytes = bytes;
		h->blocked_then_ms = h->f->blocked_ms;
		return 0;
	}
	if (waited < (int64_t)h->f->idle_ms)
		return 0;
	h->q->is_stalled = true;
	err_set(&h->own, ERR_IO, "the server sent %llu bytes in %lld s",
	        (unsigned long long)(bytes - h->window_bytes), (long long)(waited / 1000));
	return 1;
}

/* Addresses behind names are known here first. */
static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct hop *h = arg;
	char text[INET6_ADDRSTRLEN] = "";
	const struct sockaddr *sa = &to->addr;
	(void)purpose;
	if (to->family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, text,
		          sizeof text);
	else if (to->family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr,
		          text, sizeof text);
	if (!h->may_be_link_local && registry_is_link_local(bytes_str(text))) {
		err_set(&h->own, ERR_FORMAT, "is led to a link-local or metadata address");
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* ---- one hop ---- */

static struct curl_slist *add(struct curl_slist *list, const char *line)
{
	struct curl_slist *more = curl_slist_append(list, line);
	if (!more)
		die_nomem(0);
	return more;
}

static struct curl_slist *headers(struct hop *h, bool with_authorization)
{
	const struct request *q = h->q;
	struct curl_slist *list = NULL;
	if (q->accept)
		list = add(list, arena_printf(h->a, "Accept: %s", q->accept));
	if (with_authorization && q->authorization)
		list = add(list, arena_printf(h->a, "Authorization: %s", q->authorization));
	if (q->body) {
		list = add(list, arena_printf(h->a, "Content-Type: %s", q->body->type));
		list = add(list, "Expect:"); /* challenges have been met before */
	}
	if (q->offset)
		list = add(list,
		           arena_printf(h->a, "Range: bytes=%llu-", (unsigned long long)q->offset));
	return list;
}

/* What curl reads a body by, from its beginning whenever a hop begins. */
static size_t on_upload(char *p, size_t size, size_t n, void *arg)
{
	struct hop *h = arg;
	ssize_t got = pread(h->q->body->fd, p, size * n, (off_t)h->uploaded);
	if (got < 0)
		return CURL_READFUNC_ABORT;
	h->uploaded += (uint64_t)got;
	return (size_t)got;
}

static int on_seek(void *arg, curl_off_t offset, int origin)
{
	struct hop *h = arg;
	if (origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	h->uploaded = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

static void set_method(struct hop *h)
{
	const struct request *q = h->q;
	CURL *c = h->f->curl;
	if (q->post)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->post);
	if (!q->method)
		return;
	if (strcmp(q->method, "HEAD") == 0)
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	else if (strcmp(q->method, "POST") == 0)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, "");
	else if (q->body) {
		curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(c, CURLOPT_READFUNCTION, on_upload);
		curl_easy_setopt(c, CURLOPT_READDATA, h);
		curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek);
		curl_easy_setopt(c, CURLOPT_SEEKDATA, h);
		curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)q->body->size);
	}
}

static void set_up(struct hop *h, const char *url, struct curl_slist *list)
{
	CURL *c = h->f->curl;
	struct bytes bare = registry_bare_host(h->at.host);
	bool is_own = bytes_eq_nocase(h->at.host, h->f->api);
	bool is_verified =
		!h->f->setup.is_insecure || !bytes_eq_nocase(bare, registry_bare_host(h->f->api));
	long connect_s = MIN_OF((long)CONNECT_S, (long)(h->f->idle_ms / 1000) + 1);
	h->may_be_link_local = bytes_eq_nocase(bare, registry_bare_host(h->f->api));
	h->window_ms = clock_monotonic_ms();
	h->blocked_then_ms = h->f->blocked_ms;
	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "assay/" ASSAY_VERSION);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, connect_s);
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
	curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, h);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, h);
	set_method(h);
	/* docker and podman ask their daemons themselves */
	const char *proxy = h->f->daemon_at ? NULL : proxy_for(h->at.host, h->at.is_https);
	curl_easy_setopt(c, CURLOPT_PROXY, proxy ? proxy : "");
	if (h->f->socket)
		curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, h->f->socket);
	trust_apply(h->f, is_own, is_verified);
}

static bool may_pass(CURLcode code)
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

static int curl_failed(struct hop *h, CURLcode code, struct err *e)
{
	struct request *q = h->q;
	const char *why = *h->error ? h->error : curl_easy_strerror(code);
	if (h->own.kind && h->own.kind != ERR_NONE) {
		q->can_again = q->is_stalled;
		if (e)
			*e = h->own;
		return -1;
	}
	q->can_again = may_pass(code);
	q->is_no_tls = code == CURLE_SSL_CONNECT_ERROR || code == CURLE_COULDNT_CONNECT;
	return why_failed(h->f, q, &(const struct failure){code, why, h->at.host, h->at.is_https},
	                  e);
}

/* Not the query: whoever has a signed address may use it. */
static void tell_hop(const struct hop *h, const char *url, long status, int64_t took_ms)
{
	struct bytes plain, rest;
	if (!bytes_cut(bytes_str(url), '?', &plain, &rest))
		plain = bytes_str(url);
	log_line(LOG_DEBUG, "%s %.*s: %ld, %lld ms", h->q->method ? h->q->method : "GET",
	         BYTES_FMT(plain), status, (long long)took_ms);
}

static int run_hop(struct hop *h, const char *url, bool with_authorization, struct err *e)
{
	struct curl_slist *list = headers(h, with_authorization);
	h->q->reply = (struct reply){.arena = h->a};
	h->q->n_error_body = 0;
	set_up(h, url, list);
	int64_t began_ms = clock_monotonic_ms();
	CURLcode code = curl_easy_perform(h->f->curl);
	long status = 0;
	curl_easy_getinfo(h->f->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(list);
	tell_hop(h, url, status, clock_monotonic_ms() - began_ms);
	h->q->reply.status = status;
	bool is_good = status == 200 || status == 206;
	/* the body of a refusal is for the message only: a broken one changes nothing */
	if (code != CURLE_OK && (is_good || !status || h->own.kind))
		return curl_failed(h, code, e);
	/* to curl a header that breaks off is one without a length, before an empty body */
	if (!h->q->reply.is_complete) {
		h->q->can_again = true;
		return err_set(e, ERR_IO, "the header of the answer breaks off");
	}
	if (is_good && !h->has_begun && begin(h, status)) {
		if (e)
			*e = h->own;
		return -1;
	}
	curl_off_t wait = 0;
	curl_easy_getinfo(h->f->curl, CURLINFO_RETRY_AFTER, &wait);
	h->q->retry_after_s = (int64_t)wait;
	return 0;
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Where a redirect leads, in *url and *to. */
static int follow(struct hop *h, const char **url, struct origin *to, struct err *e)
{
	char *next = NULL;
	if (h->q->reply.twice)
		return err_set(e, ERR_FORMAT, "is redirected by a header that says %s twice",
		               h->q->reply.twice);
	curl_easy_getinfo(h->f->curl, CURLINFO_REDIRECT_URL, &next);
	if (!next)
		return err_set(e, ERR_FORMAT, "is redirected to nowhere");
	const char *copy = arena_printf(h->a, "%s", next);
	if (origin_of(h->a, copy, to, e))
		return -1;
	if (h->at.is_https && !to->is_https)
		return err_set(e, ERR_FORMAT, "is redirected from https to http");
	if (registry_is_link_local(to->host) &&
	    !bytes_eq_nocase(registry_bare_host(to->host), registry_bare_host(h->f->api)))
		return err_set(e, ERR_FORMAT, "is redirected to a link-local or metadata address");
	*url = copy;
	return 0;
}

int request_run(struct fetcher *f, struct request *q, struct err *e)
{
	struct arena *a = q->reply.arena;
	struct origin from, to;
	const char *url = q->url;
	bool with_authorization = true;
	q->can_again = q->is_stalled = q->is_no_tls = false;
	f->blocked_ms = 0;
	if (origin_of(a, url, &from, e))
		return -1;
	to = from;
	for (int i = 0; i <= (int)REGISTRY_REDIRECTS_MAX; i++) {
		struct hop h = {.f = f, .q = q, .a = a, .at = to};
		with_authorization &= same_origin(&from, &to);
		if (run_hop(&h, url, with_authorization, e))
			return -1;
		if (!is_redirect(q->reply.status) || f->daemon_at)
			return 0;
		if (q->post || (q->method && strcmp(q->method, "HEAD") != 0))
			return err_set(e, ERR_FORMAT, "is redirected, with %s in hand",
			               q->post ? "credentials" : "an upload");
		if (follow(&h, &url, &to, e))
			return -1;
	}
	return err_set(e, ERR_LIMIT, "is redirected more than %d times",
	               (int)REGISTRY_REDIRECTS_MAX);
}
