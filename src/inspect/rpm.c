/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm.c - packages that rpm has installed, and their files.
 *
 * Format: rpm databases in SQLite (with its write-ahead log), ndb, Berkeley DB (fmt/rpmdb.h).
 * Source: var/lib/rpm, usr/lib/sysimage/rpm, usr/share/rpm: rpmdb.sqlite, Packages.db, Packages.
 * Emits: package; owned for each file that was installed; a note for each record or part that
 * cannot be read; carry for the log, whose database may lie in another layer.
 */
#include "inspect/inspect.h"
#include "inspect/owned.h"

struct rpm {
	struct inspect *in;
	struct bytes path; /* of the database */
	struct notes broken, owned_broken;
};

/* "[epoch:]version-release" */
static struct bytes evr(struct rpm *r, const struct rpmhdr *h)
{
	struct arena *a = inspect_arena(r->in);
	if (!h->has_epoch)
		return bytes_str(
			arena_printf(a, "%.*s-%.*s", BYTES_FMT(h->version), BYTES_FMT(h->release)));
	return bytes_str(arena_printf(a, "%u:%.*s-%.*s", h->epoch, BYTES_FMT(h->version),
	                              BYTES_FMT(h->release)));
}

static void package(struct rpm *r, const struct rpmhdr *h)
{
	struct bytes version = evr(r, h), name = {NULL, 0}, source = {NULL, 0}, rest, epoch;
	/* SOURCERPM has no epoch; a source of the package's own version has the package's */
	if (rpmhdr_source_cut(h->sourcerpm, &name, &source) &&
	    bytes_cut(version, ':', &epoch, &rest) && bytes_eq(rest, source))
		source = version;
	inspect_package(r->in, &(struct fact_package){
				       .head.path = r->path,
				       .type = B("rpm"),
				       .name = h->name,
				       .version = version,
				       .arch = h->arch,
				       .source_name = name,
				       .source_version = source,
				       .license = h->licence,
				       .vendor = h->vendor,
				       .maintainer = h->packager,
				       .module = h->modularitylabel,
				       .build_time_s = h->buildtime_s,
				       .homepage = h->url,
			       });
}

/* Raw bytes of an MD5, SHA-1 or SHA-256; 0 for others and for none. */
static size_t digest_raw(struct bytes hex, uint8_t raw[32])
{
	size_t n = hex.n / 2;
	bool is_known = hex.n == 32 || hex.n == 40 || hex.n == 64;
	return is_known && hex_decode(hex, raw, n) ? n : 0;
}

static void file(struct rpm *r, const struct rpmhdr *h, const struct rpmfile *f)
{
	static const struct {
		uint32_t theirs;
		unsigned ours;
	} flags[] = {
		{RPMFILE_CONFIG, OWNED_CONFFILE},
		{RPMFILE_GHOST,  OWNED_GHOST   },
		{RPMFILE_DOC,    OWNED_DOC     },
	};
	AUTO_BUF struct buf path;
	uint8_t raw[32];
	struct err e = {.kind = ERR_NONE};
	buf_init(&path, (size_t)PATH_LEN_MAX);
	struct bytes dir = f->dir;
	while (dir.n && dir.p[0] == '/')
		dir = bytes_skip(dir, 1);
	if (buf_add(&path, dir) < 0 || buf_add(&path, f->base) < 0) {
		err_set(&e, ERR_LIMIT, "%.*s: longer than PATH_LEN_MAX", BYTES_FMT(h->name));
		notes_add(&r->owned_broken, "path of a package", &e);
		return;
	}
	struct fact_owned fact = {
		.head.path = r->path,
		.package = h->name,
		.file = buf_bytes(&path),
		.flags = (f->mode & 0170000) == 0040000 ? OWNED_DIR : 0,
		.mode = f->mode & 07777,
	};
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		fact.flags |= f->flags & flags[i].theirs ? flags[i].ours : 0;
	size_t n = digest_raw(f->digest, raw);
	if (n)
		fact.digest = bytes_of(raw, n);
	owned_add(&r->owned_broken, &fact);
}

static int header(void *arg, struct bytes blob, struct err *e)
{
	struct rpm *r = arg;
	struct rpmhdr h;
	struct rpmfiles files;
	if (rpmhdr_parse(blob, &h, e) < 0)
		return -1;
	if (rpmhdr_is_pubkey(&h))
		return 0;
	package(r, &h);
	if (rpmfiles_open(&h, &files, e) < 0) {
		notes_add(&r->owned_broken, "files of a package", e);
		return 0;
	}
	for (struct rpmfile f; rpmfiles_next(&files, &f);) {
		/* others were not installed, or gave way to another package's file */
		if (f.state == RPMFILE_NORMAL || f.state == RPMFILE_MISSING)
			file(r, &h, &f);
	}
	rpmfiles_close(&files);
	return 0;
}

static void broken(void *arg, const struct err *why)
{
	struct rpm *r = arg;
	notes_add(&r->broken, "rpm database", why);
}

static void database(struct inspect *in, const struct inspect_file *db, struct bytes wal)
{
	struct rpm r = {
		.in = in,
		.path = db->en.path,
		.broken = {.in = in, .code = "db.broken"   },
		.owned_broken = {.in = in, .code = "owned.broken"},
	};
	const struct rpmdb_visitor v = {.header = header, .broken = broken, .arg = &r};
	struct rpmdb_count count;
	struct err e = {.kind = ERR_NONE};
	if (rpmdb_each(db->content, wal, &v, &count, &e) < 0)
		notes_add(&r.broken, "rpm database", &e);
	notes_end(&r.broken);
	notes_end(&r.owned_broken);
}

static const struct inspect_file *find_file(const struct inspect_file *files, size_t n,
                                            struct bytes name)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes_eq(path_base(files[i].en.path), name))
			return &files[i];
	}
	return NULL;
}

/* The files of one folder.  A folder that has been converted may hold two forms: both are stated,
 * each under its own path. */
static int rpm_group(struct inspect *in, const struct inspect_file *files, size_t n, struct err *e)
{
	static const char *const forms[] = {"rpmdb.sqlite", "Packages.db", "Packages"};
	const struct inspect_file *wal = find_file(files, n, B("rpmdb.sqlite-wal"));
	const struct inspect_file *journal = find_file(files, n, B("rpmdb.sqlite-journal"));
	(void)e;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const struct inspect_file *db = find_file(files, n, bytes_str(forms[i]));
		bool has_wal = i == 0 && wal;
		if (db)
			database(in, db, has_wal ? wal->content : (struct bytes){NULL, 0});
	}
	bool is_needed = !find_file(files, n, B("rpmdb.sqlite"));
	if (wal && wal->content.n && (is_needed || wal->content.n <= RPM_CARRY_MAX))
		inspect_carry(in, wal->en.path, wal->content);
	/* a journal that is not empty belongs to a change that was not finished */
	if (journal && journal->content.n && journal->content.p[0])
		inspect_note(in, "db.broken", "rpmdb.sqlite-journal: a change was cut off midway");
	return 0;
}

#define RPM_FOLDER(folder)                                                                         \
	folder "/Packages", folder "/Packages.db", folder "/rpmdb.sqlite",                         \
		folder "/rpmdb.sqlite-journal", folder "/rpmdb.sqlite-wal"

#define RPM_FILES(folder) folder "/Packages", folder "/Packages.db", folder "/rpmdb.sqlite"

static const char *const anchors[] = {
	"var/lib/rpm/",
	"usr/lib/sysimage/rpm/",
	"usr/share/rpm/",
	RPM_FILES("var/lib/rpm"),
	RPM_FILES("usr/lib/sysimage/rpm"),
	RPM_FILES("usr/share/rpm"),
	NULL,
};

const struct inspector inspector_rpm = {
	.id = "rpm",
	.version = 3, /* bump when output changes: it is part of the cache key */
	.title = "Packages of rpm",
	.paths =
		(const char *const[]){RPM_FOLDER("usr/lib/sysimage/rpm"),
                                      RPM_FOLDER("usr/share/rpm"), RPM_FOLDER("var/lib/rpm"), NULL},
	.anchors = anchors,
	.want = INSPECT_GROUP,
	.max = INSPECT_FILE_MAX,
	.group = rpm_group,
};
