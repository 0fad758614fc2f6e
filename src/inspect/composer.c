/* SPDX-License-Identifier: Apache-2.0 */
/*
 * composer.c - Packages of Composer that are installed.
 *
 * Format: fmt/lang_composer.c.
 * Source: vendor/composer/installed.json of an application.
 * Emits: package (composer); a note for a file that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static int composer_file(struct inspect *in, const struct entry *en, struct bytes content,
                         struct err *e)
{
	(void)en;
	struct lang_list l = {in, "composer"};
	return lang_composer(content, lang_list_item, &l, e) < 0 ? -1 : 0;
}

static const char *const paths[] = {"**/vendor/composer/installed.json", NULL};

const struct inspector inspector_composer = {
	.id = "composer",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Packages of Composer",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LANG_LIST_MAX,
	.file = composer_file,
};
