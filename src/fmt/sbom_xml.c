/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom_xml.c - CycloneDX in XML as the JSON that says the same, as far as it is read.
 *
 * Source: CycloneDX specification, bom-1.2.xsd to bom-1.7.xsd, and the JSON schemas beside them.
 */
#include "fmt/sbom_parts.h"

#include <stdlib.h>

#include "fmt/xmltree.h"

static json_t *text_of(struct bytes v)
{
	json_t *s = json_stringn(v.n ? (const char *)v.p : "", v.n);
	return s ? s : json_string("\xef\xbf\xbd"); /* not UTF-8 */
}

static void put(json_t *o, const char *key, struct bytes v)
{
	if (v.p)
		json_object_set_new(o, key, text_of(v));
}

/* Attributes and elements of one text each, under their own names. */
static void put_all(json_t *o, const struct xml_node *n, const char *const *attrs,
                    const char *const *elements)
{
	for (; *attrs; attrs++)
		put(o, *attrs, xml_value(n, *attrs));
	for (; *elements; elements++) {
		const struct xml_node *child = xml_child(n, *elements);
		if (child)
			json_object_set_new(o, *elements, text_of(child->text));
	}
}

static json_t *license_choice(const struct xml_node *n)
{
	static const char *const none[] = {NULL}, *const elements[] = {"id", "name", NULL};
	json_t *o = json_object();
	if (bytes_eq(n->name, B("expression"))) {
		json_object_set_new(o, "expression", text_of(n->text));
		return o;
	}
	json_t *license = json_object();
	put_all(license, n, none, elements);
	json_object_set_new(o, "license", license);
	return o;
}

/* An element whose text is one more member: <hash alg="">, <property name="">. */
static json_t *with_text(const struct xml_node *n, const char *attr, const char *key)
{
	json_t *o = json_object();
	put(o, attr, xml_value(n, attr));
	json_object_set_new(o, key, text_of(n->text));
	return o;
}

static json_t *hash(const struct xml_node *n) { return with_text(n, "alg", "content"); }
static json_t *property(const struct xml_node *n) { return with_text(n, "name", "value"); }

static json_t *dependency(const struct xml_node *n)
{
	json_t *o = json_object(), *list = json_array();
	put(o, "ref", xml_value(n, "ref"));
	for (const struct xml_node *c = xml_child(n, "dependency"); c;
	     c = xml_named(c->next, "dependency"))
		json_array_append_new(list, text_of(xml_value(c, "ref")));
	json_object_set_new(o, "dependsOn", list);
	return o;
}

static json_t *composition(const struct xml_node *n)
{
	static const char *const none[] = {NULL}, *const elements[] = {"aggregate", NULL};
	static const char *const refs[] = {"assemblies", "dependencies"};
	json_t *o = json_object();
	put_all(o, n, none, elements);
	for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
		const struct xml_node *around = xml_child(n, refs[i]);
		json_t *list = json_array();
		for (const struct xml_node *c = around ? around->child : NULL; c; c = c->next)
			json_array_append_new(list, text_of(xml_value(c, "ref")));
		json_object_set_new(o, refs[i], list);
	}
	return o;
}

static json_t *reference(const struct xml_node *n)
{
	static const char *const attrs[] = {"type", NULL}, *const elements[] = {"url", NULL};
	json_t *o = json_object();
	put_all(o, n, attrs, elements);
	return o;
}

static json_t *component(const struct xml_node *n);
static json_t *vulnerability(const struct xml_node *n);

/* Lists that are read: the element around them, and what makes a member of each element within. */
static const struct {
	const char *name;
	json_t *(*make)(const struct xml_node *n);
} lists[] = {
	{"components",         component     },
	{"compositions",       composition   },
	{"dependencies",       dependency    },
	{"externalReferences", reference     },
	{"hashes",             hash          },
	{"licenses",           license_choice},
	{"properties",         property      },
	{"vulnerabilities",    vulnerability },
};

static void put_lists(json_t *o, const struct xml_node *n)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct xml_node *around = xml_child(n, lists[i].name);
		if (!around)
			continue;
		json_t *list = json_array();
		for (const struct xml_node *c = around->child; c; c = c->next)
			json_array_append_new(list, lists[i].make(c));
		json_object_set_new(o, lists[i].name, list);
	}
}

/* As deep as XML_DEPTH_MAX lets a document be. */
static json_t *component(const struct xml_node *n)
{
	static const char *const attrs[] = {"type", "bom-ref", NULL};
	static const char *const elements[] = {"publisher", "group",       "name",
	                                       "version",   "description", "scope",
	                                       "cpe",       "purl",        NULL};
	json_t *o = json_object();
	put_all(o, n, attrs, elements);
	struct bytes supplier = xml_text(xml_child(n, "supplier"), "name");
	if (supplier.n) {
		json_t *who = json_object();
		put(who, "name", supplier);
		json_object_set_new(o, "supplier", who);
	}
	put_lists(o, n);
	return o;
}

/* ---- vulnerabilities ---- */

static json_t *rating(const struct xml_node *n)
{
	static const char *const none[] = {NULL}, *const elements[] = {"severity", "method",
	                                                               "vector", NULL};
	json_t *o = json_object();
	char *end, score[32];
	put_all(o, n, none, elements);
	struct bytes text = xml_text(n, "score");
	snprintf(score, sizeof score, "%.*s", BYTES_FMT(text));
	double v = strtod(score, &end);
	if (text.n && text.n < sizeof score && !*end && v >= 0 && v <= 10)
		json_object_set_new(o, "score", json_real(v));
	return o;
}

static json_t *cwe(const struct xml_node *n)
{
	uint64_t v;
	return bytes_u64(n->text, INT32_MAX, &v) ? json_integer((json_int_t)v) : json_null();
}

static json_t *target(const struct xml_node *n)
{
	static const char *const none[] = {NULL}, *const elements[] = {"ref", NULL};
	json_t *o = json_object();
	put_all(o, n, none, elements);
	return o;
}

static void put_list(json_t *o, const struct xml_node *n, const char *name,
                     json_t *(*make)(const struct xml_node *n))
{
	const struct xml_node *around = xml_child(n, name);
	json_t *list = json_array();
	for (const struct xml_node *c = around ? around->child : NULL; c; c = c->next)
		json_array_append_new(list, make(c));
	json_object_set_new(o, name, list);
}

static json_t *vulnerability(const struct xml_node *n)
{
	static const char *const attrs[] = {"bom-ref", NULL}, *const none[] = {NULL};
	static const char *const elements[] = {"id", "description", "detail", "recommendation",
	                                       NULL};
	static const char *const source[] = {"name", "url", NULL};
	static const char *const analysis[] = {"state", "justification", "detail", NULL};
	const struct xml_node *from = xml_child(n, "source"), *why = xml_child(n, "analysis");
	json_t *o = json_object();
	put_all(o, n, attrs, elements);
	if (from) {
		json_object_set_new(o, "source", json_object());
		put_all(json_object_get(o, "source"), from, none, source);
	}
	if (why) {
		json_object_set_new(o, "analysis", json_object());
		put_all(json_object_get(o, "analysis"), why, none, analysis);
	}
	put_list(o, n, "ratings", rating);
	put_list(o, n, "cwes", cwe);
	put_list(o, n, "affects", target);
	return o;
}

/* Until 1.4 a list of tools, since 1.5 components beside it. */
static json_t *tools(const struct xml_node *n)
{
	const struct xml_node *new = xml_child(n, "components");
	json_t *o = json_object(), *list = json_array();
	if (new) {
		put_list(o, n, "components", component);
		json_decref(list);
		return o;
	}
	json_decref(o);
	for (const struct xml_node *c = xml_child(n, "tool"); c; c = xml_named(c->next, "tool"))
		json_array_append_new(list, component(c));
	return list;
}

/* "xmlns", or "xmlns:PREFIX" where the names have one. */
static struct bytes namespace_of(const struct xml_node *root)
{
	for (const struct xml_pair *at = root->attrs; at; at = at->next) {
		if (bytes_starts(at->value, B(SBOM_XML_NS)))
			return at->value;
	}
	return xml_value(root, "xmlns");
}

json_t *sbom_xml(struct bytes text, const char *name, struct arena *a, struct err *e)
{
	static const char *const none[] = {NULL}, *const attrs[] = {"serialNumber", NULL};
	static const char *const elements[] = {"timestamp", NULL};
	const struct xml_node *root;
	if (xml_load(text, name, (size_t)SBOM_MAX, a, &root, e) < 0)
		return NULL;
	struct bytes ns = namespace_of(root), version = path_base(ns);
	if (!bytes_eq(root->name, B("bom")) || !bytes_starts(ns, B(SBOM_XML_NS))) {
		err_set(e, ERR_FORMAT, "%s: not CycloneDX: <%.*s> of \"%.*s\"", name,
		        BYTES_FMT(root->name), BYTES_FMT(ns));
		return NULL;
	}
	json_t *o = json_object();
	json_object_set_new(o, "bomFormat", json_string("CycloneDX"));
	put(o, "specVersion", version);
	put_all(o, root, attrs, none);
	put_lists(o, root);
	const struct xml_node *from = xml_child(root, "metadata"),
			      *subject = xml_child(from, "component");
	if (!from)
		return o;
	json_t *metadata = json_object();
	json_object_set_new(o, "metadata", metadata);
	put_all(metadata, from, none, elements);
	if (subject)
		json_object_set_new(metadata, "component", component(subject));
	if (xml_child(from, "tools"))
		json_object_set_new(metadata, "tools", tools(xml_child(from, "tools")));
	return o;
}
