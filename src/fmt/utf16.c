/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf16.c - texts that begin with a byte order mark.
 *
 * Format: RFC 2781, "Decoding UTF-16"; RFC 3629 for what is written.
 */
#include "fmt/utf16.h"

static void put_code(struct buf *b, uint32_t c)
{
	static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
	if (c >= 0xd800 && c < 0xe000)
		return; /* half of a pair */
	size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	buf_addc(b, (uint8_t)(lead[more] | c >> (6 * more)));
	while (more--)
		buf_addc(b, (uint8_t)(0x80 | (c >> (6 * more) & 0x3f)));
}

static uint32_t unit(struct bytes text, size_t at, bool is_big)
{
	return (uint32_t)text.p[at + !is_big] << 8 | text.p[at + is_big];
}

struct bytes text_unmarked(struct bytes text, struct buf *b)
{
	bool is_big = bytes_starts(text, B("\xfe\xff"));
	if (!is_big && !bytes_starts(text, B("\xff\xfe")))
		return bytes_skip(text, bytes_starts(text, B("\xef\xbb\xbf")) ? 3 : 0);
	for (size_t i = 2; i + 1 < text.n; i += 2) {
		uint32_t c = unit(text, i, is_big);
		bool is_high = c >= 0xd800 && c < 0xdc00 && i + 3 < text.n;
		uint32_t low = is_high ? unit(text, i + 2, is_big) : 0;
		if (low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			i += 2;
		}
		put_code(b, c);
	}
	return buf_bytes(b);
}
