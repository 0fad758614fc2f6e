/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caps.h - file capabilities: what security.capability grants a program.
 *
 * Format: struct vfs_cap_data, little endian.  Source: linux/capability.h, capabilities(7),
 * "File capability extended attribute versioning".
 */
#ifndef FMT_CAPS_H
#define FMT_CAPS_H

#include "base/base.h"

struct caps {
	uint64_t permitted, inheritable; /* bit per capability */
	bool is_effective;               /* held without being asked for */
	uint32_t root_id; /* revision 3: root of the user namespace that counts; else 0 */
};

/* ERR_FORMAT for a length that the revision does not have, ERR_UNSUPPORTED for a revision that is
 * not 1, 2 or 3. */
int caps_parse(struct bytes raw, struct caps *ret, struct err *e);
/* "cap_setuid,cap_net_raw" of the bits; numbers for those without a name. */
void caps_text(uint64_t bits, struct buf *b);
/* The number of "CAP_NET_RAW", "cap_net_raw" or "net_raw"; false: there is none of that name. */
bool caps_name(struct bytes name, unsigned *ret);
/* Of the bits, those by which a program that runs what its user says gives that user root's power
 * over the container (capabilities(7)). */
uint64_t caps_rooting(uint64_t bits);

#endif
