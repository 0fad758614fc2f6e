/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg.h - what dpkg knows about packages and their files.
 *
 * Format: dpkg(1) "Package states", deb-control(5), deb-conffiles(5), dpkg-divert(1),
 * dpkg-statoverride(1).  Source: var/lib/dpkg/{status,status.d/NAME,info/NAME.*,diversions,
 * statoverride}, and opkg's status of the same form.
 *
 * Every reader returns 1 with a record, 0 at the end, and -1 for a broken record, named with its
 * line in e; after -1 the next call goes on with the next record, so that a caller can note each.
 * All slices point into the text.  Paths come without their leading slash; they may still hold
 * anything else, ".." included.
 */
#ifndef FMT_DPKG_H
#define FMT_DPKG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

enum dpkg_want {
	DPKG_WANT_UNKNOWN, /* "unknown", or no Status field */
	DPKG_WANT_INSTALL,
	DPKG_WANT_HOLD,
	DPKG_WANT_DEINSTALL,
	DPKG_WANT_PURGE,
};

/* In the order of dpkg: from UNPACKED on all files of the package are there. */
enum dpkg_status {
	DPKG_NOT_INSTALLED,
	DPKG_CONFIG_FILES,
	DPKG_HALF_INSTALLED,
	DPKG_UNPACKED,
	DPKG_HALF_CONFIGURED,
	DPKG_TRIGGERS_AWAITED,
	DPKG_TRIGGERS_PENDING,
	DPKG_INSTALLED,
};

struct dpkg_package {
	struct bytes package,
		version;             /* version is absent only where the package is not installed */
	struct bytes architecture;   /* absent where the paragraph has none */
	struct bytes multi_arch;     /* same, foreign, allowed, no; or absent */
	struct bytes source;         /* never absent: package where there is no Source field */
	struct bytes source_version; /* in parentheses behind Source, else version as it stands */
	struct bytes maintainer, section, origin, vendor, homepage, bugs, license;
	struct bytes conffiles;                       /* raw, for dpkg_conffile() */
	struct bytes built_using, static_built_using; /* raw: "name (= version), ..." */
	enum dpkg_want want;
	enum dpkg_status status;
	struct bytes flag; /* second word of Status: ok, reinstreq; opkg knows more */
	bool is_essential;
	size_t line;        /* of the paragraph, from 1 */
	const char *defect; /* NULL, or why this record may not be whole: a coverage row's text */
	size_t defect_line;
};

/* Counts lines for messages; made by dpkg_open(), fields are private. */
struct dpkg_reader {
	struct bytes rest;
	const uint8_t *seen; /* newlines before it are counted */
	size_t line;         /* of seen, from 1 */
	bool is_status_d;
};

/* is_status_d: a paragraph without Status is an installed package, as in the status.d folder of
 * images that were made without dpkg.  In a status file it is one that is not installed, as
 * dpkg-query says too, but with a defect: something else wrote that file. */
void dpkg_open(struct dpkg_reader *r, struct bytes text, bool is_status_d);

/* The next package.  -1: Package or Version is missing, empty, given twice with different values,
 * longer than VERSION_LEN_MAX or made of characters that neither may hold; Status is unknown.
 * A paragraph that is whole but holds more than it should (stray lines, a field given twice or
 * longer than DPKG_FIELD_MAX, which is then left out) is returned with a defect.  The same package
 * may come twice (foreign architectures, broken files); callers decide. */
int dpkg_next(struct dpkg_reader *r, struct dpkg_package *ret, struct err *e);

/* True when the files of p are on the disk.  dpkg(1): "unpacked", "half-configured",
 * "triggers-awaited", "triggers-pending" and "installed" all have every file in place and differ
 * only in which script ran; "config-files" and "not-installed" have none.  What is wanted
 * (deinstall, purge) does not count.  See dpkg_is_partial(). */
bool dpkg_is_installed(const struct dpkg_package *p);

/* True for "half-installed": unpacking or removal stopped midway, so some files may be there.
 * Neither answer is right for it: callers note it as incomplete. */
bool dpkg_is_partial(const struct dpkg_package *p);

const char *dpkg_status_name(enum dpkg_status status);

struct dpkg_conffile {
	struct bytes path;
	struct bytes md5; /* 32 hex digits, or absent ("newconffile": not yet unpacked) */
	bool is_obsolete; /* the present version of the package does not ship it any more */
	bool is_remove_on_upgrade;
};
/* The next row of a Conffiles field; *rest starts as p->conffiles. */
int dpkg_conffile(struct bytes *rest, struct dpkg_conffile *ret, struct err *e);

struct dpkg_diversion {
	struct bytes from, to; /* the file of that path is at "to" instead */
	struct bytes package;  /* the one package it does not hold for; absent: local, for all */
	size_t line;           /* of the first of its three */
};
struct dpkg_statoverride {
	struct bytes user, group; /* a name, or "#" and a number */
	uint32_t mode;
	struct bytes path;
};

/* For the readers below: zero it and set rest. */
struct dpkg_lines {
	struct bytes rest;
	size_t line; /* the last one read, from 1 */
};

/* NAME.list: a path a line; the root ("/.") is the empty path. */
int dpkg_list_line(struct dpkg_lines *r, struct bytes *ret_path, struct err *e);
/* NAME.md5sums: "32 hex digits, two blanks, path". */
int dpkg_md5sums_line(struct dpkg_lines *r, struct bytes *ret_md5, struct bytes *ret_path,
                      struct err *e);
/* NAME.conffiles: "[remove-on-upgrade ]path"; no digests there. */
int dpkg_conffiles_line(struct dpkg_lines *r, struct dpkg_conffile *ret, struct err *e);
/* diversions: three lines each. */
int dpkg_diversion(struct dpkg_lines *r, struct dpkg_diversion *ret, struct err *e);
/* statoverride: "user group mode path". */
int dpkg_statoverride(struct dpkg_lines *r, struct dpkg_statoverride *ret, struct err *e);

#endif
