/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osrelease.c - fuzz: each file that names a system is read to an end, and an id is one plain word.
 *
 * Input: one byte that picks the file, then its text.
 */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n == 0)
		return 0;
	const struct os_source *src = os_source_list();
	for (uint8_t i = 0; i < p[0] && src[1].path; i++)
		src++;
	AUTO_ARENA struct arena *a = arena_new();
	struct os_id os, other = {.id = B("debian"), .version_id = B("12")};
	struct err e;
	if (os_id_parse(src, bytes_of(p + 1, n - 1), a, &os, &e) < 0)
		return 0;
	for (size_t i = 0; i < os.id.n; i++) {
		if (is_upper(os.id.p[i]))
			abort();
	}
	if ((os.id.p && os.id.n == 0) || (os.version_id.p && os.version_id.n == 0))
		abort();
	os_is_rolling(&os);
	os_id_merge(&os, &other);
	return 0;
}
