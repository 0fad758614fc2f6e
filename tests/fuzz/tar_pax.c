/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar_pax.c - fuzz: one extended header.
 *
 * Input: its records.
 */
#include "fmt/tar_parts.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct pax pax;
	struct sparse map = {NULL, 0, 0};
	struct err e;
	if (pax_parse((struct bytes){p, n}, &pax, &map, &e) == 0) {
		pax_check_global(&pax, &e);
		sparse_check(&map, pax.realsize, pax.size, &e);
	}
	free(map.v);
	return 0;
}
