/* SPDX-License-Identifier: Apache-2.0 */
/* report_parts.h - what the files that read reports share.  Private to model/. */
#ifndef MODEL_REPORT_PARTS_H
#define MODEL_REPORT_PARTS_H

#include "model/model.h"

/* Whether every member of the report that is known is of its kind; the error names the one that is
 * not, and where in text it stands.  o is an object. */
int report_check_kinds(const struct jnode *o, struct bytes text, const char *name, struct err *e);

#endif
