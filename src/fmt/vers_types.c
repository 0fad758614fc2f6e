/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vers_types.c - the types of VERS, and how each compares versions.
 *
 * Source: the VERS specification, "VERS types"; vercmp(8) of pacman; the Package Manager
 * Specification of Gentoo, 3.3; Conan's reference, "Version ranges"; RFC 3339, 5.6.
 */
#include "fmt/vers.h"

#include "fmt/version.h"

struct vers_type {
	const char *name;
	const char *purl; /* type of package URL; NULL: the same; "*": any */
	enum version_order order;
	int (*cmp)(struct bytes a, struct bytes b); /* NULL: by order */
	bool (*is_valid)(struct bytes v);           /* NULL: anything */
};

/* ---- alpm ---- */

/* A release that is missing on either side matches any. */
static int alpm_cmp(struct bytes a, struct bytes b)
{
	struct rpm_evr x = version_rpm_parse(a), y = version_rpm_parse(b);
	if (x.epoch != y.epoch)
		return x.epoch < y.epoch ? -1 : 1;
	int c = version_alpm_cmp_part(x.version, y.version);
	return c || !x.release.n || !y.release.n ? c : version_alpm_cmp_part(x.release, y.release);
}

/* ---- conan ---- */

static struct bytes without_zeros(struct bytes main)
{
	while (bytes_ends(main, B(".0")))
		main = bytes_slice(main, 0, main.n - 2);
	return main;
}

static bool is_number(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (!is_digit(b.p[i]))
			return false;
	}
	return b.n > 0;
}

static int conan_items(struct bytes a, struct bytes b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	for (;;) {
		struct bytes x = {NULL, 0}, y = {NULL, 0};
		bool has_a = bytes_split(&a, '.', &x), has_b = bytes_split(&b, '.', &y);
		if (!has_a || !has_b)
			return has_a - has_b;
		int c = is_number(x) && is_number(y) ? version_cmp_digits(x, y) : bytes_cmp(x, y);
		if (c)
			return c;
	}
}

/* "1.2-pre+build" in its three. */
struct conan {
	struct bytes main, pre, build;
	bool has_pre, has_build;
};

static struct conan conan_cut(struct bytes v)
{
	struct conan c = {0};
	struct bytes rest = v;
	c.main = v;
	c.has_build = bytes_cut(rest, '+', &c.main, &c.build);
	rest = c.main;
	c.has_pre = bytes_cut(rest, '-', &c.main, &c.pre);
	return c;
}

static int conan_cmp(struct bytes a, struct bytes b)
{
	struct conan x = conan_cut(a), y = conan_cut(b);
	int c = conan_items(x.main, y.main);
	if (c)
		return c;
	if (x.has_pre != y.has_pre)
		return x.has_pre ? -1 : 1;
	c = conan_items(x.pre, y.pre);
	if (c)
		return c;
	return x.has_build != y.has_build ? x.has_build - y.has_build
	                                  : conan_items(x.build, y.build);
}

/* ---- gentoo: apk's order was made after it; a revision of 0 is none ---- */

static struct bytes without_r0(struct bytes v)
{
	return bytes_ends(v, B("-r0")) ? bytes_slice(v, 0, v.n - 3) : v;
}

static int gentoo_cmp(struct bytes a, struct bytes b)
{
	return version_cmp(VERSION_APK, without_r0(a), without_r0(b));
}

/* ---- datetime ---- */

/* Cuts the fraction of a second out of an RFC 3339 timestamp; the rest goes to whole. */
static struct bytes cut_fraction(struct bytes v, struct buf *whole)
{
	ssize_t dot = bytes_find(v, '.');
	size_t end = dot < 0 ? v.n : (size_t)dot + 1;
	while (dot >= 0 && end < v.n && is_digit(v.p[end]))
		end++;
	buf_add(whole, bytes_slice(v, 0, dot < 0 ? v.n : (size_t)dot));
	buf_add(whole, bytes_skip(v, end));
	struct bytes digits =
		dot < 0 ? (struct bytes){NULL, 0} : bytes_slice(v, (size_t)dot + 1, end);
	while (digits.n && digits.p[digits.n - 1] == '0')
		digits.n--;
	return digits;
}

static bool datetime_read(struct bytes v, int64_t *ret_s, struct bytes *ret_fraction)
{
	AUTO_BUF struct buf whole;
	buf_init(&whole, 64);
	*ret_fraction = cut_fraction(v, &whole);
	return clock_parse(buf_bytes(&whole), ret_s);
}

static bool datetime_valid(struct bytes v)
{
	int64_t s;
	struct bytes fraction;
	return bytes_find(v, 'T') > 0 && bytes_find(v, 'z') < 0 && datetime_read(v, &s, &fraction);
}

static int datetime_cmp(struct bytes a, struct bytes b)
{
	int64_t x = 0, y = 0;
	struct bytes fx = {NULL, 0}, fy = {NULL, 0};
	bool has_x = datetime_read(a, &x, &fx), has_y = datetime_read(b, &y, &fy);
	if (!has_x || !has_y)
		return has_x != has_y ? has_x - has_y : bytes_cmp(a, b);
	return x != y ? (x < y ? -1 : 1) : bytes_cmp(fx, fy);
}

/* ---- intdot ---- */

/* "Interpretation of the version should stop at the first character that is not a digit or a dot."
 */
static struct bytes intdot_part(struct bytes v)
{
	size_t i = 0;
	while (i < v.n && (is_digit(v.p[i]) || v.p[i] == '.'))
		i++;
	return bytes_slice(v, 0, i);
}

static int intdot_cmp(struct bytes a, struct bytes b)
{
	return version_cmp_list(intdot_part(a), intdot_part(b));
}

static const struct vers_type types[] = {
	{"alpm",          NULL,     VERSION_RPM,       alpm_cmp,     NULL          },
	{"apk",           NULL,     VERSION_APK,       NULL,         NULL          },
	{"bitnami",       NULL,     VERSION_SEMVER,    NULL,         NULL          },
	{"cargo",         NULL,     VERSION_SEMVER,    NULL,         NULL          },
	{"cocoapods",     NULL,     VERSION_SEMVER,    NULL,         NULL          },
	{"composer",      NULL,     VERSION_PACKAGIST, NULL,         NULL          },
	{"conan",         NULL,     VERSION_SEMVER,    conan_cmp,    NULL          },
	{"conda",         NULL,     VERSION_PEP440,    NULL,         NULL          },
	{"cpan",          NULL,     VERSION_GENERIC,   NULL,         NULL          },
	{"cran",          NULL,     VERSION_CRAN,      NULL,         NULL          },
	{"dart",          "pub",    VERSION_PUB,       NULL,         NULL          },
	{"datetime",      "*",      VERSION_NONE,      datetime_cmp, datetime_valid},
	{"deb",           NULL,     VERSION_DPKG,      NULL,         NULL          },
	{"ebuild",        NULL,     VERSION_APK,       gentoo_cmp,   NULL          },
	{"gem",           NULL,     VERSION_GEM,       NULL,         NULL          },
	{"generic",       "*",      VERSION_GENERIC,   NULL,         NULL          },
	{"gentoo",        "ebuild", VERSION_APK,       gentoo_cmp,   NULL          },
	{"golang",        NULL,     VERSION_SEMVER,    NULL,         NULL          },
	{"hackage",       NULL,     VERSION_HACKAGE,   NULL,         NULL          },
	{"hex",           NULL,     VERSION_SEMVER,    NULL,         NULL          },
	{"intdot",        "*",      VERSION_NONE,      intdot_cmp,   NULL          },
	{"lexicographic", "*",      VERSION_NONE,      NULL,         NULL          },
	{"maven",         NULL,     VERSION_MAVEN,     NULL,         NULL          },
	{"nginx",         "*",      VERSION_GENERIC,   NULL,         NULL          },
	{"npm",           NULL,     VERSION_SEMVER,    NULL,         NULL          },
	{"nuget",         NULL,     VERSION_NUGET,     NULL,         NULL          },
	{"openssl",       "*",      VERSION_GENERIC,   NULL,         NULL          },
	{"pub",           NULL,     VERSION_PUB,       NULL,         NULL          },
	{"pypi",          NULL,     VERSION_PEP440,    NULL,         NULL          },
	{"rpm",           NULL,     VERSION_RPM,       NULL,         NULL          },
	{"semver",        "*",      VERSION_SEMVER,    NULL,         NULL          },
	{"swift",         NULL,     VERSION_SEMVER,    NULL,         NULL          },
};

const struct vers_type *vers_type_find(struct bytes type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (bytes_eq(type, bytes_str(types[i].name)))
			return &types[i];
	}
	return NULL;
}

int vers_cmp(const struct vers_type *t, struct bytes a, struct bytes b)
{
	int c = t->cmp ? t->cmp(a, b) : version_cmp(t->order, a, b);
	return (c > 0) - (c < 0);
}

bool vers_valid(const struct vers_type *t, struct bytes version)
{
	return version.n <= (size_t)VERSION_LEN_MAX && (!t->is_valid || t->is_valid(version));
}

bool vers_type_is_for(const struct vers_type *t, struct bytes purl_type)
{
	struct bytes own = bytes_str(t->purl ? t->purl : t->name);
	return bytes_eq(own, B("*")) || bytes_eq(own, purl_type);
}
