/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vex.h - what suppliers say of findings: documents and repositories of VEX.
 *
 * A finding that the latest statement calls not affected or fixed moves to the suppressed ones,
 * with who said so and why.  Never silently: coverage counts them by document.
 */
#ifndef POLICY_VEX_H
#define POLICY_VEX_H

#include "base/base.h"
#include "model/model.h"

struct vex;
struct vex *vex_new(void);
void vex_free(struct vex *v); /* accepts NULL */
/* Reads a document, or a folder that is a VEX repository: its index.json names for each package the
 * document that speaks of it, read when an image has that package. */
int vex_load(struct vex *v, const char *path, struct err *e);
/* Adds the text of a document that came with the image of r, and speaks of that alone; name is for
 * messages.  The text is copied. */
int vex_add(struct vex *v, const struct report *r, const char *name, struct bytes text,
            struct err *e);
/* Suppresses findings of r.  A document of a repository that cannot be read leaves all of them, and
 * an incomplete row. */
void vex_apply(struct vex *v, struct report *r);

#endif
