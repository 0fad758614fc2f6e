/* SPDX-License-Identifier: Apache-2.0 */
/*
 * looks.c - what cannot be known in passing is asked for by path in one bounded second look.
 *
 * An inspector sees paths as the tar names them.  When a link leads one of its anchors elsewhere,
 * or the content stands under another name (a hard link), or a write-ahead log came in a higher
 * layer than its database, the layer that holds the bytes is read again for just those paths.
 */
#include "judge/judge.h"

#include <stdlib.h>
#include <string.h>

struct looks {
	const struct judge_input *in;
	struct report *r;
	struct judge_look *v;
	size_t n, cap;
};

static void look_add(struct looks *l, size_t layer, struct inspect_look look)
{
	if (l->n >= (size_t)LOOKS_MAX) {
		report_cover(l->r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "look.limit",
		                               .layer = -1},
		             "links lead to more than %lld places that packages may be in",
		             (long long)LOOKS_MAX);
		return;
	}
	for (size_t i = 0; i < l->n; i++) {
		const struct inspect_look *old = &l->v[i].look;
		if (l->v[i].layer == layer && strcmp(old->inspector, look.inspector) == 0 &&
		    bytes_eq(old->path, look.path))
			return;
	}
	look.path = arena_dup(l->r->arena, look.path);
	look.as = arena_dup(l->r->arena, look.as);
	look.attach_name = arena_dup(l->r->arena, look.attach_name);
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof *l->v);
	l->v[l->n++] = (struct judge_look){layer, look};
}

static bool matches(const struct inspector *i, struct bytes path)
{
	for (size_t p = 0; i->paths[p]; p++) {
		if (bytes_glob(bytes_str(i->paths[p]), path))
			return true;
	}
	return false;
}

static void circular(struct looks *l, struct bytes anchor, const struct err *e)
{
	report_cover(l->r,
	             (struct coverage){.check = CHECK_VULNERABILITY,
	                               .status = COVERAGE_INCOMPLETE,
	                               .code = "link.circular",
	                               .layer = -1,
	                               .path = arena_dup(l->r->arena, anchor)},
	             "%s", e->msg);
}

/* Links to links, as tar(1) writes them when the first of several names comes with another archive.
 */
struct bytes judge_link_end(const struct factset *fs, struct bytes path)
{
	struct entry en;
	for (int64_t i = 1; i < HARDLINKS_MAX && factset_find(fs, path, &en); i++) {
		if (en.type != ENTRY_HARDLINK)
			break;
		path = en.link;
	}
	return path;
}

/* A single file: its real path, or the name its bytes stand under. */
static void look_file(struct looks *l, const struct inspector *i, struct bytes anchor)
{
	AUTO_BUF struct buf real;
	buf_init(&real, (size_t)PATH_LEN_MAX);
	struct entry en;
	size_t layer;
	struct err e = {.kind = ERR_NONE};
	if (view_resolve(l->in->view, anchor, &real, &en, &layer, &e) < 0) {
		if (e.kind == ERR_LIMIT)
			circular(l, anchor, &e);
		return;
	}
	struct bytes path = buf_bytes(&real);
	if (en.type == ENTRY_HARDLINK)
		path = judge_link_end(l->in->layers[layer], en.link);
	if (en.type != ENTRY_FILE && en.type != ENTRY_HARDLINK)
		return;
	if (matches(i, path) && (en.type == ENTRY_FILE || view_shows(l->in->view, layer, path)))
		return; /* inspected in passing, under its own name */
	look_add(l, layer, (struct inspect_look){.inspector = i->id, .path = path, .as = anchor});
}

/* A folder: all layers may hold files of it. */
static void look_folder(struct looks *l, const struct inspector *i, struct bytes anchor)
{
	AUTO_BUF struct buf real, probe;
	buf_init(&real, (size_t)PATH_LEN_MAX);
	buf_init(&probe, (size_t)PATH_LEN_MAX * 2);
	struct entry en;
	size_t layer;
	struct err e = {.kind = ERR_NONE};
	struct bytes folder = bytes_slice(anchor, 0, anchor.n - 1);
	if (view_resolve(l->in->view, folder, &real, &en, &layer, &e) < 0) {
		/* a folder that no layer states is there through what lies in it */
		if (e.kind == ERR_LIMIT)
			circular(l, folder, &e);
		if (e.kind != ERR_NOTFOUND)
			return;
	}
	struct bytes path = buf_bytes(&real);
	if (bytes_eq(path, folder))
		return;
	for (size_t p = 0; i->paths[p]; p++) {
		buf_reset(&probe);
		buf_add(&probe, path);
		buf_addc(&probe, '/');
		buf_add(&probe, path_base(bytes_str(i->paths[p])));
		if (matches(i, buf_bytes(&probe)))
			return; /* the real folder is one that the inspector knows by itself */
	}
	buf_reset(&probe);
	buf_add(&probe, path);
	buf_addc(&probe, '/');
	for (size_t at = 0; at < l->in->n_layers; at++)
		look_add(l, at,
		         (struct inspect_look){
				 .inspector = i->id, .path = buf_bytes(&probe), .as = anchor});
}

/* An inspector of streams that needs the whole file. */
static void look_asked(struct looks *l, size_t layer, const struct fact_carry *f)
{
	for (size_t i = 0; inspectors[i]; i++) {
		if (inspectors[i]->want == INSPECT_STREAM &&
		    bytes_eq(f->head.inspector, bytes_str(inspectors[i]->id)))
			look_add(l, layer,
			         (struct inspect_look){.inspector = inspectors[i]->id,
			                               .path = f->head.path,
			                               .as = f->head.path});
	}
}

/* A write-ahead log without its database in the same layer. */
static void look_carried(struct looks *l, size_t layer)
{
	struct fact_iter it = fact_iter(l->in->layers[layer], FACT_CARRY);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_carry f;
		struct entry en;
		size_t at;
		if (!fact_decode_carry(cbor, &f))
			continue;
		if (view_shows(l->in->view, layer, f.head.path))
			look_asked(l, layer, &f);
		if (!bytes_ends(f.head.path, B("-wal")) ||
		    !view_shows(l->in->view, layer, f.head.path))
			continue;
		struct bytes db = bytes_slice(f.head.path, 0, f.head.path.n - 4);
		if (!view_find(l->in->view, db, &en, &at) || at == layer)
			continue;
		look_add(
			l, at,
			(struct inspect_look){.inspector = arena_str(l->r->arena, f.head.inspector),
		                              .path = db,
		                              .as = db,
		                              .attach_name = f.head.path,
		                              .attach = f.content});
	}
}

int judge_looks(const struct judge_input *in, struct report *r, struct judge_look **ret,
                size_t *ret_n, struct err *e)
{
	(void)e;
	struct looks l = {.in = in, .r = r};
	for (size_t i = 0; i < in->n_layers; i++)
		look_carried(&l, i);
	for (size_t i = 0; inspectors[i]; i++) {
		for (size_t a = 0; inspectors[i]->anchors && inspectors[i]->anchors[a]; a++) {
			struct bytes anchor = bytes_str(inspectors[i]->anchors[a]);
			if (bytes_ends(anchor, B("/")))
				look_folder(&l, inspectors[i], anchor);
			else
				look_file(&l, inspectors[i], anchor);
		}
	}
	*ret = arena_alloc(r->arena, l.n * sizeof *l.v);
	if (l.n)
		memcpy(*ret, l.v, l.n * sizeof *l.v);
	*ret_n = l.n;
	free(l.v);
	return 0;
}
