/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version.c - fuzz: every order is reflexive, antisymmetric and transitive on any three texts.
 *
 * Input: three versions parted by NUL.
 */
#include "fmt/version.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_order(enum version_order o, struct bytes a, struct bytes b, struct bytes c)
{
	int ab = version_cmp(o, a, b), bc = version_cmp(o, b, c), ac = version_cmp(o, a, c);
	require(version_cmp(o, a, a) == 0);
	require(version_cmp(o, b, a) == -ab);
	if (ab <= 0 && bc <= 0)
		require(ac <= 0);
	if (ab == 0 && bc == 0)
		require(ac == 0);
	if (ab >= 0 && bc >= 0)
		require(ac >= 0);
	version_valid(o, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes a, b, c, rest = {p, n};
	bytes_cut(rest, 0, &a, &rest);
	bytes_cut(rest, 0, &b, &c);
	for (enum version_order o = VERSION_NONE; o < VERSION__MAX; o++)
		check_order(o, a, b, c);
	version_dpkg_strip_binnmu(a);
	version_rpm_cmp_evr(version_rpm_parse(a), version_rpm_parse(b));
	require(version_apk_matches(a, a));
	return 0;
}
