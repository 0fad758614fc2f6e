/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_serve.c - assay-fetch: answers the front until it closes the pipe.
 *
 * It holds credentials: no other process of the user may read its memory, and it leaves no core.
 */
#include "source/fetcher.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static int read_setup(struct fetcher *f, struct err *e)
{
	buf_init(&f->setup_frame, (size_t)REGISTRY_SETUP_MAX);
	if (pull_read(STDIN_FILENO, (size_t)REGISTRY_SETUP_MAX, &f->setup_frame) != 1 ||
	    !pull_get_setup(buf_bytes(&f->setup_frame), &f->setup))
		return err_set(e, ERR_USAGE, "assay-fetch is started by assay");
	f->ref = (struct registry_ref){.host = f->setup.host, .repository = f->setup.repository};
	f->api = arena_dup(f->arena, registry_api_host(f->setup.host));
	f->idle_ms = f->setup.idle_ms ? f->setup.idle_ms : (uint64_t)REGISTRY_IDLE_S * 1000;
	log_setup_as((unsigned)f->setup.log);
	auth_hide(f->setup.password);
	auth_hide(f->setup.token);
	return 0;
}

static int begin(struct fetcher *f, struct err *e)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(f->curl = curl_easy_init()))
		return err_set(e, ERR_INTERNAL, "libcurl cannot start");
	if (f->setup.daemon.n)
		return 0;
	if (trust_load(f, e))
		return -1;
	return f->setup.token.n ? auth_set_bearer(f, f->setup.token, e) : 0;
}

/* The message without any secret, however the server came to say one. */
static int answer_error(const struct err *why)
{
	AUTO_BUF struct buf text, frame;
	buf_init(&text, 4096);
	buf_init(&frame, 8192);
	log_redact(bytes_str(why->msg), &text);
	const struct pull_frame f = {
		.kind = PULL_ERROR, .text = buf_bytes(&text), .number = why->kind};
	return pull_put(&frame, &f) < 0 ? -1 : pull_write(STDOUT_FILENO, buf_bytes(&frame));
}

static int from_places(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	if (!f->places && places_open(f, e))
		return -1;
	return places_ask(f, q, out, e);
}

static int list_names(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	if (!f->places && places_open(f, e))
		return -1;
	return places_list(f, q, out, e);
}

/* Nothing is pushed elsewhere than to what was named, and nothing to what is blocked. */
static int put_blob(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	if (!f->places && places_open(f, e))
		return -1;
	return push_blob(f, q, out, e);
}

static int put_manifest(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	if (!f->places && places_open(f, e))
		return -1;
	return push_manifest(f, q, out, e);
}

static int inspect_image(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	return daemon_inspect(f, q->text, out, e);
}

static int export_image(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	return daemon_export(f, q->text, out, e);
}

static int answer(struct fetcher *f, const struct pull_frame *q, struct err *e)
{
	static int (*const by_kind[PULL__MAX])(struct fetcher *, const struct pull_frame *, int,
	                                       struct err *) = {
		[PULL_MANIFEST] = from_places,  [PULL_BLOB] = from_places,
		[PULL_LIST] = list_names,       [PULL_URL] = pull_url,
		[PULL_PUT_BLOB] = put_blob,     [PULL_PUT_MANIFEST] = put_manifest,
		[PULL_INSPECT] = inspect_image, [PULL_EXPORT] = export_image,
		[PULL_REFERRERS] = from_places,
	};
	bool is_of_daemon = q->kind == PULL_INSPECT || q->kind == PULL_EXPORT;
	if (!by_kind[q->kind] || is_of_daemon != (f->setup.daemon.n > 0))
		return err_set(e, ERR_INTERNAL, "an unknown request");
	if (!f->setup.repository.n && !is_of_daemon && q->kind != PULL_LIST && q->kind != PULL_URL)
		return err_set(e, ERR_INTERNAL, "no repository is named");
	return by_kind[q->kind](f, q, STDOUT_FILENO, e);
}

static int serve(struct fetcher *f)
{
	struct err e = {.kind = ERR_NONE}, first = {.kind = ERR_NONE};
	AUTO_BUF struct buf b;
	struct pull_frame q;
	buf_init(&b, REGISTRY_REQUEST_MAX);
	int rc = begin(f, &first);
	while (pull_read(STDIN_FILENO, REGISTRY_REQUEST_MAX, &b) == 1 &&
	       pull_get(buf_bytes(&b), &q)) {
		if (rc == 0 && answer(f, &q, &e) == 0)
			continue;
		if (answer_error(rc ? &first : &e) < 0)
			return 1;
	}
	return 0;
}

int source_fetch_main(void)
{
	struct fetcher f = {.arena = arena_new()};
	struct err e = {.kind = ERR_NONE};
	int rc = 2;
	proc_hide();
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_WARN, LOG_TEXT);
	if (read_setup(&f, &e) == 0)
		rc = serve(&f);
	else
		log_line(LOG_ERROR, "%s", e.msg);
	if (f.curl) {
		curl_easy_cleanup(f.curl);
		curl_global_cleanup();
	}
	places_close(&f);
	trust_free(&f.trust);
	buf_wipe(&f.setup_frame);
	buf_fini(&f.setup_frame);
	buf_fini(&f.authorization);
	arena_free(f.arena);
	return rc;
}
