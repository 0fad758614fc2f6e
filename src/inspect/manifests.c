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
	ROW("**/bun.lockb", "npm")                                                                 \
	ROW("**/cpanfile.snapshot", "cpan")                                                        \
	ROW("**/flake.lock", "nix")

#define PATH_OF(glob, kind) glob,
#define KIND_OF(glob, kind) kind,

const struct inspector inspector_manifests = {
	.id = "manifests",
	.version = 6, /* bump when output changes: it is part of the cache key */
	.title = "Manifests of language packages, counted",
	.paths = (const char *const[]){ROWS(PATH_OF) NULL},
	.kinds = (const char *const[]){ROWS(KIND_OF) NULL},
	.want = INSPECT_COUNT,
};
