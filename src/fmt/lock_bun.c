/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_bun.c - bun.lock and deno.lock.
 *
 * Format: bun.sh, "Lockfile": JSON with commas behind the last member; "packages" maps where a
 * package is seen from ("a", "a/b") to a list that begins with "name@version" and has an object of
 * what it needs.  docs.deno.com, "Integrity checking": "npm" maps "name@version_peers" to such an
 * object (before version 4 below "packages").
 */
#include "fmt/lock.h"

#include <string.h>

static size_t string_end(const uint8_t *p, size_t n, size_t i)
{
	for (i++; i < n && p[i] != '"'; i++)
		i += p[i] == '\\';
	return i;
}

/* Blanks out the comment that begins at i, line ends apart; returns its last byte. */
static size_t comment(uint8_t *p, size_t n, size_t i)
{
	bool is_line = p[i + 1] == '/';
	ssize_t len = bytes_search(bytes_of(p + i + 2, n - i - 2), is_line ? B("\n") : B("*/"));
	size_t end = len < 0 ? n : i + 2 + (size_t)len + (is_line ? 0 : 2);
	for (; i < end; i++)
		p[i] = p[i] == '\n' ? '\n' : ' ';
	return end - 1;
}

/* Blanks out comments and commas before a bracket, so that lines stay where they are. */
static void plain(uint8_t *p, size_t n)
{
	size_t comma = n; /* the last, when nothing but blanks came since */
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '/' && i + 1 < n && (p[i + 1] == '/' || p[i + 1] == '*')) {
			i = comment(p, n, i);
			continue;
		}
		if ((p[i] == ']' || p[i] == '}') && comma < n)
			p[comma] = ' ';
		if (p[i] == ',')
			comma = i;
		else if (!is_blank(p[i]))
			comma = n;
		if (p[i] == '"')
			i = string_end(p, n, i);
	}
}

/* The package that `name` means seen from `key`: "key/name", and so on upwards. */
static const json_t *resolve(const json_t *packages, struct bytes key, struct bytes name,
                             struct buf *b)
{
	for (;;) {
		buf_reset(b);
		buf_add(b, key);
		buf_adds(b, key.n ? "/" : "");
		buf_add(b, name);
		const json_t *found =
			b->overflow ? NULL : json_object_getn(packages, (char *)b->p, b->n);
		if (found || !key.n)
			return found;
		ssize_t slash = bytes_rfind(key, '/');
		key = bytes_slice(key, 0, slash < 0 ? 0 : (size_t)slash);
	}
}

static void needs(struct lock_out *o, const json_t *packages, struct bytes key, const json_t *what)
{
	static const char *const kinds[] = {"dependencies", "optionalDependencies",
	                                    "peerDependencies"};
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)PATH_LEN_MAX);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct lock_members m = lock_members(json_object_get(what, kinds[i]));
		while (lock_next(&m)) {
			const json_t *found = resolve(packages, key, m.key, &b);
			struct bytes name, version;
			if (lock_at(json_bytes(json_array_get(found, 0)), &name, &version))
				lock_need(o, name, version);
		}
	}
}

static const json_t *object_in(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (json_is_object(json_array_get(list, i)))
			return json_array_get(list, i);
	}
	return NULL;
}

static int put(struct lock_out *o, const json_t *packages, struct bytes key, const json_t *list,
               struct err *e)
{
	struct lang_package p = {.scope = LANG_RUN};
	struct bytes spec = json_bytes(json_array_get(list, 0));
	size_t from = bytes_starts(spec, B("@")) ? 1 : 0;
	ssize_t at = bytes_find(bytes_skip(spec, from), '@');
	if (at < 0 || !spec.n) {
		lock_odd(o, key, "it does not begin with a name and a version");
		return 0;
	}
	p.name = bytes_slice(spec, 0, from + (size_t)at);
	p.version = bytes_skip(spec, from + (size_t)at + 1);
	if (bytes_starts(p.version, B("workspace:")) || bytes_starts(p.version, B("link:")) ||
	    bytes_starts(p.version, B("file:")) || bytes_starts(p.version, B("root:")))
		return 0;
	if (bytes_find(p.version, ':') >= 0) { /* github:owner/name#commit and the like */
		ssize_t hash = bytes_rfind(p.version, '#');
		p.source = p.version;
		p.version = bytes_skip(p.version, hash < 0 ? 0 : (size_t)hash + 1);
	}
	needs(o, packages, key, object_in(list));
	return lock_put(o, &p, e);
}

int lock_bun(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (text.n > (size_t)LANG_LIST_MAX)
		return err_set(e, ERR_LIMIT, "bun.lock: %zu bytes, at most %jd", text.n,
		               (intmax_t)LANG_LIST_MAX);
	AUTO_FREE uint8_t *copy = mem_alloc(text.n + 1);
	memcpy(copy, text.n ? text.p : (const uint8_t *)"", text.n);
	plain(copy, text.n);
	if (lock_json(bytes_of(copy, text.n), "bun.lock", &root, e) < 0)
		return -1;
	const json_t *packages = lock_part(o, root, "packages", JSON_OBJECT);
	const json_t *version = json_object_get(root, "lockfileVersion");
	if (version && !json_is_integer(version))
		return err_set(e, ERR_FORMAT, "bun.lock: lockfileVersion is no number");
	struct lock_members m = lock_members(packages);
	while (lock_next(&m)) {
		if (put(o, packages, m.key, m.value, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

/* ---- deno ---- */

/* "name@version_peer@version": without the peers. */
static bool cut_deno(struct bytes key, struct lang_package *p)
{
	size_t from = bytes_starts(key, B("@")) ? 1 : 0;
	ssize_t at = bytes_find(bytes_skip(key, from), '@');
	if (at < 0 || !key.n)
		return false;
	p->name = bytes_slice(key, 0, from + (size_t)at);
	p->version = bytes_skip(key, from + (size_t)at + 1);
	ssize_t peers = bytes_find(p->version, '_');
	if (peers >= 0)
		p->version = bytes_slice(p->version, 0, (size_t)peers);
	return true;
}

static void needs_deno(struct lock_out *o, const json_t *list)
{
	struct lang_package p = {.scope = LANG_RUN};
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct bytes spec = json_bytes(json_array_get(list, i));
		if (cut_deno(spec, &p))
			lock_need(o, p.name, p.version);
		else
			lock_need(o, spec, (struct bytes){NULL, 0});
	}
}

int lock_deno(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_json(text, "deno.lock", &root, e) < 0)
		return -1;
	const json_t *old = lock_part(o, root, "packages", JSON_OBJECT);
	struct lock_members m = lock_members(json_object_get(old ? old : root, "npm"));
	while (lock_next(&m)) {
		struct lang_package p = {.scope = LANG_RUN};
		if (!cut_deno(m.key, &p)) {
			lock_odd(o, m.key, "not a name and a version");
			continue;
		}
		needs_deno(o, json_object_get(m.value, "dependencies"));
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}
