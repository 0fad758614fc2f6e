/* SPDX-License-Identifier: Apache-2.0 */
/* lang_jar_parts.h - what lang_jar.c and lang_jar_group.c share. */
#ifndef FMT_LANG_JAR_PARTS_H
#define FMT_LANG_JAR_PARTS_H

#include "fmt/lang.h"

/* What a jar shows of itself; each may be absent but the artifact. */
struct jar_hints {
	struct bytes artifact, version; /* as they are told */
	struct bytes classes;           /* folder that they share */
	struct bytes title, vendor_id;  /* of the manifest, as they stand there */
	struct bytes symbolic, module, extension;
};

/* The group, or the artifact where nothing tells it; takes a group that the file is called by too
 * off the artifact. */
struct bytes lang_jar_group(struct jar_hints *h, struct arena *a);

#endif
