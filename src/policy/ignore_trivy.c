/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ignore_trivy.c - Trivy's ignore files, read as they are.
 *
 * Format: .trivyignore, one id a line, "#" comments, optional exp:YYYY-MM-DD; .trivyignore.yaml,
 * lists of {id, paths, purls, expired_at, statement}.  Source: Trivy's documentation, "Filtering".
 */
#include "policy/parts.h"

/* The column of a byte of a line, in characters, from 1. */
static size_t column_of(struct bytes line, size_t at)
{
	size_t column = 1;
	for (size_t i = 0; i < at; i++)
		column += (line.p[i] & 0xc0) != 0x80;
	return column;
}

int waivers_parse_trivyignore(struct waivers *w, struct bytes text, const char *name, struct err *e)
{
	int number = 0;
	for (struct bytes line, word; bytes_line(&text, &line);) {
		struct bytes begin = line, tail;
		number++;
		bytes_cut(line, '#', &line, &tail);
		if (!bytes_word(&line, &word))
			continue;
		struct waiver v = {.id = arena_dup(w->arena, word), .is_exact = true};
		int first = (int)column_of(begin, (size_t)(word.p - begin.p));
		while (bytes_word(&line, &word)) {
			const char *where =
				arena_printf(w->arena, "%s:%d:%zu", name, number,
			                     column_of(begin, (size_t)(word.p - begin.p)));
			if (!bytes_starts(word, B("exp:")) || v.until_s)
				return err_set(e, ERR_FORMAT, "%s: \"%.*s\" %s", where,
				               BYTES_FMT(word),
				               v.until_s ? "is a second end" : "is not exp:DATE");
			if (waivers_until(bytes_skip(word, 4), where, &v.until_s, e) < 0)
				return -1;
		}
		if (waivers_add(w, v, name, (struct yaml_at){number, first}, e) < 0)
			return -1;
	}
	return 0;
}

static const struct {
	const char *key, *check;
} lists[] = {
	{"vulnerabilities",   "vulnerability"},
	{"misconfigurations", "config"       },
	{"secrets",           "secret"       },
	{"licenses",          "license"      },
};

/* A list of texts that are not empty, or nothing at all. */
static int check_list(const json_t *o, const char *key, const char *name, struct err *e)
{
	const json_t *list = json_object_get(o, key);
	struct yaml_at at = yaml_place((struct bytes){0}, o, key, 0);
	bool is_good = !list || json_is_null(list) || json_is_array(list);
	for (size_t i = 0; i < json_array_size(list); i++)
		is_good &= json_string_length(json_array_get(list, i)) > 0;
	return is_good ? 0
	               : err_set(e, ERR_FORMAT, "%s:%d:%d: \"%s\" must be a list of texts", name,
	                         at.line, at.column, key);
}

/* The texts of a list, copied once; one that is absent where there are none: any. */
static struct bytes *texts_of(struct waivers *w, const json_t *list, size_t *ret_n)
{
	size_t n = json_array_size(list);
	struct bytes *v = arena_alloc(w->arena, (n + 1) * sizeof *v);
	for (size_t i = 0; i < n; i++)
		v[i] = arena_dup(w->arena, json_bytes(json_array_get(list, i)));
	*ret_n = MAX_OF(n, (size_t)1);
	return v;
}

/* One waiver for each pair of a path and a purl; a missing list stands for any. */
static int one(struct waivers *w, const json_t *o, const char *check, const char *name,
               struct err *e)
{
	static const char *const known[] = {"id",         "paths",     "purls",
	                                    "expired_at", "statement", NULL};
	static const char *const texts[] = {"id", "expired_at", NULL};
	int64_t until_s = 0;
	if (!json_is_object(o))
		return err_set(e, ERR_FORMAT, "%s: an entry must be a mapping with id", name);
	if (waivers_check_keys(o, known, name, e) < 0 ||
	    waivers_check_texts(o, texts, true, name, e) < 0)
		return -1;
	struct bytes id = waivers_text(w, o, "id"), end = json_text(o, "expired_at");
	if (!id.n)
		return err_set(e, ERR_FORMAT, "%s: an entry needs an id",
		               waivers_place(w, name, o, NULL));
	if (check_list(o, "paths", name, e) < 0 || check_list(o, "purls", name, e) < 0)
		return -1;
	const char *where = waivers_place(w, name, o, "expired_at");
	if (end.n && waivers_until(end, where, &until_s, e) < 0)
		return -1;
	size_t n_paths, n_purls;
	const struct bytes *paths = texts_of(w, json_list(o, "paths"), &n_paths);
	const struct bytes *purls = texts_of(w, json_list(o, "purls"), &n_purls);
	struct bytes reason = waivers_text(w, o, "statement");
	struct yaml_at at = yaml_place((struct bytes){0}, o, "", 0);
	for (size_t i = 0; i < n_paths * n_purls; i++) {
		struct waiver v = {
			.id = id,
			.check = bytes_str(check),
			.until_s = until_s,
			.reason = reason,
			.path = paths[i / n_purls],
			.package = purls[i % n_purls],
			.is_exact = true,
		};
		if (waivers_add(w, v, name, at, e) < 0)
			return -1;
	}
	return 0;
}

int waivers_parse_trivy_yaml(struct waivers *w, struct bytes text, const char *name, struct err *e)
{
	static const char *const known[] = {"vulnerabilities", "misconfigurations", "secrets",
	                                    "licenses", NULL};
	AUTO_JSON json_t *root = NULL;
	if (yaml_load(text, name, YAML_LINES | YAML_MARKS, &root, e) < 0)
		return -1;
	if (!json_is_object(root))
		return err_set(e, ERR_FORMAT, "%s: is not a mapping", name);
	if (waivers_check_keys(root, known, name, e) < 0)
		return -1;
	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		const json_t *list = json_list(root, lists[l].key);
		for (size_t i = 0; i < json_array_size(list); i++) {
			if (one(w, json_array_get(list, i), lists[l].check, name, e) < 0)
				return -1;
		}
	}
	return 0;
}
