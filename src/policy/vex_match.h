/* SPDX-License-Identifier: Apache-2.0 */
/* vex_match.h - which products of a VEX statement are in a report.  Private to policy/. */
#ifndef POLICY_VEX_MATCH_H
#define POLICY_VEX_MATCH_H

#include "fmt/fmt.h"
#include "model/model.h"

/* purl names p: the same type, namespace and name; the version and each qualifier that purl has;
 * "arch=source" (or "src") stands for the package p was built from, "vers" for the versions in that
 * range. */
bool vex_names_package(struct bytes purl, const struct package *p, struct arena *a);
/* Fails when product is a purl with a range of versions (the qualifier "vers") that cannot be read.
 */
int vex_check_range(struct bytes product, struct arena *a, struct err *e);
/* product names the image: by digest, by a purl of type oci or docker, or as it was called. */
bool vex_names_image(struct bytes product, const struct report *r, struct arena *a);
/* s speaks of p (NULL: a finding without package) as it is in this image. */
bool vex_concerns(const struct vex_statement *s, const struct report *r, const struct package *p,
                  struct arena *a);

#endif
