/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_pnpm.c - pnpm-lock.yaml.
 *
 * Format: github.com/pnpm/spec, "lockfile": keys of "packages" are "/name/version_peers" up to 5,
 * "/name@version(peers)" in 6, "name@version" in 9, where "snapshots" has the dependencies, once
 * for each set of peers.  An entry that came from elsewhere says name and version itself.
 */
#include "fmt/lock.h"

#include <stdlib.h>

/* Without the peers that the package was resolved with. */
static struct bytes without_peers(struct bytes v)
{
	ssize_t at = bytes_find(v, '(');
	return bytes_slice(v, 0, at < 0 ? v.n : (size_t)at);
}

/* "name@version" or "registry/name/version_peers". */
static bool cut_key(struct bytes key, bool is_old, struct bytes *ret_name,
                    struct bytes *ret_version)
{
	key = without_peers(key);
	if (!is_old) {
		key = bytes_skip(key, bytes_starts(key, B("/")) ? 1 : 0);
		size_t from = bytes_starts(key, B("@")) ? 1 : 0;
		ssize_t at = bytes_find(bytes_skip(key, from), '@');
		if (at < 0 || !key.n)
			return false;
		*ret_name = bytes_slice(key, 0, from + (size_t)at);
		*ret_version = bytes_skip(key, from + (size_t)at + 1);
		return ret_version->n > 0;
	}
	ssize_t first = bytes_find(key, '/');
	if (first < 0)
		return false;
	key = bytes_skip(key, (size_t)first + 1); /* the registry, or nothing */
	/* a peer's name may hold a slash: the version ends before "_" */
	size_t scope = bytes_starts(key, B("@")) ? (size_t)MAX_OF(bytes_find(key, '/'), 0) + 1 : 0;
	ssize_t at = bytes_find(bytes_skip(key, scope), '/');
	if (at < 0)
		return false;
	*ret_name = bytes_slice(key, 0, scope + (size_t)at);
	*ret_version = bytes_skip(key, scope + (size_t)at + 1);
	ssize_t peers = bytes_find(*ret_version, '_');
	*ret_version = bytes_slice(*ret_version, 0, peers < 0 ? ret_version->n : (size_t)peers);
	return ret_version->n && is_digit(ret_version->p[0]) && bytes_find(*ret_version, '/') < 0;
}

/* Dependencies say a version, or the key of an entry when the name is another. */
static void need(struct lock_out *o, struct bytes name, struct bytes version, bool is_old)
{
	struct bytes n, v;
	version = without_peers(version);
	if (bytes_starts(version, B("link:")) || bytes_starts(version, B("file:")))
		return;
	ssize_t at = bytes_find(version, '@');
	bool is_key = bytes_starts(version, B("/")) || (!is_old && at > 0);
	if (is_key && cut_key(version, is_old, &n, &v)) {
		lock_need(o, n, v);
		return;
	}
	ssize_t peers = is_old ? bytes_find(version, '_') : -1;
	lock_need(o, name, bytes_slice(version, 0, peers < 0 ? version.n : (size_t)peers));
}

static void needs(struct lock_out *o, const json_t *entry, bool is_old)
{
	static const char *const kinds[] = {"dependencies", "optionalDependencies"};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct lock_members m = lock_members(json_object_get(entry, kinds[i]));
		while (lock_next(&m))
			need(o, m.key, json_bytes(m.value), is_old);
	}
}

static bool says(const json_t *entry, const char *what)
{
	return bytes_eq(json_text(entry, what), B("true"));
}

struct pnpm {
	struct lock_out *o;
	const json_t *snapshots;
	struct map *first,
		*dev; /* key without peers → snapshot; name@version that only dev needs */
	bool is_old;
};

static enum lang_scope scope_of(const struct pnpm *p, struct bytes key, const json_t *entry)
{
	const union map_value *snap = map_get(p->first, key);
	if (says(entry, "dev"))
		return LANG_DEV;
	if (says(entry, "optional") || (snap && says(snap->p, "optional")))
		return LANG_OPTIONAL;
	return p->snapshots && map_get(p->dev, key) ? LANG_DEV : LANG_RUN;
}

/* A folder of the application; a package in a file may be anybody's. */
static bool is_own(const json_t *entry)
{
	return bytes_eq(json_text(json_object_get(entry, "resolution"), "type"), B("directory"));
}

/* Something of the application's that has no version. */
static bool is_link(struct bytes key, struct bytes version, const json_t *entry)
{
	bool is_local =
		bytes_starts(key, B("file:")) || bytes_starts(version, B("file:")) || is_own(entry);
	return bytes_starts(version, B("link:")) || (is_local && !json_text(entry, "version").n);
}

static int put(struct pnpm *p, struct bytes key, const json_t *entry, struct err *e)
{
	struct lang_package k = {.scope = scope_of(p, key, entry)};
	const json_t *resolution = json_object_get(entry, "resolution");
	const union map_value *snap = map_get(p->first, key);
	bool is_named = cut_key(key, p->is_old, &k.name, &k.version);
	struct bytes name = json_text(entry, "name"), version = json_text(entry, "version");
	if (is_own(entry))
		k.scope = LANG_OWN;
	if (is_link(key, k.version, entry))
		return 0;
	if (name.n || version.n) {
		k.source = json_text(resolution, "tarball");
		k.source = k.source.n ? k.source : json_text(resolution, "repo");
	}
	if (!is_named && !(name.n && version.n)) {
		lock_odd(p->o, key, "neither name nor version");
		return 0;
	}
	if (name.n)
		k.name = name;
	if (version.n)
		k.version = version;
	needs(p->o, snap ? snap->p : entry, p->is_old);
	return lock_put(p->o, &k, e);
}

struct queue {
	struct bytes *v;
	size_t n, cap;
	struct map *seen;
	struct arena *a;
};

static void enqueue(struct queue *q, struct bytes name, struct bytes version)
{
	struct bytes plain = without_peers(version);
	bool is_key = plain.n > 1 && bytes_find(bytes_skip(plain, 1), '@') >= 0, is_new;
	struct bytes key = is_key ? plain
	                          : bytes_str(arena_printf(q->a, "%.*s@%.*s", BYTES_FMT(name),
	                                                   BYTES_FMT(plain)));
	map_put(q->seen, key, &is_new);
	if (!is_new || q->n >= LOCK_PACKAGES_MAX)
		return;
	q->v = mem_grow(q->v, &q->cap, q->n + 1, sizeof *q->v);
	q->v[q->n++] = key;
}

static void enqueue_all(struct queue *q, const json_t *entry)
{
	static const char *const kinds[] = {"dependencies", "optionalDependencies"};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct lock_members m = lock_members(json_object_get(entry, kinds[i]));
		while (lock_next(&m)) {
			struct bytes v = json_is_object(m.value) ? json_text(m.value, "version")
			                                         : json_bytes(m.value);
			enqueue(q, m.key, v);
		}
	}
}

/* Version 9 has no "dev": what is for development alone is what a walk does not meet that begins
 * with what the importers need for running. */
static void find_dev(struct pnpm *p, const json_t *root, struct arena *a)
{
	struct queue q = {.seen = map_new(), .a = a};
	struct lock_members m = lock_members(json_object_get(root, "importers"));
	while (lock_next(&m))
		enqueue_all(&q, m.value);
	for (size_t i = 0; i < q.n; i++) {
		const union map_value *snap = map_get(p->first, q.v[i]);
		if (snap)
			enqueue_all(&q, snap->p);
	}
	m = lock_members(json_object_get(root, "packages"));
	while (lock_next(&m)) {
		if (!map_get(q.seen, m.key))
			map_put(p->dev, m.key, NULL);
	}
	map_free(q.seen);
	free(q.v);
}

static int read_all(struct pnpm *p, const json_t *root, struct arena *a, struct err *e)
{
	struct lock_members m = lock_members(p->snapshots);
	while (lock_next(&m)) {
		bool is_new;
		union map_value *slot = map_put(p->first, without_peers(m.key), &is_new);
		if (is_new)
			slot->p = (void *)(uintptr_t)m.value;
	}
	if (p->snapshots)
		find_dev(p, root, a);
	m = lock_members(lock_part(p->o, root, "packages", JSON_OBJECT));
	while (lock_next(&m)) {
		if (put(p, m.key, m.value, e) < 0)
			return -1;
	}
	return lock_end(p->o, e);
}

int lock_pnpm(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_MAP struct map *first = map_new();
	AUTO_MAP struct map *dev = map_new();
	if (lock_yaml(text, "pnpm-lock.yaml", &root, e) < 0)
		return -1;
	struct bytes version = json_text(root, "lockfileVersion");
	if (!version.n)
		return err_set(e, ERR_FORMAT, "pnpm-lock.yaml: no lockfileVersion");
	struct pnpm p = {.o = o,
	                 .snapshots = json_obj(root, "snapshots"),
	                 .first = first,
	                 .dev = dev,
	                 .is_old = version.p[0] > '1' && version.p[0] < '6'};
	return read_all(&p, root, a, e);
}
