/* SPDX-License-Identifier: Apache-2.0 */
/* zip.c - members of a ZIP archive that is held whole. */
#include "fmt/zip.h"

#include <string.h>
#include <zlib.h>

enum {
	END_LEN = 22,
	COMMENT_MAX = 65535,
	LOCATOR_LEN = 20,
	END64_LEN = 56,
	CENTRAL_LEN = 46,
	LOCAL_LEN = 30,
	EXTRA_ZIP64 = 1,
	FLAG_ENCRYPTED = 1,
	METHOD_STORED = 0,
	METHOD_DEFLATED = 8,
};

#define NONE16 UINT16_MAX
#define NONE32 UINT32_MAX

static uint64_t le(struct bytes b, size_t at, size_t n)
{
	uint64_t v = 0;
	while (n-- > 0)
		v = v << 8 | b.p[at + n];
	return v;
}

/* The last end record whose comment reaches to the end of the file; else the last one. */
static ssize_t find_end(struct bytes file)
{
	ssize_t any = -1;
	size_t lowest = file.n > END_LEN + COMMENT_MAX ? file.n - END_LEN - COMMENT_MAX : 0;
	for (size_t at = file.n - END_LEN + 1; at-- > lowest;) {
		if (memcmp(file.p + at, "PK\5\6", 4) != 0)
			continue;
		if (at + END_LEN + le(file, at + 20, 2) == file.n)
			return (ssize_t)at;
		any = any < 0 ? (ssize_t)at : any;
	}
	return any;
}

struct end {
	uint64_t members, size, offset; /* of the directory */
	uint64_t at;                    /* of the first record behind the directory */
};

/* The zip64 end record, which stands before its locator, which stands before the end record. */
static bool read_end64(struct bytes file, struct end *end)
{
	if (end->at < LOCATOR_LEN + END64_LEN)
		return false;
	size_t locator = (size_t)end->at - LOCATOR_LEN;
	if (memcmp(file.p + locator, "PK\6\7", 4) != 0)
		return false;
	size_t at = locator - END64_LEN;
	if (memcmp(file.p + at, "PK\6\6", 4) != 0)
		return false;
	end->members = le(file, at + 32, 8);
	end->size = le(file, at + 40, 8);
	end->offset = le(file, at + 48, 8);
	end->at = at;
	return true;
}

int zip_open(struct bytes file, struct zip *ret, struct err *e)
{
	ssize_t found = file.n >= END_LEN ? find_end(file) : -1;
	if (found < 0)
		return err_set(e, ERR_FORMAT, "not a ZIP archive: no end record");
	size_t at = (size_t)found;
	struct end end = {.members = le(file, at + 10, 2),
	                  .size = le(file, at + 12, 4),
	                  .offset = le(file, at + 16, 4),
	                  .at = at};
	bool is_64 = end.members == NONE16 || end.size == NONE32 || end.offset == NONE32;
	if (is_64 && !read_end64(file, &end) && end.offset == NONE32)
		return err_set(e, ERR_FORMAT, "ZIP archive: no zip64 end record");
	if (le(file, at + 4, 2) != 0 && !is_64)
		return err_set(e, ERR_FORMAT, "ZIP archive of several disks");
	if (end.members > (uint64_t)ZIP_MEMBERS_MAX)
		return err_set(e, ERR_LIMIT, "ZIP archive of %ju members, at most %lld",
		               (uintmax_t)end.members, (long long)ZIP_MEMBERS_MAX);
	if (end.size > end.at || end.offset > end.at - end.size)
		return err_set(e, ERR_FORMAT, "ZIP archive: the directory lies outside it");
	uint64_t start = end.at - end.size;
	*ret = (struct zip){.file = file,
	                    .rest = bytes_slice(file, (size_t)start, (size_t)end.at),
	                    .base = start - end.offset,
	                    .left = end.members};
	return 0;
}

/* Sizes that do not fit stand in an extra field, those alone, in this order. */
static bool read_extra(struct bytes extra, struct zip_member *m)
{
	uint64_t *wide[3];
	size_t n = 0, at = 4;
	if (m->size == NONE32)
		wide[n++] = &m->size;
	if (m->packed == NONE32)
		wide[n++] = &m->packed;
	if (m->offset == NONE32)
		wide[n++] = &m->offset;
	while (n && extra.n >= 4 && le(extra, 0, 2) != EXTRA_ZIP64)
		extra = bytes_skip(extra, 4 + (size_t)le(extra, 2, 2));
	if (n == 0)
		return true;
	if (extra.n < 4 || le(extra, 2, 2) < 8 * n || extra.n < 4 + 8 * n)
		return false;
	for (size_t i = 0; i < n; i++, at += 8)
		*wide[i] = le(extra, at, 8);
	return true;
}

int zip_next(struct zip *z, struct zip_member *ret, struct err *e)
{
	struct bytes b = z->rest;
	if (z->left == 0)
		return 0;
	if (b.n < CENTRAL_LEN || memcmp(b.p, "PK\1\2", 4) != 0)
		return err_set(e, ERR_FORMAT, "ZIP archive: %ju members are missing",
		               (uintmax_t)z->left);
	size_t name = (size_t)le(b, 28, 2), extra = (size_t)le(b, 30, 2);
	size_t all = CENTRAL_LEN + name + extra + (size_t)le(b, 32, 2);
	if (b.n < all)
		return err_set(e, ERR_FORMAT, "ZIP archive: a member is cut short");
	*ret = (struct zip_member){.name = bytes_slice(b, CENTRAL_LEN, CENTRAL_LEN + name),
	                           .flags = (uint16_t)le(b, 8, 2),
	                           .method = (uint16_t)le(b, 10, 2),
	                           .crc = (uint32_t)le(b, 16, 4),
	                           .packed = le(b, 20, 4),
	                           .size = le(b, 24, 4),
	                           .offset = le(b, 42, 4)};
	if (!read_extra(bytes_slice(b, CENTRAL_LEN + name, CENTRAL_LEN + name + extra), ret))
		return err_set(e, ERR_FORMAT, "ZIP archive: a member without its sizes");
	z->rest = bytes_skip(b, all);
	z->left--;
	return 1;
}

/* The packed bytes: behind the local header, whose name and extra field may be others. */
static int locate(const struct zip *z, const struct zip_member *m, struct bytes *ret, struct err *e)
{
	struct bytes file = z->file;
	uint64_t at = z->base + m->offset;
	if (m->offset > file.n || at > file.n || file.n - at < LOCAL_LEN ||
	    memcmp(file.p + at, "PK\3\4", 4) != 0)
		return err_set(e, ERR_FORMAT, "no member where the directory says");
	at += LOCAL_LEN + le(file, (size_t)at + 26, 2) + le(file, (size_t)at + 28, 2);
	if (at > file.n || m->packed > file.n - at)
		return err_set(e, ERR_FORMAT, "a member that reaches past the archive");
	*ret = bytes_slice(file, (size_t)at, (size_t)(at + m->packed));
	return 0;
}

static int inflate_member(struct bytes packed, uint8_t *to, size_t n, struct err *e)
{
	uint8_t none = 0;
	z_stream s = {.avail_in = (uInt)packed.n, .avail_out = (uInt)n};
	s.next_in = (Bytef *)(uintptr_t)packed.p; /* zlib reads it only */
	s.next_out = n ? to : &none;
	if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
		return err_set(e, ERR_INTERNAL, "inflateInit2");
	int rc = inflate(&s, Z_FINISH);
	bool is_whole = rc == Z_STREAM_END && s.avail_out == 0;
	inflateEnd(&s);
	return is_whole ? 0 : err_set(e, ERR_FORMAT, "a member that does not inflate to its size");
}

/* What can be told before memory is taken; room: bytes that may be read. */
static int check_member(const struct zip_member *m, size_t room, struct err *e)
{
	if (m->flags & FLAG_ENCRYPTED)
		return err_set(e, ERR_UNSUPPORTED, "an encrypted member");
	if (m->method != METHOD_STORED && m->method != METHOD_DEFLATED)
		return err_set(e, ERR_UNSUPPORTED, "a member packed by method %u", m->method);
	if (m->size > room || m->size > UINT32_MAX / 2 || m->packed > UINT32_MAX / 2)
		return err_set(e, ERR_LIMIT, "a member of %ju bytes, %zu may be read",
		               (uintmax_t)m->size, room);
	/* deflate packs 1032 to 1 at best: what claims more is a lie */
	if (m->method == METHOD_STORED ? m->size != m->packed : m->size / 1040 > m->packed)
		return err_set(e, ERR_FORMAT, "a member whose sizes contradict each other");
	return 0;
}

int zip_read(const struct zip *z, const struct zip_member *m, struct buf *ret, struct err *e)
{
	struct bytes packed;
	if (locate(z, m, &packed, e) < 0 ||
	    check_member(m, ret->max - MIN_OF(ret->n, ret->max), e) < 0)
		return -1;
	size_t n = (size_t)m->size;
	uint8_t *to = buf_room(ret, n);
	if (!to)
		return err_set(e, ERR_LIMIT, "a member of %zu bytes", n);
	if (m->method == METHOD_STORED && n)
		memcpy(to, packed.p, n);
	if (m->method == METHOD_DEFLATED && inflate_member(packed, to, n, e) < 0)
		return -1;
	if (crc32(crc32(0, NULL, 0), to, (uInt)n) != m->crc)
		return err_set(e, ERR_FORMAT, "a member whose CRC does not fit");
	ret->n += n;
	return 0;
}

int zip_pick(struct bytes file, const struct zip_pick *p, struct err *e)
{
	struct zip z;
	struct zip_member m;
	int rc;
	if (zip_open(file, &z, e) < 0)
		return -1;
	while ((rc = zip_next(&z, &m, e)) > 0) {
		AUTO_BUF struct buf b;
		buf_init(&b, p->max);
		if (!p->wants(m.name))
			continue;
		if (zip_read(&z, &m, &b, e) < 0)
			return -1;
		rc = p->take(p->arg, m.name, buf_bytes(&b), e);
		if (rc)
			return MIN_OF(rc, 0);
	}
	return rc;
}
