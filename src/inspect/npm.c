/* SPDX-License-Identifier: Apache-2.0 */
/*
 * npm.c - packages that npm, yarn or pnpm installed.
 *
 * Format: package.json (fmt/lang_npm.c).
 * Source: node_modules/NAME/package.json and node_modules/@SCOPE/NAME/package.json at any depth;
 * elsewhere what somebody put there as it was published, deeper in a package
 * (dist/compiled/NAME/package.json) or among the files that a page loads
 * (static/components/NAME/package.json): a folder that is called as the package in it, and is not
 * there for tests.
 * Emits: package (npm); a note for a package.json of an installed package that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

/* What lies below the folder of the innermost package, of all where there is none; absent: that
 * folder itself. */
static struct bytes inner_of(struct bytes dir)
{
	const struct bytes tree = B("node_modules/");
	struct bytes rest = dir, one;
	ssize_t at = -1;
	for (ssize_t next; (next = bytes_search(rest, tree)) >= 0; at = next)
		rest = bytes_skip(rest, (size_t)next + tree.n);
	if (at < 0)
		return dir;
	if (bytes_starts(rest, B("@")))
		bytes_cut(rest, '/', &one, &rest);
	bytes_cut(rest, '/', &one, &rest);
	return rest;
}

/* Folders of what a package is tested with and shown by. */
static bool is_sample(struct bytes inner)
{
	static const char *const names[] = {
		"test",      "tests",        "__tests__", "testdata", "test-data", "fixture",
		"fixtures",  "__fixtures__", "mock",      "mocks",    "__mocks__", "mock_packages",
		"example",   "examples",     "demo",      "demos",    "spec",      "specs",
		"benchmark", "benchmarks",   "template",  "templates"};
	for (struct bytes one; bytes_split(&inner, '/', &one);) {
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			if (bytes_eq(one, bytes_str(names[i])))
				return true;
		}
	}
	return false;
}

/* "dist/compiled/@babel/runtime" is called "@babel/runtime". */
static bool is_called(struct bytes inner, struct bytes name)
{
	struct bytes end = bytes_skip(inner, inner.n - MIN_OF(inner.n, name.n));
	return bytes_eq_nocase(end, name) &&
	       (inner.n == name.n || inner.p[inner.n - name.n - 1] == '/');
}

/* 1: it is one of a package.  -1: it cannot be read, and a package manager wrote it, which does not
 * write what lies deeper. */
static int read_manifest(struct inspect *in, struct bytes path, struct bytes content,
                         struct lang_package *ret, struct err *e)
{
	struct bytes inner = inner_of(path_dir(path));
	if (inner.n && is_sample(inner))
		return 0;
	int rc = lang_npm(content, inspect_arena(in), ret, e);
	if (rc < 0)
		return inner.n ? 0 : -1;
	return rc > 0 && (!inner.n || is_called(inner, ret->name));
}

static int npm_file(struct inspect *in, const struct entry *en, struct bytes content, struct err *e)
{
	struct lang_package p;
	int rc = read_manifest(in, en->path, content, &p, e);
	if (rc > 0)
		lang_state(in, "npm", &p);
	return rc < 0 ? -1 : 0;
}

void lang_npm_within(struct inspect *in, struct bytes inner, struct bytes content)
{
	struct lang_package p;
	struct err e = {.kind = ERR_NONE};
	if (bytes_find(inner, '/') < 0)
		return; /* the application's own */
	int rc = read_manifest(in, inner, content, &p, &e);
	if (rc < 0)
		inspect_note(in, "db.broken", "%.*s: %s", BYTES_FMT(bytes_slice(inner, 0, 100)),
		             e.msg);
	if (rc > 0)
		lang_state_within(in, "npm", &p, inspect_path(in), inner);
}

static const char *const paths[] = {
	"**/package.json",
	NULL,
};

const struct inspector inspector_npm = {
	.id = "npm",
	.version = 4, /* bump when output changes: it is part of the cache key */
	.title = "npm packages",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LANG_MANIFEST_MAX,
	.file = npm_file,
};
