/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help.c - help, man pages and reference, all from the rows of options.c and the commands.
 */
#include "cli/cli.h"

#include <string.h>

enum { TEXT_WIDTH = 80 };

struct page {
	FILE *out;
	enum help_form form;
	const struct command *c; /* NULL: the program */
};

/* Words of text, folded at TEXT_WIDTH, every line indented. */
static void fold(FILE *out, const char *text, int indent)
{
	int column = 0;
	for (struct bytes rest = bytes_str(text), word; bytes_word(&rest, &word);) {
		if (column && column + 1 + (int)word.n > TEXT_WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		if (!column)
			column = fprintf(out, "%*s", indent, "");
		else
			column += fprintf(out, " ");
		column += fprintf(out, "%.*s", BYTES_FMT(word));
	}
	fputc('\n', out);
}

/* roff: backslashes, leading dots and hyphens that are meant as such. */
static void roff(FILE *out, const char *text)
{
	bool is_start = true;
	for (; *text; text++) {
		if (is_start && (*text == '.' || *text == '\''))
			fputs("\\&", out);
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else
			fputc(*text, out);
		is_start = *text == '\n';
	}
}

static void heading(const struct page *p, const char *title)
{
	static const char *const before[] = {[HELP_TEXT] = "\n",
	                                     [HELP_MAN] = ".SH ",
	                                     [HELP_MARKDOWN] = "\n### ",
	                                     [HELP_NAMES] = ""};
	static const char *const after[] = {[HELP_TEXT] = ":\n",
	                                    [HELP_MAN] = "\n",
	                                    [HELP_MARKDOWN] = "\n\n",
	                                    [HELP_NAMES] = ""};
	fputs(before[p->form], p->out);
	for (const char *t = title; *t; t++)
		fputc(p->form == HELP_MAN && is_lower((uint8_t)*t) ? *t - 32 : *t, p->out);
	fputs(after[p->form], p->out);
}

static void paragraphs(const struct page *p, const char *text, int indent)
{
	for (struct bytes rest = bytes_str(text); rest.n;) {
		ssize_t end = bytes_search(rest, B("\n\n"));
		struct bytes one = end < 0 ? rest : bytes_slice(rest, 0, (size_t)end);
		rest = end < 0 ? bytes_skip(rest, rest.n) : bytes_skip(rest, (size_t)end + 2);
		AUTO_FREE char *line = strndup((const char *)one.p, one.n);
		if (p->form == HELP_TEXT)
			fold(p->out, line, indent);
		if (p->form == HELP_MARKDOWN)
			fprintf(p->out, "%s\n", line);
		if (p->form == HELP_MAN) {
			roff(p->out, line);
			fputc('\n', p->out);
		}
		if (rest.n)
			fputs(p->form == HELP_MAN ? ".PP\n" : "\n", p->out);
	}
}

static void option_name(const struct option *o, char *ret, size_t n)
{
	char letter[8] = "";
	if (o->letter)
		snprintf(letter, sizeof letter, "-%c, ", o->letter);
	snprintf(ret, n, "%s--%s%s%s", letter, o->name, o->arg ? " " : "", o->arg ? o->arg : "");
}

static void write_option(const struct page *p, const struct option *o)
{
	char name[120], text[600];
	option_name(o, name, sizeof name);
	snprintf(text, sizeof text, "%s%s%s%s", o->text, o->fallback ? " Default: " : "",
	         o->fallback ? o->fallback : "", o->fallback ? "." : "");
	if (p->form == HELP_TEXT) {
		fprintf(p->out, "  %s\n", name);
		fold(p->out, text, 8);
		return;
	}
	if (p->form == HELP_MARKDOWN) {
		fprintf(p->out, "- `%s`: %s\n", name, text);
		return;
	}
	fputs(".TP\n.B ", p->out);
	roff(p->out, name);
	fputc('\n', p->out);
	roff(p->out, text);
	fputc('\n', p->out);
}

static void write_options(const struct page *p, unsigned groups, unsigned compat, const char *title)
{
	bool is_first = true;
	for (size_t i = 0; options[i].name; i++) {
		const struct option *o = &options[i];
		if (!(o->groups & groups) || (o->flags & OPTION_COMPAT) != compat)
			continue;
		if (is_first)
			heading(p, title);
		is_first = false;
		write_option(p, o);
	}
}

static void write_examples(const struct page *p)
{
	if (!p->c->examples)
		return;
	heading(p, "Examples");
	for (size_t i = 0; p->c->examples[i]; i++) {
		if (p->form == HELP_MAN) {
			fputs(".nf\n", p->out);
			roff(p->out, p->c->examples[i]);
			fputs("\n.fi\n", p->out);
			continue;
		}
		fprintf(p->out, "%s%s\n", p->form == HELP_TEXT ? "  " : "    ", p->c->examples[i]);
	}
}

static void man_title(const struct page *p, const char *name, const char *title)
{
	AUTO_FREE char *upper = mem_strdup(name);
	AUTO_FREE char *plain = mem_strdup(name);
	for (char *c = upper; *c; c++)
		*c = *c == ' ' ? '-' : is_lower((uint8_t)*c) ? (char)(*c - 32) : *c;
	for (char *c = plain; *c; c++)
		*c = *c == ' ' ? '-' : *c;
	fprintf(p->out, ".TH %s 1 \"\" \"assay %s\"\n.SH NAME\n", upper, ASSAY_VERSION);
	roff(p->out, plain);
	fputs(" \\- ", p->out);
	roff(p->out, title);
	fputc('\n', p->out);
}

static void write_command(const struct page *p)
{
	char name[100];
	snprintf(name, sizeof name, "assay %s", p->c->name);
	if (p->form == HELP_TEXT)
		fprintf(p->out, "Usage: %s %s%s[options]\n\n", name, p->c->args,
		        *p->c->args ? " " : "");
	if (p->form == HELP_MARKDOWN)
		fprintf(p->out, "\n## %s\n\n    %s %s\n\n%s.\n\n", name, name, p->c->args,
		        p->c->title);
	if (p->form == HELP_MAN) {
		man_title(p, name, p->c->title);
		fputs(".SH SYNOPSIS\n.B ", p->out);
		roff(p->out, name);
		fputs("\n", p->out);
		roff(p->out, p->c->args);
		fputs("\n[options]\n.SH DESCRIPTION\n", p->out);
	}
	paragraphs(p, p->c->text, 0);
	write_options(p, p->c->groups, 0, "Options");
	write_options(p, p->c->groups, OPTION_COMPAT, "Spellings of other tools");
	if (p->form != HELP_MARKDOWN)
		write_options(p, GROUP_COMMON, 0, "Common options");
	write_examples(p);
	if (p->form == HELP_MAN)
		fputs(".SH SEE ALSO\n.BR assay (1)\n", p->out);
}

static const char about[] =
	"assay takes container images apart, says what is in them and what is wrong with it, and "
	"explains "
	"each answer. What could not be checked is said, never left out.\n\n"
	"A value is looked for as: flag, environment variable ASSAY_<FLAG>, .assay.yaml in the "
	"working "
	"folder, $XDG_CONFIG_HOME/assay/config.yaml. Results go to standard output, all else to "
	"standard "
	"error.\n\n"
	"Exit status: 0 done and passed, 1 a gate failed, 2 wrong usage, 3 could not complete.";

static void write_program(const struct page *p)
{
	if (p->form == HELP_MAN) {
		man_title(p, "assay", "container image assurance");
		fputs(".SH SYNOPSIS\n.B assay\nCOMMAND [words] [options]\n.SH DESCRIPTION\n",
		      p->out);
	}
	if (p->form == HELP_TEXT)
		fputs("Usage: assay COMMAND [words] [options]\n\n", p->out);
	paragraphs(p, about, 0);
	heading(p, "Commands");
	for (size_t i = 0; commands[i]; i++) {
		const struct command *c = commands[i];
		if (p->form == HELP_TEXT)
			fprintf(p->out, "  %-14s %s\n", c->name, c->title);
		if (p->form == HELP_MARKDOWN)
			fprintf(p->out, "- `assay %s`: %s\n", c->name, c->title);
		if (p->form == HELP_MAN) {
			fputs(".TP\n.B ", p->out);
			roff(p->out, c->name);
			fputc('\n', p->out);
			roff(p->out, c->title);
			fputc('\n', p->out);
		}
	}
	write_options(p, GROUP_COMMON, 0, "Common options");
	if (p->form == HELP_TEXT)
		fputs("\n`assay help COMMAND` says more of one.\n", p->out);
}

int cli_help(FILE *out, enum help_form form, const struct command *c)
{
	struct page p = {out, form, c};
	if (form == HELP_NAMES) {
		for (size_t i = 0; commands[i]; i++) {
			for (const char *n = commands[i]->name; *n; n++)
				fputc(*n == ' ' ? '-' : *n, out);
			fputc('\n', out);
		}
		return ferror(out) ? -1 : 0;
	}
	if (c)
		write_command(&p);
	else
		write_program(&p);
	for (size_t i = 0; form == HELP_MARKDOWN && !c && commands[i]; i++) {
		p.c = commands[i];
		write_command(&p);
	}
	return ferror(out) ? -1 : 0;
}

/* ---- completion ---- */

static void complete_options(FILE *out, unsigned groups)
{
	for (size_t i = 0; options[i].name; i++) {
		if (options[i].groups & groups && !(options[i].flags & OPTION_COMPAT))
			fprintf(out, " --%s", options[i].name);
	}
}

static void complete_values(FILE *out)
{
	fputs("\tcase $prev in\n", out);
	for (size_t i = 0; options[i].name; i++) {
		if (!options[i].choices)
			continue;
		fprintf(out, "\t--%s) words='", options[i].name);
		for (size_t c = 0; options[i].choices[c]; c++)
			fprintf(out, "%s%s", c ? " " : "", options[i].choices[c]);
		fputs("' ;;\n", out);
	}
	fputs("\tesac\n", out);
}

int cli_completion(FILE *out)
{
	fputs("# bash completion of assay; written by `assay completion bash`\n"
	      "_assay() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=\n"
	      "\tcase \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n",
	      out);
	for (size_t i = 0; commands[i]; i++) {
		fprintf(out, "\t'%s%s) words='", commands[i]->name,
		        strchr(commands[i]->name, ' ') ? "'*" : " '*");
		complete_options(out, commands[i]->groups | GROUP_COMMON);
		fputs("' ;;\n", out);
	}
	fputs("\tesac\n\t[ \"$COMP_CWORD\" -gt 1 ] || words='", out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, " %.*s", (int)strcspn(commands[i]->name, " "), commands[i]->name);
	fputs("'\n", out);
	fputs("\tif [ \"$COMP_CWORD\" -eq 2 ]; then\n\t\tcase $prev in\n", out);
	fputs("\t\tcache) words='clean export import status' ;;\n"
	      "\t\tdb) words='import search status update' ;;\n\t\tesac\n\tfi\n",
	      out);
	complete_values(out);
	fputs("\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	      "\t[ \"${#COMPREPLY[@]}\" -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "
	      "\"$cur\")\n"
	      "}\ncomplete -o filenames -F _assay assay\n",
	      out);
	return ferror(out) ? -1 : 0;
}
