/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_java.c - pom.xml, and the lock files of Gradle and sbt.
 *
 * Format: maven.apache.org, "POM Reference": what a pom pins itself, properties put in and its own
 * dependencyManagement asked; parents and what is imported lie elsewhere.  docs.gradle.org,
 * "Locking versions" ("group:name:version=configurations"), "Verifying dependencies", "Version
 * catalogs"; sbt-dependency-lock.
 */
#include "fmt/lock.h"

#include "fmt/toml.h"
#include "fmt/xmltree.h"

struct pom {
	const struct xml_node *root;
	struct arena *a;
	struct lock_out *o;
};

static struct bytes property(const struct pom *p, struct bytes name)
{
	if (bytes_starts(name, B("project.")) || bytes_starts(name, B("pom."))) {
		struct bytes head, what;
		bytes_cut(name, '.', &head, &what);
		const struct xml_node *parent = xml_child(p->root, "parent");
		if (bytes_starts(what, B("parent.")))
			return xml_text(parent, arena_str(p->a, bytes_skip(what, 7)));
		const char *key = arena_str(p->a, what);
		struct bytes own = xml_text(p->root, key);
		bool is_inherited = bytes_eq(what, B("version")) || bytes_eq(what, B("groupId"));
		return own.n || !is_inherited ? own : xml_text(parent, key);
	}
	if (bytes_eq(name, B("version")))
		return xml_text(p->root, "version");
	return xml_text(xml_child(p->root, "properties"), arena_str(p->a, name));
}

/* One round: each "${name}" replaced; what is not known stays. */
static bool expand(const struct pom *p, struct bytes in, struct buf *out)
{
	bool is_any = false;
	for (ssize_t at; (at = bytes_search(in, B("${"))) >= 0;) {
		struct bytes name, rest;
		buf_add(out, bytes_slice(in, 0, (size_t)at));
		in = bytes_skip(in, (size_t)at);
		if (!bytes_cut(bytes_skip(in, 2), '}', &name, &rest))
			break;
		struct bytes value = property(p, name);
		buf_add(out, value.p ? value : bytes_slice(in, 0, name.n + 3));
		is_any |= value.p != NULL;
		in = rest;
	}
	buf_add(out, in);
	return is_any;
}

static struct bytes filled(const struct pom *p, struct bytes text)
{
	for (int i = 0; i < (int)POM_ROUNDS_MAX && bytes_search(text, B("${")) >= 0; i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)LANG_FIELD_MAX);
		if (!expand(p, text, &b) || b.overflow)
			break;
		text = arena_dup(p->a, bytes_trim(buf_bytes(&b)));
	}
	return text;
}

/* "[1.0]" is 1.0; other ranges pin nothing. */
static struct bytes pinned(struct bytes v)
{
	bool is_hard = bytes_starts(v, B("[")) && bytes_ends(v, B("]")) && bytes_find(v, ',') < 0;
	if (is_hard)
		return bytes_slice(v, 1, v.n - 1);
	bool is_range = v.n && (v.p[0] == '[' || v.p[0] == '(');
	return is_range || bytes_search(v, B("${")) >= 0 ? (struct bytes){NULL, 0} : v;
}

static bool same_artifact(const struct pom *p, const struct xml_node *a, const struct xml_node *b)
{
	return bytes_eq(filled(p, xml_text(a, "groupId")), filled(p, xml_text(b, "groupId"))) &&
	       bytes_eq(filled(p, xml_text(a, "artifactId")), filled(p, xml_text(b, "artifactId")));
}

static const struct xml_node *managed(const struct pom *p, const struct xml_node *d)
{
	const struct xml_node *list =
		xml_child(xml_child(p->root, "dependencyManagement"), "dependencies");
	for (const struct xml_node *m = xml_child(list, "dependency"); m;
	     m = xml_named(m->next, "dependency")) {
		if (same_artifact(p, m, d))
			return m;
	}
	return NULL;
}

static enum lang_scope scope_of(struct bytes scope, const struct xml_node *d)
{
	if (bytes_eq(scope, B("test")) || bytes_eq(scope, B("provided")))
		return LANG_DEV;
	return bytes_eq(xml_text(d, "optional"), B("true")) ? LANG_OPTIONAL : LANG_RUN;
}

static int dependency(const struct pom *p, const struct xml_node *d, bool is_profile, struct err *e)
{
	struct bytes group = filled(p, xml_text(d, "groupId"));
	struct bytes artifact = filled(p, xml_text(d, "artifactId"));
	struct bytes version = xml_text(d, "version"), scope = xml_text(d, "scope");
	const struct xml_node *m = version.n && scope.n ? NULL : managed(p, d);
	version = version.n ? version : xml_text(m, "version");
	scope = scope.n ? scope : xml_text(m, "scope");
	if (!group.n || !artifact.n || bytes_search(group, B("${")) >= 0 ||
	    bytes_search(artifact, B("${")) >= 0) {
		p->o->unpinned++;
		return 0;
	}
	struct lang_package k = {
		.name = bytes_str(
			arena_printf(p->a, "%.*s:%.*s", BYTES_FMT(group), BYTES_FMT(artifact))),
		.version = pinned(filled(p, version)),
		.scope = is_profile ? LANG_OPTIONAL : scope_of(scope, d),
	};
	return lock_put(p->o, &k, e);
}

static int dependencies(const struct pom *p, const struct xml_node *in, bool is_profile,
                        struct err *e)
{
	for (const struct xml_node *d = xml_child(xml_child(in, "dependencies"), "dependency"); d;
	     d = xml_named(d->next, "dependency")) {
		if (dependency(p, d, is_profile, e) < 0)
			return -1;
	}
	return 0;
}

/* The project itself; what it does not say is its parent's. */
static int project(const struct pom *p, struct err *e)
{
	const struct xml_node *parent = xml_child(p->root, "parent");
	struct bytes group = xml_text(p->root, "groupId"), version = xml_text(p->root, "version");
	struct bytes artifact = filled(p, xml_text(p->root, "artifactId"));
	group = filled(p, group.n ? group : xml_text(parent, "groupId"));
	version = filled(p, version.n ? version : xml_text(parent, "version"));
	if (!group.n || !artifact.n || bytes_search(group, B("${")) >= 0 ||
	    bytes_search(artifact, B("${")) >= 0 || bytes_search(version, B("${")) >= 0)
		return 0;
	struct lang_package k = {
		.name = bytes_str(
			arena_printf(p->a, "%.*s:%.*s", BYTES_FMT(group), BYTES_FMT(artifact))),
		.version = version,
		.scope = LANG_OWN,
	};
	return lock_put(p->o, &k, e);
}

int lock_pom(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct pom p = {.a = a, .o = o};
	if (xml_load(text, "pom.xml", (size_t)LANG_MANIFEST_MAX, a, &p.root, e) < 0 ||
	    dependencies(&p, p.root, false, e) < 0 || project(&p, e) < 0)
		return -1;
	const struct xml_node *profiles = xml_child(p.root, "profiles");
	for (const struct xml_node *f = xml_child(profiles, "profile"); f;
	     f = xml_named(f->next, "profile")) {
		if (dependencies(&p, f, true, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

/* ---- Gradle ---- */

/* "group:name:version" off a coordinate. */
static bool coordinate(struct bytes c, struct bytes *ret_name, struct bytes *ret_version)
{
	ssize_t last = bytes_rfind(c, ':');
	if (last <= 0 || bytes_find(c, ':') == last)
		return false;
	*ret_name = bytes_slice(c, 0, (size_t)last);
	*ret_version = bytes_skip(c, (size_t)last + 1);
	return true;
}

/* All configurations are of tests or of the build itself. */
static bool is_test(struct bytes configurations)
{
	struct bytes one;
	bool is_any = false;
	while (bytes_split(&configurations, ',', &one)) {
		one = bytes_trim(one);
		if (bytes_starts(one, B("test")) || bytes_eq(one, B("classpath")))
			is_any = true;
		else if (one.n)
			return false;
	}
	return is_any;
}

int lock_gradle(struct bytes text, struct lock_out *o, struct err *e)
{
	struct bytes line, where, name, version;
	if (bytes_find(text, 0) >= 0)
		return err_set(e, ERR_FORMAT, "gradle.lockfile: NUL at byte %zd",
		               bytes_find(text, 0));
	while (bytes_line(&text, &line)) {
		line = bytes_trim(line);
		if (!line.n || line.p[0] == '#' || !bytes_cut(line, '=', &line, &where) ||
		    !coordinate(line, &name, &version))
			continue;
		struct lang_package p = {.name = name,
		                         .version = version,
		                         .scope = is_test(where) ? LANG_DEV : LANG_RUN};
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

int lock_gradle_verify(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct xml_node *root;
	if (xml_load(text, "verification-metadata.xml", (size_t)LANG_LIST_MAX, a, &root, e) < 0)
		return -1;
	for (const struct xml_node *c = xml_child(xml_child(root, "components"), "component"); c;
	     c = xml_named(c->next, "component")) {
		struct bytes group = xml_value(c, "group"), name = xml_value(c, "name");
		if (!group.n || !name.n) {
			lock_odd(o, name.n ? name : group, "no group or no name");
			continue;
		}
		struct lang_package p = {
			.name = bytes_str(
				arena_printf(a, "%.*s:%.*s", BYTES_FMT(group), BYTES_FMT(name))),
			.version = xml_value(c, "version"),
		};
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

static struct bytes catalog_version(const json_t *root, const json_t *v)
{
	static const char *const keys[] = {"strictly", "require", "prefer"};
	if (json_is_string(v))
		return json_bytes(v);
	if (json_object_get(v, "ref"))
		return catalog_version(
			NULL, json_object_get(json_object_get(root, "versions"),
		                              json_string_value(json_object_get(v, "ref")) ?: ""));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (json_text(v, keys[i]).n)
			return json_text(v, keys[i]);
	}
	return (struct bytes){NULL, 0};
}

int lock_gradle_catalog(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	AUTO_ARENA struct arena *a = arena_new();
	if (lock_toml(text, "libs.versions.toml", &root, e) < 0)
		return -1;
	struct lock_members m = lock_members(lock_part(o, root, "libraries", JSON_OBJECT));
	while (lock_next(&m)) {
		struct lang_package p = {.name = json_text(m.value, "module")};
		if (json_is_string(m.value))
			coordinate(json_bytes(m.value), &p.name, &p.version);
		else
			p.version = catalog_version(root, json_object_get(m.value, "version"));
		if (!p.name.n)
			p.name = bytes_str(arena_printf(a, "%.*s:%.*s",
			                                BYTES_FMT(json_text(m.value, "group")),
			                                BYTES_FMT(json_text(m.value, "name"))));
		p.version = pinned(p.version);
		if (bytes_find(p.version, '+') >= 0 || bytes_find(p.version, ',') >= 0)
			p.version = (struct bytes){NULL, 0};
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

/* ---- sbt ---- */

static enum lang_scope sbt_scope(const json_t *configurations)
{
	for (size_t i = 0; i < json_array_size(configurations); i++) {
		struct bytes c = json_bytes(json_array_get(configurations, i));
		if (bytes_eq(c, B("compile")) || bytes_eq(c, B("runtime")))
			return LANG_RUN;
	}
	return json_array_size(configurations) ? LANG_DEV : LANG_RUN;
}

int lock_sbt(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	AUTO_ARENA struct arena *a = arena_new();
	if (lock_json(text, "build.sbt.lock", &root, e) < 0)
		return -1;
	const json_t *list = lock_part(o, root, "dependencies", JSON_ARRAY);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *d = json_array_get(list, i);
		struct lang_package p = {
			.name = bytes_str(arena_printf(a, "%.*s:%.*s",
		                                       BYTES_FMT(json_text(d, "org")),
		                                       BYTES_FMT(json_text(d, "name")))),
			.version = json_text(d, "version"),
			.scope = sbt_scope(json_object_get(d, "configurations")),
		};
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}
