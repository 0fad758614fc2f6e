/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_fn_convert.c - int(), uint(), double(), string(), bytes(), bool(), type(), dyn(), and how
 * numbers are written.
 *
 * Source: cel-spec langdef.md, "Type Conversion Functions", "Overflow".  Doubles are written with
 * the fewest digits that read back as the same, in the forms of Go's strconv, which the reference
 * implementation uses.
 */
#include "policy/cel_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The fewest digits: "12345" and where the point stands in them. */
static int shortest(double d, char digits[32])
{
	char text[40];
	for (int precision = 0; precision < 17; precision++) {
		snprintf(text, sizeof text, "%.*e", precision, d);
		if (strtod(text, NULL) == d)
			break;
	}
	const char *e = strchr(text, 'e');
	size_t n = 0;
	for (const char *p = text; p < e; p++)
		if (is_digit((uint8_t)*p))
			digits[n++] = *p;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	digits[n] = 0;
	return (int)strtol(e + 1, NULL, 10) + 1;
}

static void plain(struct buf *b, const char *digits, int point)
{
	int n = (int)strlen(digits);
	if (point <= 0) {
		buf_adds(b, "0.");
		for (int i = point; i < 0; i++)
			buf_addc(b, '0');
		buf_adds(b, digits);
		return;
	}
	for (int i = 0; i < point || i < n; i++) {
		if (i == point)
			buf_addc(b, '.');
		buf_addc(b, i < n ? (uint8_t)digits[i] : '0');
	}
}

void cel_double_text(struct buf *b, double d, char form)
{
	char digits[32];
	if (isnan(d) || isinf(d)) {
		buf_adds(b, isnan(d) ? "NaN" : d > 0 ? "+Inf" : "-Inf");
		return;
	}
	if (signbit(d))
		buf_addc(b, '-');
	if (d == 0) {
		buf_addc(b, '0');
		return;
	}
	int point = shortest(fabs(d), digits), e = point - 1;
	if (form == 'g' && (e < -4 || e >= 6)) {
		buf_addc(b, (uint8_t)digits[0]);
		if (digits[1])
			buf_addf(b, ".%s", digits + 1);
		buf_addf(b, "e%c%02d", e < 0 ? '-' : '+', abs(e));
		return;
	}
	plain(b, digits, point);
}

static struct cel_value bad(struct cel_run *r, const char *to, const struct cel_value *v)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 90);
	cel_show(&b, v, 80);
	return cel_error(r, "%.*s does not convert to %s", BYTES_FMT(buf_bytes(&b)), to);
}

/* Decimal digits with a sign before them or not. */
static bool parse_int(struct bytes s, int64_t *ret)
{
	uint64_t n;
	bool is_negative = s.n && s.p[0] == '-';
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = bytes_skip(s, 1);
	if (!bytes_u64(s, (uint64_t)INT64_MAX + is_negative, &n))
		return false;
	*ret = (int64_t)(is_negative ? -n : n);
	return true;
}

static struct cel_value fn_int(struct cel_run *r, const struct cel_value *v, size_t n)
{
	int64_t i;
	switch (v->kind) {
	case CEL_INT:
		return *v;
	case CEL_UINT:
		return v->u <= INT64_MAX ? cel_int((int64_t)v->u) : bad(r, "int", v);
	case CEL_DOUBLE:
		return v->d > -0x1p63 && v->d < 0x1p63 ? cel_int((int64_t)v->d) : bad(r, "int", v);
	case CEL_STRING:
		return parse_int(v->s, &i) ? cel_int(i) : bad(r, "int", v);
	case CEL_TIMESTAMP:
		return cel_int(v->time.s);
	case CEL_DURATION:
		return cel_int(v->i);
	default:
		return cel_no_overload(r, "int", v, n);
	}
}

static struct cel_value fn_uint(struct cel_run *r, const struct cel_value *v, size_t n)
{
	uint64_t u;
	switch (v->kind) {
	case CEL_UINT:
		return *v;
	case CEL_INT:
		return v->i >= 0 ? cel_uint((uint64_t)v->i) : bad(r, "uint", v);
	case CEL_DOUBLE:
		return v->d >= 0 && v->d < 0x1p64 ? cel_uint((uint64_t)v->d) : bad(r, "uint", v);
	case CEL_STRING:
		return bytes_u64(v->s, UINT64_MAX, &u) ? cel_uint(u) : bad(r, "uint", v);
	default:
		return cel_no_overload(r, "uint", v, n);
	}
}

/* [+-] digits [. digits] [e [+-] digits], or a name of no number or of infinity. */
static bool parse_double(struct bytes s, double *ret)
{
	static const char *const names[] = {"inf", "infinity", "nan"};
	char text[512], *end;
	if (!s.n || s.n >= sizeof text - 1)
		return false;
	struct bytes word = bytes_skip(s, s.p[0] == '-' || s.p[0] == '+');
	bool is_name = false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		is_name |= bytes_eq_nocase(word, bytes_str(names[i]));
	if (is_name && bytes_eq_nocase(word, B("nan")) && word.n != s.n)
		return false;
	for (size_t i = 0; i < s.n && !is_name; i++)
		if (bytes_find(B("0123456789+-.eE"), s.p[i]) < 0)
			return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	*ret = strtod(text, &end);
	return end == text + s.n && (is_name || !isinf(*ret));
}

static struct cel_value fn_double(struct cel_run *r, const struct cel_value *v, size_t n)
{
	double d;
	switch (v->kind) {
	case CEL_DOUBLE:
		return *v;
	case CEL_INT:
		return cel_double((double)v->i);
	case CEL_UINT:
		return cel_double((double)v->u);
	case CEL_STRING:
		return parse_double(v->s, &d) ? cel_double(d) : bad(r, "double", v);
	default:
		return cel_no_overload(r, "double", v, n);
	}
}

static bool write_text(struct buf *b, const struct cel_value *v)
{
	switch (v->kind) {
	case CEL_BOOL:
		buf_adds(b, v->b ? "true" : "false");
		return true;
	case CEL_INT:
		buf_addf(b, "%lld", (long long)v->i);
		return true;
	case CEL_UINT:
		buf_addf(b, "%llu", (unsigned long long)v->u);
		return true;
	case CEL_DOUBLE:
		cel_double_text(b, v->d, 'g');
		return true;
	case CEL_TIMESTAMP:
		cel_time_text(b, v->time.s, v->time.ns);
		return true;
	case CEL_DURATION:
		cel_duration_text(b, v->i);
		return true;
	case CEL_IP:
	case CEL_CIDR:
		cel_net_text(b, v);
		return true;
	default:
		return false;
	}
}

static struct cel_value fn_string(struct cel_run *r, const struct cel_value *v, size_t n)
{
	AUTO_BUF struct buf b;
	if (v->kind == CEL_STRING)
		return *v;
	if (v->kind == CEL_BYTES)
		return bytes_is_utf8(v->s) ? cel_string(v->s)
		                           : cel_error(r, "bytes that are not UTF-8 are no string");
	buf_init(&b, 128);
	return write_text(&b, v) ? cel_take(r, CEL_STRING, &b) : cel_no_overload(r, "string", v, n);
}

static struct cel_value fn_bytes(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind == CEL_STRING || v->kind == CEL_BYTES)
		return cel_bytes(v->s);
	return cel_no_overload(r, "bytes", v, n);
}

static struct cel_value fn_bool(struct cel_run *r, const struct cel_value *v, size_t n)
{
	static const char *const words[2][6] = {
		{"0", "f", "F", "false", "FALSE", "False"},
		{"1", "t", "T", "true",  "TRUE",  "True" }
        };
	if (v->kind == CEL_BOOL)
		return *v;
	if (v->kind != CEL_STRING)
		return cel_no_overload(r, "bool", v, n);
	for (size_t i = 0; i < 12; i++)
		if (bytes_eq(v->s, bytes_str(words[i / 6][i % 6])))
			return cel_bool(i / 6);
	return bad(r, "bool", v);
}

static struct cel_value fn_type(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)n;
	if (v->kind != CEL_OBJECT)
		return (struct cel_value){.kind = CEL_TYPE, .type = cel_type_of(v)};
	struct cel_type *t = cel_alloc(r, sizeof *t);
	if (!t)
		return cel_size_error(r);
	*t = (struct cel_type){.kind = CEL_OBJECT, .object = v->obj.type};
	return (struct cel_value){.kind = CEL_TYPE, .type = t};
}

static struct cel_value fn_dyn(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)r;
	(void)n;
	return *v;
}

static struct cel_value fn_duration(struct cel_run *r, const struct cel_value *v, size_t n)
{
	int64_t ns;
	if (v->kind == CEL_DURATION)
		return *v;
	if (v->kind != CEL_STRING)
		return cel_no_overload(r, "duration", v, n);
	if (!cel_duration_parse(v->s, &ns))
		return bad(r, "duration", v);
	return (struct cel_value){.kind = CEL_DURATION, .i = ns};
}

static struct cel_value fn_timestamp(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_value t = {.kind = CEL_TIMESTAMP};
	if (v->kind == CEL_TIMESTAMP)
		return *v;
	if (v->kind == CEL_INT) {
		t.time.s = v->i;
		return cel_time_in_range(v->i) ? t : bad(r, "timestamp", v);
	}
	if (v->kind != CEL_STRING)
		return cel_no_overload(r, "timestamp", v, n);
	return cel_time_parse(v->s, &t.time.s, &t.time.ns) ? t : bad(r, "timestamp", v);
}

/* clang-format off */
const struct cel_function cel_functions_convert[] = {
	{"bool",      fn_bool,      "bb bs", false},
	{"bytes",     fn_bytes,     "yy ys", false},
	{"double",    fn_double,    "dd di ds du", false},
	{"duration",  fn_duration,  "WW Ws", false},
	{"dyn",       fn_dyn,       "*A", false},
	{"int",       fn_int,       "ii id iW is it iu", false},
	{"string",    fn_string,    "ss sb sy sd sW si st su sI sR", false},
	{"timestamp", fn_timestamp, "tt ti ts", false},
	{"type",      fn_type,      "TAA", false},
	{"uint",      fn_uint,      "uu ud ui us", false},
	{NULL, NULL, NULL, false},
};
/* clang-format on */
