/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_pull.c - manifests and blobs, in spite of what comes in between: challenges, refusals for
 * now, broken connections.  A blob goes on where it broke off.
 *
 * Source: OCI distribution-spec, "Pulling manifests", "Pulling blobs".
 */
#include "source/fetcher.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { FIRST_WAIT_MS = 250 };

static const char manifest_types[] = "application/vnd.oci.image.index.v1+json,"
				     "application/vnd.oci.image.manifest.v1+json,"
				     "application/vnd.docker.distribution.manifest.list.v2+json,"
				     "application/vnd.docker.distribution.manifest.v2+json";

/* What is being fetched. */
struct pull {
	struct fetcher *f;
	int out;
	bool is_blob;
	uint64_t size;   /* blob: bytes; manifest: at most */
	uint64_t offset; /* bytes given to the front, or held */
	uint64_t skip;   /* that come again */
	struct buf text; /* manifest */
	bool is_digest;  /* manifest: asked for by digest */
};

static int send_frame(struct pull *p, const struct pull_frame *f, struct err *e)
{
	AUTO_BUF struct buf b;
	buf_init(&b, f->text.n + 1024);
	if (pull_put(&b, f) == 0 && pull_write(p->out, buf_bytes(&b)) == 0)
		return 0;
	return err_set(e, ERR_INTERNAL, "the front has gone");
}

/* ---- what comes ---- */

static int begin(void *arg, const struct reply *r, struct err *e)
{
	struct pull *p = arg;
	if (!p->is_blob) {
		if (r->status == 206)
			return err_set(e, ERR_FORMAT,
			               "a part of a manifest, which was not asked for");
		buf_reset(&p->text);
		return 0;
	}
	const struct registry_range range = {.offset = p->offset,
	                                     .size = p->size,
	                                     .status = r->status,
	                                     .content_range = r->content_range,
	                                     .content_length = r->content_length};
	return registry_range_check(&range, &p->skip, e);
}

static int data(void *arg, struct bytes piece, struct err *e)
{
	struct pull *p = arg;
	if (!p->is_blob) {
		if (piece.n > p->size - MIN_OF(p->size, p->text.n))
			return err_set(e, ERR_LIMIT, "longer than %llu bytes",
			               (unsigned long long)p->size);
		return buf_add(&p->text, piece);
	}
	uint64_t n = MIN_OF((uint64_t)piece.n, p->skip);
	p->skip -= n;
	piece = bytes_skip(piece, (size_t)n);
	if (piece.n > p->size - p->offset)
		return err_set(e, ERR_DIGEST, "longer than the %llu bytes that the manifest says",
		               (unsigned long long)p->size);
	while (piece.n) {
		struct bytes part = bytes_slice(piece, 0, (size_t)REGISTRY_PIECE_MAX);
		if (send_frame(p, &(struct pull_frame){.kind = PULL_DATA, .text = part}, e))
			return -1;
		p->offset += part.n;
		piece = bytes_skip(piece, part.n);
	}
	return 0;
}

/* ---- trying ---- */

struct tries {
	unsigned n, total;
	bool is_renewed; /* 401 has been answered since bytes came the last time */
	uint64_t offset; /* at the last try */
};

static void wait_ms(int64_t ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	while (nanosleep(&t, &t) < 0)
		;
}

/* Waits before another try; -1 (with e as it stands) when there will be none. */
static int again(struct pull *p, const struct request *q, struct tries *t, struct err *e)
{
	uint32_t random = 0;
	bool has_moved = p->offset - t->offset >= (uint64_t)REGISTRY_PROGRESS_MIN;
	if (q->retry_after_s > REGISTRY_WAIT_MAX)
		return err_wrap(e, "asks to wait %lld s", (long long)q->retry_after_s);
	if (has_moved)
		t->n = 0;
	t->n += q->is_stalled ? 2 : 1;
	t->total++;
	if (t->n >= (unsigned)REGISTRY_TRIES_MAX || t->total >= (unsigned)REGISTRY_RESUMES_MAX)
		return err_wrap(e, "given up after %u tries", t->total);
	bool may_hurry = p->offset > t->offset && !q->retry_after_s && t->n <= 1;
	t->offset = p->offset;
	if (may_hurry)
		return 0;
	if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
		random = 0;
	int64_t ms = (int64_t)FIRST_WAIT_MS << (t->n - 1);
	wait_ms(MAX_OF(q->retry_after_s * 1000, ms + ms / 2 * (random % 1024) / 1024));
	return 0;
}

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

static int refused(const struct request *q, struct err *e)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 256);
	said(q, &text);
	long status = q->reply.status;
	const char *what = status == 404   ? "the registry does not have it"
	                   : status == 403 ? "the registry denies access"
	                   : status == 429 ? "the registry's limit of requests is reached"
	                                   : "the registry refuses";
	return err_set(e, status == 404 ? ERR_NOTFOUND : ERR_IO, "%s: %ld%.*s", what, status,
	               BYTES_FMT(buf_bytes(&text)));
}

static bool may_pass(long status)
{
	return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
	       status == 504;
}

static bool is_whole(const struct pull *p, const struct request *q)
{
	(void)q;
	return !p->is_blob || p->offset == p->size;
}

/* One request: 1 done, 0 once more, -1. */
static int try_once(struct pull *p, struct request *q, struct tries *t, struct err *e)
{
	struct fetcher *f = p->f;
	q->offset = p->is_blob ? p->offset : 0;
	q->authorization = f->authorization.n ? buf_cstr(&f->authorization) : NULL;
	uint64_t before = p->offset;
	int rc = request_run(f, q, e);
	if (p->offset > before)
		t->is_renewed = false;
	if (rc)
		return q->can_again ? again(p, q, t, e) : -1;
	long status = q->reply.status;
	if (status == 200 || status == 206) {
		if (is_whole(p, q))
			return 1;
		err_set(e, ERR_IO, "ended after %llu of %llu bytes", (unsigned long long)p->offset,
		        (unsigned long long)p->size);
		return again(p, q, t, e);
	}
	if (status == 401 && !t->is_renewed) {
		t->is_renewed = true;
		return auth_answer(f, &q->reply, e);
	}
	if (status == 401)
		return auth_denied(f, e);
	refused(q, e);
	return may_pass(status) ? again(p, q, t, e) : -1;
}

/* Until it is there.  The arena of each request is its own. */
static int run(struct pull *p, const char *url, struct request *q, struct err *e)
{
	struct tries t = {.n = 0};
	for (;;) {
		arena_free(q->reply.arena);
		*q = (struct request){
			.url = url,
			.accept = p->is_blob ? NULL : manifest_types,
			.sink = {begin, data, p},
			.reply = {.arena = arena_new()   }
                };
		int rc = try_once(p, q, &t, e);
		if (rc)
			return rc < 0 ? -1 : 0;
	}
}

static int nothing(void *arg, struct bytes piece, struct err *e)
{
	(void)arg;
	(void)piece;
	(void)e;
	return 0;
}

/* Where plain http will do (--insecure, this machine), whether TLS is spoken is tried first. */
static void probe(struct fetcher *f)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct err ignored;
	bool may_be_plain = f->setup.is_insecure || registry_is_loopback(f->api);
	if (f->is_probed || !may_be_plain)
		return;
	f->is_probed = true;
	struct request q = {
		.url = api_url(f, ""), .sink = {NULL,  nothing, NULL},
                      .reply = {.arena = a}
        };
	/* a proxy that opens no tunnel fails in its own ways: --insecure leaves nothing to lose */
	if (request_run(f, &q, &ignored) < 0 &&
	    (q.is_no_tls || (f->setup.is_insecure && !q.is_stalled)))
		f->is_plain = true;
}

int pull_manifest(struct fetcher *f, struct bytes which, size_t max, int out, struct err *e)
{
	struct pull p = {.f = f, .out = out, .size = max};
	struct request q = {.reply = {.arena = NULL}};
	probe(f);
	buf_init(&p.text, max);
	const char *url =
		api_url(f, arena_printf(f->arena, "%.*s/manifests/%.*s",
	                                BYTES_FMT(f->setup.repository), BYTES_FMT(which)));
	int rc = run(&p, url, &q, e);
	if (rc == 0)
		rc = send_frame(&p,
		                &(struct pull_frame){.kind = PULL_HEAD,
		                                     .text = q.reply.content_type,
		                                     .digest = q.reply.digest,
		                                     .number = api_transport(f)},
		                e);
	struct bytes text = buf_bytes(&p.text);
	for (size_t at = 0; at < text.n && rc == 0; at += (size_t)REGISTRY_PIECE_MAX) {
		struct bytes part = bytes_slice(text, at, at + (size_t)REGISTRY_PIECE_MAX);
		rc = send_frame(&p, &(struct pull_frame){.kind = PULL_DATA, .text = part}, e);
	}
	if (rc == 0)
		rc = send_frame(&p, &(struct pull_frame){.kind = PULL_END}, e);
	buf_fini(&p.text);
	arena_free(q.reply.arena);
	return rc;
}

int pull_blob(struct fetcher *f, struct bytes digest, uint64_t size, int out, struct err *e)
{
	struct pull p = {.f = f, .out = out, .size = size, .is_blob = true};
	struct request q = {.reply = {.arena = NULL}};
	probe(f);
	const char *url =
		api_url(f, arena_printf(f->arena, "%.*s/blobs/%.*s", BYTES_FMT(f->setup.repository),
	                                BYTES_FMT(digest)));
	int rc = run(&p, url, &q, e);
	if (rc == 0)
		rc = send_frame(&p, &(struct pull_frame){.kind = PULL_END}, e);
	arena_free(q.reply.arena);
	return rc;
}
