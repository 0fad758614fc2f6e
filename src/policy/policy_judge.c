/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_judge.c - rules over a report: the verdict and what decided it.
 *
 * A refusal is certain whatever else is not known; without one, whatever could not be decided, and
 * every check that was needed and is not complete, makes the verdict incomplete.
 */
#include "policy/policy_parts.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGES = 20, TOLD = 3 };

struct judging {
	const struct policy *p;
	const struct policy_scope *scope;
	struct report *r;
	struct policy_judgement *out;
	struct policy_host host;
	struct cel_run run;
	struct policy_place place;
	struct policy_known *known; /* of each finding */
	size_t n_refusals, n_holes, n_more, n_more_warnings;
};

static struct cel_value values_of(struct judging *j)
{
	const struct policy *p = j->p;
	struct arena *a = j->r->arena;
	struct cel_value *keys = arena_alloc(a, (p->n_values + 1) * sizeof *keys);
	struct cel_value *lists = arena_alloc(a, (p->n_values + 1) * sizeof *lists);
	struct cel_value *texts = arena_alloc(a, (p->n_values + 1) * sizeof *texts);
	size_t n = 0;
	for (size_t i = 0; i < p->n_values; i++) {
		texts[i] = cel_string(p->values[i].value);
		if (i && bytes_eq(p->values[i].key, p->values[i - 1].key)) {
			((struct cel_list *)(uintptr_t)lists[n - 1].list)->n++;
			continue;
		}
		struct cel_list *l = arena_alloc(a, sizeof *l);
		*l = (struct cel_list){.n = 1, .depth = 1, .v = &texts[i]};
		keys[n] = cel_string(p->values[i].key);
		lists[n++] = (struct cel_value){.kind = CEL_LIST, .list = l};
	}
	struct cel_map *m = arena_alloc(a, sizeof *m);
	*m = (struct cel_map){.n = n, .depth = 2, .keys = keys, .values = lists};
	return (struct cel_value){.kind = CEL_MAP, .map = m};
}

static void reason(struct judging *j, const char *text)
{
	if (j->r->verdict.reasons.n < (size_t)POLICY_REASONS_MAX)
		list_add(j->r, &j->r->verdict.reasons, bytes_str(text));
	else
		j->n_more++;
}

/* What the rule says where it hits. */
static struct bytes said(struct judging *j, const struct policy_rule *rule, const struct finding *f)
{
	struct report *r = j->r;
	if (rule->n_parts)
		return policy_message(&j->run, r, rule);
	if (f)
		return bytes_str(arena_printf(r->arena, "%.*s%s%.*s", BYTES_FMT(f->id),
		                              f->package.n ? " in " : "", BYTES_FMT(f->package)));
	if (rule->description.n)
		return rule->description;
	return bytes_str(arena_printf(r->arena, "%s: %.*s",
	                              rule->kind == POLICY_REQUIRE ? "not met" : "true",
	                              BYTES_FMT(bytes_slice(rule->expression, 0, 400))));
}

static void add_once(struct report *r, struct bytes_list *to, const char *text)
{
	for (size_t i = 0; i < to->n; i++)
		if (bytes_eq(to->v[i], bytes_str(text)))
			return;
	if (to->n < MESSAGES)
		list_add(r, to, bytes_str(text));
}

static void add_repair(struct report *r, struct policy_outcome *o, const struct finding *f)
{
	struct bytes name = f->package_name.n ? f->package_name : f->package;
	if (o->repairs.n >= MESSAGES)
		return;
	if (f->fixed.n)
		add_once(r, &o->repairs,
		         arena_printf(r->arena, "update %.*s to %.*s", BYTES_FMT(name),
		                      BYTES_FMT(f->fixed)));
	else if (f->repair.n)
		add_once(r, &o->repairs, arena_printf(r->arena, "%.*s", BYTES_FMT(f->repair)));
	else
		add_once(r, &o->repairs,
		         arena_printf(r->arena, "%.*s%s%.*s: no repair is known", BYTES_FMT(f->id),
		                      name.n ? " in " : "", BYTES_FMT(name)));
}

/* Whether what a rule says would be kept anywhere: of half a million hits, no more is made. */
static bool is_heard(const struct judging *j, const struct policy_outcome *o)
{
	size_t n = o->rule->kind == POLICY_WARN ? j->out->warnings.n : j->r->verdict.reasons.n;
	return o->messages.n < MESSAGES || n < (size_t)POLICY_REASONS_MAX;
}

static void hit(struct judging *j, struct policy_outcome *o, const struct finding *f)
{
	bool is_warning = o->rule->kind == POLICY_WARN, heard = is_heard(j, o);
	o->n_hits++;
	o->answer = POLICY_HIT;
	j->n_refusals += !is_warning;
	if (f && !o->rule->is_unwaivable)
		j->out->is_hit[f - j->r->findings] = true;
	if (f && j->scope->is_explained)
		add_repair(j->r, o, f);
	if (!heard) {
		*(is_warning ? &j->n_more_warnings : &j->n_more) += 1;
		return;
	}
	struct bytes message = said(j, o->rule, f);
	const char *text =
		arena_printf(j->r->arena, "%.*s: %.*s", BYTES_FMT(o->rule->id), BYTES_FMT(message));
	if (o->messages.n < MESSAGES)
		list_add(j->r, &o->messages, message);
	if (!is_warning)
		reason(j, text);
	else if (j->out->warnings.n < (size_t)POLICY_REASONS_MAX)
		list_add(j->r, &j->out->warnings, bytes_str(text));
	else
		j->n_more_warnings++;
}

static void undecided(struct judging *j, struct policy_outcome *o, struct bytes why)
{
	if (o->answer == POLICY_PASSED)
		o->answer = POLICY_UNDECIDED;
	j->n_holes++;
	if (o->n_errors++ && o->messages.n >= MESSAGES)
		return;
	const char *text = arena_printf(j->r->arena, "could not be decided: %.*s", BYTES_FMT(why));
	if (o->messages.n < MESSAGES)
		list_add(j->r, &o->messages, bytes_str(text));
	if (o->n_errors == 1)
		reason(j, arena_printf(j->r->arena, "%.*s: %s", BYTES_FMT(o->rule->id), text));
}

/* For `policy explain`: of findings the first few that are hit or cannot be decided. */
static void explain(struct judging *j, struct policy_outcome *o, const struct finding *f,
                    const struct cel_value *v)
{
	bool is_through = v->kind == CEL_BOOL && v->b == (o->rule->kind == POLICY_REQUIRE);
	if (!j->scope->is_explained || (f && (is_through || o->n_told++ >= TOLD)))
		return;
	if (f)
		list_add(
			j->r, &o->why,
			bytes_str(arena_printf(j->r->arena, "%.*s%s%.*s:", BYTES_FMT(f->id),
		                               f->package.n ? " in " : "", BYTES_FMT(f->package))));
	policy_why(&j->run, j->r, o->rule->program, &o->why);
	if (!f && !is_through)
		policy_change(&j->run, j->r, o->rule, &o->change);
}

/* Asks a rule: by its own program, or by one that is known to give the same. */
static void ask(struct judging *j, struct policy_outcome *o, const struct cel_program *p,
                const struct finding *f)
{
	struct cel_value v = cel_evaluate(&j->run, p);
	o->n_asked++;
	if (j->scope->is_explained) {
		explain(j, o, f, &v);
		v = cel_evaluate(&j->run, p);
	}
	if (v.kind != CEL_BOOL) {
		undecided(j, o, v.kind == CEL_ERROR ? v.s : B("the expression gives no bool"));
		return;
	}
	if (v.b == (o->rule->kind != POLICY_REQUIRE))
		hit(j, o, f);
}

static void ask_findings(struct judging *j, struct policy_outcome *o)
{
	const struct policy_rule *rule = o->rule;
	for (size_t i = 0; i < j->r->n_findings; i++) {
		const struct finding *f = &j->r->findings[i];
		const struct cel_program *p = rule->program;
		if (f->waived && !rule->is_unwaivable)
			continue;
		cel_run_set(&j->run, POLICY_FINDING, policy_finding_value(f));
		if (rule->shared && !j->scope->is_explained)
			p = policy_left(j->p, rule, &j->run, &j->known[i]);
		if (p)
			ask(j, o, p, f);
		else
			o->n_asked++;
	}
	j->run.has_global[POLICY_FINDING] = false;
}

/* The first class whose condition is true; the number of them where there is none. */
static size_t find_class(struct judging *j)
{
	const struct policy *p = j->p;
	for (size_t i = 0; i < p->n_classes; i++) {
		struct cel_value v = cel_evaluate(&j->run, p->classes[i].when);
		if (v.kind == CEL_BOOL && v.b)
			return i;
		if (v.kind == CEL_BOOL)
			continue;
		j->place.is_class_unknown = true;
		reason(j, arena_printf(j->r->arena, "class %.*s: could not be decided: %.*s",
		                       BYTES_FMT(p->classes[i].name),
		                       BYTES_FMT(v.kind == CEL_ERROR ? v.s : B("no bool"))));
		j->n_holes++;
		break;
	}
	return p->n_classes;
}

/* A rule sees the classes of its own policy, and of those that this extends: whoever extends it
 * puts no image into a class that the rule's author did not know. */
static void set_class(struct judging *j, const struct policy *of, size_t class)
{
	struct bytes name = class < of->n_classes ? of->classes[class].name : B("");
	if (bytes_eq(name, j->host.class))
		return;
	j->host.class = j->place.class = name;
	/* the variable may have been kept as another */
	cel_run_forget(&j->run, &j->host);
}

/* The first row that made a check what it is; NULL: none. */
static const struct coverage *row_of(const struct report *r, enum check c, enum coverage_status s)
{
	for (size_t i = 0; i < r->n_coverage; i++)
		if (r->coverage[i].check == c && r->coverage[i].status == s)
			return &r->coverage[i];
	return NULL;
}

/* Checks that are needed and not complete, and findings that the report does not have. */
static void look_for_holes(struct judging *j, unsigned wanted)
{
	for (unsigned c = 0; c < CHECK__MAX; c++) {
		enum coverage_status s = report_check_status(j->r, (enum check)c);
		const struct coverage *row = row_of(j->r, (enum check)c, s);
		struct bytes why = row ? row->detail : (struct bytes){0};
		if (!(wanted & 1U << c) || s == COVERAGE_COMPLETE)
			continue;
		j->n_holes++;
		reason(j, arena_printf(j->r->arena, "the check %s is needed and %s%s%.*s",
		                       check_name((enum check)c),
		                       s == COVERAGE_INCOMPLETE ? "is incomplete"
		                       : row                    ? "was left out"
		                                                : "was not made",
		                       why.n ? ": " : "", BYTES_FMT(why)));
	}
	if (!j->r->n_filtered)
		return;
	j->n_holes++;
	reason(j, arena_printf(j->r->arena,
	                       "%llu findings are not in the report: filters left them out when it "
	                       "was made, and a policy wants all",
	                       (unsigned long long)j->r->n_filtered));
}

static void look_at_image(struct judging *j)
{
	struct bytes want = j->scope->digest;
	if (!want.n || bytes_eq(want, j->r->image.digest))
		return;
	j->n_refusals++;
	reason(j,
	       arena_printf(j->r->arena, "the report is of another image: %.*s, not %.*s",
	                    BYTES_FMT(j->r->image.digest.n ? j->r->image.digest : B("no digest")),
	                    BYTES_FMT(want)));
}

/* The glass broken: admitted all the same, and written down who did it and why. */
static void break_glass(struct judging *j)
{
	const struct policy_texts *who = &j->p->break_glass;
	struct bytes by = j->scope->break_glass_by, why = bytes_trim(j->scope->break_glass_reason);
	bool may = false;
	if (!by.n || j->out->result == VERDICT_ADMIT)
		return;
	for (size_t i = 0; i < who->n; i++)
		may |= bytes_eq(who->v[i], by);
	if (!may || !why.n) {
		reason(j, arena_printf(j->r->arena, "the glass stays whole: %s",
		                       may ? "no reason is given"
		                           : "the policy does not let this name break it"));
		return;
	}
	const char *was = verdict_name(j->out->result);
	j->out->result = VERDICT_ADMIT;
	list_add(j->r, &j->r->verdict.reasons,
	         bytes_str(arena_printf(j->r->arena,
	                                "break-glass: %.*s admits what is %s otherwise: %.*s",
	                                BYTES_FMT(by), was, BYTES_FMT(why))));
}

static void finish(struct judging *j)
{
	struct report *r = j->r;
	if (j->n_more_warnings)
		list_add(r, &j->out->warnings,
		         bytes_str(arena_printf(r->arena, "and %zu warnings more",
		                                j->n_more_warnings)));
	if (j->n_more)
		list_add(r, &r->verdict.reasons,
		         bytes_str(arena_printf(r->arena, "and %zu reasons more", j->n_more)));
	j->out->result = j->n_refusals ? VERDICT_REFUSE
	                 : j->n_holes  ? VERDICT_INCOMPLETE
	                               : VERDICT_ADMIT;
	break_glass(j);
	r->verdict.is_present = true;
	r->verdict.result = j->out->result;
	r->verdict.policy = arena_dup(r->arena, j->p->name);
}

static void find_place(struct judging *j)
{
	struct arena *a = j->r->arena;
	const struct policy_scope *s = j->scope;
	j->host.repository = bytes_trim(s->repository);
	if (!j->host.repository.n)
		j->host.repository = policy_repository(j->r->image.reference);
	j->place.environment = policy_place(a, s->environment);
	j->place.namespace = policy_place(a, s->namespace);
	j->place.repository = policy_place(a, j->host.repository);
	j->place.full_repository = policy_full_name(a, j->place.repository);
}

void policy_judge(const struct policy *p, const struct policy_scope *scope, struct report *r,
                  struct policy_judgement *ret)
{
	struct judging j = {.p = p, .scope = scope, .r = r, .out = ret};
	unsigned wanted = p->needs;
	*ret = (struct policy_judgement){.n = p->n_rules};
	ret->outcomes = arena_alloc(r->arena, (p->n_rules + 1) * sizeof *ret->outcomes);
	policy_host_init(&j.host, r, scope);
	j.host.class = j.place.class = B("");
	find_place(&j);
	j.host.values = values_of(&j);
	ret->is_hit = arena_alloc(r->arena, r->n_findings + 1);
	if (p->n_shared)
		j.known = mem_zalloc((r->n_findings + 1) * sizeof *j.known);
	cel_run_init(&j.run, &policy_env, &j.host);
	j.run.total_max = scope->cost_max ? scope->cost_max : (uint64_t)POLICY_COST_MAX;
	r->verdict.reasons = (struct bytes_list){0};
	look_at_image(&j);
	size_t class = find_class(&j);
	for (size_t i = 0; i < p->n_rules; i++) {
		struct policy_outcome *o = &ret->outcomes[i];
		*o = (struct policy_outcome){.rule = &p->rules[i]};
		set_class(&j, o->rule->of, class);
		if (!policy_holds(&o->rule->where, &j.place)) {
			o->answer = POLICY_ELSEWHERE;
			continue;
		}
		wanted |= o->rule->needs;
		if (o->rule->is_per_finding)
			ask_findings(&j, o);
		else
			ask(&j, o, o->rule->program, NULL);
	}
	look_for_holes(&j, wanted);
	if (class < p->n_classes)
		ret->class = arena_dup(r->arena, p->classes[class].name);
	finish(&j);
	ret->cost = j.run.total + j.run.cost;
	cel_run_fini(&j.run);
	free(j.known);
}
