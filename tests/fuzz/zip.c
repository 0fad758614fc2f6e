/* SPDX-License-Identifier: Apache-2.0 */
/* zip.c - fuzz: an archive is walked to its end, its members read within their bound. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	enum { MOST = 1 << 20 };
	struct zip z;
	struct zip_member m;
	struct err e;
	if (zip_open(bytes_of(p, n), &z, &e) < 0)
		return 0;
	for (unsigned i = 0; i < 64 && zip_next(&z, &m, &e) > 0; i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, MOST);
		if (zip_read(&z, &m, &b, &e) == 0 ? b.n != m.size || b.n > MOST : b.n != 0)
			abort();
	}
	return 0;
}
