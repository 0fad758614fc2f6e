/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nuget.c - NuGet packages that are installed.
 *
 * Format: fmt/lang_nuget.c.
 * Source: NAME.deps.json beside an application of .NET.
 * Emits: package (nuget); owned (package "nuget") for each assembly that it says lies beside it; a
 * note for a file that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"
#include "inspect/owned.h"

struct beside {
	struct notes notes;
	struct bytes dir;
};

/* A published application has its files in one folder, whatever folder of a package they are from.
 */
static void own(void *arg, struct bytes file)
{
	struct beside *b = arg;
	AUTO_BUF struct buf path;
	if (!lang_is_assembly(file))
		return;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	if (b->dir.n)
		buf_addf(&path, "%.*s/", BYTES_FMT(b->dir));
	buf_add(&path, path_base(file));
	if (!path.overflow)
		owned_add(&b->notes,
		          &(struct fact_owned){.package = B("nuget"), .file = buf_bytes(&path)});
}

static int nuget_file(struct inspect *in, const struct entry *en, struct bytes content,
                      struct err *e)
{
	struct lang_list l = {in, "nuget"};
	struct beside b = {
		.notes = {.in = in, .code = "owned.broken"},
                  .dir = path_dir(en->path)
        };
	if (lang_nuget(content, lang_list_item, &l, e) < 0 ||
	    lang_nuget_files(content, own, &b, e) < 0)
		return -1;
	notes_end(&b.notes);
	return 0;
}

static const char *const paths[] = {"**.deps.json", NULL};

const struct inspector inspector_nuget = {
	.id = "nuget",
	.version = 3, /* bump when output changes: it is part of the cache key */
	.title = "NuGet packages",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LANG_LIST_MAX,
	.file = nuget_file,
};
