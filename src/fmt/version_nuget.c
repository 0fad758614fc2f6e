/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_nuget.c - the order of NuGet package versions.
 *
 * Format: one to four numbers, then as in Semantic Versioning; letters match whatever their case.
 * Source: NuGet's documentation, "Package versioning", "Normalized version numbers".
 */
#include "fmt/version.h"

#include "fmt/version_semver.h"

int version_nuget_cmp(struct bytes a, struct bytes b)
{
	return version_semver_cmp_as(a, b, VERSION_SEMVER_NOCASE);
}

bool version_nuget_valid(struct bytes v)
{
	v = bytes_trim(v);
	struct version_semver r = version_semver_split(v);
	unsigned n = 1;
	uint64_t value;
	struct bytes one, tail;
	for (; bytes_cut(r.numbers, '.', &one, &tail); r.numbers = tail, n++) {
		if (!bytes_u64(one, INT32_MAX, &value))
			return false;
	}
	if (n > 4 || !bytes_u64(r.numbers, INT32_MAX, &value) || !is_digit(v.p[0]))
		return false;
	if (r.pre.p && (r.pre.p[-1] != '-' || !version_semver_ids_valid(r.pre, false)))
		return false;
	return !r.build.p || version_semver_ids_valid(r.build, false);
}
