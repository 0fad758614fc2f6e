/* SPDX-License-Identifier: Apache-2.0 */
/*
 * described.c - packages that one small file each describes: conda, R, GHC, Erlang, JDKs, PEAR.
 *
 * Format: fmt/lang_conda.c, fmt/lang_fields.c, fmt/lang_pear.c.
 * Source: conda-meta/NAME.json, library/NAME/DESCRIPTION, package.conf.d/NAME.conf,
 * ebin/NAME.app, the file "release" in the home of a JDK, .registry/NAME.reg of PEAR (in
 * .channel.NAME for other channels, PECL among them).
 * Emits: package (conda, cran, hackage, otp, pear, generic); a note for a file that is broken.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

#define ROWS(ROW)                                                                                  \
	ROW("**/conda-meta/*.json", "conda", lang_conda, NULL)                                     \
	ROW("**/library/*/DESCRIPTION", "cran", lang_r, NULL)                                      \
	ROW("**/site-library/*/DESCRIPTION", "cran", lang_r, NULL)                                 \
	ROW("**/package.conf.d/*.conf", "hackage", lang_ghc, NULL)                                 \
	ROW("**/ebin/*.app", "otp", lang_erlang, NULL)                                             \
	ROW("**/.registry/*.reg", "pear", lang_pear, NULL)                                         \
	ROW("**/.registry/.channel.*/*.reg", "pear", lang_pear, NULL)                              \
	ROW("**/release", "generic", lang_jdk, "oracle:openjdk")

#define PATH_OF(glob, type, reader, cpe) glob,
#define ROW_OF(glob, type, reader, cpe)  {glob, type, reader, cpe},

static const struct row {
	const char *glob, *type;
	int (*read)(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);
	const char *cpe; /* vendor:product of NVD, where nothing else knows it */
} rows[] = {ROWS(ROW_OF)};

static const struct row *row_of(struct bytes path)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes glob = bytes_str(rows[i].glob);
		if (bytes_glob(glob, path) || bytes_glob(bytes_skip(glob, 3), path))
			return &rows[i];
	}
	return NULL;
}

/* Records of package.xml 1.0 say no channel; their folder does: .registry is of PEAR's own,
 * .registry/.channel.NAME of another ("/" is "_" there). */
static void take_channel(struct bytes path, struct arena *a, struct lang_package *p)
{
	struct bytes folder = path_base(path_dir(path)), mark = B(".channel.");
	if (bytes_find(p->name, '/') >= 0)
		return;
	struct bytes channel =
		bytes_starts(folder, mark) ? bytes_skip(folder, mark.n) : B("pear.php.net");
	p->name = bytes_str(arena_printf(a, "%.*s/%.*s", BYTES_FMT(channel), BYTES_FMT(p->name)));
}

static int described_file(struct inspect *in, const struct entry *en, struct bytes content,
                          struct err *e)
{
	const struct row *r = row_of(en->path);
	struct lang_package p;
	int rc = r ? r->read(content, inspect_arena(in), &p, e) : 0;
	if (rc <= 0)
		return rc;
	if (r->read == lang_pear)
		take_channel(en->path, inspect_arena(in), &p);
	const char *cpe =
		!r->cpe ? NULL
			: arena_printf(inspect_arena(in), "cpe:2.3:a:%s:%.*s:*:*:*:*:*:*:*", r->cpe,
	                               BYTES_FMT(p.version));
	inspect_package(in, &(struct fact_package){
				    .type = bytes_str(r->type),
				    .name = p.name,
				    .version = p.version,
				    .license = p.license,
				    .repository = p.source,
				    .depends = p.depends,
				    .cpe = bytes_str(cpe),
			    });
	return 0;
}

static const char *const paths[] = {ROWS(PATH_OF) NULL};

const struct inspector inspector_described = {
	.id = "described",
	.version = 3, /* bump when output changes: it is part of the cache key */
	.title = "Packages of conda, R, Haskell, Erlang and PEAR, and JDKs",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LANG_MANIFEST_MAX,
	.file = described_file,
};
