/* SPDX-License-Identifier: Apache-2.0 */
/*
 * knownfiles.h - digests of the files of packages, as they were seen in images that somebody
 * trusts, or as signed repositories have them.
 *
 * Format: a line for each file, fields parted by tabs: digest in hex (MD5, SHA-1 or SHA-256),
 * package, version, architecture, path.  "#" begins a comment; the first line says which grade the
 * list has, and "# source TEXT" where the lines behind it are from.  Source: `assay scan --learn`,
 * `assay db known`.
 */
#ifndef FMT_KNOWNFILES_H
#define FMT_KNOWNFILES_H

#include "base/base.h"

#define KNOWN_FILES_HEAD   "# assay known files 1\n"
#define KNOWN_FILES_SIGNED "# assay signed files 1\n"
#define KNOWN_FILES_SOURCE "# source "

enum known_grade { KNOWN_LEARNED, KNOWN_SIGNED, KNOWN__MAX };

struct known_files;
struct known_files *known_files_new(void);
void known_files_free(struct known_files *k); /* accepts NULL */
/* Copies text, of at most KNOWN_FILES_MAX bytes in all.  ERR_FORMAT names the line; so it does for
 * one that contradicts an earlier one. */
int known_files_add(struct known_files *k, struct bytes text, const char *name, struct err *e);
size_t known_files_count(const struct known_files *k);
/* The kinds of digests (a bit per enum digest_algo) that lists from signed repositories have. */
unsigned known_files_kinds(const struct known_files *k);

struct known_place {
	struct bytes package, version, arch, path;
};
struct known_digest {
	struct bytes hex;    /* in lower case */
	struct bytes source; /* absent: the list does not say */
};
/* NULL: not known, and so is a name with a tab or line feed. */
const struct known_digest *known_files_find(const struct known_files *k, enum known_grade grade,
                                            const struct known_place *f);
/* A digest of any file of that package; NULL: none is known. */
const struct known_digest *known_files_package(const struct known_files *k, enum known_grade grade,
                                               const struct known_place *f);
/* Adds a line to b; nothing for what cannot stand in one. */
void known_files_put(struct buf *b, struct bytes hex, const struct known_place *f);

#endif
