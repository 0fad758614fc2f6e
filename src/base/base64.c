/* SPDX-License-Identifier: Apache-2.0 */
/* base64.c - bytes as text and back.  Source: RFC 4648, sections 4 and 5. */
#include "base/bytes.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_encode(struct bytes in, struct buf *to)
{
	int rc = 0;
	for (size_t i = 0; i < in.n && rc == 0; i += 3) {
		size_t n = MIN_OF(in.n - i, (size_t)3);
		unsigned v = (unsigned)in.p[i] << 16;
		v |= n > 1 ? (unsigned)in.p[i + 1] << 8 : 0;
		v |= n > 2 ? in.p[i + 2] : 0;
		for (size_t k = 0; k < 4 && rc == 0; k++)
			rc = buf_addc(to, k <= n ? (uint8_t)digits[v >> (18 - 6 * k) & 63] : '=');
	}
	return rc;
}

static int value(uint8_t c)
{
	if (is_upper(c))
		return c - 'A';
	if (is_lower(c))
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

bool base64_decode(struct bytes text, struct buf *ret)
{
	unsigned held = 0;
	size_t pad = 0, i = 0;
	while (pad < 2 && text.n && text.p[text.n - 1] == '=') {
		text.n--;
		pad++;
	}
	/* "=" fills up to four digits, or is left out whole (section 3.2) */
	if (text.n % 4 == 1 || (pad && (text.n + pad) % 4))
		return false;
	for (; i < text.n; i++) {
		int v = value(text.p[i]);
		if (v < 0)
			return false;
		held = held << 6 | (unsigned)v;
		if (i % 4 && buf_addc(ret, (uint8_t)(held >> (6 - 2 * (i % 4)))))
			return false;
		held &= 0xff;
	}
	/* bits that belong to no byte are zero (section 3.5): one text for the same bytes */
	unsigned left = i % 4 == 2 ? 15 : i % 4 == 3 ? 3 : 0;
	return (held & left) == 0;
}
