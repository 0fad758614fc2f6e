/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci_read.c - members of image documents, each of its stated type or refused.
 *
 * Format: JSON.  Source: OCI image-spec descriptor.md, "Properties", "Digests".
 */
#include "fmt/oci_read.h"

#include <stdlib.h>
#include <string.h>

/* 2^53 - 1: the largest integer every JSON reader keeps (RFC 8259, 6). */
#define SIZE_LAST ((UINT64_C(1) << 53) - 1)

int oci_load(const struct oci_reader *r, struct bytes text, size_t max, json_t **ret)
{
	static const char *const maps[] = {"Labels",       "labels",  "annotations",
	                                   "ExposedPorts", "Volumes", NULL};
	AUTO_JSON json_t *j = NULL;
	if (json_load_maps(text, r->name, max, maps, &j, r->e))
		return -1;
	if (!json_is_object(j))
		return err_set(r->e, ERR_FORMAT, "%s: not a JSON object", r->name);
	*ret = TAKE(j);
	return 0;
}

static bool is_missing(const json_t *v) { return !v || json_is_null(v); }

int oci_copy(const struct oci_reader *r, const json_t *value, const char *what, struct bytes *ret)
{
	if (!json_is_string(value))
		return err_set(r->e, ERR_FORMAT, "%s: %s is not a string", r->name, what);
	struct bytes b = json_bytes(value);
	if (bytes_find(b, 0) >= 0)
		return err_set(r->e, ERR_FORMAT, "%s: %s holds a NUL byte", r->name, what);
	*ret = arena_dup(r->a, b);
	return 0;
}

int oci_text(const struct oci_reader *r, const json_t *obj, const char *key, struct bytes *ret)
{
	const json_t *v = json_object_get(obj, key);
	if (is_missing(v))
		return 0;
	return oci_copy(r, v, key, ret);
}

int oci_object(const struct oci_reader *r, const json_t *obj, const char *key, const json_t **ret)
{
	const json_t *v = json_object_get(obj, key);
	*ret = NULL;
	if (is_missing(v))
		return 0;
	if (!json_is_object(v))
		return err_set(r->e, ERR_FORMAT, "%s: %s is not an object", r->name, key);
	*ret = v;
	return 0;
}

int oci_array(const struct oci_reader *r, const json_t *obj, const char *key, size_t max,
              const json_t **ret)
{
	const json_t *v = json_object_get(obj, key);
	*ret = NULL;
	if (is_missing(v))
		return 0;
	if (!json_is_array(v))
		return err_set(r->e, ERR_FORMAT, "%s: %s is not a list", r->name, key);
	if (json_array_size(v) > max)
		return err_set(r->e, ERR_LIMIT, "%s: %s has %zu elements, at most %zu", r->name,
		               key, json_array_size(v), max);
	*ret = v;
	return 0;
}

int oci_list(const struct oci_reader *r, const json_t *obj, const char *key, struct oci_texts *ret)
{
	const json_t *v = json_object_get(obj, key);
	if (is_missing(v))
		return 0;
	bool is_lone = json_is_string(v);
	if (!is_lone && !json_is_array(v))
		return err_set(r->e, ERR_FORMAT, "%s: %s is not a list", r->name, key);
	size_t n = is_lone ? 1 : json_array_size(v);
	struct oci_texts t = {arena_alloc(r->a, (n ? n : 1) * sizeof *t.v), n};
	for (size_t i = 0; i < n; i++) {
		if (oci_copy(r, is_lone ? v : json_array_get(v, i), key, &t.v[i]))
			return -1;
	}
	*ret = t;
	return 0;
}

int oci_texts_cmp(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

int oci_keys(const struct oci_reader *r, const json_t *obj, const char *key, struct oci_texts *ret)
{
	const json_t *v;
	if (oci_object(r, obj, key, &v))
		return -1;
	if (!v)
		return 0;
	size_t n = json_object_size(v), i = 0;
	struct oci_texts t = {arena_alloc(r->a, (n ? n : 1) * sizeof *t.v), n};
	void *top = json_object_iter((json_t *)(uintptr_t)v);
	for (void *it = top; it && i < n; it = json_object_iter_next((json_t *)(uintptr_t)v, it))
		t.v[i++] = arena_dup(
			r->a, bytes_of(json_object_iter_key(it), json_object_iter_key_len(it)));
	qsort(t.v, n, sizeof *t.v, oci_texts_cmp);
	*ret = t;
	return 0;
}

int oci_platform_read(const struct oci_reader *r, const json_t *obj, struct oci_platform *ret)
{
	struct oci_platform p = {0};
	if (oci_text(r, obj, "os", &p.os) || oci_text(r, obj, "architecture", &p.arch) ||
	    oci_text(r, obj, "variant", &p.variant))
		return -1;
	*ret = p;
	return 0;
}

static int read_annotations(const struct oci_reader *r, const json_t *obj, struct oci_descriptor *d)
{
	const json_t *notes;
	struct bytes kind = {0};
	if (oci_object(r, obj, "annotations", &notes))
		return -1;
	if (!notes)
		return 0;
	if (oci_text(r, notes, "org.opencontainers.image.ref.name", &d->ref_name) ||
	    oci_text(r, notes, "io.containerd.image.name", &d->image_name) ||
	    oci_text(r, notes, "vnd.docker.reference.type", &kind) ||
	    oci_text(r, notes, "vnd.docker.reference.digest", &d->reference) ||
	    oci_text(r, notes, "in-toto.io/predicate-type", &d->predicate_type) ||
	    oci_text(r, notes, "dev.cosignproject.cosign/signature", &d->signature) ||
	    oci_text(r, notes, "dev.sigstore.cosign/certificate", &d->certificate))
		return -1;
	if (!d->predicate_type.n && oci_text(r, notes, "predicateType", &d->predicate_type))
		return -1;
	d->is_attestation = bytes_eq(kind, B("attestation-manifest"));
	return 0;
}

/* descriptor.md, "Properties": mediaType, digest and size are REQUIRED. */
static int read_required(const struct oci_reader *r, const json_t *obj, const char *what,
                         struct oci_descriptor *d)
{
	struct bytes digest = {0};
	if (oci_text(r, obj, "mediaType", &d->media_type) || oci_text(r, obj, "digest", &digest))
		return -1;
	if (!d->media_type.n)
		return err_set(r->e, ERR_FORMAT, "%s: %s has no mediaType", r->name, what);
	if (digest_parse(digest, &d->digest, r->e))
		return err_wrap(r->e, "%s: %s", r->name, what);
	if (!json_u64(obj, "size", SIZE_LAST, &d->size))
		return err_set(r->e, ERR_FORMAT,
		               "%s: %s: size is not a whole number from 0 to 2^53 - 1", r->name,
		               what);
	return 0;
}

int oci_descriptor(const struct oci_reader *r, const json_t *obj, const char *what,
                   struct oci_descriptor *ret)
{
	struct oci_descriptor d = {0};
	const json_t *platform, *urls;
	if (!json_is_object(obj))
		return err_set(r->e, ERR_FORMAT, "%s: %s is not an object", r->name, what);
	if (read_required(r, obj, what, &d) || read_annotations(r, obj, &d) ||
	    oci_text(r, obj, "artifactType", &d.artifact_type) ||
	    oci_object(r, obj, "platform", &platform) ||
	    oci_array(r, obj, "urls", OCI_LAYERS_MAX, &urls))
		return -1;
	if (platform && oci_platform_read(r, platform, &d.platform))
		return -1;
	d.has_urls = urls && json_array_size(urls);
	*ret = d;
	return 0;
}
