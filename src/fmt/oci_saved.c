/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci_saved.c - the small files beside the blobs: manifest.json and repositories of `docker save`,
 * oci-layout of a layout.
 *
 * Format: JSON.  Source: Docker image specification v1.2, "Combined Image JSON + Filesystem
 * Changeset Format"; OCI image-spec image-layout.md, "oci-layout file".
 */
#include "fmt/oci_read.h"

#include <stdlib.h>

static int read_sources(const struct oci_reader *r, const json_t *j, struct oci_saved *s)
{
	const json_t *map;
	if (oci_object(r, j, "LayerSources", &map))
		return -1;
	size_t n = map ? json_object_size(map) : 0, i = 0;
	if (n > (size_t)OCI_LAYERS_MAX)
		return err_set(r->e, ERR_LIMIT, "%s: LayerSources has %zu members", r->name, n);
	s->sources = arena_alloc(r->a, (n ? n : 1) * sizeof *s->sources);
	json_t *m = (json_t *)(uintptr_t)map;
	for (void *it = n ? json_object_iter(m) : NULL; it; it = json_object_iter_next(m, it)) {
		struct oci_saved_source *o = &s->sources[i++];
		if (digest_parse(bytes_str(json_object_iter_key(it)), &o->diff_id, r->e))
			return err_wrap(r->e, "%s: LayerSources", r->name);
		if (oci_descriptor(r, json_object_iter_value(it), "a layer source", &o->descriptor))
			return -1;
	}
	s->n_sources = n;
	return 0;
}

static int read_saved(const struct oci_reader *r, const json_t *j, struct oci_saved *s)
{
	if (!json_is_object(j))
		return err_set(r->e, ERR_FORMAT, "%s: an image is not an object", r->name);
	if (oci_text(r, j, "Config", &s->config) || oci_list(r, j, "RepoTags", &s->tags) ||
	    oci_list(r, j, "Layers", &s->layers))
		return -1;
	if (!s->config.n)
		return err_set(r->e, ERR_FORMAT, "%s: an image has no Config", r->name);
	if (s->layers.n > (size_t)OCI_LAYERS_MAX)
		return err_set(r->e, ERR_LIMIT, "%s: %zu layers, at most %d", r->name, s->layers.n,
		               (int)OCI_LAYERS_MAX);
	return read_sources(r, j, s);
}

int oci_saved_parse(struct arena *a, struct bytes text, struct oci_saved **ret, size_t *ret_n,
                    struct err *e)
{
	const struct oci_reader r = {a, "manifest.json", e};
	AUTO_JSON json_t *j = NULL;
	if (json_load(text, r.name, (size_t)OCI_MANIFEST_MAX, &j, e))
		return -1;
	if (json_is_null(j) || (json_is_array(j) && !json_array_size(j)))
		return err_set(e, ERR_FORMAT, "%s: names no image", r.name);
	if (!json_is_array(j))
		return err_set(e, ERR_FORMAT, "%s: not a list of images", r.name);
	size_t n = json_array_size(j);
	if (n > (size_t)OCI_PLATFORMS_MAX)
		return err_set(e, ERR_LIMIT, "%s: %zu images, at most %d", r.name, n,
		               (int)OCI_PLATFORMS_MAX);
	struct oci_saved *s = arena_alloc(a, n * sizeof *s);
	for (size_t i = 0; i < n; i++) {
		if (read_saved(&r, json_array_get(j, i), &s[i]))
			return -1;
	}
	*ret = s;
	*ret_n = n;
	return 0;
}

int oci_repositories_parse(struct arena *a, struct bytes text, struct oci_texts *ret, struct err *e)
{
	AUTO_JSON json_t *j = NULL;
	if (json_load_data(text, "repositories", (size_t)OCI_MANIFEST_MAX, &j, e))
		return -1;
	size_t n = 0, i = 0;
	const char *repo, *tag;
	json_t *tags, *id;
	json_object_foreach(j, repo, tags) n += json_object_size(tags);
	struct oci_texts t = {arena_alloc(a, (n ? n : 1) * sizeof *t.v), n};
	json_object_foreach(j, repo, tags) json_object_foreach(tags, tag, id) t.v[i++] =
		bytes_str(arena_printf(a, "%s:%s", repo, tag));
	qsort(t.v, n, sizeof *t.v, oci_texts_cmp);
	*ret = t;
	return 0;
}

int oci_layout_check(struct bytes text, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct oci_reader r = {a, "oci-layout", e};
	struct bytes version = {0};
	AUTO_JSON json_t *j = NULL;
	if (oci_load(&r, text, (size_t)OCI_MANIFEST_MAX, &j) ||
	    oci_text(&r, j, "imageLayoutVersion", &version))
		return -1;
	if (!version.n)
		return err_set(e, ERR_FORMAT, "oci-layout: no imageLayoutVersion");
	if (!bytes_starts(version, B("1.0.")))
		return err_set(e, ERR_UNSUPPORTED, "oci-layout: version \"%.*s\", not 1.0",
		               BYTES_FMT(version));
	return 0;
}
