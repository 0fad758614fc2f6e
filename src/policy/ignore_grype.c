/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ignore_grype.c - the `ignore` rules of Grype's configuration, read as they are.
 *
 * Format: a list of {vulnerability, include-aliases, reason, namespace, fix-state, package {name,
 * version, language, type, location, upstream-name}, vex-status, vex-justification, match-type};
 * all conditions of a rule must hold.  A package name is a regular expression there; ".*" is read,
 * other operators are refused.  A rule with a condition that no finding here can meet (a VEX
 * status, a match type, a language) lets nothing pass.  Other keys of the file are Grype's own
 * business. Source: Grype's README, "Specifying matches to ignore".
 */
#include "policy/parts.h"

static int name_pattern(struct waivers *w, struct bytes text, const char *name, int line,
                        struct bytes *ret, struct err *e)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 4096);
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (c == '.' && i + 1 < text.n && text.p[i + 1] == '*') {
			buf_adds(&b, "**");
			i++;
			continue;
		}
		if (bytes_find(B("*?[](){}|^$\\"), c) >= 0)
			return err_set(e, ERR_UNSUPPORTED,
			               "%s:%d: package name \"%.*s\": of regular expressions only "
			               ".* is read",
			               name, line, BYTES_FMT(text));
		buf_addc(&b, c);
	}
	*ret = text.n ? arena_dup(w->arena, buf_bytes(&b)) : text;
	return 0;
}

/* Conditions on what assay does not have: such a rule never matches. */
static bool is_unmeetable(const json_t *o, const json_t *p)
{
	static const char *const of_rule[] = {"vex-status", "vex-justification", "match-type",
	                                      "namespace"};
	for (size_t i = 0; i < ARRAY_LEN(of_rule); i++)
		if (json_text(o, of_rule[i]).n)
			return true;
	return json_text(p, "language").n || json_text(p, "upstream-name").n;
}

/* Keys that are known, conditions that are texts. */
static int check_rule(const json_t *o, const char *name, struct err *e)
{
	static const char *const known[] = {"vulnerability", "include-aliases",
	                                    "reason",        "namespace",
	                                    "fix-state",     "package",
	                                    "vex-status",    "vex-justification",
	                                    "match-type",    NULL};
	static const char *const texts[] = {
		"vulnerability",     "namespace",  "fix-state", "vex-status",
		"vex-justification", "match-type", NULL};
	static const char *const known_package[] = {"name",     "version",       "language", "type",
	                                            "location", "upstream-name", NULL};
	if (!json_is_object(o))
		return err_set(e, ERR_FORMAT, "%s: an ignore rule must be a mapping", name);
	if (waivers_check_keys(o, known, name, e) < 0 ||
	    waivers_check_texts(o, texts, false, name, e) < 0)
		return -1;
	const json_t *p = json_object_get(o, "package");
	if (!p || json_is_null(p))
		return 0;
	if (!json_is_object(p))
		return err_set(e, ERR_FORMAT, "%s:%d: package must be a mapping", name,
		               yaml_line(o));
	return waivers_check_keys(p, known_package, name, e) < 0
	               ? -1
	               : waivers_check_texts(p, known_package, false, name, e);
}

static int one(struct waivers *w, const json_t *o, const char *name, struct err *e)
{
	if (check_rule(o, name, e) < 0)
		return -1;
	const json_t *p = json_obj(o, "package");
	struct waiver v = {.id = waivers_text(w, o, "vulnerability"),
	                   .check = B("vulnerability"),
	                   .reason = waivers_text(w, o, "reason"),
	                   .fix_state = waivers_text(w, o, "fix-state"),
	                   .version = waivers_text(w, p, "version"),
	                   .type = waivers_text(w, p, "type"),
	                   .path = waivers_text(w, p, "location"),
	                   .is_exact = true};
	if (name_pattern(w, json_text(p, "name"), name, yaml_line(o), &v.package, e) < 0)
		return -1;
	if (is_unmeetable(o, p))
		return 0;
	bool is_empty =
		!v.id.n && !v.fix_state.n && !v.version.n && !v.type.n && !v.path.n && !v.package.n;
	if (is_empty)
		return err_set(e, ERR_FORMAT,
		               "%s:%d: a rule without conditions would ignore everything", name,
		               yaml_line(o));
	return waivers_add(w, v, name, yaml_place((struct bytes){0}, o, "", 0), e);
}

int waivers_parse_grype(struct waivers *w, struct bytes text, const char *name, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (yaml_load(text, name, YAML_LINES | YAML_MARKS, &root, e) < 0)
		return -1;
	const json_t *list = json_list(root, "ignore");
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (one(w, json_array_get(list, i), name, e) < 0)
			return -1;
	}
	return 0;
}
