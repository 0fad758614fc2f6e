/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clean.c - names of archive members become clean paths.
 *
 * Nearly every name of a real layer is clean but for a leading "./" or a trailing "/": one pass
 * finds that out, and nothing is copied.
 */
#include "walk/parts.h"

#include <endian.h>
#include <string.h>

/* U+061C; U+200E, U+200F; U+202A to U+202E; U+2066 to U+2069: they turn the direction of text. */
static bool is_bidi(const uint8_t c[3])
{
	if (c[0] == 0xd8)
		return c[1] == 0x9c;
	if (c[0] != 0xe2)
		return false;
	uint8_t d = c[2];
	return c[1] == 0x80 ? d == 0x8e || d == 0x8f || (d >= 0xaa && d <= 0xae)
	                    : c[1] == 0x81 && d >= 0xa6 && d <= 0xa9;
}

/* What is strange about the bytes of a name (not its structure). */
static uint32_t odd_bytes(struct bytes b)
{
	uint32_t odd = bytes_is_utf8(b) ? 0 : ENTRY_ODD_NOT_UTF8;
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c[3] = {0};
		memcpy(c, b.p + i, MIN_OF(sizeof c, b.n - i));
		bool is_c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f;
		if (c[0] < 0x20 || c[0] == 0x7f || is_c1 || is_bidi(c))
			odd |= ENTRY_ODD_CONTROL;
	}
	return odd;
}

/* Part by part; a ".." takes the part before it away. */
static int clean_slow(struct bytes raw, struct buf *scratch, struct clean *c, struct err *e)
{
	buf_reset(scratch);
	scratch->max = (size_t)PATH_LEN_MAX;
	int64_t depth = 0;
	for (struct bytes rest = raw, part; bytes_split(&rest, '/', &part);) {
		if (part.n == 0 || bytes_eq(part, B(".")))
			continue;
		if (bytes_eq(part, B(".."))) {
			c->oddities |= ENTRY_ODD_DOTDOT;
			c->climbs |= depth == 0;
			ssize_t cut = bytes_rfind(buf_bytes(scratch), '/');
			scratch->n = cut < 0 ? 0 : (size_t)cut;
			depth -= depth > 0;
			continue;
		}
		if (++depth > PATH_DEPTH_MAX)
			return err_set(e, ERR_LIMIT, "name has more than %lld components",
			               (long long)PATH_DEPTH_MAX);
		if ((scratch->n && buf_addc(scratch, '/')) || buf_add(scratch, part))
			return err_set(e, ERR_LIMIT, "name is longer than %lld bytes",
			               (long long)PATH_LEN_MAX);
	}
	c->path = buf_bytes(scratch);
	return 0;
}

/* The high bit of each byte of w that is c, and of no other. */
static uint64_t bytes_that_are(uint64_t w, uint8_t c)
{
	const uint64_t each = UINT64_C(0x0101010101010101), low = 0x7f * each;
	uint64_t x = w ^ c * each;
	return ~(((x & low) + low) | x | low);
}

static bool is_too_deep(struct bytes raw)
{
	int64_t depth = 1;
	if (raw.n <= (size_t)PATH_DEPTH_MAX)
		return false;
	for (size_t i = 0; i < raw.n; i++)
		depth += raw.p[i] == '/';
	return depth > PATH_DEPTH_MAX;
}

/* One pass over the name, eight bytes at a time: is any not printable ASCII, and may a part need
 * cleaning? */
static void look(struct bytes raw, bool *ret_strange, bool *ret_clean)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = 0x80 * each;
	uint64_t strange = 0, doubtful = 0, last = 0; /* last: was the byte before a slash? */
	for (size_t i = 0; i < raw.n; i += sizeof(uint64_t)) {
		uint64_t w = 'x' * each;
		memcpy(&w, raw.p + i, MIN_OF(sizeof w, raw.n - i));
		w = le64toh(w);
		uint64_t slash = bytes_that_are(w, '/');
		strange |= w | (w - 0x20 * each) | bytes_that_are(w, 0x7f);
		doubtful |= (slash << 8 | last) & (slash | bytes_that_are(w, '.'));
		last = slash >> 56;
	}
	*ret_strange = strange & high;
	*ret_clean = raw.n && raw.p[0] != '/' && raw.p[0] != '.' && !doubtful && !is_too_deep(raw);
}

int clean_path(struct bytes raw, struct buf *scratch, struct clean *ret, struct err *e)
{
	struct clean c = {.climbs = false};
	bool is_strange, is_clean;
	if (raw.n && raw.p[0] == '/')
		c.oddities |= ENTRY_ODD_ABSOLUTE;
	while (raw.n >= 2 && raw.p[0] == '.' && raw.p[1] == '/')
		raw = bytes_skip(raw, 2);
	while (raw.n && raw.p[raw.n - 1] == '/')
		raw.n--;
	if (raw.n > (size_t)PATH_LEN_MAX)
		return err_set(e, ERR_LIMIT, "name is longer than %lld bytes",
		               (long long)PATH_LEN_MAX);
	look(raw, &is_strange, &is_clean);
	if (is_strange) {
		if (bytes_find(raw, 0) >= 0)
			return err_set(e, ERR_FORMAT, "name has a NUL inside");
		c.oddities |= odd_bytes(raw);
	}
	c.path = raw;
	if (!is_clean && clean_slow(raw, scratch, &c, e))
		return -1;
	*ret = c;
	return 0;
}
