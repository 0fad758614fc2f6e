/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_pull.c - manifests and blobs, in spite of what comes in between: challenges, refusals for
 * now, broken connections.  A blob goes on where it broke off.
 *
 * Source: OCI distribution-spec, "Pulling manifests", "Pulling blobs".
 */
#include "source/fetcher.h"

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
	const char *accept;
	bool is_sized; /* blob: its size is known; else the first answer says it, up to size */
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

/* A file whose size nobody has promised: it must not change from one try to the next. */
static int learn_size(struct pull *p, const struct reply *r, struct err *e)
{
	uint64_t n;
	if (!bytes_u64(r->content_length, UINT64_MAX >> 1, &n))
		return err_set(e, ERR_FORMAT, "the server does not say how long it is");
	if (n > p->size)
		return err_set(e, ERR_LIMIT, "%llu bytes, at most %llu", (unsigned long long)n,
		               (unsigned long long)p->size);
	p->size = n;
	p->is_sized = true;
	return 0;
}

/* Portals and proxies answer what was not asked, with 200. */
static bool is_page(const struct reply *r)
{
	struct bytes type = bytes_slice(r->content_type, 0, 9);
	return bytes_eq_nocase(type, B("text/html"));
}

static int refuse_page(struct err *e)
{
	return err_set(e, ERR_FORMAT,
	               "a web page came in its place (text/html): a login page, or a proxy on the "
	               "way?");
}

static int begin(void *arg, const struct reply *r, struct err *e)
{
	struct pull *p = arg;
	if (!p->is_blob && is_page(r))
		return refuse_page(e);
	if (!p->is_blob) {
		if (r->status == 206)
			return err_set(e, ERR_FORMAT,
			               "a part of a manifest, which was not asked for");
		buf_reset(&p->text);
		return 0;
	}
	if (!p->is_sized && learn_size(p, r, e))
		return -1;
	const struct registry_range range = {.offset = p->offset,
	                                     .size = p->size,
	                                     .status = r->status,
	                                     .content_range = r->content_range,
	                                     .content_length = r->content_length};
	int rc = registry_range_check(&range, &p->skip, e);
	return rc && is_page(r) ? refuse_page(e) : rc;
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
		return q->can_again ? again(q, p->offset, t, e) : -1;
	long status = q->reply.status;
	if (status == 200 || status == 206) {
		if (is_whole(p, q))
			return 1;
		err_set(e, ERR_IO, "ended after %llu of %llu bytes", (unsigned long long)p->offset,
		        (unsigned long long)p->size);
		return again(q, p->offset, t, e);
	}
	if (status == 401 && !t->is_renewed) {
		t->is_renewed = true;
		return auth_answer(f, &q->reply, e);
	}
	if (status == 401)
		return auth_denied(f, e);
	status_refused(f, q, e);
	return status_may_pass(status) ? again(q, p->offset, t, e) : -1;
}

/* Until it is there.  The arena of each request is its own. */
static int run(struct pull *p, const char *url, struct request *q, struct err *e)
{
	struct tries t = {.max = p->f->is_mirror ? 2 : 0};
	for (;;) {
		arena_free(q->reply.arena);
		*q = (struct request){
			.url = url,
			.accept = p->accept,
			.sink = {begin, data, p},
			.reply = {.arena = arena_new()   }
                };
		int rc = try_once(p, q, &t, e);
		if (rc)
			return rc < 0 ? -1 : 0;
	}
}

/* The document that came, and what its header says of what is next. */
static int send_document(struct pull *p, const struct request *q, struct bytes next, struct err *e)
{
	const struct pull_frame head = {.kind = PULL_HEAD,
	                                .text = q->reply.content_type,
	                                .digest = next,
	                                .path = p->f->api,
	                                .number = api_transport(p->f)};
	int rc = send_frame(p, &head, e);
	struct bytes text = buf_bytes(&p->text);
	for (size_t at = 0; at < text.n && rc == 0; at += (size_t)REGISTRY_PIECE_MAX) {
		struct bytes part = bytes_slice(text, at, at + (size_t)REGISTRY_PIECE_MAX);
		rc = send_frame(p, &(struct pull_frame){.kind = PULL_DATA, .text = part}, e);
	}
	return rc ? rc : send_frame(p, &(struct pull_frame){.kind = PULL_END}, e);
}

/* The same of a page of a list: one that goes on where nobody may be asked is not taken for whole.
 */
static int send_page(struct pull *p, const struct request *q, struct err *e)
{
	struct bytes next = registry_next_link(q->reply.link, p->f->api);
	if (!next.n && registry_goes_on(q->reply.link))
		return err_set(
			e, ERR_FORMAT,
			"the registry's list goes on at an address that is not its own: %.*s",
			BYTES_FMT(bytes_slice(q->reply.link, 0, 100)));
	return send_document(p, q, next, e);
}

int pull_manifest(struct fetcher *f, struct bytes which, size_t max, int out, struct err *e)
{
	struct pull p = {.f = f, .out = out, .size = max, .accept = manifest_types};
	struct request q = {.reply = {.arena = NULL}};
	probe(f);
	buf_init(&p.text, max);
	const char *url =
		api_url(f, arena_printf(f->arena, "%.*s/manifests/%.*s",
	                                BYTES_FMT(f->setup.repository), BYTES_FMT(which)));
	int rc = run(&p, url, &q, e);
	if (rc == 0)
		rc = send_document(&p, &q, q.reply.digest, e);
	buf_fini(&p.text);
	arena_free(q.reply.arena);
	return rc;
}

int pull_list(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	struct pull p = {.f = f,
	                 .out = out,
	                 .size = MIN_OF(q->number, (uint64_t)OCI_MANIFEST_MAX),
	                 .accept = "application/json"};
	struct request r = {.reply = {.arena = NULL}};
	probe(f);
	buf_init(&p.text, p.size);
	f->scope = bytes_starts(q->text, B("_catalog")) ? "registry:catalog:*" : NULL;
	int rc = run(&p, api_url(f, arena_str(f->arena, q->text)), &r, e);
	if (rc == 0)
		rc = send_page(&p, &r, e);
	f->scope = NULL;
	buf_fini(&p.text);
	arena_free(r.reply.arena);
	return rc;
}

int pull_referrers(struct fetcher *f, struct bytes what, size_t max, int out, struct err *e)
{
	struct pull p = {.f = f,
	                 .out = out,
	                 .size = max,
	                 .accept = "application/vnd.oci.image.index.v1+json"};
	struct request r = {.reply = {.arena = NULL}};
	bool is_next = bytes_find(what, '/') >= 0;
	const char *rest = is_next ? arena_str(f->arena, what)
	                           : arena_printf(f->arena, "%.*s/referrers/%.*s",
	                                          BYTES_FMT(f->setup.repository), BYTES_FMT(what));
	probe(f);
	buf_init(&p.text, max);
	int rc = run(&p, api_url(f, rest), &r, e);
	if (rc == 0)
		rc = send_page(&p, &r, e);
	buf_fini(&p.text);
	arena_free(r.reply.arena);
	return rc;
}

/* Gives a stream and its end. */
static int send_stream(struct pull *p, const char *url, struct err *e)
{
	struct request q = {.reply = {.arena = NULL}};
	int rc = run(p, url, &q, e);
	if (rc == 0)
		rc = send_frame(p, &(struct pull_frame){.kind = PULL_END}, e);
	arena_free(q.reply.arena);
	return rc;
}

int pull_blob(struct fetcher *f, struct bytes digest, uint64_t size, int out, struct err *e)
{
	struct pull p = {.f = f,
	                 .out = out,
	                 .size = size,
	                 .offset = f->given,
	                 .is_blob = true,
	                 .is_sized = true};
	probe(f);
	const char *url =
		api_url(f, arena_printf(f->arena, "%.*s/blobs/%.*s", BYTES_FMT(f->setup.repository),
	                                BYTES_FMT(digest)));
	int rc = send_stream(&p, url, e);
	f->given = p.offset;
	return rc;
}

int pull_url(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	struct pull p = {.f = f, .out = out, .size = q->number, .is_blob = true};
	bool is_https = false;
	const char *url = arena_str(f->arena, q->text);
	struct bytes host = url_host(f->arena, url, &is_https);
	if (!host.n)
		return err_set(e, ERR_USAGE, "is no address of http or https");
	if (!is_https && !f->setup.is_insecure && !registry_is_loopback(host))
		return err_set(e, ERR_USAGE, "is plain http (--insecure allows that)");
	return send_stream(&p, url, e);
}
