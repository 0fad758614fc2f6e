/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_cargo.c - Cargo.lock, and Manifest.toml of Julia.
 *
 * Format: doc.rust-lang.org/cargo, "Cargo.lock"; a dependency is "name", "name version" or
 * "name version (source)", as much as is needed to tell it.  pkgdocs.julialang.org, "Project.toml
 * and Manifest.toml": a list per name, below "deps" since format 2.  What is part of Julia itself
 * has no version of its own there, and is of julia_version, which stands there since format 2.
 */
#include "fmt/lock.h"

static void needs(struct lock_out *o, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct bytes d = json_bytes(json_array_get(list, i)), name = d, version = {NULL, 0};
		bytes_word(&d, &name);
		bytes_word(&d, &version);
		lock_need(o, name, version);
	}
}

int lock_cargo(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_toml(text, "Cargo.lock", &root, e) < 0)
		return -1;
	const json_t *list = lock_part(o, root, "package", JSON_ARRAY);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *at = json_array_get(list, i);
		struct lang_package p = {.name = json_text(at, "name"),
		                         .version = json_text(at, "version"),
		                         .source = json_text(at, "source")};
		p.scope = p.source.n ? LANG_RUN : LANG_OWN;
		if (!bytes_starts(p.source, B("git+")))
			p.source = (struct bytes){NULL, 0};
		needs(o, json_object_get(at, "dependencies"));
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

/* 8-4-4-4-12 hexadecimal digits; another is none. */
static struct bytes uuid_of(const json_t *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	struct bytes u = json_bytes(text);
	if (u.n != sizeof form - 1)
		return (struct bytes){NULL, 0};
	for (size_t i = 0; i < u.n; i++) {
		uint64_t digit;
		if (form[i] == '-' ? u.p[i] != '-'
		                   : !bytes_hex(bytes_slice(u, i, i + 1), 15, &digit))
			return (struct bytes){NULL, 0};
	}
	return u;
}

/* A table has the UUID of each; a list only stands where no two packages share a name. */
static void needs_julia(struct lock_out *o, const json_t *deps)
{
	struct lock_members m = lock_members(deps);
	while (lock_next(&m))
		lock_need(o, m.key, uuid_of(m.value));
	for (size_t i = 0; i < json_array_size(deps); i++)
		lock_need(o, json_bytes(json_array_get(deps, i)), (struct bytes){NULL, 0});
}

int lock_julia(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_toml(text, "Manifest.toml", &root, e) < 0)
		return -1;
	const json_t *deps = json_obj(root, "deps");
	struct bytes julia = json_text(root, "julia_version");
	struct lock_members m = lock_members(deps ? deps : root);
	while (lock_next(&m)) {
		for (size_t i = 0; i < json_array_size(m.value); i++) {
			const json_t *at = json_array_get(m.value, i);
			struct lang_package p = {.name = m.key,
			                         .version = json_text(at, "version"),
			                         .source = json_text(at, "repo-url"),
			                         .uuid = uuid_of(json_object_get(at, "uuid"))};
			if (!json_is_object(at))
				continue;
			if (json_object_get(at, "path"))
				p.scope = LANG_OWN;
			else if (!p.version.n) /* part of Julia itself */
				p.version = julia;
			needs_julia(o, json_object_get(at, "deps"));
			if (lock_put(o, &p, e) < 0)
				return -1;
		}
	}
	return lock_end(o, e);
}
