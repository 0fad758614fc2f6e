/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osrelease.c - which operating system the image says it is.
 *
 * Format: os-release(5), and what stands in for it (fmt/osrelease.h).
 * Source: etc/os-release, usr/lib/os-release, the release files of the distributions, etc/issue,
 * a busybox binary.
 * Emits: fact os, with the rank of the file; a note for an os-release without content.
 */
#include "inspect/inspect.h"

/* Which row a file is read as: a second look comes with the path that leads to it. */
static int osrelease_file(struct inspect *in, const struct entry *en, struct bytes content,
                          struct err *e)
{
	const struct os_source *src = os_source_find(en->path);
	if (!src)
		return err_set(e, ERR_INTERNAL, "not a path of this inspector");
	struct os_id os;
	struct err why = {.kind = ERR_NONE};
	if (os_id_parse(src, content, inspect_arena(in), &os, &why) < 0) {
		/* a banner or a product nobody knows says nothing, and breaks nothing; that the
		 * system is not known is seen later */
		bool must_speak = bytes_ends(en->path, B("os-release")) || why.kind == ERR_LIMIT;
		if (must_speak)
			inspect_note(in, "os.broken", "%s", why.msg);
		return 0;
	}
	if (!os.id.p && os.bad_line)
		inspect_note(in, "os.broken", "no ID, and line %zu is no assignment", os.bad_line);
	inspect_os(in, &(struct fact_os){
			       .id = os.id,
			       .id_like = os.id_like,
			       .name = os.name,
			       .version = os.version,
			       .version_id = os.version_id,
			       .codename = os.codename,
			       .pretty = os.pretty,
			       .cpe = os.cpe,
			       .variant = os.variant,
			       .rank = src->rank,
		       });
	return 0;
}

static const char *const paths[] = {
	"etc/SuSE-release",
	"etc/almalinux-release",
	"etc/alpine-release",
	"etc/azurelinux-release",
	"etc/centos-release",
	"etc/debian_version",
	"etc/enterprise-release",
	"etc/fedora-release",
	"etc/issue",
	"etc/lsb-release",
	"etc/mariner-release",
	"etc/openEuler-release",
	"etc/oracle-release",
	"etc/os-release",
	"etc/photon-release",
	"etc/redhat-release",
	"etc/rocky-release",
	"etc/system-release",
	"etc/system-release-cpe",
	"usr/lib/fedora-release",
	"usr/lib/os-release",
	"usr/lib/system-release-cpe",
	"bin/busybox",
	"usr/bin/busybox",
	NULL,
};

static const char *const anchors[] = {
	"etc/os-release",     "usr/lib/os-release", "etc/alpine-release", "etc/debian_version",
	"etc/redhat-release", "etc/system-release", "bin/busybox",        NULL,
};

const struct inspector inspector_osrelease = {
	.id = "osrelease",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Operating system",
	.paths = paths,
	.anchors = anchors,
	.want = INSPECT_FILE,
	.max = SHELL_FILE_MAX,
	.file = osrelease_file,
};
