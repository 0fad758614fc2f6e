/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sudoers.c - who may become somebody else, and whether a password is asked for.
 *
 * Format: lines of "WHO HOST = (AS) TAGS: COMMANDS", continued by "\" at their end; aliases and
 * Defaults are left out.  doas.conf: "permit [nopass] [keepenv] WHO [as USER] [cmd COMMAND]".
 * Source: sudoers(5), "SUDOERS FILE FORMAT"; doas.conf(5).
 * Emits: setting "sudo" (WHO as it is written: a user, %group, ALL; the value is what follows "=")
 * and setting "doas" (WHO: a user or :group; the value is the whole rule); a note for a rule too
 * long to be read whole.
 */
#include "inspect/inspect.h"
#include "inspect/owned.h"

static bool is_definition(struct bytes word)
{
	static const char *const words[] = {"Cmnd_Alias", "Cmd_Alias", "Host_Alias", "Runas_Alias",
	                                    "User_Alias"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (bytes_eq(word, bytes_str(words[i])))
			return true;
	}
	return bytes_starts(word, B("Defaults")) || word.p[0] == '#' || word.p[0] == '@';
}

static void sudo_rule(struct inspect *in, struct bytes text, uint64_t line)
{
	struct bytes rest = text, who, host, rule;
	if (!bytes_word(&rest, &who) || is_definition(who) || !bytes_cut(rest, '=', &host, &rule))
		return;
	rule = bytes_trim(rule);
	inspect_setting(in, &(struct fact_setting){.what = B("sudo"),
	                                           .name = who,
	                                           .value = bytes_slice(rule, 0, SUDO_RULE_MAX),
	                                           .line = line});
}

static void doas_rule(struct inspect *in, struct bytes text, uint64_t line)
{
	static const char *const options[] = {"keepenv", "nolog", "nopass", "persist"};
	struct bytes rest = text, word;
	if (!bytes_word(&rest, &word) || !bytes_eq(word, B("permit")))
		return;
	for (bool is_option = true; is_option && bytes_word(&rest, &word);) {
		is_option = false;
		for (size_t i = 0; i < ARRAY_LEN(options); i++)
			is_option |= bytes_eq(word, bytes_str(options[i]));
	}
	inspect_setting(
		in, &(struct fact_setting){.what = B("doas"),
	                                   .name = word,
	                                   .value = bytes_slice(bytes_trim(text), 0, SUDO_RULE_MAX),
	                                   .line = line});
}

/* A line with those that continue it goes to b, as far as it has room, which b->overflow tells; *at
 * is the number of the last one. */
static bool next_line(struct bytes *content, struct buf *b, uint64_t *at)
{
	struct bytes line;
	buf_reset(b);
	while (bytes_line(content, &line)) {
		++*at;
		bool goes_on = bytes_ends(line, B("\\"));
		line.n -= goes_on;
		b->overflow |= line.n > b->max - b->n;
		buf_add(b, bytes_slice(line, 0, b->max - b->n));
		if (!goes_on)
			return true;
	}
	return b->n > 0;
}

/* Of comments, settings and aliases nothing is missed. */
static void too_long(struct notes *notes, struct bytes text, uint64_t line)
{
	struct bytes word;
	struct err e;
	if (bytes_word(&text, &word) && is_definition(word))
		return;
	err_set(&e, ERR_LIMIT, "line %llu is longer than the %d bytes that are read",
	        (unsigned long long)line, (int)SUDO_LINE_MAX);
	notes_add(notes, "rule", &e);
}

static int sudoers_file(struct inspect *in, const struct entry *en, struct bytes content,
                        struct err *e)
{
	(void)e;
	AUTO_BUF struct buf line;
	uint64_t at = 0;
	struct notes notes = {.in = in, .code = "db.broken"};
	buf_init(&line, SUDO_LINE_MAX);
	bool is_doas =
		bytes_ends(en->path, B("doas.conf")) || bytes_starts(en->path, B("etc/doas.d/"));
	/* sudoers(5), "Including other files": names that hold a dot or end in "~" are skipped */
	struct bytes base = path_base(en->path);
	if (!is_doas && (bytes_find(base, '.') >= 0 || bytes_ends(base, B("~"))))
		return 0;
	while (next_line(&content, &line, &at)) {
		if (line.overflow)
			too_long(&notes, buf_bytes(&line), at);
		if (is_doas)
			doas_rule(in, buf_bytes(&line), at);
		else
			sudo_rule(in, buf_bytes(&line), at);
	}
	notes_end(&notes);
	return 0;
}

static const char *const paths[] = {
	"etc/doas.conf", "etc/doas.d/*.conf", "etc/sudoers", "etc/sudoers.d/*", NULL,
};

const struct inspector inspector_sudoers = {
	.id = "sudoers",
	.version = 2,
	.title = "Who may become somebody else",
	.paths = paths,
	.anchors = (const char *const[]){"etc/doas.conf", "etc/sudoers", "etc/sudoers.d/", NULL},
	.want = INSPECT_FILE,
	.max = PASSWD_MAX,
	.file = sudoers_file,
};
