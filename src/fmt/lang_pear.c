/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_pear.c - packages of PEAR and PECL in PEAR's registry.
 *
 * Format: serialize()d by PHP.  Of package.xml 2.0: "name", "channel", "version" with "release",
 * "license", a text or an array with "_content"; of 1.0: "package", "version" as text,
 * "release_license".
 * Source: pear/pear-core, PEAR/Registry.php; what `pear` and `pecl` 1.10 leave.
 */
#include "fmt/lang.h"

#include "fmt/php.h"

static struct bytes license_of(const json_t *doc)
{
	const json_t *v = json_object_get(doc, "license");
	if (!v)
		v = json_object_get(doc, "release_license");
	return json_is_object(v) ? json_text(v, "_content") : json_bytes(v);
}

int lang_pear(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	AUTO_JSON json_t *doc = NULL;
	if (php_load_serialized(text, "PEAR's registry", &doc, e) < 0)
		return -1;
	const json_t *version = json_object_get(doc, "version");
	struct bytes name = json_text(doc, "name"), channel = json_text(doc, "channel");
	if (!name.n)
		name = json_text(doc, "package");
	struct bytes release =
		json_is_object(version) ? json_text(version, "release") : json_bytes(version);
	if (!name.n || !release.n)
		return 0;
	struct lang_package p = {
		.name = channel.n ? bytes_str(arena_printf(a, "%.*s/%.*s", BYTES_FMT(channel),
	                                                   BYTES_FMT(name)))
	                          : arena_dup(a, name),
		.version = arena_dup(a, release),
		.license = arena_dup(a, license_of(doc)),
	};
	if (p.license.n > (size_t)LANG_FIELD_MAX)
		p.license = (struct bytes){NULL, 0};
	if (lang_check(&p, e) < 0)
		return err_wrap(e, "PEAR's registry");
	*ret = p;
	return 1;
}
