/* SPDX-License-Identifier: Apache-2.0 */
/*
 * locks.c - lock files and manifests: what an application was resolved, or declared, to be made of.
 *
 * Format: a reader each (fmt/lock.h).
 * Source: where each package manager writes it; not within the trees of packages that are
 * installed (node_modules, site-packages, vendor), where such a file is a left-over of somebody
 * else's development, nor the pom.xml of an unpacked archive, whose libraries lie beside it.
 * Emits: package (evidence "lock"); count "unpinned" of entries without an exact version; a note
 * for a file that cannot be read to its end.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

#define ROWS(ROW)                                                                                  \
	ROW("**/package-lock.json", "npm", lock_npm)                                               \
	ROW("**/npm-shrinkwrap.json", "npm", lock_npm)                                             \
	ROW("**/yarn.lock", "npm", lock_yarn)                                                      \
	ROW("**/pnpm-lock.yaml", "npm", lock_pnpm)                                                 \
	ROW("**/bun.lock", "npm", lock_bun)                                                        \
	ROW("**/deno.lock", "npm", lock_deno)                                                      \
	ROW("**/Pipfile.lock", "pypi", lock_pipfile)                                               \
	ROW("**/poetry.lock", "pypi", lock_python_toml)                                            \
	ROW("**/pdm.lock", "pypi", lock_python_toml)                                               \
	ROW("**/uv.lock", "pypi", lock_python_toml)                                                \
	ROW("**/pylock.toml", "pypi", lock_python_toml)                                            \
	ROW("**/pylock.*.toml", "pypi", lock_python_toml)                                          \
	ROW("**/requirements*.txt", "pypi", lock_requirements)                                     \
	ROW("**/requirements/*.txt", "pypi", lock_requirements)                                    \
	ROW("**/environment.yaml", "conda", lock_conda)                                            \
	ROW("**/environment.yml", "conda", lock_conda)                                             \
	ROW("**/Cargo.lock", "cargo", lock_cargo)                                                  \
	ROW("**/Manifest.toml", "julia", lock_julia)                                               \
	ROW("**/JuliaManifest.toml", "julia", lock_julia)                                          \
	ROW("**/pom.xml", "maven", lock_pom)                                                       \
	ROW("**/gradle.lockfile", "maven", lock_gradle)                                            \
	ROW("**/buildscript-gradle.lockfile", "maven", lock_gradle)                                \
	ROW("**/gradle/verification-metadata.xml", "maven", lock_gradle_verify)                    \
	ROW("**/gradle/libs.versions.toml", "maven", lock_gradle_catalog)                          \
	ROW("**/build.sbt.lock", "maven", lock_sbt)                                                \
	ROW("**/Gemfile.lock", "gem", lock_gemfile)                                                \
	ROW("**/gems.locked", "gem", lock_gemfile)                                                 \
	ROW("**/composer.lock", "composer", lock_composer)                                         \
	ROW("**/packages.lock.json", "nuget", lock_nuget)                                          \
	ROW("**/project.assets.json", "nuget", lock_nuget_assets)                                  \
	ROW("**/packages.config", "nuget", lock_nuget_config)                                      \
	ROW("**ackages.props", "nuget", lock_nuget_project)                                        \
	ROW("**.csproj", "nuget", lock_nuget_project)                                              \
	ROW("**/paket.lock", "nuget", lock_paket)                                                  \
	ROW("**/pubspec.lock", "pub", lock_pub)                                                    \
	ROW("**/mix.lock", "hex", lock_mix)                                                        \
	ROW("**/rebar.lock", "hex", lock_rebar)                                                    \
	ROW("**/Package.resolved", "swift", lock_swift)                                            \
	ROW("**/.package.resolved", "swift", lock_swift)                                           \
	ROW("**/Podfile.lock", "cocoapods", lock_podfile)                                          \
	ROW("**/conan.lock", "conan", lock_conan)                                                  \
	ROW("**/renv.lock", "cran", lock_renv)                                                     \
	ROW("**/cabal.project.freeze", "hackage", lock_cabal)                                      \
	ROW("**/stack.yaml.lock", "hackage", lock_stack)

#define PATH_OF(glob, type, reader) glob,
#define ROW_OF(glob, type, reader)  {glob, type, reader},

static const struct row {
	const char *glob, *type;
	lock_reader *read;
} rows[] = {ROWS(ROW_OF)};

static const struct row *row_of(struct bytes path)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes glob = bytes_str(rows[i].glob);
		if (bytes_glob(glob, path) || bytes_glob(bytes_skip(glob, 3), path))
			return &rows[i];
	}
	return NULL;
}

bool lang_is_lock(struct bytes path) { return row_of(path) != NULL; }

struct at {
	struct inspect *in;
	const char *type;
};

static void package(void *arg, const struct lang_package *p)
{
	const struct at *at = arg;
	lang_state_as(at->in, at->type, p, EVIDENCE_LOCK);
}

static int locks_file(struct inspect *in, const struct entry *en, struct bytes content,
                      struct err *e)
{
	const struct row *r = row_of(en->path);
	if (!r || lang_is_in_tree(en->path) || bytes_search(en->path, B("META-INF/maven/")) >= 0)
		return 0;
	struct lock_out o;
	struct at at = {in, r->type};
	lock_out_init(&o, package, &at);
	int rc = r->read(content, &o, e);
	if (o.unpinned)
		inspect_count(in, B("unpinned"), o.unpinned);
	lock_out_fini(&o);
	return rc < 0 ? -1 : 0;
}

static const char *const paths[] = {ROWS(PATH_OF) NULL};

const struct inspector inspector_locks = {
	.id = "locks",
	.version = 3, /* bump when output changes: it is part of the cache key */
	.title = "Lock files and manifests",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LANG_LIST_MAX,
	.file = locks_file,
};
