/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vers.c - reads ranges of VERS, and says what is in them.
 *
 * Format: "vers:" TYPE "/" CONSTRAINT *("|" CONSTRAINT), a constraint being "*" alone, or one of
 * = != < <= > >= (the first left out) and a version.
 */
#include "fmt/vers.h"

#include <stdlib.h>

static const char *const signs[] = {
	[VERS_EQ] = "",   [VERS_NE] = "!=", [VERS_LT] = "<",
	[VERS_LE] = "<=", [VERS_GT] = ">",  [VERS_GE] = ">=",
};
_Static_assert(ARRAY_LEN(signs) == VERS__MAX, "a sign per comparator");

static const char reserved[] = "><=!*|%";

static bool is_reserved(uint8_t c)
{
	for (size_t i = 0; reserved[i]; i++) {
		if (c == (uint8_t)reserved[i])
			return true;
	}
	return false;
}

/* "A version range specifier contains only printable ASCII", and no whitespace. */
static int check_text(struct bytes text, struct err *e)
{
	if (text.n > (size_t)VERS_LEN_MAX)
		return err_set(e, ERR_LIMIT, "a range of versions has %zu bytes, more than %lld",
		               text.n, (long long)VERS_LEN_MAX);
	for (size_t i = 0; i < text.n; i++) {
		if (is_blank(text.p[i]))
			return err_set(e, ERR_FORMAT, "whitespace is not permitted in a range");
		if (text.p[i] < 0x21 || text.p[i] > 0x7e)
			return err_set(e, ERR_FORMAT, "byte 0x%02x is not permitted in a range",
			               text.p[i]);
	}
	return 0;
}

static int hex_value(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes a version once. */
static int decode(struct bytes v, struct arena *a, struct bytes *ret, struct err *e)
{
	uint8_t *to = arena_alloc(a, v.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		if (c == '%') {
			int high = i + 2 < v.n ? hex_value(v.p[i + 1]) : -1;
			int low = i + 2 < v.n ? hex_value(v.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return err_set(e, ERR_FORMAT,
				               "invalid percent-encoding in version %.*s",
				               BYTES_FMT(v));
			c = (uint8_t)(high * 16 + low);
			i += 2;
			if (c == ':' || is_alnum(c) || c < 0x20)
				return err_set(e, ERR_FORMAT,
				               "percent-encoding in version %.*s is not canonical",
				               BYTES_FMT(v));
		} else if (is_reserved(c)) {
			return err_set(e, ERR_FORMAT, "'%c' stands in version %.*s", c,
			               BYTES_FMT(v));
		}
		to[n++] = c;
	}
	*ret = (struct bytes){to, n};
	return 0;
}

static int read_constraint(const struct vers_type *how, struct bytes text, struct arena *a,
                           struct vers_constraint *ret, struct err *e)
{
	static const enum vers_op tries[] = {VERS_GE, VERS_LE, VERS_NE, VERS_LT, VERS_GT};
	struct vers_constraint c = {.op = VERS_EQ};
	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		if (!bytes_starts(text, bytes_str(signs[tries[i]])))
			continue;
		c.op = tries[i];
		text = bytes_skip(text, bytes_str(signs[c.op]).n);
		break;
	}
	if (c.op == VERS_EQ && bytes_starts(text, B("=")))
		text = bytes_skip(text, 1);
	if (!text.n)
		return err_set(e, ERR_FORMAT, "a constraint has no version");
	if (decode(text, a, &c.version, e) < 0)
		return -1;
	if (!vers_valid(how, c.version))
		return err_set(e, ERR_FORMAT, "'%.*s' is no version of this type", BYTES_FMT(text));
	*ret = c;
	return 0;
}

static int by_version(const void *x, const void *y, void *how)
{
	const struct vers_constraint *a = x, *b = y;
	return vers_cmp(how, a->version, b->version);
}

static int sort(struct vers *v, struct err *e)
{
	void *how = (void *)(uintptr_t)v->how;
	qsort_r(v->c, v->n, sizeof *v->c, by_version, how);
	for (size_t i = 1; i < v->n; i++) {
		if (!by_version(&v->c[i - 1], &v->c[i], how))
			return err_set(e, ERR_FORMAT, "version %.*s stands in it twice",
			               BYTES_FMT(v->c[i].version));
	}
	return 0;
}

static int read_constraints(struct bytes rest, struct arena *a, struct vers *v, struct err *e)
{
	struct bytes one;
	size_t n = 1;
	for (size_t i = 0; i < rest.n; i++)
		n += rest.p[i] == '|';
	if (n > (size_t)VERS_CONSTRAINTS_MAX)
		return err_set(e, ERR_LIMIT, "a range has %zu constraints, more than %lld", n,
		               (long long)VERS_CONSTRAINTS_MAX);
	v->c = arena_alloc(a, n * sizeof *v->c);
	while (v->n < n) {
		bytes_cut(rest, '|', &one, &rest);
		if (!one.n)
			return err_set(e, ERR_FORMAT,
			               "leading, trailing and consecutive pipes are not "
			               "permitted in a range");
		if (read_constraint(v->how, one, a, &v->c[v->n], e) < 0)
			return -1;
		v->n++;
	}
	return sort(v, e);
}

int vers_parse_constraints(struct bytes type, struct bytes constraints, struct arena *a,
                           struct vers *ret, struct err *e)
{
	struct vers v = {.type = type, .how = vers_type_find(type)};
	bool is_star = bytes_eq(constraints, B("*"));
	bool is_all = bytes_eq(type, B("all")), is_none = bytes_eq(type, B("none"));
	if (check_text(constraints, e) < 0)
		return -1;
	if (!constraints.n)
		return err_set(e, ERR_FORMAT, "a range without constraints");
	if (!v.how && !(is_star && (is_all || is_none)))
		return err_set(e, ERR_FORMAT, "no order of versions is known for type '%.*s'",
		               BYTES_FMT(type));
	v.is_any = is_star && !is_none;
	v.is_none = is_star && is_none;
	if (!is_star && read_constraints(constraints, a, &v, e) < 0)
		return -1;
	*ret = v;
	return 0;
}

static bool is_type(struct bytes type)
{
	bool res = type.n && is_lower(type.p[0]);
	for (size_t i = 0; i < type.n && res; i++)
		res = is_lower(type.p[i]) || is_digit(type.p[i]) || type.p[i] == '.' ||
		      type.p[i] == '-';
	return res;
}

int vers_parse(struct bytes text, struct arena *a, struct vers *ret, struct err *e)
{
	struct bytes type, constraints;
	if (check_text(text, e) < 0)
		return -1;
	if (!bytes_starts(text, B("vers:")))
		return err_set(e, ERR_FORMAT, "a range begins with \"vers:\"");
	if (!bytes_cut(bytes_skip(text, 5), '/', &type, &constraints) || !is_type(type))
		return err_set(e, ERR_FORMAT,
		               "a range has a type in lower case, and a slash behind it");
	return vers_parse_constraints(type, constraints, a, ret, e);
}

static bool is_bound(const struct vers_constraint *c)
{
	return c->op != VERS_EQ && c->op != VERS_NE;
}

static bool opens(const struct vers_constraint *c)
{
	return c && (c->op == VERS_GT || c->op == VERS_GE);
}

static bool closes(const struct vers_constraint *c)
{
	return c && (c->op == VERS_LT || c->op == VERS_LE);
}

/* Between two signposts, those with '=' and '!=' aside, a version is in the range when the one
 * below it opens an interval or the one above it closes one: so the simplification of the
 * specification reads a sequence that does not alternate. */
bool vers_contains(const struct vers *v, struct bytes version)
{
	const struct vers_constraint *below = NULL, *above = NULL;
	bool has_single = false;
	if (v->is_any || v->is_none)
		return v->is_any;
	for (size_t i = 0; i < v->n; i++) {
		const struct vers_constraint *c = &v->c[i];
		int order = vers_cmp(v->how, c->version, version);
		if (order == 0)
			return c->op == VERS_EQ || c->op == VERS_LE || c->op == VERS_GE;
		has_single |= c->op == VERS_EQ;
		if (is_bound(c) && order < 0)
			below = c;
		else if (is_bound(c) && !above)
			above = c;
	}
	if (!below && !above)
		return !has_single; /* only what is left out is named */
	return opens(below) || closes(above);
}

bool vers_is_for(const struct vers *v, struct bytes purl_type)
{
	return !v->how || vers_type_is_for(v->how, purl_type);
}

void vers_build(const struct vers *v, struct buf *ret)
{
	buf_addf(ret, "vers:%.*s/", BYTES_FMT(v->type));
	if (v->is_any || v->is_none)
		buf_addc(ret, '*');
	for (size_t i = 0; i < v->n; i++) {
		const struct vers_constraint *c = &v->c[i];
		buf_adds(ret, i ? "|" : "");
		buf_adds(ret, signs[c->op]);
		for (size_t k = 0; k < c->version.n; k++) {
			uint8_t one = c->version.p[k];
			if (is_reserved(one) || one <= 0x20 || one > 0x7e)
				buf_addf(ret, "%%%02X", one);
			else
				buf_addc(ret, one);
		}
	}
}
