/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_nuget.c - NAME.deps.json, which .NET writes beside an application.
 *
 * Format: dotnet/sdk, "Runtime Configuration Files": "libraries" maps "NAME/VERSION" to an object
 * whose type is "package" for what came from a feed, "runtimepack" for the runtime that was packed
 * with it (its package has the name behind "runtimepack."), "project" for the application's own.
 * "targets" maps platforms to the same names, each with the files that it brings, under the keys
 * "runtime", "native", "runtimeTargets", "resources".
 */
#include "fmt/lang.h"

static void files_of(const json_t *library, lang_file_fn *fn, void *arg)
{
	static const char *const kinds[] = {"native", "resources", "runtime", "runtimeTargets"};
	const char *file;
	const json_t *at;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		json_object_foreach(json_object_get(library, kinds[i]), file, at)
			fn(arg, bytes_str(file));
	}
}

static bool is_project(const json_t *root, const char *name)
{
	const json_t *libraries = json_object_get(root, "libraries");
	return bytes_eq(json_text(json_object_get(libraries, name), "type"), B("project"));
}

int lang_nuget_files(struct bytes text, lang_file_fn *fn, void *arg, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_loose(text, "deps.json", (size_t)LANG_LIST_MAX, &root, e) < 0)
		return -1;
	const char *name;
	json_t *target, *library;
	json_object_foreach(json_object_get(root, "targets"), name, target)
	{
		json_object_foreach(target, name, library) if (!is_project(root, name))
			files_of(library, fn, arg);
	}
	return 0;
}

int lang_nuget(struct bytes text, lang_fn *fn, void *arg, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (json_load_loose(text, "deps.json", (size_t)LANG_LIST_MAX, &root, e) < 0)
		return -1;
	json_t *libraries = json_object_get(root, "libraries");
	if (!json_is_object(root) || (libraries && !json_is_object(libraries)))
		return err_set(e, ERR_FORMAT, "deps.json: no libraries");
	for (void *i = json_object_iter(libraries); i; i = json_object_iter_next(libraries, i)) {
		struct bytes key = bytes_of(json_object_iter_key(i), json_object_iter_key_len(i));
		struct lang_package p = {
			.name = {NULL, 0}
                };
		struct bytes type = json_text(json_object_iter_value(i), "type");
		bool is_runtime = bytes_eq(type, B("runtimepack"));
		if (bytes_eq(type, B("project")))
			p.scope = LANG_OWN;
		else if (!is_runtime && !bytes_eq(type, B("package")))
			continue;
		if (is_runtime && bytes_starts(key, B("runtimepack.")))
			key = bytes_skip(key, B("runtimepack.").n);
		bytes_cut(key, '/', &p.name, &p.version);
		if (lang_check(&p, e) < 0)
			return err_wrap(e, "deps.json: library \"%.*s\"",
			                BYTES_FMT(bytes_slice(key, 0, 80)));
		fn(arg, &p);
	}
	return 1;
}
