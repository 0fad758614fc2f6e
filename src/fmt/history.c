/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.c - steps of an image's history, and the commands of a shell's text.
 *
 * The text was written by whoever built the image; nothing here runs or expands it.
 */
#include "fmt/history.h"

static const char *const instructions[] = {
	"ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
	"EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
	"RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR",
};

static struct bytes instruction_of(struct bytes word)
{
	for (size_t i = 0; i < ARRAY_LEN(instructions); i++) {
		if (bytes_eq_nocase(word, bytes_str(instructions[i])))
			return bytes_str(instructions[i]);
	}
	return (struct bytes){NULL, 0};
}

/* "|2 A=x B=y rest" to "rest": the number says how many words follow. */
static struct bytes without_arguments(struct bytes text)
{
	struct bytes rest = text, word;
	uint64_t n;
	if (!text.n || text.p[0] != '|' || !bytes_word(&rest, &word) ||
	    !bytes_u64(bytes_skip(word, 1), 1024, &n))
		return text;
	for (; n > 0; n--) {
		if (!bytes_word(&rest, &word))
			return text;
	}
	return bytes_trim(rest);
}

/* "/bin/bash -o pipefail -c TEXT" to TEXT; text that names no shell stays. */
static struct bytes without_shell(struct bytes text)
{
	struct bytes rest = text, word;
	if (!bytes_word(&rest, &word) || !bytes_ends(word, B("sh")))
		return text;
	while (bytes_word(&rest, &word)) {
		if (word.p[0] != '-' && word.p[0] != '+' && !bytes_eq(word, B("pipefail")))
			break;
		if (word.p[0] == '-' && word.n > 1 && word.p[1] != '-' && word.p[word.n - 1] == 'c')
			return bytes_trim(rest);
	}
	return text;
}

static struct bytes run_text(struct bytes text) { return without_shell(without_arguments(text)); }

struct history_step history_step(struct bytes created_by)
{
	struct history_step s = {.text = bytes_trim(created_by)};
	const struct bytes end = B("# buildkit");
	if (bytes_ends(s.text, end))
		s.text = bytes_trim(bytes_slice(s.text, 0, s.text.n - end.n));
	struct bytes plain = run_text(s.text), rest, word;
	bool is_shell = plain.p != s.text.p;
	if (is_shell && bytes_starts(plain, B("#(nop)")))
		plain = bytes_trim(bytes_skip(plain, 6));
	else if (is_shell)
		return (struct history_step){B("RUN"), plain};
	rest = plain;
	if (!bytes_word(&rest, &word) || !instruction_of(word).n)
		return s;
	s.instruction = instruction_of(word);
	s.text = bytes_trim(rest);
	if (bytes_eq(s.instruction, B("RUN")))
		s.text = run_text(s.text);
	return s;
}

/* ---- shell ---- */

static bool is_end(uint8_t c) { return c == ';' || c == '|' || c == '&' || c == '\n'; }

static bool is_bracket(uint8_t c) { return c == '(' || c == ')'; }

static bool ends_word(uint8_t c) { return is_blank(c) || is_end(c) || is_bracket(c); }

static bool is_quoted(struct bytes w)
{
	return w.n >= 2 && (w.p[0] == '"' || w.p[0] == '\'') && w.p[w.n - 1] == w.p[0] &&
	       bytes_find(bytes_slice(w, 1, w.n - 1), w.p[0]) < 0;
}

/* A word of *rest up to a blank, an end or a bracket outside quotes. */
static struct bytes take_word(struct bytes *rest)
{
	size_t i = 0;
	uint8_t quote = 0;
	for (; i < rest->n; i++) {
		uint8_t c = rest->p[i];
		if (c == '\\' && quote != '\'' && i + 1 < rest->n)
			i++;
		else if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (ends_word(c))
			break;
	}
	struct bytes word = bytes_slice(*rest, 0, MIN_OF(i, rest->n));
	*rest = bytes_skip(*rest, word.n);
	return is_quoted(word) ? bytes_slice(word, 1, word.n - 1) : word;
}

/* Blanks, line continuations, and brackets, which only group. */
static void skip_blanks(struct bytes *rest)
{
	while (rest->n) {
		if (rest->p[0] == '\\' && rest->n > 1 && (rest->p[1] == '\n' || rest->p[1] == '\r'))
			*rest = bytes_skip(*rest, 2);
		else if ((is_blank(rest->p[0]) && rest->p[0] != '\n') || is_bracket(rest->p[0]))
			*rest = bytes_skip(*rest, 1);
		else
			return;
	}
}

static bool is_assignment(struct bytes w)
{
	ssize_t at = bytes_find(w, '=');
	if (at <= 0 || is_digit(w.p[0]))
		return false;
	for (ssize_t i = 0; i < at; i++) {
		if (!is_alnum(w.p[i]) && w.p[i] != '_')
			return false;
	}
	return true;
}

static bool only_steers(struct bytes w)
{
	static const char *const words[] = {"!",    "{",  "}",  "do",   "done",  "elif",
	                                    "else", "fi", "if", "then", "until", "while"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (bytes_eq(w, bytes_str(words[i])))
			return true;
	}
	return false;
}

/* One command, which may be empty; the ends before it are gone. */
static void take_command(struct bytes *rest, struct shell_command *c)
{
	for (;;) {
		skip_blanks(rest);
		if (!rest->n || is_end(rest->p[0]))
			return;
		struct bytes word = take_word(rest);
		if (c->n == 0 && (only_steers(word) || is_assignment(word)))
			continue;
		if (c->n < SHELL_WORDS_MAX)
			c->words[c->n++] = word;
	}
}

bool shell_next(struct bytes *rest, struct shell_command *ret)
{
	while (rest->n) {
		ret->n = 0;
		ret->is_piped = rest->p[0] == '|' && rest->n > 1 && rest->p[1] != '|';
		while (rest->n && is_end(rest->p[0]))
			*rest = bytes_skip(*rest, 1);
		take_command(rest, ret);
		if (ret->n)
			return true;
	}
	return false;
}

static bool starts_another(struct bytes program)
{
	static const char *const words[] = {"command", "env",  "eval", "exec",
	                                    "nice",    "sudo", "time", "xargs"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (bytes_eq(program, bytes_str(words[i])))
			return true;
	}
	return false;
}

struct bytes shell_program(const struct shell_command *c, size_t *ret_at)
{
	size_t i = 0;
	while (i + 1 < c->n && starts_another(path_base(c->words[i]))) {
		i++;
		while (i + 1 < c->n &&
		       (is_assignment(c->words[i]) || bytes_starts(c->words[i], B("-"))))
			i++;
	}
	if (ret_at)
		*ret_at = i;
	return i < c->n ? path_base(c->words[i]) : (struct bytes){NULL, 0};
}

bool shell_has(const struct shell_command *c, struct bytes word)
{
	size_t at;
	shell_program(c, &at);
	for (size_t i = at + 1; i < c->n; i++) {
		if (bytes_eq(c->words[i], word))
			return true;
	}
	return false;
}
