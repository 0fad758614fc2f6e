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

/* Those that ship, as far as they are installed, and those of --yara. */
static int show_yara(const struct settings *set, const char *wanted, size_t *ret_n, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf hold = {0};
	struct yara_bundle y;
	const char *shipped = cli_yara(a);
	const char **paths = arena_alloc(a, (set->yara.n + 1) * sizeof *paths);
	struct yara_sources from = {.paths = paths, .cache_dir = cli_default_cache(a)};
	if (shipped)
		paths[from.n++] = shipped;
	for (size_t i = 0; i < set->yara.n; i++)
		paths[from.n++] = set->yara.v[i];
	if (!from.n)
		return 0;
	if (yara_compile(&from, a, &hold, &y, e) < 0) {
		if (set->yara.n && (e->kind == ERR_FORMAT || e->kind == ERR_NOTFOUND))
			e->kind = ERR_USAGE;
		return err_wrap(e, "YARA rules");
	}
	for (size_t i = 0; i < y.n_rules; i++) {
		const struct yara_rule *r = &y.rules[i];
		ssize_t colon = bytes_rfind(r->name, ':');
		const char *id = arena_printf(a, "yara.%.*s",
		                              BYTES_FMT(bytes_skip(r->name, (size_t)(colon + 1))));
		const struct shown s = {id,
		                        severity_name(r->severity),
		                        arena_str(a, r->title),
		                        arena_str(a, r->why),
		                        arena_str(a, r->repair),
		                        arena_str(a, r->source)};
		*ret_n += show(&s, wanted);
	}
	return 0;
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
	size_t shown = show_judges(wanted) + show_secrets(rules, wanted);
	/* compiling takes a process of its own: not for a rule that was found */
	if (!(wanted && shown) && show_yara(s, wanted, &shown, &e) < 0)
		return cli_fail(&e);
	if (shown)
		return fflush(stdout) ? EXIT_INCOMPLETE : EXIT_PASS;
	err_set(&e, ERR_USAGE, "there is no rule \"%s\"; `assay rules` lists them", wanted);
	return cli_fail(&e);
}

static const char *const rules_examples[] = {"assay rules", "assay rules secret.github-pat",
                                             "assay rules --yara signatures", NULL};

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
