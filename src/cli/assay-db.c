/* SPDX-License-Identifier: Apache-2.0 */
/* assay-db.c - `assay db import` and `assay db update`, started by assay with the same words. */
#include "cli/cli.h"

#include <string.h>

#include "advise/advise.h"

static void say(void *arg, const char *text)
{
	(void)arg;
	log_line(LOG_WARN, "%s", text);
}

static const char *folder(const struct command_line *l, struct err *e)
{
	const char *db = l->settings.db ? l->settings.db : cli_default_db(l->arena);
	if (!db)
		err_set(e, ERR_USAGE, "there is no home folder; name one with --db");
	return db;
}

static int import(const struct command_line *l, struct err *e)
{
	struct feed_import_result res;
	const struct feed_import_options o = {
		.db = folder(l, e),
		.feed = l->settings.feed,
		.facts_only = l->settings.facts_only,
		.is_starter = l->settings.starter,
		.note = say,
	};
	if (!o.db || feed_import(l->args.v, l->args.n, &o, &res, e) < 0)
		return cli_fail(e);
	if (!l->settings.quiet)
		fprintf(stderr,
		        "imported %llu records from %llu documents; %llu broken, %llu of no known "
		        "feed, %llu not used yet\n",
		        (unsigned long long)res.records, (unsigned long long)res.documents,
		        (unsigned long long)res.broken, (unsigned long long)res.unknown,
		        (unsigned long long)res.companions);
	return res.broken ? EXIT_INCOMPLETE : EXIT_PASS;
}

static int update(const struct command_line *l, struct err *e)
{
	struct feed_update_result res;
	const struct feed_update_options o = {
		.db = folder(l, e),
		.urls_file = l->settings.feed_urls,
		.only = l->args.v,
		.n_only = l->args.n,
		.idle_s = MIN_OF(l->settings.timeout_s, FETCH_IDLE_S),
		.note = say,
	};
	if (!o.db || feed_update(&o, &res, e) < 0)
		return cli_fail(e);
	if (!l->settings.quiet)
		fprintf(stderr,
		        "%zu feeds updated, %zu unchanged, %zu failed; %llu documents (%llu bytes) "
		        "fetched, %llu records imported\n",
		        res.updated, res.unchanged, res.failed, (unsigned long long)res.documents,
		        (unsigned long long)res.bytes, (unsigned long long)res.import.records);
	return res.failed || res.import.broken ? EXIT_INCOMPLETE : EXIT_PASS;
}

int main(int argc, char **argv)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *arena = arena_new();
	struct command_line l = {.arena = arena};
	log_setup(LOG_WARN, LOG_TEXT);
	if (cli_parse(argc, argv, &l, &e) < 0)
		return cli_fail(&e);
	cli_setup_log(&l.settings);
	if (l.command && strcmp(l.command->name, "db update") == 0)
		return update(&l, &e);
	if (l.command && strcmp(l.command->name, "db import") == 0 && l.args.n)
		return import(&l, &e);
	err_set(&e, ERR_USAGE, "assay-db is started by assay db import and assay db update");
	return cli_fail(&e);
}
