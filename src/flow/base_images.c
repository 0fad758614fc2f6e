/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base_images.c - bases that are named by the reference of an image: what its layers are, and who
 * has signed it.  No layer of it is read.
 *
 * The chain: a signature over the manifest's digest (or that of the index that leads to it), or the
 * digest that was asked for → the manifest → the config, by its digest → the diff_ids in it.
 */
#include "flow/scan.h"

#include <string.h>

struct opening {
	const struct scan *s;
	struct bases *b;
	const struct base_named *named;
	struct source *source;
	struct bytes platform;
};

static void say(const struct opening *o, const char *code, bool is_incomplete, const char *why)
{
	struct bases *b = o->b;
	b->rows = mem_grow(b->rows, &b->cap_rows, b->n_rows + 1, sizeof *b->rows);
	b->rows[b->n_rows++] = (struct base_row){
		.platform = arena_dup(b->arena, o->platform),
		.text = bytes_str(arena_printf(b->arena, "base %s: %s", o->named->ref, why)),
		.code = code,
		.is_incomplete = is_incomplete,
	};
}

/* Is this the digest that the reference asks for?  A source that could not prove it says so. */
static bool is_pinned(const struct opening *o, const struct source_image *im)
{
	struct digest want;
	struct err ignored;
	struct bytes ref = bytes_str(o->named->ref);
	ssize_t at = bytes_rfind(ref, '@');
	for (size_t i = 0; i < im->n_notes; i++) {
		if (im->notes[i].is_incomplete)
			return false;
	}
	if (at < 0 || digest_parse(bytes_skip(ref, (size_t)at + 1), &want, &ignored) < 0)
		return false;
	return (im->digest.algo && digest_eq(&im->digest, &want)) ||
	       (im->root.algo && digest_eq(&im->root, &want));
}

/* Only what signs the image itself admits it: a bill of materials says what is in it, and a report
 * of somebody's may be a bad one. */
static void find_signer(const struct opening *o, const struct source_image *im,
                        struct base_image *base)
{
	struct flow_scan_options with = {.keys = o->b->keys, .match = o->s->o->match};
	const struct scan reading = {.o = &with, .source = o->source};
	struct report *r = report_new();
	flow_evidence_beside(&reading, im, r);
	for (size_t i = 0; i < r->n_evidence && !base->admitted; i++) {
		const struct report_evidence *x = &r->evidence[i];
		if (x->kind != PAPER_SIGNATURE || !x->signer.n || !x->digest.n)
			continue;
		base->admitted = "signature";
		base->signer = arena_dup(o->b->arena, x->signer);
	}
	bool is_cut = false;
	for (size_t i = 0; i < r->n_coverage && !base->admitted; i++) {
		const struct coverage *c = &r->coverage[i];
		if (c->status != COVERAGE_INCOMPLETE)
			continue;
		say(o, "base.unread", true,
		    arena_printf(o->b->arena, "%.*s", BYTES_FMT(c->detail)));
		is_cut = true;
	}
	if (!base->admitted && !is_cut)
		say(o, "base.unsigned", false,
		    "none of the keys given has signed it: it is known, not admitted");
	report_free(r);
}

static int add_image(struct opening *o, const struct source_image *im, struct err *e)
{
	struct bases *b = o->b;
	char text[DIGEST_TEXT_MAX];
	struct base_image base = {
		.reference = o->named->name.n ? o->named->name
	                     : bytes_starts(bytes_str(o->named->ref), B("registry:"))
	                             ? bytes_skip(bytes_str(o->named->ref), 9)
	                             : bytes_str(o->named->ref),
		.n = im->n_layers,
	};
	struct bytes *ids = arena_alloc(b->arena, (im->n_layers + 1) * sizeof *ids);
	for (size_t i = 0; i < im->n_layers; i++) {
		const struct digest *id = &im->layers[i].diff_id;
		if (id->algo == DIGEST_NONE)
			return err_set(e, ERR_UNSUPPORTED, "it promises no digests of its layers");
		ids[i] = arena_dup(b->arena, bytes_str(digest_text(id, text)));
	}
	if (!im->n_layers)
		return err_set(e, ERR_UNSUPPORTED, "it has no layers");
	base.diff_ids = ids;
	if (im->digest.algo)
		base.digest = arena_dup(b->arena, bytes_str(digest_text(&im->digest, text)));
	if (is_pinned(o, im))
		base.admitted = "digest";
	else if (b->keys.n)
		find_signer(o, im, &base);
	bases_put(b, &base);
	return 0;
}

static int read_images(struct opening *o, struct err *e)
{
	const struct source_image *v;
	struct bytes note;
	size_t n;
	if (source_is_sequential(o->source))
		return err_set(e, ERR_UNSUPPORTED,
		               "a compressed archive cannot be a base; a layout or one that is not "
		               "compressed can");
	if (source_images(o->source, &v, &n, &note, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (add_image(o, &v[i], e) < 0)
			return -1;
	}
	return 0;
}

static int open_one(struct opening *o, struct err *e)
{
	struct source_options with = *o->s->from;
	with.platform = o->platform;
	if (source_open(o->named->ref, &with, &o->source, e) < 0)
		return -1;
	int rc = read_images(o, e);
	/* an image that is built for more platforms than its base stands on none there */
	if (rc < 0 && source_lacks_platform(o->source)) {
		say(o, "base.platform", false, e->msg);
		rc = 0;
	}
	source_close(o->source);
	return rc;
}

int flow_bases(const struct scan *s, struct bytes platform, struct err *e)
{
	struct bases *b = s->o->bases;
	if (!b || !b->n_named)
		return 0;
	for (size_t i = 0; i < b->platforms.n; i++) {
		if (bytes_eq(b->platforms.v[i], platform))
			return 0;
	}
	for (size_t i = 0; i < b->n_named; i++) {
		struct opening o = {.s = s, .b = b, .named = &b->named[i], .platform = platform};
		if (open_one(&o, e) < 0)
			return err_wrap(e, "base %s", b->named[i].ref);
	}
	b->platforms.v = mem_grow(b->platforms.v, &b->platforms.cap, b->platforms.n + 1,
	                          sizeof *b->platforms.v);
	b->platforms.v[b->platforms.n++] = arena_dup(b->arena, platform);
	return 0;
}
