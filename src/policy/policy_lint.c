/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_lint.c - what is wrong with a policy that can be seen without an image.
 *
 * A rule whose answer is the same whatever it is asked, rules that say the same, contradict each
 * other or are covered by others, one that holds nowhere or asks for what nobody needs to look for,
 * lists that nobody reads, waivers that are past their end.  Beside reports: waivers that let
 * nothing pass that a rule refuses.
 */
#include "policy/policy_parts.h"

#include <string.h>

static void say(struct buf *out, const struct policy_rule *r, const char *what)
{
	buf_addf(out, "%.*s:%d: %.*s: %s\n", BYTES_FMT(r->of->file), r->line, BYTES_FMT(r->id),
	         what);
}

/* Whether the expression reads no variable, and what it gives then. */
static bool is_constant(const struct policy_rule *r, bool *ret)
{
	struct cel_run run;
	if (r->program->globals)
		return false;
	cel_run_init(&run, &policy_env, NULL);
	struct cel_value v = cel_evaluate(&run, r->program);
	*ret = v.kind == CEL_BOOL && v.b;
	bool is_good = v.kind == CEL_BOOL;
	cel_run_fini(&run);
	return is_good;
}

/* Findings of a check that need not have been made: where it was not, there are none. */
static void unneeded(const struct policy *p, const struct policy_rule *r, const struct cel_node *n,
                     struct buf *out)
{
	enum check c;
	bool is_check = n->kind == CEL_N_CALL && bytes_eq(n->name, B("_==_")) &&
	                n->args[0]->kind == CEL_N_FIELD && bytes_eq(n->args[0]->name, B("check")) &&
	                n->args[1]->kind == CEL_N_LITERAL && n->args[1]->value.kind == CEL_STRING;
	if (is_check && check_parse(n->args[1]->value.s, &c) && !((p->needs | r->needs) & 1U << c))
		buf_addf(out,
		         "%.*s:%d: %.*s: asks for findings of the check %s, which needs does not "
		         "name: where it was not made there are none\n",
		         BYTES_FMT(r->of->file), r->line, BYTES_FMT(r->id), check_name(c));
	if (n->target)
		unneeded(p, r, n->target, out);
	for (size_t i = 0; i < n->n; i++)
		unneeded(p, r, n->args[i], out);
}

static void beside_others(const struct policy *p, const struct policy_lint_rule *all, size_t i,
                          struct buf *out)
{
	const struct policy_rule *r = &p->rules[i];
	/* who extends a policy cannot change its rules */
	for (size_t k = 0; r->of == p && k < p->n_rules; k++) {
		const struct policy_rule *other = &p->rules[k];
		const char *what = k == i ? NULL : policy_lint_pair(&all[k], &all[i]);
		if (k < i && other->kind == r->kind && bytes_eq(other->expression, r->expression))
			say(out, r, "says what a rule above says");
		/* of two that contradict each other the later one is named */
		else if (what && (k < i || strncmp(what, "no image", 8) != 0))
			buf_addf(out, "%.*s:%d: %.*s: %s %.*s\n", BYTES_FMT(r->of->file), r->line,
			         BYTES_FMT(r->id), what, BYTES_FMT(other->id));
	}
}

/* Lists that no expression names. */
static void unread_lists(const struct policy *p, struct buf *out)
{
	for (size_t i = 0; i < p->n_values; i++) {
		struct bytes key = p->values[i].key;
		bool is_read = i && bytes_eq(key, p->values[i - 1].key);
		for (size_t k = 0; !is_read && k < p->n_rules; k++)
			is_read = bytes_search(p->rules[k].expression, key) >= 0 ||
			          bytes_search(p->rules[k].message, key) >= 0;
		for (size_t k = 0; !is_read && k < p->n_classes; k++)
			is_read = bytes_search(p->classes[k].when->text, key) >= 0;
		if (!is_read)
			buf_addf(out, "%.*s: values: no rule reads the list %.*s\n",
			         BYTES_FMT(p->file), BYTES_FMT(key));
	}
}

static void one(const struct policy *p, struct arena *a, const struct policy_lint_rule *all,
                size_t i, struct buf *out)
{
	const struct policy_rule *r = &p->rules[i];
	bool value;
	if (is_constant(r, &value)) {
		bool never = value == (r->kind == POLICY_REQUIRE);
		say(out, r,
		    never ? "can never refuse or warn: its expression reads nothing of the report"
		          : "refuses or warns always: its expression reads nothing of the report");
	}
	if (policy_lint_contradicts(&all[i].parts, &all[i].parts))
		say(out, r,
		    r->kind == POLICY_REQUIRE
		            ? "can never be met: its parts shut each other out"
		            : "can never refuse or warn: its parts shut each other out");
	if (policy_lint_always(a, r->program->root))
		say(out, r,
		    r->kind == POLICY_REQUIRE
		            ? "can never refuse: one of its parts is always true"
		            : "refuses or warns always: one of its parts is always true");
	unneeded(p, r, r->program->root, out);
	beside_others(p, all, i, out);
}

size_t policy_lint(const struct policy *p, const struct waivers *w, int64_t now_s, struct buf *out)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct policy_lint_rule *all = arena_alloc(a, (p->n_rules + 1) * sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < p->n_rules; i++)
		all[i] = (struct policy_lint_rule){&p->rules[i],
		                                   policy_lint_parts(a, p->rules[i].program->root)};
	for (size_t i = 0; i < p->n_rules; i++)
		one(p, a, all, i, out);
	bool is_toothless = true;
	for (size_t i = 0; i < p->n_rules; i++)
		is_toothless &= p->rules[i].kind == POLICY_WARN;
	if (is_toothless)
		buf_addf(out,
		         "%.*s: every rule warns, none refuses: it admits all that was looked at\n",
		         BYTES_FMT(p->file));
	unread_lists(p, out);
	for (size_t i = 0; w && i < w->n; i++)
		if (w->v[i].until_s && w->v[i].until_s < now_s)
			buf_addf(out, "%.*s: the waiver has ended: it has no effect\n",
			         BYTES_FMT(w->v[i].by));
	for (size_t i = 0; i < out->n; i++)
		n += out->p[i] == '\n';
	return n;
}

/* ---- waivers, beside reports ---- */

void policy_lint_waivers(const struct policy *p, const struct policy_scope *scope,
                         struct waivers *w, struct report *r, bool *effect)
{
	struct policy_judgement j;
	/* several of one line, a path and a package each, are one waiver to whoever wrote it */
	struct map *first = map_new();
	for (size_t k = w->n; k-- > 0;)
		map_put(first, w->v[k].by, NULL)->u = k;
	for (size_t i = 0; i < r->n_findings; i++)
		r->findings[i].waived = NULL;
	policy_judge(p, scope, r, &j);
	waivers_apply(w, r, scope->now_s);
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		if (f->waived && j.is_hit[i])
			effect[map_get(first, f->waived->by)->u] = true;
	}
	for (size_t k = 0; k < w->n; k++)
		effect[k] |= effect[map_get(first, w->v[k].by)->u];
	map_free(first);
}

void policy_lint_unused(const struct waivers *w, const bool *effect, size_t n_reports,
                        struct buf *out)
{
	for (size_t i = 0; i < w->n; i++)
		if (!effect[i])
			buf_addf(out, "%.*s: the waiver has no effect on %zu report%s: %s\n",
			         BYTES_FMT(w->v[i].by), n_reports, n_reports == 1 ? "" : "s",
			         w->v[i].used ? "no rule refuses what it lets pass"
			                      : "it lets no finding pass");
}
