/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nuget.c - NuGet packages that are installed.
 *
 * Format: fmt/lang_nuget.c.
 * Source: NAME.deps.json beside an application of .NET.
 * Emits: package (nuget); a note for a file that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static int nuget_file(struct inspect *in, const struct entry *en, struct bytes content,
                      struct err *e)
{
	(void)en;
	struct lang_list l = {in, "nuget"};
	return lang_nuget(content, lang_list_item, &l, e) < 0 ? -1 : 0;
}

static const char *const paths[] = {"**.deps.json", NULL};

const struct inspector inspector_nuget = {
	.id = "nuget",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "NuGet packages",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = MIB(32),
	.file = nuget_file,
};
