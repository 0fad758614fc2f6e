/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_policy_test.c - assay policy test: cases with the verdict that is expected of them.
 *
 * Format: a mapping with `policy` and `cases`: name, report (the path of one, or a small one
 * written there: policy_case.c), expect (admit, refuse, incomplete), and, where they matter, rules
 * (those that must refuse, and no other), warns (those that must warn, and no other), environment,
 * namespace, repository, at. Paths are looked for beside the file of cases.
 */
#include "cli/policy.h"

#include <stdlib.h>
#include <string.h>

struct testing {
	const char *file;
	json_t *root;
	struct arena *arena;
	struct cli_policy p;
	size_t *refused; /* of each rule, in how many cases it refuses */
	size_t *passed;
	size_t n_failed, n;
};

static const char *beside(const struct testing *t, struct bytes path)
{
	struct bytes folder = path_dir(bytes_str(t->file));
	bool is_whole = !folder.n || (path.n && path.p[0] == '/');
	return arena_printf(t->arena, "%.*s%s%.*s", BYTES_FMT(is_whole ? B("") : folder),
	                    is_whole ? "" : "/", BYTES_FMT(path));
}

/* An error at a member of a mapping, or where that begins. */
static int bad_at(const struct testing *t, const json_t *o, const char *key, struct err *e,
                  const char *what)
{
	struct yaml_at at = yaml_place((struct bytes){0}, o, key, 0);
	return err_set(e, ERR_USAGE, "%s:%d:%d: %s", t->file, at.line, at.column, what);
}

static int bad(const struct testing *t, const json_t *o, struct err *e, const char *what)
{
	return bad_at(t, o, "", e, what);
}

static int check_keys(const struct testing *t, const json_t *o, const char *const known[],
                      struct err *e)
{
	const char *key;
	json_t *value;
	if (!json_is_object(o))
		return bad_at(t, t->root, "cases", e, "a mapping is wanted");
	json_object_foreach((json_t *)(uintptr_t)o, key, value)
	{
		size_t i = 0;
		while (known[i] && strcmp(known[i], key) != 0)
			i++;
		if (known[i] || strcmp(key, YAML_LINE_KEY) == 0 || strcmp(key, YAML_MARKS_KEY) == 0)
			continue;
		const char *near = bytes_nearest(bytes_str(key), known);
		return bad_at(t, o, key, e,
		              arena_printf(t->arena, "unknown key \"%s\"%s%s%s", key,
		                           near ? ": is \"" : "", near ? near : "",
		                           near ? "\" meant?" : ""));
	}
	return 0;
}

/* Members that must be texts where they are there: one of another kind would mean nothing. */
static int check_texts(const struct testing *t, const json_t *o, const char *const keys[],
                       struct err *e)
{
	for (size_t i = 0; keys[i]; i++) {
		const json_t *v = json_object_get(o, keys[i]);
		if (v && !json_string_length(v))
			return bad_at(t, o, keys[i], e,
			              arena_printf(t->arena, "\"%s\" is a text that is not empty",
			                           keys[i]));
	}
	return 0;
}

/* A list of rules of the policy. */
static int check_rules(const struct testing *t, const json_t *o, const char *key, struct err *e)
{
	const json_t *list = json_object_get(o, key);
	const struct policy *p = t->p.policy;
	if (list && !json_is_array(list))
		return bad_at(t, o, key, e,
		              arena_printf(t->arena, "\"%s\" is a list of rules", key));
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct bytes id = json_bytes(json_array_get(list, i));
		size_t k = 0;
		while (k < p->n_rules && !bytes_eq(p->rules[k].id, id))
			k++;
		if (k == p->n_rules)
			return bad_at(t, o, key, e,
			              arena_printf(t->arena, "the policy has no rule \"%.*s\"",
			                           BYTES_FMT(id)));
	}
	return 0;
}

static bool is_listed(const json_t *list, struct bytes id)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (bytes_eq(json_bytes(json_array_get(list, i)), id))
			return true;
	return false;
}

/* Whether the rules that hit (of warnings, or the others) are those that are listed; NULL: they
 * are. */
static const char *rules_differ(struct testing *t, const json_t *list, bool is_warn,
                                const struct policy_judgement *j)
{
	size_t found = 0;
	for (size_t i = 0; list && i < j->n; i++) {
		const struct policy_outcome *oc = &j->outcomes[i];
		if (oc->answer != POLICY_HIT || (oc->rule->kind == POLICY_WARN) != is_warn)
			continue;
		if (!is_listed(list, oc->rule->id))
			return arena_printf(t->arena, "%.*s %s too", BYTES_FMT(oc->rule->id),
			                    is_warn ? "warns" : "refuses");
		found++;
	}
	if (found == json_array_size(list))
		return NULL;
	return is_warn ? "not all of the rules that are named warn"
	               : "not all of the rules that are named refuse";
}

/* What is not as the case expects; NULL: nothing. */
static const char *differs(struct testing *t, const json_t *o, const struct policy_judgement *j)
{
	struct bytes expect = json_text(o, "expect");
	for (size_t i = 0; i < j->n; i++) {
		t->refused[i] += j->outcomes[i].answer == POLICY_HIT;
		t->passed[i] += j->outcomes[i].answer == POLICY_PASSED;
	}
	if (!bytes_eq(expect, bytes_str(verdict_name(j->result))))
		return arena_printf(t->arena, "expected %.*s, it is %s", BYTES_FMT(expect),
		                    verdict_name(j->result));
	const char *why = rules_differ(t, json_object_get(o, "rules"), false, j);
	return why ? why : rules_differ(t, json_object_get(o, "warns"), true, j);
}

static int check_case(struct testing *t, const json_t *o, struct err *e)
{
	static const char *const known[] = {"name",        "report",    "expect",     "rules",
	                                    "environment", "namespace", "repository", "at",
	                                    "warns",       NULL};
	static const char *const verdicts[] = {"admit", "refuse", "incomplete"};
	static const char *const texts[] = {"name",       "expect", "environment", "namespace",
	                                    "repository", "at",     NULL};
	struct bytes expect = json_text(o, "expect");
	const json_t *report = json_object_get(o, "report");
	bool is_verdict = false;
	if (check_keys(t, o, known, e) < 0 || check_texts(t, o, texts, e) < 0 ||
	    check_rules(t, o, "rules", e) < 0 || check_rules(t, o, "warns", e) < 0)
		return -1;
	if (!json_text(o, "name").n || !report || !expect.n)
		return bad(t, o, e, "a case needs name, report and expect");
	if (!json_is_object(report) && !json_string_length(report))
		return bad_at(t, o, "report", e,
		              "\"report\" is the path of a report, or a small one written here");
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++)
		is_verdict |= bytes_eq(expect, bytes_str(verdicts[i]));
	return is_verdict ? 0
	                  : bad_at(t, o, "expect", e, "\"expect\" is admit, refuse or incomplete");
}

static int read_report(struct testing *t, const json_t *o, struct report **ret, struct err *e)
{
	AUTO_BUF struct buf text = {.p = NULL};
	const json_t *report = json_object_get(o, "report");
	if (json_is_object(report))
		return cli_policy_case(report, t->file, ret, e);
	const char *path = beside(t, json_bytes(report));
	struct report **all = NULL;
	size_t n = 0;
	int rc = file_read(path, (size_t)JSON_DOC_MAX, &text, e) < 0
	                 ? -1
	                 : report_read_all(buf_bytes(&text), path, &all, &n, e);
	if (rc == 0 && n > 1)
		rc = bad_at(t, o, "report", e,
		            arena_printf(t->arena, "%s holds %zu reports: a case is about one",
		                         path, n));
	else if (rc < 0)
		err_wrap(e, "%s:%d:%d", t->file, yaml_place((struct bytes){0}, o, "report", 0).line,
		         yaml_place((struct bytes){0}, o, "report", 0).column);
	*ret = rc == 0 ? all[0] : NULL;
	for (size_t i = rc == 0; i < n; i++)
		report_free(all[i]);
	free(all);
	return rc;
}

static int one(struct testing *t, const json_t *o, struct err *e)
{
	struct policy_judgement j;
	struct report *r = NULL;
	struct policy_scope before = t->p.scope;
	if (check_case(t, o, e) < 0)
		return -1;
	t->p.scope.environment = json_text(o, "environment");
	t->p.scope.namespace = json_text(o, "namespace");
	t->p.scope.repository = json_text(o, "repository");
	if (json_object_get(o, "at") && !clock_parse(json_text(o, "at"), &t->p.scope.now_s))
		return bad_at(t, o, "at", e, "\"at\" is no time such as 2027-01-31");
	if (read_report(t, o, &r, e) < 0)
		return -1;
	int rc = cli_policy_judge(&t->p, r, &j, e);
	const char *why = rc < 0 ? NULL : differs(t, o, &j);
	report_free(r);
	t->p.scope = before;
	if (rc < 0)
		return -1;
	t->n++;
	t->n_failed += why != NULL;
	cli_line("%s %.*s%s%s", why ? "FAIL" : "pass", BYTES_FMT(json_text(o, "name")),
	         why ? ": " : "", why ? why : "");
	return 0;
}

static int cases(struct testing *t, const struct settings *s, struct err *e)
{
	static const char *const known[] = {"version", "policy", "cases", NULL};
	const json_t *list = json_list(t->root, "cases");
	if (check_keys(t, t->root, known, e) < 0)
		return -1;
	if (!bytes_eq(json_text(t->root, "version"), B("1")))
		return bad_at(t, t->root, "version", e, "the version of cases that is read is 1");
	if (!json_array_size(list) || !json_text(t->root, "policy").n)
		return bad_at(t, t->root, json_text(t->root, "policy").n ? "cases" : "policy", e,
		              "a policy and a list of cases are wanted");
	if (cli_policy_open(s, beside(t, json_text(t->root, "policy")), &t->p, e) < 0)
		return -1;
	t->refused = arena_alloc(t->arena, (t->p.policy->n_rules + 1) * sizeof *t->refused);
	t->passed = arena_alloc(t->arena, (t->p.policy->n_rules + 1) * sizeof *t->passed);
	for (size_t i = 0; i < json_array_size(list); i++)
		if (one(t, json_array_get(list, i), e) < 0)
			return -1;
	return 0;
}

/* Of each rule in how many cases it hit and passed. */
static void print_coverage(const struct testing *t)
{
	const struct policy *p = t->p.policy;
	size_t whole = 0;
	cli_line("%-40s %5s %5s", "RULE", "HIT", "PASS");
	for (size_t i = 0; i < p->n_rules; i++) {
		whole += t->refused[i] && t->passed[i];
		cli_line("%-40.*s %5zu %5zu%s", BYTES_FMT(p->rules[i].id), t->refused[i],
		         t->passed[i],
		         t->refused[i] && t->passed[i] ? ""
		         : t->refused[i]               ? "  is never seen to pass"
		         : t->passed[i]                ? "  is never seen to hit"
		                                       : "  is never seen to hold");
	}
	cli_line("%zu cases, %zu failed; %zu of %zu rules are seen to hit and to pass", t->n,
	         t->n_failed, whole, p->n_rules);
}

static int test_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	int status = EXIT_PASS;
	for (size_t i = 0; i < n && status != EXIT_USAGE; i++) {
		AUTO_BUF struct buf text = {.p = NULL};
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_JSON json_t *root = NULL;
		struct testing t = {.file = args[i], .arena = a};
		if (file_read(args[i], (size_t)YAML_DOC_MAX, &text, &e) < 0 ||
		    yaml_load(buf_bytes(&text), args[i], YAML_LINES | YAML_MARKS, &root, &e) < 0 ||
		    (t.root = root, cases(&t, s, &e)) < 0) {
			e.kind = e.kind == ERR_FORMAT ? ERR_USAGE : e.kind;
			status = cli_fail(&e);
		} else {
			print_coverage(&t);
			status = t.n_failed ? EXIT_GATE : status;
		}
		cli_policy_close(&t.p);
	}
	return status;
}

static const char *const examples[] = {"assay policy test policy.cases.yaml", NULL};

const struct command command_policy_test = {
	.name = "policy test",
	.args = "CASES...",
	.title = "Try a policy on reports whose verdict is known",
	.text = "A file of cases names a policy and reports, or has small ones written in it, with "
		"the verdict that is expected of each, and which rules must refuse or warn. In how "
		"many cases each rule hit and passed is listed. The exit status is 1 when a case "
		"fails.",
	.examples = examples,
	.groups = GROUP_POLICY | GROUP_WHATIF,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = test_run,
};
