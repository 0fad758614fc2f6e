/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asar.c - npm packages within the archive of an application of Electron.
 *
 * Format: fmt/asar.h; package.json (fmt/lang_npm.c).
 * Source: NAME.asar, which Electron looks into as into a folder.
 * Emits: package (npm), its path "outer!/inner"; a note for an archive that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static void manifest(void *arg, struct bytes path, struct bytes content)
{
	lang_npm_within(arg, path, content);
}

static int asar_file(struct inspect *in, const struct entry *en, struct bytes content,
                     struct err *e)
{
	(void)en;
	return asar_walk(content, B("**/package.json"), manifest, in, e);
}

static const char *const paths[] = {"**.asar", NULL};

const struct inspector inspector_asar = {
	.id = "asar",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Archives of Electron",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = INSPECT_FILE_MAX, /* a whole application */
	.file = asar_file,
};
