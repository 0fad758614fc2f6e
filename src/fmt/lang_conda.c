/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_conda.c - conda-meta/NAME.json, which conda writes for each package that it installs.
 *
 * Format: docs.conda.io, "conda-meta"; "depends" has "name range build" texts.
 */
#include "fmt/lang.h"

static struct bytes needs(const json_t *root, struct arena *a)
{
	AUTO_BUF struct buf b;
	const json_t *list = json_list(root, "depends");
	buf_init(&b, (size_t)LOCK_DEPENDS_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct bytes one = json_bytes(json_array_get(list, i)), name;
		size_t n = b.n;
		if (!bytes_word(&one, &name))
			continue;
		if (n)
			buf_addc(&b, '\n');
		if (buf_add(&b, name) < 0)
			b.n = n;
	}
	return b.n ? arena_dup(a, buf_bytes(&b)) : (struct bytes){NULL, 0};
}

int lang_conda(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_loose(text, "conda-meta", (size_t)LANG_MANIFEST_MAX, &root, e) < 0)
		return -1;
	struct lang_package p = {.name = arena_dup(a, json_text(root, "name")),
	                         .version = arena_dup(a, json_text(root, "version")),
	                         .license = arena_dup(a, json_text(root, "license")),
	                         .source = arena_dup(a, json_text(root, "channel")),
	                         .depends = needs(root, a)};
	if (lang_check(&p, e) < 0)
		return err_wrap(e, "conda-meta");
	*ret = p;
	return 1;
}
