/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vex.c - VEX statements against findings.
 *
 * Source: OpenVEX 0.2.0, "Product Matching"; VEX repository specification 0.1, "index.json".
 */
#include "policy/vex.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "policy/vex_match.h"

struct vex {
	struct arena *arena;
	struct vex_doc { /* a document, or the index of a repository */
		const char *path;
		const char *folder; /* of a repository; NULL: a document */
		struct bytes text;
		const struct report *only; /* the image it came with; NULL: all are asked */
	} * docs;
	size_t n, cap;
};

/* Statements about what an image was found to have. */
struct applying {
	struct vex *v;
	struct report *r;
	struct arena *a;
	struct map *ids; /* that findings have */
	struct said {
		struct vex_statement s;
		const char *path;
		size_t used;
	} * said;
	size_t n, cap;
	const char *path;   /* of the document at hand */
	const char *faulty; /* the last one that had a range that cannot be read */
};

struct vex *vex_new(void)
{
	struct vex *v = mem_zalloc(sizeof *v);
	v->arena = arena_new();
	return v;
}

void vex_free(struct vex *v)
{
	if (!v)
		return;
	arena_free(v->arena);
	free(v->docs);
	free(v);
}

static int ignore_statement(void *arg, const struct vex_statement *s, struct err *e)
{
	(void)arg, (void)s, (void)e;
	return 0;
}

static int read_text(struct arena *a, const char *path, struct bytes *ret, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	if (file_read(path, (size_t)JSON_DOC_MAX, &text, e) < 0)
		return -1;
	*ret = arena_dup(a, buf_bytes(&text));
	return 0;
}

int vex_load(struct vex *v, const char *path, struct err *e)
{
	struct vex_doc d = {.path = arena_str(v->arena, bytes_str(path))};
	struct stat st;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		d.folder = d.path;
		d.path = arena_printf(v->arena, "%s/index.json", path);
	}
	if (read_text(v->arena, d.path, &d.text, e) < 0)
		return -1;
	AUTO_ARENA struct arena *scratch = arena_new();
	if (!d.folder && vex_read(d.text, scratch, ignore_statement, NULL, e) < 0)
		return err_wrap(e, "%s", path);
	v->docs = mem_grow(v->docs, &v->cap, v->n + 1, sizeof *v->docs);
	v->docs[v->n++] = d;
	return 0;
}

int vex_add(struct vex *v, const struct report *r, const char *name, struct bytes text,
            struct err *e)
{
	AUTO_ARENA struct arena *scratch = arena_new();
	if (vex_read(text, scratch, ignore_statement, NULL, e) < 0)
		return -1;
	v->docs = mem_grow(v->docs, &v->cap, v->n + 1, sizeof *v->docs);
	v->docs[v->n++] = (struct vex_doc){.path = arena_str(v->arena, bytes_str(name)),
	                                   .text = arena_dup(v->arena, text),
	                                   .only = r};
	return 0;
}

/* ---- statements that may concern the image ---- */

static int keep_statement(void *arg, const struct vex_statement *s, struct err *e)
{
	struct applying *ap = arg;
	struct arena *a = ap->a;
	bool is_wanted = false;
	(void)e;
	for (size_t i = 0; i < s->n_ids && !is_wanted; i++)
		is_wanted = map_get(ap->ids, s->ids[i]) != NULL;
	if (!is_wanted)
		return 0;
	struct err fault;
	if (vex_check_range(s->product, a, &fault) < 0 || vex_check_range(s->part, a, &fault) < 0) {
		bool is_first = ap->faulty != ap->path;
		ap->faulty = ap->path;
		if (is_first)
			report_cover(ap->r,
			             (struct coverage){.check = CHECK_VULNERABILITY,
			                               .status = COVERAGE_INCOMPLETE,
			                               .code = "vex.range",
			                               .layer = -1},
			             "%s: statements with a range that cannot be read are left "
			             "out, the first of "
			             "%.*s: %s",
			             ap->path, BYTES_FMT(s->ids[0]), fault.msg);
		return 0;
	}
	struct bytes *ids = arena_alloc(a, s->n_ids * sizeof *ids);
	for (size_t i = 0; i < s->n_ids; i++)
		ids[i] = arena_dup(a, s->ids[i]);
	ap->said = mem_grow(ap->said, &ap->cap, ap->n + 1, sizeof *ap->said);
	ap->said[ap->n++] = (struct said){
		.s = {.ids = ids,
	              .n_ids = s->n_ids,
	              .product = arena_dup(a, s->product),
	              .part = arena_dup(a, s->part),
	              .status = s->status,
	              .justification = arena_dup(a, s->justification),
	              .text = arena_dup(a, s->text),
	              .author = arena_dup(a, s->author),
	              .at_s = s->at_s},
		.path = ap->path,
	};
	return 0;
}

static bool has_package(const struct report *r, struct bytes purl, struct arena *a)
{
	for (size_t i = 0; i < r->n_packages; i++) {
		if (vex_names_package(purl, &r->packages[i], a))
			return true;
	}
	return vex_names_image(purl, r, a);
}

/* The documents of a repository that speak of what the image has. */
static int read_repository(struct applying *ap, const struct vex_doc *d, struct err *e)
{
	AUTO_JSON json_t *index = NULL;
	size_t i;
	const json_t *at;
	if (json_load_data(d->text, d->path, (size_t)JSON_DOC_MAX, &index, e) < 0)
		return -1;
	json_array_foreach(json_list(index, "packages"), i, at)
	{
		struct bytes location = json_text(at, "location"), text;
		AUTO_BUF struct buf clean;
		buf_init(&clean, (size_t)PATH_LEN_MAX);
		AUTO_ARENA struct arena *scratch = arena_new();
		if (!has_package(ap->r, json_text(at, "id"), scratch))
			continue;
		if (image_path(location, &clean, e) < 0)
			return err_wrap(e, "%s", d->path);
		ap->path = arena_printf(ap->a, "%s/%s", d->folder, buf_cstr(&clean));
		if (read_text(scratch, ap->path, &text, e) < 0)
			return -1;
		if (vex_read(text, scratch, keep_statement, ap, e) < 0)
			return err_wrap(e, "%s", ap->path);
	}
	return 0;
}

static int read_all(struct applying *ap, struct err *e)
{
	for (size_t i = 0; i < ap->v->n; i++) {
		const struct vex_doc *d = &ap->v->docs[i];
		AUTO_ARENA struct arena *scratch = arena_new();
		if (d->only && d->only != ap->r)
			continue;
		ap->path = d->path;
		if (d->folder ? read_repository(ap, d, e) < 0
		              : vex_read(d->text, scratch, keep_statement, ap, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- findings ---- */

static bool is_about(const struct vex_statement *s, const struct finding *f)
{
	for (size_t i = 0; i < s->n_ids; i++) {
		if (bytes_eq(s->ids[i], f->id))
			return true;
		/* a bulletin names many CVEs: those beside the finding's own are others */
		bool is_cve = bytes_starts(s->ids[i], B("CVE-")) && bytes_starts(f->id, B("CVE-"));
		for (size_t k = 0; k < f->references.n && !is_cve; k++) {
			if (bytes_eq(s->ids[i], f->references.v[k]))
				return true;
		}
	}
	return false;
}

static const struct package *package_of(const struct report *r, const struct finding *f)
{
	for (size_t i = 0; i < r->n_packages; i++) {
		if (bytes_eq(r->packages[i].purl, f->package))
			return &r->packages[i];
	}
	return NULL;
}

/* The latest word on f; of two of one time the later in the documents. */
static struct said *last_word(struct applying *ap, const struct finding *f, const struct package *p)
{
	struct said *best = NULL;
	for (size_t i = 0; i < ap->n; i++) {
		struct said *one = &ap->said[i];
		if (!is_about(&one->s, f) || (best && one->s.at_s < best->s.at_s))
			continue;
		AUTO_ARENA struct arena *scratch = arena_new();
		if (vex_concerns(&one->s, ap->r, p, scratch))
			best = one;
	}
	return best;
}

static void suppress(struct applying *ap, const struct finding *f, struct said *said)
{
	struct arena *a = ap->r->arena;
	struct finding gone = *f;
	const struct vex_statement *s = &said->s;
	const char *status = vex_status_name(s->status);
	const char *why = arena_printf(a, "%s%s%.*s%s%.*s", status, s->justification.n ? ": " : "",
	                               BYTES_FMT(s->justification), s->text.n ? ": " : "",
	                               BYTES_FMT(s->text));
	gone.waived = arena_alloc(a, sizeof *gone.waived);
	gone.waived->by = bytes_str(arena_printf(a, "vex:%s", said->path));
	gone.waived->owner = arena_dup(a, s->author);
	gone.waived->reason = bytes_str(why);
	gone.reason = bytes_str(arena_printf(a, "%.*s; VEX: %s", BYTES_FMT(f->reason), why));
	report_suppress(ap->r, &gone);
	said->used++;
}

static void rows(struct applying *ap)
{
	for (size_t i = 0; i < ap->n; i++) {
		const char *path = ap->said[i].path;
		size_t used = 0;
		for (size_t k = 0; k < ap->n; k++) {
			if (ap->said[k].path == path) {
				used += ap->said[k].used;
				ap->said[k].used = 0;
			}
		}
		if (used)
			report_cover(ap->r,
			             (struct coverage){.check = CHECK_VULNERABILITY,
			                               .status = COVERAGE_COMPLETE,
			                               .code = "vex.used",
			                               .layer = -1},
			             "%zu findings are suppressed by %s", used, path);
	}
}

void vex_apply(struct vex *v, struct report *r)
{
	struct err fault = {.kind = ERR_NONE};
	struct applying ap = {.v = v, .r = r, .a = arena_new(), .ids = map_new()};
	size_t kept = 0;
	for (size_t i = 0; i < r->n_findings && v->n; i++) {
		map_put(ap.ids, r->findings[i].id, NULL);
		for (size_t k = 0; k < r->findings[i].references.n; k++)
			map_put(ap.ids, r->findings[i].references.v[k], NULL);
	}
	int res = r->n_findings ? read_all(&ap, &fault) : 0;
	for (size_t i = 0; i < r->n_findings && res == 0; i++) {
		const struct finding *f = &r->findings[i];
		struct said *said = last_word(&ap, f, package_of(r, f));
		if (said && (said->s.status == VEX_NOT_AFFECTED || said->s.status == VEX_FIXED))
			suppress(&ap, f, said);
		else
			r->findings[kept++] = *f;
	}
	if (res == 0)
		r->n_findings = kept;
	else
		report_cover(r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "vex.broken",
		                               .layer = -1},
		             "%s", fault.msg);
	rows(&ap);
	free(ap.said);
	map_free(ap.ids);
	arena_free(ap.a);
}
