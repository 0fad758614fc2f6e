/* SPDX-License-Identifier: Apache-2.0 */
/*
 * actor.h - the user that the image's process runs as, and what the modes of files let it do.
 * Private to judge/.
 *
 * Source: inode(7), "The file type and mode"; path_resolution(7), "Permissions".
 */
#ifndef JUDGE_ACTOR_H
#define JUDGE_ACTOR_H

#include "judge/seen.h"

struct actor {
	uint32_t uid, gid;
	struct bytes name; /* absent: the number has no account */
	struct {
		uint32_t gid;
		struct bytes name;
	} groups[ACTOR_GROUPS_MAX]; /* by /etc/group: what a runtime adds for a user */
	size_t n_groups;
	bool is_cut; /* it is in more groups */
};

void actor_init(const struct judge_input *in, uint32_t uid, uint32_t gid, struct actor *ret);
/* Is it a member of the group of that name? */
bool actor_is_in(const struct actor *a, struct bytes group);
bool actor_may_write(const struct actor *a, const struct entry *en);
bool actor_may_run(const struct actor *a, const struct entry *en);
/* What stands at path, links followed. */
bool actor_look(const struct judge_input *in, struct bytes path, struct buf *real,
                struct entry *ret, size_t *ret_layer);
/* May it change what path names: the file there, or an entry of a folder on the way?  Of a folder
 * with the sticky bit it may change only what is its own.  The path of what it may write goes to
 * ret_where (an arena of the caller's). */
bool actor_may_replace(const struct judge_input *in, const struct actor *a, struct bytes path,
                       struct buf *ret_where);

/* PATH of the image's process, or what runtimes take where none is set. */
struct bytes start_path(const struct report *r);
/* Where the program of that name is, a path or found by PATH; false: nowhere. */
bool start_find(const struct judge_input *in, const struct report *r, struct bytes name,
                struct buf *ret);

#endif
