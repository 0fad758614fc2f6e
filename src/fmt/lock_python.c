/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_python.c - Pipfile.lock, poetry.lock, pdm.lock, uv.lock, pylock.toml.
 *
 * Format: github.com/pypa/pipfile; python-poetry.org, pdm-project.org, docs.astral.sh/uv: a list
 * "package" of tables, which differ in how they say source, groups and dependencies; PEP 751: the
 * list is "packages".  Names are folded as PEP 503 has it.
 */
#include "fmt/lock.h"

#include <stdlib.h>

#include "fmt/utf16.h"

/* Where a package came from, when that is this very tree: no package of an index. */
static bool is_local(const json_t *p)
{
	static const char *const keys[] = {"editable", "virtual", "directory", "path"};
	const json_t *source = json_object_get(p, "source");
	struct bytes type = json_text(source, "type");
	if (bytes_eq(type, B("directory")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (json_object_get(source, keys[i]))
			return true;
	}
	return json_object_get(p, "directory") || json_object_get(p, "path");
}

static struct bytes source_of(const json_t *p)
{
	const json_t *source = json_object_get(p, "source");
	const json_t *vcs = json_object_get(p, "vcs");
	struct bytes type = json_text(source, "type");
	const struct bytes tries[] = {
		json_text(source, "git"),
		json_text(p, "git"),
		json_text(vcs, "url"),
		bytes_eq(type, B("git")) || bytes_eq(type, B("url")) ? json_text(source, "url")
								     : (struct bytes){NULL, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		if (tries[i].n)
			return tries[i];
	}
	return (struct bytes){NULL, 0};
}

static bool is_dev_word(struct bytes group)
{
	static const char *const words[] = {"dev", "test", "lint", "doc"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (bytes_search(group, bytes_str(words[i])) >= 0)
			return true;
	}
	return false;
}

static enum lang_scope scope_of(const json_t *p)
{
	const json_t *groups = json_list(p, "groups");
	bool is_dev = bytes_eq(json_text(p, "category"), B("dev")), is_run = !groups;
	for (size_t i = 0; i < json_array_size(groups); i++) {
		struct bytes g = json_bytes(json_array_get(groups, i));
		is_run |= bytes_eq(g, B("default")) || bytes_eq(g, B("main"));
		is_dev |= is_dev_word(g);
	}
	if (!is_run || (!groups && is_dev))
		return is_dev ? LANG_DEV : LANG_OPTIONAL;
	return json_is_true(json_object_get(p, "optional")) ? LANG_OPTIONAL : LANG_RUN;
}

/* The name that a requirement of PEP 508 begins with, folded into b. */
static struct bytes folded(struct bytes requirement, struct buf *b)
{
	buf_reset(b);
	struct bytes name = lang_python_name(requirement);
	for (size_t i = 0; i < name.n; i++) {
		bool is_dash = name.p[i] == '-' || name.p[i] == '_' || name.p[i] == '.';
		if (!is_dash)
			buf_addc(b, to_lower(name.p[i]));
		else if (b->n && b->p[b->n - 1] != '-')
			buf_addc(b, '-');
	}
	return buf_bytes(b);
}

/* Dependencies: a list of requirements or of tables with a name, or a table by name. */
static void needs(struct lock_out *o, const json_t *deps)
{
	for (size_t i = 0; i < json_array_size(deps); i++) {
		const json_t *d = json_array_get(deps, i);
		struct bytes name = json_is_object(d) ? json_text(d, "name") : json_bytes(d);
		lock_need(o, folded(name, &o->text), json_text(d, "version"));
	}
	struct lock_members m = lock_members(deps);
	while (lock_next(&m))
		lock_need(o, folded(m.key, &o->text), (struct bytes){NULL, 0});
}

/* ---- what uv's groups reach ---- */

struct reach {
	struct map *by_name; /* folded name → package */
	struct map *seen;
	const json_t **v;
	size_t n, cap;
};

static void reach_all(struct reach *r, const json_t *deps, struct arena *a)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	for (size_t i = 0; i < json_array_size(deps); i++) {
		bool is_new;
		struct bytes name = folded(json_text(json_array_get(deps, i), "name"), &b);
		const union map_value *slot = map_get(r->by_name, name);
		if (!slot)
			continue;
		map_put(r->seen, arena_dup(a, name), &is_new);
		if (!is_new)
			continue;
		r->v = mem_grow(r->v, &r->cap, r->n + 1, sizeof *r->v);
		r->v[r->n++] = slot->p;
	}
}

static void reach_package(struct reach *r, const json_t *p, struct arena *a)
{
	reach_all(r, json_list(p, "dependencies"), a);
	struct lock_members m = lock_members(json_object_get(p, "optional-dependencies"));
	while (lock_next(&m))
		reach_all(r, m.value, a);
}

/* Fills r->seen with what the application needs to run; nothing when no root has groups. */
static void reach_run(struct reach *r, const json_t *list, struct arena *a)
{
	AUTO_BUF struct buf b;
	bool has_groups = false;
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *p = json_array_get(list, i);
		has_groups |= json_object_get(p, "dev-dependencies") != NULL;
		map_put(r->by_name, arena_dup(a, folded(json_text(p, "name"), &b)), NULL)->p =
			(void *)(uintptr_t)p;
	}
	for (size_t i = 0; has_groups && i < json_array_size(list); i++) {
		const json_t *p = json_array_get(list, i);
		if (is_local(p))
			reach_package(r, p, a);
	}
	for (size_t i = 0; i < r->n; i++)
		reach_package(r, r->v[i], a);
}

static int put(struct lock_out *o, const json_t *at, const struct reach *r, struct err *e)
{
	struct bytes name = json_text(at, "name");
	AUTO_BUF struct buf b;
	struct lang_package p = {.version = json_text(at, "version"), .source = source_of(at)};
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	needs(o, json_object_get(at, "dependencies"));
	p.name = folded(name, &b);
	p.scope = scope_of(at);
	if (r->n && !map_get(r->seen, p.name))
		p.scope = LANG_DEV;
	if (is_local(at))
		p.scope = LANG_OWN;
	if (!p.name.n)
		p.name = name;
	return lock_put(o, &p, e);
}

int lock_python_toml(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_MAP struct map *by_name = map_new();
	AUTO_MAP struct map *seen = map_new();
	struct reach r = {.by_name = by_name, .seen = seen};
	if (lock_toml(text, "lock file", &root, e) < 0)
		return -1;
	const json_t *list = lock_part(o, root, "package", JSON_ARRAY);
	list = list ? list : lock_part(o, root, "packages", JSON_ARRAY);
	int rc = 0;
	reach_run(&r, list, a);
	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++)
		rc = put(o, json_array_get(list, i), &r, e);
	free(r.v);
	return rc < 0 ? -1 : lock_end(o, e);
}

/* ---- Pipfile.lock ---- */

static int section(struct lock_out *o, const json_t *all, enum lang_scope scope, struct err *e)
{
	struct lock_members m = lock_members(all);
	while (lock_next(&m)) {
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)LANG_FIELD_MAX);
		struct lang_package p = {.version = json_text(m.value, "version"),
		                         .source = source_of(m.value),
		                         .scope = scope};
		if (is_local(m.value) || json_object_get(m.value, "file"))
			continue;
		while (bytes_starts(p.version, B("=")))
			p.version = bytes_skip(p.version, 1);
		p.name = folded(m.key, &b);
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return 0;
}

int lock_pipfile(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_json(text, "Pipfile.lock", &root, e) < 0 ||
	    section(o, lock_part(o, root, "default", JSON_OBJECT), LANG_RUN, e) < 0 ||
	    section(o, lock_part(o, root, "develop", JSON_OBJECT), LANG_DEV, e) < 0)
		return -1;
	return lock_end(o, e);
}

/* ---- requirements.txt ---- */

/* Joins lines that end in "\", cuts comments; false at the end. */
static bool logical_line(struct bytes *rest, struct buf *b)
{
	struct bytes line;
	bool is_any = false;
	buf_reset(b);
	while (bytes_line(rest, &line)) {
		is_any = true;
		bool is_more = bytes_ends(line, B("\\"));
		buf_add(b, bytes_slice(line, 0, line.n - is_more));
		if (!is_more)
			break;
		buf_addc(b, ' ');
	}
	return is_any;
}

static bool is_version_char(uint8_t c)
{
	return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+' || c == '!';
}

/* "== 1.2" and nothing else: the version; absent when it is a range or has a wildcard. */
static struct bytes pinned(struct bytes spec)
{
	spec = bytes_trim(spec);
	size_t n = 0, len = 0;
	while (n < spec.n && n < 3 && spec.p[n] == '=')
		n++;
	struct bytes v = bytes_trim(bytes_skip(spec, n));
	while (len < v.n && is_version_char(v.p[len]))
		len++;
	/* behind it: nothing, a blank and options, a marker */
	bool is_end = len == v.n || is_blank(v.p[len]) || v.p[len] == ';' || v.p[len] == '#';
	struct bytes more = bytes_trim(bytes_skip(v, len));
	bool is_range = bytes_starts(more, B(",")) || bytes_starts(more, B("*"));
	if (n < 2 || !is_end || is_range || !len || !is_alnum(v.p[0]))
		return (struct bytes){NULL, 0};
	return bytes_slice(v, 0, len);
}

int lock_requirement(struct lock_out *o, struct bytes line, struct err *e)
{
	AUTO_BUF struct buf b;
	struct bytes comment, name = lang_python_name(line);
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	bytes_cut(line, '#', &line, &comment);
	line = bytes_trim(line);
	if (!name.n || !line.n)
		return 0;
	struct bytes spec = bytes_trim(bytes_skip(line, name.n));
	if (bytes_starts(spec, B("["))) {
		struct bytes extras;
		if (!bytes_cut(spec, ']', &extras, &spec))
			return 0;
	}
	struct lang_package p = {.version = pinned(spec), .type = "pypi"};
	spec = bytes_trim(spec);
	if (bytes_starts(spec, B("@"))) { /* an address */
		o->unpinned++;
		return 0;
	}
	p.name = folded(name, &b);
	return lock_put(o, &p, e);
}

int lock_requirements(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_BUF struct buf line, utf8;
	buf_init(&line, (size_t)LANG_LIST_MAX);
	buf_init(&utf8, 2 * (size_t)LANG_LIST_MAX);
	if (text.n > (size_t)LANG_LIST_MAX)
		return err_set(e, ERR_LIMIT, "requirements: %zu bytes, at most %jd", text.n,
		               (intmax_t)LANG_LIST_MAX);
	text = text_unmarked(text, &utf8); /* pip's own reader heeds the mark */
	struct bytes rest = text;
	if (bytes_find(text, 0) >= 0)
		return err_set(e, ERR_FORMAT, "requirements: NUL at byte %zd", bytes_find(text, 0));
	while (logical_line(&rest, &line)) {
		if (lock_requirement(o, bytes_trim(buf_bytes(&line)), e) < 0)
			return -1;
	}
	return lock_end(o, e);
}
