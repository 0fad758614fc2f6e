/* SPDX-License-Identifier: Apache-2.0 */
/*
 * locks.h - what lock files name beside what is installed, and who needs whom.  Private to judge/.
 *
 * A lock file whose packages are installed for the most part says nothing new: what it names beyond
 * them is known to be absent (docs/adr/016-lock-files-beside-what-is-installed.md).
 */
#ifndef JUDGE_LOCKS_H
#define JUDGE_LOCKS_H

#include "judge/judge.h"

struct locks; /* opaque */

struct locks *locks_new(struct report *r);
void locks_free(struct locks *l);
/* A package that a lock file names; is_installed: and that was found installed.  Copies path. */
void locks_see(struct locks *l, struct bytes path, enum package_scope scope, bool is_installed);
/* What f, shown in the image as purl, says that it needs.  Keeps purl, copies the rest. */
void locks_need(struct locks *l, struct bytes purl, const struct fact_package *f);
/* Once all packages are in the report: marks the absent ones, resolves what is needed. */
void locks_settle(struct locks *l);

#endif
