/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.c - globs filed under a literal part, so that a path which matches nothing costs six hash
 * look-ups and no comparison.
 */
#include "inspect/match.h"

#include <stdlib.h>
#include <string.h>

enum key_kind {
	KEY_PATH,   /* the whole glob is literal */
	KEY_BASE,   /* its last component is */
	KEY_DIR,    /* what is before its last component is */
	KEY_PARENT, /* the last component but one is */
	KEY_EXT,    /* what follows the last dot is */
	KEY_TOP,    /* its first component is */
	KEY_ANY,    /* nothing of use: asked of every path */
	KEY__MAX
};

struct rule {
	struct bytes glob, key;
	struct bytes tail; /* behind the last wildcard: every path that matches ends in it */
	bool is_name;      /* "**" "/" and the tail: nothing else is to be asked */
	enum key_kind kind;
	unsigned inspector, index;
	int next; /* of the same slot, -1: none */
};

enum { SLOTS = 1 << 10 };

struct matcher {
	const struct inspector *const *list;
	struct rule *rules;
	size_t n, cap;
	bool has[KEY__MAX];
	int any; /* first rule of KEY_ANY, -1: none */
	int slots[SLOTS];
};

static bool is_literal(struct bytes b) { return bytes_find(b, '*') < 0 && bytes_find(b, '?') < 0; }

/* What follows the last dot of the last component; absent without one. */
static struct bytes extension(struct bytes base)
{
	ssize_t dot = bytes_rfind(base, '.');
	return dot < 0 ? (struct bytes){NULL, 0} : bytes_skip(base, (size_t)dot + 1);
}

static enum key_kind file(struct bytes glob, struct bytes *ret_key)
{
	struct bytes base = path_base(glob), dir = path_dir(glob), ext = extension(base);
	bool is_deep = bytes_search(base, B("**")) >= 0; /* matches in folders below too */
	*ret_key = glob;
	if (is_literal(glob))
		return KEY_PATH;
	*ret_key = base;
	if (is_literal(base))
		return KEY_BASE;
	*ret_key = dir;
	if (!is_deep && is_literal(dir))
		return KEY_DIR;
	*ret_key = path_base(dir);
	if (!is_deep && ret_key->n && is_literal(*ret_key))
		return KEY_PARENT;
	*ret_key = ext;
	if (ext.n && is_literal(ext))
		return KEY_EXT;
	struct bytes rest;
	return bytes_cut(glob, '/', ret_key, &rest) && is_literal(*ret_key) ? KEY_TOP : KEY_ANY;
}

static size_t slot_of(enum key_kind kind, struct bytes key)
{
	return hash64(key, (uint64_t)kind + 1) % SLOTS;
}

static struct bytes without_deep(struct bytes glob)
{
	return bytes_starts(glob, B("**/")) ? bytes_skip(glob, 3) : glob;
}

static struct bytes tail_of(struct bytes glob)
{
	size_t n = 0;
	while (n < glob.n && !strchr("*?", glob.p[glob.n - 1 - n]))
		n++;
	return bytes_skip(glob, glob.n - n);
}

static void add(struct matcher *m, unsigned inspector, unsigned index)
{
	struct rule r = {.inspector = inspector, .index = index};
	r.glob = bytes_str(m->list[inspector]->paths[index]);
	struct bytes rest = without_deep(r.glob);
	r.tail = tail_of(rest);
	r.is_name = rest.n < r.glob.n && r.tail.n == rest.n;
	r.kind = file(r.glob, &r.key);
	int *head = r.kind == KEY_ANY ? &m->any : &m->slots[slot_of(r.kind, r.key)];
	r.next = *head;
	*head = (int)m->n;
	m->has[r.kind] = true;
	m->rules = mem_grow(m->rules, &m->cap, m->n + 1, sizeof *m->rules);
	m->rules[m->n++] = r;
}

struct matcher *matcher_new(const struct inspector *const *list)
{
	struct matcher *m = mem_zalloc(sizeof *m);
	m->list = list;
	m->any = -1;
	for (size_t i = 0; i < SLOTS; i++)
		m->slots[i] = -1;
	for (unsigned i = 0; list[i]; i++) {
		for (unsigned g = 0; list[i]->paths[g]; g++)
			add(m, i, g);
	}
	return m;
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	free(m->rules);
	free(m);
}

/* Sorted by inspector, the lowest glob of each. */
struct found {
	struct bytes path;
	struct hit *v;
	unsigned order[64];
	size_t n, max;
};

static void keep(const struct matcher *m, struct found *f, const struct rule *r)
{
	size_t at = 0;
	while (at < f->n && f->order[at] < r->inspector)
		at++;
	if (at < f->n && f->order[at] == r->inspector) {
		f->v[at].glob = MIN_OF(f->v[at].glob, r->index);
		return;
	}
	if (f->n >= f->max)
		return;
	memmove(f->v + at + 1, f->v + at, (f->n - at) * sizeof *f->v);
	memmove(f->order + at + 1, f->order + at, (f->n - at) * sizeof *f->order);
	f->v[at] = (struct hit){m->list[r->inspector], r->index};
	f->order[at] = r->inspector;
	f->n++;
}

/* "**" before a slash stands for no folder too: "**" "/x" is x wherever it lies. */
static bool fits(const struct rule *r, struct bytes path)
{
	if (!bytes_ends(path, r->tail))
		return false;
	if (r->is_name)
		return path.n == r->tail.n || path.p[path.n - r->tail.n - 1] == '/';
	return bytes_glob(r->glob, path) || bytes_glob(without_deep(r->glob), path);
}

/* Rules of one slot: the key says where to look, the glob decides. */
static void ask(const struct matcher *m, enum key_kind kind, struct bytes key, struct found *f)
{
	int at = kind == KEY_ANY ? m->any : m->slots[slot_of(kind, key)];
	for (; at >= 0; at = m->rules[at].next) {
		const struct rule *r = &m->rules[at];
		bool may = kind == KEY_ANY || (r->kind == kind && bytes_eq(r->key, key));
		if (may && fits(r, f->path))
			keep(m, f, r);
	}
}

size_t matcher_find(const struct matcher *m, struct bytes path, struct hit *ret, size_t max)
{
	ssize_t slash = bytes_rfind(path, '/'), first = bytes_find(path, '/');
	struct bytes base = bytes_skip(path, (size_t)(slash + 1));
	struct bytes dir = bytes_slice(path, 0, slash < 0 ? 0 : (size_t)slash);
	const struct bytes keys[] = {
		[KEY_PATH] = path,
		[KEY_BASE] = base,
		[KEY_DIR] = dir,
		[KEY_PARENT] = path_base(dir),
		[KEY_EXT] = extension(base),
		[KEY_TOP] = bytes_slice(path, 0, first < 0 ? path.n : (size_t)first),
		[KEY_ANY] = {NULL, 0},
	};
	struct found f = {.path = path, .v = ret, .max = MIN_OF(max, ARRAY_LEN(f.order))};
	for (enum key_kind k = 0; k < KEY__MAX; k++) {
		if (m->has[k])
			ask(m, k, keys[k], &f);
	}
	return f.n;
}
