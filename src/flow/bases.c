/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bases.c - what an image was built on, as far as bases that are known or its labels tell.
 *
 * Source of the labels: image-spec annotations.md, org.opencontainers.image.base.*.
 */
#include "flow/bases.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void bases_fini(struct bases *b)
{
	arena_free(b->arena);
	free(b->v);
	free(b->named);
	free(b->platforms.v);
	free(b->rows);
	*b = (struct bases){.v = NULL};
}

/* The name as registries know it: without the word that says where it was read. */
static struct bytes plain_name(struct bytes reference)
{
	return bytes_starts(reference, B("registry:")) ? bytes_skip(reference, 9) : reference;
}

static bool is_same(const struct base_image *x, const struct base_image *y)
{
	bool is_alike = x->n == y->n && bytes_eq(x->reference, y->reference) &&
	                bytes_eq(x->digest, y->digest) && x->admitted == y->admitted;
	for (size_t i = 0; is_alike && i < x->n; i++)
		is_alike = bytes_eq(x->diff_ids[i], y->diff_ids[i]);
	return is_alike;
}

void bases_put(struct bases *b, const struct base_image *base)
{
	for (size_t i = 0; i < b->n; i++) {
		if (is_same(&b->v[i], base))
			return;
	}
	b->v = mem_grow(b->v, &b->cap, b->n + 1, sizeof *b->v);
	b->v[b->n++] = *base;
}

static int add_report(struct bases *b, const struct report *r, struct bytes name, const char *file,
                      struct err *e)
{
	size_t n = r->image.n_layers;
	struct bytes *ids = arena_alloc(b->arena, (n + 1) * sizeof *ids);
	for (size_t i = 0; i < n; i++)
		ids[i] = arena_dup(b->arena, r->image.layers[i].diff_id);
	for (size_t i = 0; i < n; i++)
		if (!ids[i].n)
			n = 0;
	if (!n)
		return err_set(e, ERR_USAGE, "%s: the report names no layers of the base", file);
	bases_put(b, &(struct base_image){
			     .reference = arena_dup(b->arena,
	                                            name.n ? name : plain_name(r->image.reference)),
			     .digest = arena_dup(b->arena, r->image.digest),
			     .diff_ids = ids,
			     .n = n});
	return 0;
}

/* A path with a tag or digest behind it, as references of layouts have them. */
static bool has_which(struct bases *b, struct bytes path)
{
	struct stat st;
	ssize_t at = bytes_search(path, B("@sha256:"));
	at = at < 0 ? bytes_rfind(path, ':') : at;
	return at > 0 && stat(arena_str(b->arena, bytes_slice(path, 0, (size_t)at)), &st) == 0;
}

/* A file that is called JSON, or begins so.  A path where nothing is is taken for one too: reading
 * it says what is wrong. */
static bool is_report(struct bases *b, const char *path)
{
	char head[64];
	struct stat st;
	struct bytes name = bytes_str(path);
	if (bytes_ends(name, B(".json")))
		return true;
	if (stat(path, &st) < 0)
		return (bytes_starts(name, B("/")) || bytes_starts(name, B("."))) &&
		       !has_which(b, name);
	if (!S_ISREG(st.st_mode))
		return !S_ISDIR(st.st_mode);
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, head, sizeof head);
	struct bytes text = bytes_of(head, n > 0 ? (size_t)n : 0);
	if (bytes_starts(text, B("\xef\xbb\xbf")))
		text = bytes_skip(text, 3);
	return fd < 0 || bytes_starts(bytes_trim(text), B("{"));
}

int bases_add(struct bases *b, const char *spec, struct err *e)
{
	AUTO_BUF struct buf text = {.p = NULL};
	struct report **v;
	size_t n;
	const char *equals = strchr(spec, '='), *file = equals ? equals + 1 : spec;
	struct bytes name = bytes_of(spec, equals ? (size_t)(equals - spec) : 0);
	if (!b->arena)
		b->arena = arena_new();
	if (!*file || (equals && !name.n))
		return err_set(e, ERR_USAGE, "\"%s\": NAME=FILE is wanted, or FILE", spec);
	if (!is_report(b, file)) {
		b->named = mem_grow(b->named, &b->cap_named, b->n_named + 1, sizeof *b->named);
		b->named[b->n_named++] =
			(struct base_named){.name = arena_dup(b->arena, name),
		                            .ref = arena_str(b->arena, bytes_str(file))};
		return 0;
	}
	if (file_read(file, (size_t)JSON_DOC_MAX, &text, e) < 0 ||
	    report_read_all(buf_bytes(&text), file, &v, &n, e) < 0)
		return -1;
	int rc = 0;
	for (size_t i = 0; i < n; i++) {
		rc = rc < 0 ? rc : add_report(b, v[i], name, file, e);
		report_free(v[i]);
	}
	free(v);
	return rc;
}

static bool stands_on(const struct report *r, const struct base_image *base, size_t n_read)
{
	if (base->n > n_read || base->n > r->image.n_layers)
		return false;
	for (size_t i = 0; i < base->n; i++)
		if (!bytes_eq(base->diff_ids[i], r->image.layers[i].diff_id))
			return false;
	return true;
}

/* The nearest first: the more layers, the nearer. */
static int by_distance(const void *a, const void *b)
{
	const struct lineage *x = a, *y = b;
	if (x->layers != y->layers)
		return x->layers > y->layers ? -1 : 1;
	int c = bytes_cmp(x->reference, y->reference);
	return c ? c : bytes_cmp(x->digest, y->digest);
}

static void add(struct report *r, const struct lineage *l)
{
	r->lineage[r->n_lineage++] =
		(struct lineage){.reference = arena_dup(r->arena, l->reference),
	                         .digest = arena_dup(r->arena, l->digest),
	                         .layers = l->layers,
	                         .by = l->by,
	                         .admitted = l->admitted,
	                         .signer = arena_dup(r->arena, l->signer)};
}

static struct bytes label(const struct report *r, const char *key)
{
	for (size_t i = 0; i < r->image.config.n_labels; i++)
		if (bytes_eq(r->image.config.labels[i].key, bytes_str(key)))
			return r->image.config.labels[i].value;
	return (struct bytes){0};
}

static void tell(const struct bases *b, struct report *r)
{
	for (size_t i = 0; b && i < b->n_rows; i++) {
		const struct base_row *row = &b->rows[i];
		if (bytes_eq(row->platform, r->image.platform))
			report_cover(r,
			             (struct coverage){.check = CHECK_LINEAGE,
			                               .status = row->is_incomplete
			                                                 ? COVERAGE_INCOMPLETE
			                                                 : COVERAGE_COMPLETE,
			                               .code = row->code,
			                               .layer = -1},
			             "%.*s", BYTES_FMT(row->text));
	}
}

void bases_trace(const struct bases *b, struct report *r, size_t n_read)
{
	size_t n = b ? b->n : 0;
	tell(b, r);
	r->lineage = arena_alloc(r->arena, (n + 1) * sizeof *r->lineage);
	r->n_lineage = 0;
	r->cap_lineage = n + 1;
	for (size_t i = 0; i < n; i++)
		if (stands_on(r, &b->v[i], n_read))
			add(r, &(struct lineage){.reference = b->v[i].reference,
			                         .digest = b->v[i].digest,
			                         .layers = (int32_t)b->v[i].n,
			                         .admitted = b->v[i].admitted,
			                         .signer = b->v[i].signer,
			                         .by = "layers"});
	if (r->n_lineage) {
		qsort(r->lineage, r->n_lineage, sizeof *r->lineage, by_distance);
		for (size_t i = 0; i < r->image.n_layers; i++)
			r->image.layers[i].origin =
				i < (size_t)r->lineage[0].layers ? "base" : "app";
		return;
	}
	struct lineage said = {.reference = label(r, "org.opencontainers.image.base.name"),
	                       .digest = label(r, "org.opencontainers.image.base.digest"),
	                       .by = "label"};
	if (said.reference.n || said.digest.n)
		add(r, &said);
}
