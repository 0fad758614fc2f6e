/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_toml.c - a configuration of gitleaks, read as it is.
 *
 * Format: TOML; names of members in any case.  Source: gitleaks' README.md, "Configuration", and
 * what its detector does.
 *
 * With extend.useDefault the rules that ship with assay stand for gitleaks' own: disabledRules and
 * allow lists for a rule "x" reach our "secret.x".  extend.path is refused: both files can be
 * named.  Of commits an image knows nothing.
 */
#include "inspect/rules_text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>
#include <strings.h>

struct reading {
	struct rules_text *t;
	const char *name;
	struct err *e;
	size_t first; /* rule of this file */
	bool has_default;
};

/* ---- members ---- */

static const json_t *get(const json_t *o, const char *key)
{
	const char *k;
	json_t *v;
	json_object_foreach((json_t *)(uintptr_t)o, k, v)
	{
		if (strcasecmp(k, key) == 0)
			return v;
	}
	return NULL;
}

static struct bytes text_of(const json_t *o, const char *key) { return json_bytes(get(o, key)); }

static int wrong(const struct reading *in, const char *id, const char *what)
{
	return err_set(in->e, ERR_FORMAT, "%s: rule %.80s: %s", in->name, id, what);
}

/* The expression must be one here too; *ret_groups (may be NULL) is how many groups it has. */
static int check_regex(const struct reading *in, const char *id, struct bytes regex,
                       uint32_t *ret_groups)
{
	int error;
	PCRE2_SIZE where;
	char why[120] = "", text[300];
	pcre2_code *code = pcre2_compile(
		regex.p, regex.n, PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C,
		&error, &where, NULL);
	if (!code) {
		pcre2_get_error_message(error, (PCRE2_UCHAR *)why, sizeof why);
		snprintf(text, sizeof text, "\"%.*s\": %s", BYTES_FMT(bytes_slice(regex, 0, 80)),
		         why);
		return wrong(in, id, text);
	}
	if (ret_groups)
		pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, ret_groups);
	pcre2_code_free(code);
	return 0;
}

/* Expressions of a list as one. */
static int join(const struct reading *in, const char *id, const json_t *list, uint32_t *ret)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)YAML_DOC_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct bytes one = json_bytes(json_array_get(list, i));
		if (check_regex(in, id, one, NULL) < 0)
			return -1;
		buf_adds(&b, b.n ? "|(?:" : "(?:");
		buf_add(&b, one);
		buf_addc(&b, ')');
	}
	*ret = rules_pool(in->t, buf_bytes(&b));
	return 0;
}

static uint32_t words(const struct reading *in, const json_t *list)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)YAML_DOC_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct bytes one = json_bytes(json_array_get(list, i));
		for (size_t k = 0; k < one.n; k++)
			buf_addc(&b, to_lower(one.p[k]));
		buf_addc(&b, '\n');
	}
	return rules_pool(in->t, buf_bytes(&b));
}

/* ---- allow lists ---- */

static int read_condition(const struct reading *in, const char *id, const json_t *o,
                          struct rule_allow *a)
{
	static const struct {
		const char *word;
		bool is_and;
	} conditions[] = {
		{"and", true },
                {"&&",  true },
                {"or",  false},
                {"||",  false},
                {"",    false}
        };
	struct bytes word = text_of(o, "condition");
	size_t i = 0;
	while (i < ARRAY_LEN(conditions) && !bytes_eq_nocase(word, bytes_str(conditions[i].word)))
		i++;
	if (i == ARRAY_LEN(conditions))
		return wrong(in, id, "an allow list's condition is neither and nor or");
	a->is_and = conditions[i].is_and;
	return 0;
}

static int read_target(const struct reading *in, const char *id, const json_t *o,
                       struct rule_allow *a)
{
	static const char *const targets[TARGET__MAX] = {
		[TARGET_VALUE] = "secret", [TARGET_MATCH] = "match", [TARGET_LINE] = "line"};
	struct bytes word = text_of(o, "regexTarget");
	uint8_t i = 0;
	while (word.n && i < TARGET__MAX && !bytes_eq(word, bytes_str(targets[i])))
		i++;
	if (i == TARGET__MAX)
		return wrong(in, id, "a regexTarget is neither secret, match nor line");
	a->target = i;
	return 0;
}

/* 1: there is one; 0: it can never hold here. */
static int read_allow(const struct reading *in, const char *id, const json_t *o,
                      struct rule_allow *ret)
{
	struct rule_allow a = {.is_and = 0};
	if (read_condition(in, id, o, &a) < 0 || read_target(in, id, o, &a) < 0 ||
	    join(in, id, get(o, "regexes"), &a.regex) < 0 ||
	    join(in, id, get(o, "paths"), &a.path) < 0)
		return -1;
	a.stop = words(in, get(o, "stopwords"));
	*ret = a;
	bool has_commits = json_array_size(get(o, "commits")) > 0;
	bool has_any = a.regex || a.path || a.stop;
	if (!has_any && !has_commits)
		return wrong(in, id, "an allow list is empty");
	return has_any && !(a.is_and && has_commits);
}

typedef int take_fn(const struct reading *in, const char *id, const json_t *o,
                    const struct rule_allow *a);

/* Calls take with each list of o, in the old form of one table and the new one of several. */
static int each_allow(const struct reading *in, const char *id, const json_t *o, take_fn *take)
{
	const json_t *one = get(o, "allowlist"), *many = get(o, "allowlists");
	struct rule_allow a;
	for (size_t i = 0; i < json_array_size(many) + json_is_object(one); i++) {
		const json_t *list = i < json_array_size(many) ? json_array_get(many, i) : one;
		int rc = read_allow(in, id, list, &a);
		if (rc < 0 || (rc > 0 && take(in, id, list, &a) < 0))
			return -1;
	}
	return 0;
}

static struct rule_text *find(const struct reading *in, const char *id)
{
	for (size_t i = in->t->n; i-- > 0;) {
		const char *have = in->t->v[i].id;
		bool is_ours = i < in->first && strncmp(have, "secret.", 7) == 0;
		if (id && (strcmp(have, id) == 0 || (is_ours && strcmp(have + 7, id) == 0)))
			return &in->t->v[i];
	}
	return NULL;
}

static int take_rules(const struct reading *in, const char *id, const json_t *o,
                      const struct rule_allow *a)
{
	(void)o;
	struct rule_text *r = find(in, id);
	if (r)
		rules_allow_add(in->t, r, a);
	return 0;
}

/* Of the file: for the rules it names, else for all that it brings or extends. */
static int take_global(const struct reading *in, const char *id, const json_t *o,
                       const struct rule_allow *a)
{
	const json_t *targets = get(o, "targetRules");
	(void)id;
	for (size_t i = 0; i < json_array_size(targets); i++) {
		const char *one = json_string_value(json_array_get(targets, i));
		struct rule_text *r = one ? find(in, one) : NULL;
		if (!r && !in->has_default)
			return wrong(in, one ? one : "",
			             "an allow list is for it, but it is not there");
		if (r)
			rules_allow_add(in->t, r, a);
	}
	for (size_t i = in->has_default ? 0 : in->first; !json_array_size(targets) && i < in->t->n;
	     i++)
		rules_allow_add(in->t, &in->t->v[i], a);
	return 0;
}

/* ---- rules ---- */

/* Absent: 0; out of its range: -1. */
static double number(const json_t *o, const char *key, double max)
{
	const json_t *v = get(o, key);
	double n = json_is_number(v) ? json_number_value(v) : v ? -1 : 0;
	return n <= max ? n : -1;
}

static int expressions(const struct reading *in, const json_t *o, struct rule_text *r)
{
	struct arena *a = in->t->arena;
	struct bytes regex = text_of(o, "regex"), path = text_of(o, "path");
	double group = number(o, "secretGroup", 30), entropy = number(o, "entropy", 8);
	uint32_t groups = 0;
	if (!regex.n && !path.n)
		return wrong(in, r->id, "it has neither a regex nor a path");
	if (group < 0 || entropy < 0)
		return wrong(in, r->id, "a number is out of its range");
	if ((regex.n && check_regex(in, r->id, regex, &groups) < 0) ||
	    (path.n && check_regex(in, r->id, path, NULL) < 0))
		return -1;
	if (regex.n && group > groups)
		return wrong(in, r->id, "the regex has no such secretGroup");
	r->regex = regex.n ? arena_str(a, regex) : "";
	r->trigger = regex.n ? r->regex : NULL;
	r->wrap = 64;
	r->r.group = (uint8_t)group;
	r->r.entropy = (uint16_t)(entropy * 100 + 0.5);
	r->r.regex = rules_pool(in->t, regex);
	r->r.path = rules_pool(in->t, path);
	return 0;
}

static int read_rule(const struct reading *in, const json_t *o)
{
	struct bytes id = bytes_trim(text_of(o, "id")), title = text_of(o, "description");
	const char *text = arena_str(in->t->arena, id);
	bool is_ours = in->has_default && find(in, text) && !text_of(o, "regex").n &&
	               !text_of(o, "path").n;
	if (!id.n)
		return wrong(in, "", "it has no id");
	if (json_array_size(get(o, "required")))
		return wrong(in, text, "required rules (several parts) are not read");
	if (is_ours) /* adds to what ships */
		return each_allow(in, text, o, take_rules);
	struct rule_text *r = rules_text_add(in->t);
	r->name = in->name;
	r->id = text;
	if (expressions(in, o, r) < 0)
		return -1;
	r->r.flags = RULE_IS_USER | RULE_IS_STAND_INS | RULE_IS_GITLEAKS;
	/* its report leaves out what such a rule finds where another finds it too */
	if (strcasestr(text, "generic"))
		r->r.flags |= RULE_IS_WEAK;
	r->r.severity = SEV_HIGH;
	r->r.keywords = words(in, get(o, "keywords"));
	r->r.id = rules_pool(in->t, id);
	r->r.title = rules_pool(in->t, title.n ? title : id);
	r->r.why = rules_pool(in->t, B("Whoever has the image has the secret."));
	r->r.repair = rules_pool(in->t, B("Revoke it, and mount a new one at run time."));
	r->r.source = rules_pool(in->t, B("CWE-798"));
	return each_allow(in, text, o, take_rules);
}

static void disable(const struct reading *in, const char *id)
{
	struct rules_text *t = in->t;
	struct rule_text *r = find(in, id);
	if (!r)
		return;
	size_t at = (size_t)(r - t->v);
	memmove(r, r + 1, (t->n - at - 1) * sizeof *r);
	t->n--;
}

static int read_extend(struct reading *in, const json_t *o)
{
	const json_t *off = get(o, "disabledRules");
	in->has_default = json_is_true(get(o, "useDefault"));
	if (text_of(o, "path").n)
		return err_set(in->e, ERR_UNSUPPORTED,
		               "%s: extend.path is not followed: name both files", in->name);
	for (size_t i = 0; in->has_default && i < json_array_size(off); i++) {
		const char *id = json_string_value(json_array_get(off, i));
		if (id)
			disable(in, id);
	}
	in->first = in->t->n;
	return 0;
}

int rules_read_toml(struct rules_text *t, struct bytes text, const char *name, struct err *e)
{
	AUTO_JSON json_t *doc = NULL;
	struct reading in = {.t = t, .name = name, .e = e, .first = t->n};
	if (toml_load(text, name, (size_t)YAML_DOC_MAX, 0, &doc, e) < 0 ||
	    read_extend(&in, get(doc, "extend")) < 0)
		return -1;
	const json_t *rules = get(doc, "rules");
	if (!json_array_size(rules) && !in.has_default)
		return err_set(e, ERR_FORMAT, "%s: no list of rules", name);
	for (size_t i = 0; i < json_array_size(rules); i++) {
		if (read_rule(&in, json_array_get(rules, i)) < 0)
			return -1;
	}
	return each_allow(&in, "", doc, take_global);
}
