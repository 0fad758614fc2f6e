/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pull_front.c - the front's half of reading from a registry or a daemon: processes of assay-fetch,
 * each of which gives one document or blob at a time and is used again when it has given it whole.
 */
#include "source/pull.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

enum { FRAME_SLACK = 64 };

/* What assay-fetch may see of our environment; of passwords only those in addresses of proxies. */
static const char *const passed[] = {
	"ALL_PROXY",
	"ASSAY_FETCH_WAIT_MS",
	"AWS_CONFIG_FILE",
	"AWS_PROFILE",
	"AWS_REGION",
	"AWS_ROLE_ARN",
	"AWS_SHARED_CREDENTIALS_FILE",
	"AWS_WEB_IDENTITY_TOKEN_FILE",
	"CLOUDSDK_CONFIG",
	"CONTAINERS_REGISTRIES_CONF",
	"CONTAINER_HOST",
	"DBUS_SESSION_BUS_ADDRESS",
	"DOCKER_CERT_PATH",
	"DOCKER_CONFIG",
	"DOCKER_CONTEXT",
	"DOCKER_HOST",
	"DOCKER_TLS_VERIFY",
	"GOOGLE_APPLICATION_CREDENTIALS",
	"HOME",
	"HTTPS_PROXY",
	"HTTP_PROXY",
	"NO_PROXY",
	"PATH",
	"REGISTRY_AUTH_FILE",
	"SSL_CERT_DIR",
	"SSL_CERT_FILE",
	"XDG_CONFIG_HOME",
	"XDG_RUNTIME_DIR",
	"all_proxy",
	"http_proxy",
	"https_proxy",
	"no_proxy",
	/* of sanitizers and coverage */
	"ASAN_OPTIONS",
	"GCOV_PREFIX",
	"UBSAN_OPTIONS",
};

struct worker {
	struct proc proc;
	struct buf frame; /* the last one that came */
	bool is_busy, is_running;
};

struct puller {
	struct buf setup; /* its frame: holds credentials, wiped */
	struct worker **v;
	size_t n, cap;
	bool has_no_referrers; /* the registry has said so */
};

struct pull_setup pull_setup_of(struct bytes host, struct bytes repository,
                                const struct source_registry *o)
{
	return (struct pull_setup){
		.host = host,
		.repository = repository,
		.user = o->user,
		.password = o->password,
		.token = o->token,
		.cacert = o->cacert,
		.realms = o->realms,
		.idle_ms = (uint64_t)o->idle_ms,
		.log = log_setting(),
		.is_insecure = o->is_insecure,
	};
}

struct puller *puller_new(const struct pull_setup *setup)
{
	struct puller *p = mem_zalloc(sizeof *p);
	buf_init(&p->setup, (size_t)REGISTRY_SETUP_MAX);
	pull_put_setup(&p->setup, setup);
	return p;
}

static void stop(struct worker *w)
{
	if (w->is_running)
		proc_kill(&w->proc);
	w->is_running = false;
}

void puller_free(struct puller *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++) {
		stop(p->v[i]);
		buf_fini(&p->v[i]->frame);
		free(p->v[i]);
	}
	free(p->v);
	buf_wipe(&p->setup);
	buf_fini(&p->setup);
	free(p);
}

/* ---- processes ---- */

static int start(struct puller *p, struct worker *w, struct err *e)
{
	AUTO_FREE char *path = proc_helper("assay-fetch", e);
	AUTO_ARENA struct arena *a = arena_new();
	const char *envp[ARRAY_LEN(passed) + 1];
	size_t n = 0;
	if (!path)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(passed); i++) {
		const char *v = getenv(passed[i]);
		if (v)
			envp[n++] = arena_printf(a, "%s=%s", passed[i], v);
	}
	envp[n] = NULL;
	const char *const argv[] = {path, NULL};
	if (p->setup.overflow)
		return err_set(e, ERR_LIMIT, "credentials of more than %lld bytes",
		               (long long)REGISTRY_SETUP_MAX);
	signal(SIGPIPE, SIG_IGN);
	if (proc_spawn(argv, envp, PROC_IN | PROC_OUT | PROC_KEEP_STDERR, &w->proc, e))
		return -1;
	w->is_running = true;
	if (pull_write(w->proc.in, buf_bytes(&p->setup)) < 0)
		return err_set(e, ERR_IO, "assay-fetch ended at once");
	return 0;
}

/* A process that is free, or a new one. */
static int idle(struct puller *p, struct worker **ret, struct err *e)
{
	struct worker *w = NULL;
	for (size_t i = 0; i < p->n && !w; i++) {
		if (!p->v[i]->is_busy)
			w = p->v[i];
	}
	if (!w) {
		p->v = mem_grow(p->v, &p->cap, p->n + 1, sizeof(struct worker *));
		w = p->v[p->n++] = mem_zalloc(sizeof *w);
		buf_init(&w->frame, (size_t)REGISTRY_PIECE_MAX + FRAME_SLACK);
	}
	if (!w->is_running && start(p, w, e)) {
		stop(w);
		return -1;
	}
	*ret = w;
	return 0;
}

static int ask(struct puller *p, const struct pull_frame *f, struct worker **ret, struct err *e)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 16 << 10);
	if (idle(p, ret, e))
		return -1;
	if (pull_put(&b, f) < 0)
		return err_set(e, ERR_LIMIT, "a name of more than %zu bytes", b.max);
	(*ret)->is_busy = true;
	if (pull_write((*ret)->proc.in, buf_bytes(&b)) == 0)
		return 0;
	stop(*ret);
	(*ret)->is_busy = false;
	return err_set(e, ERR_IO, "assay-fetch has ended");
}

/* The next frame: 1 with a HEAD or DATA, 0 at END, -1. */
static int next(struct worker *w, struct pull_frame *ret, struct err *e)
{
	if (pull_read(w->proc.out, (size_t)REGISTRY_PIECE_MAX + FRAME_SLACK, &w->frame) != 1 ||
	    !pull_get(buf_bytes(&w->frame), ret)) {
		stop(w);
		return err_set(e, ERR_IO, "assay-fetch ended before its answer");
	}
	switch (ret->kind) {
	case PULL_HEAD:
	case PULL_DATA:
		return 1;
	case PULL_END:
		w->is_busy = false;
		return 0;
	case PULL_ERROR:
		w->is_busy = false;
		return err_set(e,
		               ret->number > ERR_NONE && ret->number < ERR__MAX
		                       ? (enum err_kind)ret->number
		                       : ERR_IO,
		               "%.*s", BYTES_FMT(ret->text));
	default:
		stop(w);
		return err_set(e, ERR_INTERNAL, "assay-fetch answers out of turn");
	}
}

/* ---- documents ---- */

static int read_whole(struct worker *w, size_t max, struct buf *to, struct pull_frame *head,
                      struct err *e)
{
	struct pull_frame f;
	int more;
	buf_init(to, max);
	while ((more = next(w, &f, e)) > 0) {
		if (f.kind == PULL_HEAD)
			*head = f;
		else if (buf_add(to, f.text) < 0) {
			stop(w);
			w->is_busy = false;
			return err_set(e, ERR_LIMIT, "longer than %zu bytes", max);
		}
	}
	w->is_busy = false;
	return more;
}

/* "type/name; parameters" of a manifest or index; other types say nothing. */
static struct bytes manifest_type(struct arena *a, struct bytes content_type)
{
	struct bytes type, rest;
	bytes_cut(content_type, ';', &type, &rest);
	type = bytes_trim(type);
	enum oci_media m = oci_media(type);
	if (m != OCI_MEDIA_INDEX && m != OCI_MEDIA_MANIFEST && m != OCI_MEDIA_SCHEMA1)
		return (struct bytes){NULL, 0};
	return arena_dup(a, type);
}

/* The head's slices are in a frame that DATA overwrites: read it first. */
static int read_head(struct worker *w, struct arena *a, struct pull_document *d,
                     struct digest *promised, struct err *e)
{
	struct pull_frame f;
	int more = next(w, &f, e);
	if (more <= 0 || f.kind != PULL_HEAD)
		return more < 0 ? -1 : err_set(e, ERR_INTERNAL, "assay-fetch answers out of turn");
	d->media_type = manifest_type(a, f.text);
	d->where = arena_dup(a, f.path);
	d->transport = f.number == PULL_PLAIN            ? PULL_PLAIN
	               : f.number == PULL_TLS_UNVERIFIED ? PULL_TLS_UNVERIFIED
	                                                 : PULL_TLS;
	*promised = (struct digest){.algo = DIGEST_NONE};
	if (f.digest.n && digest_parse(f.digest, promised, e) < 0)
		return err_wrap(e, "Docker-Content-Digest");
	return 0;
}

static int check_promise(struct bytes text, const struct digest *promised, struct err *e)
{
	char have_text[DIGEST_TEXT_MAX], want_text[DIGEST_TEXT_MAX];
	if (promised->algo == DIGEST_NONE)
		return 0;
	struct digester *h = digester_new(promised->algo);
	digester_add(h, text);
	struct digest have = digester_end(h);
	digester_free(h);
	if (digest_eq(&have, promised))
		return 0;
	return err_set(e, ERR_DIGEST,
	               "the registry says that the manifest is %.24s..., it is %.24s...",
	               digest_text(promised, want_text), digest_text(&have, have_text));
}

int puller_manifest(struct puller *p, struct arena *a, struct bytes which,
                    struct pull_document *ret, struct err *e)
{
	return puller_manifest_at(p, a, which, (struct bytes){NULL, 0}, ret, e);
}

int puller_manifest_at(struct puller *p, struct arena *a, struct bytes which, struct bytes where,
                       struct pull_document *ret, struct err *e)
{
	struct worker *w;
	struct pull_document d = {.transport = PULL_TLS};
	struct digest promised;
	struct pull_frame head = {.number = 0};
	AUTO_BUF struct buf text;
	buf_init(&text, 1);
	const struct pull_frame q = {.kind = PULL_MANIFEST,
	                             .text = which,
	                             .number = (uint64_t)OCI_MANIFEST_MAX,
	                             .path = where};
	if (ask(p, &q, &w, e))
		return -1;
	if (read_head(w, a, &d, &promised, e)) {
		if (w->is_busy) /* more would come, which belongs to nobody */
			stop(w);
		w->is_busy = false;
		return -1;
	}
	if (read_whole(w, (size_t)OCI_MANIFEST_MAX, &text, &head, e) ||
	    check_promise(buf_bytes(&text), &promised, e))
		return -1;
	d.text = arena_dup(a, buf_bytes(&text));
	d.digest = digest_of(d.text);
	*ret = d;
	return 0;
}

static int ask_blob(struct puller *p, const struct digest *d, uint64_t size, struct worker **ret,
                    struct err *e)
{
	char text[DIGEST_TEXT_MAX];
	return ask(p,
	           &(struct pull_frame){
			   PULL_BLOB, bytes_str(digest_text(d, text)), {NULL, 0},
                              size
        },
	           ret, e);
}

int puller_blob(struct puller *p, struct arena *a, const struct digest *d, uint64_t size,
                struct bytes *ret, struct err *e)
{
	struct worker *w;
	struct pull_frame head;
	AUTO_BUF struct buf text;
	buf_init(&text, 1);
	if (ask_blob(p, d, size, &w, e) || read_whole(w, (size_t)size, &text, &head, e))
		return -1;
	*ret = arena_dup(a, buf_bytes(&text));
	return 0;
}

/* ---- streams ---- */

struct blob {
	struct worker *w;
	struct bytes rest; /* of the frame that came last */
	bool is_over;
};

static ssize_t blob_read(void *arg, void *to, size_t n, struct err *e)
{
	struct blob *b = arg;
	struct pull_frame f;
	while (!b->rest.n && !b->is_over) {
		int more = next(b->w, &f, e);
		if (more < 0) {
			b->is_over = true;
			return -1;
		}
		b->is_over = more == 0;
		if (more)
			b->rest = f.text;
	}
	n = MIN_OF(n, b->rest.n);
	if (n)
		memcpy(to, b->rest.p, n);
	b->rest = bytes_skip(b->rest, n);
	return (ssize_t)n;
}

static void blob_close(void *arg)
{
	struct blob *b = arg;
	if (!b->is_over)
		stop(b->w); /* what it still would send belongs to nobody */
	b->w->is_busy = false;
	free(b);
}

static void stream_of(struct worker *w, struct source_stream *ret)
{
	struct blob *b = mem_zalloc(sizeof *b);
	b->w = w;
	*ret = (struct source_stream){blob_read, blob_close, b};
}

int puller_open(struct puller *p, const struct digest *d, uint64_t size, struct source_stream *ret,
                struct err *e)
{
	struct worker *w;
	if (ask_blob(p, d, size, &w, e))
		return -1;
	stream_of(w, ret);
	return 0;
}

/* ---- daemons ---- */

int puller_inspect(struct puller *p, struct arena *a, struct bytes name, struct bytes *ret_json,
                   struct bytes *ret_where, struct err *e)
{
	struct worker *w;
	struct pull_frame head;
	AUTO_BUF struct buf text;
	buf_init(&text, 1);
	if (ask(p, &(struct pull_frame){.kind = PULL_INSPECT, .text = name}, &w, e))
		return -1;
	int more = next(w, &head, e);
	if (more <= 0 || head.kind != PULL_HEAD) {
		if (more >= 0)
			stop(w);
		w->is_busy = false;
		return more < 0 ? -1 : err_set(e, ERR_INTERNAL, "assay-fetch answers out of turn");
	}
	struct bytes where = arena_dup(a, head.text);
	if (read_whole(w, (size_t)OCI_CONFIG_MAX, &text, &head, e))
		return -1;
	*ret_json = arena_dup(a, buf_bytes(&text));
	*ret_where = where;
	return 0;
}

int puller_export(struct puller *p, struct bytes id, struct source_stream *ret, struct err *e)
{
	struct worker *w;
	if (ask(p, &(struct pull_frame){.kind = PULL_EXPORT, .text = id}, &w, e))
		return -1;
	stream_of(w, ret);
	return 0;
}

int puller_url(struct puller *p, struct bytes url, uint64_t max, struct source_stream *ret,
               struct err *e)
{
	struct worker *w;
	if (ask(p, &(struct pull_frame){.kind = PULL_URL, .text = url, .number = max}, &w, e))
		return -1;
	struct blob *b = mem_zalloc(sizeof *b);
	b->w = w;
	*ret = (struct source_stream){blob_read, blob_close, b};
	return 0;
}

/* ---- lists, and what is put ---- */

static int list(struct puller *p, struct arena *a, const struct pull_frame *q, struct bytes *ret,
                struct bytes *ret_next, struct err *e)
{
	struct worker *w;
	struct pull_frame f, head;
	AUTO_BUF struct buf text;
	buf_init(&text, 1);
	if (ask(p, q, &w, e))
		return -1;
	int more = next(w, &f, e);
	if (more <= 0 || f.kind != PULL_HEAD) {
		if (more >= 0)
			stop(w);
		w->is_busy = false;
		return more < 0 ? -1 : err_set(e, ERR_INTERNAL, "assay-fetch answers out of turn");
	}
	*ret_next = arena_dup(a, f.digest);
	if (read_whole(w, (size_t)OCI_MANIFEST_MAX, &text, &head, e))
		return -1;
	*ret = arena_dup(a, buf_bytes(&text));
	return 0;
}

int puller_list(struct puller *p, struct arena *a, struct bytes what, struct bytes *ret,
                struct bytes *ret_next, struct err *e)
{
	const struct pull_frame q = {
		.kind = PULL_LIST, .text = what, .number = (uint64_t)OCI_MANIFEST_MAX};
	return list(p, a, &q, ret, ret_next, e);
}

int puller_referrers(struct puller *p, struct arena *a, struct bytes *what, struct bytes where,
                     struct bytes *ret, struct err *e)
{
	const struct pull_frame q = {.kind = PULL_REFERRERS,
	                             .text = *what,
	                             .number = (uint64_t)OCI_MANIFEST_MAX,
	                             .path = where};
	struct err own = {.kind = ERR_NONE};
	if (p->has_no_referrers)
		return err_set(e, ERR_UNSUPPORTED, "the registry lists no referrers");
	if (list(p, a, &q, ret, what, &own) == 0)
		return 0;
	/* distribution-spec, "Listing Referrers": who has such lists has an empty one of what it
	 * does not know, so that any of these is about the list, not about this image */
	p->has_no_referrers = own.kind == ERR_NOTFOUND || own.kind == ERR_UNSUPPORTED;
	if (e)
		*e = own;
	return -1;
}

int puller_put(struct puller *p, const struct pull_put *what, uint64_t *ret_sent, struct err *e)
{
	struct worker *w;
	struct pull_frame f;
	const struct pull_frame q = {.kind = what->media_type.n ? PULL_PUT_MANIFEST : PULL_PUT_BLOB,
	                             .text = what->which,
	                             .digest = what->media_type,
	                             .number = what->size,
	                             .path = bytes_str(what->path)};
	if (ask(p, &q, &w, e))
		return -1;
	int more = next(w, &f, e);
	w->is_busy = false;
	if (more < 0)
		return -1;
	if (more > 0) {
		stop(w);
		return err_set(e, ERR_INTERNAL, "assay-fetch answers out of turn");
	}
	*ret_sent = f.number;
	return 0;
}
