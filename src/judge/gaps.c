/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gaps.c - what nobody inventoried: no package database where files show there should be one,
 * packages whose files are listed though the database does not name them, programs of an image
 * without a system, and language packages, some of whose manifests are only counted so far.
 */
#include "judge/judge.h"

/* A root file system that has any of these has an operating system, whatever it says of itself. */
static const char *const system_paths[] = {
	"bin",
	"sbin",
	"lib",
	"lib64",
	"usr/bin",
	"usr/lib",
	"usr/sbin",
	"etc/passwd",
	"Files/Windows", /* as layers of Windows have it, beside "Hives" */
	"Files/Program Files",
	"Windows/System32",
};

enum { WHATS = 64 };

struct tally {
	struct {
		struct bytes what;
		uint64_t n;
	} rows[WHATS];
	size_t n;
};

static void tally_add(struct tally *t, struct bytes what, uint64_t n)
{
	size_t i = 0;
	while (i < t->n && !bytes_eq(t->rows[i].what, what))
		i++;
	if (i == WHATS)
		return; /* more kinds than inspectors can name */
	if (i == t->n) {
		t->rows[i].what = what;
		t->rows[i].n = 0;
		for (t->n++; i > 0 && bytes_cmp(t->rows[i - 1].what, what) > 0; i--) {
			t->rows[i] = t->rows[i - 1];
			t->rows[i - 1].what = what;
			t->rows[i - 1].n = 0;
		}
	}
	t->rows[i].n += n;
}

/* "3 maven, 17 npm and 2 pypi" */
static void tally_text(const struct tally *t, struct buf *b)
{
	for (size_t i = 0; i < t->n; i++)
		buf_addf(b, "%s%ju %.*s",
		         i == 0         ? ""
		         : i + 1 < t->n ? ", "
		                        : " and ",
		         (uintmax_t)t->rows[i].n, BYTES_FMT(t->rows[i].what));
}

/* Of a file that the image shows, and that is not a package's own. */
static bool is_counted(const struct judge_input *in, size_t layer, struct bytes path)
{
	const union map_value *whose = in->owned ? map_get(in->owned, path) : NULL;
	return view_shows(in->view, layer, path) && !(whose && whose->u);
}

/* What advise/ does not see: manifests that no inspector reads. */
static void language_row(const struct judge_input *in, struct report *r)
{
	struct tally unread = {.n = 0};
	uint64_t unpinned = 0, unnamed = 0;
	struct bytes first = {NULL, 0};
	for (size_t i = 0; i < in->n_layers; i++) {
		struct fact_iter it = fact_iter(in->layers[i], FACT_COUNT);
		struct fact_count f;
		for (struct bytes cbor; fact_next(&it, &cbor);) {
			if (!fact_decode_count(cbor, &f) || bytes_eq(f.what, B("dpkg")))
				continue;
			if (bytes_eq(f.what, B("unnamed")) && is_counted(in, i, f.head.path))
				first = unnamed++ ? first : f.head.path;
			if (bytes_eq(f.what, B("unpinned")))
				unpinned += is_counted(in, i, f.head.path) ? f.n : 0;
			else if (!bytes_eq(f.what, B("unnamed")))
				tally_add(&unread, f.what, f.n);
		}
	}
	unnamed -= in->names ? MIN_OF(unnamed, (uint64_t)in->names->n_named) : 0;
	if (unpinned)
		report_cover(
			r,
			(struct coverage){.check = CHECK_VULNERABILITY,
		                          .status = COVERAGE_COMPLETE,
		                          .code = "packages.unpinned",
		                          .layer = -1},
			"%ju entries of lock files and manifests have no exact version: which one "
			"was meant nobody can say",
			(uintmax_t)unpinned);
	if (unnamed)
		report_cover(
			r,
			(struct coverage){.check = CHECK_VULNERABILITY,
		                          .status = COVERAGE_COMPLETE,
		                          .code = "packages.unnamed",
		                          .layer = -1,
		                          .path = arena_dup(r->arena, first)},
			"%ju Java archives with classes say neither a name nor a version: what "
			"they are nobody can say",
			(uintmax_t)unnamed);
	if (unread.n == 0)
		return;
	AUTO_BUF struct buf text;
	buf_init(&text, KIB(8));
	tally_text(&unread, &text);
	report_cover(r,
	             (struct coverage){.check = CHECK_VULNERABILITY,
	                               .status = COVERAGE_INCOMPLETE,
	                               .code = "packages.language",
	                               .layer = -1},
	             "manifests and lock files in the layers that are not read: %s",
	             buf_cstr(&text));
}

/* dpkg keeps NAME.md5sums of what is installed, and takes it away with the package. */
struct unlisted {
	struct map *names; /* of installed packages */
	struct bytes first;
	size_t n;
};

static void find_unlisted(const struct judge_input *in, size_t layer, struct unlisted *u)
{
	struct fact_iter it = fact_iter(in->layers[layer], FACT_COUNT);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_count f;
		struct bytes name, rest;
		if (!fact_decode_count(cbor, &f) || !bytes_eq(f.what, B("dpkg")) ||
		    !view_shows(in->view, layer, f.head.path))
			continue;
		name = path_base(f.head.path);
		name = bytes_slice(name, 0, name.n - MIN_OF(name.n, B(".md5sums").n));
		bytes_cut(name, ':', &name, &rest); /* "libc6:amd64" */
		if (map_get(u->names, name))
			continue;
		if (u->n++ == 0)
			u->first = f.head.path;
	}
}

/* A database that was cut, to make an image look smaller or better than it is. */
static void unlisted_row(const struct judge_input *in, struct report *r)
{
	AUTO_MAP struct map *names = map_new();
	struct unlisted u = {.names = names};
	for (size_t i = 0; i < r->n_packages; i++) {
		if (bytes_eq(r->packages[i].type, B("deb")))
			map_put(names, r->packages[i].name, NULL);
	}
	for (size_t i = 0; i < in->n_layers; i++)
		find_unlisted(in, i, &u);
	if (u.n)
		report_cover(r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "packages.unlisted",
		                               .layer = -1,
		                               .path = arena_dup(r->arena, u.first)},
		             "%zu packages have lists of files, but dpkg's database does not name "
		             "them",
		             u.n);
}

struct programs {
	const struct view *view;
	size_t layer, n;
	struct bytes first;
	struct map *told; /* paths that say which packages they are made of */
	struct arena *a;
};

/* Text that a copy of files made runnable, and scripts by their names: not compiled from anything.
 */
static bool is_text(struct bytes name)
{
	static const char *const globs[] = {
		"*.cfg",   "*.cjs",   "*.class", "*.conf", "*.css",     "*.gif",   "*.htm",
		"*.html",  "*.ico",   "*.java",  "*.jpeg", "*.jpg",     "*.js",    "*.json",
		"*.jsx",   "*.lua",   "*.map",   "*.md",   "*.mjs",     "*.pem",   "*.php",
		"*.pl",    "*.png",   "*.pm",    "*.py",   "*.rb",      "*.rst",   "*.scss",
		"*.sh",    "*.svg",   "*.toml",  "*.ts",   "*.tsx",     "*.txt",   "*.woff",
		"*.woff2", "*.xml",   "*.yaml",  "*.yml",  "CHANGELOG", "CHANGES", "COPYING",
		"LICENCE", "LICENSE", "NOTICE",  "README",
	};
	for (size_t i = 0; i < ARRAY_LEN(globs); i++) {
		if (bytes_glob(bytes_str(globs[i]), name))
			return true;
	}
	return false;
}

static bool count_program(void *arg, const struct entry *en)
{
	struct programs *p = arg;
	bool is_program = (en->type == ENTRY_FILE && en->size) || en->type == ENTRY_HARDLINK;
	if (!is_program || !(en->mode & 0111) || !view_shows(p->view, p->layer, en->path))
		return true;
	if (map_get(p->told, en->path) || lang_is_in_tree(en->path) || is_text(path_base(en->path)))
		return true;
	if (p->n++ == 0)
		p->first = arena_dup(p->a, en->path);
	return true;
}

/* A program in an image of its own is made of packages too, which nothing lists unless it says them
 * itself. */
static bool programs_row(const struct judge_input *in, struct report *r)
{
	AUTO_MAP struct map *told = map_new();
	struct programs p = {.view = in->view, .told = told, .a = r->arena};
	for (size_t i = 0; i < r->n_packages; i++)
		for (size_t k = 0; k < r->packages[i].paths.n; k++)
			map_put(told, r->packages[i].paths.v[k], NULL);
	for (p.layer = 0; p.layer < in->n_layers; p.layer++)
		factset_entries(in->layers[p.layer], count_program, &p);
	if (p.n)
		report_cover(
			r,
			(struct coverage){.check = CHECK_VULNERABILITY,
		                          .status = COVERAGE_INCOMPLETE,
		                          .code = "packages.programs",
		                          .layer = -1,
		                          .path = p.first},
			"%zu programs do not say what they are made of, and there is no package "
			"database",
			p.n);
	return p.n > 0;
}

struct signs { /* of an operating system */
	const struct view *view;
	size_t layer;
	const char *found;
};

/* A folder is there through what lies in it, though no layer states it. */
static bool look_for_signs(void *arg, const struct entry *en)
{
	struct signs *s = arg;
	for (size_t i = 0; i < ARRAY_LEN(system_paths); i++) {
		struct bytes sign = bytes_str(system_paths[i]);
		if (bytes_starts(en->path, sign) &&
		    (en->path.n == sign.n || en->path.p[sign.n] == '/') &&
		    view_shows(s->view, s->layer, en->path)) {
			s->found = system_paths[i];
			return false;
		}
	}
	return true;
}

static bool may_have_signs(const struct factset *fs)
{
	for (size_t i = 0; i < ARRAY_LEN(system_paths); i++) {
		struct bytes top, rest;
		bytes_cut(bytes_str(system_paths[i]), '/', &top, &rest);
		if (factset_may_have(fs, top))
			return true;
	}
	return false;
}

static const char *find_system(const struct judge_input *in)
{
	struct signs s = {.view = in->view};
	for (s.layer = 0; s.layer < in->n_layers && !s.found; s.layer++) {
		if (may_have_signs(in->layers[s.layer]))
			factset_entries(in->layers[s.layer], look_for_signs, &s);
	}
	return s.found;
}

static void no_packages(const struct judge_input *in, const struct fact_os *os, bool want_library,
                        struct report *r)
{
	struct coverage row = {.check = CHECK_VULNERABILITY,
	                       .status = COVERAGE_INCOMPLETE,
	                       .code = "packages.none",
	                       .layer = -1};
	if (os->id.n) {
		report_cover(r, row, "the image says it is %.*s, but shows no package database",
		             BYTES_FMT(os->pretty.n ? os->pretty : os->id));
		return;
	}
	const char *system = find_system(in);
	if (system) {
		report_cover(r, row,
		             "there is a /%s, but no file names the distribution and there is no "
		             "package database",
		             system);
		return;
	}
	if (want_library && programs_row(in, r))
		return;
	if (report_check_status(r, CHECK_VULNERABILITY) == COVERAGE_INCOMPLETE)
		return; /* what was not read may hold anything */
	row.status = COVERAGE_COMPLETE;
	report_cover(r, row, "no operating system: no package database is expected");
}

/* What assay reads is Linux: of other systems it would find nothing, whatever they hold. */
static bool is_foreign_system(struct report *r)
{
	struct bytes system, rest;
	bytes_cut(r->image.platform, '/', &system, &rest);
	if (!system.n || bytes_eq(system, B("linux")))
		return false;
	report_cover(r,
	             (struct coverage){.check = CHECK_VULNERABILITY,
	                               .status = COVERAGE_INCOMPLETE,
	                               .code = "os.unsupported",
	                               .layer = -1},
	             "the image is of %.*s, whose packages and advisories are not read",
	             BYTES_FMT(r->image.platform));
	return true;
}

int judge_gaps(const struct judge_input *in, const struct fact_os *os,
               const struct judge_skip *skip, struct report *r, struct err *e)
{
	(void)e;
	size_t n_system = 0;
	for (size_t i = 0; i < r->n_packages; i++)
		n_system += !ecosystem_is_language(r->packages[i].type);
	if (!skip->is_os_only)
		language_row(in, r);
	if (skip->is_library_only)
		return 0;
	unlisted_row(in, r);
	if (!is_foreign_system(r) && n_system == 0)
		no_packages(in, os, !skip->is_os_only, r);
	return 0;
}
