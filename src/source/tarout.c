/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarout.c - ustar and pax headers.
 *
 * Source: POSIX.1-2017 pax, "ustar Interchange Format", "pax Extended Header"; star(5) for
 * SCHILY.xattr.
 */
#include "source/tarout.h"

#include <string.h>

enum { BLOCK = 512, NAME_LEN = 100, OCTAL7_MAX = 07777777 };
#define OCTAL11_MAX UINT64_C(077777777777)

static void octal(uint8_t *p, unsigned width, uint64_t v)
{
	p[--width] = 0;
	while (width--) {
		p[width] = (uint8_t)('0' + (v & 7));
		v >>= 3;
	}
}

/* Text too long for its field is cut; the pax header before it has the whole. */
static void field(uint8_t *p, size_t width, struct bytes b)
{
	memcpy(p, b.p ? b.p : (const uint8_t *)"", MIN_OF(width, b.n));
}

static void block(struct buf *out, const struct tarout *h, char type, uint64_t size)
{
	uint8_t *b = buf_room(out, BLOCK);
	unsigned sum = 0;
	if (!b)
		return;
	memset(b, 0, BLOCK);
	field(b, NAME_LEN, h->path);
	octal(b + 100, 8, h->mode);
	octal(b + 108, 8, MIN_OF(h->uid, (uint32_t)OCTAL7_MAX));
	octal(b + 116, 8, MIN_OF(h->gid, (uint32_t)OCTAL7_MAX));
	octal(b + 124, 12, MIN_OF(size, OCTAL11_MAX));
	octal(b + 136, 12, 0);
	memset(b + 148, ' ', 8);
	b[156] = (uint8_t)type;
	field(b + 157, NAME_LEN, h->link);
	memcpy(b + 257, "ustar\00000", 8);
	octal(b + 329, 8, MIN_OF(h->dev_major, (uint32_t)OCTAL7_MAX));
	octal(b + 337, 8, MIN_OF(h->dev_minor, (uint32_t)OCTAL7_MAX));
	for (int i = 0; i < BLOCK; i++)
		sum += b[i];
	octal(b + 148, 7, sum);
	out->n += BLOCK;
}

static size_t count_digits(size_t v)
{
	size_t n = 1;
	while (v >= 10) {
		v /= 10;
		n++;
	}
	return n;
}

/* "LENGTH KEY=VALUE\n", LENGTH counting itself. */
static void record(struct buf *pax, const char *key, struct bytes value)
{
	size_t n = strlen(key) + value.n + 3, total = n + count_digits(n);
	total = n + count_digits(total);
	buf_addf(pax, "%zu %s=", total, key);
	buf_add(pax, value);
	buf_addc(pax, '\n');
}

static void record_number(struct buf *pax, const char *key, uint64_t v)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)v);
	record(pax, key, bytes_str(text));
}

static void records(struct buf *pax, const struct tarout *h)
{
	if (h->path.n > NAME_LEN)
		record(pax, "path", h->path);
	if (h->link.n > NAME_LEN)
		record(pax, "linkpath", h->link);
	if (h->size > OCTAL11_MAX)
		record_number(pax, "size", h->size);
	if (h->uid > OCTAL7_MAX)
		record_number(pax, "uid", h->uid);
	if (h->gid > OCTAL7_MAX)
		record_number(pax, "gid", h->gid);
	if (h->caps.n)
		record(pax, "SCHILY.xattr.security.capability", h->caps);
}

void tarout_header(struct buf *out, const struct tarout *h)
{
	AUTO_BUF struct buf pax;
	buf_init(&pax, 2 * (size_t)PATH_LEN_MAX + 1024);
	records(&pax, h);
	if (pax.n) {
		struct tarout x = {.path = B("pax"), .mode = 0644};
		block(out, &x, 'x', pax.n);
		buf_add(out, buf_bytes(&pax));
		while (out->n % BLOCK)
			buf_addc(out, 0);
	}
	block(out, h, h->type, h->type == '0' ? h->size : 0);
}
