/* SPDX-License-Identifier: Apache-2.0 */
/*
 * language.h - the ecosystems of languages whose advisories assay knows.  Private to advise/.
 *
 * One table (language.c) that importers and the matcher share: the package URL's type names the
 * namespace of the index; names are folded alike when a record is read and when a package is asked
 * for.
 */
#ifndef ADVISE_LANGUAGE_H
#define ADVISE_LANGUAGE_H

#include "advise/advise.h"

struct language {
	struct distro d;  /* ns and pkg_type are the purl type; id is NULL */
	const char *osv;  /* as OSV names the ecosystem, before a ':' */
	const char *feed; /* that reads the ecosystem's OSV records */
	enum language_fold {
		FOLD_NONE,
		FOLD_CASE,   /* letters have no case */
		FOLD_PEP503, /* and runs of "-", "_", "." are one "-" */
		FOLD_CRATE,  /* "-" and "_" are the same */
		FOLD_URL,    /* neither case, nor "https://" before and ".git" behind */
	} fold;
};
enum { LANGUAGES_MAX = 32 };
/* All of them; *ret_n at most LANGUAGES_MAX. */
const struct language *languages(size_t *ret_n);
const struct language *language_by_type(struct bytes purl_type); /* NULL: none */
const struct language *language_by_osv(struct bytes ecosystem);  /* "npm", "Maven:https://..." */
const struct language *language_by_feed(const char *feed);
/* The ecosystem whose advisories speak of own's packages too, after l, or NULL: programs are known
 * to Bitnami, and to NVD. */
const struct language *language_also(const struct language *own, const struct language *l);
/* A name as the index keys it; lives in a or is the name itself. */
struct bytes language_name(const struct language *l, struct bytes name, struct arena *a);
/* What l is asked about p, which is of own: the name as the index keys it and the version as its
 * order reads it.  false: nothing (l knows products by their CPE name, and p has none). */
struct language_question {
	struct bytes name, version;
};
bool language_ask(const struct language *l, const struct package *p, struct arena *a,
                  struct language_question *ret);
/* A version as its order reads it ("1.21rc2" of Go's own releases is "1.21-rc.2"). */
struct bytes language_version(const struct language *l, struct bytes name, struct bytes version,
                              struct arena *a);
/* Nothing can be said of such a version: no number stands in front ("(devel)", "dev-main"). */
bool language_version_is_known(struct bytes version);
/* Whose word an advisory is, by its id: "ghsa", "pypa", "go", ...; never absent. */
struct bytes language_publisher(struct bytes id);

#endif
