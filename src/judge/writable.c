/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writable.c - what the user that an image runs as may write: the topmost of its paths, for what
 * lies below a folder that somebody may write is in their hands too.
 *
 * By mode and owner alone: a runtime may take the root file system away from writing, or bring
 * volumes.  Below dev, proc and sys it mounts what is its own.
 */
#include "judge/ways.h"

#include <stdlib.h>

struct pass {
	const struct judge_input *in;
	const struct actor *actor;
	struct report *r;
	size_t layer;
	struct map *found; /* paths */
	struct bytes_list paths;
	bool is_cut;
};

/* Is a folder above it in the map? */
static bool is_below(const struct map *found, struct bytes path)
{
	for (ssize_t slash; (slash = bytes_rfind(path, '/')) >= 0;) {
		path.n = (size_t)slash;
		if (map_get(found, path))
			return true;
	}
	return false;
}

static bool is_mounted(struct bytes path)
{
	struct bytes top, rest;
	bytes_cut(path, '/', &top, &rest);
	return bytes_eq(top, B("dev")) || bytes_eq(top, B("proc")) || bytes_eq(top, B("sys"));
}

static bool see(void *arg, const struct entry *en)
{
	struct pass *p = arg;
	bool is_new;
	if ((en->type != ENTRY_FILE && en->type != ENTRY_DIR) || !actor_may_write(p->actor, en) ||
	    is_mounted(en->path) || map_get(p->found, en->path) || is_below(p->found, en->path) ||
	    !view_shows(p->in->view, p->layer, en->path))
		return true;
	if (p->paths.n == (size_t)WRITABLE_MAX) {
		p->is_cut = true;
		return false;
	}
	list_add(p->r, &p->paths, en->path);
	map_put(p->found, p->paths.v[p->paths.n - 1], &is_new);
	return true;
}

static int path_cmp(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

void judge_writable(const struct judge_input *in, const struct actor *a, struct report *r)
{
	AUTO_MAP struct map *found = map_new();
	struct pass p = {.in = in, .actor = a, .r = r, .found = found};
	for (p.layer = 0; p.layer < in->n_layers; p.layer++)
		factset_entries(in->layers[p.layer], see, &p);
	/* a folder may stand behind what lies in it */
	struct bytes_list *to = &r->image.user.writable;
	for (size_t i = 0; i < p.paths.n; i++) {
		if (!is_below(found, p.paths.v[i]))
			list_add(r, to, p.paths.v[i]);
	}
	if (to->n > 1)
		qsort(to->v, to->n, sizeof *to->v, path_cmp);
	r->image.user.is_writable_known = true;
	if (p.is_cut)
		report_cover(r,
		             (struct coverage){.check = CHECK_USER,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "user.writable",
		                               .layer = -1},
		             "uid %u may write more than %lld files and folders that lie apart; "
		             "the rest is not told",
		             a->uid, (long long)WRITABLE_MAX);
}
