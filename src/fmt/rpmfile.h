/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpmfile.h - package files of rpm: lead, signatures, header, payload.
 *
 * Format: rpm's "RPM V4 Package format": the lead of 96 bytes, the signature header, blanks up to a
 * multiple of eight, the header.  Only the two headers are looked at: the header states the digests
 * of the files, and it is what is signed.
 */
#ifndef FMT_RPMFILE_H
#define FMT_RPMFILE_H

#include "base/base.h"

enum { RPMFILE_LEAD = 96, RPMFILE_INTRO = 16 /* bytes: magic and counts of a header */ };

struct rpmfile_parts {
	struct bytes header;    /* with its magic: the bytes that are signed */
	struct bytes signature; /* OpenPGP over header (RSAHEADER, DSAHEADER); absent: none */
};

/* Is this the lead of a package file? */
bool rpmfile_looks(struct bytes head);
/* Size of the header whose RPMFILE_INTRO bytes these are, with them; 0: it is none, or larger than
 * RPM_HEADER_MAX. */
uint64_t rpmfile_header_size(struct bytes intro);
/* head: the file's first bytes, lead and both headers at least.  ERR_FORMAT when they are not
 * there whole.  What rpmhdr_parse() wants is header without its first 8 bytes. */
int rpmfile_parse(struct bytes head, struct rpmfile_parts *ret, struct err *e);

#endif
