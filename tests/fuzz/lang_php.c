/* SPDX-License-Identifier: Apache-2.0 */
/* lang_php.c - fuzz: what the reader of PHP's extensions returns keeps its promises. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct lang_package f;
	struct err e = {.kind = ERR_NONE};
	int rc = lang_php_extension(bytes_of(p, n), a, &f, &e);
	if (rc > 0 &&
	    (!f.name.n || !f.version.n || !bytes_is_utf8(f.name) || !bytes_is_utf8(f.version)))
		abort();
	if (rc < 0 && !e.msg[0])
		abort();
	return 0;
}
