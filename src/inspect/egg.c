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

static bool is_metadata(struct bytes name) { return bytes_eq(name, B("EGG-INFO/PKG-INFO")); }

static int take(void *arg, struct bytes name, struct bytes content, struct err *e)
{
	struct inspect *in = arg;
	struct lang_package p;
	(void)name;
	if (lang_python(content, inspect_arena(in), &p, e) < 0)
		return -1;
	lang_state(in, "pypi", &p);
	return 1;
}

static int egg_file(struct inspect *in, const struct entry *en, struct bytes content, struct err *e)
{
	(void)en;
	return zip_pick(content,
	                &(struct zip_pick){.wants = is_metadata,
	                                   .max = (size_t)LANG_MANIFEST_MAX,
	                                   .take = take,
	                                   .arg = in},
	                e);
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
