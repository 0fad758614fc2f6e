/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owned.h - what inspectors of package databases share: clean paths, and notes that do not drown
 * everything else.
 */
#ifndef INSPECT_OWNED_H
#define INSPECT_OWNED_H

#include "inspect/inspect.h"

/* Notes about one file: the first INSPECT_NOTES_MAX each, the others counted. */
struct notes {
	struct inspect *in;
	const char *code;
	uint64_t n;
};

/* A note that names what is broken: "WHAT: MESSAGE OF e". */
void notes_add(struct notes *n, const char *what, const struct err *e);
/* Says how many were left out, if any. */
void notes_end(struct notes *n);

/* States that f->package owns f->file; a path that is not clean is cleaned, and one that leaves the
 * root becomes a note.  The root itself is nobody's and left out. */
void owned_add(struct notes *n, const struct fact_owned *f);

#endif
