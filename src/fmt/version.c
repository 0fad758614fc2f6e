/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version.c - the table of version orders.
 */
#include "fmt/version.h"

static int none_cmp(struct bytes a, struct bytes b) { return bytes_cmp(a, b); }

static bool none_valid(struct bytes v) { return v.n > 0; }

static const struct {
	const char *name;
	int (*cmp)(struct bytes a, struct bytes b);
	bool (*is_valid)(struct bytes v);
} orders[] = {
	[VERSION_NONE] = {"none",   none_cmp,           none_valid          },
	[VERSION_DPKG] = {"dpkg",   version_dpkg_cmp,   version_dpkg_valid  },
	[VERSION_RPM] = {"rpm",    version_rpm_cmp,    version_rpm_valid   },
	[VERSION_APK] = {"apk",    version_apk_cmp,    version_apk_valid   },
	[VERSION_SEMVER] = {"semver", version_semver_cmp, version_semver_valid},
	[VERSION_PEP440] = {"pep440", version_pep440_cmp, version_pep440_valid},
	[VERSION_MAVEN] = {"maven",  version_maven_cmp,  version_maven_valid },
	[VERSION_NUGET] = {"nuget",  version_nuget_cmp,  version_nuget_valid },
	[VERSION_PUB] = {"pub",    version_pub_cmp,    version_pub_valid   },
};
_Static_assert(ARRAY_LEN(orders) == VERSION__MAX, "a row per order");

static enum version_order in_range(enum version_order o)
{
	return (unsigned)o < VERSION__MAX ? o : VERSION_NONE;
}

int version_cmp(enum version_order o, struct bytes a, struct bytes b)
{
	int c = orders[in_range(o)].cmp(a, b);
	return (c > 0) - (c < 0);
}

bool version_valid(enum version_order o, struct bytes v)
{
	return v.n <= (size_t)VERSION_LEN_MAX && orders[in_range(o)].is_valid(v);
}

const char *version_order_name(enum version_order o) { return orders[in_range(o)].name; }

bool version_order_by_name(struct bytes name, enum version_order *ret_order)
{
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		if (!bytes_eq(name, bytes_str(orders[i].name)))
			continue;
		*ret_order = (enum version_order)i;
		return true;
	}
	return false;
}

static struct bytes skip_zeros(struct bytes b)
{
	size_t i = 0;
	while (i < b.n && b.p[i] == '0')
		i++;
	return bytes_skip(b, i);
}

int version_cmp_digits(struct bytes a, struct bytes b)
{
	a = skip_zeros(a);
	b = skip_zeros(b);
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return bytes_cmp(a, b);
}

struct bytes version_head(struct bytes v, int parts)
{
	size_t i = 0;
	for (int part = 0; part < parts; part++) {
		if (part && (i >= v.n || v.p[i++] != '.'))
			return (struct bytes){NULL, 0};
		size_t from = i;
		while (i < v.n && is_digit(v.p[i]))
			i++;
		if (i == from)
			return (struct bytes){NULL, 0};
	}
	return bytes_slice(v, 0, i);
}
