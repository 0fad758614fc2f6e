/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - from argv to a command's run function, and errors to exit statuses. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int cli_fail(const struct err *e)
{
	log_line(LOG_ERROR, "%s", e->msg);
	return e->kind == ERR_USAGE ? EXIT_USAGE : EXIT_INCOMPLETE;
}

void cli_setup_log(const struct settings *s)
{
	enum log_level level = LOG_WARN;
	if (s->verbose || s->debug)
		level = s->debug || s->verbose > 1 ? LOG_DEBUG : LOG_INFO;
	if (s->quiet)
		level = LOG_ERROR;
	bool is_json = s->log_format && strcmp(s->log_format, "json") == 0;
	log_setup(level, is_json ? LOG_JSON : LOG_TEXT);
	progress_setup(!s->quiet && !s->no_progress && !is_json);
}

static int check_args(const struct command_line *l, struct err *e)
{
	const struct command *c = l->command;
	size_t least = c->min_args;
	bool has_others = l->settings.input || l->settings.list || l->settings.repository.n;
	if (has_others && least > 0)
		least--;
	if (l->args.n < least)
		return err_set(e, ERR_USAGE, "usage: assay %s %s", c->name, c->args);
	if (l->args.n > c->max_args)
		return err_set(e, ERR_USAGE, "assay %s: \"%s\" is one word too many", c->name,
		               l->args.v[c->max_args]);
	return 0;
}

/* A standard descriptor that is closed would be given to the next file that is opened, and the
 * report written into that: it is taken, so that writing to it fails. */
static void take_closed(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

static int run_line(int argc, char **argv)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *arena = arena_new();
	struct command_line l = {.arena = arena};
	log_setup(LOG_WARN, LOG_TEXT);
	if (cli_parse(argc, argv, &l, &e) < 0)
		return cli_fail(&e);
	cli_setup_log(&l.settings);
	for (size_t i = 0; i < l.warnings.n; i++)
		log_line(LOG_WARN, "%s", l.warnings.v[i]);
	for (size_t i = 0; i < l.files.n; i++)
		log_line(LOG_DEBUG, "options from %s", l.files.v[i]);
	if (l.settings.version) {
		printf("assay %s\n", ASSAY_VERSION);
		return EXIT_PASS;
	}
	if (l.settings.help || !l.command) {
		cli_help(l.settings.help ? stdout : stderr, HELP_TEXT, l.command);
		return l.settings.help ? EXIT_PASS : EXIT_USAGE;
	}
	if (check_args(&l, &e) < 0)
		return cli_fail(&e);
	return l.command->run(&l.settings, l.args.v, l.args.n);
}

int cli_main(int argc, char **argv)
{
	struct err e;
	take_closed();
	int status = run_line(argc, argv);
	if ((fflush(stdout) == 0 && !ferror(stdout)) || status != EXIT_PASS)
		return status;
	err_set(&e, ERR_IO, "standard output: %m");
	return cli_fail(&e);
}
