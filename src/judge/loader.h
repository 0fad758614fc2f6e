/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader.h - where the dynamic loader finds a library in the image.  Private to judge/.
 *
 * Source: ld.so(8); ldconfig(8); musl's dynlink.c for its folders and the names it has inside.
 */
#ifndef JUDGE_LOADER_H
#define JUDGE_LOADER_H

#include "judge/actor.h"

struct loader {
	const struct judge_input *in;
	struct arena *a;
	struct bytes *folders; /* as they stand in files and in LD_LIBRARY_PATH */
	size_t n, cap;
	struct map *names; /* of libraries that were looked for → struct bytes, absent: nowhere */
	struct map *files; /* last part of the path, and the soname, of every library there is */
};

/* Reads what the image says of folders; names come by loader_add.  The arena is the caller's. */
void loader_init(struct loader *l, const struct judge_input *in, struct arena *a);
void loader_fini(struct loader *l);
void loader_add(struct loader *l, const struct fact_binary *f);
/* The clean real path of the library that f needs by this name; absent: the loader does not find
 * it.  What it has of its own, and what the host gives (its drivers), is at "". */
struct bytes loader_find(struct loader *l, const struct fact_binary *f, struct bytes name);
/* Can f be loaded as far as this name goes?  A library may have been loaded by whoever loads f,
 * from a folder that f does not know: then any file of the name is enough. */
bool loader_has(struct loader *l, const struct fact_binary *f, struct bytes name);

#endif
