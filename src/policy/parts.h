/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parts.h - what the readers of waivers share.  Private to policy/.
 */
#ifndef POLICY_PARTS_H
#define POLICY_PARTS_H

#include "policy/policy.h"

/* A new waiver, `by` set to NAME:LINE; valid until the next. */
struct waiver *waivers_add(struct waivers *w, const char *name, int line);
/* Reads the end of a waiver: the last second it holds.  where: "NAME:LINE" for the error. */
int waivers_until(struct bytes text, const char *where, int64_t *ret, struct err *e);
/* "NAME:LINE:COLUMN" of a member of a mapping read with YAML_MARKS; of the mapping where key is
 * NULL or not there. */
const char *waivers_place(struct waivers *w, const char *name, const json_t *o, const char *key);
/* Fails when one of the members is there and no text (is_filled: or an empty one): a condition that
 * is not understood must not become none. */
int waivers_check_texts(const json_t *o, const char *const texts[], bool is_filled,
                        const char *name, struct err *e);
/* A text member of a mapping, copied into the arena of w; absent when missing. */
struct bytes waivers_text(struct waivers *w, const json_t *o, const char *key);
/* Fails on a member that is not in known (ended by NULL), naming the nearest. */
int waivers_check_keys(const json_t *o, const char *const known[], const char *name, struct err *e);

#endif
