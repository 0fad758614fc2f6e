/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom_cdx.c - CycloneDX 1.2 to 1.7, JSON.
 *
 * Source: CycloneDX specification, bom-1.2.schema.json to bom-1.7.schema.json.
 */
#include "fmt/sbom_parts.h"

#include <string.h>

static struct bytes name_of(const json_t *organization) { return json_text(organization, "name"); }

static void read_licenses(struct sbom_reader *r, const json_t *o, struct sbom_package *p)
{
	const json_t *list = json_list(o, "licenses");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *choice = json_array_get(list, i), *l = json_obj(choice, "license");
		struct bytes id = json_text(l, "id");
		sbom_license_add(r, p, json_text(choice, "expression"));
		sbom_license_add(r, p, id.n ? id : json_text(l, "name"));
	}
}

static struct bytes homepage_of(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		if (bytes_eq(json_text(o, "type"), B("website")))
			return json_text(o, "url");
	}
	return (struct bytes){NULL, 0};
}

static void read_component(struct sbom_reader *r, const json_t *o, struct sbom_package *p)
{
	const json_t *properties = json_list(o, "properties");
	p->ref = json_text(o, "bom-ref");
	p->kind = json_text(o, "type");
	p->group = json_text(o, "group");
	p->name = json_text(o, "name");
	p->version = json_text(o, "version");
	p->description = json_text(o, "description");
	p->purl = json_text(o, "purl");
	p->cpe = json_text(o, "cpe");
	p->supplier = name_of(json_obj(o, "supplier"));
	p->publisher = json_text(o, "publisher");
	p->homepage = homepage_of(json_list(o, "externalReferences"));
	read_licenses(r, o, p);
	for (size_t i = 0; i < json_array_size(properties); i++) {
		const json_t *pair = json_array_get(properties, i);
		sbom_pair_add(r, p, json_text(pair, "name"), json_text(pair, "value"));
	}
}

static void read_file(struct sbom_reader *r, const json_t *o)
{
	struct sbom_package p = {.n_pairs = 0};
	const json_t *hashes = json_list(o, "hashes");
	read_component(r, o, &p);
	struct sbom_file f = {.name = p.name};
	for (size_t i = 0; i < json_array_size(hashes); i++) {
		const json_t *hash = json_array_get(hashes, i);
		sbom_file_digest(&f, json_text(hash, "alg"), json_text(hash, "content"));
	}
	sbom_file_add(r, &f, &p);
}

/* Components nest as deep as JSON_DEPTH_MAX lets them. */
static void read_components(struct sbom_reader *r, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		struct bytes kind = json_text(o, "type");
		if (bytes_eq(kind, B("operating-system")) && !r->s->os.name.n)
			read_component(r, o, &r->s->os);
		else if (bytes_eq(kind, B("file")))
			read_file(r, o);
		else
			read_component(r, o, sbom_package_add(r));
		read_components(r, json_list(o, "components"));
	}
}

static void read_dependencies(struct sbom_reader *r, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i), *to = json_list(o, "dependsOn");
		for (size_t k = 0; k < json_array_size(to); k++)
			sbom_edge_add(r, json_text(o, "ref"), json_bytes(json_array_get(to, k)));
	}
}

/* "incomplete", "incomplete_first_party_only", ...: of what is assembled, not of who needs whom. */
static bool is_incomplete(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		bool is_of_edges = json_array_size(json_list(o, "dependencies")) &&
		                   !json_array_size(json_list(o, "assemblies"));
		if (bytes_starts(json_text(o, "aggregate"), B("incomplete")) && !is_of_edges)
			return true;
	}
	return false;
}

int sbom_cdx(struct sbom_reader *r, const json_t *root, struct err *e)
{
	static const char *const versions[] = {"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"};
	struct bytes version = json_text(root, "specVersion");
	bool is_known = false;
	r->s->form = "CycloneDX";
	if (!bytes_eq(json_text(root, "bomFormat"), B("CycloneDX")))
		return err_set(e, ERR_FORMAT, "bomFormat is not CycloneDX");
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		is_known |= bytes_eq(version, bytes_str(versions[i]));
	if (!is_known)
		return err_set(e, ERR_UNSUPPORTED, "CycloneDX %.*s is not read",
		               BYTES_FMT(version));
	const json_t *metadata = json_obj(root, "metadata");
	const json_t *subject = json_obj(metadata, "component");
	r->s->version = version;
	r->s->created = json_text(metadata, "timestamp");
	if (subject)
		read_component(r, subject, &r->s->subject);
	read_components(r, json_list(subject, "components"));
	read_components(r, json_list(root, "components"));
	read_dependencies(r, json_list(root, "dependencies"));
	r->s->is_incomplete = is_incomplete(json_list(root, "compositions"));
	sbom_cdx_check(r, root);
	return 0;
}
