/* SPDX-License-Identifier: Apache-2.0 */
/*
 * saved.c - images as `docker save` lists them in manifest.json, alone or beside index.json.
 *
 * Old form: HEX.json, ID/layer.tar; skopeo and podman: HEX.tar, ID/layer.tar a link to it; Docker
 * 25: blobs/sha256/HEX with an OCI index in the same tar.
 * Source: Docker image specification v1.2, "Combined Image JSON + Filesystem Changeset Format".
 */
#include "source/parts.h"

#include <string.h>

/* "blobs/sha256/HEX" and "sha256:HEX" promise a digest. */
static bool promised(struct bytes name, struct digest *ret)
{
	if (bytes_starts(name, B("blobs/sha256/")))
		return digest_parse_hex(bytes_skip(name, 13), ret, NULL) == 0;
	return bytes_starts(name, B("sha256:")) && digest_parse(name, ret, NULL) == 0;
}

/* ---- which image ---- */

/* "alpine" means "alpine:latest"; Docker hides "docker.io/" and "library/". */
static bool is_tag(struct bytes tag, struct bytes which)
{
	static const char *const hidden[] = {"docker.io/", "index.docker.io/", "library/"};
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
		if (bytes_starts(tag, bytes_str(hidden[i])))
			tag = bytes_skip(tag, strlen(hidden[i]));
		if (bytes_starts(which, bytes_str(hidden[i])))
			which = bytes_skip(which, strlen(hidden[i]));
	}
	if (bytes_eq(tag, which))
		return true;
	return bytes_starts(tag, which) && bytes_eq(bytes_skip(tag, which.n), B(":latest"));
}

/* The tag asked for, or the first; false: not this image. */
static bool pick_tag(const struct source *s, const struct oci_saved *im, struct bytes *ret)
{
	*ret = im->tags.n ? im->tags.v[0] : im->config;
	if (!s->ref.which.n)
		return true;
	for (size_t i = 0; i < im->tags.n; i++) {
		if (is_tag(im->tags.v[i], s->ref.which)) {
			*ret = im->tags.v[i];
			return true;
		}
	}
	return false;
}

static int not_tagged(const struct source *s, const struct oci_saved *all, size_t n, struct err *e)
{
	AUTO_BUF struct buf list;
	buf_init(&list, 160);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < all[i].tags.n; k++)
			buf_addf(&list, "%s%.*s", list.n ? ", " : "", BYTES_FMT(all[i].tags.v[k]));
	}
	return err_set(e, ERR_USAGE, "no image is called \"%.*s\" (there: %.*s)",
	               BYTES_FMT(s->ref.which), BYTES_FMT(buf_bytes(&list)));
}

/* ---- manifest.json beside index.json ---- */

static int load_saved(struct source *s, struct oci_saved **ret, size_t *ret_n, struct err *e)
{
	struct bytes text;
	if (shelf_load(s, B("manifest.json"), (size_t)OCI_MANIFEST_MAX, &text, e))
		return -1;
	return oci_saved_parse(s->a, text, ret, ret_n, e);
}

static int load_config(struct source *s, const struct oci_saved *im, struct bytes *ret,
                       struct err *e)
{
	struct digest want, have;
	if (shelf_load(s, im->config, (size_t)OCI_CONFIG_MAX, ret, e))
		return err_wrap(e, "config");
	have = digest_of(*ret);
	if (promised(im->config, &want) && !digest_eq(&want, &have)) {
		char text[DIGEST_TEXT_MAX];
		return err_set(e, ERR_DIGEST, "config %.*s holds %s", BYTES_FMT(im->config),
		               digest_text(&have, text));
	}
	return 0;
}

static bool same_file(struct source *s, struct bytes a, struct bytes b)
{
	struct bytes real_a, real_b;
	uint64_t size;
	return s->shelf.find(s->shelf.arg, a, &real_a, &size) &&
	       s->shelf.find(s->shelf.arg, b, &real_b, &size) && bytes_eq(real_a, real_b);
}

/* Do the OCI manifest of c and im have the same config and layers? */
static int agrees(struct source *s, const struct oci_saved *im, const struct candidate *c,
                  bool *ret, struct err *e)
{
	struct bytes text;
	struct oci_document m;
	*ret = false;
	if (c->is_missing)
		return 0;
	if (shelf_load(s, blob_name(s, &c->manifest.digest), (size_t)OCI_MANIFEST_MAX, &text, e) ||
	    oci_parse(s->a, text, "manifest", c->manifest.media_type, &m, e))
		return -1;
	if (m.n_layers != im->layers.n || !same_file(s, im->config, blob_name(s, &m.config.digest)))
		return 0;
	for (size_t i = 0; i < m.n_layers; i++) {
		struct bytes blob = blob_name(s, &m.layers[i].digest);
		if (!bytes_eq(blob, im->layers.v[i]) && !same_file(s, im->layers.v[i], blob))
			return 0;
	}
	*ret = true;
	return 0;
}

/* *ret NULL: no manifest is that of im. */
static int find_twin(struct source *s, const struct oci_saved *im, const struct candidate *found,
                     size_t n, const struct candidate **ret, struct err *e)
{
	bool is_same = false;
	*ret = NULL;
	for (size_t i = 0; i < n && !is_same; i++) {
		if (agrees(s, im, &found[i], &is_same, e))
			return -1;
		if (is_same)
			*ret = &found[i];
	}
	return 0;
}

static int disagree(const struct oci_saved *im, struct err *e)
{
	return err_set(e, ERR_FORMAT,
	               "manifest.json has an image (config %.*s) that index.json does not have",
	               BYTES_FMT(im->config));
}

static size_t count_present(const struct candidate *found, size_t n)
{
	size_t present = 0;
	for (size_t i = 0; i < n; i++)
		present += !found[i].is_missing;
	return present;
}

int saved_agree(struct source *s, const struct candidate *found, size_t n, struct err *e)
{
	struct oci_saved *all;
	size_t n_all;
	const struct candidate *twin;
	if (load_saved(s, &all, &n_all, e))
		return -1;
	for (size_t i = 0; i < n_all && count_present(found, n); i++) {
		if (find_twin(s, &all[i], found, n, &twin, e))
			return -1;
		if (!twin)
			return disagree(&all[i], e);
	}
	return 0;
}

/* ---- collect ---- */

static int add_saved(struct source *s, const struct oci_saved *im, struct bytes tag,
                     const struct candidate *twin, struct err *e)
{
	struct bytes text;
	struct oci_config config;
	if (load_config(s, im, &text, e) || oci_config_parse(s->a, text, "config", &config, e))
		return -1;
	struct candidate *c = candidate_add(s);
	c->name = tag;
	c->platform = config.platform;
	c->saved = im;
	if (twin)
		c->manifest = twin->manifest;
	return 0;
}

static int no_manifest(struct source *s, struct err *e)
{
	struct bytes text;
	struct oci_texts tags;
	if (has_name(s, B("repositories")) &&
	    !shelf_load(s, B("repositories"), (size_t)OCI_MANIFEST_MAX, &text, e) &&
	    !oci_repositories_parse(s->a, text, &tags, e) && tags.n)
		return err_set(e, ERR_FORMAT,
		               "no manifest.json: %.*s was saved by a Docker before 1.10, load "
		               "and save it again",
		               BYTES_FMT(tags.v[0]));
	return err_set(e, ERR_FORMAT, "no manifest.json");
}

static int collect_beside(struct source *s, const struct candidate *oci, size_t n_oci,
                          struct err *e)
{
	struct oci_saved *all;
	size_t n;
	if (load_saved(s, &all, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct candidate *twin = NULL;
		struct bytes tag;
		if (find_twin(s, &all[i], oci, n_oci, &twin, e))
			return -1;
		if (!twin && count_present(oci, n_oci))
			return disagree(&all[i], e);
		if (!pick_tag(s, &all[i], &tag))
			continue;
		if (add_saved(s, &all[i], tag, twin, e))
			return -1;
		s->found[s->n_found - 1].top = i;
	}
	return s->n_found ? 0 : not_tagged(s, all, n, e);
}

int saved_collect(struct source *s, struct err *e)
{
	AUTO_FREE struct candidate *oci = NULL;
	size_t n_oci = 0;
	if (!has_name(s, B("manifest.json")))
		return no_manifest(s, e);
	if (s->ref.digest.algo)
		return err_set(e, ERR_USAGE, "images of docker save are named by tag, not digest");
	if (has_name(s, B("index.json"))) {
		if (index_collect(s, true, e))
			return -1;
		oci = TAKE(s->found);
		n_oci = s->n_found;
		s->n_found = s->cap_found = 0;
	}
	return collect_beside(s, oci, n_oci, e);
}

/* ---- fill ---- */

static int missing_layer(const struct oci_saved *im, const struct digest *diff_id,
                         struct bytes name, struct err *e)
{
	for (size_t i = 0; diff_id && i < im->n_sources; i++) {
		const struct oci_descriptor *d = &im->sources[i].descriptor;
		if (digest_eq(&im->sources[i].diff_id, diff_id) &&
		    oci_media(d->media_type) == OCI_MEDIA_LAYER_FOREIGN)
			return err_set(e, ERR_UNSUPPORTED,
			               "layer %.*s (%.*s): a foreign layer is not fetched",
			               BYTES_FMT(name), BYTES_FMT(d->media_type));
	}
	return err_set(e, ERR_NOTFOUND, "layer %.*s is not in the archive", BYTES_FMT(name));
}

/* Whoever edits an archive by hand leaves the name of the config as it was. */
static void check_config_name(struct source *s, const struct oci_saved *im,
                              const struct digest *have)
{
	struct digest told;
	char text[DIGEST_TEXT_MAX];
	struct bytes hex = bytes_slice(im->config, 0, 64);
	if (im->config.n < 64 || !bytes_eq(bytes_skip(im->config, 64), B(".json")) ||
	    digest_parse_hex(hex, &told, NULL) || digest_eq(&told, have))
		return;
	note_add(s, "image.config", true, "the config is called %.*s, but is %s",
	         BYTES_FMT(im->config), digest_text(have, text));
}

static int fill_layer(struct source *s, const struct oci_saved *im, size_t i,
                      const struct digest *diff_id, struct source_layer *l, struct err *e)
{
	uint64_t size;
	if (!s->shelf.find(s->shelf.arg, im->layers.v[i], &l->name, &size))
		return missing_layer(im, diff_id, im->layers.v[i], e);
	l->size = (int64_t)size;
	promised(l->name, &l->digest);
	s->shelf.know(s->shelf.arg, l);
	return 0;
}

int saved_fill(struct source *s, const struct candidate *c, struct source_image *ret, struct err *e)
{
	const struct oci_saved *im = c->saved;
	struct bytes text;
	size_t n = im->layers.n;
	if (load_config(s, im, &text, e) || image_config(s, text, "config", ret, e))
		return -1;
	check_config_name(s, im, &ret->config_digest);
	ret->digest = c->manifest.digest;
	ret->layers = arena_alloc(s->a, (n ? n : 1) * sizeof *ret->layers);
	ret->n_layers = n;
	bool is_paired = n == ret->config->n_diff_ids;
	for (size_t i = 0; i < n; i++) {
		const struct digest *id = is_paired ? &ret->config->diff_ids[i] : NULL;
		if (fill_layer(s, im, i, id, &ret->layers[i], e))
			return -1;
	}
	if (is_paired)
		image_describe(s, ret);
	else
		note_add(s, "image.layers", true,
		         "manifest.json has %zu layers, the config %zu diff_ids: the layers are "
		         "not verified",
		         n, ret->config->n_diff_ids);
	return 0;
}
