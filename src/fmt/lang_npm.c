/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_npm.c - package.json of npm packages.
 *
 * Format: docs.npmjs.com, "package.json"; of a key that comes twice the last counts, as for
 * Node.js.  "license" is a text, or in old packages an object with "type"; "licenses" a list of
 * those.
 */
#include "fmt/lang.h"

static struct bytes license_of(const json_t *v)
{
	return json_is_object(v) ? json_text(v, "type") : json_bytes(v);
}

static struct bytes join(const json_t *list, struct arena *a)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct bytes one = bytes_trim(license_of(json_array_get(list, i)));
		if (one.n && b.n)
			buf_adds(&b, " OR ");
		buf_add(&b, one);
	}
	return b.n && !b.overflow ? arena_dup(a, buf_bytes(&b)) : (struct bytes){NULL, 0};
}

static struct bytes licenses_of(const json_t *root, struct arena *a)
{
	const json_t *v = json_object_get(root, "license");
	if (!v)
		v = json_object_get(root, "licenses");
	return json_is_array(v) ? join(v, a) : arena_dup(a, license_of(v));
}

/* Names alone: which version each got, the folders tell. */
static struct bytes needs_of(const json_t *root, struct arena *a)
{
	static const char *const kinds[] = {"dependencies", "optionalDependencies",
	                                    "peerDependencies"};
	AUTO_BUF struct buf b;
	const char *name;
	json_t *range;
	buf_init(&b, (size_t)LOCK_DEPENDS_MAX);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		json_object_foreach(json_object_get(root, kinds[i]), name, range)
		{
			size_t n = b.n;
			if (n)
				buf_addc(&b, '\n');
			if (bytes_find(bytes_str(name), '\n') >= 0 || buf_adds(&b, name) < 0)
				b.n = n;
		}
	}
	return b.n ? arena_dup(a, buf_bytes(&b)) : (struct bytes){NULL, 0};
}

int lang_npm(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_loose(text, "package.json", (size_t)LANG_MANIFEST_MAX, &root, e) < 0)
		return -1;
	if (!json_is_object(root))
		return err_set(e, ERR_FORMAT, "package.json: not an object");
	struct lang_package p = {.name = arena_dup(a, json_text(root, "name")),
	                         .version = arena_dup(a, json_text(root, "version"))};
	if (bytes_trim(p.name).n == 0 || bytes_trim(p.version).n == 0)
		return 0; /* npm asks for both of what it publishes */
	p.license = licenses_of(root, a);
	p.depends = needs_of(root, a);
	if (lang_check(&p, e) < 0)
		return -1;
	*ret = p;
	return 1;
}
