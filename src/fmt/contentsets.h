/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contentsets.h - content manifests: the repositories that a Red Hat image was built from.
 */
#ifndef FMT_CONTENTSETS_H
#define FMT_CONTENTSETS_H

#include "base/base.h"

/* Names of content sets, in the order of the manifest, each of printable bytes and at most
 * CONTENT_SET_LEN_MAX long; at most CONTENT_SETS_MAX. */
typedef void content_set_fn(void *arg, struct bytes name);
/* Gives each content set of a manifest.  A JSON object without content sets gives none.  -1: it is
 * no JSON object, or breaks a bound; nothing was given then. */
int content_sets_read(struct bytes text, content_set_fn *fn, void *arg, struct err *e);

#endif
