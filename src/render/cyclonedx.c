/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx.c - CycloneDX 1.4 to 1.7 as JSON and XML: packages, what depends on what, and the
 * vulnerabilities of a scan.
 *
 * What the standard has no place for, and judging needs, is in properties "assay:..." (carry.h).
 * Source: CycloneDX specification, bom-1.7.schema.json and its predecessors.
 */
#include "render/bom.h"

#include <string.h>

#include "render/cdx.h"

static const char *const versions[] = {"1.6", "1.4", "1.5", "1.7", NULL};

struct cdx {
	struct cdx_out out;
	struct bom bom;
	const char *version;
	const struct render_options *o;
};

static bool is_before(const struct cdx *c, const char *version)
{
	return strcmp(c->version, version) < 0;
}

/* ---- properties ---- */

static void put_property(void *arg, const char *key, struct bytes value)
{
	struct cdx *c = arg;
	cdx_item(&c->out, "property");
	cdx_attr(&c->out, "name", bytes_str(arena_printf(c->bom.a, "assay:%s", key)));
	cdx_content(&c->out, "value", value);
	cdx_end(&c->out);
}

static void write_properties(struct cdx *c, const struct package *p)
{
	cdx_list(&c->out, "properties");
	if (p)
		carry_package(p, c->bom.a, put_property, c);
	else
		carry_report(c->bom.r, c->bom.a, put_property, c);
	cdx_list_end(&c->out);
}

/* ---- components ---- */

/* A single licence of the list is an id, a single unknown one a name, all else an expression:
 * before 1.7 a component has either licences or one expression. */
static void write_licenses(struct cdx *c, const struct bom_package *p)
{
	const struct spdx_license *l = p->license;
	struct bytes id;
	if (!l)
		return;
	bool is_listed = l->kind == SPDX_TERM && !l->exception.n && !l->is_plus &&
	                 spdx_license_known(l->id, &id);
	bool is_named = l->kind == SPDX_TERM && l->text.n;
	cdx_list(&c->out, "licenses");
	cdx_json_begin(&c->out, NULL);
	if (is_listed || is_named) {
		cdx_begin(&c->out, "license");
		cdx_leaf(&c->out, is_listed ? "id" : "name", is_listed ? id : l->text);
		cdx_end(&c->out);
	} else {
		cdx_leaf(&c->out, "expression", p->expression);
	}
	cdx_json_end(&c->out);
	cdx_list_end(&c->out);
}

static void write_homepage(struct cdx *c, const struct bom_package *b)
{
	if (!b->homepage.n)
		return;
	cdx_list(&c->out, "externalReferences");
	cdx_item(&c->out, "reference");
	cdx_attr(&c->out, "type", B("website"));
	cdx_leaf(&c->out, "url", b->homepage);
	cdx_end(&c->out);
	cdx_list_end(&c->out);
}

/* "excluded": "not reachable within a call graph at runtime", and what a lock file names without
 * its being there.  Absent: required, or not known. */
static struct bytes scope_of(const struct package *p)
{
	if (p->is_absent || p->scope == SCOPE_DEV)
		return B("excluded");
	return p->scope == SCOPE_OPTIONAL ? B("optional") : (struct bytes){NULL, 0};
}

static void write_component(struct cdx *c, const struct bom_package *b)
{
	const struct package *p = b->p;
	struct cdx_out *o = &c->out;
	cdx_item(o, "component");
	cdx_attr(o, "type", B("library"));
	cdx_attr(o, "bom-ref", b->ref);
	if (p->vendor.n) {
		cdx_begin(o, "supplier");
		cdx_leaf(o, "name", p->vendor);
		cdx_end(o);
	}
	cdx_leaf(o, "publisher", p->maintainer);
	cdx_leaf(o, "group", b->group);
	cdx_leaf(o, "name", b->name.n ? b->name : B("unknown"));
	cdx_leaf(o, "version", p->version);
	cdx_leaf(o, "scope", scope_of(p));
	write_licenses(c, b);
	cdx_leaf(o, "cpe", b->cpe);
	cdx_leaf(o, "purl", b->purl);
	write_homepage(c, b);
	write_properties(c, p);
	cdx_end(o);
}

static void write_hash(struct cdx *c, const char *alg, struct bytes hex)
{
	if (!hex.n)
		return;
	cdx_item(&c->out, "hash");
	cdx_attr(&c->out, "alg", bytes_str(alg));
	cdx_content(&c->out, "content", hex);
	cdx_end(&c->out);
}

static void write_file(struct cdx *c, size_t i)
{
	const struct bom_file *f = &c->bom.files[i];
	cdx_item(&c->out, "component");
	cdx_attr(&c->out, "type", B("file"));
	cdx_attr(&c->out, "bom-ref", bytes_str(arena_printf(c->bom.a, "file-%zu", i + 1)));
	cdx_leaf(&c->out, "name", f->path);
	cdx_list(&c->out, "hashes");
	write_hash(c, "SHA-1", f->f->sha1);
	write_hash(c, "SHA-256", f->f->sha256);
	cdx_list_end(&c->out);
	cdx_list(&c->out, "properties");
	carry_file(f->f, c->bom.a, put_property, c);
	cdx_list_end(&c->out);
	cdx_end(&c->out);
}

static void write_os(struct cdx *c)
{
	const struct report_os *os = &c->bom.r->os;
	if (!os->id.n)
		return;
	cdx_item(&c->out, "component");
	cdx_attr(&c->out, "type", B("operating-system"));
	cdx_attr(&c->out, "bom-ref", bytes_str(arena_printf(c->bom.a, "os-%.8s", c->bom.uuid)));
	cdx_leaf(&c->out, "name", os->id);
	cdx_leaf(&c->out, "version", os->version);
	cdx_leaf(&c->out, "description", os->name);
	cdx_leaf(&c->out, "cpe", c->bom.os_cpe);
	cdx_end(&c->out);
}

/* ---- metadata ---- */

static void write_tool(struct cdx *c)
{
	struct cdx_out *o = &c->out;
	if (is_before(c, "1.5")) {
		cdx_list(o, "tools");
		cdx_item(o, "tool");
		cdx_leaf(o, "name", B("assay"));
		cdx_leaf(o, "version", B(ASSAY_VERSION));
		cdx_end(o);
		cdx_list_end(o);
		return;
	}
	cdx_begin(o, "tools");
	cdx_list(o, "components");
	cdx_item(o, "component");
	cdx_attr(o, "type", B("application"));
	cdx_leaf(o, "name", B("assay"));
	cdx_leaf(o, "version", B(ASSAY_VERSION));
	cdx_end(o);
	cdx_list_end(o);
	cdx_end(o);
}

static void write_subject(struct cdx *c)
{
	struct cdx_out *o = &c->out;
	const struct report_image *im = &c->bom.r->image;
	struct bytes algo, hex;
	cdx_begin(o, "component");
	cdx_attr(o, "type", B("container"));
	cdx_attr(o, "bom-ref", c->bom.subject);
	cdx_leaf(o, "name", im->reference.n ? im->reference : B("unknown"));
	cdx_leaf(o, "version", im->digest);
	if (bytes_cut(im->digest, ':', &algo, &hex) && bytes_eq(algo, B("sha256"))) {
		cdx_list(o, "hashes");
		write_hash(c, "SHA-256", hex);
		cdx_list_end(o);
	}
	write_properties(c, NULL);
	cdx_end(o);
}

static void write_metadata(struct cdx *c)
{
	cdx_begin(&c->out, "metadata");
	cdx_leaf(&c->out, "timestamp", bytes_str(c->bom.time));
	write_tool(c);
	write_subject(c);
	cdx_end(&c->out);
}

/* ---- what depends on what ---- */

static void put_dependency(void *arg, const struct bom_package *to)
{
	struct cdx *c = arg;
	if (!c->out.is_xml) {
		jout_bytes(&c->out.j, to->ref);
		return;
	}
	cdx_item(&c->out, "dependency");
	cdx_attr(&c->out, "ref", to->ref);
	cdx_end(&c->out);
}

static void write_dependencies(struct cdx *c)
{
	struct cdx_out *o = &c->out;
	bool any = false;
	for (size_t i = 0; i < c->bom.n; i++)
		any |= c->bom.packages[i].p->depends.n > 0;
	if (!any)
		return;
	cdx_list(o, "dependencies");
	for (size_t i = 0; i < c->bom.n; i++) {
		if (!c->bom.packages[i].p->depends.n)
			continue;
		cdx_item(o, "dependency");
		cdx_attr(o, "ref", c->bom.packages[i].ref);
		if (!o->is_xml)
			cdx_list(o, "dependsOn");
		bom_depends(&c->bom, i, put_dependency, c);
		if (!o->is_xml)
			cdx_list_end(o);
		cdx_end(o);
	}
	cdx_list_end(o);
}

/* Nobody can know that an inventory is complete; that it is not can be known. */
static void write_compositions(struct cdx *c)
{
	struct cdx_out *o = &c->out;
	cdx_list(o, "compositions");
	cdx_item(o, "composition");
	cdx_leaf(o, "aggregate", c->bom.is_incomplete ? B("incomplete") : B("unknown"));
	cdx_list(o, "assemblies");
	if (o->is_xml) {
		cdx_item(o, "assembly");
		cdx_attr(o, "ref", c->bom.subject);
		cdx_end(o);
	} else {
		jout_bytes(&o->j, c->bom.subject);
	}
	cdx_list_end(o);
	cdx_end(o);
	cdx_list_end(o);
}

/* ---- vulnerabilities ---- */

static struct bytes method_of(const struct cdx *c, struct bytes vector)
{
	if (bytes_starts(vector, B("CVSS:3.0")))
		return B("CVSSv3");
	if (bytes_starts(vector, B("CVSS:3.1")))
		return B("CVSSv31");
	if (bytes_starts(vector, B("CVSS:4")))
		return is_before(c, "1.5") ? B("other") : B("CVSSv4");
	return vector.n ? B("CVSSv2") : B("other");
}

static void write_rating(struct cdx *c, const struct finding *f)
{
	struct cdx_out *o = &c->out;
	bool has_score = f->cvss_score >= 0 && f->cvss_score <= 10;
	cdx_list(o, "ratings");
	cdx_item(o, "rating");
	if (f->severity_source.n) {
		cdx_begin(o, "source");
		cdx_leaf(o, "name", f->severity_source);
		cdx_end(o);
	}
	if (has_score && o->is_xml) {
		cdx_leaf(o, "score", bytes_str(arena_printf(c->bom.a, "%.1f", f->cvss_score)));
	} else if (has_score) {
		jout_key(&o->j, "score");
		jout_double(&o->j, f->cvss_score);
	}
	cdx_leaf(o, "severity",
	         f->severity == SEV_NEGLIGIBLE ? B("info") : bytes_str(severity_name(f->severity)));
	cdx_leaf(o, "method", method_of(c, f->cvss_vector));
	cdx_leaf(o, "vector", f->cvss_vector);
	cdx_end(o);
	cdx_list_end(o);
}

static void write_advisories(struct cdx *c, const struct finding *f)
{
	bool is_open = false;
	for (size_t i = 0; i < f->references.n; i++) {
		if (!bom_is_address(f->references.v[i]))
			continue;
		if (!is_open)
			cdx_list(&c->out, "advisories");
		is_open = true;
		cdx_item(&c->out, "advisory");
		cdx_leaf(&c->out, "url", f->references.v[i]);
		cdx_end(&c->out);
	}
	if (is_open)
		cdx_list_end(&c->out);
}

static void write_recommendation(struct cdx *c, const struct finding *f, size_t n)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(1));
	for (size_t i = 0; i < n; i++) {
		if (f[i].fixed.n)
			buf_addf(&b, "%s%.*s %.*s has the fix", b.n ? "; " : "",
			         BYTES_FMT(f[i].package_name), BYTES_FMT(f[i].fixed));
	}
	cdx_leaf(&c->out, "recommendation", buf_bytes(&b));
}

static struct bytes ref_of(const struct cdx *c, const struct finding *f)
{
	const union map_value *slot = map_get(c->bom.refs, f->package);
	return slot ? c->bom.packages[slot->u].ref : c->bom.subject;
}

/* A list of the schema's has no item twice: one package may be in several places. */
static bool is_told(const struct cdx *c, const struct finding *f, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (bytes_eq(ref_of(c, &f[k]), ref_of(c, &f[i])) &&
		    bytes_eq(f[k].installed, f[i].installed))
			return true;
	}
	return false;
}

static void write_affects(struct cdx *c, const struct finding *f, size_t n)
{
	struct cdx_out *o = &c->out;
	cdx_list(o, "affects");
	for (size_t i = 0; i < n; i++) {
		if (is_told(c, f, i))
			continue;
		cdx_item(o, "target");
		cdx_leaf(o, "ref", ref_of(c, &f[i]));
		if (f[i].installed.n) {
			cdx_list(o, "versions");
			cdx_item(o, "version");
			cdx_leaf(o, "version", f[i].installed);
			cdx_leaf(o, "status", B("affected"));
			cdx_end(o);
			cdx_list_end(o);
		}
		cdx_end(o);
	}
	cdx_list_end(o);
}

static void write_vuln_properties(struct cdx *c, const struct finding *f, size_t n)
{
	cdx_list(&c->out, "properties");
	if (f->is_kev)
		put_property(c, "kev", B("true"));
	if (f->epss >= 0 && f->epss <= 1)
		put_property(c, "epss", bytes_str(arena_printf(c->bom.a, "%.5f", f->epss)));
	for (size_t i = 0; i < n; i++) {
		put_property(c, "reason", f[i].reason);
		if (f[i].has_status)
			put_property(c, "status", bytes_str(status_name(f[i].status)));
		if (f[i].waived)
			put_property(c, "waived", f[i].waived->reason);
	}
	cdx_list_end(&c->out);
}

/* n findings of one id and severity, each of another package. */
static void write_vulnerability(struct cdx *c, const struct finding *f, size_t n)
{
	struct cdx_out *o = &c->out;
	cdx_item(o, "vulnerability");
	cdx_leaf(o, "id", f->id);
	if (f->source.feed.n) {
		cdx_begin(o, "source");
		cdx_leaf(o, "name", f->source.feed);
		cdx_end(o);
	}
	write_rating(c, f);
	cdx_leaf(o, "description", f->title);
	write_recommendation(c, f, n);
	write_advisories(c, f);
	write_affects(c, f, n);
	write_vuln_properties(c, f, n);
	cdx_end(o);
}

static void write_vulnerabilities(struct cdx *c)
{
	const struct report *r = c->bom.r;
	bool is_open = false;
	for (size_t i = 0, n; i < r->n_findings && !c->o->only_packages; i += n) {
		const struct finding *f = &r->findings[i];
		n = 1;
		if (f->check != CHECK_VULNERABILITY)
			continue;
		while (i + n < r->n_findings && f[n].check == f->check &&
		       bytes_eq(f[n].id, f->id) && f[n].severity == f->severity)
			n++;
		if (!is_open)
			cdx_list(&c->out, "vulnerabilities");
		is_open = true;
		write_vulnerability(c, f, n);
	}
	if (is_open)
		cdx_list_end(&c->out);
}

/* ---- the document ---- */

static void write_head(struct cdx *c)
{
	struct cdx_out *o = &c->out;
	if (o->is_xml) {
		fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", o->out);
		cdx_item(o, "bom");
		fprintf(o->out, " xmlns=\"http://cyclonedx.org/schema/bom/%s\"", c->version);
		fprintf(o->out, " serialNumber=\"urn:uuid:%s\" version=\"1\"", c->bom.uuid);
		return;
	}
	jout_object(&o->j);
	jout_kstr(&o->j, "$schema",
	          arena_printf(c->bom.a, "http://cyclonedx.org/schema/bom-%s.schema.json",
	                       c->version));
	jout_kstr(&o->j, "bomFormat", "CycloneDX");
	jout_kstr(&o->j, "specVersion", c->version);
	jout_kstr(&o->j, "serialNumber", arena_printf(c->bom.a, "urn:uuid:%s", c->bom.uuid));
	jout_kint(&o->j, "version", 1);
}

static void write_document(struct cdx *c)
{
	write_head(c);
	write_metadata(c);
	cdx_list(&c->out, "components");
	write_os(c);
	for (size_t i = 0; i < c->bom.n; i++)
		write_component(c, &c->bom.packages[i]);
	for (size_t i = 0; i < c->bom.n_files; i++)
		write_file(c, i);
	cdx_list_end(&c->out);
	write_dependencies(c);
	write_compositions(c);
	write_vulnerabilities(c);
	cdx_end(&c->out);
}

static int cdx_write(const struct report *r, const struct render_options *o, bool is_xml, FILE *out,
                     struct err *e)
{
	struct cdx c = {
		.out = {.is_xml = is_xml, .out = out},
                  .o = o
        };
	c.version = o->version ? o->version : versions[0];
	bom_init(&c.bom, r, o);
	c.out.a = c.bom.a;
	if (!is_xml)
		jout_init(&c.out.j, jout_to_file, out, true);
	write_document(&c);
	int rc = is_xml ? 0 : jout_end(&c.out.j);
	bom_fini(&c.bom);
	if (rc < 0 || fputc('\n', out) == EOF || fflush(out) == EOF || ferror(out))
		return err_set(e, ERR_IO, "writing the bill of materials: %m");
	return 0;
}

static int json_write(const struct report *const *r, size_t n, const struct render_options *o,
                      FILE *out, struct err *e)
{
	return bom_single(n, o, "CycloneDX", e) < 0 ? -1 : cdx_write(r[0], o, false, out, e);
}

static int xml_write(const struct report *const *r, size_t n, const struct render_options *o,
                     FILE *out, struct err *e)
{
	return bom_single(n, o, "CycloneDX", e) < 0 ? -1 : cdx_write(r[0], o, true, out, e);
}

static const char *const json_aliases[] = {"cdx", "cyclonedx-json", NULL};

const struct render_form render_form_cyclonedx = {
	.name = "cyclonedx",
	.aliases = json_aliases,
	.versions = versions,
	.title = "CycloneDX 1.4 to 1.7, JSON: packages and vulnerabilities",
	.suffix = ".cdx.json",
	.is_single = true,
	.write = json_write,
};

const struct render_form render_form_cyclonedx_xml = {
	.name = "cyclonedx-xml",
	.versions = versions,
	.title = "CycloneDX 1.4 to 1.7, XML",
	.suffix = ".cdx.xml",
	.is_single = true,
	.write = xml_write,
};
