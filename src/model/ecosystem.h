/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ecosystem.h - package types that are a language's and not a distribution's, and how each writes
 * its names.
 *
 * A fact holds a name as the ecosystem writes it ("@scope/name", "group:artifact"); a package URL
 * wants it in two parts.
 */
#ifndef MODEL_ECOSYSTEM_H
#define MODEL_ECOSYSTEM_H

#include "base/base.h"

/* Is this package URL type one of a language's packages? */
bool ecosystem_is_language(struct bytes type);
/* Cuts a name as the type writes it; without a namespace *ret_ns is absent. */
void ecosystem_split(struct bytes type, struct bytes name, struct bytes *ret_ns,
                     struct bytes *ret_name);
/* The name as the type writes it; the inverse of ecosystem_split. */
struct bytes ecosystem_join(struct bytes type, struct bytes ns, struct bytes name, struct arena *a);

#endif
