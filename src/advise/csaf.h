/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csaf.h - CSAF 2.0 documents of Red Hat: advisories (RHSA) and VEX (one file per CVE).  Private to
 * advise/.
 *
 * csaf_products.c reads the product tree, csaf.c makes records of what is said about its products.
 */
#ifndef ADVISE_CSAF_H
#define ADVISE_CSAF_H

#include "advise/feed.h"

struct csaf_product {
	struct bytes ns;    /* a platform: redhat_cpe_ns(); absent: none of Red Hat's */
	struct bytes minor; /* minor release of a platform, from its id: "9.4"; absent */
	/* a package, from its purl (or its id where it has none); name absent: it is none of rpm */
	struct bytes name;
	struct bytes evr;    /* absent where the publisher names no version */
	struct bytes arch;   /* "src" for a source package; absent */
	struct bytes module; /* "nodejs:18"; of a module itself too (name absent) */
};

struct csaf_products {
	struct arena *arena;
	struct map *by_id;     /* product id → struct csaf_product */
	struct map *relations; /* id of a package in a platform → struct csaf_relation */
};

/* Reads product_tree (NULL: empty); slices of the tree must outlive it.  Free with
 * csaf_products_free. */
void csaf_products_read(struct csaf_products *p, struct arena *a, const json_t *tree);
void csaf_products_free(struct csaf_products *p);

/* What the id of a product status stands for: a package in a platform.  False when it is not a
 * package of rpm in a platform of ours. */
bool csaf_component(const struct csaf_products *p, struct bytes id, struct csaf_product *ret);

/* Reads doc.  is_vex: what is not fixed counts too. */
int csaf_import(struct feed_doc *doc, struct feed_sink *s, bool is_vex, struct err *e);

#endif
