/* SPDX-License-Identifier: Apache-2.0 */
/*
 * release.h - the signed index of a Debian repository: which files it has, by SHA-256.
 *
 * Format: DebianRepository/Format, "Release files": one paragraph of deb822.  Only SHA256 is read:
 * MD5Sum and SHA1 prove nothing.
 */
#ifndef FMT_RELEASE_H
#define FMT_RELEASE_H

#include "base/base.h"

struct release {
	struct bytes origin, suite, codename; /* absent where it does not say */
	int64_t date_s;                       /* when it was made */
	int64_t valid_until_s;                /* 0: it says no end */
	struct bytes files;                   /* for release_file() */
};

/* ERR_FORMAT: no Date, no SHA256, a date that is none, or more than one paragraph.  Slices point
 * into text. */
int release_parse(struct bytes text, struct release *ret, struct err *e);

struct release_file {
	uint8_t sha256[32];
	uint64_t size;
	struct bytes name; /* from the folder of the Release file: "main/binary-amd64/Packages" */
};
/* The next file off *rest: 1, 0 at the end, -1 for a line that is none. */
int release_file(struct bytes *rest, struct release_file *ret, struct err *e);

/* "Thu, 26 Nov 2026 21:03:35 UTC" (RFC 5322 with UTC, GMT, Z or +0000); false for anything else. */
bool release_date(struct bytes text, int64_t *ret_s);

#endif
