/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owned.c - language packages that a package of the distribution brought are that package.
 *
 * A file is the package's when a visible database of an installed package lists it and no higher
 * layer wrote the file anew.  Databases name files as before /usr was merged, and by the name that
 * they had before a diversion moved them (dpkg-divert(1)).  What a publisher other than the
 * distribution packed stays, for nobody else's advisories speak of it.
 */
#include "judge/owned.h"

#include "judge/seen.h"

static struct bytes file_of(struct bytes path)
{
	ssize_t at = bytes_search(path, B("!/"));
	return at > 0 ? bytes_slice(path, 0, (size_t)at) : path;
}

/* Files that state language packages → true once one is owned. */
static struct map *files_of(const struct report *r)
{
	struct map *files = map_new();
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		bool is_new;
		for (size_t k = 0; ecosystem_is_language(p->type) && k < p->paths.n; k++)
			map_put(files, file_of(p->paths.v[k]), &is_new)->u = 0;
	}
	return files;
}

static bool is_owner(const struct map *owners, struct bytes package)
{
	struct bytes name, arch;
	if (map_get(owners, package))
		return true;
	return bytes_cut(package, ':', &name, &arch) && map_get(owners, name);
}

/* Files that diversions moved, by their old name → struct fact_divert. */
static struct map *read_diversions(const struct judge_input *in, struct arena *a)
{
	struct map *moved = map_new();
	AUTO_BUF struct buf real;
	buf_init(&real, (size_t)PATH_LEN_MAX);
	struct seen s = seen_begin(in, FACT_DIVERT);
	for (struct bytes cbor; seen_next(&s, &cbor);) {
		struct fact_divert *f = arena_alloc(a, sizeof *f);
		if (!fact_decode_divert(cbor, f))
			continue;
		f->from = arena_dup(a, seen_merged(in, f->from, &real));
		f->to = arena_dup(a, seen_merged(in, f->to, &real));
		map_put(moved, f->from, NULL)->p = f;
	}
	return moved;
}

static void mark_file(const struct judge_input *in, struct bytes file, size_t layer,
                      struct map *files)
{
	struct entry en;
	size_t at;
	if (view_find(in->view, file, &en, &at) && at <= layer)
		map_get(files, file)->u = 1;
}

static void mark(const struct judge_input *in, const struct map *owners, struct map *files,
                 const struct map *moved)
{
	AUTO_BUF struct buf real;
	buf_init(&real, (size_t)PATH_LEN_MAX);
	struct seen s = seen_begin(in, FACT_OWNED);
	for (struct bytes cbor; seen_next(&s, &cbor);) {
		struct fact_owned f;
		if (!fact_decode_owned(cbor, &f))
			continue;
		struct bytes file = seen_merged(in, f.file, &real);
		const union map_value *slot = map_get(moved, file);
		const struct fact_divert *d = slot ? slot->p : NULL;
		/* the name is left to who diverts */
		if (d && !bytes_eq(d->package, f.package))
			file = d->to;
		if (map_get(files, file) && is_owner(owners, f.package))
			mark_file(in, file, s.layer, files);
	}
}

/* Leaves the paths that are nobody's; false when none is left. */
static bool keep_paths(struct package *p, const struct map *files)
{
	size_t n = 0;
	for (size_t i = 0; i < p->paths.n; i++) {
		const union map_value *slot = map_get(files, file_of(p->paths.v[i]));
		if (!slot || !slot->u)
			p->paths.v[n++] = p->paths.v[i];
	}
	p->paths.n = n;
	return n > 0;
}

void owned_drop(const struct judge_input *in, const struct map *owners, struct report *r)
{
	AUTO_MAP struct map *files = files_of(r);
	if (map_count(files) == 0)
		return;
	AUTO_MAP struct map *moved = read_diversions(in, r->arena);
	mark(in, owners, files, moved);
	size_t n = 0, dropped = 0;
	for (size_t i = 0; i < r->n_packages; i++) {
		struct package *p = &r->packages[i];
		if (ecosystem_is_language(p->type) && !keep_paths(p, files))
			dropped++;
		else
			r->packages[n++] = *p;
	}
	r->n_packages = n;
	if (dropped)
		report_cover(r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_COMPLETE,
		                               .code = "packages.owned",
		                               .layer = -1},
		             "%zu language packages belong to packages of the distribution and "
		             "are judged as those",
		             dropped);
}
