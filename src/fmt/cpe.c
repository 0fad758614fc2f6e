/* SPDX-License-Identifier: Apache-2.0 */
/* cpe.c - CPE 2.3 names. */
#include "fmt/cpe.h"

#include <string.h>

static bool is_any(struct bytes v) { return bytes_eq(v, B("*")); }

static bool is_na(struct bytes v) { return bytes_eq(v, B("-")); }

static bool is_unreserved(uint8_t c) { return is_alnum(c) || c == '.' || c == '-' || c == '_'; }

static bool is_punctuation(uint8_t c) { return c > ' ' && c < 0x7f && !is_alnum(c); }

/* ---- values ---- */

/* How many bytes of v are a wildcard at its begin: one "*", or any number of "?". */
static size_t wild_head(struct bytes v)
{
	size_t n = 0;
	if (v.n && v.p[0] == '*')
		return 1;
	while (n < v.n && v.p[n] == '?')
		n++;
	return n;
}

/* IR 7695, 6.2.1 (ABNF): [ "*" / 1*"?" ] 1*( unreserved / quoted ) [ "*" / 1*"?" ].  Lower case,
 * and no backslash where none is needed, into ret. */
static int read_value(struct bytes v, struct buf *ret, struct err *e)
{
	size_t i = wild_head(v), from = ret->n, body;
	buf_add(ret, bytes_slice(v, 0, i));
	body = ret->n;
	for (; i < v.n; i++) {
		uint8_t c = v.p[i];
		if (c == '\\' && i + 1 < v.n && is_punctuation(v.p[i + 1])) {
			if (!is_unreserved(v.p[++i]) || bytes_eq(v, B("\\-")))
				buf_addc(ret, '\\');
			buf_addc(ret, v.p[i]);
		} else if (is_unreserved(c)) {
			buf_addc(ret, to_lower(c));
		} else {
			break;
		}
	}
	struct bytes tail = bytes_skip(v, i);
	if (wild_head(tail) != tail.n || ret->n == body) {
		ret->n = from;
		return err_set(e, ERR_FORMAT, "\"%.*s\" is no value of a CPE name",
		               BYTES_FMT(bytes_slice(v, 0, 60)));
	}
	buf_add(ret, tail);
	return 0;
}

static int take_value(struct bytes v, struct arena *a, struct bytes *ret, struct err *e)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)CPE_LEN_MAX);
	if (is_any(v) || is_na(v)) {
		*ret = is_any(v) ? B("*") : B("-");
		return 0;
	}
	if (read_value(v, &b, e) < 0)
		return -1;
	*ret = arena_dup(a, buf_bytes(&b));
	return 0;
}

/* ---- the formatted string ---- */

/* The next value up to a colon that no backslash quotes. */
static bool next_field(struct bytes *rest, struct bytes *ret)
{
	size_t i = 0;
	if (!rest->p)
		return false;
	while (i < rest->n && rest->p[i] != ':')
		i += rest->p[i] == '\\' ? 2 : 1;
	i = MIN_OF(i, rest->n);
	*ret = bytes_slice(*rest, 0, i);
	*rest = i < rest->n ? bytes_skip(*rest, i + 1) : (struct bytes){NULL, 0};
	return true;
}

static int parse_string(struct bytes rest, struct arena *a, struct cpe *c, struct err *e)
{
	struct bytes v;
	for (size_t i = 0; i < CPE__MAX; i++) {
		if (!next_field(&rest, &v))
			return err_set(e, ERR_FORMAT, "a CPE name of %zu values, want %d", i,
			               CPE__MAX);
		if (take_value(v, a, &c->attr[i], e) < 0)
			return -1;
	}
	if (rest.p)
		return err_set(e, ERR_FORMAT, "a CPE name of more than %d values", CPE__MAX);
	return 0;
}

/* ---- the URI ---- */

/* IR 7695, 6.1.3.2: "%01" is "?", "%02" is "*", any other escape a quoted character. */
static int decode_uri(struct bytes v, struct buf *b, struct err *e)
{
	for (size_t i = 0; i < v.n; i++) {
		uint64_t x = v.p[i];
		if (x == '%') {
			if (!bytes_hex(bytes_slice(v, i + 1, i + 3), 0x7e, &x) || i + 3 > v.n)
				return err_set(e, ERR_FORMAT, "a broken escape in a CPE URI");
			i += 2;
		}
		if (x == 1 || x == 2)
			buf_addc(b, x == 1 ? '?' : '*');
		else if (is_unreserved((uint8_t)x))
			buf_addc(b, (uint8_t)x);
		else if (is_punctuation((uint8_t)x))
			buf_addf(b, "\\%c", (int)x);
		else
			return err_set(e, ERR_FORMAT, "a byte 0x%02x in a CPE URI", (unsigned)x);
	}
	return 0;
}

static int take_uri(struct bytes v, struct arena *a, struct bytes *ret, struct err *e)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 2 * (size_t)CPE_LEN_MAX);
	if (!v.n) {
		*ret = B("*");
		return 0;
	}
	if (decode_uri(v, &b, e) < 0)
		return -1;
	return take_value(buf_bytes(&b), a, ret, e);
}

/* "~edition~sw_edition~target_sw~target_hw~other" */
static int unpack(struct bytes v, struct arena *a, struct cpe *c, struct err *e)
{
	static const enum cpe_attr order[] = {CPE_EDITION, CPE_SW_EDITION, CPE_TARGET_SW,
	                                      CPE_TARGET_HW, CPE_OTHER};
	struct bytes rest = bytes_skip(v, 1), one;
	size_t i = 0;
	for (; i < ARRAY_LEN(order) && bytes_split(&rest, '~', &one); i++) {
		if (take_uri(one, a, &c->attr[order[i]], e) < 0)
			return -1;
	}
	if (rest.n)
		return err_set(e, ERR_FORMAT, "an edition of a CPE URI with more than 5 values");
	return 0;
}

static int parse_uri(struct bytes rest, struct arena *a, struct cpe *c, struct err *e)
{
	struct bytes v;
	for (size_t i = 0; i <= CPE_LANGUAGE && bytes_split(&rest, ':', &v); i++) {
		int res = i == CPE_EDITION && bytes_starts(v, B("~"))
		                  ? unpack(v, a, c, e)
		                  : take_uri(v, a, &c->attr[i], e);
		if (res < 0)
			return -1;
	}
	if (rest.n)
		return err_set(e, ERR_FORMAT, "a CPE URI of more than 7 values");
	return 0;
}

int cpe_parse(struct bytes text, struct arena *a, struct cpe *ret, struct err *e)
{
	struct cpe c;
	int res;
	for (size_t i = 0; i < CPE__MAX; i++)
		c.attr[i] = B("*");
	if (text.n > (size_t)CPE_LEN_MAX)
		return err_set(e, ERR_LIMIT, "a CPE name is longer than %lld bytes",
		               (long long)CPE_LEN_MAX);
	if (bytes_starts(text, B("cpe:2.3:")))
		res = parse_string(bytes_skip(text, 8), a, &c, e);
	else if (bytes_starts(text, B("cpe:/")))
		res = parse_uri(bytes_skip(text, 5), a, &c, e);
	else
		return err_set(e, ERR_FORMAT, "\"%.*s\" is no CPE name",
		               BYTES_FMT(bytes_slice(text, 0, 60)));
	if (res < 0)
		return -1;
	struct bytes part = c.attr[CPE_PART];
	if (!is_any(part) && !is_na(part) && (part.n != 1 || bytes_find(B("aho"), part.p[0]) < 0))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is no part of a CPE name",
		               BYTES_FMT(bytes_slice(part, 0, 60)));
	*ret = c;
	return 0;
}

void cpe_build(const struct cpe *c, struct buf *ret)
{
	buf_adds(ret, "cpe:2.3");
	for (size_t i = 0; i < CPE__MAX; i++)
		buf_addf(ret, ":%.*s", BYTES_FMT(c->attr[i]));
}

/* ---- matching ---- */

/* Characters of a value: a backslash and what it quotes are one. */
static size_t characters(struct bytes v)
{
	size_t n = 0;
	for (size_t i = 0; i < v.n; i += v.p[i] == '\\' ? 2 : 1)
		n++;
	return n;
}

static bool is_wild(struct bytes v)
{
	bool is_quoted = v.n > 1 && v.p[v.n - 2] == '\\';
	uint8_t last = v.n ? v.p[v.n - 1] : 0;
	return wild_head(v) || (!is_quoted && (last == '*' || last == '?'));
}

/* IR 7696, 7.3: "?" at an end stands for one character or none, "*" for any number. */
static bool wild_matches(struct bytes source, struct bytes target)
{
	size_t head = wild_head(source), tail = 0;
	bool any_head = head && source.p[0] == '*', any_tail = false;
	struct bytes body = bytes_skip(source, head);
	while (body.n && (body.p[body.n - 1] == '?' || body.p[body.n - 1] == '*') &&
	       !(body.n > 1 && body.p[body.n - 2] == '\\')) {
		any_tail |= body.p[body.n - 1] == '*';
		tail++;
		body.n--;
	}
	for (size_t at = 0; at + body.n <= target.n; at += target.p[at] == '\\' ? 2 : 1) {
		struct bytes before = bytes_slice(target, 0, at);
		struct bytes behind = bytes_skip(target, at + body.n);
		if (!any_head && characters(before) > head)
			return false;
		if (bytes_starts(bytes_skip(target, at), body) &&
		    (any_tail || characters(behind) <= tail))
			return true;
		if (at == target.n)
			return false;
	}
	return false;
}

enum cpe_relation cpe_relate(struct bytes source, struct bytes target)
{
	if (bytes_eq_nocase(source, target))
		return is_wild(target) && !is_any(target) ? CPE_UNDEFINED : CPE_EQUAL;
	if (is_any(source))
		return is_wild(target) && !is_any(target) ? CPE_UNDEFINED : CPE_SUPERSET;
	if (is_any(target))
		return CPE_SUBSET;
	if (is_wild(target))
		return CPE_UNDEFINED;
	if (is_na(source) || is_na(target))
		return CPE_DISJOINT;
	return is_wild(source) && wild_matches(source, target) ? CPE_SUPERSET : CPE_DISJOINT;
}

bool cpe_takes_in(const struct cpe *source, const struct cpe *target)
{
	for (size_t i = 0; i < CPE__MAX; i++) {
		enum cpe_relation r = cpe_relate(source->attr[i], target->attr[i]);
		if (r != CPE_EQUAL && r != CPE_SUPERSET)
			return false;
	}
	return true;
}

struct bytes cpe_plain(struct bytes value, struct arena *a)
{
	if (bytes_find(value, '\\') < 0)
		return value;
	uint8_t *p = arena_alloc(a, value.n);
	size_t n = 0;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\\' && i + 1 < value.n)
			i++;
		p[n++] = value.p[i];
	}
	return bytes_of(p, n);
}

struct bytes cpe_product(const struct cpe *c, struct arena *a)
{
	return bytes_str(arena_printf(a, "%.*s:%.*s", BYTES_FMT(c->attr[CPE_VENDOR]),
	                              BYTES_FMT(c->attr[CPE_PRODUCT])));
}
