/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/feedfuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const names[] = {"redhat-csaf", "redhat-vex"};
	return feedfuzz(names, ARRAY_LEN(names), bytes_of(p, n));
}
