/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_semver.h - what the orders that descend from Semantic Versioning share.
 */
#ifndef FMT_VERSION_SEMVER_H
#define FMT_VERSION_SEMVER_H

#include "base/base.h"

/* NUMBERS[-PRE][+BUILD].  Every text has a reading: what stands behind the numbers without a '-'
 * before it is taken for a pre-release. */
struct version_semver {
	struct bytes numbers; /* digits and dots */
	struct bytes pre;     /* absent in a release */
	struct bytes build;   /* absent where there is no '+' */
};

/* Cuts v; blanks, "v" and "=" before it are passed over. */
struct version_semver version_semver_split(struct bytes v);

enum version_semver_way {
	VERSION_SEMVER_PLAIN,
	VERSION_SEMVER_NOCASE,   /* identifiers match whatever their case */
	VERSION_SEMVER_BY_BUILD, /* the build counts where all else is the same */
};
int version_semver_cmp_as(struct bytes a, struct bytes b, enum version_semver_way way);

/* True when ids is "ID{.ID}" with IDs of letters, digits and '-'; in strict ones a number has no
 * leading zero. */
bool version_semver_ids_valid(struct bytes ids, bool is_strict);

#endif
