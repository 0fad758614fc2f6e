/* SPDX-License-Identifier: Apache-2.0 */
/* slurp.h - a sample file, in memory. */
#ifndef TESTS_LIB_SLURP_H
#define TESTS_LIB_SLURP_H

#include <stdio.h>

#include "base/base.h"

/* The first 4 MiB of a file; absent when it cannot be opened.  The caller frees p. */
static inline struct bytes slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return (struct bytes){NULL, 0};
	size_t cap = 1 << 22;
	uint8_t *p = mem_alloc(cap);
	size_t n = fread(p, 1, cap, f);
	fclose(f);
	return bytes_of(p, n);
}

#endif
