/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip.h - members of a ZIP archive that is held whole.
 *
 * Format: PKWARE's APPNOTE: end record, central directory, zip64.  The central directory alone
 * counts, as for Java.  Bytes before the archive (a script that starts it) are allowed.  Only
 * stored and deflated members are read; encrypted ones and archives of several disks are refused.
 */
#ifndef FMT_ZIP_H
#define FMT_ZIP_H

#include "base/base.h"

struct zip {
	struct bytes file;
	struct bytes rest; /* of the central directory */
	uint64_t base;     /* bytes before the archive: offsets count from here */
	uint64_t left;     /* members not taken yet */
};

struct zip_member {
	struct bytes name; /* as it stands: may hold anything */
	uint16_t method, flags;
	uint32_t crc;
	uint64_t packed, size, offset;
};

/* ERR_FORMAT for what is no archive, ERR_LIMIT for more than ZIP_MEMBERS_MAX. */
int zip_open(struct bytes file, struct zip *ret, struct err *e);
/* Takes the next member: 1, 0 at the end, -1 where the directory is broken. */
int zip_next(struct zip *z, struct zip_member *ret, struct err *e);
/* Appends the plain bytes of a member to ret, whose maximum bounds them; what the directory says of
 * size and CRC must hold.  ret is as it was on failure. */
int zip_read(const struct zip *z, const struct zip_member *m, struct buf *ret, struct err *e);

struct zip_pick {
	bool (*wants)(struct bytes name);
	size_t max; /* bytes of one member, inflated */
	/* 0: go on; 1: no more are wanted; -1 with e */
	int (*take)(void *arg, struct bytes name, struct bytes content, struct err *e);
	void *arg;
};
/* Gives take the members that are wanted, in the order of the directory; 0, or -1 for what cannot
 * be read. */
int zip_pick(struct bytes file, const struct zip_pick *p, struct err *e);

#endif
