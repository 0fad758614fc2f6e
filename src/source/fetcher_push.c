/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_push.c - blobs and manifests into a registry.
 *
 * A blob goes up in one piece; where that breaks off, a new upload begins.  The address that the
 * registry gives for an upload must be its own: what is sent there carries credentials.
 *
 * Source: OCI distribution-spec, "Pushing blobs", "Pushing manifests".
 */
#include "source/fetcher.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct push {
	struct fetcher *f;
	struct upload body;
	struct tries tries;
	struct request q; /* the one at hand; its arena is ours */
};

static int nothing(void *arg, struct bytes piece, struct err *e)
{
	(void)arg;
	(void)piece;
	(void)e;
	return 0;
}

/* One request, answered: 1 whatever its status, 0 once more, -1.  Challenges are met. */
static int ask(struct push *p, const char *method, const char *url, bool with_body, struct err *e)
{
	struct fetcher *f = p->f;
	for (;;) {
		arena_free(p->q.reply.arena);
		p->q = (struct request){
			.url = url,
			.method = method,
			.body = with_body ? &p->body : NULL,
			.authorization = f->authorization.n ? buf_cstr(&f->authorization) : NULL,
			.sink = {.data = nothing},
			.reply = {.arena = arena_new()},
		};
		if (request_run(f, &p->q, e))
			return p->q.can_again ? again(&p->q, 0, &p->tries, e) : -1;
		if (p->q.reply.status != 401)
			return 1;
		if (p->tries.is_renewed)
			return auth_denied(f, e);
		p->tries.is_renewed = true;
		if (auth_answer(f, &p->q.reply, e))
			return -1;
	}
}

/* What to do about an answer that is no success: 0 once more, -1. */
static int failed(struct push *p, struct err *e)
{
	status_refused(p->f, &p->q, e);
	return status_may_pass(p->q.reply.status) ? again(&p->q, 0, &p->tries, e) : -1;
}

static int open_body(struct push *p, const struct pull_frame *q, struct err *e)
{
	struct stat st;
	const char *path = arena_str(p->f->arena, q->path);
	p->body.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (p->body.fd < 0 || fstat(p->body.fd, &st))
		return err_set(e, ERR_IO, "open %s: %m", path);
	p->body.size = (uint64_t)st.st_size;
	if (p->body.size != q->number)
		return err_set(e, ERR_INTERNAL, "%s has changed", path);
	return 0;
}

/* The registry's address for an upload, with the digest in its query. */
static int upload_url(struct push *p, struct bytes digest, const char **ret, struct err *e)
{
	struct fetcher *f = p->f;
	char *text = NULL;
	bool is_https = false;
	const char *location = arena_str(p->q.reply.arena, p->q.reply.location);
	const char *query = arena_printf(f->arena, "digest=%.*s", BYTES_FMT(digest));
	CURLU *u = curl_url();
	if (!u)
		die_nomem(0);
	bool is_good = location && *location &&
	               curl_url_set(u, CURLUPART_URL, api_url(f, ""), 0) == CURLUE_OK &&
	               curl_url_set(u, CURLUPART_URL, location, 0) == CURLUE_OK &&
	               curl_url_set(u, CURLUPART_QUERY, query, CURLU_APPENDQUERY) == CURLUE_OK &&
	               curl_url_get(u, CURLUPART_URL, &text, 0) == CURLUE_OK;
	if (is_good)
		*ret = arena_printf(f->arena, "%s", text);
	curl_free(text);
	curl_url_cleanup(u);
	if (!is_good)
		return err_set(e, ERR_FORMAT, "the registry gives no address for the upload");
	struct bytes host = url_host(f->arena, *ret, &is_https);
	if (!bytes_eq_nocase(host, f->api) || is_https == f->is_plain)
		return err_set(e, ERR_FORMAT, "the registry's address for the upload is elsewhere");
	return 0;
}

/* One upload: 1 done, 0 once more, -1. */
static int upload(struct push *p, struct bytes digest, struct err *e)
{
	struct fetcher *f = p->f;
	const char *url = api_url(
		f, arena_printf(f->arena, "%.*s/blobs/uploads/", BYTES_FMT(f->setup.repository)));
	int rc = ask(p, "POST", url, false, e);
	if (rc <= 0)
		return rc;
	if (p->q.reply.status != 202)
		return failed(p, e);
	p->tries.is_renewed = false;
	if (upload_url(p, digest, &url, e))
		return -1;
	rc = ask(p, "PUT", url, true, e);
	if (rc <= 0)
		return rc;
	return p->q.reply.status == 201 ? 1 : failed(p, e);
}

static int finish(struct push *p, int rc, uint64_t sent, int out, struct err *e)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1024);
	arena_free(p->q.reply.arena);
	if (p->body.fd >= 0)
		close(p->body.fd);
	if (rc)
		return -1;
	const struct pull_frame end = {.kind = PULL_END, .number = sent};
	if (pull_put(&b, &end) == 0 && pull_write(out, buf_bytes(&b)) == 0)
		return 0;
	return err_set(e, ERR_INTERNAL, "the front has gone");
}

int push_blob(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	struct push p = {
		.f = f, .body = {.fd = -1, .type = "application/octet-stream"}
        };
	probe(f);
	int rc = open_body(&p, q, e), is_done = 0;
	const char *url =
		api_url(f, arena_printf(f->arena, "%.*s/blobs/%.*s", BYTES_FMT(f->setup.repository),
	                                BYTES_FMT(q->text)));
	while (rc == 0 && !is_done) {
		is_done = ask(&p, "HEAD", url, false, e);
		rc = is_done < 0 ? -1 : 0;
	}
	if (rc == 0 && p.q.reply.status == 200)
		return finish(&p, 0, 0, out, e);
	p.tries = (struct tries){.n = 0};
	is_done = 0;
	while (rc == 0 && !is_done) {
		p.tries.is_renewed = false;
		is_done = upload(&p, q->text, e);
		rc = is_done < 0 ? -1 : 0;
	}
	return finish(&p, rc, p.body.size, out, e);
}

int push_manifest(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	struct push p = {
		.f = f, .body = {.fd = -1, .type = arena_str(f->arena, q->digest)}
        };
	probe(f);
	int rc = open_body(&p, q, e), is_done = 0;
	const char *url =
		api_url(f, arena_printf(f->arena, "%.*s/manifests/%.*s",
	                                BYTES_FMT(f->setup.repository), BYTES_FMT(q->text)));
	while (rc == 0 && !is_done) {
		p.tries.is_renewed = false;
		is_done = ask(&p, "PUT", url, true, e);
		if (is_done == 1 && p.q.reply.status != 201)
			is_done = failed(&p, e);
		rc = is_done < 0 ? -1 : 0;
	}
	return finish(&p, rc, p.body.size, out, e);
}
