/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlitedb.c - SQLite 3 table b-trees, read from memory.
 *
 * Format: pages of a stated size; page 1 begins with a header of 100 bytes and holds the schema
 * table; a table b-tree has interior pages (type 5) and leaf pages (type 13); a long record goes
 * on in a chain of overflow pages.  Source: sqlite.org/fileformat2.html, sections 1.3, 1.6, 2.1.
 * The log is in sqlitewal.c.
 */
#include "fmt/sqlitedb.h"

#include <inttypes.h>
#include <string.h>

#include "fmt/ints.h"
#include "fmt/sqlitewal.h"

enum {
	HEADER_SIZE = 100,
	PAGE_INTERIOR = 5,
	PAGE_LEAF = 13,
	PAGE_SIZE_MIN = 512,
	PAGE_SIZE_MAX = 65536,
	USABLE_MIN =
		480, /* fileformat2 1.3.4: "the usable size is not allowed to be less than 480" */
	VARINT_MAX = 9
};

/* Takes a big-endian number of 7 bits a byte, the ninth byte whole; false past the end. */
static bool varint_take(struct bytes *rest, uint64_t *ret)
{
	uint64_t v = 0;
	for (size_t i = 0; i < VARINT_MAX && i < rest->n; i++) {
		uint8_t c = rest->p[i];
		v = i == VARINT_MAX - 1 ? v << 8 | c : v << 7 | (c & 0x7f);
		if (c < 0x80 || i == VARINT_MAX - 1) {
			*rest = bytes_skip(*rest, i + 1);
			*ret = v;
			return true;
		}
	}
	return false;
}

static bool page_size_ok(uint32_t n)
{
	return n >= PAGE_SIZE_MIN && n <= PAGE_SIZE_MAX && (n & (n - 1)) == 0;
}

static const struct sqlitedb_frame *frame_find(const struct sqlitedb *s, uint32_t no)
{
	size_t lo = 0, hi = s->frames_n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (s->frames[mid].page == no)
			return &s->frames[mid];
		if (s->frames[mid].page < no)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* The page and its place among all that file and log hold. */
static int page_find(const struct sqlitedb *s, uint32_t no, struct bytes *ret, size_t *ret_place,
                     struct err *e)
{
	if (no == 0 || no > s->pages)
		return err_set(e, ERR_FORMAT, "sqlite: page %u of %u", no, s->pages);
	const struct sqlitedb_frame *f = frame_find(s, no);
	if (f) {
		*ret = sqlitewal_page(s->wal, s->page_size, f->frame);
		*ret_place = s->file_pages + (size_t)(f - s->frames);
		return 0;
	}
	if (no > s->file_pages)
		return err_set(e, ERR_FORMAT, "sqlite: page %u of %u is missing: cut short", no,
		               s->pages);
	size_t at = (size_t)(no - 1) * s->page_size;
	*ret = bytes_slice(s->db, at, at + s->page_size);
	*ret_place = no - 1;
	return 0;
}

static int header_read(struct sqlitedb *s, struct err *e)
{
	struct bytes h;
	size_t place;
	s->pages = s->pages ? s->pages : 1;
	if (page_find(s, 1, &h, &place, e) < 0)
		return -1;
	if (!bytes_starts(h, B("SQLite format 3\0")))
		return err_set(e, ERR_FORMAT, "sqlite: no header on page 1");
	uint32_t size = get_be16(h.p + 16);
	if ((size == 1 ? PAGE_SIZE_MAX : size) != s->page_size)
		return err_set(e, ERR_FORMAT, "sqlite: page size %u, but the file says %u",
		               s->page_size, size);
	/* 18, 19: 1 is the rollback journal, 2 the log; a larger read version must not be read */
	if (h.p[19] > 2)
		return err_set(e, ERR_UNSUPPORTED, "sqlite: file format %u", h.p[19]);
	s->usable = s->page_size - h.p[20];
	if (s->usable < USABLE_MIN)
		return err_set(e, ERR_FORMAT, "sqlite: %u bytes of each page are reserved",
		               h.p[20]);
	uint32_t encoding = get_be32(h.p + 56);
	if (encoding > 1)
		return err_set(e, ERR_UNSUPPORTED, "sqlite: text encoding %u", encoding);
	return 0;
}

/* "The in-header database size is only considered to be valid if it is non-zero and the 4-byte
 * change counter at offset 24 exactly matches the 4-byte version-valid-for number at offset 92." */
static uint32_t pages_of_header(const struct sqlitedb *s)
{
	uint32_t pages = get_be32(s->db.p + 28);
	bool is_valid = pages && get_be32(s->db.p + 24) == get_be32(s->db.p + 92);
	return is_valid ? pages : s->file_pages;
}

static uint32_t pages_missing(const struct sqlitedb *s)
{
	if (s->pages <= s->file_pages)
		return 0;
	uint32_t missing = s->pages - s->file_pages;
	for (size_t i = 0; i < s->frames_n; i++)
		missing -= s->frames[i].page > s->file_pages && s->frames[i].page <= s->pages;
	return missing;
}

static int page_size_find(struct sqlitedb *s, struct err *e)
{
	if (s->db.n == 0 && s->wal.n)
		return sqlitewal_page_size(s->wal, &s->page_size, e);
	if (s->db.n < HEADER_SIZE || !bytes_starts(s->db, B("SQLite format 3\0")))
		return err_set(e, ERR_FORMAT, "sqlite: no header in %zu bytes", s->db.n);
	uint32_t n = get_be16(s->db.p + 16);
	s->page_size = n == 1 ? PAGE_SIZE_MAX : n;
	return 0;
}

int sqlitedb_open(struct bytes db, struct bytes wal, struct sqlitedb *ret, struct err *e)
{
	struct sqlitedb s = {.db = db, .wal = wal};
	if (page_size_find(&s, e) < 0)
		return -1;
	if (!page_size_ok(s.page_size))
		return err_set(e, ERR_FORMAT, "sqlite: page size %u", s.page_size);
	s.file_pages = (uint32_t)MIN_OF(db.n / s.page_size, (size_t)UINT32_MAX - 1);
	if (wal.n && sqlitewal_read(wal, &s, e) < 0)
		return -1;
	if (!s.pages)
		s.pages = db.n ? pages_of_header(&s) : 0;
	if (header_read(&s, e) < 0) {
		sqlitedb_close(&s);
		return -1;
	}
	s.missing = pages_missing(&s);
	*ret = s;
	return 0;
}

void sqlitedb_close(struct sqlitedb *s)
{
	free(s->frames);
	s->frames = NULL;
	s->frames_n = 0;
}

void sqlitedb_rows_open(const struct sqlitedb *s, uint32_t root, struct buf *scratch,
                        struct sqlitedb_rows *ret)
{
	*ret = (struct sqlitedb_rows){.s = s, .scratch = scratch, .root = root};
	/* at most one bit for each 512 bytes of input */
	ret->used = mem_zalloc(((size_t)s->file_pages + s->frames_n) / 8 + 1);
}

void sqlitedb_rows_close(struct sqlitedb_rows *r)
{
	free(r->used);
	r->used = NULL;
}

/* page_find, and refuses a page that this walk has used before. */
static int page_use(struct sqlitedb_rows *r, uint32_t no, struct bytes *ret, struct err *e)
{
	struct bytes page;
	size_t place;
	if (page_find(r->s, no, &page, &place, e) < 0)
		return -1;
	if (bit_test_set(r->used, place))
		return err_set(e, ERR_FORMAT, "sqlite: page %u is used twice", no);
	*ret = bytes_slice(page, 0, r->s->usable);
	return 0;
}

static int level_enter(struct sqlitedb_rows *r, uint32_t no, struct err *e)
{
	if (r->depth == SQLITE_DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "sqlite: page %u is deeper than %d levels", no,
		               SQLITE_DEPTH_MAX);
	struct sqlitedb_level l = {.no = no, .head = no == 1 ? HEADER_SIZE : 0};
	if (page_use(r, no, &l.page, e) < 0)
		return -1;
	const uint8_t *h = l.page.p + l.head;
	if (h[0] != PAGE_INTERIOR && h[0] != PAGE_LEAF)
		return err_set(e, ERR_FORMAT, "sqlite: page %u is no table page (type %u)", no,
		               h[0]);
	l.is_leaf = h[0] == PAGE_LEAF;
	l.n = get_be16(h + 3);
	if (l.head + (l.is_leaf ? 8U : 12U) + 2 * l.n > l.page.n)
		return err_set(e, ERR_FORMAT, "sqlite: page %u: %u cells do not fit", no, l.n);
	r->level[r->depth++] = l;
	return 0;
}

/* The bytes from cell i to the end of the page; *l is left at the next cell. */
static int cell_take(struct sqlitedb_level *l, struct bytes *ret, struct err *e)
{
	uint32_t array = l->head + (l->is_leaf ? 8U : 12U);
	uint32_t at = get_be16(l->page.p + array + 2 * (size_t)l->i);
	uint32_t i = l->i++;
	if (at < array + 2 * l->n || at >= l->page.n)
		return err_set(e, ERR_FORMAT, "sqlite: page %u: cell %u is at %u of %zu bytes",
		               l->no, i, at, l->page.n);
	*ret = bytes_skip(l->page, at);
	return 0;
}

static int child_enter(struct sqlitedb_rows *r, struct sqlitedb_level *l, struct err *e)
{
	uint32_t child;
	if (l->i == l->n) { /* the right-most pointer stands in the header */
		child = get_be32(l->page.p + l->head + 8);
		l->i++;
	} else {
		struct bytes cell;
		if (cell_take(l, &cell, e) < 0)
			return -1;
		if (cell.n < 4)
			return err_set(e, ERR_FORMAT, "sqlite: page %u: a cell is cut off", l->no);
		child = get_be32(cell.p);
	}
	return level_enter(r, child, e);
}

/* fileformat2 1.6: how much of a record of n bytes stands on the leaf itself. */
static uint32_t local_size(uint32_t usable, uint64_t n)
{
	uint32_t most = usable - 35;
	if (n <= most)
		return (uint32_t)n;
	uint32_t least = (usable - 12) * 32 / 255 - 23;
	uint32_t k = least + (uint32_t)((n - least) % (usable - 4));
	return k <= most ? k : least;
}

static int overflow_read(struct sqlitedb_rows *r, struct bytes local, uint64_t n, struct err *e)
{
	uint32_t next = get_be32(local.p + local.n);
	buf_reset(r->scratch);
	if (buf_add(r->scratch, local) < 0)
		return err_set(e, ERR_LIMIT, "sqlite: a record of %" PRIu64 " bytes", n);
	while (r->scratch->n < n) {
		struct bytes page;
		if (page_use(r, next, &page, e) < 0)
			return err_wrap(e, "overflow of a record of %" PRIu64 " bytes", n);
		next = get_be32(page.p);
		uint64_t left = n - r->scratch->n;
		if (buf_add(r->scratch, bytes_slice(page, 4, 4 + (size_t)MIN_OF(left, page.n))) < 0)
			return err_set(e, ERR_LIMIT, "sqlite: a record of %" PRIu64 " bytes", n);
	}
	return 0;
}

static int record_read(struct sqlitedb_rows *r, struct sqlitedb_level *l, struct bytes *ret,
                       struct err *e)
{
	struct bytes cell;
	uint64_t n, rowid;
	if (cell_take(l, &cell, e) < 0)
		return -1;
	struct bytes rest = cell;
	if (!varint_take(&rest, &n) || !varint_take(&rest, &rowid))
		return err_set(e, ERR_FORMAT, "sqlite: page %u: a cell is cut off", l->no);
	uint32_t local = local_size(r->s->usable, n);
	bool is_long = local < n;
	if (local + (is_long ? 4U : 0U) > rest.n)
		return err_set(e, ERR_FORMAT,
		               "sqlite: page %u: a record of %" PRIu64 " bytes leaves the page",
		               l->no, n);
	l->covered += (uint32_t)(cell.n - rest.n) + local;
	if (l->covered > l->page.n) {
		l->i = l->n;
		return err_set(e, ERR_FORMAT, "sqlite: page %u: cells overlap", l->no);
	}
	if (n > r->scratch->max)
		return err_set(e, ERR_LIMIT,
		               "sqlite: page %u: a record of %" PRIu64 " bytes, the most is %zu",
		               l->no, n, r->scratch->max);
	*ret = bytes_slice(rest, 0, local);
	if (!is_long)
		return 0;
	if (overflow_read(r, *ret, n, e) < 0)
		return -1;
	*ret = buf_bytes(r->scratch);
	return 0;
}

int sqlitedb_next(struct sqlitedb_rows *r, struct bytes *ret_record, struct err *e)
{
	if (r->root) {
		uint32_t root = r->root;
		r->root = 0;
		if (level_enter(r, root, e) < 0)
			return -1;
	}
	while (r->depth) {
		struct sqlitedb_level *l = &r->level[r->depth - 1];
		if (l->is_leaf && l->i < l->n)
			return record_read(r, l, ret_record, e) < 0 ? -1 : 1;
		if (l->is_leaf || l->i > l->n)
			r->depth--;
		else if (child_enter(r, l, e) < 0)
			return -1;
	}
	return 0;
}

/* fileformat2 2.1: bytes of a value by its serial type. */
static uint64_t serial_size(uint64_t type)
{
	static const uint8_t sizes[12] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
	return type < ARRAY_LEN(sizes) ? sizes[type] : (type - 12) / 2;
}

static struct sqlitedb_value value_of(uint64_t type, struct bytes body)
{
	if (type >= 12)
		return (struct sqlitedb_value){.type = type & 1 ? SQLITEDB_TEXT : SQLITEDB_BLOB,
		                               .data = body};
	if (type == 0 || type == 10 || type == 11)
		return (struct sqlitedb_value){.type = SQLITEDB_NULL};
	if (type == 7)
		return (struct sqlitedb_value){.type = SQLITEDB_FLOAT};
	if (type >= 8)
		return (struct sqlitedb_value){.type = SQLITEDB_INT, .num = (int64_t)type - 8};
	uint64_t v = body.p[0] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < body.n; i++)
		v = v << 8 | body.p[i];
	return (struct sqlitedb_value){.type = SQLITEDB_INT, .num = (int64_t)v};
}

int sqlitedb_column(struct bytes record, unsigned i, struct sqlitedb_value *ret, struct err *e)
{
	struct bytes rest = record;
	uint64_t head_n, type = 0;
	if (!varint_take(&rest, &head_n) || head_n > record.n || head_n < record.n - rest.n)
		return err_set(e, ERR_FORMAT, "sqlite: a record of %zu bytes has no header",
		               record.n);
	struct bytes types = bytes_slice(record, record.n - rest.n, (size_t)head_n);
	size_t at = (size_t)head_n;
	for (unsigned c = 0; c <= i; c++) {
		if (types.n == 0) {
			*ret = (struct sqlitedb_value){.type = SQLITEDB_NULL};
			return 0;
		}
		if (!varint_take(&types, &type))
			return err_set(e, ERR_FORMAT, "sqlite: the types of a record are cut off");
		uint64_t n = serial_size(type);
		if (n > record.n - at)
			return err_set(e, ERR_FORMAT,
			               "sqlite: column %u: %" PRIu64
			               " bytes at %zu of a record of %zu",
			               c, n, at, record.n);
		if (c == i) {
			*ret = value_of(type, bytes_slice(record, at, at + (size_t)n));
			return 0;
		}
		at += (size_t)n;
	}
	return 0;
}

/* The schema table: type, name, tbl_name, rootpage, sql. */
static bool is_table(struct bytes record, struct bytes name, int64_t *ret_root)
{
	struct sqlitedb_value type, its_name, root;
	struct err ignored;
	if (sqlitedb_column(record, 0, &type, &ignored) < 0 ||
	    sqlitedb_column(record, 1, &its_name, &ignored) < 0 ||
	    sqlitedb_column(record, 3, &root, &ignored) < 0)
		return false;
	if (!bytes_eq(type.data, B("table")) || !bytes_eq_nocase(its_name.data, name))
		return false;
	*ret_root = root.num;
	return true;
}

int sqlitedb_table(const struct sqlitedb *s, struct bytes name, struct buf *scratch,
                   uint32_t *ret_root, struct err *e)
{
	struct sqlitedb_rows rows;
	struct bytes record;
	struct err first = {.kind = ERR_NONE}, now;
	int64_t root = 0;
	int rc;
	sqlitedb_rows_open(s, 1, scratch, &rows);
	/* each -1 has used up a cell or a page: the loop ends */
	while ((rc = sqlitedb_next(&rows, &record, &now)) != 0) {
		if (rc < 0 && first.kind == ERR_NONE)
			first = now;
		if (rc > 0 && is_table(record, name, &root))
			break;
	}
	sqlitedb_rows_close(&rows);
	if (rc > 0 && root > 0 && root <= s->pages) {
		*ret_root = (uint32_t)root;
		return 0;
	}
	if (rc > 0)
		return err_set(e, ERR_FORMAT, "sqlite: the root of table %.*s is page %lld of %u",
		               BYTES_FMT(name), (long long)root, s->pages);
	if (first.kind != ERR_NONE)
		return err_set(e, first.kind, "schema: %s", first.msg);
	return err_set(e, ERR_NOTFOUND, "sqlite: no table %.*s", BYTES_FMT(name));
}
