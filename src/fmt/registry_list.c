/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry_list.c - a page of tags or of the catalog.
 *
 * Sources: OCI distribution-spec, "Listing Tags"; distribution's API, "Listing Repositories".
 */
#include "fmt/registry.h"

int registry_list_parse(struct arena *a, struct bytes json, const char *key, struct bytes **ret,
                        size_t *ret_n, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_data(json, "the list", (size_t)OCI_MANIFEST_MAX, &root, e) < 0)
		return -1;
	const json_t *list = json_object_get(root, key);
	/* registries write null for a repository without tags */
	if (!json_is_array(list) && !json_is_null(list))
		return err_set(e, ERR_FORMAT, "the list has no \"%s\"", key);
	size_t n = json_array_size(list);
	if (n > (size_t)REGISTRY_LIST_MAX)
		return err_set(e, ERR_LIMIT, "a list of more than %lld names",
		               (long long)REGISTRY_LIST_MAX);
	struct bytes *v = arena_alloc(a, (n + 1) * sizeof *v);
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(list, i);
		if (!json_is_string(one) || !json_string_length(one))
			return err_set(e, ERR_FORMAT, "name %zu of the list is no text", i);
		v[i] = arena_dup(a, json_bytes(one));
	}
	*ret = v;
	*ret_n = n;
	return 0;
}
