/* SPDX-License-Identifier: Apache-2.0 */
/* lang.h - what inspectors of language packages share. */
#ifndef INSPECT_LANG_H
#define INSPECT_LANG_H

#include "inspect/inspect.h"

/* States the package. */
void lang_state(struct inspect *in, const char *type, const struct lang_package *p);

/* The same, known by this evidence. */
void lang_state_as(struct inspect *in, const char *type, const struct lang_package *p,
                   enum evidence evidence);

/* The same, of a file `inner` within the archive `outer`. */
void lang_state_within(struct inspect *in, const char *type, const struct lang_package *p,
                       struct bytes outer, struct bytes inner);

/* A package.json at that path within the archive at work, as one at such a path of the image. */
void lang_npm_within(struct inspect *in, struct bytes inner, struct bytes content);

/* Where a reader of many packages puts each. */
struct lang_list {
	struct inspect *in;
	const char *type;
};
/* A lang_fn; arg: struct lang_list. */
void lang_list_item(void *arg, const struct lang_package *p);

/* Is it called as assemblies of .NET are? */
bool lang_is_assembly(struct bytes path);

/* Would the inspector of lock files read a file of this path? */
bool lang_is_lock(struct bytes path);

#endif
