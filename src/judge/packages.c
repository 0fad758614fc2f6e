/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packages.c - which packages are installed in the merged image, and which layer brought each.
 *
 * A record counts when the file that states it is what the image shows.  It is given to the lowest
 * layer of the unbroken run of versions of that file that state it alike: a package of the base
 * stays the base's though an upper layer rewrote the database.
 */
#include "judge/judge.h"

#include <stdlib.h>
#include <string.h>

#include "judge/origin.h"

/* One version of a database file: the records that one layer states under one path. */
struct version {
	size_t layer;
	struct map *records; /* set of CBOR records */
};

/* The unbroken run of versions of one path, newest first. */
struct run {
	struct bytes path;
	struct version *v;
	size_t n, cap;
};

struct packages {
	const struct judge_input *in;
	const struct fact_os *os;
	const struct judge_skip *skip;
	struct report *r;
	struct map *seen; /* purl → index + 1 */
	struct run run;
};

static bool is_skipped(const struct judge_skip *s, struct bytes path)
{
	for (size_t i = 0; s && i < s->n_files; i++) {
		if (bytes_glob(s->files[i], path))
			return true;
	}
	for (size_t i = 0; s && i < s->n_dirs; i++) {
		for (struct bytes dir = path_dir(path); dir.n; dir = path_dir(dir)) {
			if (bytes_glob(s->dirs[i], dir))
				return true;
		}
	}
	return false;
}

static void run_reset(struct run *run)
{
	for (size_t i = 0; i < run->n; i++)
		map_free(run->v[i].records);
	run->n = 0;
}

static void run_add(struct packages *p, struct bytes path, size_t layer)
{
	struct run *run = &p->run;
	run->v = mem_grow(run->v, &run->cap, run->n + 1, sizeof *run->v);
	struct version *v = &run->v[run->n++];
	*v = (struct version){layer, map_new()};
	struct fact_iter it = fact_iter(p->in->layers[layer], FACT_PACKAGE);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_package f;
		if (fact_decode_package(cbor, &f) && bytes_eq(f.head.path, path))
			map_put(v->records, cbor, NULL);
	}
}

/* All versions of path below `layer` that nothing hid in between. */
static void run_make(struct packages *p, struct bytes path, size_t layer)
{
	run_reset(&p->run);
	p->run.path = path;
	for (int below = view_below(p->in->view, layer, path); below >= 0;
	     below = view_below(p->in->view, (size_t)below, path))
		run_add(p, path, (size_t)below);
}

static size_t lowest_layer(const struct run *run, size_t layer, struct bytes cbor)
{
	for (size_t i = 0; i < run->n && map_get(run->v[i].records, cbor); i++)
		layer = run->v[i].layer;
	return layer;
}

static struct bytes distro_qualifier(struct packages *p)
{
	if (!p->os->id.n)
		return (struct bytes){NULL, 0};
	if (!p->os->version_id.n)
		return p->os->id;
	return bytes_str(arena_printf(p->r->arena, "%.*s-%.*s", BYTES_FMT(p->os->id),
	                              BYTES_FMT(p->os->version_id)));
}

/* purl-spec, types deb, rpm, apk: the namespace is the vendor; rpm's epoch is a qualifier and not
 * part of the version. */
static int make_purl(struct packages *p, const struct fact_package *f, struct buf *ret,
                     struct err *e)
{
	struct purl u = {.type = f->type, .ns = p->os->id, .name = f->name, .version = f->version};
	struct bytes epoch, rest;
	if (f->arch.n)
		u.q[u.nq++] = (struct purl_qualifier){B("arch"), f->arch};
	struct bytes distro = distro_qualifier(p);
	if (distro.n)
		u.q[u.nq++] = (struct purl_qualifier){B("distro"), distro};
	if (bytes_eq(f->type, B("rpm")) && bytes_cut(f->version, ':', &epoch, &rest)) {
		u.version = rest;
		u.q[u.nq++] = (struct purl_qualifier){B("epoch"), epoch};
	}
	buf_reset(ret);
	return purl_build(&u, ret, e);
}

static void fill_package(struct packages *p, struct package *to, const struct fact_package *f)
{
	struct arena *a = p->r->arena;
	to->type = arena_dup(a, f->type);
	to->name = arena_dup(a, f->name);
	to->version = arena_dup(a, f->version);
	to->arch = arena_dup(a, f->arch);
	to->source_name = arena_dup(a, f->source_name);
	to->source_version = arena_dup(a, f->source_version);
	to->vendor = arena_dup(a, f->vendor);
	to->maintainer = arena_dup(a, f->maintainer);
	to->repository = arena_dup(a, f->repository);
	to->module = arena_dup(a, f->module);
	if (f->license.n)
		list_add(p->r, &to->licenses, f->license);
	to->is_third_party = origin_is_foreign(p->os->id, f);
}

static int add_package(struct packages *p, const struct fact_package *f, size_t layer,
                       struct err *e)
{
	AUTO_BUF struct buf purl;
	buf_init(&purl, KIB(16));
	struct err why = {.kind = ERR_NONE};
	if (make_purl(p, f, &purl, &why) < 0) {
		report_cover(p->r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "packages.broken",
		                               .layer = (int32_t)layer,
		                               .path = arena_dup(p->r->arena, f->head.path)},
		             "package %.*s: %s", BYTES_FMT(f->name), why.msg);
		return 0;
	}
	struct bytes key = arena_dup(p->r->arena, buf_bytes(&purl));
	bool is_new;
	union map_value *slot = map_put(p->seen, key, &is_new);
	struct package *to;
	if (is_new) {
		to = report_package(p->r);
		slot->u = p->r->n_packages - 1;
		to->purl = key;
		to->layer = (int32_t)layer;
		fill_package(p, to, f);
	} else {
		to = &p->r->packages[slot->u];
		to->layer = MIN_OF(to->layer, (int32_t)layer);
	}
	for (size_t i = 0; i < to->paths.n; i++) {
		if (bytes_eq(to->paths.v[i], f->head.path))
			return 0;
	}
	list_add(p->r, &to->paths, f->head.path);
	(void)e;
	return 0;
}

/* A second look that read path again (with its write-ahead log) replaces what was read in passing.
 */
static bool is_superseded(const struct judge_input *in, size_t layer, struct bytes path)
{
	if (!in->looks[layer])
		return false;
	struct fact_iter it = fact_iter(in->looks[layer], FACT_PACKAGE);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_package f;
		if (fact_decode_package(cbor, &f) && bytes_eq(f.head.path, path))
			return true;
	}
	return false;
}

static int layer_packages(struct packages *p, const struct factset *fs, size_t layer, bool is_look,
                          struct err *e)
{
	struct bytes path = {NULL, 0};
	bool is_shown = false;
	struct fact_iter it = fact_iter(fs, FACT_PACKAGE);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_package f;
		if (!fact_decode_package(cbor, &f))
			continue;
		if (!path.p || !bytes_eq(path, f.head.path)) {
			path = f.head.path;
			is_shown = !is_skipped(p->skip, path) &&
			           (is_look || (view_shows(p->in->view, layer, path) &&
			                        !is_superseded(p->in, layer, path)));
			run_reset(&p->run);
			if (is_shown && !is_look)
				run_make(p, path, layer);
		}
		if (is_shown && add_package(p, &f, lowest_layer(&p->run, layer, cbor), e) < 0)
			return -1;
	}
	return 0;
}

int judge_packages(const struct judge_input *in, const struct fact_os *os,
                   const struct judge_skip *skip, struct report *r, struct err *e)
{
	struct packages p = {.in = in, .os = os, .skip = skip, .r = r, .seen = map_new()};
	int rc = 0;
	for (size_t i = 0; i < in->n_layers && rc == 0; i++) {
		rc = layer_packages(&p, in->layers[i], i, false, e);
		if (rc == 0 && in->looks[i])
			rc = layer_packages(&p, in->looks[i], i, true, e);
	}
	run_reset(&p.run);
	free(p.run.v);
	map_free(p.seen);
	return rc;
}
