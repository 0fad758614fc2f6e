/* SPDX-License-Identifier: Apache-2.0 */
/* rpmfile.c - lead and headers of rpm package files. */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static void be32(struct buf *b, uint32_t v)
{
	for (int i = 24; i >= 0; i -= 8)
		buf_addc(b, (uint8_t)(v >> i));
}

/* A header of one entry. */
static void header(struct buf *b, uint32_t tag, struct bytes data)
{
	buf_add(b, bytes_of("\x8e\xad\xe8\x01\0\0\0\0", 8));
	be32(b, 1);
	be32(b, (uint32_t)data.n);
	be32(b, tag);
	be32(b, 7);
	be32(b, 0);
	be32(b, (uint32_t)data.n);
	buf_add(b, data);
}

static void package(struct buf *b, uint32_t tag, struct bytes signature)
{
	uint8_t lead[RPMFILE_LEAD] = {0xed, 0xab, 0xee, 0xdb, 3};
	buf_reset(b);
	buf_add(b, bytes_of(lead, sizeof lead));
	header(b, tag, signature);
	while ((b->n - RPMFILE_LEAD) % 8)
		buf_addc(b, 0);
	header(b, 1000, B("name"));
}

int main(void)
{
	struct err e;
	struct rpmfile_parts p;
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(64));
	package(&b, 268, B("sig"));
	CHECK(rpmfile_looks(buf_bytes(&b)));
	CHECK(rpmfile_parse(buf_bytes(&b), &p, &e) == 0 && bytes_eq(p.signature, B("sig")));
	CHECK(p.header.n == RPMFILE_INTRO + 16 + 4 && bytes_ends(p.header, B("name")));
	size_t n = b.n;
	for (size_t i = 0; i < n; i++) {
		if (rpmfile_parse(bytes_of(b.p, i), &p, &e) == 0)
			break;
		n -= i == n - 1;
	}
	test_case(n == b.n - 1, "cut short anywhere it is refused");
	package(&b, 267, B("dsa"));
	CHECK(rpmfile_parse(buf_bytes(&b), &p, &e) == 0 && bytes_eq(p.signature, B("dsa")));
	package(&b, 1002, B("over all"));
	CHECK(rpmfile_parse(buf_bytes(&b), &p, &e) == 0 && !p.signature.p);
	/* an entry that points behind the data */
	package(&b, 268, B("sig"));
	b.p[RPMFILE_LEAD + RPMFILE_INTRO + 15] = 4;
	CHECK(rpmfile_parse(buf_bytes(&b), &p, &e) == 0 && !p.signature.p);
	CHECK(rpmfile_parse(B("PK"), &p, &e) < 0 && e.kind == ERR_FORMAT);
	/* the bound: a header of RPM_HEADER_MAX bytes, and of one more */
	uint8_t intro[RPMFILE_INTRO] = {0x8e, 0xad, 0xe8, 1};
	uint32_t most = (uint32_t)RPM_HEADER_MAX - RPMFILE_INTRO;
	for (int i = 0; i < 4; i++)
		intro[12 + i] = (uint8_t)(most >> (24 - 8 * i));
	CHECK(rpmfile_header_size(bytes_of(intro, sizeof intro)) == (uint64_t)RPM_HEADER_MAX);
	intro[15]++;
	CHECK(rpmfile_header_size(bytes_of(intro, sizeof intro)) == 0);
	return TEST_END();
}
