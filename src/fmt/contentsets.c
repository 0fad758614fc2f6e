/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contentsets.c - content manifests of Red Hat's images.
 *
 * Format: {"metadata": {...}, "content_sets": ["rhel-9-for-x86_64-baseos-rpms", ...], ...}.
 * Source: atomic-reactor's schema content_manifest.json; Red Hat's "Technical Guidance for
 * Vulnerability Scanning Vendors", "Content Sets JSON files".
 */
#include "fmt/contentsets.h"

static int check(struct bytes name, size_t i, struct err *e)
{
	if (name.n > (size_t)CONTENT_SET_LEN_MAX)
		return err_set(e, ERR_LIMIT, "content set %zu is %zu bytes long, more than %lld", i,
		               name.n, (long long)CONTENT_SET_LEN_MAX);
	for (size_t k = 0; k < name.n; k++) {
		if (name.p[k] <= ' ' || name.p[k] > '~')
			return err_set(e, ERR_FORMAT, "content set %zu: no name of a repository",
			               i);
	}
	return 0;
}

int content_sets_read(struct bytes text, content_set_fn *fn, void *arg, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_loose(text, "content manifest", (size_t)CONTENT_MANIFEST_MAX, &root, e) < 0)
		return -1;
	if (!json_is_object(root))
		return err_set(e, ERR_FORMAT, "content manifest: not an object");
	const json_t *sets = json_object_get(root, "content_sets");
	size_t n = json_array_size(sets);
	if (sets && !json_is_array(sets) && !json_is_null(sets))
		return err_set(e, ERR_FORMAT, "content_sets is no list");
	if (n > (size_t)CONTENT_SETS_MAX)
		return err_set(e, ERR_LIMIT, "%zu content sets, more than %lld", n,
		               (long long)CONTENT_SETS_MAX);
	for (size_t i = 0; i < n; i++) {
		if (!json_is_string(json_array_get(sets, i)))
			return err_set(e, ERR_FORMAT, "content set %zu is no text", i);
		if (check(json_bytes(json_array_get(sets, i)), i, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < n; i++) {
		struct bytes name = json_bytes(json_array_get(sets, i));
		if (name.n)
			fn(arg, name);
	}
	return 0;
}
