/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex.c - fuzz: the first line is a pattern, the rest a text; the steps of a search are bounded.
 */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes pattern, text;
	struct regex *re;
	struct err e;
	uint64_t steps = 100000;
	bytes_cut((struct bytes){p, n}, '\n', &pattern, &text);
	if (regex_compile(pattern, &re, &e) < 0)
		return 0;
	regex_search(re, text, &steps);
	if (steps > 100000)
		abort();
	regex_free(re);
	return 0;
}
