/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk.c - packages that apk has installed, and their files.
 *
 * Format: apk-tools 2 installed database (fmt/apkdb.h).
 * Source: lib/apk/db/installed, usr/lib/apk/db/installed.
 * Emits: package; owned for each file and folder; a note for each broken record, and for the binary
 * database of apk-tools 3.
 */
#include "inspect/inspect.h"
#include "inspect/owned.h"

static struct bytes file_path(struct buf *b, const struct apk_file *f)
{
	if (!f->name.p)
		return f->dir;
	buf_reset(b);
	buf_add(b, f->dir);
	if (f->dir.n)
		buf_addc(b, '/');
	buf_add(b, f->name);
	return buf_bytes(b);
}

static void files(struct notes *n, const struct apk_package *p)
{
	AUTO_BUF struct buf path;
	buf_init(&path, (size_t)PATH_LEN_MAX * 2 + 1);
	struct apk_files it;
	struct apk_file f;
	struct err e = {.kind = ERR_NONE};
	apk_files_open(&it, p);
	for (int rc; (rc = apk_file(&it, &f, &e)) != 0;) {
		if (rc < 0) {
			notes_add(n, "file of a package", &e);
			continue;
		}
		struct fact_owned fact = {
			.package = p->package,
			.file = file_path(&path, &f),
			.flags = f.name.p ? 0 : OWNED_DIR,
			.mode = f.mode,
		};
		if (f.digest.n)
			fact.digest = bytes_of(f.digest.bytes, f.digest.n);
		owned_add(n, &fact);
	}
}

static void package(struct notes *n, const struct apk_package *p)
{
	if (p->defect) {
		struct err e = {.kind = ERR_NONE};
		err_set(&e, ERR_FORMAT, "line %zu: %s", p->defect_line, p->defect);
		notes_add(n, "package record", &e);
	}
	inspect_package(n->in, &(struct fact_package){
				       .type = B("apk"),
				       .name = p->package,
				       .version = p->version,
				       .arch = p->arch,
				       .source_name = p->origin,
				       .source_version = p->version,
				       .license = p->license,
				       .maintainer = p->maintainer,
				       .repository = p->tag,
				       .build_time_s = p->built_s,
				       .homepage = p->url,
			       });
}

static int apk_installed(struct inspect *in, const struct entry *en, struct bytes content,
                         struct err *e)
{
	(void)en;
	struct notes n = {.in = in, .code = "db.broken"};
	struct notes n_owned = {.in = in, .code = "owned.broken"};
	struct apkdb r;
	struct apk_package p;
	apkdb_open(&r, content);
	for (int rc; (rc = apkdb_next(&r, &p, e)) != 0;) {
		if (rc < 0) {
			notes_add(&n, "package record", e);
			continue;
		}
		package(&n, &p);
		files(&n_owned, &p);
	}
	notes_end(&n);
	notes_end(&n_owned);
	return 0;
}

static const char *const paths[] = {
	"lib/apk/db/installed",
	"usr/lib/apk/db/installed",
	"var/lib/apk/db/installed",
	NULL,
};

static const char *const anchors[] = {
	"lib/apk/db/installed",
	"usr/lib/apk/db/installed",
	"var/lib/apk/db/installed",
	NULL,
};

const struct inspector inspector_apk = {
	.id = "apk",
	.version = 2, /* bump when output changes: it is part of the cache key */
	.title = "Packages of apk",
	.paths = paths,
	.anchors = anchors,
	.want = INSPECT_FILE,
	.max = INSPECT_FILE_MAX,
	.file = apk_installed,
};
