/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reel.h - a tar pulled member by member, from a file that can seek or as it flows by.  Private
 * to source/.
 */
#ifndef SOURCE_REEL_H
#define SOURCE_REEL_H

#include "source/parts.h"

struct reel;

/* fd stays the caller's. */
int reel_open_file(int fd, uint64_t size, struct reel **ret, struct err *e);
/* The archive of s from its beginning: s->stream, or an inflater for s->fd. */
int reel_open_flow(struct source *s, struct reel **ret, struct err *e);
void reel_close(struct reel *r); /* accepts NULL */
/* Goes to the next member, over what is left of this one: 1, 0 at the end, -1. */
int reel_step(struct reel *r, struct err *e);
const struct tar_member *reel_member(const struct reel *r); /* good until the next step */
/* Bytes of the member at hand; 0 at its end. */
ssize_t reel_data(struct reel *r, void *p, size_t n, struct err *e);
/* After the last step: what follows the archive is read too, and the inflater must have ended well.
 */
int reel_end(struct reel *r, struct err *e);
/* Bytes [offset, offset + size) of such an archive. */
int reel_open_part(struct source *s, uint64_t offset, uint64_t size, struct source_stream *ret,
                   struct err *e);
/* The file of that (clean) name in it: for an archive that is made anew each time. */
int reel_open_named(struct source *s, struct bytes name, struct source_stream *ret, struct err *e);

#endif
