/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_policy_many.c - assay policy diff, compliance: what a policy means for many images. */
#include "cli/policy.h"

#include <stdlib.h>
#include <string.h>

/* ---- diff ---- */

struct diffing {
	struct cli_policy old, new;
	size_t n, changed[VERDICT__MAX][VERDICT__MAX];
};

/* The report as it was before it was judged: evidence must not be counted twice. */
static int judge_plain(const struct cli_policy *p, struct report *r, struct policy_judgement *ret,
                       struct err *e)
{
	while (r->n_evidence && !r->evidence[r->n_evidence - 1].form &&
	       !r->evidence[r->n_evidence - 1].found)
		r->n_evidence--; /* what was imported or came with the image is the report's own */
	r->verdict.is_present = false;
	struct cli_policy quiet = *p;
	quiet.is_counting = true;
	return cli_policy_judge(&quiet, r, ret, e);
}

static int diff_one(void *arg, const char *file, struct report *r, struct err *e)
{
	struct diffing *d = arg;
	struct policy_judgement a, b;
	if (judge_plain(&d->old, r, &a, e) < 0 || judge_plain(&d->new, r, &b, e) < 0)
		return -1;
	d->n++;
	d->changed[a.result][b.result]++;
	if (a.result == b.result)
		return 0;
	cli_line("%s -> %s  %s  %.*s", verdict_name(a.result), verdict_name(b.result), file,
	         BYTES_FMT(r->image.reference));
	for (size_t i = 0; i < r->verdict.reasons.n && i < 5; i++)
		cli_line("  %.*s", BYTES_FMT(r->verdict.reasons.v[i]));
	return 0;
}

static int diff_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	struct diffing d = {.n = 0};
	int status = EXIT_PASS;
	size_t moved = 0;
	if (cli_policy_open(s, args[0], &d.old, &e) < 0 ||
	    cli_policy_open(s, args[1], &d.new, &e) < 0 ||
	    cli_reports_each(args + 2, n - 2, diff_one, &d, &e) < 0)
		status = cli_fail(&e);
	for (int a = 0; a < VERDICT__MAX; a++)
		for (int b = 0; b < VERDICT__MAX; b++)
			moved += a != b ? d.changed[a][b] : 0;
	if (status == EXIT_PASS)
		printf("%zu of %zu change their verdict\n", moved, d.n);
	cli_policy_close(&d.old);
	cli_policy_close(&d.new);
	return status;
}

const struct command command_policy_diff = {
	.name = "policy diff",
	.args = "OLD NEW REPORT...",
	.title = "Say which images change their verdict under a new policy",
	.text = "Judges the saved reports by both policies: a dry run before the new one is "
		"published. "
		"Images whose verdict stays are counted only.",
	.groups = GROUP_POLICY | GROUP_WHATIF,
	.min_args = 3,
	.max_args = SIZE_MAX,
	.run = diff_run,
};

/* ---- compliance ---- */

struct row {
	struct bytes name;
	size_t n[VERDICT__MAX]; /* of a rule: admit counts those it lets pass */
};

struct rows {
	struct arena *arena;
	struct row *v;
	size_t n, cap;
};

struct counting {
	struct cli_policy p;
	struct rows rules, teams, ages;
	struct row all;
};

static struct row *row_of(struct rows *rows, struct bytes name)
{
	for (size_t i = 0; i < rows->n; i++)
		if (bytes_eq(rows->v[i].name, name))
			return &rows->v[i];
	rows->v = mem_grow(rows->v, &rows->cap, rows->n + 1, sizeof *rows->v);
	rows->v[rows->n] = (struct row){.name = arena_dup(rows->arena, name)};
	return &rows->v[rows->n++];
}

/* Who answers for an image: a label, else the folder of its repository. */
static struct bytes team_of(const struct report *r)
{
	static const char *const labels[] = {"team", "org.opencontainers.image.vendor",
	                                     "maintainer"};
	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		for (size_t k = 0; k < r->image.config.n_labels; k++)
			if (bytes_eq(r->image.config.labels[k].key, bytes_str(labels[i])) &&
			    r->image.config.labels[k].value.n)
				return r->image.config.labels[k].value;
	struct bytes repository = policy_repository(r->image.reference);
	ssize_t slash = bytes_rfind(repository, '/');
	return slash > 0 ? bytes_slice(repository, 0, (size_t)slash) : B("(nobody)");
}

/* How old what the findings rest on is: the newest date among them. */
static struct bytes age_of(const struct report *r, int64_t now_s)
{
	int64_t newest = 0, at;
	for (size_t i = 0; i < r->n_findings; i++)
		if (clock_parse(r->findings[i].source.date, &at) && at > newest)
			newest = at;
	int64_t days = (now_s - newest) / 86400;
	if (!newest)
		return B("not known");
	return days < 7    ? B("under a week")
	       : days < 30 ? B("under a month")
	       : days < 90 ? B("under 90 days")
	                   : B("90 days and more");
}

static int count_one(void *arg, const char *file, struct report *r, struct err *e)
{
	struct counting *c = arg;
	struct policy_judgement j;
	(void)file;
	c->p.is_counting = true;
	if (cli_policy_judge(&c->p, r, &j, e) < 0)
		return -1;
	c->all.n[j.result]++;
	row_of(&c->teams, team_of(r))->n[j.result]++;
	row_of(&c->ages, age_of(r, c->p.scope.now_s))->n[j.result]++;
	for (size_t i = 0; i < j.n; i++) {
		enum policy_answer a = j.outcomes[i].answer;
		struct row *row = row_of(&c->rules, j.outcomes[i].rule->id);
		if (a != POLICY_ELSEWHERE)
			row->n[a == POLICY_HIT         ? VERDICT_REFUSE
			       : a == POLICY_UNDECIDED ? VERDICT_INCOMPLETE
			                               : VERDICT_ADMIT]++;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return bytes_cmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

static double share(const struct row *r)
{
	size_t n = r->n[VERDICT_ADMIT] + r->n[VERDICT_REFUSE] + r->n[VERDICT_INCOMPLETE];
	return n ? 100.0 * (double)r->n[VERDICT_ADMIT] / (double)n : 0;
}

static void cell(struct bytes text, const char *form)
{
	bool is_html = strcmp(form, "html") == 0;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (is_html && (c == '<' || c == '>' || c == '&' || c == '"'))
			printf("&#%u;", c);
		else if (!is_html && c == '"')
			fputs("\"\"", stdout);
		else if (c >= 0x20 && c != 0x7f)
			putchar(c);
		else
			putchar(' ');
	}
}

static void print_row(const char *form, const char *kind, const struct row *r)
{
	size_t a = r->n[VERDICT_ADMIT], b = r->n[VERDICT_REFUSE], i = r->n[VERDICT_INCOMPLETE];
	/* a formula in a cell is run by spreadsheets */
	bool is_formula = r->name.n && bytes_find(B("=+-@"), r->name.p[0]) >= 0;
	if (strcmp(form, "csv") == 0) {
		printf("%s,\"%s", kind, is_formula ? "'" : "");
		cell(r->name, form);
		printf("\",%zu,%zu,%zu,%.1f\n", a, b, i, share(r));
	} else if (strcmp(form, "html") == 0) {
		printf("<tr><td>%s</td><td>", kind);
		cell(r->name, form);
		printf("</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%.1f %%</td></tr>\n", a, b, i,
		       share(r));
	} else {
		cli_line("%-6s %-44.*s %7zu %7zu %10zu %6.1f %%", kind, BYTES_FMT(r->name), a, b, i,
		         share(r));
	}
}

static void print_rows(const char *form, const char *kind, struct rows *rows)
{
	qsort(rows->v, rows->n, sizeof *rows->v, by_name);
	for (size_t i = 0; i < rows->n; i++)
		print_row(form, kind, &rows->v[i]);
}

static void print_all(struct counting *c, const char *form)
{
	if (strcmp(form, "csv") == 0)
		printf("by,name,admit,refuse,incomplete,share\n");
	else if (strcmp(form, "html") == 0)
		printf("<!DOCTYPE html>\n<html lang=\"en\"><meta "
		       "charset=\"utf-8\"><title>Compliance</title>\n"
		       "<style>body{font-family:sans-serif}td,th{padding:2px "
		       "10px;text-align:left}</style>\n"
		       "<table>\n<tr><th>by</th><th>name</th><th>admit</th><th>refuse</th>"
		       "<th>incomplete</th><th>share</th></tr>\n");
	else
		printf("%-6s %-44s %7s %7s %10s %8s\n", "BY", "NAME", "ADMIT", "REFUSE",
		       "INCOMPLETE", "SHARE");
	print_row(form, "all", &c->all);
	print_rows(form, "rule", &c->rules);
	print_rows(form, "team", &c->teams);
	print_rows(form, "data", &c->ages);
	if (strcmp(form, "html") == 0)
		printf("</table></html>\n");
}

static int compliance_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *a = arena_new();
	struct counting c = {.rules.arena = a, .teams.arena = a, .ages.arena = a};
	const char *form = s->format ? s->format : "table";
	int status = EXIT_PASS;
	c.all.name = B("all images");
	if (strcmp(form, "table") != 0 && strcmp(form, "csv") != 0 && strcmp(form, "html") != 0) {
		err_set(&e, ERR_USAGE, "compliance is written as table, csv or html");
		return cli_fail(&e);
	}
	if (cli_policy_open(s, s->policy, &c.p, &e) < 0 ||
	    cli_reports_each(args, n, count_one, &c, &e) < 0)
		status = cli_fail(&e);
	else
		print_all(&c, form);
	cli_policy_close(&c.p);
	free(c.rules.v);
	free(c.teams.v);
	free(c.ages.v);
	return status;
}

const struct command command_policy_compliance = {
	.name = "policy compliance",
	.args = "REPORT...",
	.title = "Count how many images a policy admits, by rule, team and age",
	.text = "Judges saved reports and writes shares: of all images, for each rule, for each "
		"team (label "
		"team, vendor or maintainer, else the folder of the repository), and by the age of "
		"the data "
		"that the findings rest on. --format is table, csv or html.",
	.groups = GROUP_POLICY | GROUP_WHATIF,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = compliance_run,
};
