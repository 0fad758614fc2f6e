/* SPDX-License-Identifier: Apache-2.0 */
/* jars.h - names of Java archives by their digest.  Private to judge/. */
#ifndef JUDGE_JARS_H
#define JUDGE_JARS_H

#include "judge/judge.h"

/* The package as the list of digests names it, where the jar itself is only guessed at; else as it
 * is. */
void jars_rename(const struct judge_input *in, struct arena *a, struct fact_package *f);
/* What an archive without a name is, by the setting that its inspector leaves; false: not known. */
bool jars_name(const struct judge_input *in, struct arena *a, const struct fact_setting *s,
               struct fact_package *ret);

#endif
