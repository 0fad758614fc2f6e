/* SPDX-License-Identifier: Apache-2.0 */
/*
 * severity.h - whose word on severity counts (severity.c).  Private to advise/; the list itself is
 * read by severity_order_parse() of advise.h.
 */
#ifndef ADVISE_SEVERITY_H
#define ADVISE_SEVERITY_H

#include "advise/match.h"

/* Gives each vulnerability of r the severity of the first source of o that has a word on it, and
 * none where no source has; base has index and order of feeds. */
int severity_choose(struct report *r, const struct match_walk *base, const struct severity_order *o,
                    struct err *e);

#endif
