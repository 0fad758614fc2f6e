/* SPDX-License-Identifier: Apache-2.0 */
/* owned.h - language packages that a package of the distribution brought.  Private to judge/. */
#ifndef JUDGE_OWNED_H
#define JUDGE_OWNED_H

#include "judge/judge.h"

/* Takes out of the report what lies in files of the distribution's own packages (owners: their
 * names), and says how many.  Its advisories speak of those, and know which holes it closed without
 * a new version. */
void owned_drop(const struct judge_input *in, const struct map *owners, struct report *r);

#endif
