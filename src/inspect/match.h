/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - which inspectors want a path: the globs of all of them, asked at once.
 */
#ifndef INSPECT_MATCH_H
#define INSPECT_MATCH_H

#include "inspect/inspect.h"

struct matcher; /* opaque: globs filed under the one part of a path that is literal in them */

struct hit {
	const struct inspector *inspector;
	unsigned glob; /* index into its paths: the first that matches */
};

/* Copies nothing: the list must outlive the matcher. */
struct matcher *matcher_new(const struct inspector *const *list);
void matcher_free(struct matcher *m);
/* Writes at most max hits, one per inspector, in the order of the list; returns how many. */
size_t matcher_find(const struct matcher *m, struct bytes path, struct hit *ret, size_t max);

#endif
