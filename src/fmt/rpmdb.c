/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpmdb.c - rpm databases: sqlite (rpm 4.16 and later), ndb (SUSE), Berkeley DB (before).
 *
 * Format: a table `Packages` of header blobs by number, in each of the three.
 * Source: rpm's lib/backend; sqlite.c there creates Packages(hnum, blob).
 */
#include "fmt/rpmdb.h"

#include "fmt/bdb.h"
#include "fmt/ndb.h"
#include "fmt/sqlitedb.h"

enum rpmdb_kind rpmdb_kind(struct bytes db)
{
	if (bytes_starts(db, B("SQLite format 3\0")))
		return RPMDB_SQLITE;
	if (bytes_starts(db, B("RpmP")))
		return RPMDB_NDB;
	return bdb_is_hash(db) ? RPMDB_BDB : RPMDB_NONE;
}

const char *rpmdb_kind_name(enum rpmdb_kind kind)
{
	static const char *const names[] = {
		[RPMDB_NONE] = "none",
		[RPMDB_SQLITE] = "sqlite",
		[RPMDB_NDB] = "ndb",
		[RPMDB_BDB] = "bdb",
	};
	_Static_assert(ARRAY_LEN(names) == RPMDB__MAX, "a name per kind");
	return kind < RPMDB__MAX ? names[kind] : names[RPMDB_NONE];
}

struct walk {
	const struct rpmdb_visitor *v;
	struct rpmdb_count count;
	struct buf scratch;
};

/* 0 to go on, -1 when there are too many. */
static int broken(struct walk *w, const struct err *why, struct err *e)
{
	if (w->count.broken++ == 0)
		w->count.first = *why;
	if (w->v->broken)
		w->v->broken(w->v->arg, why);
	if (w->count.broken <= (uint64_t)RPM_BROKEN_MAX)
		return 0;
	return err_set(e, ERR_LIMIT, "over %lld broken records (RPM_BROKEN_MAX), first: %s",
	               (long long)RPM_BROKEN_MAX, w->count.first.msg);
}

/* 0 to go on, 1 when the visitor has enough, -1. */
static int deliver(struct walk *w, struct bytes header, struct err *e)
{
	struct err why = {.kind = ERR_NONE};
	int rc = w->v->header(w->v->arg, header, &why);
	if (rc < 0)
		return broken(w, &why, e);
	w->count.headers++;
	return rc;
}

/* Notes what is wrong with the file as a whole. */
static int sqlite_damage(struct walk *w, const struct sqlitedb *s, struct err *e)
{
	struct err why;
	if (s->missing) {
		err_set(&why, ERR_FORMAT, "sqlite: %u of %u pages are missing: cut short",
		        s->missing, s->pages);
		if (broken(w, &why, e) < 0)
			return -1;
	}
	if (s->wal_damage) {
		err_set(&why, ERR_FORMAT, "sqlite: %s", s->wal_damage);
		return broken(w, &why, e);
	}
	return 0;
}

/* Packages(hnum INTEGER PRIMARY KEY, blob BLOB): the blob is column 1. */
static int sqlite_row(struct walk *w, struct bytes record, struct err *e)
{
	struct sqlitedb_value v;
	struct err why;
	if (sqlitedb_column(record, 1, &v, &why) < 0)
		return broken(w, &why, e);
	if (v.type != SQLITEDB_BLOB) {
		err_set(&why, ERR_FORMAT, "sqlite: a row of Packages has no blob");
		return broken(w, &why, e);
	}
	return deliver(w, v.data, e);
}

static int sqlite_rows(struct walk *w, const struct sqlitedb *s, uint32_t root, struct err *e)
{
	struct sqlitedb_rows rows;
	struct bytes record;
	struct err why;
	int rc = 0, got;
	sqlitedb_rows_open(s, root, &w->scratch, &rows);
	while (rc == 0 && (got = sqlitedb_next(&rows, &record, &why)) != 0)
		rc = got < 0 ? broken(w, &why, e) : sqlite_row(w, record, e);
	sqlitedb_rows_close(&rows);
	return rc;
}

static int each_sqlite(struct walk *w, struct bytes db, struct bytes wal, struct err *e)
{
	struct sqlitedb s;
	uint32_t root;
	if (sqlitedb_open(db, wal, &s, e) < 0)
		return -1;
	int rc = sqlite_damage(w, &s, e);
	if (rc == 0)
		rc = sqlitedb_table(&s, B("Packages"), &w->scratch, &root, e);
	if (rc == 0)
		rc = sqlite_rows(w, &s, root, e);
	sqlitedb_close(&s);
	return rc;
}

static int each_ndb(struct walk *w, struct bytes db, struct bytes wal, struct err *e)
{
	struct ndb n;
	struct ndb_blob blob;
	struct err why;
	int rc = 0, got;
	(void)wal;
	if (ndb_open(db, &n, e) < 0)
		return -1;
	while (rc == 0 && (got = ndb_next(&n, &blob, &why)) != 0) {
		bool is_wrong = got < 0 || blob.is_sum_wrong;
		if (got > 0 && is_wrong)
			err_set(&why, ERR_FORMAT, "ndb: package %u: wrong checksum", blob.pkgidx);
		if (is_wrong)
			rc = broken(w, &why, e);
		/* rpm lists it whatever its checksum: so do we, besides saying so */
		if (rc == 0 && got > 0)
			rc = deliver(w, blob.data, e);
	}
	return rc;
}

static int each_bdb(struct walk *w, struct bytes db, struct bytes wal, struct err *e)
{
	struct bdb b;
	struct bytes key, value;
	struct err why;
	int rc = 0, got;
	(void)wal;
	if (bdb_open(db, &w->scratch, &b, e) < 0)
		return -1;
	if (b.missing) {
		err_set(&why, ERR_FORMAT, "bdb: %u pages are missing: cut short", b.missing);
		rc = broken(w, &why, e);
	}
	while (rc == 0 && (got = bdb_next(&b, &key, &value, &why)) != 0) {
		if (got < 0)
			rc = broken(w, &why, e);
		else if (!bytes_eq(key, B("\0\0\0\0"))) /* number 0 counts the instances */
			rc = deliver(w, value, e);
	}
	bdb_close(&b);
	return rc;
}

int rpmdb_each(struct bytes db, struct bytes wal, const struct rpmdb_visitor *v,
               struct rpmdb_count *ret, struct err *e)
{
	static int (*const each[])(struct walk *, struct bytes, struct bytes, struct err *) = {
		[RPMDB_NONE] = NULL,
		[RPMDB_SQLITE] = each_sqlite,
		[RPMDB_NDB] = each_ndb,
		[RPMDB_BDB] = each_bdb,
	};
	_Static_assert(ARRAY_LEN(each) == RPMDB__MAX, "a reader per kind");
	struct walk w = {.v = v};
	enum rpmdb_kind kind = db.n == 0 && wal.n ? RPMDB_SQLITE : rpmdb_kind(db);
	*ret = w.count;
	if (!each[kind])
		return err_set(e, ERR_FORMAT, "not an rpm database (%zu bytes)", db.n);
	buf_init(&w.scratch, (size_t)RPM_HEADER_MAX);
	int rc = each[kind](&w, db, wal, e);
	buf_fini(&w.scratch);
	*ret = w.count;
	return rc < 0 ? -1 : 0;
}
