/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compile.h - the rules of a user: read by the front, compiled by assay-rules in a confined
 * process, kept by the digest of their texts.  Private to inspect/.
 */
#ifndef INSPECT_COMPILE_H
#define INSPECT_COMPILE_H

#include "base/base.h"

struct compile_kind {
	const char *name;  /* of the folder they are kept in, and the argument of assay-rules */
	const char *what;  /* "YARA rules", for messages */
	const char *magic; /* of the bundle; part of the key */
	const char *const *suffixes; /* of files in folders; ended by NULL */
	int64_t text_max, bundle_max;
};

struct compile_sources {
	const char *const *paths; /* files, and folders with those below */
	size_t n;
	const char *cache_dir; /* NULL: kept nowhere */
	struct bytes first;    /* goes to the compiler before the files; absent: nothing does */
};

/* ERR_NOTFOUND: there is no such file.  *hold owns the bundle.  *ret_id is the digest of all that
 * was compiled. */
int compile_rules(const struct compile_kind *k, const struct compile_sources *s, struct buf *hold,
                  struct digest *ret_id, struct err *e);

/* ---- the confined side ---- */

/* First byte of what the compiler answers: a bundle follows, or the kind of a message and it. */
enum { COMPILE_BUNDLE = 'B', COMPILE_WRONG = 'W' };
/* Confines the process, reads what compile_rules() sends (an array in CBOR: first, then a name and
 * a text for each file), answers; the exit status. */
int compile_main(const struct compile_kind *k, int (*prepare)(struct err *e),
                 int (*make)(struct bytes in, struct buf *out, struct err *e));

#endif
