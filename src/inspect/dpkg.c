/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg.c - packages that dpkg has installed.
 *
 * Format: dpkg(1), deb-control(5).
 * Source: var/lib/dpkg/status; var/lib/dpkg/status.d/NAME of images made without dpkg.
 * Emits: package for each that has its files in place; owned for conffiles; a note for each record
 * that is broken, cut, or half installed.
 */
#include "inspect/inspect.h"
#include "inspect/owned.h"

/* status.d also holds what dpkg keeps in info/, one file a package. */
static bool is_status_d_extra(struct bytes path)
{
	static const char *const ends[] = {
		".conffiles", ".config", ".list",   ".md5sums", ".postinst",  ".postrm",
		".preinst",   ".prerm",  ".shlibs", ".symbols", ".templates", ".triggers",
	};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (bytes_ends(path, bytes_str(ends[i])))
			return true;
	}
	return false;
}

static void conffiles(struct notes *n, const struct dpkg_package *p)
{
	struct dpkg_conffile c;
	struct err e = {.kind = ERR_NONE};
	struct bytes rest = p->conffiles;
	for (int rc; (rc = dpkg_conffile(&rest, &c, &e)) != 0;) {
		if (rc < 0) {
			notes_add(n, "Conffiles", &e);
			continue;
		}
		uint8_t raw[16];
		struct fact_owned f = {
			.package = p->package,
			.file = c.path,
			.flags = OWNED_CONFFILE | (c.is_obsolete ? OWNED_OBSOLETE : 0),
		};
		if (c.md5.p) {
			hex_decode(c.md5, raw, sizeof raw);
			f.digest = bytes_of(raw, sizeof raw);
		}
		owned_add(n, &f);
	}
}

/* "want flag status" unless it is the usual "install ok installed". */
static struct bytes status_words(struct inspect *in, const struct dpkg_package *p)
{
	static const char *const wants[] = {
		[DPKG_WANT_UNKNOWN] = "unknown", [DPKG_WANT_INSTALL] = "install",
		[DPKG_WANT_HOLD] = "hold",       [DPKG_WANT_DEINSTALL] = "deinstall",
		[DPKG_WANT_PURGE] = "purge",
	};
	bool is_usual = !p->flag.p || (p->want == DPKG_WANT_INSTALL && bytes_eq(p->flag, B("ok")) &&
	                               p->status == DPKG_INSTALLED);
	if (is_usual)
		return (struct bytes){NULL, 0};
	return bytes_str(arena_printf(inspect_arena(in), "%s %.*s %s", wants[p->want],
	                              BYTES_FMT(p->flag), dpkg_status_name(p->status)));
}

static void package(struct notes *n, struct notes *n_owned, const struct dpkg_package *p)
{
	struct err e = {.kind = ERR_NONE};
	if (p->defect) {
		err_set(&e, ERR_FORMAT, "line %zu: %s", p->defect_line, p->defect);
		notes_add(n, "package record", &e);
	}
	if (dpkg_is_partial(p)) {
		err_set(&e, ERR_FORMAT, "line %zu: %.*s is half-installed", p->line,
		        BYTES_FMT(p->package));
		notes_add(n, "package record", &e);
	}
	if (!dpkg_is_installed(p))
		return;
	inspect_package(n->in, &(struct fact_package){
				       .type = B("deb"),
				       .name = p->package,
				       .version = p->version,
				       .arch = p->architecture,
				       .source_name = p->source,
				       .source_version = p->source_version,
				       .license = p->license,
				       .vendor = p->origin.n ? p->origin : p->vendor,
				       .maintainer = p->maintainer,
				       .status = status_words(n->in, p),
				       .homepage = p->homepage,
			       });
	conffiles(n_owned, p);
}

static int dpkg_file(struct inspect *in, const struct entry *en, struct bytes content,
                     struct err *e)
{
	bool is_status_d = bytes_search(en->path, B("/status.d/")) >= 0;
	if (is_status_d && is_status_d_extra(en->path))
		return 0;
	struct notes n = {.in = in, .code = "db.broken"};
	struct notes n_owned = {.in = in, .code = "owned.broken"};
	struct dpkg_reader r;
	struct dpkg_package p;
	dpkg_open(&r, content, is_status_d);
	for (int rc; (rc = dpkg_next(&r, &p, e)) != 0;) {
		if (rc < 0)
			notes_add(&n, "package record", e);
		else
			package(&n, &n_owned, &p);
	}
	notes_end(&n);
	notes_end(&n_owned);
	return 0;
}

static const char *const paths[] = {
	"var/lib/dpkg/status",
	"var/lib/dpkg/status.d/*",
	NULL,
};

static const char *const anchors[] = {
	"var/lib/dpkg/status",
	"var/lib/dpkg/status.d/",
	NULL,
};

const struct inspector inspector_dpkg = {
	.id = "dpkg",
	.version = 2, /* bump when output changes: it is part of the cache key */
	.title = "Packages of dpkg",
	.paths = paths,
	.anchors = anchors,
	.want = INSPECT_FILE,
	.max = INSPECT_FILE_MAX,
	.file = dpkg_file,
};
