/* SPDX-License-Identifier: Apache-2.0 */
/* locks.c - what lock files name beside what is installed, and who needs whom. */
#include "judge/locks.h"

#include <stdlib.h>

struct need {
	struct bytes purl, path, type, name, version, uuid, depends;
	enum evidence evidence;
};

struct file {
	size_t run, found; /* packages for running, and those of them that are installed */
};

struct locks {
	struct report *r;
	struct arena *a;
	struct map *files; /* path → struct file */
	struct need *needs;
	size_t n, cap;
	struct map *by_place; /* key() → purl of what stands there; NULL: several do */
	struct map *by_purl;  /* purl → package */
};

struct locks *locks_new(struct report *r)
{
	struct locks *l = mem_zalloc(sizeof *l);
	l->r = r;
	l->a = arena_new();
	l->files = map_new();
	l->by_place = map_new();
	l->by_purl = map_new();
	return l;
}

void locks_free(struct locks *l)
{
	if (!l)
		return;
	arena_free(l->a);
	map_free(l->files);
	map_free(l->by_place);
	map_free(l->by_purl);
	free(l->needs);
	free(l);
}

void locks_see(struct locks *l, struct bytes path, enum package_scope scope, bool is_installed)
{
	union map_value *slot = map_get(l->files, path);
	if (!slot) {
		slot = map_put(l->files, arena_dup(l->a, path), NULL);
		slot->p = arena_alloc(l->a, sizeof(struct file));
	}
	struct file *f = slot->p;
	if (scope != SCOPE_RUN)
		return;
	f->run++;
	f->found += is_installed;
}

void locks_need(struct locks *l, struct bytes purl, const struct fact_package *f)
{
	l->needs = mem_grow(l->needs, &l->cap, l->n + 1, sizeof *l->needs);
	l->needs[l->n++] = (struct need){
		.purl = purl,
		.path = arena_dup(l->a, f->head.path),
		.type = arena_dup(l->a, f->type),
		.name = arena_dup(l->a, f->name),
		.version = arena_dup(l->a, f->version),
		.uuid = arena_dup(l->a, f->uuid),
		.depends = arena_dup(l->a, f->depends),
		.evidence = f->evidence,
	};
}

/* ---- absence ---- */

static bool is_absent(const struct locks *l, const struct package *p)
{
	if (p->evidence != EVIDENCE_LOCK || p->scope == SCOPE_OWN)
		return false;
	if (p->scope == SCOPE_DEV)
		return true;
	for (size_t i = 0; i < p->paths.n; i++) {
		const union map_value *slot = map_get(l->files, p->paths.v[i]);
		const struct file *f = slot ? slot->p : NULL;
		if (!f || f->found * 2 < f->run || f->found == 0)
			return false;
	}
	return true;
}

static void mark_absent(struct locks *l)
{
	size_t n = 0;
	struct bytes first = {NULL, 0};
	for (size_t i = 0; i < l->r->n_packages; i++) {
		struct package *p = &l->r->packages[i];
		p->is_absent = is_absent(l, p);
		if (p->is_absent && n++ == 0 && p->paths.n)
			first = p->paths.v[0];
	}
	if (n)
		report_cover(l->r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_COMPLETE,
		                               .code = "packages.absent",
		                               .layer = -1,
		                               .path = first},
		             "%zu packages that lock files name are for development, or are not "
		             "among those that were installed by them: no advisory is asked",
		             n);
}

/* A name that an application gives to a part of itself is nobody's who publishes under it. */
static void say_own(struct locks *l)
{
	size_t n = 0;
	struct bytes first = {NULL, 0};
	for (size_t i = 0; i < l->r->n_packages; i++) {
		const struct package *p = &l->r->packages[i];
		if (p->scope == SCOPE_OWN && n++ == 0 && p->paths.n)
			first = p->paths.v[0];
	}
	if (n)
		report_cover(l->r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_COMPLETE,
		                               .code = "packages.own",
		                               .layer = -1,
		                               .path = first},
		             "%zu packages that lock files and manifests name are applications "
		             "themselves, or parts of them: no advisory is asked",
		             n);
}

/* ---- who needs whom ---- */

/* Where a name means what: within a lock file; within a tree of node_modules; else in the image. */
struct spot {
	const char *where; /* "lock", "tree", "image" */
	struct bytes place, type, name, version;
};

static struct bytes key(struct locks *l, struct spot s)
{
	return bytes_str(arena_printf(l->a, "%s\n%.*s\n%.*s\n%.*s\n%.*s", s.where,
	                              BYTES_FMT(s.place), BYTES_FMT(s.type), BYTES_FMT(s.name),
	                              BYTES_FMT(s.version)));
}

static const struct bytes none = {NULL, 0};

static void stand(struct locks *l, struct bytes k, struct bytes purl)
{
	bool is_new;
	union map_value *slot = map_put(l->by_place, k, &is_new);
	struct bytes *old = slot->p;
	if (is_new) {
		slot->p = arena_alloc(l->a, sizeof purl);
		*(struct bytes *)slot->p = purl;
	} else if (old && !bytes_eq(*old, purl)) {
		slot->p = NULL;
	}
}

static bool is_tree(const struct need *n)
{
	return n->evidence == EVIDENCE_INSTALLED && bytes_eq(n->type, B("npm"));
}

static void place(struct locks *l, const struct need *n)
{
	if (n->evidence == EVIDENCE_LOCK) {
		stand(l, key(l, (struct spot){"lock", n->path, n->type, n->name, none}), n->purl);
		stand(l, key(l, (struct spot){"lock", n->path, n->type, n->name, n->version}),
		      n->purl);
		if (n->uuid.n) /* asked for by it, in place of a version */
			stand(l, key(l, (struct spot){"lock", n->path, n->type, n->name, n->uuid}),
			      n->purl);
	} else if (is_tree(n)) {
		stand(l, key(l, (struct spot){"tree", path_dir(n->path), n->type, none, none}),
		      n->purl);
	} else {
		stand(l, key(l, (struct spot){"image", none, n->type, n->name, none}), n->purl);
		stand(l, key(l, (struct spot){"image", none, n->type, n->name, n->version}),
		      n->purl);
	}
}

static const struct bytes *standing(struct locks *l, struct bytes k)
{
	const union map_value *slot = map_get(l->by_place, k);
	return slot ? slot->p : NULL;
}

/* As Node.js finds it: in the node_modules of the package's own folder, and of those above. */
static const struct bytes *in_tree(struct locks *l, const struct need *n, struct bytes name)
{
	for (struct bytes dir = path_dir(n->path); dir.n; dir = path_dir(dir)) {
		if (bytes_eq(path_base(dir), B("node_modules")))
			continue;
		struct bytes at = bytes_str(arena_printf(l->a, "%.*s/node_modules/%.*s",
		                                         BYTES_FMT(dir), BYTES_FMT(name)));
		const struct bytes *found =
			standing(l, key(l, (struct spot){"tree", at, n->type, none, none}));
		if (found)
			return found;
	}
	return NULL;
}

static const struct bytes *meant(struct locks *l, const struct need *n, struct bytes name,
                                 struct bytes version)
{
	if (is_tree(n))
		return in_tree(l, n, name);
	bool is_lock = n->evidence == EVIDENCE_LOCK;
	struct spot spot = {"image", none, n->type, name, version};
	if (is_lock) {
		spot.where = "lock";
		spot.place = n->path;
	}
	return standing(l, key(l, spot));
}

static int by_bytes(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

static void add(struct locks *l, struct package *p, struct bytes purl)
{
	for (size_t i = 0; i < p->depends.n; i++) {
		if (bytes_eq(p->depends.v[i], purl))
			return;
	}
	if (map_get(l->by_purl, purl))
		list_add(l->r, &p->depends, purl);
}

static void resolve(struct locks *l, const struct need *n)
{
	const union map_value *slot = map_get(l->by_purl, n->purl);
	struct bytes rest = n->depends, line;
	while (slot && bytes_line(&rest, &line)) {
		struct bytes name, version;
		bytes_cut(line, ' ', &name, &version);
		const struct bytes *purl = meant(l, n, name, version);
		if (purl && !bytes_eq(*purl, n->purl))
			add(l, &l->r->packages[slot->u], *purl);
	}
}

void locks_settle(struct locks *l)
{
	mark_absent(l);
	say_own(l);
	for (size_t i = 0; i < l->r->n_packages; i++)
		map_put(l->by_purl, l->r->packages[i].purl, NULL)->u = i;
	for (size_t i = 0; i < l->n; i++)
		place(l, &l->needs[i]);
	for (size_t i = 0; i < l->n; i++)
		resolve(l, &l->needs[i]);
	for (size_t i = 0; i < l->r->n_packages; i++) {
		struct bytes_list *d = &l->r->packages[i].depends;
		if (d->n > 1)
			qsort(d->v, d->n, sizeof *d->v, by_bytes);
	}
}
