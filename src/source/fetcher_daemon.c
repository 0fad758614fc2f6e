/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_daemon.c - what a daemon says of an image, and the image itself as it packs it.
 *
 * Nothing is written to a file here; a stream that breaks off is an error, for it cannot be
 * resumed. Source: Docker Engine API, "Inspect an image", "Export an image", which podman has too.
 */
#include "source/fetcher.h"

#include <string.h>

struct answer {
	struct buf *text; /* taken whole; NULL: passed on as it comes */
	int out;
};

static int put(int out, const struct pull_frame *f, struct err *e)
{
	AUTO_BUF struct buf b;
	buf_init(&b, f->text.n + 1024);
	if (pull_put(&b, f) == 0 && pull_write(out, buf_bytes(&b)) == 0)
		return 0;
	return err_set(e, ERR_INTERNAL, "the front has gone");
}

static int put_all(int out, struct bytes text, struct err *e)
{
	while (text.n) {
		struct bytes part = bytes_slice(text, 0, (size_t)REGISTRY_PIECE_MAX);
		if (put(out, &(struct pull_frame){.kind = PULL_DATA, .text = part}, e))
			return -1;
		text = bytes_skip(text, part.n);
	}
	return 0;
}

static int data(void *arg, struct bytes piece, struct err *e)
{
	struct answer *a = arg;
	if (!a->text)
		return put_all(a->out, piece, e);
	if (buf_add(a->text, piece) == 0)
		return 0;
	return err_set(e, ERR_LIMIT, "more than %lld bytes", (long long)OCI_CONFIG_MAX);
}

static int refused(struct fetcher *f, const struct request *q, struct bytes name, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	struct bytes body = bytes_of(q->error_body, q->n_error_body), why = {NULL, 0};
	if (json_load_data(body, "", sizeof q->error_body, &root, NULL) == 0)
		why = bytes_slice(json_text(root, "message"), 0, 120);
	if (q->reply.status == 404)
		return err_set(e, ERR_NOTFOUND, "%.*s has no image %.*s",
		               BYTES_FMT(f->setup.daemon), BYTES_FMT(bytes_slice(name, 0, 100)));
	return err_set(e, ERR_IO, "%.*s refuses: %ld%s%.*s%s", BYTES_FMT(f->setup.daemon),
	               q->reply.status, why.n ? " (" : "", BYTES_FMT(why), why.n ? ")" : "");
}

static int ask(struct fetcher *f, struct bytes name, const char *what, struct answer *to,
               struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	if (daemon_find(f, e))
		return -1;
	struct request q = {
		.url = arena_printf(a, "%s://%.*s/images/%.*s/%s", f->is_plain ? "http" : "https",
	                            BYTES_FMT(f->api), BYTES_FMT(name), what),
		.sink = {NULL, data, to},
		.reply = {.arena = a },
	};
	if (request_run(f, &q, e))
		return err_wrap(e, "%.*s at %s", BYTES_FMT(f->setup.daemon), f->daemon_at);
	return q.reply.status == 200 ? 0 : refused(f, &q, name, e);
}

int daemon_inspect(struct fetcher *f, struct bytes name, int out, struct err *e)
{
	AUTO_BUF struct buf text;
	buf_init(&text, (size_t)OCI_CONFIG_MAX);
	struct answer to = {&text, out};
	if (ask(f, name, "json", &to, e))
		return -1;
	const struct pull_frame head = {.kind = PULL_HEAD, .text = bytes_str(f->daemon_at)};
	if (put(out, &head, e) || put_all(out, buf_bytes(&text), e))
		return -1;
	return put(out, &(struct pull_frame){.kind = PULL_END}, e);
}

int daemon_export(struct fetcher *f, struct bytes id, int out, struct err *e)
{
	struct answer to = {NULL, out};
	if (ask(f, id, "get", &to, e))
		return -1;
	return put(out, &(struct pull_frame){.kind = PULL_END}, e);
}
