/* SPDX-License-Identifier: Apache-2.0 */
/*
 * described.c - packages that one small file each describes: conda, R, GHC, Erlang, JDKs, PEAR,
 * CPAN, snaps, WordPress.
 *
 * Format: fmt/lang_conda.c, fmt/lang_fields.c, fmt/lang_pear.c, fmt/lang_cpan.c,
 * fmt/lang_wordpress.c.
 * Source: conda-meta/NAME.json, library/NAME/DESCRIPTION, package.conf.d/NAME.conf,
 * ebin/NAME.app, the file "release" in the home of a JDK, .registry/NAME.reg of PEAR (in
 * .channel.NAME for other channels, PECL among them), .meta/NAME-VERSION/MYMETA.json of cpanm,
 * snap/NAME/REVISION/meta/snap.yaml, wp-includes/version.php, wp-content of WordPress.
 * Emits: package (conda, cpan, cran, hackage, otp, pear, snap, wordpress, generic); a note for a
 * file that is broken.  A plugin or theme of WordPress is called as its folder is, which is its
 * name where it comes from; the one that it shows is the proof.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

#define ROWS(ROW)                                                                                  \
	ROW("**/conda-meta/*.json", "conda", lang_conda, NULL)                                     \
	ROW("**/library/*/DESCRIPTION", "cran", lang_r, NULL)                                      \
	ROW("**/site-library/*/DESCRIPTION", "cran", lang_r, NULL)                                 \
	ROW("**/package.conf.d/*.conf", "hackage", lang_ghc, NULL)                                 \
	ROW("**/ebin/*.app", "otp", lang_erlang, NULL)                                             \
	ROW("**/.registry/*.reg", "pear", lang_pear, take_channel)                                 \
	ROW("**/.registry/.channel.*/*.reg", "pear", lang_pear, take_channel)                      \
	ROW("**/.meta/*/MYMETA.json", "cpan", lang_cpan, NULL)                                     \
	ROW("**/meta/snap.yaml", "snap", lang_snap, NULL)                                          \
	ROW("**/wp-includes/version.php", "generic", lang_wordpress, name_wordpress)               \
	ROW("**/wp-content/plugins/*/*.php", "wordpress", lang_wordpress_plugin, take_folder)      \
	ROW("**/wp-content/plugins/*.php", "wordpress", lang_wordpress_plugin, take_file)          \
	ROW("**/wp-content/themes/*/style.css", "wordpress", lang_wordpress_theme, take_folder)    \
	ROW("**/release", "generic", lang_jdk, NULL)

#define PATH_OF(glob, type, reader, finish) glob,
#define ROW_OF(glob, type, reader, finish)  {glob, type, reader, finish},

/* Records of package.xml 1.0 say no channel; their folder does: .registry is of PEAR's own,
 * .registry/.channel.NAME of another ("/" is "_" there). */
static void take_channel(struct bytes path, struct arena *a, struct fact_package *f)
{
	struct bytes folder = path_base(path_dir(path)), mark = B(".channel.");
	if (bytes_find(f->name, '/') >= 0)
		return;
	struct bytes channel =
		bytes_starts(folder, mark) ? bytes_skip(folder, mark.n) : B("pear.php.net");
	f->name = bytes_str(arena_printf(a, "%.*s/%.*s", BYTES_FMT(channel), BYTES_FMT(f->name)));
}

static void name_wordpress(struct bytes path, struct arena *a, struct fact_package *f)
{
	(void)path;
	f->cpe = bytes_str(arena_printf(a, "cpe:2.3:a:wordpress:wordpress:%.*s:*:*:*:*:*:*:*",
	                                BYTES_FMT(f->version)));
}

static void take_name(struct bytes name, struct arena *a, struct fact_package *f)
{
	f->proof = bytes_str(arena_printf(a, "it shows the name \"%.*s\"", BYTES_FMT(f->name)));
	f->name = name;
}

static void take_folder(struct bytes path, struct arena *a, struct fact_package *f)
{
	take_name(path_base(path_dir(path)), a, f);
}

static void take_file(struct bytes path, struct arena *a, struct fact_package *f)
{
	struct bytes file = path_base(path);
	file.n -= 4; /* ".php" */
	take_name(file, a, f);
}

static const struct row {
	const char *glob, *type;
	int (*read)(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);
	void (*finish)(struct bytes path, struct arena *a, struct fact_package *f); /* or NULL */
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

static int described_file(struct inspect *in, const struct entry *en, struct bytes content,
                          struct err *e)
{
	const struct row *r = row_of(en->path);
	struct lang_package p = {.scope = LANG_RUN};
	int rc = r ? r->read(content, inspect_arena(in), &p, e) : 0;
	if (rc <= 0)
		return rc;
	struct fact_package f = {
		.type = bytes_str(r->type),
		.name = p.name,
		.version = p.version,
		.license = p.license,
		.repository = p.source,
		.depends = p.depends,
		.vendor = p.vendor,
		.cpe = p.cpe,
	};
	if (r->finish)
		r->finish(en->path, inspect_arena(in), &f);
	inspect_package(in, &f);
	return 0;
}

static const char *const paths[] = {ROWS(PATH_OF) NULL};

const struct inspector inspector_described = {
	.id = "described",
	.version = 3, /* bump when output changes: it is part of the cache key */
	.title = "Packages of conda, R, Haskell, Erlang, PEAR, CPAN, snapd and WordPress, and JDKs",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LANG_MANIFEST_MAX,
	.file = described_file,
};
