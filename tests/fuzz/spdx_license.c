/* SPDX-License-Identifier: Apache-2.0 */
/* spdx_license.c - any text becomes a valid expression, and that reads back as itself. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct spdx_license *l = spdx_license_normalize(bytes_of(p, n), a), *again;
	struct err e;
	if (l) {
		struct bytes text = spdx_license_text(l, a);
		if (text.n <= (size_t)SPDX_LICENSE_MAX &&
		    (spdx_license_parse(text, a, &again, &e) < 0 ||
		     !bytes_eq(spdx_license_text(again, a), text)))
			abort();
	}
	if (spdx_license_parse(bytes_of(p, n), a, &l, &e) == 0)
		spdx_license_text(l, a);
	return 0;
}
