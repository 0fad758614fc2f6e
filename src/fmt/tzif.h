/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tzif.h - a file of the time zone database: the offset from UTC at a time.
 */
#ifndef FMT_TZIF_H
#define FMT_TZIF_H

#include "base/base.h"

/* Seconds east of UTC at the time; ERR_FORMAT for what is no such file.  Source: RFC 8536. */
int tzif_offset(struct bytes file, int64_t at_s, int64_t *ret, struct err *e);

#endif
