/* SPDX-License-Identifier: Apache-2.0 */
/* caps.c - fuzz: a form is read or refused, and its names fit. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct caps c;
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(4));
	if (caps_parse(bytes_of(p, n), &c, &e) < 0) {
		if (e.kind == ERR_NONE)
			abort();
		return 0;
	}
	caps_text(c.permitted | c.inheritable, &b);
	if (b.overflow || (caps_rooting(c.permitted) & ~c.permitted))
		abort();
	return 0;
}
