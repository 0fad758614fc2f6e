/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gem.c - Ruby gems that are installed.
 *
 * Format: fmt/lang_gem.c.
 * Source: specifications/NAME.gemspec and specifications/default/NAME.gemspec of a gem folder.
 * Emits: package (gem); a note for a file that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static int gem_file(struct inspect *in, const struct entry *en, struct bytes content, struct err *e)
{
	(void)en;
	struct lang_package p;
	if (lang_gem(content, inspect_arena(in), &p, e) < 0)
		return -1;
	lang_state(in, "gem", &p);
	return 0;
}

static const char *const paths[] = {"**/specifications/*.gemspec",
                                    "**/specifications/default/*.gemspec", NULL};

const struct inspector inspector_gem = {
	.id = "gem",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Ruby gems",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LANG_MANIFEST_MAX,
	.file = gem_file,
};
