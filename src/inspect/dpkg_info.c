/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg_info.c - which files dpkg's packages own, and which of them stand elsewhere.
 *
 * Format: NAME.list (a path a line), NAME.md5sums ("md5  path"), NAME.conffiles, diversions (three
 * lines each): dpkg(1), deb-md5sums(5), deb-conffiles(5), dpkg-divert(1).
 * Source: var/lib/dpkg/info/, var/lib/dpkg/status.d/NAME.md5sums, var/lib/dpkg/diversions.
 * Emits: owned for each path (digest where md5sums has one), divert; count "dpkg" for each
 * info/NAME.md5sums (lines), by which a database that was cut is noticed; a note for each broken
 * line.
 */
#include "inspect/inspect.h"
#include "inspect/owned.h"

static int list_next(struct dpkg_lines *l, struct fact_owned *f, uint8_t raw[16], struct err *e)
{
	(void)raw;
	return dpkg_list_line(l, &f->file, e);
}

static int md5sums_next(struct dpkg_lines *l, struct fact_owned *f, uint8_t raw[16], struct err *e)
{
	struct bytes md5;
	int rc = dpkg_md5sums_line(l, &md5, &f->file, e);
	if (rc <= 0)
		return rc;
	hex_decode(md5, raw, 16);
	f->digest = bytes_of(raw, 16);
	return 1;
}

static int conffiles_next(struct dpkg_lines *l, struct fact_owned *f, uint8_t raw[16],
                          struct err *e)
{
	(void)raw;
	struct dpkg_conffile c;
	int rc = dpkg_conffiles_line(l, &c, e);
	if (rc <= 0)
		return rc;
	f->file = c.path;
	f->flags = OWNED_CONFFILE;
	return 1;
}

static const struct kind {
	const char *suffix;
	int (*next)(struct dpkg_lines *l, struct fact_owned *f, uint8_t raw[16], struct err *e);
} kinds[] = {
	{".conffiles", conffiles_next},
	{".list",      list_next     },
	{".md5sums",   md5sums_next  },
};

/* Returns how many lines there were. */
static uint64_t owned_lines(struct notes *n, const struct kind *k, struct bytes package,
                            struct bytes content)
{
	struct dpkg_lines l = {.rest = content};
	for (uint64_t lines = 0;; lines++) {
		uint8_t raw[16];
		struct fact_owned f = {.package = package};
		struct err e = {.kind = ERR_NONE};
		int rc = k->next(&l, &f, raw, &e);
		if (rc == 0)
			return lines;
		if (rc < 0)
			notes_add(n, "list of files", &e);
		else
			owned_add(n, &f);
	}
}

static void diversions(struct notes *n, struct bytes content)
{
	struct dpkg_lines l = {.rest = content};
	for (;;) {
		struct dpkg_diversion d;
		struct err e = {.kind = ERR_NONE};
		int rc = dpkg_diversion(&l, &d, &e);
		if (rc == 0)
			return;
		if (rc < 0)
			notes_add(n, "diversion", &e);
		else
			inspect_divert(n->in, &(struct fact_divert){
						      .from = d.from,
						      .to = d.to,
						      .package = d.package.p ? d.package : B(":"),
					      });
	}
}

static int dpkg_info_file(struct inspect *in, const struct entry *en, struct bytes content,
                          struct err *e)
{
	(void)e;
	struct notes n = {.in = in, .code = "owned.broken"};
	struct bytes name = path_base(en->path);
	if (bytes_eq(name, B("diversions")))
		diversions(&n, content);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct bytes suffix = bytes_str(kinds[i].suffix);
		if (!bytes_ends(name, suffix))
			continue;
		uint64_t lines = owned_lines(&n, &kinds[i], bytes_slice(name, 0, name.n - suffix.n),
		                             content);
		if (bytes_eq(suffix, B(".md5sums")) &&
		    bytes_starts(en->path, B("var/lib/dpkg/info/")))
			inspect_count(in, B("dpkg"), lines);
	}
	notes_end(&n);
	return 0;
}

static const char *const paths[] = {
	"var/lib/dpkg/diversions",         "var/lib/dpkg/info/*.conffiles",
	"var/lib/dpkg/info/*.list",        "var/lib/dpkg/info/*.md5sums",
	"var/lib/dpkg/status.d/*.md5sums", NULL,
};

const struct inspector inspector_dpkg_info = {
	.id = "dpkg_info",
	.version = 2, /* bump when output changes: it is part of the cache key */
	.title = "Files of dpkg's packages",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = DPKG_LIST_MAX,
	.file = dpkg_info_file,
};
