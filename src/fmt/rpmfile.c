/* SPDX-License-Identifier: Apache-2.0 */
/* rpmfile.c - the two headers of an rpm package file.  Format: rpm's "RPM V4 Package format". */
#include "fmt/rpmfile.h"

enum {
	ENTRY = 16, /* bytes of an index entry: tag, type, offset, count */
	TYPE_BIN = 7,
	TAG_DSAHEADER = 267,
	TAG_RSAHEADER = 268,
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool rpmfile_looks(struct bytes head) { return bytes_starts(head, B("\xed\xab\xee\xdb")); }

uint64_t rpmfile_header_size(struct bytes intro)
{
	if (intro.n < RPMFILE_INTRO || !bytes_starts(intro, B("\x8e\xad\xe8\x01")))
		return 0;
	uint64_t il = be32(intro.p + 8), dl = be32(intro.p + 12);
	uint64_t size = RPMFILE_INTRO + il * ENTRY + dl;
	return size <= (uint64_t)RPM_HEADER_MAX ? size : 0;
}

/* The signature over the header alone; those over header and payload are not asked for. */
static struct bytes signature_of(struct bytes header)
{
	uint32_t il = be32(header.p + 8), dl = be32(header.p + 12);
	const uint8_t *index = header.p + RPMFILE_INTRO, *data = index + (size_t)il * ENTRY;
	for (uint32_t i = 0; i < il; i++) {
		const uint8_t *at = index + (size_t)i * ENTRY;
		uint32_t tag = be32(at), type = be32(at + 4), from = be32(at + 8),
			 n = be32(at + 12);
		bool is_one = (tag == TAG_RSAHEADER || tag == TAG_DSAHEADER) && type == TYPE_BIN;
		if (is_one && from <= dl && n <= dl - from)
			return bytes_of(data + from, n);
	}
	return (struct bytes){NULL, 0};
}

int rpmfile_parse(struct bytes head, struct rpmfile_parts *ret, struct err *e)
{
	struct bytes rest = bytes_skip(head, RPMFILE_LEAD);
	if (head.n < RPMFILE_LEAD || !rpmfile_looks(head))
		return err_set(e, ERR_FORMAT, "it is no rpm package");
	uint64_t n = rpmfile_header_size(rest);
	if (!n || n > rest.n)
		return err_set(e, ERR_FORMAT, "its signatures are cut short or too long");
	struct bytes signatures = bytes_slice(rest, 0, n);
	rest = bytes_skip(rest, (n + 7) / 8 * 8);
	n = rpmfile_header_size(rest);
	if (!n || n > rest.n)
		return err_set(e, ERR_FORMAT, "its header is cut short or too long");
	ret->header = bytes_slice(rest, 0, n);
	ret->signature = signature_of(signatures);
	return 0;
}
