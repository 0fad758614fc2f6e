/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom_cdx_check.c - the rules of CycloneDX that say whether what is read can be believed: required
 * members, closed sets of words, forms of digests, identifiers and times.
 *
 * A table per kind of object; what no table names is not looked at.
 * Source: CycloneDX specification, bom-1.4.schema.json to bom-1.7.schema.json.
 */
#include "fmt/sbom_parts.h"

#include <string.h>

#include "fmt/spdx_license.h"

struct place {
	struct sbom_reader *r;
	const char *path;
	struct map *refs; /* every bom-ref */
};

struct shape;
struct rule {
	const char *key;
	const char *const *words;       /* one of these; NULL: any */
	const struct shape *shape;      /* of the object, or of each in the list */
	bool (*is_valid)(struct bytes); /* of text */
	bool is_needed;
};
struct shape {
	const struct rule *rules;                               /* ended by one without key */
	void (*extra)(const struct place *at, const json_t *o); /* NULL: none */
	bool is_closed;                                         /* no other members */
};

static void check(const struct place *at, const json_t *o, const struct shape *shape);

/* ---- forms of text ---- */

static bool is_not_empty(struct bytes v) { return v.n > 0; }

static bool is_serial(struct bytes v)
{
	static const char form[] = "urn:uuid:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	for (size_t i = 0; i < v.n && i < sizeof form - 1; i++) {
		bool is_hex = is_digit(v.p[i]) || (v.p[i] >= 'a' && v.p[i] <= 'f');
		if (form[i] == 'x' ? !is_hex : v.p[i] != (uint8_t)form[i])
			return false;
	}
	return v.n == sizeof form - 1;
}

static bool is_time(struct bytes v)
{
	int64_t s;
	return v.n > 10 && clock_parse(v, &s);
}

static bool is_digest(struct bytes v)
{
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = to_lower(v.p[i]);
		if (!is_digit(c) && (c < 'a' || c > 'f'))
			return false;
	}
	return v.n == 32 || v.n == 40 || v.n == 64 || v.n == 96 || v.n == 128;
}

static bool is_license(struct bytes v)
{
	struct bytes ignored;
	return spdx_license_known(v, &ignored);
}

/* ---- tables ---- */

static const char *const component_types[] = {"application",
                                              "framework",
                                              "library",
                                              "container",
                                              "platform",
                                              "operating-system",
                                              "device",
                                              "device-driver",
                                              "firmware",
                                              "file",
                                              "machine-learning-model",
                                              "data",
                                              "cryptographic-asset",
                                              NULL};
static const char *const scopes[] = {"required", "optional", "excluded", NULL};
static const char *const algorithms[] = {"MD5",          "SHA-1",        "SHA-256",     "SHA-384",
                                         "SHA-512",      "SHA3-256",     "SHA3-384",    "SHA3-512",
                                         "BLAKE2b-256",  "BLAKE2b-384",  "BLAKE2b-512", "BLAKE3",
                                         "Streebog-256", "Streebog-512", NULL};
static const char *const patch_types[] = {"unofficial", "monkey", "backport", "cherry-pick", NULL};
static const char *const issue_types[] = {"defect", "enhancement", "security", NULL};
static const char *const flows[] = {"inbound", "outbound", "bi-directional", "unknown", NULL};
static const char *const encodings[] = {"base64", NULL};

static const struct rule property_rules[] = {
	{"name",  NULL, NULL, NULL, true },
	{"value", NULL, NULL, NULL, false},
	{NULL,    NULL, NULL, NULL, false}
};
static const struct shape property = {property_rules, NULL, true};

static const struct rule text_rules[] = {
	{"encoding", encodings, NULL, NULL, false},
        {NULL,       NULL,      NULL, NULL, false}
};
static const struct shape text = {text_rules, NULL, false};

static void license_extra(const struct place *at, const json_t *o)
{
	if (!json_object_get(o, "id") == !json_object_get(o, "name"))
		sbom_fault(at->r, "%s: either id or name is wanted", at->path);
}
static const struct rule license_rules[] = {
	{"id",         NULL, NULL,      is_license, false},
	{"text",       NULL, &text,     NULL,       false},
	{"properties", NULL, &property, NULL,       false},
	{NULL,         NULL, NULL,      NULL,       false}
};
static const struct shape license = {license_rules, license_extra, false};

static void choice_extra(const struct place *at, const json_t *o)
{
	if (!json_object_get(o, "license") == !json_object_get(o, "expression"))
		sbom_fault(at->r, "%s: either license or expression is wanted", at->path);
}
static const struct rule choice_rules[] = {
	{"license", NULL, &license, NULL, false},
        {NULL,      NULL, NULL,     NULL, false}
};
static const struct shape choice = {choice_rules, choice_extra, false};

static const struct rule hash_rules[] = {
	{"alg",     algorithms, NULL, NULL,      true },
	{"content", NULL,       NULL, is_digest, true },
	{NULL,      NULL,       NULL, NULL,      false}
};
static const struct shape hash = {hash_rules, NULL, false};

static const struct rule swid_rules[] = {
	{"tagId", NULL, NULL, NULL, true },
	{"name",  NULL, NULL, NULL, true },
	{NULL,    NULL, NULL, NULL, false}
};
static const struct shape swid = {swid_rules, NULL, false};

static const struct rule issue_rules[] = {
	{"type", issue_types, NULL, NULL, true },
        {NULL,   NULL,        NULL, NULL, false}
};
static const struct shape issue = {issue_rules, NULL, false};
static const struct rule patch_rules[] = {
	{"type",     patch_types, NULL,   NULL, true },
	{"resolves", NULL,        &issue, NULL, false},
	{NULL,       NULL,        NULL,   NULL, false}
};
static const struct shape patch = {patch_rules, NULL, false};
static const struct rule pedigree_rules[] = {
	{"patches", NULL, &patch, NULL, false},
        {NULL,      NULL, NULL,   NULL, false}
};
static const struct shape pedigree = {pedigree_rules, NULL, false};

/* Before 1.7 there is either one expression or any number of licences. */
static void licenses_extra(const struct place *at, const json_t *o)
{
	const json_t *list = json_list(o, "licenses");
	bool is_mixed = false;
	for (size_t i = 0; i < json_array_size(list) && json_array_size(list) > 1; i++)
		is_mixed |= json_object_get(json_array_get(list, i), "expression") != NULL;
	if (is_mixed && !bytes_eq(at->r->s->version, B("1.7")))
		sbom_fault(at->r, "%s.licenses: an expression stands alone", at->path);
}

static void ref_extra(const struct place *at, const json_t *o)
{
	struct bytes ref = json_text(o, "bom-ref");
	bool is_new = true;
	if (ref.n)
		map_put(at->refs, ref, &is_new);
	if (!is_new)
		sbom_fault(at->r, "%s: the bom-ref \"%.*s\" is there twice", at->path,
		           BYTES_FMT(ref));
	licenses_extra(at, o);
}

static void component_extra(const struct place *at, const json_t *o)
{
	ref_extra(at, o);
	if (json_object_get(o, "version") && json_object_get(o, "versionRange"))
		sbom_fault(at->r, "%s: version and versionRange exclude each other", at->path);
}
static const struct shape component;
static const struct rule component_rules[] = {
	{"type",       component_types, NULL,       NULL,         true },
	{"name",       NULL,            NULL,       NULL,         true },
	{"bom-ref",    NULL,            NULL,       is_not_empty, false},
	{"scope",      scopes,          NULL,       NULL,         false},
	{"hashes",     NULL,            &hash,      NULL,         false},
	{"licenses",   NULL,            &choice,    NULL,         false},
	{"swid",       NULL,            &swid,      NULL,         false},
	{"pedigree",   NULL,            &pedigree,  NULL,         false},
	{"properties", NULL,            &property,  NULL,         false},
	{"components", NULL,            &component, NULL,         false},
	{NULL,         NULL,            NULL,       NULL,         false}
};
static const struct shape component = {component_rules, component_extra, false};

static const struct rule data_rules[] = {
	{"flow",           flows, NULL, NULL, true },
	{"classification", NULL,  NULL, NULL, true },
	{NULL,             NULL,  NULL, NULL, false}
};
static const struct shape data = {data_rules, NULL, false};
static const struct rule service_rules[] = {
	{"name",       NULL, NULL,      NULL, true },
	{"data",       NULL, &data,     NULL, false},
	{"licenses",   NULL, &choice,   NULL, false},
	{"properties", NULL, &property, NULL, false},
	{NULL,         NULL, NULL,      NULL, false}
};
static const struct shape service = {service_rules, ref_extra, false};

static const struct rule dependency_rules[] = {
	{"ref", NULL, NULL, is_not_empty, true },
        {NULL,  NULL, NULL, NULL,         false}
};
static const struct shape dependency = {dependency_rules, NULL, false};

static void citation_extra(const struct place *at, const json_t *o)
{
	if (!json_object_get(o, "attributedTo") && !json_object_get(o, "process"))
		sbom_fault(at->r, "%s: attributedTo or process is wanted", at->path);
	if (!json_object_get(o, "pointers") == !json_object_get(o, "expressions"))
		sbom_fault(at->r, "%s: either pointers or expressions are wanted", at->path);
}
static const struct rule citation_rules[] = {
	{"timestamp", NULL, NULL, is_time, true },
        {NULL,        NULL, NULL, NULL,    false}
};
static const struct shape citation = {citation_rules, citation_extra, false};

static const struct rule metadata_rules[] = {
	{"timestamp",               NULL, NULL,       is_time, false},
	{"licenses",                NULL, &choice,    NULL,    false},
	{"properties",              NULL, &property,  NULL,    false},
	{"component",               NULL, &component, NULL,    false},
	{"lifecycles",              NULL, NULL,       NULL,    false},
	{"tools",		   NULL, NULL,       NULL,    false},
	{"manufacturer",            NULL, NULL,       NULL,    false},
	{"authors",                 NULL, NULL,       NULL,    false},
	{"manufacture",             NULL, NULL,       NULL,    false},
	{"supplier",                NULL, NULL,       NULL,    false},
	{"distributionConstraints", NULL, NULL,       NULL,    false},
	{NULL,		      NULL, NULL,       NULL,    false}
};
static const struct shape metadata = {metadata_rules, licenses_extra, true};

static const struct rule bom_rules[] = {
	{"serialNumber", NULL, NULL,        is_serial, false},
	{"metadata",     NULL, &metadata,   NULL,      false},
	{"components",   NULL, &component,  NULL,      false},
	{"services",     NULL, &service,    NULL,      false},
	{"dependencies", NULL, &dependency, NULL,      false},
	{"citations",    NULL, &citation,   NULL,      false},
	{"properties",   NULL, &property,   NULL,      false},
	{NULL,           NULL, NULL,        NULL,      false}
};
static const struct shape bom = {bom_rules, NULL, false};

/* ---- walking ---- */

static bool is_word(struct bytes v, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		if (bytes_eq(v, bytes_str(words[i])))
			return true;
	}
	return false;
}

static void check_list(const struct place *at, const struct rule *rule, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct place in = *at;
		in.path = arena_printf(at->r->a, "%s%s%s[%zu]", at->path, at->path[0] ? "." : "",
		                       rule->key, i);
		check(&in, json_array_get(list, i), rule->shape);
	}
}

static void check_member(const struct place *at, const struct rule *rule, const json_t *v)
{
	struct bytes said = json_bytes(v);
	bool is_wrong = (rule->words && !is_word(said, rule->words)) ||
	                (rule->is_valid && !rule->is_valid(said));
	const char *dot = at->path[0] ? "." : "";
	if (is_wrong) {
		sbom_fault(at->r, "%s%s%s: \"%.*s\" is none", at->path, dot, rule->key,
		           (int)MIN_OF(said.n, (size_t)80), said.n ? (const char *)said.p : "");
	} else if (rule->shape && json_is_array(v)) {
		check_list(at, rule, v);
	} else if (rule->shape) {
		struct place in = *at;
		in.path = arena_printf(at->r->a, "%s%s%s", at->path, dot, rule->key);
		check(&in, v, rule->shape);
	}
}

static void check_closed(const struct place *at, const json_t *o, const struct rule *rules)
{
	const char *key;
	const json_t *v;
	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		const struct rule *rule = rules;
		while (rule->key && strcmp(rule->key, key) != 0)
			rule++;
		if (!rule->key)
			sbom_fault(at->r, "%s has no member %.80s", at->path, key);
	}
}

/* As deep as JSON_DEPTH_MAX lets a document be. */
static void check(const struct place *at, const json_t *o, const struct shape *shape)
{
	if (!json_is_object(o)) {
		sbom_fault(at->r, "%s is no object", at->path);
		return;
	}
	for (const struct rule *rule = shape->rules; rule->key; rule++) {
		const json_t *v = json_object_get(o, rule->key);
		if (v)
			check_member(at, rule, v);
		else if (rule->is_needed)
			sbom_fault(at->r, "%s has no %s", at->path, rule->key);
	}
	if (shape->is_closed)
		check_closed(at, o, shape->rules);
	if (shape->extra)
		shape->extra(at, o);
}

void sbom_cdx_check(struct sbom_reader *r, const json_t *root)
{
	AUTO_MAP struct map *refs = map_new();
	struct place at = {r, "", refs};
	check(&at, root, &bom);
}
