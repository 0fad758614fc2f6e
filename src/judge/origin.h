/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin.h - who made a package: the distribution, or somebody else.  Private to judge/.
 */
#ifndef JUDGE_ORIGIN_H
#define JUDGE_ORIGIN_H

#include "base/base.h"
#include "model/model.h"

/* True when the database says that f is not from the distribution os_id itself, whose advisories
 * then do not speak of it.  False where it does not tell. */
bool origin_is_foreign(struct bytes os_id, const struct fact_package *f);

#endif
