/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beside.c - what others say of an image and keep beside it: bills of materials, attestations,
 * signatures.  Found here, read by flow/.
 *
 * Sources: distribution-spec "Listing Referrers" and "Referrers Tag Schema"; cosign's
 * specs/SIGNATURE_SPEC.md "Discovery" (tags made of the digest); BuildKit's docs/attestations.
 */
#include "source/parts.h"

#include <string.h>

static const char *const names[BESIDE__MAX] = {
	[BESIDE_INDEX] = "index", [BESIDE_REFERRER] = "referrer", [BESIDE_TAG] = "tag"};

const char *source_beside_name(enum source_beside b) { return names[b]; }

struct search {
	struct source *s;
	struct source_papers *to;
	struct digest about; /* whose papers are looked for now */
};

/* NULL: it is known already, or there are too many. */
static struct source_paper *add(struct search *x, enum source_beside from, const struct digest *d)
{
	struct source_papers *p = x->to;
	for (size_t i = 0; i < p->n; i++) {
		if (digest_eq(&p->v[i].digest, d))
			return NULL;
	}
	if (p->n == (size_t)SOURCE_PAPERS_MAX) {
		err_set(&p->fault, ERR_LIMIT, "there are more than %d", (int)SOURCE_PAPERS_MAX);
		return NULL;
	}
	if (!p->v)
		p->v = arena_alloc(x->s->a, (size_t)SOURCE_PAPERS_MAX * sizeof *p->v);
	p->v[p->n] = (struct source_paper){.from = from, .digest = *d, .about = x->about};
	return &p->v[p->n++];
}

static void read_paper(struct search *x, struct source_paper *p, const struct oci_descriptor *d)
{
	struct source *s = x->s;
	p->artifact_type = d->artifact_type;
	if (!has_name(s, blob_name(s, &d->digest))) {
		err_set(&p->why, ERR_NOTFOUND, "it is not in here");
		return;
	}
	if (document_load(s, d, &p->doc, &p->why) < 0)
		return;
	if (!p->artifact_type.n)
		p->artifact_type = p->doc.artifact_type;
	if (p->from == BESIDE_REFERRER && !digest_eq(&p->doc.subject, &x->about))
		err_set(&p->why, ERR_DIGEST, "its subject is another image");
}

static void take(struct search *x, enum source_beside from, const struct oci_descriptor *d,
                 struct bytes tag)
{
	struct source_paper *p = add(x, from, &d->digest);
	if (!p)
		return;
	p->tag = tag;
	read_paper(x, p, d);
}

static void take_index(struct search *x, const struct oci_document *doc)
{
	for (size_t i = 0; i < doc->n_manifests; i++) {
		if (oci_media(doc->manifests[i].media_type) == OCI_MEDIA_MANIFEST)
			take(x, BESIDE_REFERRER, &doc->manifests[i], (struct bytes){NULL, 0});
	}
}

/* "sha256-HEX" and what comes behind it. */
static struct bytes tag_of(struct search *x, const char *suffix)
{
	char text[DIGEST_TEXT_MAX];
	char *colon = strchr(digest_text(&x->about, text), ':');
	if (colon)
		*colon = '-';
	return bytes_str(arena_printf(x->s->a, "%s%s", text, suffix));
}

static const char *const suffixes[] = {".att", ".sbom", ".sig"};

/* ---- in the index ---- */

static void from_index(struct search *x, const struct digest *image)
{
	char text[DIGEST_TEXT_MAX];
	struct bytes name = bytes_str(digest_text(image, text));
	for (size_t i = 0; i < x->s->n_attestations; i++) {
		const struct oci_descriptor *d = &x->s->attestations[i];
		if (bytes_eq(d->reference, name))
			take(x, BESIDE_INDEX, d, (struct bytes){NULL, 0});
	}
}

/* ---- in a registry ---- */

static bool is_absent(const struct err *e)
{
	return e->kind == ERR_NOTFOUND || e->kind == ERR_UNSUPPORTED;
}

/* 1 with the document of that tag, 0: there is none, -1: it cannot be known. */
static int tagged(struct search *x, struct bytes tag, struct source_paper *ret)
{
	struct source *s = x->s;
	struct artifact_document doc;
	struct err e = {.kind = ERR_NONE};
	if (s->shelf.tagged(s->shelf.arg, tag, &doc, &e) < 0) {
		if (is_absent(&e))
			return 0;
		x->to->fault = e;
		return -1;
	}
	*ret = (struct source_paper){.tag = tag, .digest = doc.digest};
	if (oci_parse(s->a, doc.text, "manifest", doc.media_type, &ret->doc, &ret->why) == 0)
		ret->artifact_type = ret->doc.artifact_type;
	return 1;
}

static int referrers(struct search *x)
{
	struct source *s = x->s;
	struct oci_document list;
	struct source_paper p;
	struct err e = {.kind = ERR_NONE};
	int rc = s->shelf.referrers(s->shelf.arg, &x->about, &list, &e);
	if (rc == 0) {
		take_index(x, &list);
		return 0;
	}
	if (!is_absent(&e)) {
		x->to->fault = e;
		return -1;
	}
	rc = tagged(x, tag_of(x, ""), &p);
	if (rc > 0 && p.why.kind == ERR_NONE && p.doc.kind == OCI_MEDIA_INDEX)
		take_index(x, &p.doc);
	return rc;
}

static void from_registry(struct search *x)
{
	struct source_paper p;
	if (referrers(x) < 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		int rc = tagged(x, tag_of(x, suffixes[i]), &p);
		if (rc < 0)
			return;
		struct source_paper *to = rc ? add(x, BESIDE_TAG, &p.digest) : NULL;
		if (!to)
			continue;
		p.from = BESIDE_TAG;
		p.about = x->about;
		*to = p;
	}
}

/* ---- in a layout ---- */

static void layout_entry(struct search *x, const struct oci_descriptor *d)
{
	struct bytes base = tag_of(x, "");
	struct oci_document doc;
	struct err ignored;
	enum oci_media kind = oci_media(d->media_type);
	if (!has_name(x->s, blob_name(x->s, &d->digest)))
		return;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (bytes_eq(d->ref_name, tag_of(x, suffixes[i]))) {
			take(x, BESIDE_TAG, d, d->ref_name);
			return;
		}
	}
	if (kind == OCI_MEDIA_INDEX && bytes_eq(d->ref_name, base)) {
		if (document_load(x->s, d, &doc, &x->to->fault) == 0)
			take_index(x, &doc);
		return;
	}
	if (kind == OCI_MEDIA_MANIFEST && !d->platform.os.n &&
	    document_load(x->s, d, &doc, &ignored) == 0 && digest_eq(&doc.subject, &x->about))
		take(x, BESIDE_REFERRER, d, d->ref_name);
}

static void from_layout(struct search *x)
{
	struct source *s = x->s;
	struct bytes text, none = {NULL, 0};
	struct oci_document doc;
	if (!s->shelf.load || !has_name(s, B("index.json")))
		return;
	if (shelf_load(s, B("index.json"), (size_t)OCI_MANIFEST_MAX, &text, &x->to->fault) < 0 ||
	    oci_parse(s->a, text, "index.json", none, &doc, &x->to->fault) < 0)
		return;
	for (size_t i = 0; i < doc.n_manifests && doc.n_manifests > 1; i++)
		layout_entry(x, &doc.manifests[i]);
}

void source_papers(struct source *s, const struct source_image *im, struct source_papers *ret)
{
	struct search x = {.s = s, .to = ret, .about = im->digest};
	*ret = (struct source_papers){.n = 0};
	const struct digest whose[] = {im->digest, im->root};
	if (!im->digest.algo)
		return;
	from_index(&x, &im->digest);
	for (size_t i = 0; i < ARRAY_LEN(whose) && ret->fault.kind == ERR_NONE; i++) {
		if (!whose[i].algo || (i && digest_eq(&whose[0], &whose[i])))
			continue;
		x.about = whose[i];
		if (s->shelf.tagged)
			from_registry(&x);
		else
			from_layout(&x);
	}
}

int source_paper_blob(struct source *s, const struct oci_descriptor *d, size_t max,
                      struct bytes *ret, struct err *e)
{
	return blob_load(s, d, max, ret, e);
}
