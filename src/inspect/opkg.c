/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opkg.c - packages that opkg has installed: OpenWrt, Yocto, Entware.
 *
 * Format: that of dpkg (fmt/dpkg.h); of a list of files the path alone, or with its mode behind a
 * tab.
 * Source: lib/opkg/status; lib/opkg/info/NAME.control, which says more of the same package, and
 * NAME.list.
 * Emits: package (opkg); owned for each path and configuration file; a note for each record or line
 * that is broken.
 */
#include "inspect/inspect.h"
#include "inspect/owned.h"

static void package(struct inspect *in, const struct dpkg_package *p)
{
	inspect_package(in, &(struct fact_package){
				    .type = B("opkg"),
				    .name = p->package,
				    .version = p->version,
				    .arch = p->architecture,
				    .license = p->license,
				    .maintainer = p->maintainer,
				    .homepage = p->homepage,
			    });
}

static void records(struct inspect *in, struct bytes content, bool is_control)
{
	struct notes n = {.in = in, .code = "db.broken"};
	struct dpkg_reader r;
	struct dpkg_package p;
	struct err e = {.kind = ERR_NONE};
	dpkg_open(&r, content, is_control);
	for (int rc; (rc = dpkg_next(&r, &p, &e)) != 0;) {
		if (rc > 0 && p.defect)
			err_set(&e, ERR_FORMAT, "line %zu: %s", p.defect_line, p.defect);
		if (rc < 0 || p.defect)
			notes_add(&n, "package record", &e);
		if (rc > 0 && dpkg_is_installed(&p))
			package(in, &p);
	}
	notes_end(&n);
}

static void list(struct inspect *in, struct bytes name, struct bytes content)
{
	struct notes n = {.in = in, .code = "owned.broken"};
	struct dpkg_lines lines = {.rest = content};
	struct bytes path, tail;
	struct err e = {.kind = ERR_NONE};
	for (int rc; (rc = dpkg_list_line(&lines, &path, &e)) != 0;) {
		if (rc < 0) {
			notes_add(&n, "list of files", &e);
			continue;
		}
		bytes_cut(path, '\t', &path, &tail);
		owned_add(&n, &(struct fact_owned){.package = name, .file = path});
	}
	notes_end(&n);
}

static int opkg_file(struct inspect *in, const struct entry *en, struct bytes content,
                     struct err *e)
{
	struct bytes base = path_base(en->path), end = B(".list");
	(void)e;
	if (bytes_ends(base, end))
		list(in, bytes_slice(base, 0, base.n - end.n), content);
	else
		records(in, content, bytes_ends(base, B(".control")));
	return 0;
}

static const char *const paths[] = {
	"**/lib/opkg/status",
	"**/lib/opkg/info/*.control",
	"**/lib/opkg/info/*.list",
	NULL,
};

const struct inspector inspector_opkg = {
	.id = "opkg",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Packages of opkg",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = INSPECT_FILE_MAX,
	.file = opkg_file,
};
