/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_rules.c - assay rules: what an image is judged by. */
#include "cli/cli.h"

#include <string.h>

#include "inspect/inspect.h"
#include "judge/judge.h"

struct shown {
	const char *id, *severity, *title, *why, *repair, *source;
};

/* One line in the list; the whole when it was asked for by its id. */
static bool show(const struct shown *s, const char *wanted)
{
	if (!wanted) {
		printf("%-40s %-10s %s\n", s->id, s->severity, s->title);
		return true;
	}
	if (strcmp(s->id, wanted) != 0)
		return false;
	printf("%s\n%s, %s\n\nWhy: %s\nTo do: %s\nSource: %s\n", s->id, s->title, s->severity,
	       s->why, s->repair, s->source);
	return true;
}

static size_t show_judges(const char *wanted)
{
	size_t n = 0;
	for (size_t i = 0; judge_rules[i]; i++) {
		for (size_t k = 0; k < judge_rules[i]->n; k++) {
			const struct check_rule *r = &judge_rules[i]->v[k];
			const struct shown s = {r->id,     severity_name(r->severity),
			                        r->title,  r->why,
			                        r->repair, r->source};
			n += show(&s, wanted);
		}
	}
	return n;
}

static size_t show_secrets(const struct rules *rules, const char *wanted)
{
	size_t n = 0;
	for (size_t i = 0; rules && i < rules->n; i++) {
		const struct rule_record *r = &rules->v[i];
		const struct shown s = {
			rules_text(rules, r->id),     severity_name((enum severity)r->severity),
			rules_text(rules, r->title),  rules_text(rules, r->why),
			rules_text(rules, r->repair), rules_text(rules, r->source),
		};
		n += show(&s, wanted);
	}
	return n;
}

static int rules_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e;
	const char *wanted = n ? args[0] : NULL;
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf hold = {0};
	struct rules own;
	const struct rules *rules = rules_shipped();
	const struct rules_sources from = {s->rules.v, s->rules.n, cli_default_cache(a)};
	if (s->rules.n) {
		if (rules_compile_user(&from, &hold, &own, &e) < 0) {
			e.kind = ERR_USAGE;
			return cli_fail(&e);
		}
		rules = &own;
	}
	if (show_judges(wanted) + show_secrets(rules, wanted))
		return fflush(stdout) ? EXIT_INCOMPLETE : EXIT_PASS;
	err_set(&e, ERR_USAGE, "there is no rule \"%s\"; `assay rules` lists them", wanted);
	return cli_fail(&e);
}

static const char *const rules_examples[] = {"assay rules", "assay rules secret.github-pat", NULL};

const struct command command_rules = {
	.name = "rules",
	.args = "[ID]",
	.title = "List the rules that images are judged by",
	.text = "Each with its id, severity and title; of the one that is named, why it matters, "
		"what "
		"to do and where it comes from. How rules for secrets are written: docs/RULES.md.",
	.examples = rules_examples,
	.groups = GROUP_RULES,
	.max_args = 1,
	.run = rules_run,
};
