/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clam.h - content on its way to clamd: a confined worker gives it to a relay, a process of its own
 * that can reach sockets of this machine by path and nothing else, and says INSTREAM and VERSION
 * alone.  A worker that was taken over cannot say anything else to clamd (SHUTDOWN, SCAN of a
 * path), nor can an image.
 *
 * Worker to relay: u32 length and that many bytes of the file, again and again; length 0 ends the
 * file.  Relay to worker, at the end of each file: enum clam_word, u32 length, text.  Numbers are
 * in the machine's order: both are of one build.
 *
 * Source: clamd(8), "COMMANDS"; clamd.conf(5), StreamMaxLength, AlertExceedsMax.
 */
#ifndef INSPECT_CLAM_H
#define INSPECT_CLAM_H

#include "inspect/inspect.h"

enum { CLAM_TEXT_LEN = 1 << 10 }; /* as much as CLAMD_REPLY_MAX lets through */
enum clam_word { CLAM_CLEAN, CLAM_FOUND, CLAM_ERROR, CLAM_WORD__MAX };

struct clam_answer {
	enum clam_word word;
	char text[CLAM_TEXT_LEN + 1]; /* name of the signature, or what went wrong */
};
/* Reads what clamd says of one stream (without its NUL); anything unknown is CLAM_ERROR, and so is
 * a name that says that a bound of clamd's own was met. */
void clam_read_reply(struct bytes reply, struct clam_answer *ret);

/* ---- the worker's side (clamd.c) ---- */

enum { CLAM_FD = 3 }; /* descriptor of a worker that leads to its relay */

/* ---- the relay (clam_relay.c) ---- */

/* Confines itself, then serves descriptor 0 until its end; the exit status. */
int clam_relay_main(const char *socket);
/* Confines itself and writes clamd's version to standard output; status 1: why there is none. */
int clam_version_main(const char *socket);

#endif
