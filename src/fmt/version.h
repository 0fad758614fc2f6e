/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version.h - the order of versions, as each package manager defines it.
 *
 * version_cmp() is a total preorder for every order and for all bytes: it never fails, it is
 * antisymmetric and transitive, so lists sort the same everywhere.  What the package manager would
 * accept sorts as the package manager sorts it; the rest has a place, and version_valid() tells
 * the two apart.  A new order is one file version_NAME.c, its two functions below, and one row of
 * the table in version.c.
 */
#ifndef FMT_VERSION_H
#define FMT_VERSION_H

#include "base/base.h"

enum version_order {
	VERSION_NONE, /* plain bytes */
	VERSION_DPKG,
	VERSION_RPM,
	VERSION_APK,
	VERSION_SEMVER, /* npm, crates.io, Go, Hex, Swift, and OSV's ranges of type SEMVER */
	VERSION_PEP440, /* PyPI */
	VERSION_MAVEN,
	VERSION_NUGET,
	VERSION_PUB,
	VERSION_GEM,
	VERSION_PACKAGIST,
	VERSION_HACKAGE,
	VERSION_CRAN,
	VERSION_GENERIC, /* programs that no package manager put there */
	VERSION_ALPM,    /* pacman */
	VERSION__MAX
};

/* -1, 0 or 1 as a is older than, the same as, or newer than b.  Takes time linear in both lengths
 * and no memory.  An order out of range counts as VERSION_NONE. */
int version_cmp(enum version_order o, struct bytes a, struct bytes b);

/* True when the package manager would accept v, and v is at most VERSION_LEN_MAX long. */
bool version_valid(enum version_order o, struct bytes v);

/* The stable lower-case word for an order ("none", "dpkg", "semver", ...): the name below without
 * its prefix. */
const char *version_order_name(enum version_order o);

/* The order of that name; false (and *ret_order untouched) when there is none. */
bool version_order_by_name(struct bytes name, enum version_order *ret_order);

/* The first `parts` numbers of a dotted version ("12.4" of "12.4.1" for two); absent when it has
 * not that many. */
struct bytes version_head(struct bytes v, int parts);

/* version_dpkg.c */
int version_dpkg_cmp(struct bytes a, struct bytes b);
bool version_dpkg_valid(struct bytes v);
/* v without the "+bN" at its end that a binary-only rebuild adds: the version of the source. */
struct bytes version_dpkg_strip_binnmu(struct bytes v);

/* version_alpm.c */
int version_alpm_cmp(struct bytes a, struct bytes b);
bool version_alpm_valid(struct bytes v);
int version_alpm_cmp_part(struct bytes a, struct bytes b); /* of two pkgver, or two pkgrel */

/* version_rpm.c */
struct rpm_evr {
	uint64_t epoch;       /* 0 where it is missing; saturates at UINT64_MAX */
	struct bytes version; /* never absent */
	struct bytes release; /* absent where there is no '-' */
};
int version_rpm_cmp(struct bytes a, struct bytes b);
bool version_rpm_valid(struct bytes v);
/* Cuts "epoch:version-release"; every text has a reading. */
struct rpm_evr version_rpm_parse(struct bytes v);
/* Order of two labels as dependencies are compared: a release missing on either side matches any.
 * Not transitive, so not for sorting; for that there is version_cmp(), where a missing release is
 * the lowest. */
int version_rpm_cmp_evr(struct rpm_evr a, struct rpm_evr b);
/* Order of one part alone (a version or a release) by segments. */
int version_rpm_cmp_part(struct bytes a, struct bytes b);

/* The order of a version and a bound that may be of another distribution's build of the same
 * module: numbers of builds ("+1111+ce6f4ceb" of ".module_el8.6.0+1111+ce6f4ceb") have an order
 * within one distribution alone, so those of Red Hat (".module+el8") and of who rebuilds its
 * packages (".module_el8") are left out.  Not transitive. */
int version_rpm_cmp_rebuilt(struct bytes a, struct bytes b);

/* version_apk.c */
int version_apk_cmp(struct bytes a, struct bytes b);
bool version_apk_valid(struct bytes v);
/* True when v is the same as prefix as far as prefix goes, by whole parts: "3.8.1" matches "3.8"
 * and "3.80" does not (the "~" of a dependency). */
bool version_apk_matches(struct bytes v, struct bytes prefix);

int version_semver_cmp(struct bytes a, struct bytes b);
bool version_semver_valid(struct bytes v);

int version_pep440_cmp(struct bytes a, struct bytes b);
bool version_pep440_valid(struct bytes v);

int version_maven_cmp(struct bytes a, struct bytes b);
bool version_maven_valid(struct bytes v);

int version_nuget_cmp(struct bytes a, struct bytes b);
bool version_nuget_valid(struct bytes v);

int version_pub_cmp(struct bytes a, struct bytes b);
bool version_pub_valid(struct bytes v);

int version_gem_cmp(struct bytes a, struct bytes b);
bool version_gem_valid(struct bytes v);

int version_packagist_cmp(struct bytes a, struct bytes b);
bool version_packagist_valid(struct bytes v);

int version_hackage_cmp(struct bytes a, struct bytes b);
bool version_hackage_valid(struct bytes v);

int version_cran_cmp(struct bytes a, struct bytes b);
bool version_cran_valid(struct bytes v);

int version_generic_cmp(struct bytes a, struct bytes b);
bool version_generic_valid(struct bytes v);

/* Order of two runs of ASCII digits as numbers of any size; the empty run is zero.  Shared by the
 * orders. */
int version_cmp_digits(struct bytes a, struct bytes b);
/* Order of two texts by bytes, letters of ASCII whatever their case. */
int version_cmp_nocase(struct bytes a, struct bytes b);
/* Order of two lists of numbers parted by '.' or '-': number by number, and a longer list above a
 * shorter that it begins with. */
int version_cmp_list(struct bytes a, struct bytes b);

#endif
