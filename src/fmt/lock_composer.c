/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_composer.c - composer.lock of PHP.
 *
 * Format: getcomposer.org, "composer.lock": lists "packages" and "packages-dev".
 */
#include "fmt/lock.h"

static struct bytes licenses(struct lock_out *o, const json_t *list)
{
	buf_reset(&o->text);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (o->text.n)
			buf_adds(&o->text, " OR ");
		buf_add(&o->text, json_bytes(json_array_get(list, i)));
	}
	return o->text.overflow ? (struct bytes){NULL, 0} : buf_bytes(&o->text);
}

static int read_list(struct lock_out *o, const json_t *list, enum lang_scope scope, struct err *e)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *at = json_array_get(list, i);
		struct lang_package p = {.name = json_text(at, "name"),
		                         .version = json_text(at, "version"),
		                         .license = licenses(o, json_object_get(at, "license")),
		                         .scope = scope};
		struct lock_members m = lock_members(json_object_get(at, "require"));
		while (lock_next(&m)) {
			/* "php" and "ext-json" are of the platform */
			if (bytes_find(m.key, '/') > 0)
				lock_need(o, m.key, (struct bytes){NULL, 0});
		}
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return 0;
}

int lock_composer(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_json(text, "composer.lock", &root, e) < 0 ||
	    read_list(o, lock_part(o, root, "packages", JSON_ARRAY), LANG_RUN, e) < 0 ||
	    read_list(o, lock_part(o, root, "packages-dev", JSON_ARRAY), LANG_DEV, e) < 0)
		return -1;
	return lock_end(o, e);
}
