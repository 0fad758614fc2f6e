/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apkdb.h - what apk knows about packages and their files.
 *
 * Format: apk-tools 2, "lib/apk/db/installed" (apk v2 index fields plus files); etc/apk/world,
 * etc/apk/repositories (apk-world(5), apk-repositories(5)).  The binary database of apk-tools 3
 * (ADB) is recognised and refused as unsupported.
 *
 * Readers return 1 with a record, 0 at the end, -1 for a broken record, named with its line in e;
 * after -1 the next call goes on with the next one.  All slices point into the text.
 */
#ifndef FMT_APKDB_H
#define FMT_APKDB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

struct apk_package {
	struct bytes package, version;   /* P: V: */
	struct bytes arch;               /* A: absent in some old databases */
	struct bytes origin;             /* o: never absent: package where there is none */
	struct bytes license, url;       /* L: U: */
	struct bytes maintainer, commit; /* m: c: */
	struct bytes tag;                /* s: the repository tag it was installed from */
	struct bytes checksum;           /* C: of the control data, as it stands ("Q1...") */
	struct bytes depends, provides;  /* D: p: words */
	int64_t built_s;                 /* t: seconds since 1970; 0 is unknown */
	struct bytes files;              /* the rest of the record, for apk_file() */
	size_t line;                     /* of the record, from 1 */
	size_t files_line;               /* of files */
	const char *defect;              /* NULL, or why this record may not be whole */
	size_t defect_line;
};

/* Made by apkdb_open(); fields are private. */
struct apkdb {
	struct bytes rest;
	size_t line; /* of rest, from 1 */
};

void apkdb_open(struct apkdb *r, struct bytes text);

/* True when text begins as a database of apk-tools 3 does ("ADB." or one of its compressed forms):
 * apkdb_next() then fails once with ERR_UNSUPPORTED. */
bool apkdb_is_v3(struct bytes text);

/* The next package.  -1: P or V is missing, empty, given twice with different values, or longer
 * than VERSION_LEN_MAX; a record without any of them.  Stray lines, fields given twice and lines
 * longer than APK_LINE_MAX (which are left out) make a defect. */
int apkdb_next(struct apkdb *r, struct apk_package *ret, struct err *e);

struct apk_digest {
	uint8_t bytes[32];
	size_t n; /* 20: SHA-1 ("Q1", "X1"), 32: SHA-256 ("Q2"), 16: MD5 (old), 0: none */
};

struct apk_file {
	struct bytes dir, name;   /* without leading slash; name is absent for a folder itself */
	uint32_t uid, gid, mode;  /* mode: octal permissions */
	struct apk_digest digest; /* of the content; of a symlink: of its target */
};

/* Made by apk_files_open(); fields are private. */
struct apk_files {
	struct bytes rest, dir;
	size_t line;
};

void apk_files_open(struct apk_files *it, const struct apk_package *p);

/* The next file or folder of a package, in the order of the database.  Without "a:" or "M:" apk
 * means root:root and 0644 or 0755.  -1: a name without folder, a mode or digest that is none, a
 * line that belongs to nothing. */
int apk_file(struct apk_files *it, struct apk_file *ret, struct err *e);

/* "Q1" + base64, "Q2" + base64, "X1" or "X2" + hex, or 32 hex digits; false for anything else. */
bool apk_digest_parse(struct bytes text, struct apk_digest *ret);

/* A line of etc/apk/repositories: "[@TAG ][v2|v3|ndx ]URL[ COMPONENT...]". */
struct apk_repository {
	struct bytes tag;             /* without '@'; absent: none */
	struct bytes url;             /* or a path of this machine */
	struct bytes branch, section; /* last two parts: "v3.20", "main"; absent in other layouts */
	struct bytes components;      /* words behind the URL; absent: none */
};
/* The next repository off *rest, comments left out; false at the end. */
bool apk_repository(struct bytes *rest, struct apk_repository *ret);

/* A word of etc/apk/world: "[!]NAME[@TAG][OPERATOR VERSION]". */
struct apk_world {
	struct bytes name, tag;  /* tag without '@'; absent: none */
	struct bytes constraint; /* "=1.2-r0", ">1", "><Q1...": as it stands; absent: none */
	bool is_conflict;
};
/* The next word off *rest; false at the end. */
bool apk_world(struct bytes *rest, struct apk_world *ret);

#endif
