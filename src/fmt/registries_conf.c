/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registries_conf.c - mirrors and rewrites of registries.conf.
 *
 * Format: TOML, [[registry]] with prefix, location, insecure, blocked, mirror-by-digest-only, and
 * [[registry.mirror]] with location, insecure, pull-from-mirror.  The longest prefix counts; it
 * matches up to a "/", ":" or "@", or is "*.DOMAIN".  What it matched is replaced by the location.
 */
#include "fmt/registries_conf.h"

#include <string.h>

#include "fmt/toml.h"

struct found {
	const json_t *table;
	const char *file;
	struct bytes prefix;
	size_t length; /* of the name, that the prefix matches */
};

static bool ends_part(struct bytes name, size_t at)
{
	return at == name.n || name.p[at] == '/' || name.p[at] == ':' || name.p[at] == '@';
}

/* Bytes of name that prefix matches; 0: none. */
static size_t match(struct bytes prefix, struct bytes name)
{
	if (bytes_starts(prefix, B("*."))) {
		struct bytes domain = bytes_skip(prefix, 1), host, rest;
		bytes_cut(name, '/', &host, &rest);
		ssize_t colon = bytes_rfind(host, ':');
		struct bytes bare = colon < 0 ? host : bytes_slice(host, 0, (size_t)colon);
		if (bytes_ends(host, domain))
			return host.n > domain.n ? host.n : 0;
		return bytes_ends(bare, domain) && bare.n > domain.n ? bare.n : 0;
	}
	return prefix.n && bytes_starts(name, prefix) && ends_part(name, prefix.n) ? prefix.n : 0;
}

/* What a table's members are.  One of another type says nothing to us, and might have been to block
 * a registry: the file is refused. */
static const struct {
	const char *key;
	json_type type; /* JSON_TRUE: either truth */
	bool of_mirror; /* else of a registry */
} members[] = {
	{"blocked",               JSON_TRUE,   false},
	{"insecure",              JSON_TRUE,   false},
	{"insecure",              JSON_TRUE,   true },
	{"location",              JSON_STRING, false},
	{"location",              JSON_STRING, true },
	{"mirror",                JSON_ARRAY,  false},
	{"mirror-by-digest-only", JSON_TRUE,   false},
	{"prefix",                JSON_STRING, false},
	{"pull-from-mirror",      JSON_STRING, true },
};

static int check_table(const json_t *t, const char *file, bool is_mirror, struct err *e)
{
	const char *what = is_mirror ? "registry.mirror" : "registry";
	if (!json_is_object(t))
		return err_set(e, ERR_FORMAT, "%s: %s is no table", file, what);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const json_t *v = json_object_get(t, members[i].key);
		if (!v || members[i].of_mirror != is_mirror || json_typeof(v) == members[i].type ||
		    (json_is_false(v) && members[i].type == JSON_TRUE))
			continue;
		return err_set(e, ERR_FORMAT, "%s: \"%s\" of a %s is of another type", file,
		               members[i].key, what);
	}
	return 0;
}

static int check_registry(const json_t *t, const char *file, struct err *e)
{
	if (check_table(t, file, false, e))
		return -1;
	const json_t *mirrors = json_list(t, "mirror");
	for (size_t i = 0; i < json_array_size(mirrors); i++) {
		if (check_table(json_array_get(mirrors, i), file, true, e))
			return -1;
	}
	struct bytes prefix = json_text(t, "prefix");
	if (!prefix.n && !json_text(t, "location").n)
		return err_set(e, ERR_FORMAT, "%s: a registry without prefix and location", file);
	if (bytes_find(bytes_skip(prefix, bytes_starts(prefix, B("*.")) ? 1 : 0), '*') >= 0)
		return err_set(e, ERR_FORMAT, "%s: prefix \"%.*s\" is not \"*.DOMAIN\"", file,
		               BYTES_FMT(bytes_slice(prefix, 0, 80)));
	return 0;
}

static int look(const json_t *root, const char *file, struct bytes name, struct found *best,
                struct err *e)
{
	const json_t *list = json_object_get(root, "registry");
	const json_t *old = json_obj(json_obj(root, "registries"), "block");
	if (json_array_size(json_list(old, "registries")))
		return err_set(
			e, ERR_UNSUPPORTED,
			"%s: [registries.block] is of version 1; [[registry]] with \"blocked\" "
			"is read",
			file);
	if (list && !json_is_array(list))
		return err_set(e, ERR_FORMAT, "%s: \"registry\" is no array of tables", file);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *t = json_array_get(list, i);
		if (check_registry(t, file, e))
			return -1;
		struct bytes prefix = json_text(t, "prefix");
		if (!prefix.n)
			prefix = json_text(t, "location");
		size_t n = match(prefix, name);
		if (n && prefix.n >= best->prefix.n)
			*best = (struct found){t, file, prefix, n};
	}
	return 0;
}

static bool is_true(const json_t *t, const char *key)
{
	return json_is_true(json_object_get(t, key));
}

/* name with what the prefix matched replaced by the location. */
static int place(struct arena *a, const struct found *f, const json_t *t, struct bytes name,
                 struct registry_place *ret, struct err *e)
{
	struct bytes to = json_text(t, "location"), first, rest;
	struct registry_ref r;
	struct bytes text = name;
	if (to.n)
		text = bytes_str(arena_printf(a, "%.*s%.*s", BYTES_FMT(to),
		                              BYTES_FMT(bytes_skip(name, f->length))));
	bytes_cut(text, '/', &first, &rest);
	if (registry_ref_parse(a, text, &r, e))
		return err_wrap(e, "%s", f->file);
	if (r.host.n != first.n && !bytes_eq(first, B("index.docker.io")))
		return err_set(e, ERR_FORMAT, "%s: location \"%.*s\" names no host", f->file,
		               BYTES_FMT(bytes_slice(to, 0, 80)));
	*ret = (struct registry_place){
		.host = r.host, .repository = r.repository, .is_insecure = is_true(t, "insecure")};
	return 0;
}

static int use_of(const struct found *f, const json_t *mirror, enum registry_use *ret,
                  struct err *e)
{
	static const char *const words[] = {"all", "digest-only", "tag-only"};
	struct bytes v = json_text(mirror, "pull-from-mirror");
	*ret = is_true(f->table, "mirror-by-digest-only") ? REGISTRY_USE_DIGEST : REGISTRY_USE_ALL;
	if (!v.n)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (bytes_eq(v, bytes_str(words[i]))) {
			*ret = (enum registry_use)i;
			return 0;
		}
	}
	return err_set(e, ERR_FORMAT, "%s: pull-from-mirror is not \"%.*s\"", f->file,
	               BYTES_FMT(bytes_slice(v, 0, 40)));
}

static int take(struct arena *a, const struct found *f, struct bytes name,
                struct registry_places *ret, struct err *e)
{
	const json_t *mirrors = json_list(f->table, "mirror");
	size_t n = json_array_size(mirrors);
	if (is_true(f->table, "blocked"))
		return err_set(e, ERR_IO, "%s blocks %.*s", f->file, BYTES_FMT(f->prefix));
	if (n > (size_t)REGISTRY_MIRRORS_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %d mirrors", f->file,
		               (int)REGISTRY_MIRRORS_MAX);
	struct registry_place *v = arena_alloc(a, (n + 1) * sizeof *v);
	for (size_t i = 0; i < n; i++) {
		const json_t *m = json_array_get(mirrors, i);
		if (!json_text(m, "location").n)
			return err_set(e, ERR_FORMAT, "%s: a mirror without a location", f->file);
		if (place(a, f, m, name, &v[i], e) || use_of(f, m, &v[i].use, e))
			return -1;
		v[i].is_mirror = true;
	}
	if (place(a, f, f->table, name, &v[n], e))
		return -1;
	*ret = (struct registry_places){v, n + 1};
	return 0;
}

int registry_places(struct arena *a, const struct registries_files *files,
                    const struct registry_ref *ref, struct registry_places *ret, struct err *e)
{
	struct bytes name = bytes_str(
		arena_printf(a, "%.*s/%.*s", BYTES_FMT(ref->host), BYTES_FMT(ref->repository)));
	struct found best = {.table = NULL};
	size_t n = files->n;
	json_t **roots = arena_alloc(a, (n ? n : 1) * sizeof(json_t *));
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		rc = toml_load(files->v[i].text, files->v[i].name, (size_t)REGISTRIES_CONF_MAX, 0,
		               &roots[i], e);
		if (rc == 0)
			rc = look(roots[i], files->v[i].name, name, &best, e);
	}
	if (rc == 0 && best.table)
		rc = take(a, &best, name, ret, e);
	if (rc == 0 && !best.table) {
		*ret = (struct registry_places){arena_alloc(a, sizeof *ret->v), 1};
		ret->v[0] =
			(struct registry_place){.host = ref->host, .repository = ref->repository};
	}
	for (size_t i = 0; i < n; i++)
		json_decref(roots[i]);
	return rc;
}
