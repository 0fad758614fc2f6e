/* SPDX-License-Identifier: Apache-2.0 */
/*
 * python.c - Python packages that are installed.
 *
 * Format: core metadata (fmt/lang_python.c).
 * Source: NAME.dist-info/METADATA (wheels), NAME.egg-info/PKG-INFO, NAME.egg-info as a file
 * (distutils), EGG-INFO/PKG-INFO (eggs that are unpacked).
 * Emits: package (pypi); a note for metadata without name or version.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static int python_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	(void)en;
	struct lang_package p;
	int rc = lang_python(content, inspect_arena(in), &p, e);
	if (rc > 0)
		lang_state(in, "pypi", &p);
	return rc < 0 ? -1 : 0;
}

static const char *const paths[] = {
	"**.dist-info/METADATA",
	"**.egg-info/PKG-INFO",
	"**.egg-info",
	"**/EGG-INFO/PKG-INFO",
	NULL,
};

const struct inspector inspector_python = {
	.id = "python",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Python packages",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LANG_MANIFEST_MAX,
	.file = python_file,
};
