/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss.c - fuzz: every score that is given lies between 0 and 10 and has a rating.
 */
#include "fmt/cvss.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require_score(const struct cvss *c, int tenths)
{
	if (tenths < 0 || tenths > 100 || !cvss_rating(c->version, tenths))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct cvss c;
	if (cvss_score((struct bytes){p, n}, &c, NULL))
		return 0;
	require_score(&c, c.base);
	require_score(&c, c.temporal);
	require_score(&c, c.environmental);
	require_score(&c, c.overall);
	return 0;
}
