/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tzif.c - fuzz: a file of time zones is asked for times before, within and after what it lists.
 */
#include "fmt/fmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const int64_t times[] = {INT64_C(-62135596800), 0, 1718452800,
	                                INT64_C(253402300799)};
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		int64_t offset;
		tzif_offset((struct bytes){p, n}, times[i], &offset, NULL);
	}
	return 0;
}
