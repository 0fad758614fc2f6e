/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_composer.c - vendor/composer/installed.json and installed.php of PHP's Composer.
 *
 * Format: Composer 2: an object with "packages"; Composer 1: the list alone.  "license" is a list
 * of which any may be chosen.  installed.php (Composer 2): an array with "root" (the application)
 * and "versions", by name; "pretty_version" is what installed.json calls "version".
 * Source: composer/composer, src/Composer/InstalledVersions.php and doc/07-runtime.md.
 */
#include "fmt/lang.h"

#include "fmt/php.h"

static void licenses(const json_t *package, struct buf *b)
{
	const json_t *list = json_list(package, "license");
	buf_add(b, json_text(package, "license"));
	for (size_t i = 0; list && i < json_array_size(list); i++) {
		if (b->n)
			buf_adds(b, " OR ");
		buf_add(b, json_bytes(json_array_get(list, i)));
	}
}

int lang_composer(struct bytes text, lang_fn *fn, void *arg, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	AUTO_BUF struct buf license;
	buf_init(&license, (size_t)LANG_FIELD_MAX);
	if (json_load_loose(text, "installed.json", (size_t)LANG_LIST_MAX, &root, e) < 0)
		return -1;
	const json_t *list = json_is_array(root) ? root : json_list(root, "packages");
	if (!list)
		return err_set(e, ERR_FORMAT, "installed.json: no list of packages");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *at = json_array_get(list, i);
		struct lang_package p = {.name = json_text(at, "name"),
		                         .version = json_text(at, "version")};
		buf_reset(&license);
		licenses(at, &license);
		if (!license.overflow)
			p.license = buf_bytes(&license);
		if (lang_check(&p, e) < 0)
			return err_wrap(e, "installed.json: package %zu", i);
		fn(arg, &p);
	}
	return 1;
}

int lang_composer_php(struct bytes text, lang_fn *fn, void *arg, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	const char *name;
	json_t *at;
	if (php_load_literal(text, "installed.php", &root, e) < 0)
		return -1;
	const json_t *versions = json_obj(root, "versions");
	struct bytes own = json_text(json_obj(root, "root"), "name");
	if (!versions)
		return err_set(e, ERR_FORMAT, "installed.php: no list of packages");
	json_object_foreach((json_t *)(uintptr_t)versions, name, at)
	{
		struct lang_package p = {.name = bytes_str(name),
		                         .version = json_text(at, "pretty_version")};
		if (!p.version.n || bytes_eq(p.name, own))
			continue;
		if (lang_check(&p, e) < 0)
			return err_wrap(e, "installed.php: %.60s", name);
		fn(arg, &p);
	}
	return 1;
}
