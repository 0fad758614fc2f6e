/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing.c - what a registry holds: repositories by their beginning, tags of each.
 *
 * Sources: OCI distribution-spec, "Listing Tags"; distribution's API, "Listing Repositories".
 */
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

#include "source/pull.h"

enum { PAGE = 1000 };

struct listing {
	const struct source_options *o;
	struct arena *a;
	struct bytes host, path, tag; /* of the pattern; path without its "*" */
	bool is_prefix;
	const char **v;
	size_t n, cap;
};

/* HOST/PATH[*] or HOST/PATH[:TAG]. */
static int read_pattern(struct listing *l, struct bytes text, struct err *e)
{
	struct bytes all = text;
	if (bytes_starts(text, B("registry:")))
		text = bytes_skip(text, 9);
	bytes_cut(text, '/', &l->host, &l->path);
	bool is_host = bytes_find(l->host, '.') >= 0 || bytes_find(l->host, ':') >= 0 ||
	               bytes_eq(l->host, B("localhost"));
	ssize_t colon = bytes_rfind(l->path, ':');
	if (colon >= 0) {
		l->tag = bytes_skip(l->path, (size_t)colon + 1);
		l->path = bytes_slice(l->path, 0, (size_t)colon);
	}
	l->is_prefix = bytes_ends(l->path, B("*"));
	if (l->is_prefix)
		l->path.n--;
	if (!is_host || (!l->path.n && !l->is_prefix) || bytes_find(l->path, '*') >= 0)
		return err_set(e, ERR_USAGE,
		               "\"%.*s\" is not HOST/PATH, HOST/PATH:TAG or HOST/PATH*",
		               BYTES_FMT(all));
	return 0;
}

/* Tags that cosign and others give to what belongs to an image: sha256-HEX, sha256-HEX.sig. */
static bool is_companion(struct bytes tag)
{
	uint8_t id[32];
	return bytes_starts(tag, B("sha256-")) && tag.n >= 71 &&
	       hex_decode(bytes_slice(tag, 7, 71), id, sizeof id) &&
	       (tag.n == 71 || tag.p[71] == '.' || tag.p[71] == '-');
}

static int add(struct listing *l, struct bytes repository, struct bytes tag, struct err *e)
{
	struct registry_ref ref;
	if (is_companion(tag) || (l->tag.n && !bytes_glob(l->tag, tag)))
		return 0;
	const char *name = arena_printf(l->a, "%.*s/%.*s:%.*s", BYTES_FMT(l->host),
	                                BYTES_FMT(repository), BYTES_FMT(tag));
	if (registry_ref_parse(l->a, bytes_str(name), &ref, e))
		return err_wrap(e, "the registry lists");
	if (l->n >= (size_t)REGISTRY_LIST_MAX)
		return err_set(e, ERR_LIMIT, "more than %lld images", (long long)REGISTRY_LIST_MAX);
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof *l->v);
	l->v[l->n++] = name;
	return 0;
}

static int keep(struct listing *l, struct bytes repository, struct bytes name, struct err *e)
{
	(void)repository;
	(void)e;
	if (!bytes_starts(name, l->path))
		return 0;
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof *l->v);
	l->v[l->n++] = arena_str(l->a, name);
	return 0;
}

/* All pages of a list: of tags, or without a repository of the catalog. */
static int pages(struct listing *l, struct bytes repository, const char *first, const char *key,
                 struct err *e)
{
	int (*put)(struct listing *, struct bytes, struct bytes, struct err *) =
		repository.n ? add : keep;
	const struct pull_setup setup = pull_setup_of(l->host, repository, &l->o->registry);
	struct puller *p = pool_take(l->o->pool, &setup);
	struct bytes what = bytes_str(first), text, next, *names;
	int rc = 0;
	size_t n, total = 0;
	while (what.n && rc == 0) {
		rc = puller_list(p, l->a, what, &text, &next, e);
		if (rc == 0)
			rc = registry_list_parse(l->a, text, key, &names, &n, e);
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = put(l, repository, names[i], e);
		total += rc == 0 ? n : 0;
		if (rc == 0 && next.n && (!n || bytes_eq(next, what)))
			rc = err_set(e, ERR_FORMAT, "the registry's list goes in circles");
		if (rc == 0 && total > (size_t)REGISTRY_LIST_MAX)
			rc = err_set(e, ERR_LIMIT, "a list of more than %lld names",
			             (long long)REGISTRY_LIST_MAX);
		what = next;
	}
	pool_give(l->o->pool, p);
	return rc;
}

static int tags(struct listing *l, struct bytes repository, struct err *e)
{
	const char *first = arena_printf(l->a, "%.*s/tags/list?n=%d", BYTES_FMT(repository), PAGE);
	int rc = pages(l, repository, first, "tags", e);
	return rc ? err_wrap(e, "%.*s/%.*s", BYTES_FMT(l->host), BYTES_FMT(repository)) : 0;
}

static int by_prefix(struct listing *l, struct err *e)
{
	struct bytes none = {NULL, 0};
	if (pages(l, none, arena_printf(l->a, "_catalog?n=%d", PAGE), "repositories", e))
		return err_wrap(e, "%.*s: its catalog", BYTES_FMT(l->host));
	AUTO_FREE const char **found = l->v;
	size_t n = l->n;
	l->v = NULL;
	l->n = l->cap = 0;
	for (size_t i = 0; i < n; i++) {
		struct err own;
		if (tags(l, bytes_str(found[i]), &own) == 0 || own.kind == ERR_NOTFOUND)
			continue; /* catalogs name repositories that are empty */
		if (e)
			*e = own;
		return -1;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int source_list(const char *pattern, const struct source_options *o, struct arena *a,
                const char *const **ret, size_t *ret_n, struct err *e)
{
	struct listing l = {.o = o, .a = a};
	if (o->is_offline)
		return err_set(e, ERR_USAGE, "%s: --offline, and a registry is asked for", pattern);
	if (read_pattern(&l, bytes_str(pattern), e))
		return -1;
	int rc = l.is_prefix ? by_prefix(&l, e) : tags(&l, arena_dup(a, l.path), e);
	if (rc == 0) {
		const char **v = arena_alloc(a, (l.n + 1) * sizeof *v);
		if (l.n)
			memcpy(v, l.v, l.n * sizeof *v);
		qsort(v, l.n, sizeof *v, by_name);
		*ret = v;
		*ret_n = l.n;
	}
	free(l.v);
	return rc;
}
