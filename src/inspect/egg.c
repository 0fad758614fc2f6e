/* SPDX-License-Identifier: Apache-2.0 */
/*
 * egg.c - Python eggs that are archives.
 *
 * Format: ZIP (fmt/zip.h) with EGG-INFO/PKG-INFO (fmt/lang_python.c).
 * Source: setuptools, "The Internal Structure of Python Eggs".
 * Emits: package (pypi); a note for an archive that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static int egg_file(struct inspect *in, const struct entry *en, struct bytes content, struct err *e)
{
	(void)en;
	struct zip z;
	struct zip_member m;
	int rc;
	if (zip_open(content, &z, e) < 0)
		return -1;
	while ((rc = zip_next(&z, &m, e)) > 0) {
		AUTO_BUF struct buf b;
		struct lang_package p;
		buf_init(&b, (size_t)LANG_MANIFEST_MAX);
		if (!bytes_eq(m.name, B("EGG-INFO/PKG-INFO")))
			continue;
		if (zip_read(&z, &m, &b, e) < 0 ||
		    lang_python(buf_bytes(&b), inspect_arena(in), &p, e) < 0)
			return -1;
		lang_state(in, "pypi", &p);
		return 0;
	}
	return rc;
}

static const char *const paths[] = {"**.egg", NULL};

const struct inspector inspector_egg = {
	.id = "egg",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Python eggs",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = JAR_NESTED_MAX, /* more than any egg needs */
	.file = egg_file,
};
