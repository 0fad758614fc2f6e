/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex_parse.c - RE2's syntax to a program.
 *
 * Source: RE2's syntax page; the errors are those of Go's regexp: nothing to repeat, a repeat of a
 * repeat, a range that runs backwards.
 */
#include "fmt/regex_parts.h"

#include <stdlib.h>
#include <string.h>

enum kind { EMPTY, SET, SEQUENCE, CHOICE, REPEAT, ASSERT };

struct node {
	enum kind kind;
	uint32_t x;       /* set or assertion */
	int32_t min, max; /* of a repeat; -1: any number */
	struct node *first, *next;
};

enum flag { FOLD = 1, LINES = 2, DOT_ALL = 4, UNGREEDY = 8 };

struct parser {
	struct bytes text;
	size_t at;
	unsigned flags, level;
	struct arena *arena;
	struct regex *re;
	struct err *e;
};

static struct node *fail(struct parser *p, const char *what)
{
	err_set(p->e, ERR_FORMAT, "regular expression, character %zu: %s", p->at + 1, what);
	return NULL;
}

static int peek(const struct parser *p, size_t ahead)
{
	return p->at + ahead < p->text.n ? p->text.p[p->at + ahead] : -1;
}

static bool take(struct parser *p, const char *word)
{
	if (!bytes_starts(bytes_skip(p->text, p->at), bytes_str(word)))
		return false;
	p->at += strlen(word);
	return true;
}

static struct node *node_new(struct parser *p, enum kind kind, uint32_t x)
{
	struct node *n = arena_alloc(p->arena, sizeof *n);
	n->kind = kind;
	n->x = x;
	return n;
}

/* The set becomes one of the program's. */
static struct node *set_node(struct parser *p, struct regex_set *s)
{
	struct regex *re = p->re;
	if (re->n_sets >= (size_t)REGEX_PROGRAM_MAX) {
		free(s->v);
		return fail(p, "too long (REGEX_PROGRAM_MAX)");
	}
	if (p->flags & FOLD)
		regex_set_fold(s);
	regex_set_tidy(s);
	re->sets = mem_grow(re->sets, &re->cap_sets, re->n_sets + 1, sizeof *re->sets);
	re->sets[re->n_sets] = *s;
	return node_new(p, SET, (uint32_t)re->n_sets++);
}

static struct node *one(struct parser *p, uint32_t c)
{
	struct regex_set s = {0};
	regex_set_add(&s, c, c);
	return set_node(p, &s);
}

/* \d \s \w and their complements; false: the letter names none. */
static bool perl_set(struct regex_set *s, int c)
{
	struct regex_set t = {0};
	switch (c | 0x20) {
	case 'd':
		regex_set_add(&t, '0', '9');
		break;
	case 's':
		regex_set_add(&t, '\t', '\n');
		regex_set_add(&t, '\f', '\r');
		regex_set_add(&t, ' ', ' ');
		break;
	case 'w':
		regex_set_add(&t, '0', '9');
		regex_set_add(&t, 'A', 'Z');
		regex_set_add(&t, '_', '_');
		regex_set_add(&t, 'a', 'z');
		break;
	default:
		return false;
	}
	if (!(c & 0x20))
		regex_set_negate(&t);
	for (size_t i = 0; i < t.n; i++)
		regex_set_add(s, t.v[i].lo, t.v[i].hi);
	free(t.v);
	return true;
}

/* \pL, \p{Lu}, \P{^Lu}; p->at behind the p. */
static bool category_set(struct parser *p, struct regex_set *s, bool is_negated)
{
	struct regex_set t = {0};
	struct bytes name = bytes_slice(p->text, p->at, p->at + 1), rest;
	size_t used = 1;
	if (peek(p, 0) == '{') {
		if (!bytes_cut(bytes_skip(p->text, p->at + 1), '}', &name, &rest))
			return fail(p, "\\p{ is not closed") != NULL;
		used = name.n + 2;
	}
	if (name.n && name.p[0] == '^') {
		is_negated = !is_negated;
		name = bytes_skip(name, 1);
	}
	if (!regex_set_category(&t, name)) {
		free(t.v);
		return fail(p, "no general category of Unicode has this name (scripts are not "
		               "read)") != NULL;
	}
	p->at += used;
	if (is_negated)
		regex_set_negate(&t);
	for (size_t i = 0; i < t.n; i++)
		regex_set_add(s, t.v[i].lo, t.v[i].hi);
	free(t.v);
	return true;
}

static bool hex(struct parser *p, uint32_t *ret)
{
	struct bytes digits = bytes_slice(p->text, p->at, p->at + 2), rest;
	size_t used = 2;
	uint64_t u;
	if (peek(p, 0) == '{') {
		if (!bytes_cut(bytes_skip(p->text, p->at + 1), '}', &digits, &rest))
			return fail(p, "\\x{ is not closed") != NULL;
		used = digits.n + 2;
	}
	if (digits.n < (used == 2 ? 2U : 1U) || !bytes_hex(digits, 0x10ffff, &u))
		return fail(p, "\\x wants hexadecimal digits") != NULL;
	p->at += used;
	*ret = (uint32_t)u;
	return true;
}

/* A character after a backslash, p->at behind that: one that stands for itself, a control, a
 * number. */
static bool escaped(struct parser *p, uint32_t *ret)
{
	static const char from[] = "aftnrv", to[] = "\a\f\t\n\r\v";
	int c = peek(p, 0);
	const char *at = c > 0 ? strchr(from, c) : NULL;
	p->at++;
	if (at) {
		*ret = (uint8_t)to[at - from];
		return true;
	}
	if (c == 'x')
		return hex(p, ret);
	if (c >= '0' && c <= '7' && (c == '0' || (peek(p, 0) >= '0' && peek(p, 0) <= '7'))) {
		*ret = (uint32_t)(c - '0');
		for (int i = 0; i < 2 && peek(p, 0) >= '0' && peek(p, 0) <= '7'; i++)
			*ret = *ret * 8 + (uint32_t)(p->text.p[p->at++] - '0');
		return true;
	}
	if (c < 0 || c >= 128 || is_alnum((uint8_t)c)) {
		p->at--;
		return fail(p, "there is no such escape") != NULL;
	}
	*ret = (uint32_t)c;
	return true;
}

/* [:alpha:] and the like; false: none stands here (or it has no such name: e is set). */
static bool posix_set(struct parser *p, struct regex_set *s, bool *ret_bad)
{
	static const struct {
		const char *name, *ranges;
	} rows[] = {
		{"alnum",  "09AZaz"        },
		{"alpha",  "AZaz"          },
		{"ascii",  "\1\x7f"        },
		{"blank",  "\t\t  "        },
		{"cntrl",  "\1\x1f\x7f\x7f"},
		{"digit",  "09"            },
		{"graph",  "!~"            },
		{"lower",  "az"            },
		{"print",  " ~"            },
		{"punct",  "!/:@[`{~"      },
		{"space",  "\t\r  "        },
		{"upper",  "AZ"            },
		{"word",   "09AZaz__"      },
		{"xdigit", "09AFaf"        },
	};
	struct bytes rest = bytes_skip(p->text, p->at), name;
	ssize_t end = bytes_search(rest, B(":]"));
	if (!bytes_starts(rest, B("[:")) || end < 2)
		return false;
	name = bytes_slice(rest, 2, (size_t)end);
	bool is_negated = name.n && name.p[0] == '^';
	name = bytes_skip(name, is_negated);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct regex_set t = {0};
		if (!bytes_eq(name, bytes_str(rows[i].name)))
			continue;
		for (const char *r = rows[i].ranges; *r; r += 2)
			regex_set_add(&t, *r == 1 ? 0 : (uint8_t)r[0], (uint8_t)r[1]);
		regex_set_tidy(&t);
		if (is_negated)
			regex_set_negate(&t);
		for (size_t k = 0; k < t.n; k++)
			regex_set_add(s, t.v[k].lo, t.v[k].hi);
		free(t.v);
		p->at += (size_t)end + 2;
		return true;
	}
	*ret_bad = true;
	fail(p, "[:...:] has no such name");
	return false;
}

static uint32_t rune(struct parser *p)
{
	uint32_t c;
	size_t w = utf8_next(bytes_skip(p->text, p->at), &c);
	p->at += w ? w : 1;
	return w ? c : 0xfffd;
}

/* One end of a range in brackets. */
static bool class_char(struct parser *p, uint32_t *ret)
{
	if (peek(p, 0) < 0)
		return fail(p, "[ is not closed") != NULL;
	if (take(p, "\\"))
		return escaped(p, ret);
	*ret = rune(p);
	return true;
}

/* What stands in brackets once: a set with a name, a character, a range. */
static bool class_item(struct parser *p, struct regex_set *s)
{
	uint32_t lo, hi;
	bool is_bad = false;
	if (posix_set(p, s, &is_bad))
		return true;
	if (is_bad)
		return false;
	if (peek(p, 0) == '\\' && perl_set(s, peek(p, 1))) {
		p->at += 2;
		return true;
	}
	if (peek(p, 0) == '\\' && (peek(p, 1) | 0x20) == 'p') {
		p->at += 2;
		return category_set(p, s, p->text.p[p->at - 1] == 'P');
	}
	if (!class_char(p, &lo))
		return false;
	hi = lo;
	if (peek(p, 0) == '-' && peek(p, 1) != ']' && peek(p, 1) >= 0) {
		p->at++;
		if (!class_char(p, &hi))
			return false;
		if (hi < lo)
			return fail(p, "a range runs backwards") != NULL;
	}
	regex_set_add(s, lo, hi);
	return true;
}

static struct node *class(struct parser *p)
{
	struct regex_set s = {0};
	bool is_negated = take(p, "^");
	for (bool is_first = true; is_first || peek(p, 0) != ']'; is_first = false) {
		if (peek(p, 0) < 0)
			fail(p, "[ is not closed");
		if (peek(p, 0) < 0 || !class_item(p, &s)) {
			free(s.v);
			return NULL;
		}
	}
	p->at++;
	if (p->flags & FOLD)
		regex_set_fold(&s);
	regex_set_tidy(&s);
	if (is_negated)
		regex_set_negate(&s);
	unsigned flags = p->flags;
	p->flags &= ~(unsigned)FOLD;
	struct node *n = set_node(p, &s);
	p->flags = flags;
	return n;
}

static struct node *any(struct parser *p)
{
	struct regex_set s = {0};
	if (p->flags & DOT_ALL) {
		regex_set_add(&s, 0, 0x10ffff);
	} else {
		regex_set_add(&s, 0, '\n' - 1);
		regex_set_add(&s, '\n' + 1, 0x10ffff);
	}
	return set_node(p, &s);
}

static struct node *choice(struct parser *p);

/* (?flags) or (?flags:, p->at behind the "?": 1 a group opens, 0 it was flags alone, -1 error. */
static int group_flags(struct parser *p)
{
	static const char letters[] = "imsU";
	static const unsigned bits[] = {FOLD, LINES, DOT_ALL, UNGREEDY};
	bool is_off = false, has_any = false;
	for (; peek(p, 0) > 0; p->at++) {
		const char *at = strchr(letters, peek(p, 0));
		has_any |= at != NULL;
		if (at && is_off)
			p->flags &= ~bits[at - letters];
		else if (at)
			p->flags |= bits[at - letters];
		else if (peek(p, 0) == '-' && !is_off)
			is_off = true;
		else
			break;
	}
	if (is_off && !has_any)
		fail(p, "(?- wants flags");
	else if (take(p, ":"))
		return 1;
	else if (has_any && take(p, ")"))
		return 0;
	else
		fail(p, "this group is not known");
	return -1;
}

/* (?P<name> and (?<name>: the name only has to be one. */
static bool group_name(struct parser *p)
{
	size_t from = p->at;
	while (peek(p, 0) == '_' || (peek(p, 0) > 0 && is_alnum((uint8_t)peek(p, 0))))
		p->at++;
	if (p->at == from || !take(p, ">"))
		return fail(p, "a group's name is letters, digits and _") != NULL;
	return true;
}

static struct node *group(struct parser *p)
{
	unsigned before = p->flags;
	if (take(p, "?P<") || take(p, "?<")) {
		if (!group_name(p))
			return NULL;
	} else if (take(p, "?")) {
		int is_open = group_flags(p);
		/* flags alone hold until the group around them ends */
		if (is_open <= 0)
			return is_open < 0 ? NULL : node_new(p, EMPTY, 0);
	}
	if (++p->level > (unsigned)CEL_DEPTH_MAX)
		return fail(p, "nests too deep (CEL_DEPTH_MAX)");
	struct node *n = choice(p);
	p->level--;
	p->flags = before;
	if (n && !take(p, ")"))
		return fail(p, "( is not closed");
	return n;
}

/* \Q...\E: all as it stands */
static struct node *quoted(struct parser *p)
{
	struct node *seq = node_new(p, SEQUENCE, 0), **last = &seq->first;
	while (p->at < p->text.n && !take(p, "\\E")) {
		if (!(*last = one(p, rune(p))))
			return NULL;
		last = &(*last)->next;
	}
	return seq;
}

static struct node *backslash(struct parser *p)
{
	static const struct {
		char letter;
		enum regex_assert what;
	} asserts[] = {
		{'A', REGEX_BEGIN   },
                {'z', REGEX_END     },
                {'b', REGEX_WORD    },
                {'B', REGEX_NOT_WORD}
        };
	struct regex_set s = {0};
	uint32_t rune_found;
	int c = peek(p, 0);
	for (size_t i = 0; i < ARRAY_LEN(asserts); i++)
		if (asserts[i].letter == c) {
			p->at++;
			return node_new(p, ASSERT, asserts[i].what);
		}
	if (take(p, "Q"))
		return quoted(p);
	if (c > 0 && perl_set(&s, c)) {
		p->at++;
		regex_set_tidy(&s);
		return set_node(p, &s);
	}
	if (c == 'p' || c == 'P') {
		p->at++;
		if (category_set(p, &s, c == 'P'))
			return set_node(p, &s);
		free(s.v);
		return NULL;
	}
	return escaped(p, &rune_found) ? one(p, rune_found) : NULL;
}

static struct node *atom(struct parser *p)
{
	int c = peek(p, 0);
	if (c >= 0 && c < 128 && strchr("([.^$\\*+?", c) && c)
		p->at++;
	switch (c) {
	case '(':
		return group(p);
	case '[':
		return class(p);
	case '.':
		return any(p);
	case '^':
		return node_new(p, ASSERT, p->flags & LINES ? REGEX_LINE_BEGIN : REGEX_BEGIN);
	case '$':
		return node_new(p, ASSERT, p->flags & LINES ? REGEX_LINE_END : REGEX_END);
	case '\\':
		return backslash(p);
	case '*':
	case '+':
	case '?':
		return fail(p, "there is nothing to repeat");
	default:
		return one(p, rune(p));
	}
}

/* {n}, {n,}, {n,m}: 1, 0 when it is text after all, -1 past the bound. */
static int braces(struct parser *p, int32_t *min, int32_t *max)
{
	struct bytes inner, rest, a, b;
	uint64_t lo, hi;
	if (peek(p, 0) != '{' || !bytes_cut(bytes_skip(p->text, p->at + 1), '}', &inner, &rest))
		return 0;
	bool has_comma = bytes_cut(inner, ',', &a, &b);
	if (!bytes_u64(a, UINT32_MAX, &lo))
		return 0;
	hi = lo;
	if (has_comma && b.n && !bytes_u64(b, UINT32_MAX, &hi))
		return 0;
	if (lo > (uint64_t)REGEX_REPEAT_MAX || hi > (uint64_t)REGEX_REPEAT_MAX || hi < lo) {
		fail(p, "a repeat is out of bounds (REGEX_REPEAT_MAX)");
		return -1;
	}
	*min = (int32_t)lo;
	*max = has_comma && !b.n ? -1 : (int32_t)hi;
	p->at += inner.n + 2;
	return 1;
}

/* 1: a repeat stands here, 0: none, -1: an error. */
static int repeat_of(struct parser *p, int32_t *min, int32_t *max)
{
	int c = peek(p, 0);
	if (c != '*' && c != '+' && c != '?')
		return braces(p, min, max);
	p->at++;
	*min = c == '+';
	*max = c == '?' ? 1 : -1;
	return 1;
}

static struct node *repeated(struct parser *p)
{
	struct node *n = atom(p);
	int32_t min, max;
	int is_repeat = n ? repeat_of(p, &min, &max) : 0;
	if (!n || is_repeat < 0)
		return NULL;
	if (!is_repeat)
		return n;
	struct node *r = node_new(p, REPEAT, 0);
	r->first = n;
	r->min = min;
	r->max = max;
	take(p, "?"); /* lazy or not: what is found is the same */
	if ((is_repeat = repeat_of(p, &min, &max)))
		return is_repeat < 0 ? NULL : fail(p, "a repeat of a repeat");
	return r;
}

static struct node *sequence(struct parser *p)
{
	struct node *seq = node_new(p, SEQUENCE, 0), **last = &seq->first;
	while (p->at < p->text.n && peek(p, 0) != '|' && peek(p, 0) != ')') {
		struct node *n = repeated(p);
		if (!n)
			return NULL;
		*last = n;
		last = &n->next;
	}
	return seq;
}

static struct node *choice(struct parser *p)
{
	struct node *all = node_new(p, CHOICE, 0), **last = &all->first;
	do {
		if (!(*last = sequence(p)))
			return NULL;
		last = &(*last)->next;
	} while (take(p, "|"));
	return all;
}

static bool emit(struct parser *p, enum regex_op op, uint32_t x, uint32_t y)
{
	struct regex *re = p->re;
	if (re->n >= (size_t)REGEX_PROGRAM_MAX) {
		err_set(p->e, ERR_LIMIT, "regular expression: more than %d instructions",
		        (int)REGEX_PROGRAM_MAX);
		return false;
	}
	re->code = mem_grow(re->code, &re->cap, re->n + 1, sizeof *re->code);
	re->code[re->n++] = (struct regex_code){op, x, y};
	return true;
}

static bool compile(struct parser *p, const struct node *n);

static bool compile_repeat(struct parser *p, const struct node *n)
{
	struct regex *re = p->re;
	size_t at;
	for (int32_t i = 0; i < n->min; i++) {
		at = re->n;
		if (!compile(p, n->first))
			return false;
		if (re->n == at) /* what is empty is so any number of times */
			break;
	}
	if (n->max < 0) {
		at = re->n;
		if (!emit(p, REGEX_SPLIT, (uint32_t)at + 1, 0) || !compile(p, n->first) ||
		    !emit(p, REGEX_JUMP, (uint32_t)at, 0))
			return false;
		re->code[at].y = (uint32_t)re->n;
		return true;
	}
	/* x{0,3} is (x(x(x)?)?)?: each may leave to the end; the places are chained through y */
	uint32_t chain = UINT32_MAX;
	for (int32_t i = n->min; i < n->max; i++) {
		at = re->n;
		if (!emit(p, REGEX_SPLIT, (uint32_t)at + 1, chain) || !compile(p, n->first))
			return false;
		chain = (uint32_t)at;
	}
	while (chain != UINT32_MAX) {
		uint32_t before = re->code[chain].y;
		re->code[chain].y = (uint32_t)re->n;
		chain = before;
	}
	return true;
}

static bool compile_choice(struct parser *p, const struct node *n)
{
	uint32_t chain = UINT32_MAX;
	for (const struct node *k = n->first; k; k = k->next) {
		size_t at = p->re->n;
		if (k->next && !emit(p, REGEX_SPLIT, (uint32_t)at + 1, 0))
			return false;
		if (!compile(p, k))
			return false;
		if (!k->next)
			break;
		if (!emit(p, REGEX_JUMP, chain, 0))
			return false;
		chain = (uint32_t)p->re->n - 1;
		p->re->code[at].y = (uint32_t)p->re->n;
	}
	while (chain != UINT32_MAX) {
		uint32_t before = p->re->code[chain].x;
		p->re->code[chain].x = (uint32_t)p->re->n;
		chain = before;
	}
	return true;
}

/* Recursion is as deep as groups nest.  A repeat of what is empty makes a loop without characters,
 * which the search's sets end. */
static bool compile(struct parser *p, const struct node *n)
{
	switch (n->kind) {
	case SET:
		return emit(p, REGEX_SET, n->x, 0);
	case ASSERT:
		return emit(p, REGEX_ASSERT, n->x, 0);
	case REPEAT:
		return compile_repeat(p, n);
	case CHOICE:
		return compile_choice(p, n);
	case SEQUENCE:
		for (const struct node *k = n->first; k; k = k->next)
			if (!compile(p, k))
				return false;
		return true;
	default:
		return true;
	}
}

static void finish(struct regex *re)
{
	re->ascii = mem_zalloc((re->n_sets + 1) * sizeof *re->ascii);
	for (size_t i = 0; i < re->n_sets; i++)
		for (uint32_t c = 0; c < 128; c++)
			if (regex_set_has(&re->sets[i], c))
				re->ascii[i][c >> 6] |= UINT64_C(1) << (c & 63);
	re->memory = mem_zalloc((6 * re->n + 4) * sizeof *re->memory);
}

int regex_compile(struct bytes pattern, struct regex **ret, struct err *e)
{
	AUTO_ARENA struct arena *a = NULL;
	struct err ignored;
	if (pattern.n > (size_t)REGEX_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "regular expression: %zu bytes, at most %d are read",
		               pattern.n, (int)REGEX_TEXT_MAX);
	a = arena_new();
	struct regex *re = mem_zalloc(sizeof *re);
	struct parser p = {.text = pattern, .arena = a, .re = re, .e = e ? e : &ignored};
	struct node *n = choice(&p);
	if (n && p.at < pattern.n)
		n = fail(&p, ") closes nothing");
	if (!n || !compile(&p, n) || !emit(&p, REGEX_MATCH, 0, 0)) {
		regex_free(re);
		return -1;
	}
	finish(re);
	*ret = re;
	return 0;
}
