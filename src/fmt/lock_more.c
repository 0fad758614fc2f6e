/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_more.c - pubspec.lock of Dart, renv.lock of R, cabal.project.freeze and stack.yaml.lock of
 * Haskell.
 *
 * Format: dart.dev, "Package dependencies"; rstudio.github.io/renv, "Lockfiles";
 * cabal.readthedocs.io, "freeze"; docs.haskellstack.org, "Lock files".
 */
#include "fmt/lock.h"

int lock_pub(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_yaml(text, "pubspec.lock", &root, e) < 0)
		return -1;
	struct lock_members m = lock_members(lock_part(o, root, "packages", JSON_OBJECT));
	while (lock_next(&m)) {
		struct bytes source = json_text(m.value, "source");
		bool is_dev = bytes_eq(json_text(m.value, "dependency"), B("direct dev"));
		struct lang_package p = {.name = m.key,
		                         .version = json_text(m.value, "version"),
		                         .scope = is_dev ? LANG_DEV : LANG_RUN};
		if (bytes_eq(source, B("path")) || bytes_eq(source, B("sdk")))
			p.scope = LANG_OWN; /* what the SDK brings is always 0.0.0 */
		if (bytes_eq(source, B("git")))
			p.source = json_text(json_object_get(m.value, "description"), "url");
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

int lock_renv(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_json(text, "renv.lock", &root, e) < 0)
		return -1;
	struct lock_members m = lock_members(lock_part(o, root, "Packages", JSON_OBJECT));
	while (lock_next(&m)) {
		struct lang_package p = {.name = json_text(m.value, "Package"),
		                         .version = json_text(m.value, "Version"),
		                         .source = json_text(m.value, "RemoteUrl")};
		const json_t *list = json_list(m.value, "Requirements");
		for (size_t i = 0; i < json_array_size(list); i++)
			lock_need(o, json_bytes(json_array_get(list, i)), (struct bytes){NULL, 0});
		if (!p.source.n && bytes_eq(json_text(m.value, "Source"), B("GitHub")))
			p.source = json_text(m.value, "RemoteRepo");
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

/* "constraints: any.name ==1.0," and lines of "any.name ==1.0". */
int lock_cabal(struct bytes text, struct lock_out *o, struct err *e)
{
	struct bytes line;
	if (bytes_find(text, 0) >= 0)
		return err_set(e, ERR_FORMAT, "cabal.project.freeze: NUL at byte %zd",
		               bytes_find(text, 0));
	while (bytes_line(&text, &line)) {
		struct lang_package p = {.scope = LANG_RUN};
		struct bytes rest = bytes_trim(line), equals;
		if (bytes_starts(rest, B("constraints:")))
			rest = bytes_skip(rest, B("constraints:").n);
		if (!bytes_word(&rest, &p.name) || bytes_starts(p.name, B("--")) ||
		    !bytes_word(&rest, &equals) || !bytes_starts(equals, B("==")))
			continue;
		p.version = bytes_skip(equals, 2);
		while (p.version.n && p.version.p[p.version.n - 1] == ',')
			p.version.n--;
		if (bytes_starts(p.name, B("any.")))
			p.name = bytes_skip(p.name, 4);
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

int lock_stack(struct bytes text, struct lock_out *o, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (lock_yaml(text, "stack.yaml.lock", &root, e) < 0)
		return -1;
	const json_t *list = lock_part(o, root, "packages", JSON_ARRAY);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *done = json_object_get(json_array_get(list, i), "completed");
		struct bytes spec = json_text(done, "hackage"), tail;
		struct lang_package p = {.name = json_text(done, "name"),
		                         .version = json_text(done, "version"),
		                         .source = json_text(done, "git")};
		bytes_cut(spec, '@', &spec, &tail);
		ssize_t dash = bytes_rfind(spec, '-');
		if (dash > 0) {
			p.name = bytes_slice(spec, 0, (size_t)dash);
			p.version = bytes_skip(spec, (size_t)dash + 1);
		}
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}
