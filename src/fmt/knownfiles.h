/* SPDX-License-Identifier: Apache-2.0 */
/*
 * knownfiles.h - digests of the files of packages, as they were seen in images that somebody
 * trusts.
 *
 * Format: a line for each file, fields parted by tabs: digest in hex (MD5, SHA-1 or SHA-256),
 * package, version, architecture, path.  "#" begins a comment.  Source: `assay scan --learn`.
 */
#ifndef FMT_KNOWNFILES_H
#define FMT_KNOWNFILES_H

#include "base/base.h"

#define KNOWN_FILES_HEAD "# assay known files 1\n"

struct known_files;
struct known_files *known_files_new(void);
void known_files_free(struct known_files *k); /* accepts NULL */
/* Copies text, of at most KNOWN_FILES_MAX bytes in all.  ERR_FORMAT names the line; so it does for
 * one that contradicts an earlier one. */
int known_files_add(struct known_files *k, struct bytes text, const char *name, struct err *e);
size_t known_files_count(const struct known_files *k);

struct known_place {
	struct bytes package, version, arch, path;
};
/* The digest, in hex in lower case; absent: not known, and so is a name with a tab or line feed. */
struct bytes known_files_find(const struct known_files *k, const struct known_place *f);
/* Adds a line to b; nothing for what cannot stand in one. */
void known_files_put(struct buf *b, struct bytes hex, const struct known_place *f);

#endif
