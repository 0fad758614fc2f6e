/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar_header.c - one header block of a tar.
 *
 * Format: POSIX.1-1988 ustar, the forms before (v7) and beside it (GNU, star).
 * Source: POSIX pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
 * Where readers differ, the block is read as the container runtimes read it.
 */
#include "fmt/tar_parts.h"

#include <string.h>

enum { /* offsets and lengths of fields */
       AT_NAME = 0,
       AT_MODE = 100,
       AT_UID = 108,
       AT_GID = 116,
       AT_SIZE = 124,
       AT_CHECKSUM = 148,
       AT_TYPE = 156,
       AT_LINK = 157,
       AT_MAGIC = 257,
       AT_MAJOR = 329,
       AT_MINOR = 337,
       AT_PREFIX = 345,
       AT_STAR = 508,
       LEN_NAME = 100,
       LEN_NUMBER = 8,
       LEN_SIZE = 12,
       LEN_PREFIX = 155,
       LEN_STAR_PREFIX = 131,
};

/* Sum of all bytes: eight at a time, in 16-bit lanes that 64 words cannot overflow. */
static unsigned sum_unsigned(const uint8_t *p)
{
	const uint64_t low = UINT64_C(0x00ff00ff00ff00ff);
	uint64_t acc = 0;
	for (unsigned i = 0; i < TAR_BLOCK_LEN; i += 8) {
		uint64_t w;
		memcpy(&w, p + i, sizeof w);
		acc += (w & low) + ((w >> 8) & low);
	}
	return (unsigned)((acc & 0xffff) + (acc >> 16 & 0xffff) + (acc >> 32 & 0xffff) +
	                  (acc >> 48));
}

static int sum_signed(const uint8_t *p)
{
	int sum = 0;
	for (unsigned i = 0; i < TAR_BLOCK_LEN; i++)
		sum += (int8_t)p[i];
	return sum;
}

enum block_kind tar_block_kind(const uint8_t *block)
{
	unsigned sum = sum_unsigned(block);
	if (sum == 0)
		return BLOCK_ZERO;
	int64_t want;
	const uint8_t *field = block + AT_CHECKSUM;
	if (tar_number(bytes_of(field, LEN_NUMBER), &want))
		return BLOCK_BAD;
	/* "the sum of the simple sum of all bytes in the header block ... the chksum field shall
	 * be treated as if it were all spaces"; old tars summed signed bytes. */
	int stated = 0, stated_signed = 0;
	for (unsigned i = 0; i < LEN_NUMBER; i++) {
		stated += field[i] - ' ';
		stated_signed += (int8_t)field[i] - ' ';
	}
	if (want == (int64_t)sum - stated || want == sum_signed(block) - stated_signed)
		return BLOCK_HEADER;
	return BLOCK_BAD;
}

static int number_base256(struct bytes f, int64_t *ret)
{
	bool is_negative = f.p[0] & 0x40;
	uint8_t inv = is_negative ? 0xff : 0;
	uint64_t v = 0;
	for (size_t i = 0; i < f.n; i++) {
		uint8_t c = f.p[i] ^ inv;
		if (i == 0)
			c &= 0x7f;
		if (v >> 56)
			return -1;
		v = v << 8 | c;
	}
	if (v > INT64_MAX)
		return -1;
	*ret = is_negative ? ~(int64_t)v : (int64_t)v;
	return 0;
}

int tar_number(struct bytes f, int64_t *ret)
{
	if (f.n && f.p[0] & 0x80)
		return number_base256(f, ret);
	size_t i = 0;
	while (i < f.n && (f.p[i] == ' ' || f.p[i] == 0))
		i++;
	uint64_t v = 0;
	for (; i < f.n && f.p[i] >= '0' && f.p[i] <= '7'; i++) /* at most 36 bits */
		v = v << 3 | (f.p[i] & 7U);
	for (; i < f.n && f.p[i] != 0; i++) {
		if (f.p[i] != ' ')
			return -1;
	}
	*ret = (int64_t)v;
	return 0;
}

static struct bytes text(const uint8_t *p, size_t n)
{
	const uint8_t *end = memchr(p, 0, n);
	return bytes_of(p, end ? (size_t)(end - p) : n);
}

/* A small number; what does not fit becomes UINT32_MAX and is said so. */
static int small(const uint8_t *p, const char *what, uint32_t *ret, bool *ret_clamped,
                 struct err *e)
{
	int64_t v;
	if (tar_number(bytes_of(p, LEN_NUMBER), &v))
		return err_set(e, ERR_FORMAT, "%s of a tar header is not a number", what);
	bool fits = v >= INT32_MIN && v <= (int64_t)UINT32_MAX;
	*ret = fits ? (uint32_t)v : UINT32_MAX;
	*ret_clamped |= !fits;
	return 0;
}

int tar_header_parse(const uint8_t *b, struct tar_header *ret, struct err *e)
{
	struct tar_header h = {.type = b[AT_TYPE]};
	h.name = text(b + AT_NAME, LEN_NAME);
	h.link = text(b + AT_LINK, LEN_NAME);
	int64_t size;
	if (tar_number(bytes_of(b + AT_SIZE, LEN_SIZE), &size))
		return err_set(e, ERR_FORMAT, "size of a tar header is not a number");
	if (size < 0)
		return err_set(e, ERR_FORMAT, "size of a tar header is negative");
	h.size = (uint64_t)size;
	bool ignored = false;
	if (small(b + AT_MODE, "mode", &h.mode, &ignored, e) ||
	    small(b + AT_UID, "uid", &h.uid, &h.is_id_clamped, e) ||
	    small(b + AT_GID, "gid", &h.gid, &h.is_id_clamped, e))
		return -1;
	h.mode &= 07777;
	bool is_ustar = memcmp(b + AT_MAGIC, "ustar", 6) == 0;
	bool is_gnu = memcmp(b + AT_MAGIC, "ustar  ", 8) == 0;
	if (is_ustar) {
		bool is_star = memcmp(b + AT_STAR, "tar", 4) == 0;
		h.prefix = text(b + AT_PREFIX, is_star ? LEN_STAR_PREFIX : LEN_PREFIX);
	}
	bool is_device = h.type == '3' || h.type == '4';
	if ((is_ustar || is_gnu) && is_device &&
	    (small(b + AT_MAJOR, "device number", &h.dev_major, &ignored, e) ||
	     small(b + AT_MINOR, "device number", &h.dev_minor, &ignored, e)))
		return -1;
	*ret = h;
	return 0;
}
