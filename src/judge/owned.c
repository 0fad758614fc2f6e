/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owned.c - language packages that a package of the distribution brought are that package.
 *
 * A file is the package's when a visible database of an installed package lists it and no higher
 * layer wrote the file anew.  What a publisher other than the distribution packed stays, for nobody
 * else's advisories speak of it.
 */
#include "judge/owned.h"

#include <stdlib.h>

#include "judge/owners.h"
#include "judge/seen.h"

/* Files that state language packages, or failed to → enum judge_whose; each once. */
struct files {
	struct map *whose;
	struct bytes *v;
	size_t n, cap;
};

static void add_file(struct files *f, struct bytes path)
{
	bool is_new;
	map_put(f->whose, path, &is_new);
	if (!is_new)
		return;
	f->v = mem_grow(f->v, &f->cap, f->n + 1, sizeof *f->v);
	f->v[f->n++] = path;
}

static struct bytes file_of(struct bytes path)
{
	ssize_t at = bytes_search(path, B("!/"));
	return at > 0 ? bytes_slice(path, 0, (size_t)at) : path;
}

/* What these cannot read in a file of the distribution's is no hole: its package is judged. */
static bool is_of_language(struct bytes inspector)
{
	static const char *const ids[] = {
		"cargo",  "composer",       "described", "egg",    "elf_note", "gem",
		"golang", "gomod",          "kernel",    "locks",  "maven",    "npm",
		"pe",     "php_extensions", "nuget",     "python", "record"};
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		if (bytes_eq(inspector, bytes_str(ids[i])))
			return true;
	}
	return false;
}

/* Files of which something could not be read, or whose entries name no version. */
static void add_noted(const struct judge_input *in, struct arena *a, struct files *files)
{
	static const enum fact_kind kinds[] = {FACT_NOTE, FACT_COUNT};
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		struct seen s = seen_begin(in, kinds[k]);
		for (struct bytes cbor; seen_next(&s, &cbor);) {
			if (s.head.path.n && is_of_language(s.head.inspector) &&
			    !map_get(files->whose, s.head.path))
				add_file(files, arena_dup(a, s.head.path));
		}
	}
}

static void add_stated(const struct report *r, struct files *files)
{
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		for (size_t k = 0; ecosystem_is_language(p->type) && k < p->paths.n; k++)
			add_file(files, file_of(p->paths.v[k]));
	}
}

static bool is_owner(const struct map *owners, struct bytes package)
{
	struct bytes name, arch;
	if (map_get(owners, package))
		return true;
	return bytes_cut(package, ':', &name, &arch) && map_get(owners, name);
}

/* Who states files of packages of languages. */
static bool is_language(struct bytes inspector)
{
	return bytes_eq(inspector, B("record")) || bytes_eq(inspector, B("nuget"));
}

struct marking {
	const struct map *owners;
	size_t layer; /* of the file */
	uint64_t whose;
};

static bool mark(void *arg, const struct owner *o)
{
	struct marking *m = arg;
	if (!o->is_shown || m->layer > o->layer)
		return true;
	if (is_owner(m->owners, o->f.package))
		m->whose |= WHOSE_SYSTEM;
	else if (is_language(o->f.head.inspector))
		m->whose |= WHOSE_LANGUAGE;
	return true;
}

static void mark_files(const struct judge_input *in, const struct map *owners, struct files *files)
{
	AUTO_OWNERS struct owners *all = owners_new(in);
	for (size_t i = 0; i < files->n; i++) {
		struct marking m = {.owners = owners};
		struct entry en;
		if (!view_find(in->view, files->v[i], &en, &m.layer))
			continue;
		owners_of(all, files->v[i], mark, &m);
		map_put(files->whose, files->v[i], NULL)->u = m.whose;
	}
}

/* Leaves the paths that are nobody's; false when none is left, and whose the last was
 * (an assembly that a deps.json lists stands under that one's packages: nobody's). */
static bool keep_paths(struct package *p, const struct map *files, enum judge_whose *ret_whose)
{
	size_t n = 0;
	bool is_hint = p->evidence == EVIDENCE_LOCK ||
	               (p->evidence == EVIDENCE_BINARY && bytes_eq(p->type, B("nuget")));
	unsigned by = WHOSE_SYSTEM | (is_hint ? WHOSE_LANGUAGE : 0);
	for (size_t i = 0; i < p->paths.n; i++) {
		const union map_value *slot = map_get(files, file_of(p->paths.v[i]));
		if (slot && (slot->u & by))
			*ret_whose = slot->u & WHOSE_SYSTEM         ? WHOSE_SYSTEM
			             : p->evidence == EVIDENCE_LOCK ? WHOSE_LANGUAGE
			                                            : WHOSE_NOBODY;
		else
			p->paths.v[n++] = p->paths.v[i];
	}
	p->paths.n = n;
	return n > 0;
}

static void dropped_row(struct report *r, size_t n, const char *code, const char *text)
{
	if (n)
		report_cover(r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_COMPLETE,
		                               .code = code,
		                               .layer = -1},
		             "%zu language packages %s", n, text);
}

void owned_drop(const struct judge_input *in, const struct map *owners, struct report *r)
{
	AUTO_MAP struct map *own = in->owned ? NULL : map_new();
	struct files files = {.whose = in->owned ? in->owned : own};
	add_noted(in, r->arena, &files);
	add_stated(r, &files);
	if (!files.n)
		return;
	mark_files(in, owners, &files);
	free(files.v);
	size_t n = 0, dropped[WHOSE_LANGUAGE + 1] = {0};
	for (size_t i = 0; i < r->n_packages; i++) {
		struct package *p = &r->packages[i];
		enum judge_whose whose = WHOSE_NOBODY;
		if (ecosystem_is_language(p->type) && p->paths.n &&
		    !keep_paths(p, files.whose, &whose))
			dropped[whose]++;
		else
			r->packages[n++] = *p;
	}
	r->n_packages = n;
	dropped_row(r, dropped[WHOSE_SYSTEM], "packages.owned",
	            "belong to packages of the distribution and are judged as those");
	dropped_row(r, dropped[WHOSE_LANGUAGE], "packages.shipped",
	            "stand only in lock files that packages of languages brought as files of "
	            "theirs: they are not installed");
}
