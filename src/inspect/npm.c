/* SPDX-License-Identifier: Apache-2.0 */
/*
 * npm.c - packages that npm, yarn or pnpm installed.
 *
 * Format: package.json (fmt/lang_npm.c).
 * Source: node_modules/NAME/package.json and node_modules/@SCOPE/NAME/package.json at any depth;
 * what lies deeper in a package (tests, builds for other module systems) is no package.
 * Emits: package (npm); a note for a package.json that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static int npm_file(struct inspect *in, const struct entry *en, struct bytes content, struct err *e)
{
	(void)en;
	struct lang_package p;
	int rc = lang_npm(content, inspect_arena(in), &p, e);
	if (rc > 0)
		lang_state(in, "npm", &p);
	return rc < 0 ? -1 : 0;
}

static const char *const paths[] = {
	"**/node_modules/*/package.json",
	"**/node_modules/@*/*/package.json",
	NULL,
};

const struct inspector inspector_npm = {
	.id = "npm",
	.version = 2, /* bump when output changes: it is part of the cache key */
	.title = "npm packages",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = MIB(8), /* LANG_MANIFEST_MAX */
	.file = npm_file,
};
