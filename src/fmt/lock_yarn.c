/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_yarn.c - yarn.lock: version 1, which is a language of its own, and berry, which is YAML.
 *
 * Format: classic.yarnpkg.com, "yarn.lock"; yarnpkg.com, "Lockfile".  A record is headed by the
 * descriptors that it answers ("a@^1.0, a@npm:^1.1"); its dependencies are such descriptors.
 */
#include "fmt/lock.h"

#include <stdlib.h>

struct yarn {
	struct lock_out *o;
	struct map *answers; /* descriptor → index of its record */
	struct record {
		struct bytes name, version, source, head;
		const json_t *json; /* berry */
		struct bytes needs; /* version 1: the lines of its dependencies */
	} * v;
	size_t n, cap;
	struct arena *a;
};

/* Takes one descriptor off the head of a record, quotes off. */
static bool descriptor(struct bytes *head, struct bytes *ret)
{
	*head = bytes_trim(*head);
	if (!head->n)
		return false;
	if (head->p[0] == '"') {
		struct bytes in = bytes_skip(*head, 1);
		ssize_t end = bytes_find(in, '"');
		*ret = bytes_slice(in, 0, end < 0 ? in.n : (size_t)end);
		*head = bytes_skip(in, ret->n + 1);
		if (bytes_starts(*head, B(",")))
			*head = bytes_skip(*head, 1);
		return true;
	}
	struct bytes rest;
	bytes_cut(*head, ',', ret, &rest);
	*head = rest;
	*ret = bytes_trim(*ret);
	return ret->n > 0;
}

/* "@scope/name@range": name and range. */
static bool cut(struct bytes d, struct bytes *ret_name, struct bytes *ret_range)
{
	size_t from = bytes_starts(d, B("@")) ? 1 : 0;
	ssize_t at = bytes_find(bytes_skip(d, from), '@');
	if (at < 0 || d.n == 0)
		return false;
	*ret_name = bytes_slice(d, 0, from + (size_t)at);
	*ret_range = bytes_skip(d, from + (size_t)at + 1);
	return true;
}

static int add(struct yarn *y, struct record r, struct err *e)
{
	if (y->n >= (size_t)LOCK_PACKAGES_MAX)
		return err_set(e, ERR_LIMIT, "yarn.lock: more than %jd records",
		               (intmax_t)LOCK_PACKAGES_MAX);
	y->v = mem_grow(y->v, &y->cap, y->n + 1, sizeof *y->v);
	for (struct bytes head = r.head, d; descriptor(&head, &d);)
		map_put(y->answers, d, NULL)->u = y->n;
	y->v[y->n++] = r;
	return 0;
}

static const struct record *answer(const struct yarn *y, struct bytes name, struct bytes range)
{
	static const char *const between[] = {"@", "@npm:"};
	for (size_t i = 0; i < ARRAY_LEN(between); i++) {
		const char *d = arena_printf(y->a, "%.*s%s%.*s", BYTES_FMT(name), between[i],
		                             BYTES_FMT(range));
		const union map_value *slot = map_get(y->answers, bytes_str(d));
		if (slot)
			return &y->v[slot->u];
	}
	return NULL;
}

static void need(struct yarn *y, struct bytes name, struct bytes range)
{
	const struct record *r = answer(y, name, range);
	if (r)
		lock_need(y->o, r->name, r->version);
}

/* ---- version 1 ---- */

static struct bytes unquoted(struct bytes b)
{
	b = bytes_trim(b);
	return b.n > 1 && b.p[0] == '"' && b.p[b.n - 1] == '"' ? bytes_slice(b, 1, b.n - 1) : b;
}

/* "name range", either in quotes or not. */
static bool pair(struct bytes line, struct bytes *ret_key, struct bytes *ret_value)
{
	line = bytes_trim(line);
	size_t from = bytes_starts(line, B("\"")) ? 1 : 0;
	ssize_t end = from ? bytes_find(bytes_skip(line, 1), '"') : bytes_find(line, ' ');
	if (end < 0)
		return false;
	*ret_key = bytes_slice(line, from, from + (size_t)end);
	*ret_value = unquoted(bytes_skip(line, from + (size_t)end + 1));
	return ret_key->n > 0;
}

static size_t indent(struct bytes line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

/* Takes the indented lines of a record off *rest. */
static void body(struct bytes *rest, struct record *r)
{
	struct bytes at = *rest, line;
	bool is_needs = false;
	while (bytes_line(&at, &line) && (indent(line) || !bytes_trim(line).n)) {
		struct bytes key, value;
		if (indent(line) == 2) {
			is_needs = bytes_eq(bytes_trim(line), B("dependencies:")) ||
			           bytes_eq(bytes_trim(line), B("optionalDependencies:"));
			if (pair(line, &key, &value) && bytes_eq(key, B("version")))
				r->version = value;
			if (pair(line, &key, &value) && bytes_eq(key, B("resolved")))
				r->source = value;
		} else if (is_needs && !r->needs.p) {
			r->needs = line;
		}
		if (is_needs && r->needs.p)
			r->needs.n = (size_t)(line.p + line.n - r->needs.p);
		*rest = at;
	}
}

/* ".../name-1.2.3.tgz#hash": what the archive is named for, where no version is said. */
static void from_archive(struct record *r)
{
	struct bytes address, hash;
	bytes_cut(r->source, '#', &address, &hash);
	struct bytes file = path_base(address), bare = path_base(r->name);
	if (r->version.n || !bytes_ends(file, B(".tgz")) || !bytes_starts(file, bare) ||
	    file.n < bare.n + 6 || file.p[bare.n] != '-')
		return;
	r->version = bytes_slice(file, bare.n + 1, file.n - 4);
}

static void alias(struct record *r, struct bytes range)
{
	struct bytes inner_name, inner_range;
	if (!bytes_starts(range, B("npm:")) || range.n == 4)
		return;
	range = bytes_skip(range, 4);
	r->name = cut(range, &inner_name, &inner_range) ? inner_name : range;
}

static int read_classic(struct yarn *y, struct bytes text, struct err *e)
{
	struct bytes rest = text, line;
	for (size_t n = 1; bytes_line(&rest, &line); n++) {
		struct bytes d, range, head;
		if (!bytes_trim(line).n || line.p[0] == '#')
			continue;
		struct record r = {.head = bytes_slice(line, 0, line.n - 1)};
		head = r.head;
		bool is_head = !indent(line) && bytes_ends(line, B(":")) && descriptor(&head, &d);
		if (is_head && !cut(d, &r.name, &range)) {
			r.name = d; /* without a range */
			range = (struct bytes){NULL, 0};
		}
		if (!is_head) {
			size_t at = 1;
			for (const uint8_t *p = text.p; p < line.p; p++)
				at += *p == '\n';
			return err_set(e, ERR_FORMAT,
			               "yarn.lock: line %zu: not the head of a record", at);
		}
		alias(&r, range);
		body(&rest, &r);
		from_archive(&r);
		if (add(y, r, e) < 0)
			return -1;
	}
	return 0;
}

static void needs_classic(struct yarn *y, const struct record *r)
{
	struct bytes rest = r->needs, line, name, range;
	while (bytes_line(&rest, &line)) {
		if (indent(line) > 2 && pair(line, &name, &range))
			need(y, name, range);
	}
}

/* ---- berry ---- */

static int read_berry(struct yarn *y, const json_t *root, struct err *e)
{
	struct lock_members m = lock_members(root);
	while (lock_next(&m)) {
		struct bytes resolution = json_text(m.value, "resolution"), range;
		struct record r = {
			.head = m.key, .version = json_text(m.value, "version"), .json = m.value};
		if (bytes_eq(m.key, B("__metadata")))
			continue;
		if (!cut(resolution, &r.name, &range)) {
			lock_odd(y->o, m.key, "no resolution");
			continue;
		}
		if (!bytes_starts(range, B("npm:")) && !bytes_starts(range, B("patch:")))
			r.source = range;
		if (bytes_starts(range, B("workspace:")) || bytes_starts(range, B("link:")) ||
		    bytes_starts(range, B("portal:")))
			continue;
		if (add(y, r, e) < 0)
			return -1;
	}
	return 0;
}

static void needs_berry(struct yarn *y, const json_t *record)
{
	struct lock_members m = lock_members(json_object_get(record, "dependencies"));
	while (lock_next(&m))
		need(y, m.key, json_bytes(m.value));
}

static int put_all(struct yarn *y, struct err *e)
{
	for (size_t i = 0; i < y->n; i++) {
		const struct record *r = &y->v[i];
		struct lang_package p = {.name = r->name, .version = r->version};
		if (r->json || bytes_starts(r->source, B("git")))
			p.source = r->source;
		if (r->json)
			needs_berry(y, r->json);
		else
			needs_classic(y, r);
		if (lock_put(y->o, &p, e) < 0)
			return -1;
	}
	return lock_end(y->o, e);
}

int lock_yarn(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_MAP struct map *answers = map_new();
	struct yarn y = {.o = o, .answers = answers, .a = a};
	bool is_berry =
		bytes_starts(text, B("__metadata:")) || bytes_search(text, B("\n__metadata:")) >= 0;
	if (text.n > (size_t)LANG_LIST_MAX)
		return err_set(e, ERR_LIMIT, "yarn.lock: %zu bytes, at most %jd", text.n,
		               (intmax_t)LANG_LIST_MAX);
	/* as Yarn itself reads it: of two records of a name the later one counts */
	int rc = is_berry ? yaml_load(text, "yarn.lock", YAML_LOCK | YAML_TWICE, &root, e) : 0;
	if (rc == 0)
		rc = is_berry ? read_berry(&y, root, e) : read_classic(&y, text, e);
	if (rc == 0)
		rc = put_all(&y, e);
	free(y.v);
	return rc;
}
