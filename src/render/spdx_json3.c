/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spdx_json3.c - SPDX 3.0 as JSON-LD: a graph of elements.
 *
 * Source: SPDX 3.0.1, "SPDX JSON-LD" and the schema made from its model.
 */
#include "render/spdx.h"

static const char *const versions[] = {"3.0.1", "3.0.0", NULL};

struct graph {
	struct json_out j;
	struct bom bom;
	const char *ns;       /* of all elements, with "#" */
	struct map *agents;   /* supplier → 1: has an element */
	struct map *licenses; /* expression → number of its element */
};

static const char *iri(struct graph *g, const char *id)
{
	return arena_printf(g->bom.a, "%s%s", g->ns, id);
}

static void begin(struct graph *g, const char *type, const char *id)
{
	jout_object(&g->j);
	jout_kstr(&g->j, "type", type);
	jout_kstr(&g->j, "spdxId", iri(g, id));
	jout_kstr(&g->j, "creationInfo", "_:creationInfo");
}

static void one(struct graph *g, const char *key, const char *value)
{
	jout_key(&g->j, key);
	jout_array(&g->j);
	jout_str(&g->j, value);
	jout_array_end(&g->j);
}

static void begin_relation(struct graph *g, const char *id, const char *type, const char *from)
{
	begin(g, "Relationship", id);
	jout_kstr(&g->j, "from", iri(g, from));
	jout_kstr(&g->j, "relationshipType", type);
	jout_key(&g->j, "to");
	jout_array(&g->j);
}

static void end_relation(struct graph *g)
{
	jout_array_end(&g->j);
	jout_object_end(&g->j);
}

static const char *package_id(struct graph *g, const struct bom_package *p)
{
	return spdx_package_id(&g->bom, p);
}

/* ---- head ---- */

static void write_creation(struct graph *g, const char *version)
{
	struct json_out *j = &g->j;
	jout_object(j);
	jout_kstr(j, "type", "CreationInfo");
	jout_kstr(j, "@id", "_:creationInfo");
	jout_kstr(j, "specVersion", version);
	jout_kstr(j, "created", spdx_time(&g->bom));
	one(g, "createdBy", iri(g, "SPDXRef-Agent"));
	one(g, "createdUsing", iri(g, "SPDXRef-Tool"));
	jout_object_end(j);
	begin(g, "SoftwareAgent", "SPDXRef-Agent");
	jout_kstr(j, "name", "assay");
	jout_object_end(j);
	begin(g, "Tool", "SPDXRef-Tool");
	jout_kstr(j, "name", SPDX_TOOL);
	jout_object_end(j);
}

static void write_document(struct graph *g)
{
	struct json_out *j = &g->j;
	begin(g, "SpdxDocument", "SPDXRef-DOCUMENT");
	jout_kbytes(j, "name", spdx_name(g->bom.r->image.reference));
	jout_kstr(j, "dataLicense", "https://spdx.org/licenses/CC0-1.0");
	jout_key(j, "profileConformance");
	jout_array(j);
	jout_str(j, "core");
	jout_str(j, "software");
	jout_str(j, "simpleLicensing");
	jout_array_end(j);
	one(g, "rootElement", iri(g, "SPDXRef-Sbom"));
	jout_object_end(j);
	begin(g, "software_Sbom", "SPDXRef-Sbom");
	one(g, "software_sbomType", "analyzed");
	one(g, "rootElement", iri(g, SPDX_IMAGE_ID));
	jout_object_end(j);
}

static void write_annotation(struct graph *g, const char *subject, const struct package *p)
{
	begin(g, "Annotation", arena_printf(g->bom.a, "%s-annotation", subject));
	jout_kstr(&g->j, "annotationType", "other");
	jout_kstr(&g->j, "subject", iri(g, subject));
	jout_kbytes(&g->j, "statement", bom_comment(&g->bom, p));
	jout_object_end(&g->j);
}

/* ---- packages ---- */

static void write_identifier(struct graph *g, const char *type, struct bytes value)
{
	if (!value.n)
		return;
	jout_object(&g->j);
	jout_kstr(&g->j, "type", "ExternalIdentifier");
	jout_kstr(&g->j, "externalIdentifierType", type);
	jout_kbytes(&g->j, "identifier", value);
	jout_object_end(&g->j);
}

static const char *cpe_type(struct bytes cpe)
{
	return bytes_starts(cpe, B("cpe:2.3:")) ? "cpe23" : "cpe22";
}

static void begin_package(struct graph *g, const char *id, struct bytes name, struct bytes version)
{
	begin(g, "software_Package", id);
	jout_kbytes(&g->j, "name", spdx_name(name));
	if (version.n)
		jout_kbytes(&g->j, "software_packageVersion", version);
}

static void write_hash(struct graph *g, const char *algorithm, struct bytes hex)
{
	if (!hex.n)
		return;
	jout_object(&g->j);
	jout_kstr(&g->j, "type", "Hash");
	jout_kstr(&g->j, "algorithm", algorithm);
	jout_kbytes(&g->j, "hashValue", hex);
	jout_object_end(&g->j);
}

static void write_file(struct graph *g, const struct bom_file *f)
{
	struct json_out *j = &g->j;
	begin(g, "software_File", spdx_file_id(&g->bom, f));
	jout_kbytes(j, "name", spdx_file_name(&g->bom, f));
	jout_kbytes(j, "comment", bom_file_comment(&g->bom, f));
	jout_key(j, "verifiedUsing");
	jout_array(j);
	write_hash(g, "sha1", f->f->sha1);
	write_hash(g, "sha256", f->f->sha256);
	jout_array_end(j);
	jout_object_end(j);
}

static void write_image(struct graph *g)
{
	struct json_out *j = &g->j;
	const struct report_image *im = &g->bom.r->image;
	struct bytes hex = spdx_sha256(im->digest);
	begin_package(g, SPDX_IMAGE_ID, im->reference, im->digest);
	jout_kstr(j, "software_primaryPurpose", "container");
	if (hex.n) {
		jout_key(j, "verifiedUsing");
		jout_array(j);
		write_hash(g, "sha256", hex);
		jout_array_end(j);
	}
	jout_object_end(j);
	write_annotation(g, SPDX_IMAGE_ID, NULL);
}

static void write_os(struct graph *g)
{
	struct json_out *j = &g->j;
	const struct report_os *os = &g->bom.r->os;
	if (!os->id.n)
		return;
	begin_package(g, SPDX_OS_ID, os->id, os->version);
	jout_kstr(j, "software_primaryPurpose", "operatingSystem");
	if (os->name.n)
		jout_kbytes(j, "description", os->name);
	if (g->bom.os_cpe.n) {
		jout_key(j, "externalIdentifier");
		jout_array(j);
		write_identifier(g, cpe_type(g->bom.os_cpe), g->bom.os_cpe);
		jout_array_end(j);
	}
	jout_object_end(j);
}

static const char *agent_id(struct graph *g, struct bytes supplier)
{
	struct digest d = digest_of(supplier);
	char hex[17];
	hex_encode(d.b, 8, hex);
	return arena_printf(g->bom.a, "SPDXRef-Agent-%s", hex);
}

/* The element of who supplied p, once; NULL: not known. */
static const char *write_agent(struct graph *g, const struct package *p)
{
	struct bytes supplier = bom_supplier(&g->bom, p), kind, name;
	bool is_new;
	if (!bytes_cut(supplier, ':', &kind, &name))
		return NULL;
	const char *id = agent_id(g, supplier);
	map_put(g->agents, supplier, &is_new);
	if (is_new) {
		begin(g, bytes_eq(kind, B("Person")) ? "Person" : "Organization", id);
		jout_kbytes(&g->j, "name", bytes_trim(name));
		jout_object_end(&g->j);
	}
	return id;
}

static void write_package(struct graph *g, const struct bom_package *b)
{
	struct json_out *j = &g->j;
	const struct package *p = b->p;
	const char *id = package_id(g, b), *agent = write_agent(g, p);
	begin_package(g, id, p->name, p->version);
	if (agent)
		jout_kstr(j, "suppliedBy", iri(g, agent));
	if (b->purl.n)
		jout_kbytes(j, "software_packageUrl", b->purl);
	if (b->homepage.n)
		jout_kbytes(j, "software_homePage", b->homepage);
	if (b->purl.n || b->cpe.n) {
		jout_key(j, "externalIdentifier");
		jout_array(j);
		write_identifier(g, "packageUrl", b->purl);
		write_identifier(g, cpe_type(b->cpe), b->cpe);
		jout_array_end(j);
	}
	jout_object_end(j);
	write_annotation(g, id, p);
}

/* ---- licences ---- */

static void write_custom(void *arg, const struct spdx_license *term)
{
	struct graph *g = arg;
	begin(g, "simplelicensing_SimpleLicensingText",
	      arena_printf(g->bom.a, "SPDXRef-%.*s", BYTES_FMT(term->id)));
	jout_kbytes(&g->j, "name", term->id);
	jout_kbytes(&g->j, "simplelicensing_licenseText", term->text.n ? term->text : term->id);
	jout_object_end(&g->j);
}

struct custom {
	struct graph *g;
	struct map *seen;
	bool any;
};

static void write_custom_uri(void *arg, const struct spdx_license *term)
{
	struct custom *c = arg;
	struct json_out *j = &c->g->j;
	bool is_new;
	if (!bytes_starts(term->id, B("LicenseRef-")))
		return;
	map_put(c->seen, term->id, &is_new);
	if (!is_new)
		return;
	if (!c->any) {
		jout_key(j, "simplelicensing_customIdToUri");
		jout_array(j);
	}
	c->any = true;
	jout_object(j);
	jout_kstr(j, "type", "DictionaryEntry");
	jout_kbytes(j, "key", term->id);
	jout_kstr(j, "value",
	          iri(c->g, arena_printf(c->g->bom.a, "SPDXRef-%.*s", BYTES_FMT(term->id))));
	jout_object_end(j);
}

static const char *license_id(struct graph *g, const struct bom_package *p)
{
	bool is_new;
	union map_value *slot = map_put(g->licenses, p->expression, &is_new);
	if (is_new)
		slot->u = map_count(g->licenses);
	const char *id = arena_printf(g->bom.a, "SPDXRef-License-%zu", (size_t)slot->u);
	if (!is_new)
		return id;
	AUTO_MAP struct map *seen = map_new();
	struct custom c = {g, seen, false};
	begin(g, "simplelicensing_LicenseExpression", id);
	jout_kbytes(&g->j, "simplelicensing_licenseExpression", p->expression);
	spdx_license_each(p->license, write_custom_uri, &c);
	if (c.any)
		jout_array_end(&g->j);
	jout_object_end(&g->j);
	return id;
}

static void write_licenses(struct graph *g)
{
	bom_references(&g->bom, write_custom, g);
	for (size_t i = 0; i < g->bom.n; i++) {
		const struct bom_package *p = &g->bom.packages[i];
		if (!p->expression.n)
			continue;
		const char *license = license_id(g, p), *from = package_id(g, p);
		begin_relation(g, arena_printf(g->bom.a, "%s-license", from), "hasDeclaredLicense",
		               from);
		jout_str(&g->j, iri(g, license));
		end_relation(g);
	}
}

/* ---- relations ---- */

static void put_to(void *arg, const struct bom_package *to)
{
	struct graph *g = arg;
	jout_str(&g->j, iri(g, package_id(g, to)));
}

static void count_to(void *arg, const struct bom_package *to)
{
	size_t *n = arg;
	(void)to;
	++*n;
}

static void write_contained(struct graph *g, const char *from, const struct bom_file *const *files,
                            size_t n)
{
	if (!n)
		return;
	begin_relation(g, arena_printf(g->bom.a, "%s-files", from), "contains", from);
	for (size_t i = 0; i < n; i++)
		jout_str(&g->j, iri(g, spdx_file_id(&g->bom, files[i])));
	end_relation(g);
}

static void write_relations(struct graph *g)
{
	if (g->bom.r->os.id.n || g->bom.n) {
		begin_relation(g, "SPDXRef-contains", "contains", SPDX_IMAGE_ID);
		if (g->bom.r->os.id.n)
			jout_str(&g->j, iri(g, SPDX_OS_ID));
		for (size_t i = 0; i < g->bom.n; i++)
			jout_str(&g->j, iri(g, package_id(g, &g->bom.packages[i])));
		end_relation(g);
	}
	write_contained(g, SPDX_IMAGE_ID, g->bom.others, g->bom.n_others);
	for (size_t i = 0; i < g->bom.n; i++) {
		const struct bom_package *p = &g->bom.packages[i];
		write_contained(g, package_id(g, p), p->files, p->n_files);
	}
	for (size_t i = 0; i < g->bom.n; i++) {
		size_t n = 0;
		bom_depends(&g->bom, i, count_to, &n);
		if (!n)
			continue;
		const char *from = package_id(g, &g->bom.packages[i]);
		begin_relation(g, arena_printf(g->bom.a, "%s-depends", from), "dependsOn", from);
		bom_depends(&g->bom, i, put_to, g);
		end_relation(g);
	}
}

static void write_graph(struct graph *g, const char *version)
{
	jout_object(&g->j);
	jout_kstr(&g->j, "@context",
	          arena_printf(g->bom.a, "https://spdx.org/rdf/%s/spdx-context.jsonld", version));
	jout_key(&g->j, "@graph");
	jout_array(&g->j);
	write_creation(g, version);
	write_document(g);
	write_image(g);
	write_os(g);
	for (size_t i = 0; i < g->bom.n; i++)
		write_package(g, &g->bom.packages[i]);
	for (size_t i = 0; i < g->bom.n_files; i++)
		write_file(g, &g->bom.files[i]);
	write_licenses(g);
	write_relations(g);
	jout_array_end(&g->j);
	jout_object_end(&g->j);
}

static int spdx3_write(const struct report *const *r, size_t n, const struct render_options *o,
                       FILE *out, struct err *e)
{
	AUTO_MAP struct map *agents = map_new();
	AUTO_MAP struct map *licenses = map_new();
	struct graph g = {.agents = agents, .licenses = licenses};
	if (bom_single(n, o, "SPDX", e) < 0)
		return -1;
	bom_init(&g.bom, r[0], o);
	g.ns = arena_printf(g.bom.a, "%s#", spdx_namespace(&g.bom));
	jout_init(&g.j, jout_to_file, out, true);
	write_graph(&g, o->version ? o->version : versions[0]);
	int rc = jout_end(&g.j);
	bom_fini(&g.bom);
	if (rc < 0 || fputc('\n', out) == EOF || fflush(out) == EOF)
		return err_set(e, ERR_IO, "writing the bill of materials: %m");
	return 0;
}

static const char *const aliases[] = {"spdx-3-json", "spdx3", "spdx3-json", NULL};

const struct render_form render_form_spdx_json3 = {
	.name = "spdx-json3",
	.aliases = aliases,
	.versions = versions,
	.title = "SPDX 3.0, JSON-LD",
	.suffix = ".spdx3.json",
	.is_single = true,
	.write = spdx3_write,
};
