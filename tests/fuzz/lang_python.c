/* SPDX-License-Identifier: Apache-2.0 */
/* lang_python.c - fuzz: what the reader of a manifest returns keeps its promises. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct lang_package f;
	struct err e = {.kind = ERR_NONE};
	int rc = lang_python(bytes_of(p, n), a, &f, &e);
	if (rc > 0 && (!f.name.n || !f.version.n || !bytes_is_utf8(f.name) ||
	               f.name.n > (size_t)LANG_FIELD_MAX || f.license.n > (size_t)LANG_FIELD_MAX))
		abort();
	if (rc < 0 && !e.msg[0])
		abort();
	AUTO_BUF struct buf path;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	for (struct bytes rest = bytes_of(p, n); lang_python_record(&rest, &path);) {
		if (!path.n || path.overflow)
			abort();
	}
	return 0;
}
