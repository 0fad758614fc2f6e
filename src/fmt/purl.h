/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purl.h - package URLs: scheme:type/namespace/name@version?qualifiers#subpath.
 *
 * Parts are held decoded.  What the definition of a type asks for (letter case, required and
 * forbidden parts, permitted characters) is a table in purl_types.c; a type that is not in it has
 * no rules of its own.  Letter case is ASCII's: letters beyond it are kept as they are.
 *
 * For packages of distributions: deb and apk have namespace (vendor) and name in lower case, rpm
 * only the namespace; version is what the package manager prints, for deb and apk with epoch and
 * all, for rpm version-release with the epoch in the qualifier "epoch".  "arch" and "distro" are
 * qualifiers of all three.  The specification knows no qualifier for the source package.
 *
 * Source: ECMA-427, "Rules for each PURL component", and its type definitions.
 */
#ifndef FMT_PURL_H
#define FMT_PURL_H

#include "base/base.h"

struct purl_qualifier {
	struct bytes key, value;
};

/* Absent slices are absent parts; so are empty ones when a purl is built. */
struct purl {
	struct bytes type;
	struct bytes ns; /* segments joined by '/' */
	struct bytes name;
	struct bytes version;
	struct bytes subpath; /* segments joined by '/' */
	struct purl_qualifier q[PURL_QUALIFIERS_MAX];
	size_t nq;
};

/* Appends the canonical form of p to ret.  Fails (ret unchanged) when a part is missing, forbidden
 * or malformed for the type, is not UTF-8, or past ret's maximum. */
int purl_build(const struct purl *p, struct buf *ret, struct err *e);

/* The same for what was found installed: a namespace or qualifier that the type requires may be
 * missing, for a Go module without a host or a jar without a group is there all the same. */
int purl_build_lenient(const struct purl *p, struct buf *ret, struct err *e);

/* Reads a package URL of at most PURL_LEN_MAX bytes and normalises it.  The parts live in a.
 * Fails on what the specification requires to refuse; keys of qualifiers must be lower case. */
int purl_parse(struct bytes text, struct arena *a, struct purl *ret, struct err *e);

/* The same for purls that other tools wrote: keys are folded to lower case, and a namespace or
 * qualifier that the type requires may be missing, one that it forbids may be there. */
int purl_parse_lenient(struct bytes text, struct arena *a, struct purl *ret, struct err *e);

/* The value of a qualifier, or the absent slice. */
struct bytes purl_qualifier(const struct purl *p, const char *key);

#endif
