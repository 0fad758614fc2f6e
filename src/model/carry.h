/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carry.h - what a bill of materials has to carry so that it can be judged like the image it was
 * made of, and for which its format has no place: pairs of a key and text.
 *
 * Writers put "assay:" before a key and make it a property or an annotation; readers give the pairs
 * back.  Keys are contract: never renamed.
 */
#ifndef MODEL_CARRY_H
#define MODEL_CARRY_H

#include "model/report.h"

typedef void carry_fn(void *arg, const char *key, struct bytes value);

/* Calls put for each pair that says something, in a fixed order; numbers are made in a. */
void carry_package(const struct package *p, struct arena *a, carry_fn *put, void *arg);
/* The same for the image, its system, its layers and what of it could not be read. */
void carry_report(const struct report *r, struct arena *a, carry_fn *put, void *arg);

/* The same for a file, but for its path and digests, which every format has a place for. */
void carry_file(const struct report_file *f, struct arena *a, carry_fn *put, void *arg);

/* Takes a pair (without "assay:") over; false: an unknown key, or no value of that key's. */
bool carry_set_package(struct report *r, struct package *p, struct bytes key, struct bytes value);
bool carry_set_file(struct report *r, struct report_file *f, struct bytes key, struct bytes value);
bool carry_set_report(struct report *r, struct bytes key, struct bytes value);

#endif
