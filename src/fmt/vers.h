/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vers.h - ranges of versions as text: "vers:npm/1.2.3|>=2.0.0|<5.0.0".
 *
 * The type says how versions are compared; by convention it is that of the package URL.
 *
 * Source: the VERS specification, "Core specification" and "How to parse and validate VERS".
 */
#ifndef FMT_VERS_H
#define FMT_VERS_H

#include "base/base.h"

enum vers_op { VERS_EQ, VERS_NE, VERS_LT, VERS_LE, VERS_GT, VERS_GE, VERS__MAX };

struct vers_constraint {
	enum vers_op op;
	struct bytes version; /* without percent-encoding */
};

struct vers_type;

struct vers {
	struct bytes type; /* "npm", ... */
	const struct vers_type *how;
	bool is_any, is_none;      /* "*" alone; "vers:none" */
	struct vers_constraint *c; /* sorted by version, each version once */
	size_t n;
};

/* Reads a range of at most VERS_LEN_MAX bytes and VERS_CONSTRAINTS_MAX constraints, which live in
 * a. Constraints in another order than that of their versions are sorted: many tools write them so.
 * All else that is not canonical is refused, and a type that no order is known for. */
int vers_parse(struct bytes text, struct arena *a, struct vers *ret, struct err *e);
/* The same for constraints alone, of that type (a "vers-like specifier" of CSAF). */
int vers_parse_constraints(struct bytes type, struct bytes constraints, struct arena *a,
                           struct vers *ret, struct err *e);
/* Is a version of the range's type in it?  Never fails. */
bool vers_contains(const struct vers *v, struct bytes version);
/* May versions of packages of this package URL type be asked about?  The range's own type, or one
 * for any package (semver, generic, ...). */
bool vers_is_for(const struct vers *v, struct bytes purl_type);
/* Appends the canonical text. */
void vers_build(const struct vers *v, struct buf *ret);

/* ---- vers_native.c: ranges as an ecosystem writes them, ">=1.2 <2 || ~3.1" ---- */
/* A place between versions: just before v, or just after it.  v absent: before or after all. */
struct vers_end {
	struct bytes v;
	bool is_after;
};
struct vers_span {
	struct vers_end from, to;
};
/* Intervals in order that do not touch. */
struct vers_set {
	struct vers_span *v;
	size_t n;
};
/* The range of at most VERS_LEN_MAX bytes and VERS_CONSTRAINTS_MAX conditions as the grammar of
 * that type reads it (a type without one of its own: comparisons parted by commas or blanks).  The
 * set lives in a; it is empty where no version is in it. */
int vers_native_set(struct bytes type, struct bytes text, struct arena *a, struct vers_set *ret,
                    struct err *e);
int vers_from_native(struct bytes type, struct bytes text, struct arena *a, struct vers *ret,
                     struct err *e);
/* s without the holes, in a.  The type is one that an order is known for. */
struct vers_set vers_set_without(struct bytes type, struct vers_set s, struct vers_set holes,
                                 struct arena *a);
struct vers vers_of_set(struct bytes type, struct vers_set s, struct arena *a);

/* ---- vers_types.c ---- */
/* The row of a type in lower case; NULL: no order is known for it. */
const struct vers_type *vers_type_find(struct bytes type);
/* -1, 0 or 1 as a is older than, the same as, or newer than b. */
int vers_cmp(const struct vers_type *t, struct bytes a, struct bytes b);
/* Whether the type lets a version be written so; all but timestamps may be anything. */
bool vers_valid(const struct vers_type *t, struct bytes version);
/* Is it for packages of this package URL type? */
bool vers_type_is_for(const struct vers_type *t, struct bytes purl_type);

#endif
