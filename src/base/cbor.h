/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cbor.h - the part of CBOR (RFC 8949) that facts are written in: unsigned and negative integers,
 * byte strings, arrays and maps of definite length, true, false, null.
 *
 * Maps have small integer keys; a key is never reused, unknown ones are skipped.  The reader pulls
 * from a slice, checks every length against what is left, and is bounded in depth.
 */
#ifndef BASE_CBOR_H
#define BASE_CBOR_H

#include "base/bytes.h"

/* Writer: appends to a buf.  Lengths of arrays and maps are given up front. */
int cbor_uint(struct buf *b, uint64_t v);
int cbor_int(struct buf *b, int64_t v);
int cbor_bytes(struct buf *b, struct bytes v);
int cbor_bool(struct buf *b, bool v);
int cbor_null(struct buf *b);
int cbor_array(struct buf *b, uint64_t n);
int cbor_map(struct buf *b, uint64_t n);

/* A map whose pairs are counted as they are added: absent values (n == 0, v == 0) are left out.
 * At most 23 pairs.  Use: cbor_open(&m, b); cbor_put_uint(&m, KEY, v); ...; cbor_close(&m). */
struct cbor_map {
	struct buf *b;
	size_t at; /* offset of the map's head byte */
	unsigned n;
};
void cbor_open(struct cbor_map *m, struct buf *b);
void cbor_put_uint(struct cbor_map *m, unsigned key, uint64_t v);      /* left out when 0 */
void cbor_put_int(struct cbor_map *m, unsigned key, int64_t v);        /* left out when 0 */
void cbor_put_bytes(struct cbor_map *m, unsigned key, struct bytes v); /* left out when n == 0 */
/* Writes the key; the caller writes exactly one value (an array, a map) after it. */
void cbor_put_key(struct cbor_map *m, unsigned key);
int cbor_close(struct cbor_map *m); /* -1 when the buffer overflowed */

/* Reader.  All functions return false on anything unexpected and then set r->bad; once bad,
 * every call fails, so a decoder may check once at the end. */
struct cbor {
	struct bytes rest;
	bool bad;
};
enum cbor_type {
	CBOR_UINT,
	CBOR_NEGINT,
	CBOR_BYTES,
	CBOR_TEXT,
	CBOR_ARRAY,
	CBOR_MAP,
	CBOR_SIMPLE,
	CBOR_END
};
struct cbor cbor_of(struct bytes b);
enum cbor_type cbor_peek(const struct cbor *r);
bool cbor_get_uint(struct cbor *r, uint64_t *ret);
bool cbor_get_int(struct cbor *r, int64_t *ret);
bool cbor_get_bool(struct cbor *r, bool *ret);
bool cbor_get_bytes(struct cbor *r, struct bytes *ret);
bool cbor_get_array(struct cbor *r, uint64_t *ret_n);
bool cbor_get_map(struct cbor *r, uint64_t *ret_n);
/* Skips one whole item, whatever it is, nested at most CBOR_DEPTH_MAX. */
bool cbor_skip(struct cbor *r);
/* The next whole item as a slice, skipped. */
bool cbor_get_item(struct cbor *r, struct bytes *ret);

#endif
