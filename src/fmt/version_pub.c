/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_pub.c - the order of Dart's package versions.
 *
 * Format: as Semantic Versioning, but the build counts: 1.0.0-pre < 1.0.0-pre+1 < 1.0.0 < 1.0.0+1.
 * Source: Dart's documentation, "Package versioning"; pub_semver's README, "Semantics".
 */
#include "fmt/version.h"

#include "fmt/version_semver.h"

int version_pub_cmp(struct bytes a, struct bytes b)
{
	return version_semver_cmp_as(a, b, VERSION_SEMVER_BY_BUILD);
}

bool version_pub_valid(struct bytes v)
{
	struct version_semver r = version_semver_split(v);
	unsigned n = 1;
	struct bytes one, tail;
	for (; bytes_cut(r.numbers, '.', &one, &tail); r.numbers = tail, n++) {
		if (!one.n)
			return false;
	}
	if (n != 3 || !r.numbers.n || !is_digit(v.p[0]) || is_blank(v.p[v.n - 1]))
		return false;
	if (r.pre.p && (r.pre.p[-1] != '-' || !version_semver_ids_valid(r.pre, false)))
		return false;
	return !r.build.p || version_semver_ids_valid(r.build, false);
}
