/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom_spdx3.c - SPDX 3.0, JSON-LD in the form that its specification fixes: a flat list of
 * elements.
 *
 * Source: SPDX 3.0.1 and the schema made from its model.
 */
#include "fmt/sbom_parts.h"

#include <string.h>

/* JSON-LD's own names of what the context of SPDX calls spdxId and type. */
static struct bytes id_of(const json_t *o)
{
	struct bytes id = json_text(o, "spdxId");
	return id.n ? id : json_text(o, "@id");
}

static struct bytes type_of(const json_t *o)
{
	struct bytes type = json_text(o, "type");
	return type.n ? type : json_text(o, "@type");
}

struct graph {
	struct sbom_reader *r;
	struct map *elements; /* spdxId → element */
	struct map *packages; /* spdxId → package */
};

static const json_t *element(struct graph *g, struct bytes id)
{
	const union map_value *slot = map_get(g->elements, id);
	return slot ? slot->p : NULL;
}

static struct sbom_package *package_of(struct graph *g, struct bytes id)
{
	const union map_value *slot = map_get(g->packages, id);
	if (!slot)
		return NULL;
	if (slot->u == 1)
		return &g->r->s->subject;
	return slot->u == 2 ? &g->r->s->os : &g->r->s->packages[slot->u - 3];
}

static void read_identifiers(const json_t *list, struct sbom_package *p)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		struct bytes type = json_text(o, "externalIdentifierType");
		if (!p->purl.n && (bytes_eq(type, B("packageUrl")) || bytes_eq(type, B("purl"))))
			p->purl = json_text(o, "identifier");
		if (!p->cpe.n && bytes_starts(type, B("cpe2")))
			p->cpe = json_text(o, "identifier");
	}
}

static void read_package(struct graph *g, const json_t *o)
{
	struct sbom *s = g->r->s;
	struct bytes kind = json_text(o, "software_primaryPurpose");
	struct sbom_package *p;
	uint64_t at;
	if (bytes_eq(kind, B("file")))
		return;
	if (bytes_eq(kind, B("container")) && !s->subject.ref.n) {
		p = &s->subject;
		at = 1;
	} else if (bytes_eq(kind, B("operatingSystem")) && !s->os.name.n) {
		p = &s->os;
		at = 2;
	} else {
		p = sbom_package_add(g->r);
		at = s->n_packages + 2;
	}
	p->ref = id_of(o);
	p->kind = kind;
	p->name = json_text(o, "name");
	p->version = json_text(o, "software_packageVersion");
	p->description = json_text(o, "description");
	p->purl = json_text(o, "software_packageUrl");
	p->homepage = json_text(o, "software_homePage");
	p->supplier = json_text(element(g, json_text(o, "suppliedBy")), "name");
	read_identifiers(json_list(o, "externalIdentifier"), p);
	if (!p->name.n)
		sbom_fault(g->r, "package %.*s has no name", BYTES_FMT(p->ref));
	map_put(g->packages, p->ref, NULL)->u = at;
}

static void read_file(struct graph *g, const json_t *o)
{
	const json_t *sums = json_list(o, "verifiedUsing");
	struct sbom_file f = {.name = json_text(o, "name")};
	struct sbom_package p = {.n_pairs = 0};
	for (size_t i = 0; i < json_array_size(sums); i++) {
		const json_t *sum = json_array_get(sums, i);
		sbom_file_digest(&f, json_text(sum, "algorithm"), json_text(sum, "hashValue"));
	}
	sbom_comment(g->r, &p, json_text(o, "comment"));
	sbom_file_add(g->r, &f, &p);
}

static void read_relation(struct graph *g, const json_t *o)
{
	struct bytes from = json_text(o, "from"), type = json_text(o, "relationshipType");
	const json_t *to = json_list(o, "to");
	bool is_declared = bytes_eq(type, B("hasDeclaredLicense"));
	bool is_concluded = bytes_eq(type, B("hasConcludedLicense"));
	struct sbom_package *p = is_declared || is_concluded ? package_of(g, from) : NULL;
	if (p && is_concluded && p->n_licenses)
		p = NULL;
	for (size_t i = 0; i < json_array_size(to); i++) {
		struct bytes id = json_bytes(json_array_get(to, i));
		if (p)
			sbom_license_add(
				g->r, p,
				json_text(element(g, id), "simplelicensing_licenseExpression"));
		if (bytes_eq(type, B("dependsOn")))
			sbom_edge_add(g->r, from, id);
	}
	if (!from.n || !type.n || !to)
		sbom_fault(g->r, "a relationship lacks from, to or relationshipType");
}

static void read_element(struct graph *g, const json_t *o, bool is_second)
{
	struct bytes type = type_of(o);
	if (!is_second && bytes_eq(type, B("software_Package")))
		read_package(g, o);
	if (!is_second && bytes_eq(type, B("software_File")))
		read_file(g, o);
	if (!is_second && bytes_eq(type, B("CreationInfo")) && !g->r->s->created.n) {
		g->r->s->created = json_text(o, "created");
		g->r->s->version = json_text(o, "specVersion");
	}
	if (!is_second)
		return;
	struct sbom_package *p = package_of(g, json_text(o, "subject"));
	if (p && bytes_eq(type, B("Annotation")))
		sbom_comment(g->r, p, json_text(o, "statement"));
	if (bytes_eq(type, B("Relationship")) || bytes_eq(type, B("LifecycleScopedRelationship")))
		read_relation(g, o);
}

/* The context is a URL of SPDX', one of a list of several, or a copy of it by another name: then
 * the elements tell. */
static bool is_context(const json_t *context)
{
	for (size_t i = 0; i < json_array_size(context); i++) {
		if (is_context(json_array_get(context, i)))
			return true;
	}
	return bytes_search(json_bytes(context), B("spdx.org/rdf/3.0")) >= 0;
}

static bool has_creation(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		if (bytes_eq(type_of(o), B("CreationInfo")) &&
		    bytes_starts(json_text(o, "specVersion"), B("3.0")))
			return true;
	}
	return false;
}

static void read_ids(struct graph *g, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		struct bytes id = id_of(o);
		bool is_new = false;
		if (!json_is_object(o) || !type_of(o).n)
			sbom_fault(g->r, "@graph[%zu]: an element without a type", i);
		union map_value *slot = id.n ? map_put(g->elements, id, &is_new) : NULL;
		if (slot && !is_new)
			sbom_fault(g->r, "@graph[%zu]: %.*s is there twice", i, BYTES_FMT(id));
		if (slot && is_new)
			slot->p = json_array_get(list, i);
	}
}

int sbom_spdx3(struct sbom_reader *r, const json_t *root, struct err *e)
{
	AUTO_MAP struct map *elements = map_new();
	AUTO_MAP struct map *packages = map_new();
	struct graph g = {r, elements, packages};
	const json_t *list = json_list(root, "@graph"),
		     *context = json_object_get(root, "@context");
	/* "a single element": the schema lets it stand for a graph of one */
	AUTO_JSON json_t *one = list || !type_of(root).n ? NULL : json_pack("[O]", root);
	if (one)
		list = one;
	if (!list || (!is_context(context) && !has_creation(list)))
		return err_set(e, ERR_FORMAT, "not SPDX 3.0: @context is \"%.*s\"",
		               BYTES_FMT(bytes_slice(json_bytes(context), 0, 80)));
	const json_t *made = json_obj(json_array_get(one, 0), "creationInfo");
	r->s->version = json_text(made, "specVersion");
	r->s->created = json_text(made, "created");
	read_ids(&g, list);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < json_array_size(list); i++)
			read_element(&g, json_array_get(list, i), pass == 1);
	}
	if (!bytes_starts(r->s->version, B("3.0")))
		return err_set(e, ERR_UNSUPPORTED, "SPDX %.*s is not read",
		               BYTES_FMT(r->s->version));
	return 0;
}
