/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hashlist.h - lists of digests of malware: which files are known to be what.
 *
 * Format, told apart line by line:
 *   DIGEST [NAME]             hex of MD5, SHA-1 or SHA-256; as sha256sum(1) writes it too
 *   DIGEST:SIZE:NAME[:LEVEL]  ClamAV's .hdb, .hsb and their like; SIZE may be "*"
 *   fields parted by commas   as abuse.ch publishes them (MalwareBazaar, ThreatFox, URLhaus): a
 * line of names of columns, a comment or not, says where digest and name are Empty lines and
 * comments ("#", ";", "//") say nothing.  Of several digests of one file the strongest is kept.
 * Sizes are not compared: a digest says more.
 *
 * Source: ClamAV documentation, "File hash signatures"; the heads of abuse.ch's exports.
 */
#ifndef FMT_HASHLIST_H
#define FMT_HASHLIST_H

#include "base/base.h"

struct hash_list; /* digests of all files that were read */

struct hash_list *hash_list_new(void);
void hash_list_free(struct hash_list *l); /* accepts NULL */

/* One file after the other: its name, its bytes in pieces, its end.  ERR_FORMAT and ERR_LIMIT name
 * file and line; the list is of no use then. */
void hash_list_begin(struct hash_list *l, const char *file);
int hash_list_push(struct hash_list *l, struct bytes piece, struct err *e);
int hash_list_end(struct hash_list *l, struct err *e);
/* After the last file, before the first question. */
void hash_list_sort(struct hash_list *l);

size_t hash_list_size(const struct hash_list *l);
unsigned hash_list_kinds(const struct hash_list *l); /* a bit per enum digest_algo */

struct hash_hit {
	struct bytes
		name; /* as the list calls it, at most HASH_NAME_MAX bytes; absent: it does not */
	const char *file; /* the list that says so */
};
/* Is the raw digest in the list?  Where several files have it, the one read first speaks. */
bool hash_list_find(const struct hash_list *l, enum digest_algo algo, struct bytes digest,
                    struct hash_hit *ret);

#endif
