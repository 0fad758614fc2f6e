/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ints.h - integers of stated byte order at any alignment.
 *
 * The caller has checked that the bytes are there.
 */
#ifndef FMT_INTS_H
#define FMT_INTS_H

#include <stdbool.h>
#include <stdint.h>

static inline uint16_t get_be16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static inline uint16_t get_le16(const uint8_t *p) { return (uint16_t)(p[1] << 8 | p[0]); }

static inline uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint32_t get_le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t get_be64(const uint8_t *p)
{
	return (uint64_t)get_be32(p) << 32 | get_be32(p + 4);
}

static inline uint64_t get_le64(const uint8_t *p)
{
	return (uint64_t)get_le32(p + 4) << 32 | get_le32(p);
}

static inline uint16_t get_16(const uint8_t *p, bool is_be)
{
	return is_be ? get_be16(p) : get_le16(p);
}

static inline uint32_t get_32(const uint8_t *p, bool is_be)
{
	return is_be ? get_be32(p) : get_le32(p);
}

/* A set of small numbers, one bit each, for "was this page used before". */
static inline bool bit_test_set(uint8_t *bits, uint64_t i)
{
	uint8_t mask = (uint8_t)(1u << (i & 7));
	bool was = (bits[i >> 3] & mask) != 0;
	bits[i >> 3] |= mask;
	return was;
}

#endif
