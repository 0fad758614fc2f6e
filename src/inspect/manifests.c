/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifests.c - how many manifests of language packages a layer has, by ecosystem.
 *
 * Format: none is read; names alone count.  Source: the documentation of each package manager on
 * where it installs and how it locks.
 * Emits: fact "count" (ecosystem), for the coverage row that says what nobody inventoried.
 */
#include "inspect/inspect.h"

#define ROWS(ROW)                                                                                  \
	ROW("**/package-lock.json", "npm")                                                         \
	ROW("**/npm-shrinkwrap.json", "npm")                                                       \
	ROW("**/yarn.lock", "npm")                                                                 \
	ROW("**/pnpm-lock.yaml", "npm")                                                            \
	ROW("**/bun.lock", "npm")                                                                  \
	ROW("**/requirements.txt", "pypi")                                                         \
	ROW("**/Pipfile.lock", "pypi")                                                             \
	ROW("**/poetry.lock", "pypi")                                                              \
	ROW("**/pdm.lock", "pypi")                                                                 \
	ROW("**/uv.lock", "pypi")                                                                  \
	ROW("**/pom.xml", "maven")                                                                 \
	ROW("**/gradle.lockfile", "maven")                                                         \
	ROW("**/Gemfile.lock", "gem")                                                              \
	ROW("**/composer.lock", "composer")                                                        \
	ROW("**/packages.lock.json", "nuget")                                                      \
	ROW("**/packages.config", "nuget")                                                         \
	ROW("**/go.mod", "golang")                                                                 \
	ROW("**/Cargo.lock", "cargo")                                                              \
	ROW("**/mix.lock", "hex")                                                                  \
	ROW("**/pubspec.lock", "pub")                                                              \
	ROW("**/Package.resolved", "swift")                                                        \
	ROW("**/Podfile.lock", "cocoapods")                                                        \
	ROW("**/conan.lock", "conan")                                                              \
	ROW("**/conda-meta/**.json", "conda")                                                      \
	ROW("**/renv.lock", "cran")

#define PATH_OF(glob, kind) glob,
#define KIND_OF(glob, kind) kind,

const struct inspector inspector_manifests = {
	.id = "manifests",
	.version = 4, /* bump when output changes: it is part of the cache key */
	.title = "Manifests of language packages, counted",
	.paths = (const char *const[]){ROWS(PATH_OF) NULL},
	.kinds = (const char *const[]){ROWS(KIND_OF) NULL},
	.want = INSPECT_COUNT,
};
