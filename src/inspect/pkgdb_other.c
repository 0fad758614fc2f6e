/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pkgdb_other.c - package databases that assay does not read yet: said, never passed over.
 *
 * Source: one path each that its package manager always writes.
 * Emits: a note that names the package manager.
 */
#include "inspect/inspect.h"

static const struct {
	const char *path, *manager;
} databases[] = {
	{"lib/apk/db/installed.adb",     "apk-tools 3 (binary database)"},
	{"nix/var/nix/db/db.sqlite",     "Nix"                          },
	{"usr/lib/apk/db/installed.adb", "apk-tools 3 (binary database)"},
	{"var/db/xbps",                  "XBPS"                         },
	{"var/lib/pkgtools/packages",    "Slackware's pkgtools"         },
	{"var/lib/swupd/version",        "swupd"                        },
};

/* dpkg writes each change to updates/NUMBER first and merges them into status when it ends: one
 * that is left was killed midway. */
static bool is_dpkg_update(const struct entry *en)
{
	uint64_t n;
	return en->type == ENTRY_FILE && bytes_eq(path_dir(en->path), B("var/lib/dpkg/updates")) &&
	       bytes_u64(path_base(en->path), UINT64_MAX, &n);
}

static int pkgdb_other_entry(struct inspect *in, const struct entry *en, struct err *e)
{
	(void)e;
	bool is_there = en->type == ENTRY_FILE || en->type == ENTRY_DIR ||
	                en->type == ENTRY_HARDLINK || en->type == ENTRY_SYMLINK;
	for (size_t i = 0; is_there && i < ARRAY_LEN(databases); i++) {
		if (bytes_eq(en->path, bytes_str(databases[i].path)))
			inspect_note(in, "db.unsupported", "packages of %s are not read",
			             databases[i].manager);
	}
	/* a file of the folder is looked at by its own name; links are followed to whole databases
	 */
	if (en->type == ENTRY_SYMLINK && bytes_eq(path_dir(en->path), B("var/lib/dpkg/status.d")))
		inspect_note(in, "db.unsupported", "a package's record that is a link is not read");
	if (is_dpkg_update(en))
		inspect_note(in, "db.unsupported",
		             "a change of dpkg's database that is not merged into status yet");
	return 0;
}

static const char *const paths[] = {
	"lib/apk/db/installed.adb",
	"nix/var/nix/db/db.sqlite",
	"usr/lib/apk/db/installed.adb",
	"var/db/xbps",
	"var/lib/dpkg/status.d/*",
	"var/lib/dpkg/updates/*",
	"var/lib/pkgtools/packages",
	"var/lib/swupd/version",
	NULL,
};

const struct inspector inspector_pkgdb_other = {
	.id = "pkgdb_other",
	.version = 4, /* bump when output changes: it is part of the cache key */
	.title = "Package databases that are not read",
	.paths = paths,
	.want = INSPECT_ENTRY,
	.entry = pkgdb_other_entry,
};
