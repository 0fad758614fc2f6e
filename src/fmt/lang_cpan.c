/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_cpan.c - MYMETA.json of a distribution of CPAN.
 *
 * Source: CPAN::Meta::Spec 2, "name", "version", "license"; of licences the names of CPAN, of which
 * "unknown" says none.
 */
#include "fmt/lang.h"

static struct bytes licenses(const json_t *root, struct arena *a)
{
	AUTO_BUF struct buf b;
	const json_t *list = json_list(root, "license");
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct bytes one = json_bytes(json_array_get(list, i));
		if (!one.n || bytes_eq(one, B("unknown")))
			continue;
		buf_adds(&b, b.n ? " OR " : "");
		buf_add(&b, one);
	}
	return b.n && !b.overflow ? arena_dup(a, buf_bytes(&b)) : (struct bytes){NULL, 0};
}

int lang_cpan(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_loose(text, "MYMETA.json", (size_t)LANG_MANIFEST_MAX, &root, e) < 0)
		return -1;
	struct lang_package p = {.name = arena_dup(a, json_text(root, "name")),
	                         .version = arena_dup(a, json_text(root, "version")),
	                         .license = licenses(root, a)};
	if (lang_check(&p, e) < 0)
		return err_wrap(e, "MYMETA.json");
	*ret = p;
	return 1;
}
