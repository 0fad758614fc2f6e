/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.c - words to settings: the same for flags, the environment and configuration files.
 */
#include "cli/cli.h"

#include <string.h>

void cli_add_word(struct arena *a, struct words *w, const char *word)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 8;
		const char **v = arena_alloc(a, cap * sizeof *v);
		if (w->n)
			memcpy(v, w->v, w->n * sizeof *v);
		w->v = v;
		w->cap = cap;
	}
	w->v[w->n++] = word;
}

const struct option *cli_option(struct bytes name, unsigned groups)
{
	for (size_t i = 0; options[i].name; i++) {
		if (options[i].groups & groups && bytes_eq(bytes_str(options[i].name), name))
			return &options[i];
	}
	return NULL;
}

static const struct option *option_by_letter(char letter, unsigned groups)
{
	for (size_t i = 0; options[i].name; i++) {
		if (options[i].groups & groups && letter && options[i].letter == letter)
			return &options[i];
	}
	return NULL;
}

/* "90", "90s", "5m", "12h", "5d"; "64K", "64KiB", "2G": a number and a word of the table. */
static bool scaled(struct bytes text, bool is_time, int64_t *ret)
{
	static const struct {
		const char *word;
		bool is_time;
		int64_t scale;
	} units[] = {
		{"",    true,  1         },
                {"s",   true,  1         },
		{"m",   true,  60        },
                {"h",   true,  3600      },
		{"d",   true,  86400     },
                {"",    false, 1         },
		{"b",   false, 1         },
                {"k",   false, KIB(1)    },
		{"kib", false, KIB(1)    },
                {"kb",  false, 1000      },
		{"m",   false, MIB(1)    },
                {"mib", false, MIB(1)    },
		{"mb",  false, 1000000   },
                {"g",   false, GIB(1)    },
		{"gib", false, GIB(1)    },
                {"gb",  false, 1000000000},
	};
	size_t i = 0;
	uint64_t n;
	while (i < text.n && is_digit(text.p[i]))
		i++;
	if (!bytes_u64(bytes_slice(text, 0, i), INT64_MAX / GIB(2), &n))
		return false;
	for (size_t u = 0; u < ARRAY_LEN(units); u++) {
		if (units[u].is_time != is_time ||
		    !bytes_eq_nocase(bytes_skip(text, i), bytes_str(units[u].word)))
			continue;
		*ret = (int64_t)n * units[u].scale;
		return true;
	}
	return false;
}

static int bad_value(const struct option *o, const char *text, const char *from, struct err *e)
{
	static const char *const want[] = {
		[OPTION_FLAG] = "true or false",
		[OPTION_COUNT] = "a number",
		[OPTION_NUMBER] = "a number",
		[OPTION_SECONDS] = "a time such as 90s, 5m, 12h, 5d",
		[OPTION_BYTES] = "a size such as 500MB or 2GiB",
	};
	return err_set(e, ERR_USAGE, "%s: \"%s\" is not %s", from, text, want[o->kind]);
}

static int check_choice(const struct option *o, const char *text, const char *from, struct err *e)
{
	if (!o->choices)
		return 0;
	AUTO_BUF struct buf all;
	buf_init(&all, 1024);
	for (size_t i = 0; o->choices[i]; i++) {
		if (bytes_eq_nocase(bytes_str(text), bytes_str(o->choices[i])))
			return 0;
		buf_addf(&all, "%s%s", i ? ", " : "", o->choices[i]);
	}
	return err_set(e, ERR_USAGE, "%s: \"%s\" is none of: %s", from, text, buf_cstr(&all));
}

static bool set_flag(struct bytes text, bool *ret)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{"",      true },
                {"true",  true },
                {"1",     true },
                {"yes",   true },
		{"false", false},
                {"0",     false},
                {"no",    false}
        };
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (bytes_eq_nocase(text, bytes_str(words[i].word))) {
			*ret = words[i].value;
			return true;
		}
	}
	return false;
}

static void add_list(struct command_line *l, struct words *to, struct bytes text)
{
	for (struct bytes word; bytes_split(&text, ',', &word);) {
		word = bytes_trim(word);
		if (word.n)
			cli_add_word(l->arena, to, arena_str(l->arena, word));
	}
}

int cli_set(struct command_line *l, const struct option *o, const char *text, const char *from,
            struct err *e)
{
	if (o->flags & OPTION_MUTE)
		return 0;
	if (check_choice(o, text, from, e) < 0)
		return -1;
	void *to = (char *)&l->settings + o->offset;
	struct bytes b = bytes_str(text);
	uint64_t n = 0;
	bool is_ok = true;
	switch (o->kind) {
	case OPTION_FLAG:
		is_ok = set_flag(b, to);
		break;
	case OPTION_COUNT:
		*(int64_t *)to += 1;
		break;
	case OPTION_TEXT:
		*(const char **)to = arena_str(l->arena, b);
		break;
	case OPTION_TEXTS:
		cli_add_word(l->arena, to, arena_str(l->arena, b));
		break;
	case OPTION_LIST:
		add_list(l, to, b);
		break;
	case OPTION_NUMBER:
		is_ok = bytes_u64(b, INT32_MAX, &n);
		*(int64_t *)to = (int64_t)n;
		break;
	case OPTION_SECONDS:
		is_ok = scaled(b, true, to);
		break;
	case OPTION_BYTES:
		is_ok = scaled(b, false, to);
		break;
	}
	return is_ok ? 0 : bad_value(o, text, from, e);
}

/* ---- the command line ---- */

struct parsing {
	struct command_line *l;
	struct taken *taken;
	unsigned groups;
	int argc, at;
	char **argv;
	struct err *e;
};

static int unknown_flag(struct parsing *p, struct bytes name)
{
	const char *known[ARRAY_LEN(((struct taken *)0)->by_row) + 1];
	size_t n = 0;
	for (size_t i = 0; options[i].name && n + 1 < ARRAY_LEN(known); i++) {
		if (options[i].groups & p->groups)
			known[n++] = options[i].name;
	}
	known[n] = NULL;
	const char *near = bytes_nearest(name, known);
	return err_set(p->e, ERR_USAGE, "unknown flag --%.*s%s%s%s", BYTES_FMT(name),
	               near ? "; did you mean --" : "", near ? near : "", near ? "?" : "");
}

/* What other users see in the list of processes. */
static void wipe(const char *value)
{
	union {
		const char *in;
		char *out;
	} u = {value};
	memset(u.out, '*', strlen(value));
}

static int take_option(struct parsing *p, const struct option *o, const char *value)
{
	char from[80];
	snprintf(from, sizeof from, "--%s", o->name);
	bool needs_value = o->kind != OPTION_FLAG && o->kind != OPTION_COUNT;
	if (needs_value && !value) {
		if (p->at + 1 >= p->argc)
			return err_set(p->e, ERR_USAGE, "%s needs a value (%s)", from, o->arg);
		value = p->argv[++p->at];
	}
	p->taken->by_row[o - options] = true;
	int rc = cli_set(p->l, o, value ? value : "", from, p->e);
	if (value && o->flags & OPTION_SECRET)
		wipe(value);
	return rc;
}

static int take_long(struct parsing *p, const char *word)
{
	struct bytes name, value;
	bool has_value = bytes_cut(bytes_str(word), '=', &name, &value);
	const struct option *o = cli_option(name, p->groups);
	if (!o)
		return unknown_flag(p, name);
	return take_option(p, o, has_value ? (const char *)value.p : NULL);
}

static int take_letters(struct parsing *p, const char *word)
{
	for (; *word; word++) {
		const struct option *o = option_by_letter(*word, p->groups);
		if (!o)
			return err_set(p->e, ERR_USAGE, "unknown flag -%c; see `assay help`",
			               *word);
		if (o->kind == OPTION_FLAG || o->kind == OPTION_COUNT) {
			if (take_option(p, o, NULL) < 0)
				return -1;
			continue;
		}
		const char *rest = word + 1;
		return take_option(p, o, *rest == '=' ? rest + 1 : *rest ? rest : NULL);
	}
	return 0;
}

static int take_words(struct parsing *p)
{
	bool is_over = false;
	for (; p->at < p->argc; p->at++) {
		const char *word = p->argv[p->at];
		int rc = 0;
		if (!is_over && strcmp(word, "--") == 0)
			is_over = true;
		else if (!is_over && strncmp(word, "--", 2) == 0)
			rc = take_long(p, word + 2);
		else if (!is_over && word[0] == '-' && word[1])
			rc = take_letters(p, word + 1);
		else
			cli_add_word(p->l->arena, &p->l->args, word);
		if (rc < 0)
			return -1;
	}
	return 0;
}

const struct command *cli_command(const char *name)
{
	for (size_t i = 0; commands[i]; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
		for (size_t a = 0; commands[i]->aliases && commands[i]->aliases[a]; a++) {
			if (strcmp(commands[i]->aliases[a], name) == 0)
				return commands[i];
		}
	}
	return NULL;
}

/* The word of argv that is the command: the first that is no flag and no flag's value. */
static int command_at(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-')
			return i;
		const char *name = argv[i] + (argv[i][1] == '-' ? 2 : 1);
		const struct option *o = argv[i][1] == '-' ? cli_option(bytes_str(name), ~0U)
		                                           : option_by_letter(*name, ~0U);
		bool takes_next = o && o->kind != OPTION_FLAG && o->kind != OPTION_COUNT &&
		                  !strchr(argv[i], '=') && (argv[i][1] == '-' || !name[1]);
		i += takes_next;
	}
	return 0;
}

/* A first word that is no command is an image for the scan if it looks like one. */
static bool is_reference(const char *word)
{
	return strchr(word, ':') || strchr(word, '/') || strchr(word, '.');
}

/* "db" alone, or with a word that it does not have: says what it has. */
static int incomplete_command(const char *word, struct err *e)
{
	AUTO_BUF struct buf all;
	buf_init(&all, 1024);
	size_t n = strlen(word);
	for (size_t i = 0; commands[i]; i++) {
		const char *name = commands[i]->name;
		if (strncmp(name, word, n) == 0 && name[n] == ' ')
			buf_addf(&all, "%s%s", all.n ? ", " : "", name + n + 1);
	}
	return all.n ? err_set(e, ERR_USAGE, "assay %s is followed by one of: %s", word,
	                       buf_cstr(&all))
	             : 0;
}

static int unknown_command(const char *word, struct err *e)
{
	if (incomplete_command(word, e) < 0)
		return -1;
	const char *known[64];
	size_t n = 0;
	for (size_t i = 0; commands[i] && n + 1 < ARRAY_LEN(known); i++)
		known[n++] = commands[i]->name;
	known[n] = NULL;
	const char *near = bytes_nearest(bytes_str(word), known);
	return err_set(e, ERR_USAGE, "unknown command %s%s%s%s; `assay help` lists them", word,
	               near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* Commands of two words ("db import") have both in their name. */
static const struct command *find_command(int argc, char **argv, int at, int *ret_words)
{
	*ret_words = 1;
	if (at + 1 < argc) {
		char two[80];
		snprintf(two, sizeof two, "%s %s", argv[at], argv[at + 1]);
		const struct command *c = cli_command(two);
		if (c) {
			*ret_words = 2;
			return c;
		}
	}
	return cli_command(argv[at]);
}

int cli_parse(int argc, char **argv, struct command_line *ret, struct err *e)
{
	struct taken taken = {.by_row = {false}};
	struct parsing p = {.l = ret, .taken = &taken, .argc = argc, .e = e};
	ret->settings = (struct settings){.exit_code = -1,
	                                  .exit_on_eol = -1,
	                                  .db_max_age_s = INT64_C(5) * 86400,
	                                  .cache_max_bytes = GIB(2),
	                                  .timeout_s = 600};
	int at = command_at(argc, argv), n_words = 0;
	if (at) {
		ret->command = find_command(argc, argv, at, &n_words);
		if (!ret->command && is_reference(argv[at])) {
			ret->command = cli_command("scan");
			n_words = 0;
		}
		if (!ret->command)
			return unknown_command(argv[at], e);
	}
	p.groups = GROUP_COMMON | (ret->command ? ret->command->groups : 0);
	AUTO_FREE char **words = mem_alloc(((size_t)argc + 1) * sizeof *words);
	p.argv = words;
	p.argc = 0;
	for (int i = 1; i < argc; i++) {
		if (i < at || i >= at + n_words)
			words[p.argc++] = argv[i];
	}
	if (take_words(&p) < 0)
		return -1;
	return ret->command && !ret->settings.help
	               ? (cli_environment(ret, &taken, e) < 0 ? -1
	                                                      : cli_config_files(ret, &taken, e))
	               : 0;
}
