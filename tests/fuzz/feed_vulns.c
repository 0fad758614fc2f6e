/* SPDX-License-Identifier: Apache-2.0 */
/* feed_vulns.c - a document to the feeds that speak of vulnerabilities whatever the package. */
#include "lib/feedfuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const names[] = {"epss", "ghsa", "kev", "nvd", "ubuntu-vex"};
	return feedfuzz(names, sizeof names / sizeof names[0], bytes_of(p, n));
}
