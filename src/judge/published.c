/* SPDX-License-Identifier: Apache-2.0 */
/*
 * published.c - which files came with a package of a language's registry.
 *
 * The folders of a package follow from the file that says it is installed: npm, the folder of its
 * package.json; gems, the folder of its name and version; Composer, the one of its name; Python, by
 * its name, and for others the folder that pip keeps them in, which holds nothing else.
 */
#include "judge/published.h"

#include <stdlib.h>
#include <string.h>

struct published {
	const struct judge_input *in;
	struct arena *arena;
	struct map *folders; /* path → const struct package */
};

/* One that is not known by name, and what is of no registry. */
static const struct package some =
				    {
					    .type = {(const uint8_t *)"pypi", 4}
},
			    own = {.layer = -1};

static void put(struct published *p, struct bytes folder, const struct package *pkg)
{
	if (folder.n)
		map_put(p->folders, folder, NULL)->p = (void *)(uintptr_t)pkg;
}

/* Does path end in that folder? */
static bool ends_in(struct bytes path, const char *folder)
{
	return bytes_eq(path_base(path), bytes_str(folder));
}

static void npm(struct published *p, struct bytes path, const struct package *pkg)
{
	struct bytes dir = path_dir(path), above = path_dir(dir);
	if (bytes_starts(path_base(above), B("@")))
		above = path_dir(above);
	if (bytes_eq(path_base(path), B("package.json")) && ends_in(above, "node_modules"))
		put(p, dir, pkg);
}

/* HOME/specifications/NAME-VERSION.gemspec, HOME/gems/NAME-VERSION */
static void gem(struct published *p, struct bytes path, const struct package *pkg)
{
	struct bytes specs = path_dir(path), base = path_base(path);
	if (!ends_in(specs, "specifications") || !bytes_ends(base, B(".gemspec")))
		return;
	base.n -= B(".gemspec").n;
	put(p,
	    bytes_str(arena_printf(p->arena, "%.*s/gems/%.*s", BYTES_FMT(path_dir(specs)),
	                           BYTES_FMT(base))),
	    pkg);
}

/* HOME/composer/installed.json, HOME/VENDOR/NAME */
static void composer(struct published *p, struct bytes path, const struct package *pkg)
{
	struct bytes home = path_dir(path_dir(path));
	if (ends_in(path_dir(path), "composer"))
		put(p,
		    bytes_str(arena_printf(p->arena, "%.*s/%.*s", BYTES_FMT(home),
		                           BYTES_FMT(pkg->name))),
		    pkg);
}

/* pip notes where a package that is of no registry came from. */
static bool is_local(const struct published *p, struct bytes info)
{
	struct entry en;
	size_t layer;
	return view_find(p->in->view,
	                 bytes_str(arena_printf(p->arena, "%.*s/direct_url.json", BYTES_FMT(info))),
	                 &en, &layer);
}

/* HOME/NAME-VERSION.dist-info/METADATA, HOME/NAME */
static void pypi(struct published *p, struct bytes path, const struct package *pkg)
{
	struct bytes info = path_dir(path), home = path_dir(info), name, rest;
	if (!bytes_ends(info, B(".dist-info")) && !bytes_ends(info, B(".egg-info")))
		return;
	bool is_own = is_local(p, info);
	bytes_cut(path_base(info), '-', &name, &rest);
	const char *folder = arena_printf(p->arena, "%.*s/%.*s", BYTES_FMT(home), BYTES_FMT(name));
	put(p, bytes_str(folder), is_own ? &own : pkg);
	char *lower = arena_alloc(p->arena, strlen(folder) + 1);
	for (size_t i = 0; i <= strlen(folder); i++)
		lower[i] = i < home.n ? folder[i] : (char)to_lower((uint8_t)folder[i]);
	put(p, bytes_str(lower), is_own ? &own : pkg);
	if (ends_in(home, "site-packages") || ends_in(home, "dist-packages"))
		put(p, home, &some);
}

static const struct {
	const char *type;
	void (*put)(struct published *p, struct bytes path, const struct package *pkg);
} types[] = {
	{"composer", composer},
	{"gem",      gem     },
	{"npm",      npm     },
	{"pypi",     pypi    },
};

struct published *published_new(const struct judge_input *in, const struct report *r)
{
	struct published *p = mem_zalloc(sizeof *p);
	*p = (struct published){.in = in, .arena = arena_new(), .folders = map_new()};
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *pkg = &r->packages[i];
		for (size_t t = 0; t < ARRAY_LEN(types) && pkg->evidence == EVIDENCE_INSTALLED;
		     t++) {
			for (size_t k = 0;
			     k < pkg->paths.n && bytes_eq(pkg->type, bytes_str(types[t].type)); k++)
				types[t].put(p, pkg->paths.v[k], pkg);
		}
	}
	return p;
}

void published_free(struct published *p)
{
	if (!p)
		return;
	map_free(p->folders);
	arena_free(p->arena);
	free(p);
}

void auto_published(struct published **p) { published_free(*p); }

const struct package *published_of(const struct published *p, struct bytes path, size_t layer)
{
	const union map_value *slot = NULL;
	if (bytes_ends(path, B(".py"))) /* a module of one file */
		slot = map_get(p->folders, bytes_slice(path, 0, path.n - B(".py").n));
	for (struct bytes dir = path_dir(path); dir.n && !slot; dir = path_dir(dir))
		slot = map_get(p->folders, dir);
	const struct package *pkg = slot ? slot->p : NULL;
	bool is_anew = pkg && pkg != &some && (int64_t)layer > pkg->layer;
	return is_anew || pkg == &own ? NULL : pkg;
}
