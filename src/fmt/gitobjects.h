/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitobjects.h - the objects of a git repository as the bytes go by: packs, and loose objects.
 *
 * Of a delta what it inserts is given, a line feed in the place of each run that it copies: the
 * copied text is that of another object.  Trees are gone over, they hold names alone.
 *
 * Source: git's gitformat-pack(5); "Git Internals - Git Objects" for loose objects.
 */
#ifndef FMT_GITOBJECTS_H
#define FMT_GITOBJECTS_H

#include "base/base.h"

struct git_objects;

/* What is found; each may stop the reading by -1. */
struct git_events {
	void *arg;
	/* An object begins: "blob", "commit", "tag" or "delta", at that byte of the pack (of a
	 * loose one 0). */
	int (*object)(void *arg, const char *kind, uint64_t at, struct err *e);
	int (*data)(void *arg, struct bytes piece, struct err *e);
	int (*end)(void *arg, struct err *e);
};

enum git_form { GIT_NONE, GIT_PACK, GIT_LOOSE };
/* Which of them a file is: a pack by its first 8 bytes, of version 2 or 3, a loose object by its
 * path (objects/XX/ and the rest of a digest in hex) and first bytes. */
enum git_form git_form(struct bytes path, struct bytes head);

/* Inflates max bytes at most. */
struct git_objects *git_objects_new(enum git_form form, const struct git_events *ev, uint64_t max);
/* ERR_FORMAT says what is broken at which byte, ERR_LIMIT that there is more than max; what the
 * events gave goes on as it is.  Nothing more may be pushed then. */
int git_objects_push(struct git_objects *g, struct bytes piece, struct err *e);
/* After the last byte: -1 where objects are missing or one is cut short. */
int git_objects_end(struct git_objects *g, struct err *e);
void git_objects_free(struct git_objects *g); /* accepts NULL */

#endif
