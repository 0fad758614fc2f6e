/* SPDX-License-Identifier: Apache-2.0 */
/*
 * composer.c - Packages of Composer that are installed.
 *
 * Format: fmt/lang_composer.c.
 * Source: vendor/composer/installed.json and installed.php of an application.
 * Emits: package (composer); a note for a file that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static int composer_file(struct inspect *in, const struct entry *en, struct bytes content,
                         struct err *e)
{
	struct lang_list l = {in, "composer"};
	bool is_php = bytes_ends(en->path, B(".php"));
	int rc = is_php ? lang_composer_php(content, lang_list_item, &l, e)
	                : lang_composer(content, lang_list_item, &l, e);
	return rc < 0 ? -1 : 0;
}

static const char *const paths[] = {"**/vendor/composer/installed.json",
                                    "**/vendor/composer/installed.php", NULL};

const struct inspector inspector_composer = {
	.id = "composer",
	.version = 2, /* bump when output changes: it is part of the cache key */
	.title = "Packages of Composer",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LANG_LIST_MAX,
	.file = composer_file,
};
