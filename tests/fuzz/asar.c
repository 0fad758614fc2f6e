/* SPDX-License-Identifier: Apache-2.0 */
/* asar.c - fuzz: what is given of an archive of Electron lies within it. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void see(void *arg, struct bytes path, struct bytes content)
{
	const struct bytes *file = arg;
	if (path.n > (size_t)PATH_LEN_MAX || content.p < file->p ||
	    content.p + content.n > file->p + file->n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes file = bytes_of(p, n);
	struct err e;
	asar_walk(file, B("**"), see, &file, &e);
	return 0;
}
