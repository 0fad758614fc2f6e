/* SPDX-License-Identifier: Apache-2.0 */
/* license_text.c - fuzz: ids of a licence file are few, and of the SPDX list. */
#include "fmt/license_text.h"

#include <stdlib.h>

#include "fmt/fmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const char *ids[LICENSE_TEXTS_MAX];
	size_t count = license_text(bytes_of(p, n), ids);
	if (count > LICENSE_TEXTS_MAX)
		abort();
	for (size_t i = 0; i < count; i++) {
		struct bytes known;
		if (!spdx_license_known(bytes_str(ids[i]), &known))
			abort();
	}
	return 0;
}
