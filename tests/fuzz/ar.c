/* SPDX-License-Identifier: Apache-2.0 */
/* ar.c - fuzz: headers of ar archives; names lie inside the header. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct ar_member m;
	struct err e;
	size_t len = MIN_OF(n, (size_t)AR_HEADER);
	ar_looks(bytes_of(p, n));
	if (ar_member(bytes_of(p, len), &m, &e) == 0 && m.name.n &&
	    (m.name.p < p || m.name.p + m.name.n > p + len))
		abort();
	return 0;
}
