/* SPDX-License-Identifier: Apache-2.0 */
/* copyright.c - fuzz: licences of a copyright file are bounded, and none is empty. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void one(void *arg, struct bytes license)
{
	size_t *count = arg;
	if (license.n == 0 || license.n > (size_t)SPDX_LICENSE_MAX ||
	    ++*count > (size_t)COPYRIGHT_LICENSES_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t count = 0;
	struct err e = {.kind = ERR_NONE};
	if (copyright_licenses(bytes_of(p, n), one, &count, &e) < 0 && !e.msg[0])
		abort();
	return 0;
}
