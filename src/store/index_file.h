/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index_file.h - the file of the advisory index, as its reader and its builder share it.  Private
 * to store/.
 *
 * Format: an LMDB environment (one file), then a footer of 32 bytes: "assayI1\n", u64 length of the
 * environment, u128 XXH3 of it.  LMDB trusts its pages, so they are read only after the sum was
 * found right.  Summing costs 0.1 ms per MB; once done it is noted in <file>.checked with device,
 * inode, size and times of the file, and not done again as long as these stay.
 *
 * Databases: "meta", and per feed "adv/NAME" and "vuln/NAME".  Keys of "meta": "format" (the text
 * INDEX_FORMAT), "schema" (CBOR number), "feed/NAME" (CBOR map, keys below).
 *
 * Schema: a reader takes INDEX_SCHEMA_OLDEST to INDEX_SCHEMA.  New keys in records or feeds do not
 * change it (old readers skip them).  A change of database names or of their keys raises it; the
 * builder then converts what it takes over from an older index, as long as OLDEST covers that.  So
 * does a key that a reader must know to judge rightly: 2 brought single versions, systems and open
 * ends of ranges to the advisories of languages; records of 1 are read as they are.
 */
#ifndef STORE_INDEX_FILE_H
#define STORE_INDEX_FILE_H

#include <lmdb.h>

#include "store/store.h"

#define INDEX_FORMAT "assay-index"
enum { INDEX_SCHEMA_OLDEST = 1 };
enum { INDEX_FOOTER = 32 };

enum { /* keys of a feed in "meta", never reused */
       FEED_IMPORTED = 1,
       FEED_DATA = 2,
       FEED_RECORDS = 3,
       FEED_NAMESPACES = 4,
       FEED_PARTIAL = 5,
       FEED_SOURCE = 6,
       FEED_IS_STARTER = 7,
       FEED_CHECKED = 8,
};

/* path itself, or path/index.mdb when it is a folder (or nothing yet, not named *.mdb): heap. */
char *index_path(const char *path);
/* Checks the footer, and the sum unless it is known; writes the note where it can.  fd is of path;
 * *ret_size is that of the environment. */
int index_verify(int fd, const char *path, uint64_t *ret_size, struct err *e);
/* Appends the footer to a finished environment. */
int index_seal(int fd, const char *path, struct err *e);
/* Notes that the file at path was just made by us, so is right. */
void index_note(const char *path);
/* The sum in the footer of a file that index_verify found right. */
int index_footer_sum(int fd, const char *path, uint8_t ret[16], struct err *e);
/* One builder at a time, for the second would undo what the first adds: ERR_IO while another
 * process builds, unless wait.  Closing *ret_fd gives the lock back. */
int index_lock(const char *path, bool wait, int *ret_fd, struct err *e);
int index_make_folder(const char *path, struct err *e);
void index_feed_encode(struct buf *b, const struct index_feed *f);
bool index_feed_decode(struct bytes cbor, struct index_feed *ret); /* without the name */
/* -1 with the message of LMDB. */
int index_fail(int rc, const char *doing, const char *path, struct err *e);

#endif
