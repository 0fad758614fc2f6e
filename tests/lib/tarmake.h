/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarmake.h - writes tar archives, right and wrong ones, into a buffer.
 *
 * Written from the format's definition and apart from the reader, so that a test compares two
 * readings of it.
 */
#ifndef TESTS_TARMAKE_H
#define TESTS_TARMAKE_H

#include <stdio.h>
#include <string.h>

#include "base/base.h"

struct tm_entry {
	const char *name, *link, *prefix;
	char type; /* 0 writes '0' */
	unsigned mode, uid, gid;
	unsigned long long size; /* of the header; 0: that of the body */
	const char *raw_size;    /* 12 bytes instead of size */
	const char *magic;       /* 8 bytes; NULL: ustar; "" v7 */
	char type_v7;            /* 1: type flag 0 */
};

static inline void tm_octal(char *p, unsigned width, unsigned long long v)
{
	for (p[--width] = 0; width-- > 0; v >>= 3)
		p[width] = (char)('0' + (v & 7));
}

/* Sums the block and writes its checksum field. */
static inline void tm_sum(char *h, int is_signed)
{
	long sum = 0;
	memset(h + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += is_signed ? (signed char)h[i] : (unsigned char)h[i];
	tm_octal(h + 148, 7, (unsigned long)sum);
}

static inline void tm_text(char *p, size_t width, const char *s)
{
	if (s)
		memcpy(p, s, MIN_OF(strlen(s), width));
}

static inline void tm_block(char h[512], const struct tm_entry *t, size_t body)
{
	memset(h, 0, 512);
	tm_text(h, 100, t->name);
	tm_octal(h + 100, 8, t->mode ? t->mode : 0644);
	tm_octal(h + 108, 8, t->uid);
	tm_octal(h + 116, 8, t->gid);
	tm_octal(h + 124, 12, t->size ? t->size : body);
	if (t->raw_size)
		memcpy(h + 124, t->raw_size, 12);
	tm_octal(h + 136, 12, 1000000000);
	h[156] = t->type_v7 ? 0 : t->type ? t->type : '0';
	tm_text(h + 157, 100, t->link);
	const char *magic = t->magic ? t->magic : "ustar\00000";
	if (*magic)
		memcpy(h + 257, magic, 8);
	tm_text(h + 345, 155, t->prefix);
	tm_sum(h, 0);
}

static inline void tm_pad(struct buf *b)
{
	while (b->n % 512)
		buf_addc(b, 0);
}

static inline void tm_add(struct buf *b, struct tm_entry t, struct bytes body)
{
	char h[512];
	tm_block(h, &t, body.n);
	buf_add(b, bytes_of(h, 512));
	buf_add(b, body);
	tm_pad(b);
}

static inline void tm_file(struct buf *b, const char *name, const char *body)
{
	tm_add(b, (struct tm_entry){.name = name}, bytes_str(body));
}

static inline void tm_dir(struct buf *b, const char *name)
{
	tm_add(b, (struct tm_entry){.name = name, .type = '5', .mode = 0755}, B(""));
}

static inline void tm_link(struct buf *b, char type, const char *name, const char *to)
{
	tm_add(b, (struct tm_entry){.name = name, .type = type, .link = to, .mode = 0777}, B(""));
}

/* GNU's 'L' or 'K' member. */
static inline void tm_long(struct buf *b, char type, struct bytes name)
{
	tm_add(b, (struct tm_entry){.name = "././@LongLink", .type = type, .magic = "ustar  "},
	       name);
}

/* One record of an extended header, its length counted in. */
static inline void tm_record(struct buf *b, const char *key, struct bytes v)
{
	size_t n = strlen(key) + v.n + 3, total = n + 1;
	for (size_t digits = 1; digits < 10; digits++) {
		size_t limit = 1;
		for (size_t i = 0; i < digits; i++)
			limit *= 10;
		total = n + digits;
		if (total < limit)
			break;
	}
	buf_addf(b, "%zu %s=", total, key);
	buf_add(b, v);
	buf_addc(b, '\n');
}

static inline void tm_pax(struct buf *b, char type, struct bytes records)
{
	tm_add(b, (struct tm_entry){.name = "PaxHeaders/x", .type = type}, records);
}

/* An extended header of one record. */
static inline void tm_pax1(struct buf *b, char type, const char *key, struct bytes v)
{
	AUTO_BUF struct buf r;
	buf_init(&r, 16 << 20);
	tm_record(&r, key, v);
	tm_pax(b, type, buf_bytes(&r));
}

static inline void tm_end(struct buf *b)
{
	static const char zeros[1024];
	buf_add(b, bytes_of(zeros, sizeof zeros));
}

/* Decodes a uuencoded file of one part into b; false when it cannot be read. */
static inline bool tm_uudecode(const char *path, struct buf *b)
{
	char line[256];
	bool is_on = false;
	FILE *f = fopen(path, "r");
	if (!f)
		return false;
	while (fgets(line, sizeof line, f)) {
		if (!is_on || strncmp(line, "end", 3) == 0) {
			is_on = !is_on && strncmp(line, "begin ", 6) == 0;
			continue;
		}
		unsigned n = (unsigned)(line[0] - ' ') & 63;
		for (unsigned i = 0; i < n; i++) {
			const char *q = line + 1 + i / 3 * 4;
			unsigned v[4];
			for (int k = 0; k < 4; k++)
				v[k] = (unsigned)(q[k] - ' ') & 63;
			unsigned w = v[0] << 18 | v[1] << 12 | v[2] << 6 | v[3];
			buf_addc(b, (uint8_t)(w >> (16 - 8 * (i % 3))));
		}
	}
	fclose(f);
	return true;
}

#endif
