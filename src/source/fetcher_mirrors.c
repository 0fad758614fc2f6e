/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetcher_mirrors.c - the places that registries.conf names for a registry's images, asked in
 * order.
 *
 * Each place is a fetcher of its own: credentials, certificates and tokens of one are never shown
 * to another, and what was given by hand is for the registry that was named.  What a mirror gives
 * by digest is verified by the front like anybody's; for what a tag means, a mirror is trusted.
 */
#include "source/fetcher.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char *env(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

/* ---- the files ---- */

static int add_file(struct fetcher *f, struct registries_files *to, const char *path, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	if (!path || access(path, F_OK))
		return 0;
	if (to->n == REGISTRIES_FILES_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %d files", path, REGISTRIES_FILES_MAX);
	if (file_read(path, (size_t)REGISTRIES_CONF_MAX, &text, e) < 0)
		return -1;
	to->v[to->n++] = (struct registries_file){path, arena_dup(f->arena, buf_bytes(&text))};
	return 0;
}

static int name_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A folder that is not there says nothing, nor does one of a home that is not ours, as in a
 * container that runs as another user; what the system says must be read. */
static int add_folder(struct fetcher *f, struct registries_files *to, const char *path,
                      struct err *e)
{
	const char *names[REGISTRIES_FILES_MAX];
	size_t n = 0, found = 0;
	DIR *d = path ? opendir(path) : NULL;
	if (!d && path && errno == EACCES && bytes_starts(bytes_str(path), B("/etc/")))
		return err_set(e, ERR_IO, "open %s: %m", path);
	if (!d)
		return 0;
	for (const struct dirent *en; found <= REGISTRIES_FILES_MAX && (en = readdir(d));) {
		bool is_conf = bytes_ends(bytes_str(en->d_name), B(".conf"));
		if (is_conf && found++ < REGISTRIES_FILES_MAX)
			names[n++] = arena_printf(f->arena, "%s/%s", path, en->d_name);
	}
	closedir(d);
	if (found > n)
		return err_set(e, ERR_LIMIT, "%s: more than %d files", path, REGISTRIES_FILES_MAX);
	qsort(names, n, sizeof *names, name_cmp);
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add_file(f, to, names[i], e);
	return rc;
}

static int read_files(struct fetcher *f, struct registries_files *to, struct err *e)
{
	struct arena *a = f->arena;
	const char *config = env("XDG_CONFIG_HOME"), *home = env("HOME");
	const char *named = env("CONTAINERS_REGISTRIES_CONF");
	if (!config && home)
		config = arena_printf(a, "%s/.config", home);
	const char *own = config ? arena_printf(a, "%s/containers/registries.conf", config) : NULL;
	if (named)
		return add_file(f, to, named, e);
	if (add_file(f, to, own && access(own, F_OK) == 0 ? own : "/etc/containers/registries.conf",
	             e) ||
	    add_folder(f, to, "/etc/containers/registries.conf.d", e))
		return -1;
	return add_folder(
		f, to, config ? arena_printf(a, "%s/containers/registries.conf.d", config) : NULL,
		e);
}

/* ---- the places ---- */

static int open_place(struct fetcher *f, const struct registry_place *p, struct place *to,
                      struct err *e)
{
	struct fetcher *at = &to->f;
	bool is_named = bytes_eq(p->host, f->setup.host);
	to->use = p->use;
	*at = (struct fetcher){.curl = f->curl, .arena = f->arena, .setup = f->setup};
	at->setup.host = p->host;
	at->setup.repository = p->repository;
	at->setup.is_insecure = p->is_insecure || (is_named && f->setup.is_insecure);
	if (!is_named)
		at->setup.user = at->setup.password = at->setup.token = (struct bytes){NULL, 0};
	at->ref = (struct registry_ref){.host = p->host, .repository = p->repository};
	at->api = arena_dup(f->arena, registry_api_host(p->host));
	at->idle_ms = f->idle_ms;
	at->is_mirror = p->is_mirror;
	if (trust_load(at, e))
		return -1;
	return at->setup.token.n ? auth_set_bearer(at, at->setup.token, e) : 0;
}

/* A catalog belongs to a host: what is said of any name there is asked for. */
static int find_places(struct fetcher *f, struct registry_places *to, struct err *e)
{
	static const struct bytes any = {(const uint8_t *)"x", 1};
	struct registries_file all[REGISTRIES_FILES_MAX];
	struct registries_files files = {all, 0};
	struct registry_ref ref = f->ref;
	bool is_catalog = !ref.repository.n;
	if (is_catalog)
		ref.repository = any;
	if (read_files(f, &files, e) || registry_places(f->arena, &files, &ref, to, e))
		return -1;
	for (size_t i = 0; i < to->n && is_catalog; i++) {
		if (!bytes_eq(to->v[i].repository, any))
			return err_set(
				e, ERR_UNSUPPORTED,
				"registries.conf has its images in a part of %.*s, which has "
				"no catalog of its own",
				BYTES_FMT(to->v[i].host));
		to->v[i].repository = (struct bytes){NULL, 0};
	}
	return 0;
}

int places_open(struct fetcher *f, struct err *e)
{
	struct registry_places to;
	if (find_places(f, &to, e))
		return -1;
	f->places = arena_alloc(f->arena, to.n * sizeof *f->places);
	for (size_t i = 0; i < to.n; i++) {
		if (open_place(f, &to.v[i], &f->places[i], e))
			return err_wrap(e, "%.*s", BYTES_FMT(to.v[i].host));
		f->n_places = i + 1;
	}
	return 0;
}

void places_close(struct fetcher *f)
{
	for (size_t i = 0; i < f->n_places; i++) {
		struct fetcher *at = &f->places[i].f;
		trust_free(&at->trust);
		buf_wipe(&at->authorization);
		buf_fini(&at->authorization);
	}
}

/* Tags and catalogs are those of the registry itself: a mirror may hold some of them. */
int places_list(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	struct fetcher *at = &f->places[f->n_places - 1].f;
	struct pull_frame there = *q;
	struct bytes asked = f->setup.repository, rest = bytes_skip(q->text, asked.n);
	if (asked.n && bytes_starts(q->text, asked) && bytes_starts(rest, B("/tags/list")))
		there.text = bytes_str(arena_printf(
			f->arena, "%.*s%.*s", BYTES_FMT(at->setup.repository), BYTES_FMT(rest)));
	return pull_list(at, &there, out, e);
}

static bool may_ask(const struct place *p, bool by_digest)
{
	return p->use == REGISTRY_USE_ALL || (p->use == REGISTRY_USE_DIGEST) == by_digest;
}

static int ask_one(struct fetcher *at, const struct pull_frame *q, int out, struct err *e)
{
	size_t max = (size_t)MIN_OF(q->number, (uint64_t)OCI_MANIFEST_MAX);
	switch (q->kind) {
	case PULL_BLOB:
		return pull_blob(at, q->text, q->number, out, e);
	case PULL_REFERRERS:
		return pull_referrers(at, q->text, max, out, e);
	default:
		return pull_manifest(at, q->text, max, out, e);
	}
}

/* What lies beside an image is asked of the place that gave the image: others may know nothing of
 * it, or be out of reach. */
static struct place *gave(struct fetcher *f, const struct pull_frame *q, bool by_digest)
{
	for (size_t i = 0; i < f->n_places && q->path.n; i++) {
		struct place *p = &f->places[i];
		if (bytes_eq(p->f.api, q->path) && may_ask(p, by_digest))
			return p;
	}
	return NULL;
}

int places_ask(struct fetcher *f, const struct pull_frame *q, int out, struct err *e)
{
	bool by_digest = bytes_find(q->text, ':') >= 0;
	struct err last = {.kind = ERR_NONE};
	uint64_t given = 0;
	struct place *one = gave(f, q, by_digest);
	if (one)
		return ask_one(&one->f, q, out, e);
	for (size_t i = 0; i < f->n_places; i++) {
		struct fetcher *at = &f->places[i].f;
		struct err why = {.kind = ERR_NONE};
		if (!may_ask(&f->places[i], by_digest))
			continue;
		at->given = given;
		int rc = ask_one(at, q, out, &why);
		if (rc == 0)
			return 0;
		given = at->given;
		if (f->n_places > 1)
			err_wrap(&why, "%.*s", BYTES_FMT(at->api));
		if (last.kind != ERR_NONE)
			err_wrap(&why, "%.100s; ", last.msg);
		last = why;
	}
	*e = last;
	return -1;
}
