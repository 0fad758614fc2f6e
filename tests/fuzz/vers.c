/* SPDX-License-Identifier: Apache-2.0 */
/* vers.c - fuzz: a range that parses is canonical once it was built, and holds the same versions.
 *
 * Input: a range, and behind LF a version.
 */
#include "fmt/vers.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b, c;
	struct bytes text, version;
	struct vers v, again;
	buf_init(&b, (size_t)MIB(1));
	buf_init(&c, (size_t)MIB(1));
	bytes_cut((struct bytes){p, n}, '\n', &text, &version);
	if (vers_parse(text, a, &v, NULL) < 0)
		return 0;
	vers_build(&v, &b);
	if (vers_parse(buf_bytes(&b), a, &again, NULL) < 0 || again.n != v.n)
		abort();
	vers_build(&again, &c);
	vers_contains(&v, version);
	vers_is_for(&v, version);
	return 0;
}
