/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex.h - regular expressions in RE2's syntax, matched in linear time.
 *
 * A pattern becomes a program of at most REGEX_PROGRAM_MAX instructions; a match walks the text
 * once with the set of instructions that are alive, so that no pattern and no text make it slow:
 * steps are at most text times program.  There are no back references and no captures: the question
 * is only whether the pattern is found.  Source: RE2's syntax page; Go's regexp where that is
 * vague.
 *
 * Left out, and refused: \C, scripts such as \p{Greek} (general categories such as \p{Lu} are
 * known).
 */
#ifndef FMT_REGEX_H
#define FMT_REGEX_H

#include "base/base.h"

struct regex;
/* Patterns and texts are UTF-8.  Free with regex_free. */
int regex_compile(struct bytes pattern, struct regex **ret, struct err *e);
void regex_free(struct regex *re);
/* 1: found somewhere in the text, 0: not; -1: more than *steps were needed.  *steps is what is left
 * of them. */
int regex_search(struct regex *re, struct bytes text, uint64_t *steps);

#endif
