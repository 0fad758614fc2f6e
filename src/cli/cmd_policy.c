/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_policy.c - assay policy check, explain, lint: a policy over saved reports. */
#include "cli/policy.h"

#include <stdlib.h>
#include <string.h>

#include "render/render.h"

struct checking {
	struct cli_policy p;
	const struct render_form *form; /* NULL: words */
	unsigned seen;
	bool is_explained;
};

static const char *const answers[] = {
	[POLICY_PASSED] = "pass",
	[POLICY_HIT] = "REFUSE",
	[POLICY_UNDECIDED] = "UNDECIDED",
	[POLICY_ELSEWHERE] = "elsewhere",
};

static void print_verdict(const char *file, const struct report *r)
{
	cli_line("%-10s %s%s%.*s", verdict_name(r->verdict.result), file,
	         r->image.reference.n ? "  " : "", BYTES_FMT(r->image.reference));
	for (size_t i = 0; i < r->verdict.reasons.n; i++)
		cli_line("  %.*s", BYTES_FMT(r->verdict.reasons.v[i]));
}

static void print_lines(const char *title, const struct bytes_list *l)
{
	if (l->n)
		cli_line("    %s", title);
	for (size_t i = 0; i < l->n; i++)
		cli_line("      %.*s", BYTES_FMT(l->v[i]));
}

/* What a rule needs changed to let the image pass. */
static void print_change(const struct policy_outcome *o)
{
	const struct policy_rule *rule = o->rule;
	if (o->n_errors)
		cli_line("    to be admitted: what it asks about must be known, or the rule ask "
		         "has() first");
	else if (rule->is_per_finding)
		cli_line("    to be admitted: %zu finding%s repaired%s", o->n_hits,
		         o->n_hits == 1 ? "" : "s", rule->is_unwaivable ? "" : " or waived");
	else
		print_lines("to be admitted:", &o->change);
	for (size_t i = 0; i < o->repairs.n; i++)
		cli_line("      %.*s", BYTES_FMT(o->repairs.v[i]));
}

/* Why a rule does not hold where the image is to run. */
static void print_where(const struct policy_where *w)
{
	const struct {
		const char *what;
		const struct policy_texts *list;
	} rows[] = {
		{"environments", &w->environments},
		{"repositories", &w->repositories},
		{"namespaces",   &w->namespaces  },
		{"classes",      &w->classes     },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)YAML_DOC_MAX);
		for (size_t k = 0; k < rows[i].list->n; k++)
			buf_addf(&b, "%s %.*s", k ? "," : "", BYTES_FMT(rows[i].list->v[k]));
		if (rows[i].list->n)
			cli_line("    holds only in %s%s", rows[i].what, buf_cstr(&b));
	}
}

/* What the rule was asked of, and what it says. */
static void print_said(const struct policy_outcome *o)
{
	const struct policy_rule *rule = o->rule;
	if (rule->is_per_finding && o->answer != POLICY_ELSEWHERE)
		cli_line("    asked of %zu findings, true of %zu", o->n_asked, o->n_hits);
	if (o->n_errors && rule->is_per_finding)
		cli_line("    could not be decided of %zu", o->n_errors);
	/* without a message it is the expression again */
	bool is_said = rule->is_per_finding || rule->message.n || rule->description.n ||
	               o->answer == POLICY_UNDECIDED;
	for (size_t i = 0; i < o->messages.n && is_said; i++)
		cli_line("    - %.*s", BYTES_FMT(o->messages.v[i]));
	if (o->n_hits > o->messages.n)
		cli_line("    - and %zu more", o->n_hits - o->messages.n);
}

static void print_expression(struct bytes text)
{
	text = bytes_trim(text);
	for (struct bytes line; bytes_line(&text, &line);)
		cli_line("    %.*s", BYTES_FMT(line));
}

static void print_outcome(const struct policy *p, const struct policy_outcome *o)
{
	const struct policy_rule *rule = o->rule;
	bool is_warning = rule->kind == POLICY_WARN && o->answer == POLICY_HIT;
	bool is_others = rule->of != p;
	cli_line("%-10s %.*s%s%.*s%s", is_warning ? "warn" : answers[o->answer],
	         BYTES_FMT(rule->id), is_others ? "  (of " : "",
	         BYTES_FMT(is_others ? rule->of->name : B("")),
	         is_others ? ": it can be tightened, not loosened)" : "");
	print_expression(rule->expression);
	if (rule->source.n)
		cli_line("    source: %.*s", BYTES_FMT(rule->source));
	print_said(o);
	if (o->answer == POLICY_ELSEWHERE)
		print_where(&rule->where);
	print_lines(rule->is_per_finding ? "decided by, of the first:" : "decided by:", &o->why);
	if ((o->answer == POLICY_HIT && !is_warning) || o->n_errors)
		print_change(o);
}

static int check_one(void *arg, const char *file, struct report *r, struct err *e)
{
	struct checking *c = arg;
	struct policy_judgement j;
	const struct report *one = r;
	c->p.file = file;
	if (cli_policy_judge(&c->p, r, &j, e) < 0)
		return -1;
	c->seen |= 1U << j.result;
	if (c->form)
		return c->form->write(&one, 1, &(struct render_options){.show_suppressed = false},
		                      stdout, e);
	print_verdict(file, r);
	if (!c->is_explained)
		return 0;
	cli_line("%s", "");
	cli_line("%.*s: user %lld:%lld (%.*s), os %.*s %.*s, %zu packages, %zu findings, %zu "
	         "bases%s%.*s",
	         BYTES_FMT(c->p.policy->name), (long long)r->image.user.uid,
	         (long long)r->image.user.gid, BYTES_FMT(r->image.user.declared),
	         BYTES_FMT(r->os.id), BYTES_FMT(r->os.version), r->n_packages, r->n_findings,
	         r->n_lineage, j.class.n ? ", class " : "", BYTES_FMT(j.class));
	for (size_t i = 0; i < j.n; i++)
		print_outcome(c->p.policy, &j.outcomes[i]);
	return 0;
}

static int run(const struct settings *s, const char *const *args, size_t n, bool is_explained)
{
	struct err e = {.kind = ERR_NONE};
	struct checking c = {.is_explained = is_explained};
	int status;
	if (s->format && strcmp(s->format, "table") != 0 && !is_explained) {
		c.form = render_by_name(bytes_str(s->format));
		if (!c.form) {
			err_set(&e, ERR_USAGE, "there is no form \"%s\"", s->format);
			return cli_fail(&e);
		}
	}
	int rc = cli_policy_open(s, s->policy, &c.p, &e);
	c.p.scope.is_explained = is_explained;
	if (rc < 0 || cli_reports_each(args, n, check_one, &c, &e) < 0)
		status = cli_fail(&e);
	else
		status = cli_policy_status(c.seen);
	cli_policy_close(&c.p);
	return status;
}

static int check_run(const struct settings *s, const char *const *args, size_t n)
{
	return run(s, args, n, false);
}

static int explain_run(const struct settings *s, const char *const *args, size_t n)
{
	return run(s, args, n, true);
}

struct linting {
	struct cli_policy p;
	bool *effect;
	size_t n_reports;
};

static bool is_report(const char *path) { return bytes_ends(bytes_str(path), B(".json")); }

static int lint_report(void *arg, const char *file, struct report *r, struct err *e)
{
	struct linting *l = arg;
	(void)file;
	(void)e;
	policy_lint_waivers(l->p.policy, &l->p.scope, l->p.waivers, r, l->effect);
	l->n_reports++;
	return 0;
}

static int lint_one(const struct settings *s, const char *const *args, size_t n, size_t at,
                    struct buf *out, struct err *e)
{
	struct linting l = {.n_reports = 0};
	int rc = cli_policy_open(s, args[at], &l.p, e);
	if (rc == 0) {
		policy_lint(l.p.policy, l.p.waivers, l.p.scope.now_s, out);
		l.effect = mem_zalloc((l.p.waivers->n + 1) * sizeof *l.effect);
	}
	for (size_t i = 0; i < n && rc == 0; i++)
		if (is_report(args[i]))
			rc = cli_reports_each(&args[i], 1, lint_report, &l, e);
	if (rc == 0 && l.n_reports)
		policy_lint_unused(l.p.waivers, l.effect, l.n_reports, out);
	free(l.effect);
	cli_policy_close(&l.p);
	return rc;
}

static int lint_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf out;
	size_t n_policies = 0;
	buf_init(&out, MIB(4));
	for (size_t i = 0; i < n; i++) {
		n_policies += !is_report(args[i]);
		if (!is_report(args[i]) && lint_one(s, args, n, i, &out, &e) < 0)
			return cli_fail(&e);
	}
	if (!n_policies) {
		err_set(&e, ERR_USAGE, "name a policy; what ends in .json is a report");
		return cli_fail(&e);
	}
	struct bytes rest = buf_bytes(&out);
	for (struct bytes line; bytes_line(&rest, &line);)
		cli_line("%.*s", BYTES_FMT(line));
	return out.n ? EXIT_GATE : EXIT_PASS;
}

static const char *const check_examples[] = {
	"assay policy check report.json --policy production.yaml",
	"assay policy check reports/*.json --policy production.yaml --environment production",
	NULL,
};

const struct command command_policy_check = {
	.name = "policy check",
	.args = "REPORT...",
	.title = "Judge saved reports by a policy",
	.text = "Reads JSON reports, without the images, and says admit, refuse or incomplete of "
		"each, "
		"with every reason. The exit status is 1 when one is refused, 3 when none is but "
		"one could "
		"not be decided.",
	.examples = check_examples,
	.groups = GROUP_POLICY,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = check_run,
};

const struct command command_policy_explain = {
	.name = "policy explain",
	.args = "REPORT...",
	.title = "Say rule by rule why a report is admitted or refused",
	.text = "For each rule: whether it refuses, what it was asked of, what it says, whose it "
		"is, the values that decided it, and what would have to change for the image to be "
		"admitted.",
	.groups = GROUP_POLICY | GROUP_WHATIF,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = explain_run,
};

const struct command command_policy_lint = {
	.name = "policy lint",
	.args = "POLICY... [REPORT.json...]",
	.title = "Find rules that cannot do what they are for",
	.text = "Rules that can never refuse or never be met, rules that contradict each other or "
		"that others make needless, policies that only warn, findings of checks that "
		"need not have been made, lists that nobody reads, waivers that have ended. With "
		"saved reports also waivers that let nothing pass "
		"that a rule refuses. The exit status is 1 when there is any; a policy that cannot "
		"be loaded is wrong usage (2).",
	.groups = GROUP_POLICY | GROUP_WHATIF,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = lint_run,
};
