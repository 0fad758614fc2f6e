/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - fuzz: every check of a value ends, and a mask hides at least half of it. */
#include "fmt/token.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes v = bytes_of(p, n);
	for (unsigned c = 0; c < TOKEN_CHECK__MAX; c++) {
		if ((unsigned)token_check((enum token_check)c, v) > TOKEN_PROVEN)
			abort();
	}
	AUTO_BUF struct buf mask;
	buf_init(&mask, n + 64);
	token_mask(v, n, &mask);
	if (mask.n > n / 2 + 12 || token_entropy(v) > 8)
		abort();
	token_is_password(v);
	token_is_random(v);
	token_is_stand_in(v);
	token_is_example(v);
	return 0;
}
