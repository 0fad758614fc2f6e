/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imports.c - results of other tools: findings of the image that they speak of.
 *
 * A path of the source is tied to the one file of the image that ends in it, where there is one;
 * else, for analysers name files where the source lay, to the one that ends in the most of it, at
 * least the file and its folder.
 * Results about another image's digest are not taken over, and coverage says so; about another
 * commit they are, since images inherit the label that names the commit from their base.
 */
#include "judge/judge.h"

#include <string.h>

enum {
	COMMIT_LEAST = 7, /* letters of a short commit id */
	END_PARTS = 16    /* the most that an end of a path may have */
};

/* A path that a result names, and the files of the image that end in it. */
struct place {
	struct bytes wanted, path;
	size_t layer, n;
	bool is_exact;
	bool is_end; /* of a path that a result names, not the whole of one */
};

struct placing {
	const struct judge_input *in;
	struct arena *a;
	struct map *wanted; /* path → place */
	struct map *bases;  /* their last parts */
	size_t layer;
};

/* The path without its first part; absent where that leaves less than a file and its folder. */
static struct bytes shorter(struct bytes path)
{
	ssize_t slash = bytes_find(path, '/');
	struct bytes rest =
		slash < 0 ? (struct bytes){NULL, 0} : bytes_skip(path, (size_t)slash + 1);
	return bytes_find(rest, '/') < 0 ? (struct bytes){NULL, 0} : rest;
}

static bool want_one(struct placing *p, struct bytes path, bool is_end)
{
	bool is_new;
	union map_value *slot = map_put(p->wanted, path, &is_new);
	if (!is_new) {
		((struct place *)slot->p)->is_end &= is_end;
		return false;
	}
	slot->p = arena_alloc(p->a, sizeof(struct place));
	*(struct place *)slot->p = (struct place){.wanted = path, .is_end = is_end};
	return true;
}

static size_t parts_of(struct bytes path)
{
	size_t n = 1;
	for (size_t i = 0; i < path.n; i++)
		n += path.p[i] == '/';
	return n;
}

static void want(struct placing *p, struct bytes path)
{
	if (!path.n)
		return;
	want_one(p, path, false);
	map_put(p->bases, path_base(path), NULL);
	size_t n = parts_of(path);
	for (struct bytes end = shorter(path); end.n; end = shorter(end)) {
		if (--n <= END_PARTS && !want_one(p, end, true))
			break; /* and so are all that are shorter */
	}
}

static void tie(struct placing *p, struct place *to, struct bytes path)
{
	bool is_exact = path.n == to->wanted.n && !to->is_end;
	if (to->is_exact || !view_shows(p->in->view, p->layer, path))
		return;
	/* a layer may state it twice */
	if (to->n && !is_exact && bytes_eq(to->path, path))
		return;
	to->path = arena_dup(p->a, path);
	to->layer = p->layer;
	to->is_exact = is_exact;
	to->n = is_exact ? 1 : to->n + 1;
}

static bool see(void *arg, const struct entry *en)
{
	struct placing *p = arg;
	if (en->type != ENTRY_FILE || !map_get(p->bases, path_base(en->path)))
		return true;
	for (size_t at = 0; at < en->path.n;) {
		const union map_value *slot = map_get(p->wanted, bytes_skip(en->path, at));
		if (slot)
			tie(p, slot->p, en->path);
		ssize_t slash = bytes_find(bytes_skip(en->path, at), '/');
		at = slash < 0 ? en->path.n : at + (size_t)slash + 1;
	}
	return true;
}

/* ---- whom it speaks of ---- */

static struct bytes label_of(const struct report *r, const char *key)
{
	for (size_t i = 0; i < r->image.config.n_labels; i++)
		if (bytes_eq(r->image.config.labels[i].key, bytes_str(key)))
			return r->image.config.labels[i].value;
	return (struct bytes){NULL, 0};
}

static bool is_commit(struct bytes a, struct bytes b)
{
	size_t n = MIN_OF(a.n, b.n);
	return n >= COMMIT_LEAST && bytes_eq_nocase(bytes_slice(a, 0, n), bytes_slice(b, 0, n));
}

static const char *about_digest(const struct report *r, const struct results *x)
{
	const struct report_image *im = &r->image;
	for (size_t i = 0; i < x->n_digests; i++) {
		struct bytes d = x->digests[i];
		if (bytes_eq(d, im->digest) || bytes_eq(d, im->config_digest) ||
		    (im->reference.n > d.n && bytes_ends(im->reference, d)))
			return "image";
	}
	return im->digest.n || im->config_digest.n ? "other" : "unknown";
}

static const char *about(const struct report *r, const struct results *x)
{
	struct bytes mine = label_of(r, "org.opencontainers.image.revision");
	if (x->n_digests)
		return about_digest(r, x);
	if (!mine.n)
		mine = label_of(r, "org.label-schema.vcs-ref");
	if (!x->commit.n || !mine.n)
		return "unknown";
	return is_commit(mine, x->commit) ? "commit" : "other";
}

/* ---- findings ---- */

struct joining {
	struct report *r;
	struct map *known;        /* "ID\0PURL without version" of findings */
	const struct map *places; /* NULL: there is no tree */
	const struct results *of;
	size_t n_tied, n_twice;
};

static struct bytes key_of(struct report *r, struct bytes id, struct bytes purl)
{
	struct bytes stem, rest;
	AUTO_BUF struct buf b;
	bytes_cut(purl, '@', &stem, &rest);
	buf_init(&b, (size_t)RESULT_TEXT_MAX * 2 + 1);
	buf_add(&b, id);
	buf_addc(&b, 0);
	buf_add(&b, stem);
	return arena_dup(r->arena, buf_bytes(&b));
}

static void place(struct joining *j, struct finding *f, const struct result *x)
{
	const struct place *p = NULL;
	for (struct bytes end = x->path; j->places && end.n && (!p || !p->n); end = shorter(end)) {
		const union map_value *slot = map_get(j->places, end);
		p = slot ? slot->p : p;
	}
	f->location.path = arena_dup(j->r->arena, x->path);
	f->location.line = (int32_t)MIN_OF(x->line, (uint64_t)INT32_MAX);
	if (!p || p->n != 1)
		return;
	f->location.path = arena_dup(j->r->arena, p->path);
	f->location.layer = (int32_t)p->layer;
	j->n_tied++;
}

static void fill(struct joining *j, struct finding *f, const struct result *x)
{
	struct arena *a = j->r->arena;
	bool is_vulnerability = results_are_vulnerabilities(j->of);
	char day[11];
	f->check = is_vulnerability ? CHECK_VULNERABILITY : CHECK_TEST;
	f->id = arena_dup(a, x->id);
	if (!severity_parse(x->severity, &f->severity))
		f->severity = SEV_UNKNOWN;
	if (f->severity != SEV_UNKNOWN)
		f->severity_source = arena_dup(a, j->of->tool);
	f->title = arena_dup(a, x->title);
	f->package = arena_dup(a, x->package);
	f->installed = arena_dup(a, x->installed);
	f->has_status = is_vulnerability;
	f->status = STATUS_AFFECTED;
	f->reason = bytes_str(
		arena_printf(a, "%.*s: %s%.*s%s%.*s", BYTES_FMT(j->of->tool),
	                     x->waved.n ? arena_printf(a, "%.*s; ", BYTES_FMT(x->waved)) : "",
	                     BYTES_FMT(x->text.n ? x->text : x->title),
	                     is_vulnerability ? ", in " : "", BYTES_FMT(x->package)));
	f->repair = arena_dup(a, x->repair);
	f->cvss_vector = arena_dup(a, x->vector);
	f->cvss_score = x->score;
	f->source.feed = arena_dup(a, j->of->tool);
	if (j->of->created_s) {
		clock_format_day(j->of->created_s, day);
		f->source.date = arena_dup(a, bytes_str(day));
	}
	for (size_t i = 0; i < x->n_refs; i++)
		list_add(j->r, &f->references, x->refs[i]);
	place(j, f, x);
}

/* true: it counts. */
static bool join(struct joining *j, const struct result *x)
{
	if (x->waved.n) {
		struct finding f = {.location = {.layer = -1}, .epss = -1};
		fill(j, &f, x);
		report_suppress(j->r, &f);
		return false;
	}
	if (x->package.n && map_get(j->known, key_of(j->r, x->id, x->package))) {
		j->n_twice++;
		return true;
	}
	fill(j, report_finding(j->r), x);
	return true;
}

static void row(struct report *r, const struct results *x, enum coverage_status status,
                const char *code, const char *text)
{
	report_cover(r,
	             (struct coverage){.check = results_are_vulnerabilities(x) ? CHECK_VULNERABILITY
	                                                                       : CHECK_TEST,
	                               .status = status,
	                               .code = code,
	                               .layer = -1},
	             "%s", text);
}

static struct report_evidence *record(struct report *r, const struct judge_import *im,
                                      const struct results *x)
{
	struct report_evidence *v = report_evidence(r);
	struct arena *a = r->arena;
	*v = (struct report_evidence){.layer = -1,
	                              .phase = B("test"),
	                              .type = B("import"),
	                              .form = x->form,
	                              .about = about(r, x),
	                              .tool = arena_dup(a, x->tool),
	                              .tool_version = arena_dup(a, x->version),
	                              .source = arena_dup(a, im->file),
	                              .file_digest = arena_dup(a, im->digest),
	                              .commit = arena_dup(a, x->commit),
	                              .created_s = x->created_s,
	                              .rules = x->n_rules,
	                              .passed = x->n_passed,
	                              .skipped = x->n_skipped};
	if (strcmp(v->about, "image") == 0)
		v->digest = r->image.digest.n ? r->image.digest : r->image.config_digest;
	else if (x->n_digests)
		v->digest = arena_dup(a, x->digests[0]);
	for (size_t i = 0; i < x->n_sets; i++)
		list_add(r, &v->sets, x->sets[i]);
	return v;
}

static void told(struct joining *j, const struct judge_import *im, const struct report_evidence *v)
{
	static const struct {
		const char *about, *text;
	} words[] = {
		{"image",   "; it names this image's digest"                            },
		{"commit",  "; it names the commit that the image's label names"        },
		{"other",   "; it names another commit than the image's label"          },
		{"unknown",
	         "; it does not say of which image or commit, or neither does the image"},
	};
	size_t i = 0;
	while (i + 1 < ARRAY_LEN(words) && strcmp(words[i].about, v->about) != 0)
		i++;
	row(j->r, j->of, COVERAGE_COMPLETE, "import.read",
	    arena_printf(j->r->arena,
	                 "%.*s: %ju findings of %.*s%s%.*s, %zu of them in files of the image, %zu "
	                 "found here too, %ju settled by it%s",
	                 BYTES_FMT(im->file), (uintmax_t)v->results, BYTES_FMT(v->tool),
	                 v->tool_version.n ? " " : "", BYTES_FMT(v->tool_version), j->n_tied,
	                 j->n_twice, (uintmax_t)v->settled, words[i].text));
}

static void take(struct joining *j, const struct judge_import *im, const struct results *x)
{
	struct report_evidence *v = record(j->r, im, x);
	j->of = x;
	j->n_tied = j->n_twice = 0;
	if (x->n_digests && strcmp(v->about, "other") == 0) {
		row(j->r, x, COVERAGE_INCOMPLETE, "import.other-image",
		    arena_printf(j->r->arena,
		                 "%.*s: %.*s speaks of %.*s, which is not this image: its %zu "
		                 "findings are left out",
		                 BYTES_FMT(im->file), BYTES_FMT(x->tool), BYTES_FMT(v->digest),
		                 x->n));
		return;
	}
	for (size_t i = 0; i < x->n; i++)
		*(join(j, &x->v[i]) ? &v->results : &v->settled) += 1;
	if (x->fault.n)
		row(j->r, x, COVERAGE_INCOMPLETE, "import.partial",
		    arena_printf(j->r->arena, "%.*s: %.*s", BYTES_FMT(im->file),
		                 BYTES_FMT(x->fault)));
	/* what is not whole has passed nothing */
	if (v->results || !x->fault.n)
		v->result = v->results ? B("failed") : B("passed");
	told(j, im, v);
}

void judge_imports(const struct judge_input *in, const struct judge_import *v, size_t n,
                   struct report *r)
{
	AUTO_MAP struct map *wanted = map_new();
	AUTO_MAP struct map *bases = map_new();
	AUTO_MAP struct map *known = map_new();
	struct placing p = {.in = in, .a = r->arena, .wanted = wanted, .bases = bases};
	struct joining j = {.r = r, .known = known, .places = in ? wanted : NULL};
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].n; k++)
			for (size_t x = 0; x < v[i].runs[k].n; x++)
				want(&p, v[i].runs[k].v[x].path);
	for (; in && map_count(wanted) && p.layer < in->n_layers; p.layer++)
		factset_entries(in->layers[p.layer], see, &p);
	for (size_t i = 0; n && i < r->n_findings; i++)
		if (r->findings[i].package.n)
			map_put(known, key_of(r, r->findings[i].id, r->findings[i].package), NULL);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].n; k++)
			take(&j, &v[i], &v[i].runs[k]);
}
