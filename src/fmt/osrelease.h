/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osrelease.h - which operating system a root file system says it is.
 *
 * Format: os-release(5) and, where it is missing, what stands in for it: Alpine's and Debian's
 * version files, the one-line release files of the rpm distributions, lsb-release,
 * system-release-cpe, etc/issue, and the version text inside a busybox binary.
 *
 * A caller looks each path up with os_source_find(), parses what it finds with os_id_parse() and
 * unites the results, the best rank first, with os_id_merge().  What is well known to be odd is
 * made even here, once:
 *
 * - ID is lower case and bare: quotes inside quotes (ID="\"rhel\""), blanks and CR are dropped.
 * - A missing ID stays absent.  os-release(5) says "linux" then, but no advisory is about that;
 *   nothing is guessed from NAME.  ID_LIKE never stands in for ID: a derivative has versions of
 *   its own.
 * - Debian: version_id is the major number in all forms ("12.5" of debian_version gives "12", and
 *   "12.5" as version).  Testing and unstable have no VERSION_ID: it stays absent, and codename
 *   is what the image says ("trixie" of "trixie/sid").  A missing codename is filled in from
 *   VERSION, and from the number.
 * - Alpine: version_id is the whole number ("3.18.9"); codename is "edge" where the image is one
 *   ("_alpha" in the number, or the name says so).
 * - Ubuntu: a missing codename is the first word of the name in VERSION ("Focal Fossa": "focal").
 * - CentOS Stream has the ID of CentOS: its variant is "stream" unless one is given.
 * - SUSE's old SuSE-release: VERSION and PATCHLEVEL become "11.4", as in its later os-release.
 * - Azure Linux and CBL-Mariner: version_id is "3.0", not the build in their release file.
 * - Rolling distributions have no version_id, or one that is a build date: os_is_rolling().
 */
#ifndef FMT_OSRELEASE_H
#define FMT_OSRELEASE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

/* Absent members are not known.  Slices point into the text or into the arena. */
struct os_id {
	struct bytes id;         /* "debian", "rhel", "amzn", "ol", "opensuse-leap" */
	struct bytes id_like;    /* words, nearest first */
	struct bytes name;       /* "Debian GNU/Linux" */
	struct bytes version;    /* for people: "12 (bookworm)" */
	struct bytes version_id; /* for programs: "12", "3.18.9", "8.10" */
	struct bytes codename;   /* "bookworm" */
	struct bytes pretty;
	struct bytes cpe;
	struct bytes variant;  /* VARIANT_ID, or "stream" */
	struct bytes build_id; /* BUILD_ID */
	struct bytes image_version;
	struct bytes support_end; /* YYYY-MM-DD, the vendor's word */
	size_t bad_line;          /* the first line that is neither assignment nor comment, or 0 */
};

/* A file that identifies a system.  rank: lower is better; equal paths do not occur. */
struct os_source {
	const char *path; /* without leading slash */
	unsigned rank;
	int (*parse)(struct bytes text, struct arena *a, struct os_id *ret, struct err *e);
};

/* The row for a path without leading slash; NULL if it is none. */
const struct os_source *os_source_find(struct bytes path);
/* All rows, by rank; the row behind the last has path NULL. */
const struct os_source *os_source_list(void);

/* Reads text as the file of src.  Slices live as long as text and a.  -1: ERR_LIMIT longer than
 * OS_RELEASE_MAX (a busybox binary may have any length); ERR_FORMAT it says nothing about any
 * system. */
int os_id_parse(const struct os_source *src, struct bytes text, struct arena *a, struct os_id *ret,
                struct err *e);

/* Fills what into does not know from other.  Other must speak of the same system: nothing is taken
 * when both have an id and these differ, or when other has none. */
void os_id_merge(struct os_id *into, const struct os_id *other);

/* True where one stream of packages has no releases: matching goes by id alone. */
bool os_is_rolling(const struct os_id *os);

/* Debian's name for a major version and back; absent where the table ends. */
struct bytes os_debian_codename(struct bytes version_id);
struct bytes os_debian_version_id(struct bytes codename);

/* Takes the next assignment off *rest as os-release(5) and lsb-release have them, the value
 * unquoted (into a where it has escapes).  1, 0 at the end, -1 for a line that is none; the next
 * call goes on behind it. */
int os_release_field(struct bytes *rest, struct arena *a, struct bytes *ret_key,
                     struct bytes *ret_value);

#endif
