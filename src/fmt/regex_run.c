/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex_run.c - a search: one walk over the text with all instructions that are alive.
 *
 * Source: Thompson's simulation, as Russ Cox describes it in "Regular Expression Matching Can Be
 * Simple And Fast".
 */
#include "fmt/regex_parts.h"

#include <stdlib.h>
#include <string.h>

/* A set of instructions in the order they were added; `where` may hold rubbish. */
struct list {
	uint32_t *dense, *where;
	size_t n;
};

struct search {
	const struct regex *re;
	struct list now, next;
	uint32_t *stack;
	uint32_t before, after; /* characters around the place; none: UINT32_MAX */
	uint64_t steps;
	bool is_matched;
};

static bool is_word(uint32_t c) { return c < 128 && (is_alnum((uint8_t)c) || c == '_'); }

static bool holds(const struct search *s, uint32_t what)
{
	switch ((enum regex_assert)what) {
	case REGEX_BEGIN:
		return s->before == UINT32_MAX;
	case REGEX_END:
		return s->after == UINT32_MAX;
	case REGEX_LINE_BEGIN:
		return s->before == UINT32_MAX || s->before == '\n';
	case REGEX_LINE_END:
		return s->after == UINT32_MAX || s->after == '\n';
	case REGEX_WORD:
		return is_word(s->before) != is_word(s->after);
	default:
		return is_word(s->before) == is_word(s->after);
	}
}

static bool list_add(struct list *l, uint32_t pc)
{
	if (l->where[pc] < l->n && l->dense[l->where[pc]] == pc)
		return false;
	l->where[pc] = (uint32_t)l->n;
	l->dense[l->n++] = pc;
	return true;
}

/* Adds an instruction and all that is reached from it without a character. */
static void follow(struct search *s, struct list *l, uint32_t pc)
{
	size_t n = 0;
	s->stack[n++] = pc;
	while (n) {
		pc = s->stack[--n];
		if (!list_add(l, pc))
			continue;
		const struct regex_code *c = &s->re->code[pc];
		s->steps -= s->steps > 0;
		if (c->op == REGEX_MATCH) {
			s->is_matched = true;
		} else if (c->op == REGEX_JUMP) {
			s->stack[n++] = c->x;
		} else if (c->op == REGEX_SPLIT) {
			s->stack[n++] = c->y;
			s->stack[n++] = c->x;
		} else if (c->op == REGEX_ASSERT && holds(s, c->x)) {
			s->stack[n++] = pc + 1;
		}
	}
}

static bool set_has(const struct regex *re, uint32_t set, uint32_t c)
{
	if (c < 128)
		return re->ascii[set][c >> 6] >> (c & 63) & 1;
	return regex_set_has(&re->sets[set], c);
}

/* The next character of the text, which moves behind it; UINT32_MAX at the end. */
static uint32_t take(struct bytes *text)
{
	uint32_t c;
	if (!text->n)
		return UINT32_MAX;
	size_t w = utf8_next(*text, &c);
	*text = bytes_skip(*text, w ? w : 1);
	return w ? c : 0xfffd;
}

int regex_search(struct regex *re, struct bytes text, uint64_t *steps)
{
	struct search s = {.re = re, .before = UINT32_MAX, .steps = *steps};
	uint32_t *m = re->memory;
	s.now = (struct list){m, m + re->n, 0};
	s.next = (struct list){m + 2 * re->n, m + 3 * re->n, 0};
	s.stack = m + 4 * re->n;
	for (s.after = take(&text);;) {
		uint32_t c = s.after;
		follow(&s, &s.now, 0);
		if (s.is_matched || c == UINT32_MAX || s.steps <= s.now.n)
			break;
		s.steps -= s.now.n;
		s.before = c;
		s.after = take(&text);
		for (size_t i = 0; i < s.now.n && !s.is_matched; i++) {
			const struct regex_code *code = &re->code[s.now.dense[i]];
			if (code->op == REGEX_SET && set_has(re, code->x, c))
				follow(&s, &s.next, s.now.dense[i] + 1);
		}
		struct list was = s.now;
		s.now = s.next;
		s.next = was;
		s.next.n = 0;
		if (s.is_matched)
			break;
	}
	bool is_spent = !s.is_matched && s.steps <= s.now.n && s.after != UINT32_MAX;
	*steps = is_spent ? 0 : s.steps;
	return is_spent ? -1 : s.is_matched;
}

void regex_free(struct regex *re)
{
	if (!re)
		return;
	for (size_t i = 0; i < re->n_sets; i++)
		free(re->sets[i].v);
	free(re->sets);
	free(re->ascii);
	free(re->code);
	free(re->memory);
	free(re);
}
