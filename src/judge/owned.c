/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owned.c - language packages that a package of the distribution brought are that package.
 *
 * A file is the package's when a visible database of an installed package lists it and no higher
 * layer wrote the file anew.  What a publisher other than the distribution packed stays, for nobody
 * else's advisories speak of it.
 */
#include "judge/owned.h"

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

static void mark(const struct judge_input *in, const struct factset *fs, size_t layer,
                 const struct map *owners, struct map *files)
{
	struct fact_iter it = fact_iter(fs, FACT_OWNED);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_owned f;
		struct entry en;
		size_t at;
		if (!fact_decode_owned(cbor, &f))
			continue;
		union map_value *slot = map_get(files, f.file);
		if (!slot || slot->u || !is_owner(owners, f.package) ||
		    !view_shows(in->view, layer, f.head.path))
			continue;
		if (view_find(in->view, f.file, &en, &at) && at <= layer)
			slot->u = 1;
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
	for (size_t i = 0; i < in->n_layers; i++) {
		mark(in, in->layers[i], i, owners, files);
		if (in->looks[i])
			mark(in, in->looks[i], i, owners, files);
	}
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
