/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toml_value.c - numbers, dates, times and the words of TOML.
 *
 * Source: toml.io v1.0.0, "Integer", "Float", "Offset Date-Time" and what follows.
 */
#include "fmt/toml.h"

#include <errno.h>
#include <stdlib.h>

json_t *toml_tagged(json_t *plain, const char *type, struct bytes value, unsigned flags)
{
	if (!(flags & TOML_TAGGED))
		return plain;
	json_t *j = json_object();
	json_decref(plain);
	json_object_set_new(j, "type", json_string(type));
	json_object_set_new(j, "value", json_stringn((const char *)value.p, value.n));
	return j;
}

static bool is_hex(uint8_t c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }
static bool is_octal(uint8_t c) { return c >= '0' && c <= '7'; }
static bool is_binary(uint8_t c) { return c == '0' || c == '1'; }

/* Digits with single "_" between them off *b into out. */
static bool digits(struct bytes *b, bool (*is)(uint8_t), struct buf *out)
{
	size_t n = 0;
	while (b->n && (is(b->p[0]) || (n && b->p[0] == '_' && b->n > 1 && is(b->p[1])))) {
		if (b->p[0] != '_')
			buf_addc(out, b->p[0]);
		*b = bytes_skip(*b, 1);
		n++;
	}
	return n > 0;
}

static json_t *integer(const char *text, int base, unsigned flags, const char **ret_why)
{
	char *end, value[32];
	errno = 0;
	long long v = strtoll(text, &end, base);
	if (errno || *end) {
		*ret_why = "the number does not fit 64 bits";
		return NULL;
	}
	snprintf(value, sizeof value, "%lld", v);
	return toml_tagged(json_integer(v), "integer", bytes_str(value), flags);
}

static json_t *based(struct bytes t, unsigned flags, const char **ret_why)
{
	AUTO_BUF struct buf b;
	uint8_t kind = t.p[1];
	buf_init(&b, t.n + 1);
	t = bytes_skip(t, 2);
	bool (*is)(uint8_t) = kind == 'x' ? is_hex : kind == 'o' ? is_octal : is_binary;
	if (!digits(&t, is, &b) || t.n) {
		*ret_why = "not a number";
		return NULL;
	}
	return integer(buf_cstr(&b), kind == 'x' ? 16 : kind == 'o' ? 8 : 2, flags, ret_why);
}

static json_t *floating(const char *text, unsigned flags)
{
	return toml_tagged(json_real(strtod(text, NULL)), "float", bytes_str(text), flags);
}

static bool sign(struct bytes *t, struct buf *b)
{
	if (!t->n || (t->p[0] != '+' && t->p[0] != '-'))
		return false;
	buf_addc(b, t->p[0]);
	*t = bytes_skip(*t, 1);
	return true;
}

/* ".5" and "e5" of "1.5e5" off *t; false when digits are missing. */
static bool fraction_exponent(struct bytes *t, struct buf *b, bool *ret_any)
{
	bool is_ok = true;
	if (t->n && t->p[0] == '.') {
		*ret_any = true;
		buf_addc(b, '.');
		*t = bytes_skip(*t, 1);
		is_ok = digits(t, is_digit, b);
	}
	if (is_ok && t->n && to_lower(t->p[0]) == 'e') {
		*ret_any = true;
		buf_addc(b, 'e');
		*t = bytes_skip(*t, 1);
		sign(t, b);
		is_ok = digits(t, is_digit, b);
	}
	return is_ok;
}

static json_t *number(struct bytes t, unsigned flags, const char **ret_why)
{
	AUTO_BUF struct buf b;
	bool is_float = false;
	buf_init(&b, t.n + 1);
	sign(&t, &b);
	if (bytes_eq(t, B("inf")) || bytes_eq(t, B("nan"))) {
		buf_add(&b, t);
		return flags & TOML_TAGGED ? toml_tagged(json_null(), "float", buf_bytes(&b), flags)
		                           : json_string(buf_cstr(&b));
	}
	bool is_zero = t.n > 1 && t.p[0] == '0' && (is_digit(t.p[1]) || t.p[1] == '_');
	bool is_ok = !is_zero && digits(&t, is_digit, &b) && fraction_exponent(&t, &b, &is_float);
	if (!is_ok || t.n) {
		*ret_why = "not a value";
		return NULL;
	}
	return is_float ? floating(buf_cstr(&b), flags) : integer(buf_cstr(&b), 10, flags, ret_why);
}

/* ---- dates and times ---- */

static bool two(struct bytes *t, size_t n, uint64_t *ret)
{
	if (t->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_digit(t->p[i]))
			return false;
	}
	bool is_ok = bytes_u64(bytes_slice(*t, 0, n), 9999, ret);
	*t = bytes_skip(*t, n);
	return is_ok;
}

static bool sep(struct bytes *t, uint8_t c)
{
	if (!t->n || t->p[0] != c)
		return false;
	*t = bytes_skip(*t, 1);
	return true;
}

static bool date(struct bytes *t)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	uint64_t y, m, d;
	if (!two(t, 4, &y) || !sep(t, '-') || !two(t, 2, &m) || !sep(t, '-') || !two(t, 2, &d) ||
	    m < 1 || m > 12)
		return false;
	bool is_leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	return d >= 1 && d <= (uint64_t)days[m - 1] + (m == 2 && is_leap);
}

static bool fraction(struct bytes *t)
{
	size_t n = 0;
	while (t->n && is_digit(t->p[0])) {
		*t = bytes_skip(*t, 1);
		n++;
	}
	return n > 0;
}

static bool clock_time(struct bytes *t, unsigned flags)
{
	uint64_t h, m, s;
	if (!two(t, 2, &h) || !sep(t, ':') || !two(t, 2, &m) || h > 23 || m > 59)
		return false;
	if (!sep(t, ':')) /* v1.1.0: "Seconds may be omitted" */
		return !(flags & TOML_STRICT);
	return two(t, 2, &s) && s <= 60 && (!sep(t, '.') || fraction(t));
}

static bool offset(struct bytes *t)
{
	uint64_t h, m;
	if (t->n == 1 && to_lower(t->p[0]) == 'z') {
		*t = bytes_skip(*t, 1);
		return true;
	}
	if (!sep(t, '+') && !sep(t, '-'))
		return false;
	return two(t, 2, &h) && sep(t, ':') && two(t, 2, &m) && h <= 23 && m <= 59;
}

static json_t *when(struct bytes t, unsigned flags, const char **ret_why)
{
	struct bytes rest = t;
	const char *type = "time-local";
	bool is_ok;
	if (t.n > 4 && t.p[4] == '-') {
		is_ok = date(&rest);
		type = "date-local";
		if (is_ok && rest.n) {
			is_ok = to_lower(rest.p[0]) == 't' || rest.p[0] == ' ';
			rest = bytes_skip(rest, 1);
			is_ok = is_ok && clock_time(&rest, flags);
			type = "datetime-local";
		}
		if (is_ok && rest.n) {
			is_ok = offset(&rest);
			type = "datetime";
		}
	} else {
		is_ok = clock_time(&rest, flags);
	}
	if (!is_ok || rest.n) {
		*ret_why = "not a date or time";
		return NULL;
	}
	return toml_tagged(json_stringn((const char *)t.p, t.n), type, t, flags);
}

json_t *toml_scalar(struct bytes t, unsigned flags, const char **ret_why)
{
	if (bytes_eq(t, B("true")) || bytes_eq(t, B("false")))
		return toml_tagged(json_boolean(t.n == 4), "bool", t, flags);
	if (t.n > 2 && t.p[0] == '0' && (t.p[1] == 'x' || t.p[1] == 'o' || t.p[1] == 'b'))
		return based(t, flags, ret_why);
	bool is_when = (t.n > 4 && t.p[4] == '-' && is_digit(t.p[0]) && is_digit(t.p[3])) ||
	               (t.n > 2 && t.p[2] == ':');
	return is_when ? when(t, flags, ret_why) : number(t, flags, ret_why);
}

size_t toml_token(struct bytes b)
{
	size_t n = 0;
	for (; n < b.n; n++) {
		uint8_t c = b.p[n];
		bool is_gap = c == ' ' && n == 10 && b.p[4] == '-' && b.n > n + 2 &&
		              is_digit(b.p[n + 1]) && is_digit(b.p[n + 2]);
		if (!is_alnum(c) && c != '+' && c != '-' && c != '.' && c != ':' && c != '_' &&
		    !is_gap)
			break;
	}
	return n;
}
