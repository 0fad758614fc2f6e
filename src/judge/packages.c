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

#include "judge/jars.h"
#include "judge/locks.h"
#include "judge/origin.h"
#include "judge/owned.h"
#include "judge/seen.h"

/* The layers that hold the unbroken run of versions of one path, newest first. */
struct run {
	size_t *layers;
	size_t n, cap;
};

struct packages {
	const struct judge_input *in;
	const struct fact_os *os;
	const struct judge_skip *skip;
	struct report *r;
	struct map *seen;     /* purl → index */
	struct map *owners;   /* names of the distribution's own packages */
	struct map **records; /* per layer: set of its CBOR records (each has its path), or NULL */
	struct map *again;    /* paths that the layer's second look read again; NULL: no look */
	struct run run;
	struct locks *locks;
	bool is_lock_pass; /* lock files speak after all that is installed */
	size_t n_skipped;
	struct bytes first_skipped;
	size_t n_libraries; /* left out by kind */
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

/* Made when first asked for: most layers have no packages, or nothing above that repeats them. */
static const struct map *records_of(struct packages *p, size_t layer)
{
	if (p->records[layer])
		return p->records[layer];
	struct map *m = p->records[layer] = map_new();
	struct fact_iter it = fact_iter(p->in->layers[layer], FACT_PACKAGE);
	for (struct bytes cbor; fact_next(&it, &cbor);)
		map_put(m, cbor, NULL);
	return m;
}

/* All versions of path below `layer` that nothing hid in between. */
static void run_make(struct packages *p, struct bytes path, size_t layer)
{
	struct run *run = &p->run;
	for (int below = view_below(p->in->view, layer, path); below >= 0;
	     below = view_below(p->in->view, (size_t)below, path)) {
		run->layers = mem_grow(run->layers, &run->cap, run->n + 1, sizeof *run->layers);
		run->layers[run->n++] = (size_t)below;
	}
}

static size_t lowest_layer(struct packages *p, size_t layer, struct bytes cbor)
{
	for (size_t i = 0; i < p->run.n && map_get(records_of(p, p->run.layers[i]), cbor); i++)
		layer = p->run.layers[i];
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
 * part of the version.  A language's package is the same whatever system it lies in. */
static int make_purl(struct packages *p, const struct fact_package *f, struct buf *ret,
                     struct err *e)
{
	/* os-release(5): "If not set, a default of ID=linux may be used." */
	struct bytes id = p->os->id.n ? p->os->id : B("linux");
	struct purl u = {.type = f->type, .ns = id, .name = f->name, .version = f->version};
	struct bytes epoch, rest;
	buf_reset(ret);
	if (ecosystem_is_language(f->type)) {
		ecosystem_split(f->type, f->name, &u.ns, &u.name);
		if (f->uuid.n)
			u.q[u.nq++] = (struct purl_qualifier){B("uuid"), f->uuid};
		return purl_build_lenient(&u, ret, e);
	}
	struct bytes category;
	ecosystem_split(f->type, f->name, &category, &u.name);
	if (category.n)
		u.ns = category;
	if (f->arch.n)
		u.q[u.nq++] = (struct purl_qualifier){B("arch"), f->arch};
	struct bytes distro = distro_qualifier(p);
	if (distro.n)
		u.q[u.nq++] = (struct purl_qualifier){B("distro"), distro};
	if (bytes_eq(f->type, B("rpm")) && bytes_cut(f->version, ':', &epoch, &rest)) {
		u.version = rest;
		u.q[u.nq++] = (struct purl_qualifier){B("epoch"), epoch};
	}
	return purl_build(&u, ret, e);
}

static struct bytes hex_text(struct packages *p, const char *prefix, struct bytes raw)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 128);
	buf_adds(&b, prefix);
	for (size_t i = 0; i < raw.n; i++)
		buf_addf(&b, "%02x", raw.p[i]);
	return arena_dup(p->r->arena, buf_bytes(&b));
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
	to->proof = arena_dup(a, f->proof);
	to->cpe = arena_dup(a, f->cpe);
	to->homepage = arena_dup(a, f->homepage);
	to->evidence = f->evidence;
	to->scope = f->scope;
	if (f->digest.n == 20)
		to->digest = hex_text(p, "sha1:", f->digest);
	if (f->license.n)
		list_add(p->r, &to->licenses, f->license);
	to->is_third_party = !ecosystem_is_language(f->type) && origin_is_foreign(p->os->id, f);
}

/* A file that is all of the package (it has its digest) speaks before one of its layer that holds
 * it beside others, as a shaded jar does. */
static void add_path(struct packages *p, struct package *to, const struct fact_package *f,
                     size_t layer)
{
	bool is_own = !to->digest.n && f->digest.n == 20 && to->layer == (int32_t)layer;
	size_t i = 0;
	to->layer = MIN_OF(to->layer, (int32_t)layer);
	while (i < to->paths.n && !bytes_eq(to->paths.v[i], f->head.path))
		i++;
	if (i == to->paths.n)
		list_add(p->r, &to->paths, f->head.path);
	if (!is_own)
		return;
	struct bytes first = to->paths.v[0];
	to->digest = hex_text(p, "sha1:", f->digest);
	to->paths.v[0] = to->paths.v[i];
	to->paths.v[i] = first;
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
		/* what is for running anywhere is for running */
		if (f->evidence == to->evidence)
			to->scope = MIN_OF(to->scope, f->scope);
		if (!to->licenses.n && f->license.n) /* another file of the same package says it */
			list_add(p->r, &to->licenses, f->license);
	}
	if (ecosystem_is_language(f->type))
		locks_need(p->locks, key, f);
	if (p->is_lock_pass) {
		bool is_installed = to->evidence != EVIDENCE_LOCK;
		locks_see(p->locks, f->head.path, f->scope, is_installed);
		if (is_installed)
			return 0;
	}
	add_path(p, to, f, layer);
	(void)e;
	return 0;
}

/* A second look that read path again (with its write-ahead log) replaces what was read in passing:
 * the paths that it states packages of. */
static struct map *looked_up(const struct factset *look)
{
	struct map *paths = map_new();
	struct fact_iter it = fact_iter(look, FACT_PACKAGE);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_package f;
		if (fact_decode_package(cbor, &f))
			map_put(paths, f.head.path, NULL);
	}
	return paths;
}

/* What a second look read stands under the name that leads there: it is shown if that still leads
 * into this layer. */
static bool look_shows(struct packages *p, size_t layer, struct bytes path)
{
	AUTO_BUF struct buf real;
	buf_init(&real, (size_t)PATH_LEN_MAX);
	struct entry en;
	size_t found;
	struct err ignored;
	return view_resolve(p->in->view, path, &real, &en, &found, &ignored) == 0 && found == layer;
}

/* "outer!/inner" lies in a file of the image: visibility follows that. */
static struct bytes file_of(const struct fact_package *f)
{
	ssize_t at = bytes_search(f->head.path, B("!/"));
	if (at <= 0 || !ecosystem_is_language(f->type))
		return f->head.path;
	return bytes_slice(f->head.path, 0, (size_t)at);
}

static bool is_shown(struct packages *p, size_t layer, struct bytes path, bool is_look)
{
	if (is_look ? !look_shows(p, layer, path)
	            : !view_shows(p->in->view, layer, path) ||
	                      (p->again && map_get(p->again, path)))
		return false;
	if (!is_skipped(p->skip, path))
		return true;
	if (p->n_skipped++ == 0)
		p->first_skipped = path;
	return false;
}

/* Switched off by the user: named, so that nobody takes the rest for the whole. */
static void skipped_row(struct packages *p)
{
	if (p->n_libraries)
		report_cover(p->r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_SKIPPED,
		                               .code = "packages.library",
		                               .layer = -1},
		             "%zu statements of language packages were left out by --pkg-types",
		             p->n_libraries);
	if (!p->n_skipped)
		return;
	report_cover(p->r,
	             (struct coverage){.check = CHECK_VULNERABILITY,
	                               .status = COVERAGE_SKIPPED,
	                               .code = "packages.skipped",
	                               .layer = -1,
	                               .path = arena_dup(p->r->arena, p->first_skipped)},
	             "%zu files that state packages were left out by --skip-dirs or --skip-files",
	             p->n_skipped);
}

/* Whether packages of the type are to be judged. */
static bool is_kind(struct packages *p, struct bytes type)
{
	bool is_language = ecosystem_is_language(type);
	p->n_libraries += is_language && p->skip->is_os_only;
	return is_language ? !p->skip->is_os_only : !p->skip->is_library_only;
}

static int layer_packages(struct packages *p, const struct factset *fs, size_t layer, bool is_look,
                          struct err *e)
{
	struct bytes path = {NULL, 0};
	bool is_wanted = false;
	struct fact_iter it = fact_iter(fs, FACT_PACKAGE);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_package f;
		if (!fact_decode_package(cbor, &f) ||
		    (f.evidence == EVIDENCE_LOCK) != p->is_lock_pass)
			continue;
		struct bytes file = file_of(&f);
		if (!path.p || !bytes_eq(path, file)) {
			path = file;
			is_wanted = is_shown(p, layer, path, is_look);
			p->run.n = 0;
			if (is_wanted && !is_look)
				run_make(p, path, layer);
		}
		if (is_wanted && !ecosystem_is_language(f.type) &&
		    !origin_is_foreign(p->os->id, &f))
			map_put(p->owners, f.name, NULL);
		if (is_wanted)
			jars_rename(p->in, p->r->arena, &f);
		if (is_wanted && is_kind(p, f.type) &&
		    add_package(p, &f, lowest_layer(p, layer, cbor), e) < 0)
			return -1;
	}
	return 0;
}

static int all_layers(struct packages *p, struct err *e)
{
	int rc = 0;
	for (size_t i = 0; i < p->in->n_layers && rc == 0; i++) {
		p->again = p->in->looks[i] ? looked_up(p->in->looks[i]) : NULL;
		rc = layer_packages(p, p->in->layers[i], i, false, e);
		if (rc == 0 && p->in->looks[i])
			rc = layer_packages(p, p->in->looks[i], i, true, e);
		map_free(p->again);
	}
	return rc;
}

/* Archives that say nothing of themselves, and that the list of digests knows. */
static int unnamed_jars(struct packages *p, struct err *e)
{
	struct seen s = seen_begin(p->in, FACT_SETTING);
	struct fact_setting f;
	struct fact_package jar;
	s.only = B("maven");
	while (p->in->names && seen_setting(&s, &f)) {
		if (!bytes_eq(f.what, B("unnamed-jar")) || is_skipped(p->skip, f.head.path) ||
		    !jars_name(p->in, p->r->arena, &f, &jar))
			continue;
		p->in->names->n_named++;
		if (is_kind(p, jar.type) && add_package(p, &jar, s.layer, e) < 0)
			return -1;
	}
	return 0;
}

int judge_packages(const struct judge_input *in, const struct fact_os *os,
                   const struct judge_skip *skip, struct report *r, struct err *e)
{
	struct packages p = {
		.in = in, .os = os, .skip = skip, .r = r, .seen = map_new(), .owners = map_new()};
	p.records = mem_zalloc((in->n_layers + 1) * sizeof *p.records);
	p.locks = locks_new(r);
	int rc = all_layers(&p, e);
	if (rc == 0)
		rc = unnamed_jars(&p, e);
	p.is_lock_pass = true;
	if (rc == 0)
		rc = all_layers(&p, e);
	if (rc == 0) {
		owned_drop(in, p.owners, r);
		locks_settle(p.locks);
	}
	skipped_row(&p);
	for (size_t i = 0; i < in->n_layers; i++)
		map_free(p.records[i]);
	free(p.records);
	free(p.run.layers);
	map_free(p.seen);
	map_free(p.owners);
	locks_free(p.locks);
	return rc;
}
