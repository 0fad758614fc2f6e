/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ar.h - the archives that Debian packages are: a mark, then members behind headers of 60 bytes.
 *
 * Format: deb(5), "Format"; ar(5).  Pure: who has the file reads the headers, which say where the
 * next one is.
 */
#ifndef FMT_AR_H
#define FMT_AR_H

#include "base/base.h"

enum { AR_MARK = 8, AR_HEADER = 60 }; /* bytes */

struct ar_member {
	struct bytes name; /* without blanks and slash at its end; of the header */
	uint64_t size;     /* bytes; the next header stands behind them, at an even offset */
};

/* Are the first AR_MARK bytes of a file those of such an archive? */
bool ar_looks(struct bytes head);
/* Reads a header of AR_HEADER bytes.  ERR_FORMAT for any other length, a wrong end mark, or a size
 * that is no number. */
int ar_member(struct bytes header, struct ar_member *ret, struct err *e);

#endif
