/* SPDX-License-Identifier: Apache-2.0 */
/* lang.h - what inspectors of language packages share. */
#ifndef INSPECT_LANG_H
#define INSPECT_LANG_H

#include "inspect/inspect.h"

/* States the package. */
void lang_state(struct inspect *in, const char *type, const struct lang_package *p);

#endif
