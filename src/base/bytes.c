/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.c - slices: compare, cut, find, convert. */
#include "base/base.h"

#include <string.h>

struct bytes bytes_of(const void *p, size_t n) { return (struct bytes){p, n}; }

struct bytes bytes_str(const char *s)
{
	return s ? (struct bytes){(const uint8_t *)s, strlen(s)} : (struct bytes){NULL, 0};
}

bool bytes_eq(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool bytes_eq_nocase(struct bytes a, struct bytes b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (to_lower(a.p[i]) != to_lower(b.p[i]))
			return false;
	}
	return true;
}

int bytes_cmp(struct bytes a, struct bytes b)
{
	size_t n = MIN_OF(a.n, b.n);
	int c = n ? memcmp(a.p, b.p, n) : 0;
	if (c)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

bool bytes_starts(struct bytes b, struct bytes prefix)
{
	return b.n >= prefix.n && bytes_eq((struct bytes){b.p, prefix.n}, prefix);
}

bool bytes_ends(struct bytes b, struct bytes suffix)
{
	return b.n >= suffix.n &&
	       bytes_eq((struct bytes){b.p + (b.n - suffix.n), suffix.n}, suffix);
}

struct bytes bytes_slice(struct bytes b, size_t from, size_t to)
{
	from = MIN_OF(from, b.n);
	to = MAX_OF(from, MIN_OF(to, b.n));
	return (struct bytes){b.p ? b.p + from : NULL, to - from};
}

struct bytes bytes_skip(struct bytes b, size_t n) { return bytes_slice(b, n, b.n); }

struct bytes bytes_trim(struct bytes b)
{
	while (b.n && is_blank(b.p[0])) {
		b.p++;
		b.n--;
	}
	while (b.n && is_blank(b.p[b.n - 1]))
		b.n--;
	return b;
}

ssize_t bytes_find(struct bytes b, uint8_t c)
{
	const uint8_t *q = b.n ? memchr(b.p, c, b.n) : NULL;
	return q ? q - b.p : -1;
}

ssize_t bytes_rfind(struct bytes b, uint8_t c)
{
	const uint8_t *q = b.n ? memrchr(b.p, c, b.n) : NULL;
	return q ? q - b.p : -1;
}

ssize_t bytes_search(struct bytes b, struct bytes needle)
{
	if (needle.n == 0)
		return 0;
	const uint8_t *q = b.n ? memmem(b.p, b.n, needle.p, needle.n) : NULL;
	return q ? q - b.p : -1;
}

bool bytes_cut(struct bytes b, uint8_t sep, struct bytes *ret_head, struct bytes *ret_tail)
{
	ssize_t i = bytes_find(b, sep);
	if (i < 0) {
		*ret_head = b;
		*ret_tail = (struct bytes){NULL, 0};
		return false;
	}
	*ret_head = bytes_slice(b, 0, (size_t)i);
	*ret_tail = bytes_slice(b, (size_t)i + 1, b.n);
	return true;
}

bool bytes_line(struct bytes *rest, struct bytes *ret_line)
{
	if (!bytes_split(rest, '\n', ret_line))
		return false;
	if (ret_line->n && ret_line->p[ret_line->n - 1] == '\r')
		ret_line->n--;
	return true;
}

bool bytes_word(struct bytes *rest, struct bytes *ret_word)
{
	size_t i = 0;
	while (i < rest->n && is_blank(rest->p[i]))
		i++;
	size_t from = i;
	while (i < rest->n && !is_blank(rest->p[i]))
		i++;
	*ret_word = bytes_slice(*rest, from, i);
	*rest = bytes_skip(*rest, i);
	return ret_word->n > 0;
}

bool bytes_split(struct bytes *rest, uint8_t sep, struct bytes *ret_field)
{
	if (rest->n == 0)
		return false;
	struct bytes tail;
	bytes_cut(*rest, sep, ret_field, &tail);
	*rest = tail;
	return true;
}

static bool number(struct bytes b, unsigned base, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;
	if (b.n == 0)
		return false;
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = to_lower(b.p[i]);
		unsigned d = is_digit(c)            ? c - (unsigned)'0'
		             : c >= 'a' && c <= 'f' ? c - 'a' + 10U
		                                    : 99;
		if (d >= base || __builtin_mul_overflow(v, (uint64_t)base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)d, &v))
			return false;
	}
	if (v > max)
		return false;
	*ret = v;
	return true;
}

bool bytes_u64(struct bytes b, uint64_t max, uint64_t *ret) { return number(b, 10, max, ret); }

bool bytes_octal(struct bytes b, uint64_t max, uint64_t *ret) { return number(b, 8, max, ret); }

bool bytes_hex(struct bytes b, uint64_t max, uint64_t *ret) { return number(b, 16, max, ret); }

/* Where a match stands, and where to go back to: the last '*' and the last '**', each with the byte
 * up to which it eats.  A later star makes an earlier one of its kind irrelevant; '**' makes '*'
 * irrelevant. */
struct glob {
	struct bytes pattern, b;
	size_t i, j; /* next byte of pattern and of b */
	size_t star, star_at, deep, deep_at;
};

static bool glob_take_star(struct glob *g)
{
	if (g->i >= g->pattern.n || g->pattern.p[g->i] != '*')
		return false;
	g->i++;
	if (g->i < g->pattern.n && g->pattern.p[g->i] == '*') {
		g->deep = ++g->i;
		g->deep_at = g->j;
		g->star = SIZE_MAX;
		return true;
	}
	g->star = g->i;
	g->star_at = g->j;
	return true;
}

static bool glob_take_byte(struct glob *g)
{
	if (g->j >= g->b.n || g->i >= g->pattern.n)
		return false;
	uint8_t c = g->pattern.p[g->i];
	if (c == '?' ? g->b.p[g->j] == '/' : c != g->b.p[g->j])
		return false;
	g->i++;
	g->j++;
	return true;
}

/* After a mismatch: the last '*' eats one byte more, or else the last '**' does.  When a '*' behind
 * that '**' has eaten up to the end of its component in vain, no other start in the component that
 * '**' has reached can do better: it goes on behind the next '/'.  So every byte is passed by each
 * part of the pattern a bounded number of times. */
static bool glob_go_back(struct glob *g)
{
	if (g->star != SIZE_MAX && g->star_at < g->b.n && g->b.p[g->star_at] != '/') {
		g->i = g->star;
		g->j = ++g->star_at;
		return true;
	}
	if (g->deep == SIZE_MAX)
		return false;
	while (g->star != SIZE_MAX && g->deep_at < g->b.n && g->b.p[g->deep_at] != '/')
		g->deep_at++;
	if (g->deep_at >= g->b.n)
		return false;
	g->i = g->deep;
	g->j = ++g->deep_at;
	g->star = SIZE_MAX;
	return true;
}

bool bytes_glob(struct bytes pattern, struct bytes b)
{
	struct glob g = {.pattern = pattern, .b = b, .star = SIZE_MAX, .deep = SIZE_MAX};
	while (g.j < b.n || g.i < pattern.n) {
		if (!glob_take_star(&g) && !glob_take_byte(&g) && !glob_go_back(&g))
			return false;
	}
	return true;
}

/* RFC 3629 section 4, the grammar of UTF8-octets, one row per range of the first byte. */
size_t utf8_next(struct bytes b, uint32_t *ret)
{
	static const struct {
		uint8_t lo, hi, len, second_lo, second_hi;
	} rows[] = {
		{0xc2, 0xdf, 2, 0x80, 0xbf},
                {0xe0, 0xe0, 3, 0xa0, 0xbf},
		{0xe1, 0xec, 3, 0x80, 0xbf},
                {0xed, 0xed, 3, 0x80, 0x9f},
		{0xee, 0xef, 3, 0x80, 0xbf},
                {0xf0, 0xf0, 4, 0x90, 0xbf},
		{0xf1, 0xf3, 4, 0x80, 0xbf},
                {0xf4, 0xf4, 4, 0x80, 0x8f},
	};
	if (!b.n)
		return 0;
	if (b.p[0] < 0x80) {
		*ret = b.p[0];
		return 1;
	}
	size_t r = 0;
	while (r < ARRAY_LEN(rows) && (b.p[0] < rows[r].lo || b.p[0] > rows[r].hi))
		r++;
	if (r == ARRAY_LEN(rows) || rows[r].len > b.n || b.p[1] < rows[r].second_lo ||
	    b.p[1] > rows[r].second_hi)
		return 0;
	uint32_t v = b.p[0] & (0x7fU >> rows[r].len);
	for (size_t i = 1; i < rows[r].len; i++) {
		if ((b.p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (b.p[i] & 0x3fU);
	}
	*ret = v;
	return rows[r].len;
}

bool utf8_is_hidden(uint32_t c)
{
	static const struct {
		uint32_t lo, hi;
	} rows[] = {
		{0x00,    0x1f   },
                {0x7f,    0x9f   }, /* C0, DEL, C1 */
		{0xad,    0xad   }, /* soft hyphen */
		{0x61c,   0x61c  }, /* Arabic letter mark */
		{0x180e,  0x180e }, /* Mongolian vowel separator */
		{0x200b,  0x200f }, /* zero width, LRM, RLM */
		{0x2028,  0x202e }, /* line, paragraph; embeddings, overrides */
		{0x2060,  0x206f }, /* word joiner, isolates */
		{0xfeff,  0xfeff },
                {0xfff9,  0xfffb }, /* BOM; interlinear marks */
		{0xe0000, 0xe0fff}, /* tags, variation selectors */
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (c >= rows[i].lo && c <= rows[i].hi)
			return true;
	}
	return false;
}

/* Length of the run of ASCII at the start of b. */
static size_t ascii_run(struct bytes b)
{
	size_t i = 0;
	for (uint64_t word; i + sizeof word <= b.n; i += sizeof word) {
		memcpy(&word, b.p + i, sizeof word);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < b.n && b.p[i] < 0x80)
		i++;
	return i;
}

bool bytes_is_utf8(struct bytes b)
{
	for (;;) {
		b = bytes_skip(b, ascii_run(b));
		if (!b.n)
			return true;
		uint32_t c;
		size_t len = utf8_next(b, &c);
		if (!len)
			return false;
		b = bytes_skip(b, len);
	}
}
