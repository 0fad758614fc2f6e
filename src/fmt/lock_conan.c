/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_conan.c - conan.lock of C and C++.
 *
 * Format: docs.conan.io, "Lockfiles": version 2 has lists of "name/version@user/channel#revision
 * %time"; version 1 a graph of nodes with such a "ref" (before 0.4 a "pref", with the id of the
 * built package behind a colon), of which the one with a "path" is this very tree.
 */
#include "fmt/lock.h"

static bool cut_ref(struct bytes ref, struct lang_package *p)
{
	struct bytes tail;
	if (!bytes_cut(ref, '/', &p->name, &p->version))
		return false;
	for (const char *stop = "@#%:"; *stop; stop++)
		bytes_cut(p->version, (uint8_t)*stop, &p->version, &tail);
	return p->name.n && p->version.n && bytes_find(p->version, '/') < 0;
}

static struct bytes ref_of(const json_t *node)
{
	struct bytes ref = json_text(node, "ref");
	return ref.n ? ref : json_text(node, "pref");
}

static void needs(struct lock_out *o, const json_t *nodes, const json_t *list)
{
	struct lang_package p = {.scope = LANG_RUN};
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *id = json_string_value(json_array_get(list, i));
		if (id && cut_ref(ref_of(json_object_get(nodes, id)), &p))
			lock_need(o, p.name, p.version);
	}
	struct lock_members m = lock_members(list); /* before 0.4 */
	while (lock_next(&m)) {
		if (cut_ref(m.key, &p))
			lock_need(o, p.name, p.version);
	}
}

static int read_graph(struct lock_out *o, const json_t *nodes, struct err *e)
{
	struct lock_members m = lock_members(nodes);
	while (lock_next(&m)) {
		struct lang_package p = {.scope = LANG_RUN};
		if (json_object_get(m.value, "path") || !ref_of(m.value).n)
			continue;
		if (!cut_ref(ref_of(m.value), &p)) {
			lock_odd(o, ref_of(m.value), "not a name and a version");
			continue;
		}
		if (bytes_eq(json_text(m.value, "context"), B("build")))
			p.scope = LANG_DEV;
		needs(o, nodes, json_object_get(m.value, "requires"));
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return 0;
}

int lock_conan(struct bytes text, struct lock_out *o, struct err *e)
{
	static const struct {
		const char *key;
		enum lang_scope scope;
	} lists[] = {
		{"requires",        LANG_RUN},
		{"build_requires",  LANG_DEV},
		{"python_requires", LANG_DEV},
		{"config_requires", LANG_DEV}
        };
	AUTO_JSON json_t *root = NULL;
	if (lock_json(text, "conan.lock", &root, e) < 0)
		return -1;
	const json_t *graph = lock_part(o, root, "graph_lock", JSON_OBJECT);
	if (graph && read_graph(o, json_object_get(graph, "nodes"), e) < 0)
		return -1;
	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		const json_t *list = lock_part(o, root, lists[l].key, JSON_ARRAY);
		for (size_t i = 0; i < json_array_size(list); i++) {
			struct lang_package p = {.scope = lists[l].scope};
			struct bytes ref = json_bytes(json_array_get(list, i));
			if (!cut_ref(ref, &p))
				lock_odd(o, ref, "not a name and a version");
			else if (lock_put(o, &p, e) < 0)
				return -1;
		}
	}
	return lock_end(o, e);
}
