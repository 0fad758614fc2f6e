/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copyright.c - licences of Debian's packages, which dpkg's database does not name.
 *
 * Format: fmt/copyright.h.
 * Source: usr/share/doc/PACKAGE/copyright.
 * Emits: setting "license" (the folder's name; a licence each); a note "license.cut" where there
 * are more than are read.
 */
#include "inspect/inspect.h"

struct at {
	struct inspect *in;
	struct bytes package;
};

static void license(void *arg, struct bytes text)
{
	const struct at *at = arg;
	inspect_setting(at->in, &(struct fact_setting){
					.what = B("license"), .name = at->package, .value = text});
}

static int copyright_file(struct inspect *in, const struct entry *en, struct bytes content,
                          struct err *e)
{
	struct at at = {in, path_base(path_dir(en->path))};
	if (copyright_licenses(content, license, &at, e) < 0)
		inspect_note(in, "license.cut", "%s", e->msg);
	return 0;
}

static const char *const paths[] = {"usr/share/doc/*/copyright", NULL};

const struct inspector inspector_copyright = {
	.id = "copyright",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Licences of Debian packages",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = COPYRIGHT_MAX,
	.file = copyright_file,
};
