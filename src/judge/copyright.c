/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copyright.c - the licences of Debian's packages, by the copyright file of each.
 *
 * Debian Policy 12.5: the file is /usr/share/doc/PACKAGE/copyright, or the folder is a link to that
 * of another package from the same source.  What lies there came with the package, so it speaks for
 * the package that has the name; a database that names a licence speaks first.
 */
#include "judge/judge.h"
#include "judge/seen.h"

static struct bytes_list *list_of(struct map *files, struct arena *a, struct bytes path)
{
	bool is_new;
	union map_value *slot = map_put(files, path, &is_new);
	if (is_new)
		slot->p = arena_alloc(a, sizeof(struct bytes_list));
	return slot->p;
}

static void read_files(const struct judge_input *in, struct report *r, struct map *files)
{
	struct seen s = seen_begin(in, FACT_SETTING);
	s.only = B("copyright");
	for (struct fact_setting f; seen_setting(&s, &f);) {
		if (bytes_eq(f.what, B("license")))
			list_add(r, list_of(files, r->arena, arena_dup(r->arena, f.head.path)),
			         f.value);
	}
}

static bool is_asked(const struct package *p)
{
	return !p->licenses.n && bytes_eq(p->type, B("deb"));
}

int judge_copyright(const struct judge_input *in, struct report *r, struct err *e)
{
	(void)e;
	AUTO_MAP struct map *files = map_new();
	AUTO_BUF struct buf path, real;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_init(&real, (size_t)PATH_LEN_MAX);
	size_t i = 0;
	while (i < r->n_packages && !is_asked(&r->packages[i]))
		i++;
	if (i < r->n_packages)
		read_files(in, r, files);
	for (; i < r->n_packages && map_count(files); i++) {
		struct package *p = &r->packages[i];
		struct entry en;
		struct err ignored;
		size_t layer;
		if (!is_asked(p))
			continue;
		buf_reset(&path);
		buf_addf(&path, "usr/share/doc/%.*s/copyright", BYTES_FMT(p->name));
		const union map_value *slot = map_get(files, buf_bytes(&path));
		if (!slot &&
		    view_resolve(in->view, buf_bytes(&path), &real, &en, &layer, &ignored) == 0)
			slot = map_get(files, buf_bytes(&real));
		const struct bytes_list *l = slot ? slot->p : NULL;
		for (size_t k = 0; l && k < l->n; k++)
			list_add(r, &p->licenses, l->v[k]);
	}
	return 0;
}
