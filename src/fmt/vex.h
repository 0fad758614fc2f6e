/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vex.h - what a supplier says of vulnerabilities in a product: OpenVEX (0.0.1 to 0.2), CSAF 2.0 of
 * the category csaf_vex, and the vulnerabilities of a CycloneDX document.
 *
 * All become statements: one vulnerability, one product, one status.  Text is as the document has
 * it.
 */
#ifndef FMT_VEX_H
#define FMT_VEX_H

#include "base/base.h"

enum vex_status { VEX_NOT_AFFECTED, VEX_FIXED, VEX_AFFECTED, VEX_UNDER_INVESTIGATION, VEX__MAX };

struct vex_statement {
	const struct bytes *ids; /* name and aliases of the vulnerability */
	size_t n_ids;
	/* A package URL, or another identifier: "sha256:<hex>" of an image, a name of it; absent:
	 * whatever the scan is of.  A package URL with the qualifier "vers" stands for the versions
	 * in that range (fmt/vers.h), which may be malformed. */
	struct bytes product;
	struct bytes part; /* the package within the product (purl); absent: the product as such */
	enum vex_status status;
	struct bytes justification, text; /* absent: none */
	struct bytes author;
	int64_t at_s; /* when it was said; 0 unknown */
};
typedef int vex_fn(void *arg, const struct vex_statement *s, struct err *e);

/* Reads a document of at most JSON_DOC_MAX bytes; slices live until fn
 * returns.  At most
 * VEX_STATEMENTS_MAX statements, VEX_IDS_MAX ids each.  ERR_FORMAT: none of the three forms. */
int vex_read(struct bytes text, struct arena *a, vex_fn *fn, void *arg, struct err *e);
const char *vex_status_name(enum vex_status s); /* "not_affected", ... */

#endif
