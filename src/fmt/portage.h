/* SPDX-License-Identifier: Apache-2.0 */
/*
 * portage.h - what Portage keeps of a package that it installed.
 *
 * Source: var/db/pkg/CATEGORY/NAME-VERSION/{CONTENTS,LICENSE}; PMS (Package Manager Specification),
 * "Names and Versions", "License"; portage(5), "CONTENTS".
 */
#ifndef FMT_PORTAGE_H
#define FMT_PORTAGE_H

#include "base/base.h"

/* "skopeo" and "1.5.1-r1" of "skopeo-1.5.1-r1"; false where the folder's name is none. */
bool portage_name(struct bytes folder, struct bytes *ret_name, struct bytes *ret_version);

struct portage_files {
	struct bytes rest;
	size_t line;
};
struct portage_file {
	struct bytes path; /* without a leading "/" */
	struct bytes md5;  /* 32 hexadecimal digits, of a regular file; else absent */
	bool is_dir;
};
/* The next line of CONTENTS: 1; 0: the end; -1: it is broken, or longer than PORTAGE_LINE_MAX,
 * named in e, and the next call goes on behind it.  Begin with rest alone. */
int portage_file(struct portage_files *f, struct portage_file *ret, struct err *e);

/* LICENSE as an expression ("|| ( a b )" is a choice, "flag? ( a )" holds), in the arena: names as
 * Gentoo writes them; absent for what is none, is deeper than PORTAGE_DEPTH_MAX, or makes more than
 * LANG_FIELD_MAX bytes. */
struct bytes portage_license(struct bytes text, struct arena *a);

#endif
