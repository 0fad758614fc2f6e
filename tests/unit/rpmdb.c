/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpmdb.c - rpm databases against the lists that rpm and others gave for them.
 *
 * With the environment variable RPMDB_LIST (and RPMDB_WAL) it prints the packages of that file
 * instead, as `name epoch version release arch sourcerpm` parted by tabs: tests/peers/rpm.py
 * compares them with rpm's own list.
 */
#include "fmt/rpmdb.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "fmt/rpmhdr.h"
#include "lib/bdbmake.h"
#include "lib/ndbmake.h"
#include "lib/sqlmake.h"
#include "test.h"

enum { FILE_MAX = 64 << 20 };

static bool file_load(const char *path, struct buf *ret)
{
	FILE *f = fopen(path, "rb");
	buf_init(ret, FILE_MAX);
	if (!f)
		return false;
	for (uint8_t *p; (p = buf_room(ret, 1 << 16)) != NULL;) {
		size_t n = fread(p, 1, 1 << 16, f);
		ret->n += n;
		if (n == 0)
			break;
	}
	fclose(f);
	return true;
}

static bool zstd_load(const char *path, struct buf *ret)
{
	AUTO_BUF struct buf in = {0};
	if (!file_load(path, &in))
		return false;
	buf_init(ret, FILE_MAX);
	unsigned long long n = ZSTD_getFrameContentSize(in.p, in.n);
	if (n > FILE_MAX)
		n = 8 << 20; /* not stated */
	uint8_t *p = buf_room(ret, n);
	size_t got = ZSTD_decompress(p, n, in.p, in.n);
	ret->n = ZSTD_isError(got) ? 0 : got;
	return ret->n > 0;
}

static bool any_load(const char *path, struct buf *ret)
{
	return bytes_ends(bytes_str(path), B(".zst")) ? zstd_load(path, ret) : file_load(path, ret);
}

/* The member of that name in a plain ustar archive. */
static struct bytes tar_member(struct bytes tar, const char *name)
{
	while (tar.n >= 512 && tar.p[0]) {
		uint64_t size = 0;
		bytes_octal(bytes_slice(tar, 124, 135), UINT32_MAX, &size);
		if (strncmp((const char *)tar.p, name, 100) == 0)
			return bytes_slice(tar, 512, 512 + size);
		tar = bytes_skip(tar, 512 + (size + 511) / 512 * 512);
	}
	return (struct bytes){0};
}

struct list {
	char *rows[4096];
	size_t n;
	unsigned files;
};

static int list_add(void *arg, struct bytes header, struct err *e)
{
	struct list *l = arg;
	struct rpmhdr h;
	struct rpmfiles files;
	if (rpmhdr_parse(header, &h, e) < 0 || rpmfiles_open(&h, &files, e) < 0)
		return -1;
	for (struct rpmfile f; rpmfiles_next(&files, &f);)
		l->files++;
	rpmfiles_close(&files);
	if (l->n == ARRAY_LEN(l->rows))
		return 1;
	char *row;
	struct bytes arch = h.arch.p ? h.arch : B("(none)");
	struct bytes src = h.sourcerpm.p ? h.sourcerpm : B("(none)");
	if (asprintf(&row, "%.*s\t%u\t%.*s\t%.*s\t%.*s\t%.*s\n", BYTES_FMT(h.name), h.epoch,
	             BYTES_FMT(h.version), BYTES_FMT(h.release), BYTES_FMT(arch),
	             BYTES_FMT(src)) < 0)
		abort();
	l->rows[l->n++] = row;
	return 0;
}

static int row_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All rows in order as one text. */
static void list_text(struct list *l, struct buf *ret)
{
	qsort(l->rows, l->n, sizeof l->rows[0], row_cmp);
	for (size_t i = 0; i < l->n; i++) {
		buf_adds(ret, l->rows[i]);
		free(l->rows[i]);
	}
	l->n = 0;
}

static int db_text(struct bytes db, struct bytes wal, struct buf *ret, struct rpmdb_count *count,
                   struct err *e)
{
	static struct list l;
	struct rpmdb_visitor v = {.header = list_add, .arg = &l};
	l.n = 0;
	int rc = rpmdb_each(db, wal, &v, count, e);
	buf_init(ret, FILE_MAX);
	list_text(&l, ret);
	return rc;
}

/* The expected list without its first line, sorted. */
static bool expected_text(const char *path, struct buf *ret)
{
	AUTO_BUF struct buf file = {0};
	struct list l = {.n = 0};
	if (!file_load(path, &file))
		return false;
	struct bytes rest = buf_bytes(&file), line;
	bytes_line(&rest, &line);
	while (bytes_line(&rest, &line)) {
		if (asprintf(&l.rows[l.n++], "%.*s\n", BYTES_FMT(line)) < 0)
			abort();
	}
	buf_init(ret, FILE_MAX);
	list_text(&l, ret);
	return true;
}

#define SHARED "../shared/data/"
static const struct vector {
	const char *db, *expected;
	enum rpmdb_kind kind;
	size_t packages;
} vectors[] = {
	{SHARED "vectors/pkgdb/go-rpmdb/libuuid/Packages",
         SHARED "vectors/pkgdb/go-rpmdb/libuuid/Packages.expected.tsv",           RPMDB_BDB,    1  },
	{SHARED "vectors/pkgdb/go-rpmdb/sle15-bci/Packages.db",
         SHARED "vectors/pkgdb/go-rpmdb/sle15-bci/Packages.db.expected.tsv",      RPMDB_NDB,    35 },
	{SHARED "vectors/pkgdb/scalibr/rpm/testdata/Packages_epoch",
         SHARED "vectors/pkgdb/scalibr/rpm/testdata/Packages_epoch.expected.tsv", RPMDB_BDB,    1  },
	{SHARED "vectors/pkgdb/syft/redhat/testdata/Packages",
         SHARED "vectors/pkgdb/syft/redhat/testdata/Packages.expected.tsv",       RPMDB_BDB,    1  },
	{SHARED "images/rpmdb/cbl-mariner-2.0-rpmdb.sqlite.zst",     NULL,        RPMDB_SQLITE, 129},
	{SHARED "images/rpmdb/sle15-bci-Packages.db.zst",
         SHARED "vectors/pkgdb/go-rpmdb/sle15-bci/Packages.db.expected.tsv",      RPMDB_NDB,    35 },
	{SHARED "images/rpmdb/libuuid-bdb-Packages.zst",
         SHARED "vectors/pkgdb/go-rpmdb/libuuid/Packages.expected.tsv",           RPMDB_BDB,    1  },
};

static size_t lines_of(struct bytes b)
{
	size_t n = 0;
	for (struct bytes line; bytes_line(&b, &line);)
		n++;
	return n;
}

/* Whatever is cut off is missed: the database cannot look whole. */
static void check_cuts(const char *name, struct bytes db, uint64_t whole)
{
	bool all = true;
	for (size_t i = 0; i < 64; i++) {
		size_t n = db.n * i / 64;
		AUTO_FREE uint8_t *copy = mem_alloc(n);
		if (n)
			memcpy(copy, db.p, n);
		AUTO_BUF struct buf text = {0};
		struct rpmdb_count count;
		struct err e = {.kind = ERR_NONE};
		int rc = db_text(bytes_of(copy, n), (struct bytes){0}, &text, &count, &e);
		bool is_said = rc < 0 ? e.kind != ERR_NONE : count.broken > 0 && count.first.msg[0];
		all &= is_said && count.headers <= whole;
	}
	test_case(all, "%s: cut short at every 64th is noticed", name);
}

static void check_vector(const struct vector *v)
{
	AUTO_BUF struct buf db = {0}, got = {0}, want = {0};
	struct rpmdb_count count;
	struct err e = {.kind = ERR_NONE};
	if (!any_load(v->db, &db)) {
		test_skip(v->db, "no shared data");
		return;
	}
	int rc = db_text(buf_bytes(&db), (struct bytes){0}, &got, &count, &e);
	test_case(rpmdb_kind(buf_bytes(&db)) == v->kind, "%s: kind", v->db);
	test_case(rc == 0 && count.broken == 0 && count.headers == v->packages,
	          "%s: %zu packages (got %llu, broken %llu %s%s)", v->db, v->packages,
	          (unsigned long long)count.headers, (unsigned long long)count.broken, e.msg,
	          count.broken ? count.first.msg : "");
	if (v->expected && expected_text(v->expected, &want))
		test_case(bytes_eq(buf_bytes(&got), buf_bytes(&want)), "%s: the expected list",
		          v->db);
	check_cuts(v->db, buf_bytes(&db), v->packages);
}

/* The same 56 packages in the three forms. */
static void check_three_forms(void)
{
	static const struct {
		const char *tar, *member;
		enum rpmdb_kind kind;
	} forms[] = {
		{SHARED "images/rpmdb/alma8-synthetic-bdb.rootfs.tar.zst",    "var/lib/rpm/Packages",
	         RPMDB_BDB											},
		{SHARED "images/rpmdb/alma8-synthetic-ndb.rootfs.tar.zst",
	         "var/lib/rpm/Packages.db",							   RPMDB_NDB   },
		{SHARED "images/rpmdb/alma8-synthetic-sqlite.rootfs.tar.zst",
	         "var/lib/rpm/rpmdb.sqlite",							  RPMDB_SQLITE},
	};
	AUTO_BUF struct buf first = {0};
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		AUTO_BUF struct buf tar = {0}, got = {0};
		struct rpmdb_count count;
		struct err e = {.kind = ERR_NONE};
		if (!any_load(forms[i].tar, &tar)) {
			test_skip(forms[i].tar, "no shared data");
			return;
		}
		struct bytes db = tar_member(buf_bytes(&tar), forms[i].member);
		int rc = db_text(db, (struct bytes){0}, &got, &count, &e);
		test_case(rc == 0 && count.headers == 56 && count.broken == 0 &&
		                  rpmdb_kind(db) == forms[i].kind,
		          "alma8 %s: 56 packages %s", rpmdb_kind_name(forms[i].kind), e.msg);
		if (i == 0) {
			first = got;
			got = (struct buf){0};
		} else {
			test_case(bytes_eq(buf_bytes(&first), buf_bytes(&got)),
			          "alma8 %s: the same list as bdb", rpmdb_kind_name(forms[i].kind));
		}
		check_cuts(forms[i].tar, db, 56);
	}
	test_case(lines_of(buf_bytes(&first)) == 56, "alma8: 56 rows");
}

/* Headers a, b and c, of which b is broken, in each form. */
static void make_headers(struct buf h[3])
{
	static const char *const names[] = {"a", "b", "c"};
	for (size_t i = 0; i < 3; i++) {
		buf_init(&h[i], 1 << 12);
		mkhdr_simple(&h[i], names[i], 30 * i);
	}
	poke_be(&h[1], 0, 99, 4);
}

static void make_form(enum rpmdb_kind kind, const struct buf h[3], struct buf *b)
{
	struct mkbdb m;
	if (kind == RPMDB_SQLITE) {
		mksql_start(b, 2);
		mksql_page(b, SQL_LEAF);
	} else if (kind == RPMDB_NDB) {
		mkndb_start(b);
	} else {
		mkbdb_start(&m, b, true);
		mkbdb_near(&m, 0, B("\0\0\0\3"));
	}
	for (uint32_t i = 0; i < 3; i++) {
		if (kind == RPMDB_SQLITE)
			mksql_blob(b, 2, i + 1, buf_bytes(&h[i]));
		else if (kind == RPMDB_NDB)
			mkndb_add(b, i + 1, buf_bytes(&h[i]));
		else
			mkbdb_far(&m, i + 1, buf_bytes(&h[i]));
	}
}

static void broken_count(void *arg, const struct err *why) { *(unsigned *)arg += why->msg[0] != 0; }

static int stop_at_once(void *arg, struct bytes header, struct err *e)
{
	(void)arg, (void)header, (void)e;
	return 1;
}

static int refuse(void *arg, struct bytes header, struct err *e)
{
	(void)arg, (void)header;
	return err_set(e, ERR_FORMAT, "refused");
}

/* One broken header does not lose the others, and is said. */
static void check_broken(void)
{
	for (enum rpmdb_kind k = RPMDB_SQLITE; k < RPMDB__MAX; k++) {
		struct buf h[3];
		AUTO_BUF struct buf b, got = {0};
		struct rpmdb_count count;
		struct err e = {.kind = ERR_NONE};
		unsigned said = 0;
		make_headers(h);
		buf_init(&b, 1 << 16);
		make_form(k, h, &b);
		struct bytes db = buf_bytes(&b);
		int rc = db_text(db, (struct bytes){0}, &got, &count, &e);
		test_case(rc == 0 && count.headers == 2 && count.broken == 1 &&
		                  count.first.kind == ERR_FORMAT && rpmdb_kind(db) == k &&
		                  bytes_eq(buf_bytes(&got), B("a\t0\t1.0\t1\tnoarch\t(none)\n"
		                                              "c\t0\t1.0\t1\tnoarch\t(none)\n")),
		          "%s: two of three headers: %s", rpmdb_kind_name(k), count.first.msg);
		const struct rpmdb_visitor all = {refuse, broken_count, &said};
		rc = rpmdb_each(db, (struct bytes){0}, &all, &count, &e);
		test_case(rc == 0 && said == 3 && count.broken == 3 && count.headers == 0,
		          "%s: each broken header is said once", rpmdb_kind_name(k));
		const struct rpmdb_visitor first = {stop_at_once, NULL, NULL};
		rc = rpmdb_each(db, (struct bytes){0}, &first, &count, &e);
		test_case(rc == 0 && count.headers == 1 && count.broken == 0,
		          "%s: the visitor ends the walk", rpmdb_kind_name(k));
		for (size_t i = 0; i < 3; i++)
			buf_fini(&h[i]);
	}
}

/* A wrong checksum is said, and the package still listed. */
static void check_ndb_sum(void)
{
	struct buf h[3];
	AUTO_BUF struct buf b, got = {0};
	struct rpmdb_count count;
	struct err e;
	make_headers(h);
	buf_init(&b, 1 << 16);
	make_form(RPMDB_NDB, h, &b);
	b.p[NDB_BLOBS_AT + 8] ^= 1;
	CHECK(db_text(buf_bytes(&b), (struct bytes){0}, &got, &count, &e) == 0);
	CHECK(count.headers == 2 && count.broken == 2);
	for (size_t i = 0; i < 3; i++)
		buf_fini(&h[i]);
}

/* n blobs that are no headers. */
static int each_rubble(unsigned n, struct rpmdb_count *count, struct err *e)
{
	const struct rpmdb_visitor v = {refuse, NULL, NULL};
	AUTO_BUF struct buf b;
	buf_init(&b, 16 << 20);
	mkndb_start(&b);
	unsigned pages = n / 256 + 1;
	for (unsigned i = 1; i < pages; i++) {
		for (unsigned k = 0; k < 256; k++) {
			buf_adds(&b, "Slot");
			put_zeros(&b, 12);
		}
	}
	poke_le(&b, 12, pages, 4);
	for (unsigned i = 1; i <= n; i++)
		mkndb_add(&b, i, B(""));
	return rpmdb_each(buf_bytes(&b), (struct bytes){0}, &v, count, e);
}

static void check_limits(void)
{
	struct rpmdb_count count;
	struct err e;
	CHECK(each_rubble((unsigned)RPM_BROKEN_MAX, &count, &e) == 0 &&
	      count.broken == (uint64_t)RPM_BROKEN_MAX);
	CHECK(each_rubble((unsigned)RPM_BROKEN_MAX + 1, &count, &e) < 0 && e.kind == ERR_LIMIT);
}

static void check_strangers(void)
{
	static const struct bytes strangers[] = {B(""), B("x"), B("RpmP"), B("SQLite format 3\0"),
	                                         B("#!/bin/sh\n")};
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
		AUTO_BUF struct buf got = {0};
		struct rpmdb_count count;
		struct err e = {.kind = ERR_NONE};
		int rc = db_text(strangers[i], (struct bytes){0}, &got, &count, &e);
		test_case(rc < 0 && e.kind == ERR_FORMAT && count.headers == 0,
		          "no database %zu: %s", i, e.msg);
	}
	AUTO_BUF struct buf got = {0}, sql;
	struct rpmdb_count count;
	struct err e = {.kind = ERR_NONE};
	buf_init(&sql, 1 << 16);
	mksql_start(&sql, 2);
	memcpy(sql.p + SQL_PAGE - 20, "Pockages", 8);
	mksql_page(&sql, SQL_LEAF);
	CHECK(db_text(buf_bytes(&sql), (struct bytes){0}, &got, &count, &e) < 0 &&
	      e.kind == ERR_NOTFOUND);
}

static int print_more(void *arg, struct bytes header, struct err *e)
{
	struct rpmhdr h;
	(void)arg;
	if (rpmhdr_parse(header, &h, e) < 0)
		return -1;
	const struct bytes fields[] = {h.licence, h.vendor, h.packager, h.distribution,
	                               h.modularitylabel};
	printf("%.*s\t%s%u", BYTES_FMT(h.name), h.has_epoch ? "" : "no ", h.epoch);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct bytes f = fields[i].p ? fields[i] : B("(none)");
		printf("\t%.*s", BYTES_FMT(f));
	}
	printf("\t%lld\t%lld\t", (long long)h.buildtime_s, (long long)h.installtime_s);
	for (size_t i = 0; i < h.sigmd5.n; i++)
		printf("%02x", h.sigmd5.p[i]);
	puts(h.sigmd5.n ? "" : "(none)");
	return 0;
}

static int print_files(void *arg, struct bytes header, struct err *e)
{
	struct rpmhdr h;
	struct rpmfiles files;
	(void)arg;
	if (rpmhdr_parse(header, &h, e) < 0 || rpmfiles_open(&h, &files, e) < 0)
		return -1;
	for (struct rpmfile f; rpmfiles_next(&files, &f);)
		printf("%.*s\t%.*s%.*s\t%.*s\t%o\t%u\t%.*s\t%.*s\t%llu\t%.*s\t%u\n",
		       BYTES_FMT(h.name), BYTES_FMT(f.dir), BYTES_FMT(f.base), BYTES_FMT(f.digest),
		       f.mode, f.flags, BYTES_FMT(f.user), BYTES_FMT(f.group),
		       (unsigned long long)f.size, BYTES_FMT(f.linkto), f.state);
	rpmfiles_close(&files);
	return 0;
}

static int print_list(const char *path)
{
	AUTO_BUF struct buf db = {0}, wal = {0}, got = {0};
	struct rpmdb_count count;
	struct err e = {.kind = ERR_NONE};
	const char *wal_path = getenv("RPMDB_WAL");
	if (!any_load(path, &db) || (wal_path && !any_load(wal_path, &wal)))
		return 2;
	const char *form = getenv("RPMDB_FORM");
	bool is_more = form && strcmp(form, "more") == 0;
	struct rpmdb_visitor v = {.header = is_more ? print_more : print_files};
	int rc = form ? rpmdb_each(buf_bytes(&db), buf_bytes(&wal), &v, &count, &e)
	              : db_text(buf_bytes(&db), buf_bytes(&wal), &got, &count, &e);
	if (got.n)
		fwrite(got.p, 1, got.n, stdout);
	if (rc < 0 || count.broken)
		fprintf(stderr, "broken %llu: %s\n", (unsigned long long)count.broken,
		        rc < 0 ? e.msg : count.first.msg);
	return rc < 0 ? 2 : count.broken > 0;
}

int main(void)
{
	const char *path = getenv("RPMDB_LIST");
	if (path)
		return print_list(path);
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++)
		check_vector(&vectors[i]);
	check_three_forms();
	check_broken();
	check_ndb_sum();
	check_limits();
	check_strangers();
	return TEST_END();
}
