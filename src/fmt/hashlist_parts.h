/* SPDX-License-Identifier: Apache-2.0 */
/* hashlist_parts.h - one line of a list of digests.  Private to hashlist*.c. */
#ifndef FMT_HASHLIST_PARTS_H
#define FMT_HASHLIST_PARTS_H

#include "fmt/hashlist.h"

/* Where the columns of a list of fields are, as its line of names says; -1: there is none. */
struct hash_columns {
	bool is_known;
	int sha256, sha1, md5, value, kind, name;
};

struct hash_line {
	struct digest digest; /* DIGEST_NONE: the line says nothing */
	struct bytes name;    /* slice of the line; absent: none */
};

/* line: without blanks at its ends.  Remembers in columns what a line of names says. */
int hash_line_read(struct bytes line, struct hash_columns *columns, struct hash_line *ret,
                   struct err *e);

#endif
