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
	[VERSION_NONE] = {"none",      none_cmp,              none_valid             },
	[VERSION_DPKG] = {"dpkg",      version_dpkg_cmp,      version_dpkg_valid     },
	[VERSION_RPM] = {"rpm",       version_rpm_cmp,       version_rpm_valid      },
	[VERSION_APK] = {"apk",       version_apk_cmp,       version_apk_valid      },
	[VERSION_SEMVER] = {"semver",    version_semver_cmp,    version_semver_valid   },
	[VERSION_PEP440] = {"pep440",    version_pep440_cmp,    version_pep440_valid   },
	[VERSION_MAVEN] = {"maven",     version_maven_cmp,     version_maven_valid    },
	[VERSION_NUGET] = {"nuget",     version_nuget_cmp,     version_nuget_valid    },
	[VERSION_PUB] = {"pub",       version_pub_cmp,       version_pub_valid      },
	[VERSION_GEM] = {"gem",       version_gem_cmp,       version_gem_valid      },
	[VERSION_PACKAGIST] = {"packagist", version_packagist_cmp, version_packagist_valid},
	[VERSION_HACKAGE] = {"hackage",   version_hackage_cmp,   version_hackage_valid  },
	[VERSION_CRAN] = {"cran",      version_cran_cmp,      version_cran_valid     },
	[VERSION_GENERIC] = {"generic",   version_generic_cmp,   version_generic_valid  },
	[VERSION_ALPM] = {"alpm",      version_alpm_cmp,      version_alpm_valid     },
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

int version_cmp_nocase(struct bytes a, struct bytes b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		uint8_t ca = to_lower(a.p[i]), cb = to_lower(b.p[i]);
		if (ca != cb)
			return ca < cb ? -1 : 1;
	}
	return (a.n > b.n) - (a.n < b.n);
}

static bool is_parting(uint8_t c) { return c == '.' || c == '-'; }

static struct bytes take_part(struct bytes *rest)
{
	size_t i = 0;
	while (i < rest->n && is_parting(rest->p[i]))
		i++;
	*rest = bytes_skip(*rest, i);
	for (i = 0; i < rest->n && !is_parting(rest->p[i]);)
		i++;
	struct bytes part = bytes_slice(*rest, 0, i);
	*rest = bytes_skip(*rest, i);
	return part;
}

/* Where a part may stand: the end is below a word, that below a number. */
static int part_rank(struct bytes part)
{
	for (size_t i = 0; i < part.n; i++) {
		if (!is_digit(part.p[i]))
			return 1;
	}
	return part.n ? 2 : 0;
}

int version_cmp_list(struct bytes a, struct bytes b)
{
	for (;;) {
		struct bytes pa = take_part(&a), pb = take_part(&b);
		int ra = part_rank(pa), rb = part_rank(pb);
		if (ra != rb)
			return ra < rb ? -1 : 1;
		if (ra == 0)
			return 0;
		int c = ra == 2 ? version_cmp_digits(pa, pb) : bytes_cmp(pa, pb);
		if (c)
			return c;
	}
}
