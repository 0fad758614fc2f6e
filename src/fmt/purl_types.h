/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purl_types.h - what the definition of each package URL type asks for; used by purl.c alone.
 */
#ifndef FMT_PURL_TYPES_H
#define FMT_PURL_TYPES_H

#include "fmt/purl.h"

enum purl_need { PURL_OPTIONAL, PURL_REQUIRED, PURL_PROHIBITED };

struct purl_type {
	const char *type;
	enum purl_need ns;
	/* Canonical form of each byte of a part; NULL keeps it. */
	uint8_t (*ns_fold)(uint8_t c);
	uint8_t (*name_fold)(uint8_t c);
	uint8_t (*version_fold)(uint8_t c);
	/* The row holds for such purls alone; NULL: for all that earlier rows left. */
	bool (*when)(const struct purl *p);
	/* NULL, or what is wrong with a purl that is normalised otherwise. */
	const char *(*fault)(const struct purl *p);
	const char *qualifier; /* required */
	bool has_path_name;    /* the namespace is the first segment, the name all others */
	bool has_folded_subpath;
};

/* The row of p's type (in lower case), or the row without rules; never NULL. */
const struct purl_type *purl_type_of(const struct purl *p);

#endif
