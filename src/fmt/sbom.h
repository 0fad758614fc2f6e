/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom.h - bills of materials that are read: CycloneDX 1.2 to 1.7 (JSON, XML), SPDX 2.2 and 2.3
 * (JSON, YAML, tag-value), SPDX 3.0 (JSON-LD), and those within in-toto statements and GitHub's
 * exports.  Recognised by content.
 *
 * What breaks the rules of the format is listed as a fault by its place, and the rest is read: a
 * bad hash does not hide a package.  What is no bill of materials at all is refused.
 */
#ifndef FMT_SBOM_H
#define FMT_SBOM_H

#include "base/base.h"

struct sbom_pair {
	struct bytes key, value;
};

struct sbom_package {
	struct bytes ref;  /* its name within the document */
	struct bytes kind; /* "library", "operating-system", "container", ...; lower case */
	struct bytes group, name, version, description, purl, cpe;
	struct bytes supplier, publisher, homepage;
	struct bytes *licenses;
	struct sbom_pair *pairs; /* properties; of SPDX what an annotation of ours holds */
	size_t n_licenses, cap_licenses, n_pairs, cap_pairs;
};

struct sbom_file {
	struct bytes name;         /* as it stands there, without "./" or "/" before it */
	struct bytes sha1, sha256; /* hex digits of the right length; absent: none */
	struct sbom_pair *pairs;   /* of ours */
	size_t n_pairs;
};

struct sbom_edge {
	struct bytes from, to; /* refs: from needs to */
};

struct sbom {
	const char *form; /* "CycloneDX", "SPDX" */
	struct bytes version, created;
	struct sbom_package subject; /* ref absent: none */
	struct sbom_package os;      /* name absent: none */
	struct sbom_package *packages;
	struct sbom_file *files; /* those with a name and a digest */
	struct sbom_edge *edges;
	struct bytes *faults; /* "components[3].hashes[0]: ..." */
	size_t n_packages, cap_packages, n_edges, cap_edges, n_faults, cap_faults;
	size_t n_files, cap_files;
	bool is_incomplete; /* says so of itself (compositions of CycloneDX) */
};

/* Reads a document of at most SBOM_MAX bytes; all is in the arena, and in `keep`, which must live
 * as long (free it with sbom_release).  ERR_FORMAT for what is none, ERR_UNSUPPORTED for a version
 * or form that is not read, ERR_LIMIT. */
struct sbom_keep {
	json_t *json;
};
int sbom_parse(struct bytes text, const char *name, struct arena *a, struct sbom_keep *keep,
               struct sbom *ret, struct err *e);
void sbom_release(struct sbom_keep *keep);
/* Whether that is the type of a statement's predicate which is a bill of materials that is read. */
bool sbom_is_predicate(struct bytes type);
/* The same of the predicate of a statement: the document itself, or (cosign) text in its member
 * "Data". */
int sbom_parse_predicate(const json_t *predicate, const char *name, struct arena *a,
                         struct sbom_keep *keep, struct sbom *ret, struct err *e);

#endif
