/* SPDX-License-Identifier: Apache-2.0 */
/* cpe.c - fuzz: what parses also builds, and what was built reads the same; every name takes in
 * itself or has wildcards. */
#include "fmt/cpe.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	struct cpe c, again;
	struct bytes head, tail;
	buf_init(&b, KIB(64));
	bytes_cut((struct bytes){p, n}, '\n', &head, &tail);
	cpe_relate(head, tail);
	if (cpe_parse(head, a, &c, NULL) < 0)
		return 0;
	cpe_build(&c, &b);
	if (b.n > (size_t)CPE_LEN_MAX)
		return 0;
	if (cpe_parse(buf_bytes(&b), a, &again, NULL) < 0)
		abort();
	for (size_t i = 0; i < CPE__MAX; i++) {
		if (!bytes_eq(c.attr[i], again.attr[i]))
			abort();
		cpe_plain(c.attr[i], a);
		cpe_relate(c.attr[i], tail);
	}
	return 0;
}
