/* SPDX-License-Identifier: Apache-2.0 */
/*
 * placed.c - packages that are known by where they lie.
 *
 * Format: none is read.
 * Source: nix/store/HASH-NAME-VERSION, a folder each; rocks-5.4/NAME/VERSION/NAME-VERSION.rockspec
 * of LuaRocks; Cellar/NAME/VERSION/INSTALL_RECEIPT.json of Homebrew.
 * Emits: package (nix, luarocks, brew).
 */
#include "inspect/inspect.h"

#include <string.h>

static void state(struct inspect *in, const char *type, struct bytes name, struct bytes version)
{
	struct lang_package p = {.name = name, .version = version};
	struct err ignored;
	if (lang_check(&p, &ignored) < 0)
		return; /* a name that no package manager makes */
	inspect_package(in, &(struct fact_package){
				    .type = bytes_str(type), .name = p.name, .version = p.version});
}

/* "HASH-NAME-VERSION[-OUTPUT]": the version begins with the first digit behind a "-". */
static void nix(struct inspect *in, const struct entry *en)
{
	static const char *const outputs[] = {"-bin", "-dev", "-doc", "-info",
	                                      "-lib", "-man", "-out"};
	enum { HASH = 32 };
	struct bytes base = path_base(en->path), name = bytes_skip(base, HASH + 1);
	if (base.n < HASH + 2 || base.p[HASH] != '-' || bytes_ends(base, B(".drv")))
		return;
	size_t at = 0;
	while (at + 1 < name.n && !(name.p[at] == '-' && is_digit(name.p[at + 1])))
		at++;
	struct bytes version = bytes_skip(name, at + 1);
	for (size_t i = 0; i < ARRAY_LEN(outputs); i++) {
		if (bytes_ends(version, bytes_str(outputs[i])))
			version.n -= strlen(outputs[i]);
	}
	if (at && at + 1 < name.n)
		state(in, "nix", bytes_slice(name, 0, at), version);
}

/* ".../NAME/VERSION/FILE" */
static void folders(struct inspect *in, const struct entry *en, const char *type)
{
	struct bytes dir = path_dir(en->path);
	if (en->type == ENTRY_FILE || en->type == ENTRY_HARDLINK)
		state(in, type, path_base(path_dir(dir)), path_base(dir));
}

static int placed_entry(struct inspect *in, const struct entry *en, struct err *e)
{
	(void)e;
	if (bytes_starts(en->path, B("nix/store/"))) {
		if (en->type == ENTRY_DIR)
			nix(in, en);
	} else if (bytes_ends(en->path, B(".rockspec"))) {
		folders(in, en, "luarocks");
	} else {
		folders(in, en, "brew");
	}
	return 0;
}

static const char *const paths[] = {
	"nix/store/*",
	"**/luarocks/rocks*/*/*/*.rockspec",
	"**/Cellar/*/*/INSTALL_RECEIPT.json",
	NULL,
};

const struct inspector inspector_placed = {
	.id = "placed",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Packages of Nix, LuaRocks and Homebrew",
	.paths = paths,
	.want = INSPECT_ENTRY,
	.entry = placed_entry,
};
