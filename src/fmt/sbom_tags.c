/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom_tags.c - SPDX tag-value as the JSON that says the same.
 *
 * Source: SPDX 2.3, clauses 6 to 12: the tag that begins a section, and the tags within.
 */
#include "fmt/sbom_parts.h"

#include <string.h>

struct tags {
	json_t *root, *creation, *packages, *files, *relations, *package, *file;
	bool is_other; /* within a snippet or a licence */
};

static json_t *text(struct bytes v)
{
	json_t *s = json_stringn((const char *)v.p, v.n);
	return s ? s : json_string("\xef\xbf\xbd"); /* not UTF-8 */
}

static void begin_package(struct tags *t, struct bytes v)
{
	t->package = json_object();
	json_array_append_new(t->packages, t->package);
	json_object_set_new(t->package, "name", text(v));
	t->is_other = false;
	t->file = NULL;
}

static void begin_file(struct tags *t, struct bytes v)
{
	t->file = json_object();
	json_array_append_new(t->files, t->file);
	json_object_set_new(t->file, "fileName", text(v));
	t->is_other = false;
}

/* "SHA1: da39..." */
static void add_checksum(struct tags *t, struct bytes v)
{
	struct bytes algorithm, hex;
	json_t *list = json_object_get(t->file, "checksums"), *o = json_object();
	if (!list) {
		list = json_array();
		json_object_set_new(t->file, "checksums", list);
	}
	bytes_cut(v, ':', &algorithm, &hex);
	json_object_set_new(o, "algorithm", text(bytes_trim(algorithm)));
	json_object_set_new(o, "checksumValue", text(bytes_trim(hex)));
	json_array_append_new(list, o);
}

static void file_tag(struct tags *t, struct bytes tag, struct bytes v)
{
	if (bytes_eq(tag, B("FileChecksum")))
		add_checksum(t, v);
	else if (bytes_eq(tag, B("FileComment")))
		json_object_set_new(t->file, "comment", text(v));
}

/* "SECURITY cpe23Type cpe:2.3:..." */
static void add_ref(struct tags *t, struct bytes v)
{
	struct bytes category, type;
	json_t *list = json_object_get(t->package, "externalRefs");
	if (!bytes_word(&v, &category) || !bytes_word(&v, &type))
		return;
	if (!list) {
		list = json_array();
		json_object_set_new(t->package, "externalRefs", list);
	}
	json_t *ref = json_object();
	json_object_set_new(ref, "referenceType", text(type));
	json_object_set_new(ref, "referenceLocator", text(bytes_trim(v)));
	json_array_append_new(list, ref);
}

static void add_relation(struct tags *t, struct bytes v)
{
	struct bytes from, type, to = {NULL, 0};
	json_t *o = json_object();
	if (bytes_word(&v, &from) && bytes_word(&v, &type)) {
		bytes_word(&v, &to);
		json_object_set_new(o, "spdxElementId", text(from));
		json_object_set_new(o, "relationshipType", text(type));
	}
	json_object_set_new(o, "relatedSpdxElement", text(to));
	json_array_append_new(t->relations, o);
}

static void add_note(struct tags *t, struct bytes v)
{
	if (!t->package || t->file)
		return;
	json_t *list = json_object_get(t->package, "annotations"), *o = json_object();
	if (!list) {
		list = json_array();
		json_object_set_new(t->package, "annotations", list);
	}
	json_object_set_new(o, "comment", text(v));
	json_array_append_new(list, o);
}

static const struct {
	const char *tag, *key;
} package_tags[] = {
	{"SPDXID",                  "SPDXID"               },
	{"PackageVersion",          "versionInfo"          },
	{"PackageSupplier",         "supplier"             },
	{"PackageHomePage",         "homepage"             },
	{"PackageSourceInfo",       "sourceInfo"           },
	{"PackageDescription",      "description"          },
	{"PackageLicenseConcluded", "licenseConcluded"     },
	{"PackageLicenseDeclared",  "licenseDeclared"      },
	{"PrimaryPackagePurpose",   "primaryPackagePurpose"},
};

static void package_tag(struct tags *t, struct bytes tag, struct bytes v)
{
	for (size_t i = 0; i < ARRAY_LEN(package_tags); i++) {
		if (bytes_eq(tag, bytes_str(package_tags[i].tag)))
			json_object_set_new(t->package, package_tags[i].key, text(v));
	}
	if (bytes_eq(tag, B("ExternalRef")))
		add_ref(t, v);
}

static void put_tag(struct tags *t, struct bytes tag, struct bytes v)
{
	static const char *const others[] = {"SnippetSPDXID", "LicenseID", NULL};
	for (size_t i = 0; others[i]; i++)
		t->is_other |= bytes_eq(tag, bytes_str(others[i]));
	if (bytes_eq(tag, B("PackageName")))
		begin_package(t, v);
	else if (bytes_eq(tag, B("FileName")))
		begin_file(t, v);
	else if (bytes_eq(tag, B("Relationship")))
		add_relation(t, v);
	else if (bytes_eq(tag, B("AnnotationComment")))
		add_note(t, v);
	else if (bytes_eq(tag, B("SPDXVersion")))
		json_object_set_new(t->root, "spdxVersion", text(v));
	else if (bytes_eq(tag, B("Created")))
		json_object_set_new(t->creation, "created", text(v));
	else if (t->file && !t->is_other)
		file_tag(t, tag, v);
	else if (t->package && !t->is_other)
		package_tag(t, tag, v);
}

/* A value between <text> and </text> may have several lines. */
static int value_of(struct bytes *rest, struct bytes line, struct bytes *ret, struct err *e)
{
	struct bytes v = bytes_trim(line);
	if (!bytes_starts(v, B("<text>"))) {
		*ret = v;
		return 0;
	}
	struct bytes all = bytes_of(v.p + 6, (size_t)(rest->p + rest->n - (v.p + 6)));
	ssize_t end = bytes_search(all, B("</text>"));
	if (end < 0)
		return err_set(e, ERR_FORMAT, "a <text> is not closed");
	*ret = bytes_slice(all, 0, (size_t)end);
	if (all.p + end + 7 > rest->p) {
		struct bytes tail = bytes_skip(all, (size_t)end + 7), ignored;
		bytes_line(&tail, &ignored);
		*rest = tail;
	}
	return 0;
}

json_t *sbom_tags(struct bytes in, struct err *e)
{
	struct tags t = {.root = json_object(), .creation = json_object()};
	t.packages = json_array();
	t.relations = json_array();
	t.files = json_array();
	json_object_set_new(t.root, "files", t.files);
	json_object_set_new(t.root, "creationInfo", t.creation);
	json_object_set_new(t.root, "packages", t.packages);
	json_object_set_new(t.root, "relationships", t.relations);
	struct bytes rest = in, line, tag, v;
	for (size_t n = 1; bytes_line(&rest, &line); n++) {
		struct bytes trimmed = bytes_trim(line);
		if (!trimmed.n || trimmed.p[0] == '#')
			continue;
		if (!rest.p)
			rest = bytes_of(in.p + in.n, 0);
		if (!bytes_cut(line, ':', &tag, &v)) {
			err_set(e, ERR_FORMAT, "line %zu: \"Tag: value\" is wanted", n);
			json_decref(t.root);
			return NULL;
		}
		if (value_of(&rest, v, &v, e) < 0) {
			err_wrap(e, "line %zu", n);
			json_decref(t.root);
			return NULL;
		}
		put_tag(&t, bytes_trim(tag), v);
	}
	return t.root;
}
