/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlitewal.c - which pages of a write-ahead log count.
 *
 * Format: a header of 32 bytes (magic, version, page size, sequence, two salts, two checksums),
 * then frames of a 24-byte header (page, size of the database after a commit or 0, the salts, the
 * running checksums) and a page.  Source: sqlite.org/fileformat2.html, section 4.
 */
#include "fmt/sqlitewal.h"

#include <string.h>

#include "fmt/ints.h"

enum { WAL_HEADER = 32, FRAME_HEADER = 24, WAL_MAGIC = 0x377f0682, WAL_VERSION = 3007000 };

struct sum {
	uint32_t a, b;
	bool is_be;
};

/* 4.2: pairs of 32-bit words; the order of bytes is the lowest bit of the magic. */
static void sum_add(struct sum *s, struct bytes b)
{
	uint32_t x = s->a, y = s->b;
	for (size_t i = 0; i + 8 <= b.n; i += 8) {
		x += get_32(b.p + i, s->is_be) + y;
		y += get_32(b.p + i + 4, s->is_be) + x;
	}
	s->a = x;
	s->b = y;
}

static bool sum_is(const struct sum *s, const uint8_t *p)
{
	return get_be32(p) == s->a && get_be32(p + 4) == s->b;
}

int sqlitewal_page_size(struct bytes wal, uint32_t *ret, struct err *e)
{
	if (wal.n < WAL_HEADER || (get_be32(wal.p) & ~1U) != WAL_MAGIC)
		return err_set(e, ERR_FORMAT, "sqlite log: no header in %zu bytes", wal.n);
	*ret = get_be32(wal.p + 8);
	return 0;
}

struct bytes sqlitewal_page(struct bytes wal, uint32_t page_size, uint32_t i)
{
	size_t at = WAL_HEADER + (size_t)i * (FRAME_HEADER + page_size) + FRAME_HEADER;
	return bytes_slice(wal, at, at + page_size);
}

/* What the header's own checks say: NULL when they hold. */
static const char *header_damage(struct bytes wal, struct sum *ret)
{
	if (wal.n < WAL_HEADER)
		return "the log's header is cut short";
	if ((get_be32(wal.p) & ~1U) != WAL_MAGIC)
		return "the log's header has a wrong magic number";
	struct sum s = {.is_be = get_be32(wal.p) & 1};
	sum_add(&s, bytes_slice(wal, 0, 24));
	if (!sum_is(&s, wal.p + 24))
		return "the log's header has a wrong checksum";
	*ret = s;
	return NULL;
}

/* How many frames, from the first, belong to commits; *ret_pages is what the last one says. */
static uint32_t committed(struct bytes wal, struct sum sum, struct sqlitedb *s)
{
	uint64_t frames = (wal.n - WAL_HEADER) / (FRAME_HEADER + s->page_size);
	uint32_t good = 0;
	for (uint32_t i = 0; i < frames; i++) {
		struct bytes page = sqlitewal_page(wal, s->page_size, i);
		const uint8_t *h = page.p - FRAME_HEADER;
		/* frames of an earlier round of the log have other salts: this is its end */
		if (memcmp(h + 8, wal.p + 16, 8) != 0)
			break;
		sum_add(&sum, bytes_of(h, 8));
		sum_add(&sum, page);
		if (!sum_is(&sum, h + 16) || get_be32(h) == 0) {
			s->wal_damage = "a frame of the log has a wrong checksum";
			break;
		}
		if (get_be32(h + 4)) {
			good = i + 1;
			s->pages = get_be32(h + 4);
		}
	}
	return good;
}

static int frame_cmp(const void *a, const void *b)
{
	const struct sqlitedb_frame *x = a, *y = b;
	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	return (x->frame > y->frame) - (x->frame < y->frame);
}

/* Sorts by page and keeps the last frame of each. */
static size_t frames_settle(struct sqlitedb_frame *f, size_t n)
{
	size_t kept = 0;
	qsort(f, n, sizeof *f, frame_cmp);
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && f[i + 1].page == f[i].page)
			continue;
		f[kept++] = f[i];
	}
	return kept;
}

int sqlitewal_read(struct bytes wal, struct sqlitedb *s, struct err *e)
{
	struct sum sum;
	s->wal_damage = header_damage(wal, &sum);
	if (s->wal_damage) /* SQLite goes on without such a log */
		return 0;
	if (get_be32(wal.p + 4) != WAL_VERSION)
		return err_set(e, ERR_UNSUPPORTED, "sqlite log: version %u", get_be32(wal.p + 4));
	if (get_be32(wal.p + 8) != s->page_size)
		return err_set(e, ERR_FORMAT, "sqlite log: pages of %u bytes, the database has %u",
		               get_be32(wal.p + 8), s->page_size);
	if ((wal.n - WAL_HEADER) / (FRAME_HEADER + s->page_size) > (uint64_t)SQLITE_WAL_FRAMES_MAX)
		return err_set(e, ERR_LIMIT, "sqlite log: over %lld frames (SQLITE_WAL_FRAMES_MAX)",
		               (long long)SQLITE_WAL_FRAMES_MAX);
	uint32_t n = committed(wal, sum, s);
	if (n == 0)
		return 0;
	s->frames = mem_alloc((size_t)n * sizeof *s->frames);
	for (uint32_t i = 0; i < n; i++) {
		struct bytes page = sqlitewal_page(wal, s->page_size, i);
		s->frames[i] = (struct sqlitedb_frame){get_be32(page.p - FRAME_HEADER), i};
	}
	s->frames_n = frames_settle(s->frames, n);
	return 0;
}
