/* SPDX-License-Identifier: Apache-2.0 */
/*
 * portage.c - packages that Portage has installed: Gentoo and its kin.
 *
 * Format: fmt/portage.h.
 * Source: var/db/pkg/CATEGORY/NAME-VERSION/CONTENTS and LICENSE.
 * Emits: package (ebuild, "CATEGORY/NAME"), from either file; owned for each path; a note for each
 * line that is broken.
 */
#include "inspect/inspect.h"
#include "inspect/owned.h"

static void files(struct inspect *in, struct bytes package, struct bytes content)
{
	struct notes n = {.in = in, .code = "owned.broken"};
	struct portage_files lines = {.rest = content};
	struct portage_file p;
	struct err e = {.kind = ERR_NONE};
	for (int rc; (rc = portage_file(&lines, &p, &e)) != 0;) {
		uint8_t raw[16];
		if (rc < 0) {
			notes_add(&n, "list of files", &e);
			continue;
		}
		struct fact_owned f = {
			.package = package, .file = p.path, .flags = p.is_dir ? OWNED_DIR : 0};
		if (p.md5.n && hex_decode(p.md5, raw, sizeof raw))
			f.digest = bytes_of(raw, sizeof raw);
		owned_add(&n, &f);
	}
	notes_end(&n);
}

static int portage_entry_file(struct inspect *in, const struct entry *en, struct bytes content,
                              struct err *e)
{
	struct arena *a = inspect_arena(in);
	struct bytes folder = path_dir(en->path), category = path_base(path_dir(folder)), name,
		     version;
	bool is_license = bytes_eq(path_base(en->path), B("LICENSE"));
	if (!portage_name(path_base(folder), &name, &version))
		return err_set(e, ERR_FORMAT, "its folder is not called NAME-VERSION");
	name = bytes_str(arena_printf(a, "%.*s/%.*s", BYTES_FMT(category), BYTES_FMT(name)));
	inspect_package(in, &(struct fact_package){
				    .type = B("ebuild"),
				    .name = name,
				    .version = version,
				    .source_name = name,
				    .source_version = version,
				    .license = is_license ? portage_license(content, a)
	                                                  : (struct bytes){NULL, 0},
        });
	if (!is_license)
		files(in, name, content);
	return 0;
}

static const char *const paths[] = {
	"var/db/pkg/*/*/CONTENTS",
	"var/db/pkg/*/*/LICENSE",
	NULL,
};

const struct inspector inspector_portage = {
	.id = "portage",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Packages of Portage",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = INSPECT_FILE_MAX,
	.file = portage_entry_file,
};
