/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.h - what an image's history says of how a layer was made.
 *
 * created_by is free text; these are the forms that builders write.  The classic one is
 * "/bin/sh -c #(nop) CMD [...]" for what is no command, and "/bin/sh -c TEXT", with
 * "|2 A=x B=y " before it where build arguments were set, for RUN.  BuildKit writes the
 * Dockerfile's line and " # buildkit".  Source: moby builder/dockerfile/dispatchers.go and buildkit
 * frontend/dockerfile/dockerfile2llb, by what they leave in real images.
 */
#ifndef FMT_HISTORY_H
#define FMT_HISTORY_H

#include "base/base.h"

struct history_step {
	struct bytes instruction; /* "RUN", "ADD", ...; absent when the text has no known form */
	struct bytes text;        /* its arguments; of RUN what the shell is given */
};

/* Slices into created_by.  Never fails. */
struct history_step history_step(struct bytes created_by);

/* One simple command of a shell's text.  Quotes are taken off a word that is quoted as a whole;
 * nothing is expanded.  Source: POSIX.1-2017 XCU 2.9, as far as a reader can tell without running
 * it. */
struct shell_command {
	struct bytes words[SHELL_WORDS_MAX];
	size_t n;
	bool is_piped; /* it reads what the command before it wrote */
};

/* Takes the next command off *rest, without words that only steer the shell (if, then, do, !, {)
 * and without assignments before the program; false at the end. */
bool shell_next(struct bytes *rest, struct shell_command *ret);
/* The program's name without its folder; what sudo, env, exec and the like start is the program. */
struct bytes shell_program(const struct shell_command *c, size_t *ret_at);
/* Is word one of the command's, after its program? */
bool shell_has(const struct shell_command *c, struct bytes word);

#endif
