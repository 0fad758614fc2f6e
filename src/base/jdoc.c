/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jdoc.c - JSON read in one pass.  Source: RFC 8259; names are unique (section 4).
 *
 * Children are gathered on a stack and copied side by side into the arena when their list or
 * object is closed.  Recursion is bounded by JSON_DEPTH_MAX.
 */
#include "base/jdoc.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

enum { PAIRWISE = 32 }; /* members up to which comparing all pairs beats hashing */

struct reading {
	struct arena *a;
	struct bytes text;
	size_t at;
	int64_t values;
	unsigned depth;
	bool is_loose; /* of a name that comes twice the last value counts */
	struct jnode *stack;
	size_t n, cap;
	const char *name;
	struct err *e;
};

/* Line and column, both from 1, the column in bytes. */
static int fail(struct reading *r, size_t at, const char *what)
{
	unsigned long long line = 1, column = 1;
	for (size_t i = 0; i < at && i < r->text.n; i++) {
		column = r->text.p[i] == '\n' ? 1 : column + 1;
		line += r->text.p[i] == '\n';
	}
	return err_set(r->e, ERR_FORMAT, "%s: line %llu, column %llu: %s", r->name, line, column,
	               what);
}

static void skip_blanks(struct reading *r)
{
	const uint8_t *p = r->text.p;
	size_t at = r->at, n = r->text.n;
	while (at < n && (p[at] == ' ' || p[at] == '\n' || p[at] == '\t' || p[at] == '\r'))
		at++;
	r->at = at;
}

static bool take(struct reading *r, uint8_t c)
{
	if (r->at >= r->text.n || r->text.p[r->at] != c)
		return false;
	r->at++;
	return true;
}

/* ---- texts ---- */

static bool hex4(struct reading *r, uint32_t *ret)
{
	uint32_t c = 0;
	if (r->text.n - r->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		uint8_t h = r->text.p[r->at++];
		if (h >= '0' && h <= '9')
			c = c << 4 | (uint32_t)(h - '0');
		else if (to_lower(h) >= 'a' && to_lower(h) <= 'f')
			c = c << 4 | (uint32_t)(to_lower(h) - 'a' + 10);
		else
			return false;
	}
	*ret = c;
	return true;
}

/* \uXXXX, or two that are one character; what stands for no character is an error. */
static bool unicode(struct reading *r, uint32_t *ret)
{
	uint32_t high, low;
	if (!hex4(r, &high))
		return false;
	*ret = high;
	if (high < 0xd800 || high > 0xdfff)
		return true;
	if (high > 0xdbff || !take(r, '\\') || !take(r, 'u') || !hex4(r, &low) || low < 0xdc00 ||
	    low > 0xdfff)
		return false;
	*ret = 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00));
	return true;
}

static size_t put_utf8(uint8_t *to, uint32_t c)
{
	static const uint8_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; c >>= 6)
		to[i] = (uint8_t)(0x80 | (c & 0x3f));
	to[0] = (uint8_t)(marks[n] | c);
	return n;
}

static bool escape(struct reading *r, uint8_t *to, size_t *n)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	uint32_t c;
	if (r->at >= r->text.n)
		return false;
	uint8_t letter = r->text.p[r->at++];
	const char *at = letter ? strchr(from, letter) : NULL;
	if (at) {
		to[(*n)++] = (uint8_t)into[at - from];
		return true;
	}
	if (letter != 'u' || !unicode(r, &c))
		return false;
	*n += put_utf8(to + *n, c);
	return true;
}

/* From the first escape on; the text gets no longer by being read. */
static int escaped_text(struct reading *r, size_t from, size_t end, struct bytes *ret)
{
	uint8_t *to = arena_alloc(r->a, end - from + 1);
	size_t n = r->at - from;
	memcpy(to, r->text.p + from, n);
	while (r->at < end) {
		size_t at = r->at;
		uint8_t c = r->text.p[r->at++];
		if (c != '\\')
			to[n++] = c;
		else if (!escape(r, to, &n) || r->at > end)
			return fail(r, at, "invalid escape");
	}
	*ret = bytes_of(to, n);
	return 0;
}

/* The text whose quote has been taken. */
static int quoted(struct reading *r, struct bytes *ret)
{
	const uint8_t *p = r->text.p;
	size_t from = r->at, at = from, first = SIZE_MAX, n = r->text.n;
	uint8_t high = 0;
	for (; at < n && p[at] != '"'; at++) {
		high |= p[at];
		if (p[at] < 0x20)
			return fail(r, at, "a control character in a text");
		if (p[at] == '\\') {
			first = MIN_OF(first, at);
			at++;
			high |= at < n ? p[at] : 0;
		}
	}
	if (at >= n)
		return fail(r, from, "a text that does not end");
	*ret = bytes_slice(r->text, from, at);
	if (high & 0x80 && !bytes_is_utf8(*ret))
		return fail(r, from, "a text that is not UTF-8");
	ret->p = r->text.p + from;
	r->at = MIN_OF(first, at);
	if (first != SIZE_MAX && escaped_text(r, from, at, ret) < 0)
		return -1;
	r->at = at + 1;
	return 0;
}

/* ---- numbers ---- */

static size_t digits(struct reading *r)
{
	size_t from = r->at;
	while (r->at < r->text.n && r->text.p[r->at] >= '0' && r->text.p[r->at] <= '9')
		r->at++;
	return r->at - from;
}

static int real(struct reading *r, struct bytes t, struct jnode *ret)
{
	char copy[JSON_NUMBER_MAX + 1];
	if (t.n > JSON_NUMBER_MAX)
		return fail(r, r->at - t.n, "a number of more digits than JSON_NUMBER_MAX");
	memcpy(copy, t.p, t.n);
	copy[t.n] = 0;
	*ret = (struct jnode){.kind = JNODE_REAL, .d = strtod(copy, NULL)};
	return isinf(ret->d) ? fail(r, r->at - t.n, "a number that is too large") : 0;
}

static int whole(struct reading *r, struct bytes t, struct jnode *ret)
{
	bool is_negative = t.p[0] == '-';
	int64_t i = 0;
	for (size_t k = is_negative; k < t.n; k++) {
		int digit = t.p[k] - '0';
		if (__builtin_mul_overflow(i, 10, &i) ||
		    __builtin_add_overflow(i, is_negative ? -digit : digit, &i))
			return fail(r, r->at - t.n, "a number that is too large");
	}
	*ret = (struct jnode){.kind = JNODE_INT, .i = i};
	return 0;
}

static int number(struct reading *r, struct jnode *ret)
{
	size_t from = r->at;
	bool is_real = false;
	(void)take(r, '-');
	bool is_zero = r->at < r->text.n && r->text.p[r->at] == '0';
	size_t n = digits(r);
	if (!n || (is_zero && n > 1))
		return fail(r, from, "no value");
	if (take(r, '.')) {
		is_real = true;
		if (!digits(r))
			return fail(r, from, "no value");
	}
	if (take(r, 'e') || take(r, 'E')) {
		is_real = true;
		(void)(take(r, '+') || take(r, '-'));
		if (!digits(r))
			return fail(r, from, "no value");
	}
	struct bytes t = bytes_slice(r->text, from, r->at);
	return is_real ? real(r, t, ret) : whole(r, t, ret);
}

/* ---- values ---- */

static int value(struct reading *r, struct jnode *ret);

static void push(struct reading *r, const struct jnode *v)
{
	r->stack = mem_grow(r->stack, &r->cap, r->n + 1, sizeof *r->stack);
	r->stack[r->n++] = *v;
}

/* The key that comes twice; NULL: none does. */
static const struct bytes *twice(const struct jnode *v, size_t n)
{
	if (n <= PAIRWISE) {
		for (size_t i = 1; i < n; i++)
			for (size_t k = 0; k < i; k++)
				if (v[i].key.n == v[k].key.n && bytes_eq(v[i].key, v[k].key))
					return &v[i].key;
		return NULL;
	}
	AUTO_MAP struct map *seen = map_new();
	for (size_t i = 0; i < n; i++) {
		bool is_new;
		map_put(seen, v[i].key, &is_new);
		if (!is_new)
			return &v[i].key;
	}
	return NULL;
}

/* Each name where it came first, with the value that came last; returns how many. */
static size_t last_of_each(struct jnode *v, size_t n)
{
	AUTO_MAP struct map *seen = map_new();
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		bool is_new;
		union map_value *at = map_put(seen, v[i].key, &is_new);
		if (is_new)
			at->u = kept++;
		v[at->u] = v[i];
	}
	return kept;
}

static int close_it(struct reading *r, size_t base, size_t at, struct jnode *ret)
{
	size_t n = r->n - base;
	struct jnode *from = n ? r->stack + base : NULL; /* there may be no stack yet */
	if (ret->kind == JNODE_OBJECT && twice(from, n)) {
		if (!r->is_loose)
			return fail(r, at, "a name that comes twice");
		n = last_of_each(from, n);
	}
	struct jnode *v = n ? arena_alloc(r->a, n * sizeof *v) : NULL;
	if (n)
		memcpy(v, from, n * sizeof *v);
	r->n = base;
	r->depth--;
	ret->n = (uint32_t)n;
	ret->v = v;
	return 0;
}

static int key(struct reading *r, struct bytes *ret)
{
	if (!take(r, '"'))
		return fail(r, r->at, "a name is wanted");
	size_t at = r->at;
	if (quoted(r, ret) < 0)
		return -1;
	if (ret->n && memchr(ret->p, 0, ret->n))
		return fail(r, at, "NUL in a name");
	skip_blanks(r);
	return take(r, ':') ? 0 : fail(r, r->at, "':' is wanted");
}

/* A list or an object, whose bracket has been taken. */
static int gather(struct reading *r, enum jnode_kind kind, uint8_t end, struct jnode *ret)
{
	size_t base = r->n, from = r->at;
	*ret = (struct jnode){.kind = kind};
	if (++r->depth > (unsigned)JSON_DEPTH_MAX)
		return err_set(r->e, ERR_LIMIT, "%s: nested deeper than %d levels at byte %zu",
		               r->name, (int)JSON_DEPTH_MAX, r->at);
	skip_blanks(r);
	if (take(r, end))
		return close_it(r, base, from, ret);
	do {
		struct jnode v;
		struct bytes name = {0};
		skip_blanks(r);
		if ((kind == JNODE_OBJECT && key(r, &name) < 0) || value(r, &v) < 0)
			return -1;
		v.key = name;
		push(r, &v);
		skip_blanks(r);
	} while (take(r, ','));
	return take(r, end) ? close_it(r, base, from, ret)
	                    : fail(r, r->at, "',' or the end of it is wanted");
}

static int word(struct reading *r, struct jnode *ret)
{
	static const struct {
		const char *word;
		enum jnode_kind kind;
	} words[] = {
		{"null",  JNODE_NULL },
                {"true",  JNODE_TRUE },
                {"false", JNODE_FALSE}
        };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (bytes_starts(bytes_skip(r->text, r->at), bytes_str(words[i].word))) {
			r->at += strlen(words[i].word);
			*ret = (struct jnode){.kind = words[i].kind};
			return 0;
		}
	return number(r, ret);
}

static int value(struct reading *r, struct jnode *ret)
{
	skip_blanks(r);
	if (++r->values > JSON_VALUES_MAX)
		return err_set(r->e, ERR_LIMIT, "%s: more than %d values", r->name,
		               (int)JSON_VALUES_MAX);
	if (take(r, '"')) {
		*ret = (struct jnode){.kind = JNODE_TEXT};
		return quoted(r, &ret->text);
	}
	if (take(r, '{'))
		return gather(r, JNODE_OBJECT, '}', ret);
	if (take(r, '['))
		return gather(r, JNODE_LIST, ']', ret);
	return word(r, ret);
}

static int load(struct reading *r, size_t max, const struct jnode **ret)
{
	struct jnode *root = arena_alloc(r->a, sizeof *root);
	if (r->text.n > max)
		return err_set(r->e, ERR_LIMIT, "%s: %zu bytes, at most %zu", r->name, r->text.n,
		               max);
	r->at = bytes_starts(r->text, B("\xef\xbb\xbf")) ? 3 : 0;
	int rc = value(r, root);
	free(r->stack);
	skip_blanks(r);
	if (rc == 0 && r->at < r->text.n)
		rc = fail(r, r->at, "more than one value");
	if (rc == 0)
		*ret = root;
	return rc;
}

int jdoc_load(struct arena *a, struct bytes text, const char *name, size_t max,
              const struct jnode **ret, struct err *e)
{
	return load(&(struct reading){.a = a, .text = text, .name = name, .e = e}, max, ret);
}

int jdoc_load_loose(struct arena *a, struct bytes text, const char *name, size_t max,
                    const struct jnode **ret, struct err *e)
{
	struct reading r = {.a = a, .text = text, .name = name, .is_loose = true, .e = e};
	return load(&r, max, ret);
}

/* ---- asking ---- */

const struct jnode *jnode_get(const struct jnode *o, const char *name)
{
	struct bytes want = bytes_str(name);
	for (size_t i = 0; o && o->kind == JNODE_OBJECT && i < o->n; i++)
		if (o->v[i].key.n == want.n && bytes_eq(o->v[i].key, want))
			return &o->v[i];
	return NULL;
}

struct bytes jnode_bytes(const struct jnode *t)
{
	return t && t->kind == JNODE_TEXT ? t->text : (struct bytes){NULL, 0};
}

struct bytes jnode_text(const struct jnode *o, const char *name)
{
	return jnode_bytes(jnode_get(o, name));
}

const struct jnode *jnode_obj(const struct jnode *o, const char *name)
{
	const struct jnode *v = jnode_get(o, name);
	return v && v->kind == JNODE_OBJECT ? v : NULL;
}

const struct jnode *jnode_list(const struct jnode *o, const char *name)
{
	const struct jnode *v = jnode_get(o, name);
	return v && v->kind == JNODE_LIST ? v : NULL;
}

bool jnode_is_true(const struct jnode *o, const char *name)
{
	const struct jnode *v = jnode_get(o, name);
	return v && v->kind == JNODE_TRUE;
}

bool jnode_u64(const struct jnode *o, const char *name, uint64_t max, uint64_t *ret)
{
	const struct jnode *v = jnode_get(o, name);
	if (!v || v->kind != JNODE_INT || v->i < 0 || (uint64_t)v->i > max)
		return false;
	*ret = (uint64_t)v->i;
	return true;
}
