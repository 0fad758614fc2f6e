/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made.h - which step of the history made a layer, and whether it says that it put a file there.
 * Private to judge/.
 *
 * The history was written by whoever built the image: what it says is a claim, as what the package
 * database says is.
 */
#ifndef JUDGE_MADE_H
#define JUDGE_MADE_H

#include "judge/seen.h"

enum made_how {
	MADE_UNTOLD, /* the history does not tell how the layer was made, or not in a known form */
	MADE_ELSEWHERE, /* COPY or ADD to another place: not what made this file */
	MADE_WITHIN,    /* a command, which may have made anything, or a place that is not known */
	MADE_NAMED,     /* COPY or ADD there, or a command that names the file */
};
struct made_step {
	size_t at; /* entry of the history from 1; 0: none */
	struct history_step step;
	struct bytes place; /* of COPY and ADD: clean path; absent: not known */
	bool has_place;
};

/* One per layer, in the arena. */
struct made_step *made_steps(const struct judge_input *in, const struct seen_links *links,
                             struct arena *a);
enum made_how made_how(const struct made_step *s, struct bytes path);
/* "step 3 of the history put it there: COPY app /srv"; shown is the step without secrets.  "": not
 * told. */
const char *made_text(const struct made_step *s, enum made_how how, struct bytes shown,
                      struct arena *a);

#endif
