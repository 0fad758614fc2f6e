/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_nuget.c - packages.lock.json, project.assets.json, packages.config, project files, paket.
 *
 * Format: learn.microsoft.com/nuget: the lock maps frameworks to packages, a package to "resolved";
 * of a project file only versions that are numbers are read, properties stay unknown.
 * fsprojects.github.io/Paket, "paket.lock": indented lines below NUGET.
 */
#include "fmt/lock.h"

#include "fmt/xmltree.h"

static void needs(struct lock_out *o, const json_t *deps)
{
	struct lock_members m = lock_members(deps);
	while (lock_next(&m))
		lock_need(o, m.key, (struct bytes){NULL, 0});
}

int lock_nuget(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_json(text, "packages.lock.json", &root, e) < 0)
		return -1;
	struct lock_members framework =
		lock_members(lock_part(o, root, "dependencies", JSON_OBJECT));
	while (lock_next(&framework)) {
		struct lock_members m = lock_members(framework.value);
		while (lock_next(&m)) {
			struct lang_package p = {.name = m.key,
			                         .version = json_text(m.value, "resolved")};
			if (bytes_eq_nocase(json_text(m.value, "type"), B("Project")))
				continue;
			needs(o, json_object_get(m.value, "dependencies"));
			if (lock_put(o, &p, e) < 0)
				return -1;
		}
	}
	return lock_end(o, e);
}

int lock_nuget_assets(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_json(text, "project.assets.json", &root, e) < 0)
		return -1;
	struct lock_members m = lock_members(lock_part(o, root, "libraries", JSON_OBJECT));
	while (lock_next(&m)) {
		struct lang_package p = {.scope = LANG_RUN};
		if (bytes_eq(json_text(m.value, "type"), B("project")))
			p.scope = LANG_OWN;
		bytes_cut(m.key, '/', &p.name, &p.version);
		struct lock_members t = lock_members(json_object_get(root, "targets"));
		if (lock_next(&t))
			needs(o, json_object_get(
					 json_object_getn(t.value, (const char *)m.key.p, m.key.n),
					 "dependencies"));
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

int lock_nuget_config(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct xml_node *root;
	/* Visual Studio wrote blanks before the declaration at times */
	if (xml_load(bytes_trim(text), "packages.config", (size_t)LANG_MANIFEST_MAX, a, &root, e) <
	    0)
		return -1;
	for (const struct xml_node *n = xml_child(root, "package"); n;
	     n = xml_named(n->next, "package")) {
		bool is_dev = bytes_eq_nocase(xml_value(n, "developmentDependency"), B("true"));
		struct lang_package p = {.name = xml_value(n, "id"),
		                         .version = xml_value(n, "version"),
		                         .scope = is_dev ? LANG_DEV : LANG_RUN};
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

/* "1.2", "[1.2]"; neither a property nor a range. */
static struct bytes exact(struct bytes v)
{
	v = bytes_trim(v);
	if (bytes_starts(v, B("[")) && bytes_ends(v, B("]")))
		v = bytes_slice(v, 1, v.n - 1);
	bool is_exact = v.n && is_digit(v.p[0]) && bytes_find(v, ',') < 0 && bytes_find(v, '*') < 0;
	return is_exact ? v : (struct bytes){NULL, 0};
}

static int reference(struct lock_out *o, const struct xml_node *n, struct err *e)
{
	struct bytes version = xml_value(n, "Version");
	bool is_private = bytes_eq_nocase(xml_value(n, "PrivateAssets"), B("all")) ||
	                  bytes_eq_nocase(xml_text(n, "PrivateAssets"), B("all"));
	struct lang_package p = {.name = xml_value(n, "Include"),
	                         .version = exact(version.n ? version : xml_text(n, "Version")),
	                         .scope = is_private ? LANG_DEV : LANG_RUN};
	if (!p.name.n)
		p.name = xml_value(n, "Update");
	if (!p.name.n || bytes_search(p.name, B("$(")) >= 0) {
		o->unpinned++;
		return 0;
	}
	return lock_put(o, &p, e);
}

int lock_nuget_project(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct xml_node *root;
	if (xml_load(bytes_trim(text), "project file", (size_t)LANG_MANIFEST_MAX, a, &root, e) < 0)
		return -1;
	if (!bytes_eq(root->name, B("Project")))
		return err_set(e, ERR_FORMAT, "project file: line %u: not a <Project>", root->line);
	for (const struct xml_node *g = xml_child(root, "ItemGroup"); g;
	     g = xml_named(g->next, "ItemGroup")) {
		for (const struct xml_node *n = g->child; n; n = n->next) {
			bool is_one = bytes_eq(n->name, B("PackageReference")) ||
			              bytes_eq(n->name, B("PackageVersion")) ||
			              bytes_eq(n->name, B("GlobalPackageReference"));
			if (is_one && reference(o, n, e) < 0)
				return -1;
		}
	}
	return lock_end(o, e);
}

/* ---- paket ---- */

static size_t indent(struct bytes line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

struct paket {
	struct lock_out *o;
	struct lang_package p; /* waits for what it needs */
	bool is_nuget, is_open;
};

static int paket_end(struct paket *k, struct err *e)
{
	if (!k->is_open)
		return 0;
	k->is_open = false;
	return lock_put(k->o, &k->p, e);
}

/* "name (version)", indented by four; "name (range)" by six is what it needs. */
static void paket_entry(struct paket *k, struct bytes line, bool is_need)
{
	struct bytes name, version, tail;
	if (!bytes_word(&line, &name))
		return;
	if (is_need) {
		lock_need(k->o, name, (struct bytes){NULL, 0});
		return;
	}
	line = bytes_trim(line);
	if (!bytes_starts(line, B("(")) || !bytes_cut(bytes_skip(line, 1), ')', &version, &tail))
		return;
	k->p = (struct lang_package){.name = name, .version = version};
	k->is_open = true;
}

int lock_paket(struct bytes text, struct lock_out *o, struct err *e)
{
	struct paket k = {.o = o};
	struct bytes line;
	while (bytes_line(&text, &line)) {
		size_t n = indent(line);
		struct bytes word = bytes_trim(line);
		if (!word.n)
			continue;
		if (n <= 4 && paket_end(&k, e) < 0)
			return -1;
		if (n == 0) /* "RESTRICTION: ..." belongs to what stands above */
			k.is_nuget = bytes_eq(word, B("NUGET")) ||
			             (k.is_nuget && bytes_find(word, ':') > 0);
		else if (n >= 4 && k.is_nuget)
			paket_entry(&k, line, n > 4);
	}
	return paket_end(&k, e) < 0 ? -1 : lock_end(o, e);
}
