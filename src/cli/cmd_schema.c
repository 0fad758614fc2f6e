/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_schema.c - assay schema, version, completion, help: what the program says of itself. */
#include "cli/cli.h"

#include <string.h>

#include "render/render.h"

static int schema_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	(void)s, (void)args, (void)n;
	return render_schema(stdout, &e) < 0 ? cli_fail(&e) : EXIT_PASS;
}

static int version_run(const struct settings *s, const char *const *args, size_t n)
{
	(void)s, (void)args, (void)n;
	printf("assay %s\n", ASSAY_VERSION);
	return EXIT_PASS;
}

static int completion_run(const struct settings *s, const char *const *args, size_t n)
{
	(void)s, (void)n;
	if (strcmp(args[0], "bash") == 0)
		return cli_completion(stdout) < 0 ? EXIT_INCOMPLETE : EXIT_PASS;
	struct err e;
	err_set(&e, ERR_USAGE, "there is no completion for %s; there is one for bash", args[0]);
	return cli_fail(&e);
}

static const struct command *named(const char *const *args, size_t n)
{
	char name[80];
	snprintf(name, sizeof name, "%s%s%s", args[0], n > 1 ? " " : "", n > 1 ? args[1] : "");
	for (char *c = name; *c; c++)
		*c = *c == '-' && n == 1 ? ' ' : *c; /* "db-import", as its man page is called */
	return cli_command(name);
}

static int help_run(const struct settings *s, const char *const *args, size_t n)
{
	static const char *const forms[] = {
		[HELP_TEXT] = "text",
		[HELP_MAN] = "man",
		[HELP_MARKDOWN] = "markdown",
		[HELP_NAMES] = "names",
	};
	struct err e;
	size_t form = 0;
	while (s->format && form < ARRAY_LEN(forms) && strcmp(forms[form], s->format) != 0)
		form++;
	if (form == ARRAY_LEN(forms)) {
		err_set(&e, ERR_USAGE, "--format: help comes as text, man, markdown or names");
		return cli_fail(&e);
	}
	const struct command *c = n ? named(args, n) : NULL;
	if (n && !c) {
		err_set(&e, ERR_USAGE, "there is no command %s; `assay help` lists them", args[0]);
		return cli_fail(&e);
	}
	return cli_help(stdout, (enum help_form)form, c) < 0 ? EXIT_INCOMPLETE : EXIT_PASS;
}

const struct command command_completion = {
	.name = "completion",
	.args = "bash",
	.title = "Print the completion of a shell",
	.text = "Load it with: source <(assay completion bash)",
	.min_args = 1,
	.max_args = 1,
	.run = completion_run,
};

const struct command command_help = {
	.name = "help",
	.args = "[COMMAND]",
	.title = "Say how assay, or one command, is used",
	.text = "The man pages, the reference and the completion come from the same tables.",
	.groups = GROUP_HELP,
	.max_args = 2,
	.run = help_run,
};

const struct command command_schema = {
	.name = "schema",
	.args = "",
	.title = "Print the JSON Schema of the report",
	.text = "Every report in the form json is valid against it.",
	.run = schema_run,
};

const struct command command_version = {
	.name = "version",
	.args = "",
	.title = "Print the version",
	.text = "One line: the name and the version.",
	.run = version_run,
};
