/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_npm.c - package-lock.json and npm-shrinkwrap.json.
 *
 * Format: docs.npmjs.com, "package-lock.json".  Since version 2 "packages" maps where a package
 * lies ("node_modules/a/node_modules/b") to what it is; version 1 has "dependencies" within
 * "dependencies".  What a package needs is found as Node.js finds it: in the nearest node_modules.
 */
#include "fmt/lock.h"

static const char *const kinds[] = {"dependencies", "optionalDependencies", "peerDependencies"};

static enum lang_scope scope_of(const json_t *p)
{
	if (json_is_true(json_object_get(p, "dev")) ||
	    json_is_true(json_object_get(p, "devOptional")))
		return LANG_DEV;
	return json_is_true(json_object_get(p, "optional")) ? LANG_OPTIONAL : LANG_RUN;
}

static bool is_address(struct bytes v)
{
	return bytes_find(v, ':') >= 0 || bytes_find(v, '/') >= 0;
}

/* Of an address the commit is what tells one from the other; absent without one. */
static struct bytes commit_of(struct bytes address)
{
	ssize_t hash = bytes_find(address, '#');
	return hash < 0 ? (struct bytes){NULL, 0} : bytes_skip(address, (size_t)hash + 1);
}

/* "npm:real@1.2.3" stands where another name was given to real. */
static void unalias(struct lang_package *p)
{
	struct bytes spec = bytes_skip(p->version, bytes_starts(p->version, B("npm:")) ? 4 : 0);
	if (spec.p != p->version.p) {
		lock_at(spec, &p->name, &p->version);
		return;
	}
	if (is_address(p->version)) {
		p->source = p->version;
		p->version = commit_of(p->version);
	}
}

/* ---- version 2 and later ---- */

static struct bytes name_at(struct bytes where, const json_t *p)
{
	struct bytes name = json_text(p, "name");
	if (name.n)
		return name;
	for (size_t i = where.n; i-- > 0;) {
		if (bytes_starts(bytes_skip(where, i), B("node_modules/")))
			return bytes_skip(where, i + B("node_modules/").n);
	}
	return where;
}

/* The package that `name` means for the one at `where`. */
static const json_t *resolve(const json_t *packages, struct bytes where, struct bytes name,
                             struct buf *b)
{
	for (;;) {
		buf_reset(b);
		buf_add(b, where);
		buf_adds(b, where.n ? "/node_modules/" : "node_modules/");
		buf_add(b, name);
		const json_t *p =
			b->overflow ? NULL : json_object_getn(packages, (char *)b->p, b->n);
		if (p || !where.n)
			return p;
		ssize_t up = -1;
		for (size_t i = where.n; up < 0 && i-- > 0;) {
			if (bytes_starts(bytes_skip(where, i), B("node_modules/")))
				up = (ssize_t)i;
		}
		where = bytes_slice(where, 0, up > 0 ? (size_t)up - 1 : 0);
	}
}

static void needs(struct lock_out *o, const json_t *packages, struct bytes where, const json_t *p)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)PATH_LEN_MAX);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct lock_members m = lock_members(json_object_get(p, kinds[i]));
		while (lock_next(&m)) {
			const json_t *found = resolve(packages, where, m.key, &b);
			struct bytes name = json_text(found, "name");
			if (found)
				lock_need(o, name.n ? name : m.key, json_text(found, "version"));
		}
	}
}

/* A folder of the application, "" itself; without a name it is called as the folder. */
static int put_own(const json_t *packages, const struct lock_members *m, struct lock_out *o,
                   struct err *e)
{
	struct lang_package p = {
		.name = json_text(m->value, "name"),
		.version = json_text(m->value, "version"),
		.license = json_text(m->value, "license"),
		.scope = LANG_OWN,
	};
	p.name = p.name.n ? p.name : path_base(m->key);
	if (!p.name.n || !p.version.n)
		return 0;
	needs(o, packages, m->key, m->value);
	return lock_put(o, &p, e);
}

static int read_packages(const json_t *packages, struct lock_out *o, struct err *e)
{
	struct lock_members m = lock_members(packages);
	while (lock_next(&m)) {
		bool is_installed = bytes_search(m.key, B("node_modules/")) >= 0;
		if (!is_installed && put_own(packages, &m, o, e) < 0)
			return -1;
		if (!is_installed || json_is_true(json_object_get(m.value, "link")))
			continue;
		struct bytes from = json_text(m.value, "resolved");
		struct lang_package p = {
			.name = name_at(m.key, m.value),
			.version = json_text(m.value, "version"),
			.license = json_text(m.value, "license"),
			.source = bytes_starts(from, B("git")) ? from : (struct bytes){NULL, 0},
			.scope = scope_of(m.value),
		};
		if (p.source.n && !p.version.n)
			p.version = commit_of(p.source);
		needs(o, packages, m.key, m.value);
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- version 1 ---- */

enum { DEEP = JSON_DEPTH_MAX }; /* two levels of JSON each */

struct chain {
	const json_t *levels[DEEP];
	enum lang_scope scopes[DEEP]; /* of the package that each is within */
	size_t n;
};

static void needs_old(struct lock_out *o, const struct chain *c, const json_t *p)
{
	struct lock_members m = lock_members(json_object_get(p, "requires"));
	while (lock_next(&m)) {
		const json_t *own = json_object_get(p, "dependencies");
		const json_t *found = json_object_getn(own, (const char *)m.key.p, m.key.n);
		for (size_t i = c->n; !found && i-- > 0;)
			found = json_object_getn(c->levels[i], (const char *)m.key.p, m.key.n);
		struct lang_package to = {.name = m.key, .version = json_text(found, "version")};
		if (!found)
			continue;
		unalias(&to);
		lock_need(o, to.name, to.version);
	}
}

/* What lies within a package for development is there for that alone. */
static enum lang_scope scope_in(const struct chain *c, const json_t *v)
{
	enum lang_scope own = scope_of(v);
	return own == LANG_RUN ? c->scopes[c->n - 1] : own;
}

static int put_old(const struct chain *c, struct bytes name, const json_t *v, struct lock_out *o,
                   struct err *e)
{
	struct lang_package p = {
		.name = name, .version = json_text(v, "version"), .scope = scope_in(c, v)};
	if (bytes_starts(p.version, B("file:")) || bytes_starts(p.version, B("link:")))
		return 0;
	unalias(&p);
	needs_old(o, c, v);
	return lock_put(o, &p, e);
}

static int read_old(const json_t *root, struct lock_out *o, struct err *e)
{
	struct chain c = {.n = 1, .levels = {lock_part(o, root, "dependencies", JSON_OBJECT)}};
	struct lock_members m[DEEP] = {lock_members(c.levels[0])};
	while (c.n) {
		struct lock_members *top = &m[c.n - 1];
		if (!lock_next(top)) {
			c.n--;
			continue;
		}
		if (put_old(&c, top->key, top->value, o, e) < 0)
			return -1;
		const json_t *inner = json_obj(top->value, "dependencies");
		if (!inner)
			continue;
		if (c.n == DEEP)
			return err_set(e, ERR_LIMIT, "package-lock.json: nests too deep");
		c.scopes[c.n] = scope_in(&c, top->value);
		m[c.n] = lock_members(inner);
		c.levels[c.n++] = inner;
	}
	return 0;
}

int lock_npm(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_json(text, "package-lock.json", &root, e) < 0)
		return -1;
	const json_t *packages = lock_part(o, root, "packages", JSON_OBJECT);
	if ((packages ? read_packages(packages, o, e) : read_old(root, o, e)) < 0)
		return -1;
	return lock_end(o, e);
}
