/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom.c - recognises a bill of materials and has it read.
 */
#include "fmt/sbom.h"

#include <stdarg.h>
#include <string.h>

#include "fmt/sbom_parts.h"

enum { FAULTS_SHOWN = 100 }; /* the rest is counted by the last one */

/* Room for one more in a list of the arena's; what it held is copied. */
static void *more(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	size_t want = *cap ? *cap * 2 : 4;
	void *to = arena_alloc(a, want * size);
	if (n)
		memcpy(to, v, n * size);
	*cap = want;
	return to;
}

#define MORE(r, o, list)                                                                           \
	((o)->list = more((r)->a, (o)->list, (o)->n_##list, &(o)->cap_##list, sizeof *(o)->list),  \
	 &(o)->list[(o)->n_##list++])

void sbom_fault(struct sbom_reader *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (r->s->n_faults == FAULTS_SHOWN || n < 0)
		return;
	struct bytes *to = MORE(r, r->s, faults);
	*to = r->s->n_faults == FAULTS_SHOWN
	              ? B("more than can be named")
	              : arena_dup(r->a, bytes_of(text, MIN_OF((size_t)n, sizeof text - 1)));
}

struct sbom_package *sbom_package_add(struct sbom_reader *r)
{
	struct sbom_package *p = MORE(r, r->s, packages);
	*p = (struct sbom_package){
		.ref = {NULL, 0}
        };
	return p;
}

void sbom_file_add(struct sbom_reader *r, const struct sbom_file *f,
                   const struct sbom_package *from)
{
	struct bytes name = f->name;
	name = bytes_skip(name, bytes_starts(name, B("./")) ? 2 : bytes_starts(name, B("/")));
	if (!name.n || (!f->sha1.n && !f->sha256.n))
		return;
	struct sbom_file *to = MORE(r, r->s, files);
	*to = *f;
	to->name = name;
	to->pairs = from->pairs;
	to->n_pairs = from->n_pairs;
}

static bool is_hex(struct bytes text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}

void sbom_file_digest(struct sbom_file *f, struct bytes algorithm, struct bytes hex)
{
	static const char *const sha1[] = {"SHA-1", "SHA1", "sha1"};
	static const char *const sha256[] = {"SHA-256", "SHA256", "sha256"};
	for (size_t i = 0; i < ARRAY_LEN(sha1) && is_hex(hex); i++) {
		if (bytes_eq(algorithm, bytes_str(sha1[i])) && hex.n == 40)
			f->sha1 = hex;
		if (bytes_eq(algorithm, bytes_str(sha256[i])) && hex.n == 64)
			f->sha256 = hex;
	}
}

void sbom_license_add(struct sbom_reader *r, struct sbom_package *p, struct bytes text)
{
	if (!text.n || bytes_eq(text, B("NOASSERTION")) || bytes_eq(text, B("NONE")))
		return;
	struct bytes *to = MORE(r, p, licenses);
	*to = text;
}

void sbom_pair_add(struct sbom_reader *r, struct sbom_package *p, struct bytes key,
                   struct bytes value)
{
	struct sbom_pair *to = MORE(r, p, pairs);
	*to = (struct sbom_pair){key, value};
}

void sbom_edge_add(struct sbom_reader *r, struct bytes from, struct bytes to)
{
	struct sbom_edge *edge = MORE(r, r->s, edges);
	*edge = (struct sbom_edge){from, to};
}

struct bytes sbom_lower(struct arena *a, struct bytes text)
{
	uint8_t *to = arena_alloc(a, text.n + 1);
	for (size_t i = 0; i < text.n; i++)
		to[i] = text.p[i] == '_' ? '-' : to_lower(text.p[i]);
	return bytes_of(to, text.n);
}

void sbom_comment(struct sbom_reader *r, struct sbom_package *p, struct bytes comment)
{
	AUTO_JSON json_t *root = NULL;
	struct err ignored;
	const char *key;
	json_t *list, *item;
	size_t i;
	if (!bytes_starts(comment, B("assay:{")))
		return; /* somebody else's */
	if (json_load_data(bytes_skip(comment, 6), "annotation", (size_t)SBOM_MAX, &root,
	                   &ignored)) {
		sbom_fault(r, "an annotation of assay's is not readable");
		return;
	}
	json_object_foreach(root, key, list)
	{
		struct bytes name = bytes_str(arena_printf(r->a, "assay:%s", key));
		json_array_foreach(list, i, item)
			sbom_pair_add(r, p, name, arena_dup(r->a, json_bytes(item)));
	}
}

static int unknown(const char *name, struct bytes head, struct err *e)
{
	static const struct {
		const char *mark, *what;
	} others[] = {
		{"<rdf:RDF",      "SPDX in RDF"},
		{"<spdxVersion>", "SPDX in XML"},
	};
	head = bytes_slice(head, 0, 4096);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (bytes_search(head, bytes_str(others[i].mark)) >= 0)
			return err_set(e, ERR_UNSUPPORTED, "%s: %s is not read", name,
			               others[i].what);
	}
	return err_set(e, ERR_FORMAT, "%s: not a bill of materials that assay knows", name);
}

static int parse_json(struct sbom_reader *r, const json_t *root, struct err *e)
{
	if (json_object_get(root, "bomFormat") || json_object_get(root, "specVersion"))
		return sbom_cdx(r, root, e);
	if (json_object_get(root, "spdxVersion"))
		return sbom_spdx(r, root, e);
	if (json_object_get(root, "@graph") || json_object_get(root, "@context"))
		return sbom_spdx3(r, root, e);
	if (json_object_get(root, "artifacts"))
		return err_set(e, ERR_UNSUPPORTED, "Syft's own JSON is not read");
	return err_set(e, ERR_FORMAT, "not a bill of materials that assay knows");
}

/* What is wrapped: the predicate of an in-toto statement, and GitHub's export ("sbom"). */
static const json_t *unwrap(const json_t *root)
{
	const json_t *inner = json_obj(root, "sbom");
	if (sbom_is_predicate(json_text(root, "predicateType")))
		inner = json_obj(root, "predicate");
	if (inner && json_obj(inner, "Data"))
		inner = json_obj(inner, "Data");
	return inner ? inner : root;
}

static bool has(struct bytes head, const char *text)
{
	return bytes_search(bytes_slice(head, 0, 4096), bytes_str(text)) >= 0;
}

/* Any form as the JSON that says the same.  in: the text, and what is left without a byte order
 * mark and blanks before it. */
static int load(const struct bytes in[2], const char *name, struct arena *a, json_t **ret,
                struct err *e)
{
	struct bytes text = in[0], head = in[1];
	if (head.n && (head.p[0] == '{' || head.p[0] == '['))
		return json_load_data(text, name, (size_t)SBOM_MAX, ret, e);
	if (has(head, "SPDXVersion:")) {
		*ret = sbom_tags(head, e);
		return *ret ? 0 : err_wrap(e, "%s", name);
	}
	if (has(head, "<bom") || has(head, SBOM_XML_NS)) {
		*ret = sbom_xml(head, name, a, e);
		return *ret ? 0 : -1;
	}
	/* the members of JSON in YAML */
	if (!bytes_starts(head, B("<")) && (has(head, "spdxVersion:") || has(head, "SPDXID:")))
		return yaml_load(head, name, YAML_FEED, ret, e);
	return unknown(name, head, e);
}

int sbom_parse(struct bytes text, const char *name, struct arena *a, struct sbom_keep *keep,
               struct sbom *ret, struct err *e)
{
	*ret = (struct sbom){.form = "SPDX"};
	*keep = (struct sbom_keep){NULL};
	struct sbom_reader r = {a, ret};
	struct bytes head = text;
	if (text.n > (size_t)SBOM_MAX)
		return err_set(e, ERR_LIMIT, "%s: %zu bytes, at most %lld", name, text.n,
		               (long long)SBOM_MAX);
	if (bytes_starts(head, B("\xef\xbb\xbf")))
		head = bytes_skip(head, 3);
	head = bytes_trim(head);
	if (load((const struct bytes[]){text, head}, name, a, &keep->json, e) < 0)
		return -1;
	if (parse_json(&r, unwrap(keep->json), e) == 0)
		return 0;
	sbom_release(keep);
	return err_wrap(e, "%s", name);
}

void sbom_release(struct sbom_keep *keep)
{
	json_decref(keep->json);
	keep->json = NULL;
}

/* in-toto attestation spec/predicates: cyclonedx.md, spdx.md; versions may follow, parted by "/".
 */
bool sbom_is_predicate(struct bytes type)
{
	static const char *const types[] = {
		"https://cyclonedx.org/bom", "https://cyclonedx.org/schema",
		"https://spdx.dev/Document", "https://spdx.org/spdxdocs"};
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (bytes_starts(type, bytes_str(types[i])))
			return true;
	}
	return false;
}

int sbom_parse_predicate(const json_t *predicate, const char *name, struct arena *a,
                         struct sbom_keep *keep, struct sbom *ret, struct err *e)
{
	const json_t *data = json_object_get(predicate, "Data");
	if (json_is_string(data))
		return sbom_parse(json_bytes(data), name, a, keep, ret, e);
	char *text = json_dumps(data ? data : predicate, JSON_COMPACT);
	if (!text)
		return err_set(e, ERR_FORMAT, "%s: the statement has no predicate", name);
	int rc = sbom_parse(arena_dup(a, bytes_str(text)), name, a, keep, ret, e);
	free(text);
	return rc;
}
