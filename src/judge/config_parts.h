/* SPDX-License-Identifier: Apache-2.0 */
/* config_parts.h - the parts that judge_config is made of.  Private to judge/. */
#ifndef JUDGE_CONFIG_PARTS_H
#define JUDGE_CONFIG_PARTS_H

#include "judge/judge.h"

/* The commands of the history: what a builder ran. */
void judge_steps(const struct judge_input *in, struct report *r);
/* Programs, caches and working folders that no service needs, with the bytes they cost. */
void judge_surface(const struct judge_input *in, struct report *r);

#endif
