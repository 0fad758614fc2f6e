/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fill.h - parts of a report that come from the source.  Private to flow/.
 */
#ifndef FLOW_FILL_H
#define FLOW_FILL_H

#include "flow/flow.h"

/* config, and image.user.declared; c NULL: a bare root file system. */
void flow_fill_config(const struct oci_config *c, struct report *r);

#endif
