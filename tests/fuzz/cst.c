/* SPDX-License-Identifier: Apache-2.0 */
/* cst.c - fuzz: files of structure tests. */
#include "fmt/fmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct cst c;
	struct err e;
	cst_parse((struct bytes){p, n}, "t", a, &c, &e);
	return 0;
}
