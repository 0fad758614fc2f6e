/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spdx_license.h - licence expressions: what package managers and people write, as SPDX says it.
 *
 * spdx_license_parse is strict: identifiers of the list, LicenseRef-, AND, OR, WITH, "+" and
 * parentheses.  spdx_license_normalize takes anything: names that distributions use are translated,
 * deprecated identifiers are replaced, and what nobody knows becomes a LicenseRef- that keeps its
 * text, so that a bill of materials is valid and says no more than was found.
 *
 * Source: SPDX 2.3, annex D "SPDX License Expressions"; the SPDX licence list.
 */
#ifndef FMT_SPDX_LICENSE_H
#define FMT_SPDX_LICENSE_H

#include "base/base.h"

enum spdx_kind { SPDX_TERM, SPDX_AND, SPDX_OR };

/* A term is one licence, with its exception where it has one. */
struct spdx_license {
	enum spdx_kind kind;
	struct bytes id; /* "MIT", "LicenseRef-Public-Domain", "DocumentRef-x:LicenseRef-y" */
	struct bytes exception; /* absent: none */
	struct bytes text;      /* of a LicenseRef- that was made here: what it stands for */
	bool is_plus;           /* "Apache-2.0+" */
	const struct spdx_license *a, *b; /* of AND and OR */
};

/* An expression as the standard has it, of at most SPDX_LICENSE_MAX bytes and
 * SPDX_LICENSE_DEPTH_MAX parentheses within each other; in the arena.  Identifiers get the list's
 * spelling. */
int spdx_license_parse(struct bytes text, struct arena *a, const struct spdx_license **ret,
                       struct err *e);
/* Never fails; NULL only for text that names no licence (empty, "NOASSERTION", "UNKNOWN", "NONE").
 */
const struct spdx_license *spdx_license_normalize(struct bytes text, struct arena *a);
/* Both; either may be NULL. */
const struct spdx_license *spdx_license_and(const struct spdx_license *x,
                                            const struct spdx_license *y, struct arena *a);
/* The expression as text, with the parentheses that it needs; in the arena. */
struct bytes spdx_license_text(const struct spdx_license *l, struct arena *a);
/* Calls visit with each term, from left to right. */
void spdx_license_each(const struct spdx_license *l,
                       void (*visit)(void *arg, const struct spdx_license *term), void *arg);
/* Is this an identifier of the list (any case)?  *ret is its spelling there. */
bool spdx_license_known(struct bytes id, struct bytes *ret);

#endif
