/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waiver_yaml.c - assay's own waivers: each has an owner, a reason and an end date.
 *
 * Format: DESIGN section 7, waivers.yaml.
 */
#include "policy/parts.h"

#include <string.h>

struct bytes waivers_text(struct waivers *w, const json_t *o, const char *key)
{
	return arena_dup(w->arena, json_text(o, key));
}

int waivers_check_keys(const json_t *o, const char *const known[], const char *name, struct err *e)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)o, key, value)
	{
		size_t i = 0;
		while (known[i] && strcmp(known[i], key) != 0)
			i++;
		if (known[i] || strcmp(key, YAML_LINE_KEY) == 0 || strcmp(key, YAML_MARKS_KEY) == 0)
			continue;
		const char *near = bytes_nearest(bytes_str(key), known);
		struct yaml_at at = yaml_place((struct bytes){0}, o, key, 0);
		return err_set(e, ERR_FORMAT, "%s:%d:%d: unknown key \"%s\"%s%s%s", name, at.line,
		               at.column, key, near ? "; did you mean \"" : "", near ? near : "",
		               near ? "\"?" : "");
	}
	return 0;
}

/* A text as it reads: nothing around it, nothing in it that is not seen. */
static bool is_plain(struct bytes text)
{
	bool is_good = text.n && bytes_trim(text).n == text.n;
	while (text.n && is_good) {
		uint32_t c;
		size_t n = utf8_next(text, &c);
		is_good = n && !utf8_is_hidden(c);
		text = bytes_skip(text, n);
	}
	return is_good;
}

int waivers_check_texts(const json_t *o, const char *const texts[], bool is_filled,
                        const char *name, struct err *e)
{
	for (size_t i = 0; texts[i]; i++) {
		const json_t *v = json_object_get(o, texts[i]);
		bool is_prose = strcmp(texts[i], "reason") == 0;
		bool is_filled_in =
			is_prose ? bytes_trim(json_bytes(v)).n > 0 : is_plain(json_bytes(v));
		bool is_good = json_is_string(v) && (!is_filled || is_filled_in);
		if (!v || is_good || (!is_filled && json_is_null(v)))
			continue;
		struct yaml_at at = yaml_place((struct bytes){0}, o, texts[i], 0);
		return err_set(e, ERR_FORMAT, "%s:%d:%d: \"%s\" must be a text%s", name, at.line,
		               at.column, texts[i],
		               !is_filled ? ""
		               : is_prose || !json_string_length(v)
		                       ? " that is not empty"
		                       : " without blanks around it or "
		                         "hidden characters");
	}
	return 0;
}

static int one(struct waivers *w, const json_t *root, const json_t *o, const char *name,
               struct err *e)
{
	static const char *const known[] = {"id",    "fingerprint", "check", "package",     "path",
	                                    "owner", "reason",      "until", "approved_by", NULL};
	if (!json_is_object(o))
		return err_set(e, ERR_FORMAT,
		               "%s: a waiver must be a mapping with id, owner, reason, until",
		               waivers_place(w, name, root, "waivers"));
	if (waivers_check_keys(o, known, name, e) < 0 ||
	    waivers_check_texts(o, known, true, name, e) < 0)
		return -1;
	struct waiver v = {.id = waivers_text(w, o, "id"),
	                   .fingerprint = waivers_text(w, o, "fingerprint"),
	                   .check = waivers_text(w, o, "check"),
	                   .package = waivers_text(w, o, "package"),
	                   .path = waivers_text(w, o, "path"),
	                   .owner = waivers_text(w, o, "owner"),
	                   .reason = waivers_text(w, o, "reason"),
	                   .approver = waivers_text(w, o, "approved_by"),
	                   .needs_owner = true};
	const char *where = waivers_place(w, name, o, NULL);
	if (!v.id.n && !v.fingerprint.n && !v.check.n && !v.package.n && !v.path.n)
		return err_set(e, ERR_FORMAT,
		               "%s: a waiver must name an id, fingerprint, check, package or path",
		               where);
	struct bytes until = json_text(o, "until");
	if (!v.owner.n || !v.reason.n || !until.n)
		return err_set(e, ERR_FORMAT, "%s: a waiver needs %s", where,
		               !v.owner.n    ? "an owner"
		               : !v.reason.n ? "a reason"
		                             : "an end date (until)");
	if (waivers_until(until, waivers_place(w, name, o, "until"), &v.until_s, e) < 0)
		return -1;
	return waivers_add(w, v, name, yaml_place((struct bytes){0}, o, "", 0), e);
}

int waivers_parse_yaml(struct waivers *w, struct bytes text, const char *name, struct err *e)
{
	static const char *const known[] = {"waivers", "version", NULL};
	AUTO_JSON json_t *root = NULL;
	if (yaml_load(text, name, YAML_LINES | YAML_MARKS, &root, e) < 0)
		return -1;
	const json_t *list = json_list(root, "waivers");
	if (!json_is_object(root) || !list)
		return err_set(e, ERR_FORMAT, "%s: holds no list \"waivers\"",
		               waivers_place(w, name, root, "waivers"));
	if (waivers_check_keys(root, known, name, e) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (one(w, root, json_array_get(list, i), name, e) < 0)
			return -1;
	}
	return 0;
}

int waivers_load(struct waivers *w, const char *path, struct err *e)
{
	static const struct {
		const char *key;
		int (*parse)(struct waivers *w, struct bytes text, const char *name, struct err *e);
	} forms[] = {
		{"waivers:",           waivers_parse_yaml      },
		{"ignore:",            waivers_parse_grype     },
		{"vulnerabilities:",   waivers_parse_trivy_yaml},
		{"misconfigurations:", waivers_parse_trivy_yaml},
		{"secrets:",           waivers_parse_trivy_yaml},
		{"licenses:",          waivers_parse_trivy_yaml},
	};
	AUTO_BUF struct buf text;
	buf_init(&text, (size_t)YAML_DOC_MAX);
	if (file_read(path, (size_t)YAML_DOC_MAX, &text, e) < 0)
		return -1;
	struct bytes rest = buf_bytes(&text);
	for (struct bytes line; bytes_line(&rest, &line);) {
		for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
			if (bytes_starts(line, bytes_str(forms[i].key)))
				return forms[i].parse(w, buf_bytes(&text), path, e);
		}
	}
	if (bytes_ends(bytes_str(path), B(".yaml")) || bytes_ends(bytes_str(path), B(".yml")))
		return waivers_parse_yaml(w, buf_bytes(&text), path, e);
	return waivers_parse_trivyignore(w, buf_bytes(&text), path, e);
}
