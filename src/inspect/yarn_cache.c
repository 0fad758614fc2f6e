/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yarn_cache.c - npm packages that Yarn leaves in their archives and loads from there
 * (Plug'n'Play).
 *
 * Format: ZIP (fmt/zip.h) with node_modules/NAME/package.json (fmt/lang_npm.c).
 * Source: yarnpkg.com, "Plug'n'Play" and "cacheFolder": .yarn/cache of a project, .yarn/berry/cache
 * of a user.
 * Emits: package (npm), its path "outer!/inner"; a note for an archive that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static bool is_manifest(struct bytes name) { return bytes_glob(B("**/package.json"), name); }

static int take(void *arg, struct bytes name, struct bytes content, struct err *e)
{
	(void)e;
	lang_npm_within(arg, name, content);
	return 0;
}

static int yarn_cache_file(struct inspect *in, const struct entry *en, struct bytes content,
                           struct err *e)
{
	(void)en;
	return zip_pick(content,
	                &(struct zip_pick){.wants = is_manifest,
	                                   .max = (size_t)LANG_MANIFEST_MAX,
	                                   .take = take,
	                                   .arg = in},
	                e);
}

static const char *const paths[] = {"**/.yarn/cache/*.zip", "**/.yarn/berry/cache/*.zip", NULL};

const struct inspector inspector_yarn_cache = {
	.id = "yarn-cache",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Archives of Yarn",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = JAR_NESTED_MAX, /* more than any package needs */
	.file = yarn_cache_file,
};
