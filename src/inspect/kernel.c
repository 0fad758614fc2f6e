/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel.c - kernels of Linux and modules for them that no package brought.
 *
 * Format: fmt/lang_kernel.c.
 * Source: boot/vmlinuz*, lib/modules/VERSION/vmlinuz, and modules (*.ko) below lib/modules.  Those
 * that are compressed are not looked into; modules of the kernel's own have no version.
 * Emits: package (generic, "linux-kernel" with the CPE name of NVD; "linux/NAME" of a module;
 * evidence "binary"); a note for a module that cannot be read.
 */
#include "inspect/inspect.h"

static int module(struct inspect *in, struct bytes content, struct err *e)
{
	struct lang_package p;
	int rc = lang_kernel_module(content, inspect_arena(in), &p, e);
	if (rc <= 0)
		return rc;
	inspect_package(in, &(struct fact_package){
				    .type = B("generic"),
				    .name = bytes_str(arena_printf(inspect_arena(in), "linux/%.*s",
	                                                           BYTES_FMT(p.name))),
				    .version = p.version,
				    .license = p.license,
				    .proof = B("it is a module of the kernel"),
				    .evidence = EVIDENCE_BINARY,
			    });
	return 0;
}

static int kernel_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	struct lang_package p;
	if (bytes_ends(en->path, B(".ko")))
		return module(in, content, e);
	int rc = lang_kernel(content, inspect_arena(in), &p, e);
	if (rc <= 0)
		return rc;
	inspect_package(in, &(struct fact_package){
				    .type = B("generic"),
				    .name = p.name,
				    .version = p.version,
				    .license = p.license,
				    .cpe = bytes_str(arena_printf(
					    inspect_arena(in),
					    "cpe:2.3:o:linux:linux_kernel:%.*s:*:*:*:*:*:*:*",
					    BYTES_FMT(p.version))),
				    .proof = B("it is a kernel that can be started"),
				    .evidence = EVIDENCE_BINARY,
			    });
	return 0;
}

static const char *const paths[] = {
	"boot/vmlinuz*",        "boot/bzImage*",
	"boot/vmlinux*",        "**/lib/modules/*/vmlinuz",
	"**/lib/modules/**.ko", NULL,
};

const struct inspector inspector_kernel = {
	.id = "kernel",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Kernels of Linux and their modules",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = KERNEL_FILE_MAX,
	.file = kernel_file,
};
