/* SPDX-License-Identifier: Apache-2.0 */
/*
 * php_extensions.c - extensions of PHP that lie beside its interpreter.
 *
 * Format: fmt/lang_php.c.
 * Source: libraries below folders called php*, where all builds of PHP keep them
 * (lib/php/extensions/API, lib/php/API, lib/php83/modules, lib64/php/modules).
 * Emits: package (generic, "php/NAME" by the file's name; evidence "binary" with what its module
 * calls itself); a note for a library that cannot be read.
 *
 * An extension is called as its file is, as php.ini names it: opcache.so calls itself "Zend
 * OPcache".  Those that are built into the interpreter have its version.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

static int php_extensions_file(struct inspect *in, const struct entry *en, struct bytes content,
                               struct err *e)
{
	struct arena *a = inspect_arena(in);
	struct bytes file = path_base(en->path);
	struct lang_package p;
	int rc = lang_php_extension(content, a, &p, e);
	if (rc <= 0)
		return rc;
	file.n -= 3; /* ".so" */
	struct lang_package named = {.name = file, .version = p.version};
	if (lang_check(&named, e) < 0)
		return -1;
	inspect_package(
		in, &(struct fact_package){
			    .type = B("generic"),
			    .name = bytes_str(arena_printf(a, "php/%.*s", BYTES_FMT(named.name))),
			    .version = named.version,
			    .proof = bytes_str(arena_printf(a, "it is the module \"%.*s\" of PHP",
	                                                    BYTES_FMT(p.name))),
			    .evidence = EVIDENCE_BINARY,
		    });
	return 0;
}

static const char *const paths[] = {"**/php*/**.so", NULL};

const struct inspector inspector_php_extensions = {
	.id = "php_extensions",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Extensions of PHP",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = PHP_EXTENSION_MAX,
	.file = php_extensions_file,
};
