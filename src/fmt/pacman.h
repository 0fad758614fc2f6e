/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pacman.h - what pacman keeps of a package that it installed.
 *
 * Format: sections, "%NAME%" and the lines behind it up to an empty one.  Source: libalpm,
 * be_local.c; var/lib/pacman/local/NAME-VERSION-RELEASE/{desc,files}.
 */
#ifndef FMT_PACMAN_H
#define FMT_PACMAN_H

#include "base/base.h"

struct pacman_package {
	struct bytes name, version; /* never absent; the version with epoch and release */
	struct bytes base;          /* what it was built from; absent: itself */
	struct bytes arch, license, packager, url;
	int64_t build_time_s; /* 0 unknown */
};
/* Slices of the text; of several licences " AND " stands between, in the arena.  -1: no name or no
 * version, a name or version longer than VERSION_LEN_MAX, a line longer than PACMAN_LINE_MAX. */
int pacman_desc(struct bytes text, struct arena *a, struct pacman_package *ret, struct err *e);

struct pacman_files {
	struct bytes rest, section;
	size_t line;
};
struct pacman_file {
	struct bytes path; /* without a leading "/"; of a folder with one behind */
	struct bytes
		md5; /* 32 hexadecimal digits, of a configuration file as it came; else absent */
	bool is_config;
};
/* 1: the next file (a configuration file comes twice, at last with its digest); 0: the end; -1: a
 * broken line, named in e; the next call goes on behind it.  Begin with rest alone. */
int pacman_file(struct pacman_files *f, struct pacman_file *ret, struct err *e);
/* "gmp" of "gmp-6.2.1-2"; absent where the folder's name is none. */
struct bytes pacman_folder_name(struct bytes folder);

#endif
