/* SPDX-License-Identifier: Apache-2.0 */
/*
 * license_files.c - licences of packages of languages, by the files that they came with.
 *
 * Only where the metadata names none.  How many packages that is stands in a row: it is a judgement
 * of the text, not the word of the publisher.
 */
#include "judge/seen.h"

/* Of the inspector of licence files, by their folder; of that of jars, by the jar. */
static void read_files(const struct judge_input *in, struct bytes inspector, struct report *r,
                       struct map *folders)
{
	struct seen s = seen_begin(in, FACT_SETTING);
	s.only = inspector;
	for (struct fact_setting f; seen_setting(&s, &f);) {
		bool is_new;
		if (!bytes_eq(f.what, B("license-text")))
			continue;
		struct bytes key = f.name.n ? f.name : path_dir(f.head.path);
		union map_value *slot = map_put(folders, arena_dup(r->arena, key), &is_new);
		if (is_new)
			slot->p = arena_alloc(r->arena, sizeof(struct bytes_list));
		struct bytes_list *l = slot->p;
		bool is_known = false;
		for (size_t i = 0; i < l->n; i++)
			is_known |= bytes_eq(l->v[i], f.value);
		if (!is_known)
			list_add(r, l, f.value);
	}
}

/* "a/specifications/x-1.gemspec": "a/gems/x-1"; Composer's list is
 * "vendor/composer/installed.json".
 */
static struct bytes folder_of(const struct package *p, struct arena *a)
{
	struct bytes path = p->paths.v[0], dir = path_dir(path), name = path_base(path);
	struct bytes above = path_dir(dir);
	if (bytes_eq(p->type, B("maven")))
		return path;
	if (bytes_eq(p->type, B("composer")))
		return bytes_str(
			arena_printf(a, "%.*s/%.*s", BYTES_FMT(above), BYTES_FMT(p->name)));
	if (!bytes_eq(p->type, B("gem")))
		return dir;
	name.n -= bytes_ends(name, B(".gemspec")) ? B(".gemspec").n : 0;
	if (bytes_eq(path_base(dir), B("default"))) /* of Ruby's own */
		above = path_dir(above);
	return bytes_str(arena_printf(a, "%.*s/gems/%.*s", BYTES_FMT(above), BYTES_FMT(name)));
}

static const struct bytes_list *find(const struct map *folders, const struct package *p,
                                     struct arena *a)
{
	struct bytes folder = folder_of(p, a);
	const union map_value *slot = map_get(folders, folder);
	if (!slot && bytes_eq(p->type, B("pypi"))) /* PEP 639 */
		slot = map_get(folders,
		               bytes_str(arena_printf(a, "%.*s/licenses", BYTES_FMT(folder))));
	return slot ? slot->p : NULL;
}

static bool is_asked(const struct package *p)
{
	/* what a jar's own file says is of the jar, not of what else it holds */
	bool is_within = bytes_eq(p->type, B("maven")) && !p->digest.n;
	return !p->licenses.n && p->paths.n && p->evidence == EVIDENCE_INSTALLED && !is_within &&
	       ecosystem_is_language(p->type);
}

void judge_license_files(const struct judge_input *in, struct report *r)
{
	AUTO_MAP struct map *folders = map_new();
	size_t n = 0, i = 0;
	while (i < r->n_packages && !is_asked(&r->packages[i]))
		i++;
	if (i < r->n_packages) {
		read_files(in, B("license-files"), r, folders);
		read_files(in, B("maven"), r, folders);
	}
	for (; i < r->n_packages && map_count(folders); i++) {
		struct package *p = &r->packages[i];
		if (!is_asked(p))
			continue;
		const struct bytes_list *l = find(folders, p, r->arena);
		for (size_t k = 0; l && k < l->n; k++)
			list_add(r, &p->licenses, l->v[k]);
		n += l != NULL;
	}
	if (n)
		report_cover(r,
		             (struct coverage){.check = CHECK_LICENSE,
		                               .status = COVERAGE_COMPLETE,
		                               .code = "license.files",
		                               .layer = -1},
		             "metadata of %zu packages names no licence: their licence files were "
		             "recognised by their sentences",
		             n);
}
