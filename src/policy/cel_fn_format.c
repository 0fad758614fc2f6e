/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_fn_format.c - string.format(), and values as text.
 *
 * Source: cel-spec doc/extensions/strings.md, "Format".
 */
#include "policy/cel_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes as text: what is no UTF-8 becomes one U+FFFD a run. */
static void add_clean(struct buf *b, struct bytes s)
{
	bool was_bad = false;
	for (uint32_t c; s.n;) {
		size_t w = utf8_next(s, &c);
		if (w)
			buf_add(b, bytes_slice(s, 0, w));
		else if (!was_bad)
			buf_adds(b, "\xef\xbf\xbd");
		was_bad = !w;
		s = bytes_skip(s, w ? w : 1);
	}
}

static bool add_value(struct cel_run *r, struct buf *b, const struct cel_value *v);

static bool add_list(struct cel_run *r, struct buf *b, const struct cel_list *l)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			buf_adds(b, ", ");
		if (b->overflow || !add_value(r, b, &l->v[i]))
			return false;
	}
	buf_addc(b, ']');
	return true;
}

struct entry {
	struct bytes key;
	const struct cel_value *value;
};

static int by_key(const void *a, const void *b)
{
	return bytes_cmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

/* Entries in the order of their keys as text. */
static bool add_map(struct cel_run *r, struct buf *b, const struct cel_map *m)
{
	struct entry *e = cel_alloc(r, (m->n + 1) * sizeof *e);
	if (!e)
		return false;
	for (size_t i = 0; i < m->n; i++) {
		AUTO_BUF struct buf key;
		cel_buf(r, &key);
		if (!add_value(r, &key, &m->keys[i]))
			return false;
		struct cel_value text = cel_take(r, CEL_STRING, &key);
		if (text.kind == CEL_ERROR)
			return false;
		e[i] = (struct entry){text.s, &m->values[i]};
	}
	qsort(e, m->n, sizeof *e, by_key);
	buf_addc(b, '{');
	for (size_t i = 0; i < m->n; i++) {
		buf_adds(b, i ? ", " : "");
		buf_add(b, e[i].key);
		buf_adds(b, ": ");
		if (b->overflow || !add_value(r, b, e[i].value))
			return false;
	}
	buf_addc(b, '}');
	return true;
}

static void add_double(struct buf *b, double d)
{
	if (isinf(d))
		buf_adds(b, d > 0 ? "Infinity" : "-Infinity");
	else
		cel_double_text(b, d, 'f');
}

/* What %s gives; false: nothing is defined for the type. */
static bool add_value(struct cel_run *r, struct buf *b, const struct cel_value *v)
{
	if (!cel_spend(r, 1))
		return false;
	switch (v->kind) {
	case CEL_NULL:
		return buf_adds(b, "null") == 0;
	case CEL_BOOL:
		return buf_adds(b, v->b ? "true" : "false") == 0;
	case CEL_INT:
		return buf_addf(b, "%lld", (long long)v->i) == 0;
	case CEL_UINT:
		return buf_addf(b, "%llu", (unsigned long long)v->u) == 0;
	case CEL_DOUBLE:
		add_double(b, v->d);
		return true;
	case CEL_STRING:
		return buf_add(b, v->s) == 0;
	case CEL_BYTES:
		add_clean(b, v->s);
		return true;
	case CEL_TIMESTAMP:
		cel_time_text(b, v->time.s, v->time.ns);
		return true;
	case CEL_DURATION:
		cel_duration_text(b, v->i);
		return true;
	case CEL_TYPE:
		return buf_add(b, cel_type_name(v->type)) == 0;
	case CEL_LIST:
		return add_list(r, b, v->list);
	case CEL_MAP:
		return add_map(r, b, v->map);
	default:
		return false;
	}
}

static void add_base(struct buf *b, const struct cel_value *v, unsigned base, bool is_capital)
{
	static const char digits[2][17] = {"0123456789abcdef", "0123456789ABCDEF"};
	char text[65];
	size_t at = sizeof text;
	bool is_negative = v->kind == CEL_INT && v->i < 0;
	uint64_t u = is_negative ? -v->u : v->kind == CEL_BOOL ? v->b : v->u;
	do
		text[--at] = digits[is_capital][u % base];
	while (u /= base);
	if (is_negative)
		buf_addc(b, '-');
	buf_add(b, bytes_of(text + at, sizeof text - at));
}

static bool is_whole(const struct cel_value *v)
{
	return v->kind == CEL_INT || v->kind == CEL_UINT;
}

static bool add_hex(struct buf *b, const struct cel_value *v, bool is_capital)
{
	if (is_whole(v)) {
		add_base(b, v, 16, is_capital);
		return true;
	}
	for (size_t i = 0; i < v->s.n && (v->kind == CEL_STRING || v->kind == CEL_BYTES); i++)
		buf_addf(b, is_capital ? "%02X" : "%02x", v->s.p[i]);
	return v->kind == CEL_STRING || v->kind == CEL_BYTES;
}

static bool add_decimal(struct buf *b, const struct cel_value *v)
{
	if (is_whole(v)) {
		add_base(b, v, 10, false);
		return true;
	}
	if (v->kind == CEL_DOUBLE)
		add_double(b, v->d);
	return v->kind == CEL_DOUBLE;
}

/* %f and %e: printf rounds halves to even as well, exactly. */
static bool add_fraction(struct buf *b, const struct cel_value *v, int precision, bool is_e)
{
	double d = v->kind == CEL_DOUBLE ? v->d : v->kind == CEL_INT ? (double)v->i : (double)v->u;
	if (v->kind != CEL_DOUBLE && !is_whole(v))
		return false;
	if (isnan(d) || isinf(d))
		add_double(b, d);
	else
		buf_addf(b, is_e ? "%.*e" : "%.*f", precision, d);
	return true;
}

/* One clause; *at behind its %. */
static bool clause(struct cel_run *r, struct buf *b, struct bytes f, size_t *at,
                   const struct cel_value *v)
{
	int64_t precision = 6;
	if (*at < f.n && f.p[*at] == '.') {
		size_t from = ++*at;
		uint64_t n = 0;
		while (*at < f.n && is_digit(f.p[*at]))
			++*at;
		if (!bytes_u64(bytes_slice(f, from, *at), 1000, &n))
			return false;
		precision = (int64_t)n;
	}
	if (*at >= f.n)
		return false;
	switch (f.p[(*at)++]) {
	case 's':
		return add_value(r, b, v);
	case 'd':
		return add_decimal(b, v);
	case 'f':
		return add_fraction(b, v, (int)precision, false);
	case 'e':
		return add_fraction(b, v, (int)precision, true);
	case 'x':
		return add_hex(b, v, false);
	case 'X':
		return add_hex(b, v, true);
	case 'o':
		if (is_whole(v))
			add_base(b, v, 8, false);
		return is_whole(v);
	case 'b':
		if (is_whole(v) || v->kind == CEL_BOOL)
			add_base(b, v, 2, false);
		return is_whole(v) || v->kind == CEL_BOOL;
	default:
		return false;
	}
}

static struct cel_value fn_format(struct cel_run *r, const struct cel_value *v, size_t n)
{
	AUTO_BUF struct buf b;
	size_t k = 0;
	if (v[0].kind != CEL_STRING || v[1].kind != CEL_LIST)
		return cel_no_overload(r, "format", v, n);
	struct bytes f = v[0].s;
	const struct cel_list *args = v[1].list;
	cel_buf(r, &b);
	for (size_t i = 0; i < f.n;) {
		size_t at = i;
		while (at < f.n && f.p[at] != '%')
			at++;
		buf_add(&b, bytes_slice(f, i, at));
		if (at >= f.n)
			break;
		i = at + 1;
		if (i < f.n && f.p[i] == '%') {
			buf_addc(&b, f.p[i++]);
			continue;
		}
		if (k >= args->n)
			return cel_error(r, "format: index %zu out of range", k);
		if (!clause(r, &b, f, &i, &args->v[k]))
			return r->is_spent ? cel_size_error(r)
			                   : cel_error(r, "format: \"%.*s\" does not fit %.*s",
			                               BYTES_FMT(bytes_slice(f, at, i)),
			                               BYTES_FMT(cel_type_name(
							       cel_type_of(&args->v[k]))));
		k++;
	}
	return cel_take(r, CEL_STRING, &b);
}

static void show(struct buf *b, const struct cel_value *v);

static void show_map(struct buf *b, const struct cel_map *m)
{
	buf_addc(b, '{');
	for (size_t i = 0; i < m->n && !b->overflow; i++) {
		buf_adds(b, i ? ", " : "");
		show(b, &m->keys[i]);
		buf_adds(b, ": ");
		show(b, &m->values[i]);
	}
	buf_addc(b, '}');
}

static void show_list(struct buf *b, const struct cel_list *l)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < l->n && !b->overflow; i++) {
		buf_adds(b, i ? ", " : "");
		show(b, &l->v[i]);
	}
	buf_addc(b, ']');
}

/* As an expression would be written. */
static void show_text(struct buf *b, const struct cel_value *v)
{
	buf_adds(b, v->kind == CEL_BYTES ? "b\"" : "\"");
	for (size_t i = 0; i < v->s.n && !b->overflow; i++) {
		uint8_t c = v->s.p[i];
		if (c == '"' || c == '\\')
			buf_addc(b, '\\');
		if (c < 0x20 || c == 0x7f || (c >= 0x80 && v->kind == CEL_BYTES))
			buf_addf(b, "\\x%02x", c);
		else
			buf_addc(b, c);
	}
	buf_addc(b, '"');
}

static void show(struct buf *b, const struct cel_value *v)
{
	switch (v->kind) {
	case CEL_ERROR:
		buf_adds(b, "error: ");
		buf_add(b, v->s);
		break;
	case CEL_STRING:
	case CEL_BYTES:
		show_text(b, v);
		break;
	case CEL_UINT:
		buf_addf(b, "%lluu", (unsigned long long)v->u);
		break;
	case CEL_LIST:
		show_list(b, v->list);
		break;
	case CEL_MAP:
		show_map(b, v->map);
		break;
	case CEL_OPTIONAL:
		buf_adds(b, v->opt ? "optional(" : "optional.none()");
		if (v->opt) {
			show(b, v->opt);
			buf_addc(b, ')');
		}
		break;
	case CEL_OBJECT:
		buf_adds(b, v->obj.type->name);
		break;
	case CEL_IP:
	case CEL_CIDR:
		cel_net_text(b, v);
		break;
	default:
		add_value(&(struct cel_run){.cost_max = 8}, b, v);
	}
}

void cel_show(struct buf *b, const struct cel_value *v, size_t max)
{
	AUTO_BUF struct buf whole;
	buf_init(&whole, max + 1);
	show(&whole, v);
	if (!whole.overflow && whole.n <= max) {
		buf_add(b, buf_bytes(&whole));
		return;
	}
	size_t n = MIN_OF(whole.n, max > 3 ? max - 3 : 0);
	while (n && (whole.p[n] & 0xc0) == 0x80)
		n--;
	buf_add(b, bytes_of(whole.p, n));
	buf_adds(b, "...");
}

/* clang-format off */
const struct cel_function cel_functions_format[] = {
	{"format", fn_format, ".ssL*", false},
	{NULL, NULL, NULL, false},
};
/* clang-format on */
