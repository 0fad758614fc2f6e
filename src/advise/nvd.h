/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nvd.h - NVD's configurations: which products, by CPE name, a vulnerability concerns.  Private to
 * advise/.
 *
 * Namespace "nvd", package "vendor:product".  They are asked for programs and libraries alone that
 * no package manager put there and that have a CPE name (language.c, language_ask).
 */
#ifndef ADVISE_NVD_H
#define ADVISE_NVD_H

#include "advise/feed.h"

#define NVD_NS "nvd"

/* Puts what the configurations of one vulnerability say: of the API 2.0 a list, of the feeds 1.1 an
 * object with "nodes". */
int nvd_configurations(struct feed_sink *s, struct bytes id, int64_t modified_s, const json_t *list,
                       struct err *e);
/* The system that a word of a CPE name means ("macos" is "darwin"); absent: it is none, or Linux.
 */
struct bytes nvd_system(struct bytes word);

/* Is there what the fault needs beside the product?  needs: as advisory.h has it. */
bool nvd_needs_met(const struct report *r, struct bytes needs);

#endif
