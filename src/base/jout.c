/* SPDX-License-Identifier: Apache-2.0 */
/* jout.c - JSON out: escapes into one buffer and hands that to the sink when it is full. */
#include "base/base.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_LEN = 64 << 10, LEVELS = 63 };

static void to_sink(struct json_out *j, struct bytes piece)
{
	if (!j->failed && piece.n && j->sink(j->arg, piece))
		j->failed = true;
}

static void flush(struct json_out *j)
{
	to_sink(j, buf_bytes(&j->b));
	buf_reset(&j->b);
}

static void put(struct json_out *j, struct bytes s)
{
	if (s.n > PIECE_LEN - j->b.n)
		flush(j);
	if (s.n > PIECE_LEN) {
		to_sink(j, s);
		return;
	}
	if (s.n)
		memcpy(j->b.p + j->b.n, s.p, s.n);
	j->b.n += s.n;
}

static void putch(struct json_out *j, uint8_t c)
{
	if (j->b.n == PIECE_LEN)
		flush(j);
	j->b.p[j->b.n++] = c;
}

void jout_init(struct json_out *j, int (*sink)(void *arg, struct bytes piece), void *arg,
               bool pretty)
{
	*j = (struct json_out){.sink = sink, .arg = arg, .pretty = pretty};
	buf_init(&j->b, PIECE_LEN);
	buf_room(&j->b, PIECE_LEN);
}

int jout_end(struct json_out *j)
{
	assert(j->failed || j->depth == 0);
	flush(j);
	buf_fini(&j->b);
	return j->failed ? -1 : 0;
}

static uint64_t level_bit(const struct json_out *j) { return UINT64_C(1) << j->depth; }

static void new_line(struct json_out *j)
{
	static const char blanks[2 * LEVELS + 1] = "\n"
						   "                                          "
						   "                                          "
						   "                                          ";
	_Static_assert(sizeof blanks == 127, "a newline and two blanks per level");
	if (j->pretty)
		put(j, bytes_of(blanks, 1 + 2 * (size_t)j->depth));
}

/* Comma and line break before a member or an element. */
static void separate(struct json_out *j)
{
	if (j->started & level_bit(j))
		putch(j, ',');
	j->started |= level_bit(j);
	if (j->depth)
		new_line(j);
}

static void before_value(struct json_out *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	assert(!(j->is_object & level_bit(j)));           /* a key is due */
	assert(j->depth || !(j->started & level_bit(j))); /* one value per document */
	separate(j);
}

static void open_level(struct json_out *j, bool is_object)
{
	before_value(j);
	putch(j, is_object ? '{' : '[');
	assert(j->depth < LEVELS);
	j->depth++;
	j->started &= ~level_bit(j);
	j->is_object &= ~level_bit(j);
	if (is_object)
		j->is_object |= level_bit(j);
}

static void close_level(struct json_out *j, bool is_object)
{
	assert(j->depth && !j->after_key && !(j->is_object & level_bit(j)) == !is_object);
	bool had_some = j->started & level_bit(j);
	j->depth--;
	if (had_some)
		new_line(j);
	putch(j, is_object ? '}' : ']');
}

void jout_object(struct json_out *j) { open_level(j, true); }

void jout_object_end(struct json_out *j) { close_level(j, true); }

void jout_array(struct json_out *j) { open_level(j, false); }

void jout_array_end(struct json_out *j) { close_level(j, false); }

static void put_u16(struct json_out *j, unsigned v)
{
	uint8_t pair[2] = {(uint8_t)(v >> 8), (uint8_t)v};
	char text[7] = "\\u";
	hex_encode(pair, 2, text + 2);
	put(j, bytes_of(text, 6));
}

/* RFC 8259 section 7: outside the Basic Multilingual Plane a UTF-16 surrogate pair is written. */
static void put_escaped(struct json_out *j, uint32_t c)
{
	static const char shorts[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
	                              ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
	if (c < sizeof shorts && shorts[c]) {
		putch(j, '\\');
		putch(j, (uint8_t)shorts[c]);
		return;
	}
	if (c > 0xffff) {
		put_u16(j, 0xd800 + ((c - 0x10000) >> 10));
		c = 0xdc00 + (c & 0x3ff);
	}
	put_u16(j, c);
}

static bool is_plain(uint8_t c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; }

/* "##[" or "##vso[", which a CI runner takes for a command wherever it stands in a line. */
static bool is_command(struct bytes s, size_t at)
{
	return s.p[at] == '#' && (bytes_starts(bytes_skip(s, at), B("##[")) ||
	                          bytes_starts(bytes_skip(s, at), B("##vso[")));
}

static void put_string(struct json_out *j, struct bytes s)
{
	putch(j, '"');
	while (s.n) {
		size_t i = 0;
		while (i < s.n && is_plain(s.p[i]) && !is_command(s, i))
			i++;
		put(j, bytes_slice(s, 0, i));
		s = bytes_skip(s, i);
		if (!s.n)
			break;
		uint32_t c;
		size_t n = utf8_next(s, &c);
		if (!n)
			put(j, B("\xef\xbf\xbd")); /* U+FFFD */
		else if (n == 1 || utf8_is_hidden(c))
			put_escaped(j, c);
		else
			put(j, bytes_slice(s, 0, n));
		s = bytes_skip(s, n ? n : 1);
	}
	putch(j, '"');
}

void jout_key_bytes(struct json_out *j, struct bytes key)
{
	assert((j->is_object & level_bit(j)) && !j->after_key);
	separate(j);
	put_string(j, key);
	putch(j, ':');
	if (j->pretty)
		putch(j, ' ');
	j->after_key = true;
}

void jout_key(struct json_out *j, const char *key) { jout_key_bytes(j, bytes_str(key)); }

void jout_bytes(struct json_out *j, struct bytes v)
{
	if (!v.p) {
		jout_null(j);
		return;
	}
	before_value(j);
	put_string(j, v);
}

void jout_str(struct json_out *j, const char *v) { jout_bytes(j, bytes_str(v)); }

static void put_number(struct json_out *j, uint64_t v, bool is_negative)
{
	char text[21];
	size_t at = sizeof text;
	do {
		text[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	if (is_negative)
		text[--at] = '-';
	before_value(j);
	put(j, bytes_of(text + at, sizeof text - at));
}

void jout_int(struct json_out *j, int64_t v)
{
	put_number(j, v < 0 ? -(uint64_t)v : (uint64_t)v, v < 0);
}

void jout_uint(struct json_out *j, uint64_t v) { put_number(j, v, false); }

/* A decimal of at most DBL_DIG digits survives the way through a double; below DBL_MIN a double
 * has fewer digits than that, so all lengths are tried. */
void jout_double(struct json_out *j, double v)
{
	if (!isfinite(v)) {
		jout_null(j);
		return;
	}
	char text[40];
	int n = 0;
	if (v == 0)
		v = 0; /* without the sign that "-0" would show */
	for (int digits = fabs(v) < DBL_MIN ? 1 : DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
		n = snprintf(text, sizeof text, "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	before_value(j);
	bool in_point = false; /* the locale's decimal point may be any bytes */
	for (int i = 0; i < n; i++) {
		bool is_point = !is_digit((uint8_t)text[i]) && !strchr("+-e", text[i]);
		if (!is_point || !in_point)
			putch(j, is_point ? '.' : (uint8_t)text[i]);
		in_point = is_point;
	}
}

void jout_bool(struct json_out *j, bool v)
{
	before_value(j);
	put(j, v ? B("true") : B("false"));
}

void jout_null(struct json_out *j)
{
	before_value(j);
	put(j, B("null"));
}

void jout_kbytes(struct json_out *j, const char *key, struct bytes v)
{
	jout_key(j, key);
	jout_bytes(j, v);
}

void jout_kstr(struct json_out *j, const char *key, const char *v)
{
	jout_key(j, key);
	jout_str(j, v);
}

void jout_kint(struct json_out *j, const char *key, int64_t v)
{
	jout_key(j, key);
	jout_int(j, v);
}

int jout_to_buf(void *arg, struct bytes piece) { return buf_add(arg, piece); }

int jout_to_file(void *arg, struct bytes piece)
{
	return fwrite(piece.p, 1, piece.n, arg) == piece.n ? 0 : -1;
}
