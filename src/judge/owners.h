/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owners.h - which packages say that a file is theirs.  Private to judge/.
 *
 * Databases name files as before /usr was merged, and by the name that they had before a diversion
 * moved them (dpkg-divert(1)): a file is asked for by every name that it may have there.
 */
#ifndef JUDGE_OWNERS_H
#define JUDGE_OWNERS_H

#include "judge/judge.h"

struct owners;

/* What the image says of links in its root and of diversions.  in must outlive it. */
struct owners *owners_new(const struct judge_input *in);
void owners_free(struct owners *o); /* accepts NULL */
void auto_owners(struct owners **o);
#define AUTO_OWNERS __attribute__((cleanup(auto_owners)))

struct owner {
	struct fact_owned f;
	size_t layer;  /* that the statement lies in */
	bool is_shown; /* the image shows the file that states it */
};
/* Gives fn every statement that path is a package's, from the lowest layer up; fn returns false to
 * stop.  path: clean, as the image shows it. */
void owners_of(const struct owners *o, struct bytes path,
               bool (*fn)(void *arg, const struct owner *owner), void *arg);

#endif
