/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarout.h - headers of the tar that dir.c makes.  Private to source/.
 */
#ifndef SOURCE_TAROUT_H
#define SOURCE_TAROUT_H

#include "base/base.h"

struct tarout {
	struct bytes path, link;
	char type; /* as in the header: '0' file, '2' link, '3' '4' devices, '5' folder, '6' pipe */
	uint32_t mode, uid, gid, dev_major, dev_minor;
	uint64_t size;
	struct bytes caps; /* raw security.capability, absent when none */
};

/* Appends the header blocks: ustar, with a pax header before it where ustar cannot say it. */
void tarout_header(struct buf *out, const struct tarout *h);

#endif
