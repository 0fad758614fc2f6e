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

/* What these cannot read in a file of the distribution's is no hole: its package is judged. */
static bool is_of_language(struct bytes inspector)
{
	static const char *const ids[] = {"cargo",  "composer", "described", "egg",   "gem",
	                                  "golang", "gomod",    "locks",     "maven", "npm",
	                                  "pe",     "nuget",    "python",    "record"};
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		if (bytes_eq(inspector, bytes_str(ids[i])))
			return true;
	}
	return false;
}

/* Files of which something could not be read, or whose entries name no version. */
static void add_noted(const struct judge_input *in, struct arena *a, struct map *files)
{
	static const enum fact_kind kinds[] = {FACT_NOTE, FACT_COUNT};
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		struct seen s = seen_begin(in, kinds[k]);
		for (struct bytes cbor; seen_next(&s, &cbor);) {
			if (s.head.path.n && is_of_language(s.head.inspector) &&
			    !map_get(files, s.head.path))
				map_put(files, arena_dup(a, s.head.path), NULL);
		}
	}
}

/* Files that state language packages, or failed to → enum judge_whose. */
static void files_of(const struct judge_input *in, const struct report *r, struct map *files)
{
	add_noted(in, r->arena, files);
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		bool is_new;
		for (size_t k = 0; ecosystem_is_language(p->type) && k < p->paths.n; k++)
			map_put(files, file_of(p->paths.v[k]), &is_new);
	}
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
                      union map_value *whose, enum judge_whose who)
{
	struct entry en;
	size_t at;
	if (view_find(in->view, file, &en, &at) && at <= layer)
		whose->u |= who;
}

/* Who states files of packages of languages. */
static bool is_language(struct bytes inspector)
{
	return bytes_eq(inspector, B("record")) || bytes_eq(inspector, B("nuget"));
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
		union map_value *whose = map_get(files, file);
		if (whose && is_owner(owners, f.package))
			mark_file(in, file, s.layer, whose, WHOSE_SYSTEM);
		else if (whose && is_language(f.head.inspector))
			mark_file(in, file, s.layer, whose, WHOSE_LANGUAGE);
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
	struct map *files = in->owned ? in->owned : own;
	files_of(in, r, files);
	if (map_count(files) == 0)
		return;
	AUTO_MAP struct map *moved = read_diversions(in, r->arena);
	mark(in, owners, files, moved);
	size_t n = 0, dropped[WHOSE_LANGUAGE + 1] = {0};
	for (size_t i = 0; i < r->n_packages; i++) {
		struct package *p = &r->packages[i];
		enum judge_whose whose = WHOSE_NOBODY;
		if (ecosystem_is_language(p->type) && p->paths.n && !keep_paths(p, files, &whose))
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
