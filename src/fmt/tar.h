/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar.h - our own bounded push parser of tar: v7, ustar, pax, GNU.
 *
 * Pure: bytes in pieces of any size go in, members come out as events.  walk/ uses it for layers,
 * source/ for docker and OCI archives.  Names come out as they are; cleaning is the caller's.
 *
 * Sources: POSIX.1-2017 pax "ustar Interchange Format" and "pax Extended Header"; GNU tar manual,
 * "Basic Tar Format" and "Storing Sparse Files".
 */
#ifndef FMT_TAR_H
#define FMT_TAR_H

#include "base/base.h"

enum tar_type {
	TAR_FILE,
	TAR_DIR,
	TAR_SYMLINK,
	TAR_HARDLINK,
	TAR_CHAR,
	TAR_BLOCK,
	TAR_FIFO,
	TAR_OTHER /* a type nobody extracts ('V', 'M', ...): has no place in a tree */
};

/* Slices live until the next call of tar_push. */
struct tar_member {
	struct bytes name, link;
	enum tar_type type;
	uint32_t mode, uid, gid;
	uint64_t size;   /* logical bytes (a sparse file's real size) */
	uint64_t stored; /* bytes of data that follow in the archive */
	uint32_t dev_major, dev_minor;
	struct bytes caps; /* raw security.capability, absent when none */
	bool is_sparse;
	bool is_after_end; /* found behind the end marker */
	uint64_t offset;   /* of its data in the archive */
};

struct tar;
struct tar_events {
	void *arg;
	/* Each returns 0, or -1 with e to refuse the archive. */
	int (*member)(void *arg, const struct tar_member *m, struct err *e);
	int (*data)(void *arg, struct bytes piece, struct err *e); /* stored bytes, in pieces */
	/* n zero bytes of a sparse file that the archive does not store; NULL: not of interest. */
	int (*hole)(void *arg, uint64_t n, struct err *e);
	int (*end)(void *arg, struct err *e); /* of a member's data */
	/* Something is strange, the archive goes on; name is absent when it is about the whole of
	 * it.  Codes: entry.ambiguous, entry.type, entry.owner, layer.trailing, layer.no-end.  May
	 * be NULL, as data and end may. */
	void (*note)(void *arg, struct bytes name, const char *code, const char *text);
};
/* Is this the first block of a tar?  (Its checksum is right.)  Needs 512 bytes. */
bool tar_looks(struct bytes head);
struct tar *tar_new(const struct tar_events *ev);
void tar_free(struct tar *t);
/* ERR_FORMAT, ERR_LIMIT naming offset and bound; after a failure t can only be freed. */
int tar_push(struct tar *t, struct bytes piece, struct err *e);
int tar_finish(struct tar *t, struct err *e); /* ERR_FORMAT when cut short */
/* How many stored bytes may be left out now (for a caller that can seek): it then says
 * tar_skipped(n) instead of pushing them.  0 when the next bytes must be pushed. */
uint64_t tar_skippable(const struct tar *t);
void tar_skipped(struct tar *t, uint64_t n);

#endif
