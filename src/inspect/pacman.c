/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pacman.c - packages that pacman has installed: Arch Linux and its kin.
 *
 * Format: fmt/pacman.h.
 * Source: var/lib/pacman/local/NAME-VERSION-RELEASE/desc and files.
 * Emits: package (alpm); owned for each path, configuration files with their MD5; a note for each
 * record or line that is broken.
 */
#include "inspect/inspect.h"
#include "inspect/owned.h"

static int desc(struct inspect *in, struct bytes content, struct err *e)
{
	struct pacman_package p;
	if (pacman_desc(content, inspect_arena(in), &p, e) < 0)
		return -1;
	inspect_package(in, &(struct fact_package){
				    .type = B("alpm"),
				    .name = p.name,
				    .version = p.version,
				    .arch = p.arch,
				    .source_name = p.base.n ? p.base : p.name,
				    .source_version = p.version,
				    .license = p.license,
				    .maintainer = p.packager,
				    .homepage = p.url,
				    .build_time_s = p.build_time_s,
			    });
	return 0;
}

static void files(struct inspect *in, struct bytes package, struct bytes content)
{
	struct notes n = {.in = in, .code = "owned.broken"};
	struct pacman_files lines = {.rest = content};
	struct pacman_file p;
	struct err e = {.kind = ERR_NONE};
	for (int rc; (rc = pacman_file(&lines, &p, &e)) != 0;) {
		uint8_t raw[16];
		struct fact_owned f = {.package = package,
		                       .file = p.path,
		                       .flags = p.is_config ? OWNED_CONFFILE : 0};
		while (bytes_ends(f.file, B("/")))
			f.file.n--;
		if (p.md5.n && hex_decode(p.md5, raw, sizeof raw))
			f.digest = bytes_of(raw, sizeof raw);
		if (rc < 0)
			notes_add(&n, "list of files", &e);
		else
			owned_add(&n, &f);
	}
	notes_end(&n);
}

static int pacman_entry_file(struct inspect *in, const struct entry *en, struct bytes content,
                             struct err *e)
{
	struct bytes package = pacman_folder_name(path_base(path_dir(en->path)));
	if (bytes_eq(path_base(en->path), B("desc")))
		return desc(in, content, e);
	if (package.n)
		files(in, package, content);
	return 0;
}

static const char *const paths[] = {
	"var/lib/pacman/local/*/desc",
	"var/lib/pacman/local/*/files",
	NULL,
};

const struct inspector inspector_pacman = {
	.id = "pacman",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Packages of pacman",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = INSPECT_FILE_MAX,
	.file = pacman_entry_file,
};
