/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci.c - image index and image manifest, OCI's and Docker's.
 *
 * Format: JSON.  Source: OCI image-spec manifest.md, image-index.md, media-types.md; Docker image
 * manifest version 2, schema 2.
 */
#include "fmt/oci_read.h"

#include <string.h>

static const struct media {
	const char *name;
	enum oci_media kind;
} medias[] = {
	{"application/vnd.docker.container.image.v1+json",               OCI_MEDIA_CONFIG       },
	{"application/vnd.docker.distribution.manifest.list.v2+json",    OCI_MEDIA_INDEX        },
	{"application/vnd.docker.distribution.manifest.v1+json",         OCI_MEDIA_SCHEMA1      },
	{"application/vnd.docker.distribution.manifest.v1+prettyjws",    OCI_MEDIA_SCHEMA1      },
	{"application/vnd.docker.distribution.manifest.v2+json",         OCI_MEDIA_MANIFEST     },
	{"application/vnd.docker.image.rootfs.diff.tar",                 OCI_MEDIA_LAYER        },
	{"application/vnd.docker.image.rootfs.diff.tar.gzip",            OCI_MEDIA_LAYER        },
	{"application/vnd.docker.image.rootfs.diff.tar.zstd",            OCI_MEDIA_LAYER        },
	{"application/vnd.docker.image.rootfs.foreign.diff.tar",         OCI_MEDIA_LAYER_FOREIGN},
	{"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",    OCI_MEDIA_LAYER_FOREIGN},
	{"application/vnd.oci.image.config.v1+json",                     OCI_MEDIA_CONFIG       },
	{"application/vnd.oci.image.index.v1+json",                      OCI_MEDIA_INDEX        },
	{"application/vnd.oci.image.layer.nondistributable.v1.tar",      OCI_MEDIA_LAYER_FOREIGN},
	{"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", OCI_MEDIA_LAYER_FOREIGN},
	{"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", OCI_MEDIA_LAYER_FOREIGN},
	{"application/vnd.oci.image.layer.v1.tar",                       OCI_MEDIA_LAYER        },
	{"application/vnd.oci.image.layer.v1.tar+gzip",                  OCI_MEDIA_LAYER        },
	{"application/vnd.oci.image.layer.v1.tar+zstd",                  OCI_MEDIA_LAYER        },
	{"application/vnd.oci.image.manifest.v1+json",                   OCI_MEDIA_MANIFEST     },
};

enum oci_media oci_media(struct bytes media_type)
{
	for (size_t i = 0; i < ARRAY_LEN(medias); i++) {
		if (bytes_eq(media_type, bytes_str(medias[i].name)))
			return medias[i].kind;
	}
	if (bytes_ends(media_type, B("+encrypted")))
		return OCI_MEDIA_LAYER_SEALED;
	return OCI_MEDIA_OTHER;
}

static bool has(const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);
	return v && !json_is_null(v);
}

static int refuse_schema1(const struct oci_reader *r)
{
	return err_set(r->e, ERR_UNSUPPORTED,
	               "%s: a Docker schema 1 manifest, which cannot be verified: push the image "
	               "again",
	               r->name);
}

/* What the members say it is; the media types must not say otherwise.  GHSA-77vh-xpmg-72qh: a
 * document that is both index and manifest is read differently by different tools. */
static int find_kind(const struct oci_reader *r, const json_t *j, enum oci_media *ret)
{
	bool is_index = json_object_get(j, "manifests") != NULL;
	bool is_manifest = json_object_get(j, "config") || json_object_get(j, "layers");
	bool is_schema1 = has(j, "fsLayers") || has(j, "signatures");
	json_t *version = json_object_get(j, "schemaVersion");
	if (is_index + is_manifest + is_schema1 > 1)
		return err_set(r->e, ERR_FORMAT, "%s: an index and a manifest at once", r->name);
	if (is_schema1 || (json_is_integer(version) && json_integer_value(version) == 1))
		return refuse_schema1(r);
	if (!json_is_integer(version) || json_integer_value(version) != 2)
		return err_set(r->e, ERR_FORMAT, "%s: schemaVersion is not 2", r->name);
	if (!is_index && !is_manifest)
		return err_set(r->e, ERR_FORMAT, "%s: neither an index nor a manifest", r->name);
	*ret = is_index ? OCI_MEDIA_INDEX : OCI_MEDIA_MANIFEST;
	return 0;
}

static int check_media_type(const struct oci_reader *r, struct bytes stated, struct bytes announced,
                            enum oci_media kind)
{
	if (stated.n && announced.n && !bytes_eq(stated, announced))
		return err_set(r->e, ERR_FORMAT, "%s: says it is %.*s, was announced as %.*s",
		               r->name, BYTES_FMT(stated), BYTES_FMT(announced));
	struct bytes type = stated.n ? stated : announced;
	if (!type.n)
		return 0;
	enum oci_media told = oci_media(type);
	if (told == OCI_MEDIA_SCHEMA1)
		return refuse_schema1(r);
	if (told == OCI_MEDIA_OTHER)
		return err_set(r->e, ERR_UNSUPPORTED, "%s: not an image: %.*s", r->name,
		               BYTES_FMT(type));
	if (told != kind)
		return err_set(r->e, ERR_FORMAT, "%s: says it is %.*s, but has the members of %s",
		               r->name, BYTES_FMT(type),
		               kind == OCI_MEDIA_INDEX ? "an index" : "a manifest");
	return 0;
}

static int read_descriptors(const struct oci_reader *r, const json_t *list, const char *what,
                            struct oci_descriptor **ret, size_t *ret_n)
{
	size_t n = json_array_size(list);
	struct oci_descriptor *d = arena_alloc(r->a, (n ? n : 1) * sizeof *d);
	for (size_t i = 0; i < n; i++) {
		char label[48];
		snprintf(label, sizeof label, "%s %zu", what, i);
		if (oci_descriptor(r, json_array_get(list, i), label, &d[i]))
			return -1;
	}
	*ret = d;
	*ret_n = n;
	return 0;
}

/* `"manifests": null` is an empty list: Docker 25 writes that for an image without manifests. */
static int read_index(const struct oci_reader *r, const json_t *j, struct oci_document *d)
{
	const json_t *list;
	if (oci_array(r, j, "manifests", (size_t)OCI_PLATFORMS_MAX, &list))
		return -1;
	return read_descriptors(r, list, "manifest", &d->manifests, &d->n_manifests);
}

/* manifest.md, "subject": the descriptor of another manifest. */
static int read_subject(const struct oci_reader *r, const json_t *j, struct oci_document *d)
{
	const json_t *subject;
	struct oci_descriptor about;
	if (oci_object(r, j, "subject", &subject))
		return -1;
	if (!subject)
		return 0;
	if (oci_descriptor(r, subject, "subject", &about))
		return -1;
	d->subject = about.digest;
	return 0;
}

static int read_manifest(const struct oci_reader *r, const json_t *j, struct oci_document *d)
{
	const json_t *config, *list;
	if (oci_object(r, j, "config", &config) ||
	    oci_array(r, j, "layers", (size_t)OCI_LAYERS_MAX, &list))
		return -1;
	if (!config)
		return err_set(r->e, ERR_FORMAT, "%s: no config", r->name);
	if (!json_object_get(j, "layers"))
		return err_set(r->e, ERR_FORMAT, "%s: no layers", r->name);
	if (oci_descriptor(r, config, "config", &d->config))
		return -1;
	return read_descriptors(r, list, "layer", &d->layers, &d->n_layers);
}

int oci_parse(struct arena *a, struct bytes text, const char *name, struct bytes announced,
              struct oci_document *ret, struct err *e)
{
	const struct oci_reader r = {a, name, e};
	struct oci_document d = {0};
	AUTO_JSON json_t *j = NULL;
	if (oci_load(&r, text, (size_t)OCI_MANIFEST_MAX, &j) || find_kind(&r, j, &d.kind) ||
	    oci_text(&r, j, "mediaType", &d.media_type) ||
	    check_media_type(&r, d.media_type, announced, d.kind) ||
	    oci_text(&r, j, "artifactType", &d.artifact_type) || read_subject(&r, j, &d))
		return -1;
	if (!d.media_type.n && announced.n)
		d.media_type = arena_dup(a, announced);
	if (d.kind == OCI_MEDIA_INDEX ? read_index(&r, j, &d) : read_manifest(&r, j, &d))
		return -1;
	*ret = d;
	return 0;
}

/* ---- is it the manifest of a root file system? ---- */

static int refuse_layer(const struct oci_descriptor *l, const char *why, struct err *e)
{
	char text[DIGEST_TEXT_MAX];
	return err_set(e, ERR_UNSUPPORTED, "layer %.26s (%.*s): %s", digest_text(&l->digest, text),
	               BYTES_FMT(l->media_type), why);
}

static int check_layer(const struct oci_descriptor *l, struct err *e)
{
	enum oci_media kind = oci_media(l->media_type);
	if (kind == OCI_MEDIA_LAYER_FOREIGN)
		return refuse_layer(l, "a foreign layer is not read", e);
	if (l->has_urls)
		return refuse_layer(l, "a layer with URLs is not fetched", e);
	if (kind == OCI_MEDIA_LAYER_SEALED)
		return refuse_layer(l, "encrypted", e);
	if (kind != OCI_MEDIA_LAYER)
		return refuse_layer(l, "no layer format that assay reads", e);
	return 0;
}

static bool is_layer(enum oci_media kind)
{
	return kind == OCI_MEDIA_LAYER || kind == OCI_MEDIA_LAYER_FOREIGN ||
	       kind == OCI_MEDIA_LAYER_SEALED;
}

/* manifest.md, "Guidelines for Artifact Usage": an artifact is known by artifactType, by the media
 * type of its config, or (cosign's signatures use the config type of images) by its layers'. */
bool oci_is_image(const struct oci_document *m, struct bytes *ret_what)
{
	size_t n_tar = 0;
	*ret_what = m->media_type;
	if (m->kind != OCI_MEDIA_MANIFEST)
		return false;
	*ret_what = m->artifact_type.n ? m->artifact_type : m->config.media_type;
	if (oci_media(m->config.media_type) != OCI_MEDIA_CONFIG)
		return false;
	for (size_t i = 0; i < m->n_layers; i++)
		n_tar += is_layer(oci_media(m->layers[i].media_type));
	if (!m->n_layers || n_tar)
		return true;
	*ret_what = m->layers[0].media_type;
	return bytes_starts(*ret_what, B("application/vnd.oci.image.layer."));
}

int oci_check_image(const struct oci_document *m, struct err *e)
{
	struct bytes what;
	if (!oci_is_image(m, &what))
		return err_set(e, ERR_UNSUPPORTED, "not an image: %.*s", BYTES_FMT(what));
	if (m->config.has_urls)
		return err_set(e, ERR_UNSUPPORTED, "a config with URLs is not fetched");
	for (size_t i = 0; i < m->n_layers; i++) {
		if (check_layer(&m->layers[i], e))
			return -1;
	}
	return 0;
}
