/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.c - from index.json through nested indexes to manifests, configs and layers, every digest
 * and size verified as it is read.
 *
 * Source: OCI image-spec image-layout.md, image-index.md.
 */
#include "source/parts.h"

#include <string.h>

bool has_name(const struct source *s, struct bytes name)
{
	struct bytes real;
	uint64_t size;
	return s->shelf.find(s->shelf.arg, name, &real, &size);
}

static struct bytes flat_name(struct source *s, const struct digest *d, struct bytes hex)
{
	if (digest_eq(d, &s->flat_root))
		return B("manifest.json");
	struct bytes manifest = bytes_str(arena_printf(s->a, "%.*s.manifest.json", BYTES_FMT(hex)));
	return has_name(s, manifest) ? manifest : arena_dup(s->a, hex);
}

struct bytes blob_name(struct source *s, const struct digest *d)
{
	char text[DIGEST_TEXT_MAX];
	struct bytes algo, hex;
	bytes_cut(bytes_str(digest_text(d, text)), ':', &algo, &hex);
	if (s->flat_root.algo)
		return flat_name(s, d, hex);
	return bytes_str(arena_printf(s->a, "blobs/%.*s/%.*s", BYTES_FMT(algo), BYTES_FMT(hex)));
}

static int check_size(struct source *s, struct bytes name, const struct oci_descriptor *d,
                      struct bytes *ret_real, struct err *e)
{
	uint64_t size;
	if (s->shelf.load_descriptor) {
		*ret_real = name;
		return 0;
	}
	if (!s->shelf.find(s->shelf.arg, name, ret_real, &size))
		return err_set(e, ERR_NOTFOUND, "%.*s is not there", BYTES_FMT(name));
	if (size != d->size)
		return err_set(e, ERR_DIGEST, "%.*s has %llu bytes, its descriptor says %llu",
		               BYTES_FMT(name), (unsigned long long)size,
		               (unsigned long long)d->size);
	return 0;
}

static int load(struct source *s, const struct oci_descriptor *d, struct bytes name, size_t max,
                struct bytes *ret, struct err *e)
{
	if (!s->shelf.load_descriptor)
		return shelf_load(s, name, max, ret, e);
	if (s->shelf.load_descriptor(s->shelf.arg, d, max, ret, e) || document_count(s, ret->n, e))
		return -1;
	if (ret->n == d->size)
		return 0;
	return err_set(e, ERR_DIGEST, "%.*s has %zu bytes, its descriptor says %llu",
	               BYTES_FMT(name), ret->n, (unsigned long long)d->size);
}

int blob_load(struct source *s, const struct oci_descriptor *d, size_t max, struct bytes *ret,
              struct err *e)
{
	struct bytes name = blob_name(s, &d->digest), real, b;
	if (check_size(s, name, d, &real, e) || load(s, d, name, max, &b, e))
		return -1;
	struct digester *h = digester_new(d->digest.algo);
	digester_add(h, b);
	struct digest have = digester_end(h);
	digester_free(h);
	if (!digest_eq(&have, &d->digest)) {
		char text[DIGEST_TEXT_MAX];
		return err_set(e, ERR_DIGEST, "%.*s holds %s", BYTES_FMT(name),
		               digest_text(&have, text));
	}
	*ret = b;
	return 0;
}

int document_load(struct source *s, const struct oci_descriptor *d, struct oci_document *ret,
                  struct err *e)
{
	char text[DIGEST_TEXT_MAX];
	struct bytes b;
	if (blob_load(s, d, (size_t)OCI_MANIFEST_MAX, &b, e))
		return -1;
	return oci_parse(s->a, b, digest_text(&d->digest, text), d->media_type, ret, e);
}

/* ---- config and layers ---- */

int image_config(struct source *s, struct bytes text, const char *name, struct source_image *im,
                 struct err *e)
{
	im->config = arena_alloc(s->a, sizeof *im->config);
	if (oci_config_parse(s->a, text, name, im->config, e))
		return -1;
	im->config_digest = digest_of(text);
	im->platform = oci_platform_text(s->a, &im->config->platform);
	return 0;
}

void image_describe(struct source *s, struct source_image *im)
{
	const struct oci_config *c = im->config;
	for (size_t i = 0; i < im->n_layers; i++) {
		im->layers[i].diff_id = c->diff_ids[i];
		im->layers[i].created_by = oci_created_by(c, i);
	}
	if (c->n_history && c->n_history_layers != c->n_diff_ids)
		note_add(s, "image.history", false,
		         "the config's history makes %zu layers, its rootfs has %zu: which command "
		         "made which layer is unknown",
		         c->n_history_layers, c->n_diff_ids);
}

static int fill_layers(struct source *s, const struct oci_document *m, struct source_image *im,
                       struct err *e)
{
	if (m->n_layers != im->config->n_diff_ids)
		return err_set(e, ERR_FORMAT,
		               "the manifest has %zu layers, its config %zu diff_ids", m->n_layers,
		               im->config->n_diff_ids);
	im->layers = arena_alloc(s->a, (m->n_layers ? m->n_layers : 1) * sizeof *im->layers);
	im->n_layers = m->n_layers;
	for (size_t i = 0; i < m->n_layers; i++) {
		const struct oci_descriptor *d = &m->layers[i];
		struct source_layer *l = &im->layers[i];
		struct bytes name = blob_name(s, &d->digest);
		if (check_size(s, name, d, &l->name, e))
			return err_wrap(e, "layer %zu", i);
		l->digest = d->digest;
		l->size = (int64_t)d->size;
		s->shelf.know(s->shelf.arg, l);
	}
	image_describe(s, im);
	return 0;
}

int index_fill(struct source *s, const struct candidate *c, struct source_image *ret, struct err *e)
{
	char text[DIGEST_TEXT_MAX];
	struct oci_document m;
	struct bytes config;
	if (document_load(s, &c->manifest, &m, e) || oci_check_image(&m, e) ||
	    blob_load(s, &m.config, (size_t)OCI_CONFIG_MAX, &config, e))
		return -1;
	ret->digest = c->manifest.digest;
	ret->root = c->root;
	if (image_config(s, config, digest_text(&m.config.digest, text), ret, e))
		return -1;
	ret->config_digest = m.config.digest;
	const struct oci_platform *told = &c->platform, *own = &ret->config->platform;
	if (told->os.n && own->os.n && !oci_platform_match(told, own))
		note_add(s, "image.platform", false, "the index says %.*s/%.*s, the config %.*s",
		         BYTES_FMT(told->os), BYTES_FMT(told->arch), BYTES_FMT(ret->platform));
	if (!ret->platform.p)
		ret->platform = oci_platform_text(s->a, told);
	return fill_layers(s, &m, ret, e);
}

/* ---- the walk ---- */

struct walk {
	struct source *s;
	struct map *visited;
	size_t n; /* descriptors met */
};

/* Where one comes from, and whether it was asked for. */
struct step {
	struct bytes name;
	struct digest root; /* of the first index */
	size_t top;
	unsigned depth;
	bool is_wanted;
};

/* The platform of a manifest whose descriptor does not tell; false: it is no image. */
static int look_inside(struct source *s, struct candidate *c, bool *ret_is_image, struct err *e)
{
	struct oci_document m;
	struct oci_config config;
	struct bytes text, what;
	*ret_is_image = false;
	if (document_load(s, &c->manifest, &m, e))
		return -1;
	if (!oci_is_image(&m, &what)) {
		s->other = what;
		return 0;
	}
	*ret_is_image = true;
	if (!has_name(s, blob_name(s, &m.config.digest))) {
		c->is_missing = true;
		return 0;
	}
	if (blob_load(s, &m.config, (size_t)OCI_CONFIG_MAX, &text, e) ||
	    oci_config_parse(s->a, text, "config", &config, e))
		return -1;
	c->platform = config.platform;
	return 0;
}

static int visit_manifest(struct walk *w, const struct oci_descriptor *d, const struct step *at,
                          struct err *e)
{
	struct candidate c = {.name = at->name,
	                      .root = at->root,
	                      .top = at->top,
	                      .platform = d->platform,
	                      .manifest = *d};
	bool is_image = true;
	c.is_missing = !has_name(w->s, blob_name(w->s, &d->digest));
	if (bytes_eq(c.platform.os, B("unknown")))
		c.platform = (struct oci_platform){
			.os = {NULL, 0}
                };
	if (!c.is_missing && !c.platform.os.n && look_inside(w->s, &c, &is_image, e))
		return -1;
	if (is_image)
		*candidate_add(w->s) = c;
	return 0;
}

static int visit(struct walk *w, const struct oci_descriptor *d, struct step at, struct err *e);

static int visit_index(struct walk *w, const struct oci_descriptor *d, const struct step *at,
                       struct err *e)
{
	struct oci_document doc;
	if (at->depth >= (unsigned)OCI_INDEX_DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "indexes nested deeper than %d",
		               (int)OCI_INDEX_DEPTH_MAX);
	if (!has_name(w->s, blob_name(w->s, &d->digest))) {
		struct candidate c = {
			.name = at->name, .top = at->top, .manifest = *d, .is_missing = true};
		if (at->is_wanted)
			*candidate_add(w->s) = c;
		return 0;
	}
	if (document_load(w->s, d, &doc, e))
		return -1;
	for (size_t i = 0; i < doc.n_manifests; i++) {
		struct step below = *at;
		if (!below.depth++)
			below.root = d->digest;
		if (visit(w, &doc.manifests[i], below, e))
			return -1;
	}
	return 0;
}

static int visit(struct walk *w, const struct oci_descriptor *d, struct step at, struct err *e)
{
	bool is_new;
	if (w->n++ >= (size_t)OCI_PLATFORMS_MAX)
		return err_set(e, ERR_LIMIT, "the indexes name more than %d manifests",
		               (int)OCI_PLATFORMS_MAX);
	if (d->is_attestation) {
		struct source *s = w->s;
		s->other = B("application/vnd.in-toto+json");
		s->attestations = mem_grow(s->attestations, &s->cap_attestations,
		                           s->n_attestations + 1, sizeof *s->attestations);
		s->attestations[s->n_attestations++] = *d;
		return 0;
	}
	at.is_wanted |= w->s->ref.digest.algo && digest_eq(&w->s->ref.digest, &d->digest);
	map_put(w->visited, arena_dup(w->s->a, bytes_of(&d->digest, sizeof d->digest)), &is_new);
	if (!is_new)
		return 0;
	switch (oci_media(d->media_type)) {
	case OCI_MEDIA_INDEX:
		return visit_index(w, d, &at, e);
	case OCI_MEDIA_MANIFEST:
		return at.is_wanted ? visit_manifest(w, d, &at, e) : 0;
	default:
		w->s->other = d->media_type;
		return 0;
	}
}

/* ctr and Docker write "docker.io/library/a:1" beside a ref.name of "1"; skopeo whatever it was
 * told. */
static bool is_called(const struct oci_descriptor *d, struct bytes which)
{
	const struct bytes names[] = {d->ref_name, d->image_name};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct bytes n = names[i];
		if (!n.n)
			continue;
		if (bytes_eq(n, which))
			return true;
		if (n.n > which.n && bytes_ends(n, which) &&
		    (n.p[n.n - which.n - 1] == ':' || n.p[n.n - which.n - 1] == '/'))
			return true;
	}
	return false;
}

static int none_found(struct source *s, const struct oci_document *doc, struct err *e)
{
	AUTO_BUF struct buf list;
	buf_init(&list, 160);
	for (size_t i = 0; i < doc->n_manifests; i++) {
		const struct oci_descriptor *d = &doc->manifests[i];
		struct bytes n = d->ref_name.n ? d->ref_name : d->image_name;
		if (n.n)
			buf_addf(&list, "%s%.*s", list.n ? ", " : "", BYTES_FMT(n));
	}
	if (s->ref.which.n)
		return err_set(e, ERR_USAGE, "no image is called \"%.*s\" (there: %.*s)",
		               BYTES_FMT(s->ref.which), BYTES_FMT(buf_bytes(&list)));
	if (oci_media(s->other) == OCI_MEDIA_SCHEMA1)
		return err_set(e, ERR_UNSUPPORTED,
		               "a Docker schema 1 manifest: push the image again");
	if (s->other.n)
		return err_set(e, ERR_UNSUPPORTED, "not an image: %.*s", BYTES_FMT(s->other));
	if (s->ref.digest.algo)
		return err_set(e, ERR_USAGE, "index.json does not lead to that digest");
	return err_set(e, ERR_FORMAT, "index.json names no image");
}

static int load_index(struct source *s, struct oci_document *ret, struct err *e)
{
	struct bytes text;
	if (has_name(s, B("oci-layout"))) {
		if (shelf_load(s, B("oci-layout"), (size_t)OCI_MANIFEST_MAX, &text, e) ||
		    oci_layout_check(text, e))
			return -1;
	}
	if (!has_name(s, B("index.json")))
		return err_set(e, ERR_FORMAT, "no index.json");
	if (shelf_load(s, B("index.json"), (size_t)OCI_MANIFEST_MAX, &text, e) ||
	    oci_parse(s->a, text, "index.json", (struct bytes){NULL, 0}, ret, e))
		return -1;
	if (ret->kind != OCI_MEDIA_INDEX)
		return err_set(e, ERR_FORMAT, "index.json: a manifest, not an index");
	return 0;
}

int index_collect_in(struct source *s, const struct oci_document *doc, bool all, struct err *e)
{
	AUTO_MAP struct map *visited = map_new();
	struct walk w = {s, visited, 0};
	for (size_t i = 0; i < doc->n_manifests; i++) {
		const struct oci_descriptor *d = &doc->manifests[i];
		bool is_called_so = !s->ref.which.n || is_called(d, s->ref.which);
		if (!all && !is_called_so)
			continue;
		struct step at = {.name = d->ref_name.n ? d->ref_name : d->image_name,
		                  .top = i,
		                  .is_wanted = all || !s->ref.digest.algo};
		if (visit(&w, d, at, e))
			return -1;
	}
	return s->n_found || all ? 0 : none_found(s, doc, e);
}

int index_collect(struct source *s, bool all, struct err *e)
{
	struct oci_document doc;
	return load_index(s, &doc, e) ? -1 : index_collect_in(s, &doc, all, e);
}

int index_collect_root(struct source *s, struct bytes text, struct bytes media_type,
                       const struct digest *digest, struct err *e)
{
	struct oci_document root;
	if (oci_parse(s->a, text, "manifest", media_type, &root, e))
		return -1;
	struct oci_descriptor d = {
		.media_type = root.media_type, .digest = *digest, .size = text.n};
	if (!d.media_type.n)
		d.media_type = root.kind == OCI_MEDIA_INDEX
		                       ? B("application/vnd.oci.image.index.v1+json")
		                       : B("application/vnd.oci.image.manifest.v1+json");
	struct oci_document top = {.kind = OCI_MEDIA_INDEX, .manifests = &d, .n_manifests = 1};
	return index_collect_in(s, &top, false, e);
}
