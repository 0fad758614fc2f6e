/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom_spdx.c - SPDX 2.2 and 2.3, JSON.
 *
 * Source: SPDX 2.3 and its schema.
 */
#include "fmt/sbom_parts.h"

#include <string.h>

static void read_refs(const json_t *list, struct sbom_package *p)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		struct bytes type = json_text(o, "referenceType");
		struct bytes locator = json_text(o, "referenceLocator");
		if (bytes_eq(type, B("purl")) && !p->purl.n)
			p->purl = locator;
		if (bytes_starts(type, B("cpe2")) && !p->cpe.n)
			p->cpe = locator;
	}
}

/* "Organization: X (mail)" */
static struct bytes supplier_of(struct bytes text)
{
	struct bytes kind, name;
	return bytes_cut(text, ':', &kind, &name) ? bytes_trim(name) : (struct bytes){NULL, 0};
}

/* "built package from: openssl 1.1.1d-r0": what Trivy says of the source package, by the names
 * that it gives it elsewhere. */
static void read_source(struct sbom_reader *r, struct sbom_package *p, struct bytes text)
{
	static const char before[] = "built package from: ";
	struct bytes source = bytes_trim(bytes_skip(text, sizeof before - 1));
	ssize_t blank = bytes_rfind(source, ' ');
	if (!bytes_starts(text, bytes_str(before)) || blank <= 0)
		return;
	sbom_pair_add(r, p, B("aquasecurity:trivy:SrcName"), bytes_slice(source, 0, (size_t)blank));
	sbom_pair_add(r, p, B("aquasecurity:trivy:SrcVersion"),
	              bytes_skip(source, (size_t)blank + 1));
}

static void read_package(struct sbom_reader *r, const json_t *o, struct sbom_package *p)
{
	struct bytes declared = json_text(o, "licenseDeclared");
	const json_t *notes = json_list(o, "annotations");
	p->ref = json_text(o, "SPDXID");
	p->name = json_text(o, "name");
	p->version = json_text(o, "versionInfo");
	p->description = json_text(o, "description");
	p->homepage = json_text(o, "homepage");
	p->supplier = supplier_of(json_text(o, "supplier"));
	p->kind = sbom_lower(r->a, json_text(o, "primaryPackagePurpose"));
	if (!declared.n || bytes_eq(declared, B("NOASSERTION")))
		declared = json_text(o, "licenseConcluded");
	sbom_license_add(r, p, declared);
	read_refs(json_list(o, "externalRefs"), p);
	read_source(r, p, json_text(o, "sourceInfo"));
	for (size_t i = 0; i < json_array_size(notes); i++)
		sbom_comment(r, p, json_text(json_array_get(notes, i), "comment"));
	if (!p->name.n)
		sbom_fault(r, "package %.*s has no name", BYTES_FMT(p->ref));
}

static void read_files(struct sbom_reader *r, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i), *sums = json_list(o, "checksums");
		struct sbom_file f = {.name = json_text(o, "fileName")};
		struct sbom_package p = {.n_pairs = 0};
		for (size_t k = 0; k < json_array_size(sums); k++) {
			const json_t *sum = json_array_get(sums, k);
			sbom_file_digest(&f, json_text(sum, "algorithm"),
			                 json_text(sum, "checksumValue"));
		}
		sbom_comment(r, &p, json_text(o, "comment"));
		sbom_file_add(r, &f, &p);
	}
}

static void read_relations(struct sbom_reader *r, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		struct bytes type = json_text(o, "relationshipType");
		struct bytes from = json_text(o, "spdxElementId");
		struct bytes to = json_text(o, "relatedSpdxElement");
		if (bytes_eq(type, B("DEPENDS_ON")))
			sbom_edge_add(r, from, to);
		else if (bytes_eq(type, B("DEPENDENCY_OF")))
			sbom_edge_add(r, to, from);
		if (!from.n || !to.n || !type.n)
			sbom_fault(r, "relationships[%zu]: a member is missing", i);
	}
}

/* The element that the document describes: the image or folder, where no package URL names it. */
static struct bytes described(const json_t *root)
{
	const json_t *list = json_list(root, "relationships");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		if (bytes_eq(json_text(o, "relationshipType"), B("DESCRIBES")) &&
		    bytes_eq(json_text(o, "spdxElementId"), B("SPDXRef-DOCUMENT")))
			return json_text(o, "relatedSpdxElement");
	}
	return json_bytes(json_array_get(json_list(root, "documentDescribes"), 0));
}

static bool is_subject(const struct sbom_reader *r, const json_t *o, struct bytes kind,
                       struct bytes about)
{
	bool is_bare = bytes_eq(json_text(o, "SPDXID"), about) &&
	               !json_array_size(json_list(o, "externalRefs"));
	return !r->s->subject.ref.n &&
	       (bytes_eq(kind, B("container")) || (is_bare && bytes_eq(kind, B("source"))));
}

int sbom_spdx(struct sbom_reader *r, const json_t *root, struct err *e)
{
	struct bytes version = json_text(root, "spdxVersion");
	const json_t *packages = json_list(root, "packages");
	struct bytes about = described(root);
	if (!bytes_eq(version, B("SPDX-2.2")) && !bytes_eq(version, B("SPDX-2.3")))
		return err_set(e, ERR_UNSUPPORTED,
		               "version \"%.*s\" is not read: SPDX 2.2, 2.3 and 3.0 are",
		               BYTES_FMT(version));
	r->s->version = bytes_skip(version, 5);
	r->s->created = json_text(json_obj(root, "creationInfo"), "created");
	if (!r->s->created.n)
		sbom_fault(r, "creationInfo.created is missing");
	for (size_t i = 0; i < json_array_size(packages); i++) {
		const json_t *o = json_array_get(packages, i);
		struct bytes kind = sbom_lower(r->a, json_text(o, "primaryPackagePurpose"));
		if (is_subject(r, o, kind, about))
			read_package(r, o, &r->s->subject);
		else if (bytes_eq(kind, B("operating-system")) && !r->s->os.name.n)
			read_package(r, o, &r->s->os);
		else if (!bytes_eq(kind, B("file")))
			read_package(r, o, sbom_package_add(r));
	}
	read_files(r, json_list(root, "files"));
	read_relations(r, json_list(root, "relationships"));
	return 0;
}
