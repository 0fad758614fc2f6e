/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom_parts.h - what the readers of bills of materials share.  Private to fmt/.
 */
#ifndef FMT_SBOM_PARTS_H
#define FMT_SBOM_PARTS_H

#include "fmt/sbom.h"

struct sbom_reader {
	struct arena *a;
	struct sbom *s;
};

void sbom_fault(struct sbom_reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct sbom_package *sbom_package_add(struct sbom_reader *r); /* zeroed */
/* A file with the pairs of `from`; without a name or a digest it is none. */
void sbom_file_add(struct sbom_reader *r, const struct sbom_file *f,
                   const struct sbom_package *from);
/* Takes hex digits over where algorithm ("SHA-1", "SHA256", "sha256") is one that files have. */
void sbom_file_digest(struct sbom_file *f, struct bytes algorithm, struct bytes hex);
void sbom_license_add(struct sbom_reader *r, struct sbom_package *p, struct bytes text);
void sbom_pair_add(struct sbom_reader *r, struct sbom_package *p, struct bytes key,
                   struct bytes value);
void sbom_edge_add(struct sbom_reader *r, struct bytes from, struct bytes to);
/* Pairs that a comment of ours holds: "assay:{"KEY":["VALUE"]}". */
void sbom_comment(struct sbom_reader *r, struct sbom_package *p, struct bytes comment);
struct bytes sbom_lower(struct arena *a, struct bytes text);

/* Each takes the root of a document of its form. */
int sbom_cdx(struct sbom_reader *r, const json_t *root, struct err *e);
int sbom_spdx(struct sbom_reader *r, const json_t *root, struct err *e);
int sbom_spdx3(struct sbom_reader *r, const json_t *root, struct err *e);
/* Adds a fault for each rule of CycloneDX that root breaks. */
void sbom_cdx_check(struct sbom_reader *r, const json_t *root);
/* Tag-value as the JSON that says the same; NULL: e. */
json_t *sbom_tags(struct bytes text, struct err *e);
/* The same for CycloneDX in XML. */
#define SBOM_XML_NS "http://cyclonedx.org/schema/bom/"
json_t *sbom_xml(struct bytes text, const char *name, struct arena *a, struct err *e);

#endif
