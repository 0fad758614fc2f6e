/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpe.h - CPE 2.3 names of products: the formatted string and the URI, and which name takes in
 * which.
 *
 * Source: NIST IR 7695 (naming), sections 5.3 and 6; NIST IR 7696 (name matching), sections 6
 * and 7.
 */
#ifndef FMT_CPE_H
#define FMT_CPE_H

#include "base/base.h"

enum cpe_attr {
	CPE_PART,
	CPE_VENDOR,
	CPE_PRODUCT,
	CPE_VERSION,
	CPE_UPDATE,
	CPE_EDITION,
	CPE_LANGUAGE,
	CPE_SW_EDITION,
	CPE_TARGET_SW,
	CPE_TARGET_HW,
	CPE_OTHER,
	CPE__MAX
};

/* Values as a formatted string writes them, in lower case: "*" is any, "-" is "not applicable",
 * other "*" and "?" are wildcards, and what else is neither letter, digit, ".", "-" nor "_" has a
 * backslash before it. */
struct cpe {
	struct bytes attr[CPE__MAX];
};

/* Reads "cpe:2.3:..." or "cpe:/..." of at most CPE_LEN_MAX bytes; values live in a. */
int cpe_parse(struct bytes text, struct arena *a, struct cpe *ret, struct err *e);

/* Appends the formatted string. */
void cpe_build(const struct cpe *c, struct buf *ret);

enum cpe_relation {
	CPE_DISJOINT,
	CPE_EQUAL,
	CPE_SUBSET,
	CPE_SUPERSET,
	CPE_UNDEFINED, /* the target has wildcards: nothing can be said */
};
/* IR 7696, table 6-2: what the source value is to the target. */
enum cpe_relation cpe_relate(struct bytes source, struct bytes target);
/* True when each of source's values takes in target's: equal to it, or a superset. */
bool cpe_takes_in(const struct cpe *source, const struct cpe *target);

/* A value without its backslashes; lives in a or is the value itself. */
struct bytes cpe_plain(struct bytes value, struct arena *a);
/* "vendor:product" as both stand in the name; lives in a. */
struct bytes cpe_product(const struct cpe *c, struct arena *a);

#endif
