/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parts.h - what the readers of waivers share.  Private to policy/.
 */
#ifndef POLICY_PARTS_H
#define POLICY_PARTS_H

#include "policy/policy.h"

/* Adds v, its `by` set to NAME:LINE; ERR_LIMIT past WAIVERS_MAX and WAIVERS_OPEN_MAX. */
int waivers_add(struct waivers *w, struct waiver v, const char *name, struct yaml_at at,
                struct err *e);
/* Whether a glob has no letters that stand for others. */
bool waivers_is_literal(struct bytes glob);
/* Reads the end of a waiver: the last second it holds.  where: "NAME:LINE" for the error. */
int waivers_until(struct bytes text, const char *where, int64_t *ret, struct err *e);
/* "NAME:LINE:COLUMN" of a member of a mapping read with YAML_MARKS; of the mapping where key is
 * NULL or not there. */
const char *waivers_place(struct waivers *w, const char *name, const json_t *o, const char *key);
/* Fails when one of the members is there and no text: a condition that is not understood must not
 * become none.  is_filled: or one that is empty, has blanks around it or hidden characters (of a
 * reason: is blank): a name that looks like another, a pattern that matches nothing. */
int waivers_check_texts(const json_t *o, const char *const texts[], bool is_filled,
                        const char *name, struct err *e);
/* A text member of a mapping, copied into the arena of w; absent when missing. */
struct bytes waivers_text(struct waivers *w, const json_t *o, const char *key);
/* Fails on a member that is not in known (ended by NULL), naming the nearest. */
int waivers_check_keys(const json_t *o, const char *const known[], const char *name, struct err *e);

#endif
