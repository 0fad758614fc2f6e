/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cbor.c - CBOR in and out.
 *
 * Source: RFC 8949 section 3 (encoding) and 4.2.1 (core deterministic encoding: the reader takes
 * only the shortest form of a length or number, so a fact has one spelling).
 */
#include "base/cbor.h"

#include <assert.h>

#include "base/base.h"

enum {
	MAJOR_UINT = 0,
	MAJOR_NEGINT = 1,
	MAJOR_BYTES = 2,
	MAJOR_TEXT = 3,
	MAJOR_ARRAY = 4,
	MAJOR_MAP = 5,
	MAJOR_TAG = 6,
	MAJOR_SIMPLE = 7,
};
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22, INFO_1 = 24, INFO_8 = 27 };
enum { PAIRS_IN_HEAD = 23 }; /* what fits the head byte itself */

static int put_head(struct buf *b, unsigned major, uint64_t v)
{
	uint8_t *p = buf_room(b, 9);
	uint8_t tail[9];
	if (!p) /* near the maximum: a shorter head may still fit */
		p = tail;
	uint8_t top = (uint8_t)(major << 5);
	if (v < INFO_1) {
		p[0] = (uint8_t)(top | v);
		b->n += p != tail;
		return p == tail ? buf_addc(b, p[0]) : 0;
	}
	unsigned log = v <= UINT8_MAX ? 0 : v <= UINT16_MAX ? 1 : v <= UINT32_MAX ? 2 : 3;
	size_t n = (size_t)1 << log;
	p[0] = (uint8_t)(top | (INFO_1 + log));
	for (size_t i = 0; i < n; i++)
		p[1 + i] = (uint8_t)(v >> (8 * (n - 1 - i)));
	if (p == tail)
		return buf_add(b, (struct bytes){tail, n + 1});
	b->n += n + 1;
	return 0;
}

int cbor_uint(struct buf *b, uint64_t v) { return put_head(b, MAJOR_UINT, v); }

int cbor_int(struct buf *b, int64_t v)
{
	/* section 3.1: the value of major type 1 is -1 - n, which is the complement */
	return v < 0 ? put_head(b, MAJOR_NEGINT, ~(uint64_t)v)
	             : put_head(b, MAJOR_UINT, (uint64_t)v);
}

int cbor_bytes(struct buf *b, struct bytes v)
{
	return put_head(b, MAJOR_BYTES, v.n) ? -1 : buf_add(b, v);
}

int cbor_bool(struct buf *b, bool v)
{
	return put_head(b, MAJOR_SIMPLE, v ? SIMPLE_TRUE : SIMPLE_FALSE);
}

int cbor_null(struct buf *b) { return put_head(b, MAJOR_SIMPLE, SIMPLE_NULL); }

int cbor_array(struct buf *b, uint64_t n) { return put_head(b, MAJOR_ARRAY, n); }

int cbor_map(struct buf *b, uint64_t n) { return put_head(b, MAJOR_MAP, n); }

void cbor_open(struct cbor_map *m, struct buf *b)
{
	*m = (struct cbor_map){.b = b, .at = b->n};
	buf_addc(b, MAJOR_MAP << 5);
}

void cbor_put_key(struct cbor_map *m, unsigned key)
{
	m->n++;
	cbor_uint(m->b, key);
}

void cbor_put_uint(struct cbor_map *m, unsigned key, uint64_t v)
{
	if (!v)
		return;
	cbor_put_key(m, key);
	cbor_uint(m->b, v);
}

void cbor_put_int(struct cbor_map *m, unsigned key, int64_t v)
{
	if (!v)
		return;
	cbor_put_key(m, key);
	cbor_int(m->b, v);
}

void cbor_put_bytes(struct cbor_map *m, unsigned key, struct bytes v)
{
	if (!v.n)
		return;
	cbor_put_key(m, key);
	cbor_bytes(m->b, v);
}

int cbor_close(struct cbor_map *m)
{
	assert(m->n <= PAIRS_IN_HEAD);
	if (m->b->overflow)
		return -1;
	m->b->p[m->at] = (uint8_t)(MAJOR_MAP << 5 | m->n);
	return 0;
}

struct head {
	unsigned major, info;
	uint64_t v;
};

static bool fail(struct cbor *r)
{
	r->bad = true;
	return false;
}

/* n <= what is left: facts are read by the hundred thousand, so this is no call. */
static inline void take(struct cbor *r, size_t n)
{
	r->rest.p += n;
	r->rest.n -= n;
}

/* The head whose value does not fit its first byte. */
static bool get_long_head(struct cbor *r, struct head *ret)
{
	struct head h = {.major = r->rest.p[0] >> 5, .info = r->rest.p[0] & 31};
	if (h.info > INFO_8)
		return fail(r);
	size_t n = (size_t)1 << (h.info - INFO_1);
	if (r->rest.n < n + 1)
		return fail(r);
	for (size_t i = 0; i < n; i++)
		h.v = h.v << 8 | r->rest.p[1 + i];
	/* 24; one past what the next shorter form holds.  The 2, 4 and 8 byte forms of major type
	 * 7 are floats, where every pattern is a value of its own. */
	static const uint64_t least[] = {INFO_1, 0x100, 0x10000, 0x100000000};
	static const uint64_t least_simple[] = {32, 0, 0, 0};
	const uint64_t *l = h.major == MAJOR_SIMPLE ? least_simple : least;
	if (h.v < l[h.info - INFO_1])
		return fail(r);
	take(r, n + 1);
	*ret = h;
	return true;
}

/* Takes a head off r.  Refused: what is cut short, reserved (28 to 30), of indefinite length (31),
 * or longer than needed.  Nearly all are of one byte. */
static inline bool get_head(struct cbor *r, struct head *ret)
{
	if (r->bad || !r->rest.n)
		return fail(r);
	uint8_t first = r->rest.p[0];
	if ((first & 31) >= INFO_1)
		return get_long_head(r, ret);
	*ret = (struct head){.major = first >> 5, .info = first & 31, .v = first & 31};
	take(r, 1);
	return true;
}

struct cbor cbor_of(struct bytes b) { return (struct cbor){.rest = b}; }

enum cbor_type cbor_peek(const struct cbor *r)
{
	static const enum cbor_type types[] = {
		[MAJOR_UINT] = CBOR_UINT,     [MAJOR_NEGINT] = CBOR_NEGINT,
		[MAJOR_BYTES] = CBOR_BYTES,   [MAJOR_TEXT] = CBOR_TEXT,
		[MAJOR_ARRAY] = CBOR_ARRAY,   [MAJOR_MAP] = CBOR_MAP,
		[MAJOR_TAG] = CBOR_SIMPLE, /* not ours either: every get refuses it, skip takes it
	                                    */
		[MAJOR_SIMPLE] = CBOR_SIMPLE,
	};
	return r->bad || !r->rest.n ? CBOR_END : types[r->rest.p[0] >> 5];
}

bool cbor_get_uint(struct cbor *r, uint64_t *ret)
{
	struct head h;
	if (!get_head(r, &h))
		return false;
	if (h.major != MAJOR_UINT)
		return fail(r);
	*ret = h.v;
	return true;
}

bool cbor_get_int(struct cbor *r, int64_t *ret)
{
	struct head h;
	if (!get_head(r, &h))
		return false;
	if (h.major > MAJOR_NEGINT || h.v > INT64_MAX)
		return fail(r);
	*ret = h.major == MAJOR_NEGINT ? -1 - (int64_t)h.v : (int64_t)h.v;
	return true;
}

bool cbor_get_bool(struct cbor *r, bool *ret)
{
	struct head h;
	if (!get_head(r, &h))
		return false;
	if (h.major != MAJOR_SIMPLE || (h.info != SIMPLE_FALSE && h.info != SIMPLE_TRUE))
		return fail(r);
	*ret = h.info == SIMPLE_TRUE;
	return true;
}

bool cbor_get_bytes(struct cbor *r, struct bytes *ret)
{
	struct head h;
	if (!get_head(r, &h))
		return false;
	if (h.major != MAJOR_BYTES || h.v > r->rest.n)
		return fail(r);
	*ret = (struct bytes){r->rest.p, (size_t)h.v};
	take(r, (size_t)h.v);
	return true;
}

/* An item is one byte at least, so a count over what is left is a lie told to make us allocate. */
static bool get_count(struct cbor *r, unsigned major, unsigned items_each, uint64_t *ret)
{
	struct head h;
	if (!get_head(r, &h))
		return false;
	if (h.major != major || h.v > r->rest.n / items_each)
		return fail(r);
	*ret = h.v;
	return true;
}

bool cbor_get_array(struct cbor *r, uint64_t *ret_n) { return get_count(r, MAJOR_ARRAY, 1, ret_n); }

bool cbor_get_map(struct cbor *r, uint64_t *ret_n) { return get_count(r, MAJOR_MAP, 2, ret_n); }

/* Items that follow a head of this kind as its content. */
static bool children(struct cbor *r, const struct head *h, uint64_t *ret)
{
	*ret = 0;
	if (h->major == MAJOR_TAG) {
		*ret = 1;
	} else if (h->major == MAJOR_BYTES || h->major == MAJOR_TEXT) {
		if (h->v > r->rest.n)
			return fail(r);
		r->rest = bytes_skip(r->rest, h->v);
	} else if (h->major == MAJOR_ARRAY || h->major == MAJOR_MAP) {
		unsigned each = h->major == MAJOR_MAP ? 2 : 1;
		if (h->v > r->rest.n / each)
			return fail(r);
		*ret = h->v * each;
	}
	return true;
}

static bool skip(struct cbor *r, int64_t depth)
{
	struct head h;
	uint64_t n;
	if (!get_head(r, &h) || !children(r, &h, &n))
		return false;
	bool is_nest = h.major == MAJOR_ARRAY || h.major == MAJOR_MAP || h.major == MAJOR_TAG;
	if (is_nest && depth >= CBOR_DEPTH_MAX)
		return fail(r);
	for (uint64_t i = 0; i < n; i++) {
		if (!skip(r, depth + 1))
			return false;
	}
	return true;
}

bool cbor_skip(struct cbor *r) { return skip(r, 0); }

bool cbor_get_item(struct cbor *r, struct bytes *ret)
{
	struct bytes from = r->rest;
	if (!cbor_skip(r))
		return false;
	*ret = bytes_slice(from, 0, from.n - r->rest.n);
	return true;
}
