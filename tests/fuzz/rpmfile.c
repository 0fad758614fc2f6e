/* SPDX-License-Identifier: Apache-2.0 */
/* rpmfile.c - fuzz: headers of rpm package files lie inside the bytes given. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void inside(struct bytes outer, struct bytes b)
{
	if (b.n && (b.p < outer.p || b.p + b.n > outer.p + outer.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct rpmfile_parts parts;
	struct rpmhdr h;
	struct err e;
	if (rpmfile_parse((struct bytes){p, n}, &parts, &e) < 0)
		return 0;
	inside((struct bytes){p, n}, parts.header);
	inside((struct bytes){p, n}, parts.signature);
	rpmhdr_parse(bytes_skip(parts.header, 8), &h, &e);
	return 0;
}
