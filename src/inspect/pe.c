/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pe.c - assemblies of .NET that no list of dependencies speaks of.
 *
 * Format: PE with a CLR header; its version resource (fmt/lang_pe.c).
 * Source: files named *.dll and *.exe.
 * Emits: package (nuget; evidence "binary"), which counts unless a NAME.deps.json beside it lists
 * the file (judge/owned.c); a note for an assembly that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static int pe_file(struct inspect *in, const struct entry *en, struct bytes content, struct err *e)
{
	struct lang_package p;
	int rc = lang_pe(content, path_base(en->path), inspect_arena(in), &p, e);
	if (rc > 0)
		lang_state_as(in, "nuget", &p, EVIDENCE_BINARY);
	return rc < 0 ? -1 : 0;
}

static const char *const paths[] = {"**.dll", "**.exe", "**.DLL", "**.EXE", NULL};

const struct inspector inspector_pe = {
	.id = "pe",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Assemblies of .NET",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = PE_FILE_MAX,
	.file = pe_file,
};
