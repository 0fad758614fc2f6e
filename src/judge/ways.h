/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ways.h - the ways from the user that an image runs as to root.  Private to judge/.
 */
#ifndef JUDGE_WAYS_H
#define JUDGE_WAYS_H

#include "judge/actor.h"

struct ways {
	size_t n;               /* that need no flaw in a program */
	struct bytes_list text; /* one sentence each */
	size_t n_setuid; /* programs of root's that the user can start: a flaw in one is a way */
	struct bytes_list setuid;
};

/* Finds them; texts go to the arena of r. */
void ways_find(const struct judge_input *in, const struct actor *a, struct report *r,
               struct ways *ret);

/* r->image.user.writable: what the user may write. */
void judge_writable(const struct judge_input *in, const struct actor *a, struct report *r);

#endif
