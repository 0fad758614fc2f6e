/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.c - what the merged image shows, asked of the facts of its layers.
 *
 * Source: image-spec layer.md, "Changeset over existing files" and "Whiteouts".
 * The floor of a folder is the lowest layer whose entries below it can still be seen: the highest
 * one that hides what lay below the folder, or that of the folder above if it is higher.  A path
 * shows the highest layer, not below the floor of its folder, that says anything about it.
 *
 * Names are taken as they are written: an entry "lib/x" of a layer in which "lib" is a link is
 * found as "lib/x".  Folders that no layer states exist only through what lies in them.
 */
#include "walk/walk.h"

#include <stdlib.h>

enum { FLOORS_KEPT = 1 << 16 };

struct view {
	const struct factset *const *layers; /* the caller's */
	size_t n;
	/* floors that were asked for; emptied when full: a folder costs two look-ups per layer */
	struct map *floors;
	struct arena *arena;
};

struct view *view_new(const struct factset *const *layers, size_t n)
{
	struct view *v = mem_zalloc(sizeof *v);
	v->layers = layers;
	v->n = n;
	v->floors = map_new();
	v->arena = arena_new();
	return v;
}

void view_free(struct view *v)
{
	if (!v)
		return;
	map_free(v->floors);
	arena_free(v->arena);
	free(v);
}

/* Does the layer hide what lower layers have below this folder? */
static bool hides_below(const struct factset *fs, struct bytes folder)
{
	struct entry en;
	if (factset_opaque(fs, folder))
		return true;
	/* "In all other cases [than folder over folder] ... removing the file path, recreating" */
	return factset_find(fs, folder, &en) && en.type != ENTRY_DIR;
}

static void forget_floors(struct view *v)
{
	map_free(v->floors);
	arena_free(v->arena);
	v->floors = map_new();
	v->arena = arena_new();
}

/* The floor of one folder, given that of the folder above. */
static size_t floor_step(struct view *v, struct bytes folder, size_t above)
{
	union map_value *known = map_get(v->floors, folder);
	if (known)
		return (size_t)known->u;
	size_t floor = above;
	for (size_t i = v->n; i-- > above + 1;) {
		if (hides_below(v->layers[i], folder)) {
			floor = i;
			break;
		}
	}
	if (map_count(v->floors) >= FLOORS_KEPT)
		forget_floors(v);
	map_put(v->floors, arena_dup(v->arena, folder), NULL)->u = floor;
	return floor;
}

/* The floor of the folder that path lies in. */
static size_t floor_of(const struct view *cv, struct bytes path)
{
	/* asking changes what is remembered, not what is answered */
	struct view *v = (struct view *)(uintptr_t)cv;
	union map_value *known = map_get(v->floors, path_dir(path));
	if (known || path.n == 0)
		return known && path.n ? (size_t)known->u : 0;
	size_t floor = floor_step(v, bytes_slice(path, 0, 0), 0);
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '/')
			floor = floor_step(v, bytes_slice(path, 0, i), floor);
	}
	return floor;
}

bool view_find(const struct view *v, struct bytes path, struct entry *ret, size_t *ret_layer)
{
	struct entry en;
	size_t floor = floor_of(v, path);
	for (size_t i = v->n; i-- > floor;) {
		if (!factset_find(v->layers[i], path, &en))
			continue;
		if (en.type == ENTRY_WHITEOUT)
			return false;
		*ret = en;
		*ret_layer = i;
		return true;
	}
	return false;
}

bool view_shows(const struct view *v, size_t layer, struct bytes path)
{
	struct entry en;
	size_t found;
	return view_find(v, path, &en, &found) && found == layer;
}

/* Does the layer hide what lower layers have at path, or at a folder above it? */
static bool hides(const struct factset *fs, struct bytes path)
{
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '/' && hides_below(fs, bytes_slice(path, 0, i)))
			return true;
	}
	if (path.n && factset_opaque(fs, bytes_slice(path, 0, 0)))
		return true;
	struct entry en;
	bool is_found = factset_find(fs, path, &en);
	if (is_found && en.type == ENTRY_DIR)
		return false; /* what is opaque there hides what lies in it, not itself */
	return factset_opaque(fs, path);
}

int view_below(const struct view *v, size_t layer, struct bytes path)
{
	struct entry en;
	for (size_t i = MIN_OF(layer, v->n); i > 0; i--) {
		if (i < v->n && hides(v->layers[i], path))
			return -1;
		if (factset_find(v->layers[i - 1], path, &en) && en.type != ENTRY_WHITEOUT)
			return (int)(i - 1);
	}
	return -1;
}

/* ---- links ---- */

struct resolve {
	struct buf *at;     /* what is resolved, clean */
	struct buf todo[2]; /* the rest of the way; a link puts its target before it */
	struct bytes rest;  /* of the todo at work */
	unsigned which, links;
};

static void up(struct buf *at)
{
	ssize_t slash = bytes_rfind(buf_bytes(at), '/');
	at->n = slash < 0 ? 0 : (size_t)slash;
}

static int too_long(struct bytes path, struct err *e)
{
	return err_set(e, ERR_LIMIT, "%.*s: links lead to a name longer than %lld bytes",
	               BYTES_FMT(bytes_slice(path, 0, 120)), (long long)PATH_LEN_MAX);
}

static int follow(struct resolve *r, struct bytes path, struct bytes target, struct err *e)
{
	if (++r->links > LINKS_FOLLOWED_MAX)
		return err_set(e, ERR_LIMIT, "%.*s: more than %d symbolic links in a row",
		               BYTES_FMT(bytes_slice(path, 0, 120)), LINKS_FOLLOWED_MAX);
	r->which ^= 1;
	struct buf *b = &r->todo[r->which];
	buf_reset(b);
	if (buf_add(b, target) || buf_addc(b, '/') || buf_add(b, r->rest))
		return too_long(path, e);
	r->rest = buf_bytes(b);
	if (bytes_starts(target, B("/")))
		buf_reset(r->at);
	else
		up(r->at);
	return 0;
}

/* A layer above that of a link may have put a folder in the link's place without stating it: then
 * what lies in it is found by its name as written. */
static bool is_replaced(const struct view *v, const struct resolve *r, size_t layer)
{
	AUTO_BUF struct buf b;
	struct entry en;
	size_t found;
	buf_init(&b, 2 * (size_t)PATH_LEN_MAX);
	struct bytes rest = r->rest;
	while (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	if (rest.n == 0 || buf_add(&b, buf_bytes(r->at)) || buf_addc(&b, '/') || buf_add(&b, rest))
		return false;
	return view_find(v, buf_bytes(&b), &en, &found) && found > layer;
}

static int walk(const struct view *v, struct resolve *r, struct bytes path, struct err *e)
{
	struct entry en;
	size_t layer;
	for (struct bytes part; bytes_split(&r->rest, '/', &part);) {
		if (part.n == 0 || bytes_eq(part, B(".")))
			continue;
		if (bytes_eq(part, B(".."))) {
			up(r->at); /* at the root it stays there */
			continue;
		}
		if ((r->at->n && buf_addc(r->at, '/')) || buf_add(r->at, part))
			return too_long(path, e);
		if (!view_find(v, buf_bytes(r->at), &en, &layer) || en.type != ENTRY_SYMLINK)
			continue;
		if (!is_replaced(v, r, layer) && follow(r, path, en.link, e))
			return -1;
	}
	return 0;
}

int view_resolve(const struct view *v, struct bytes path, struct buf *ret, struct entry *ret_entry,
                 size_t *ret_layer, struct err *e)
{
	struct resolve r = {.at = ret, .rest = path};
	buf_reset(ret);
	ret->max = (size_t)PATH_LEN_MAX;
	buf_init(&r.todo[0], 2 * (size_t)PATH_LEN_MAX + 1);
	buf_init(&r.todo[1], 2 * (size_t)PATH_LEN_MAX + 1);
	int rc = walk(v, &r, path, e);
	buf_fini(&r.todo[0]);
	buf_fini(&r.todo[1]);
	if (rc)
		return -1;
	if (view_find(v, buf_bytes(ret), ret_entry, ret_layer))
		return 0;
	/* a layer that states both a link and what lies "in" it; runtimes wrote through the link */
	struct entry en;
	size_t layer;
	if (view_find(v, path, &en, &layer) && en.type != ENTRY_SYMLINK) {
		*ret_entry = en;
		*ret_layer = layer;
		buf_reset(ret);
		return buf_add(ret, path) ? too_long(path, e) : 0;
	}
	return err_set(e, ERR_NOTFOUND, "%.*s: not in the image",
	               BYTES_FMT(bytes_slice(path, 0, 120)));
}
