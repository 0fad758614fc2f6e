/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_fn_operators.c - + - * / % and comparisons, [], in, !.
 *
 * Source: cel-spec langdef.md, "Arithmetic Operators", "Comparison Operators", "Overflow".
 */
#include "policy/cel_parts.h"

#include <math.h>
#include <string.h>

static struct cel_value overflow(struct cel_run *r, const char *what)
{
	return cel_error(r, "%s overflow", what);
}

static struct cel_value time_of(struct cel_run *r, int64_t s, int64_t ns)
{
	if (!cel_time_in_range(s))
		return overflow(r, "timestamp");
	return (struct cel_value){
		.kind = CEL_TIMESTAMP, .time = {s, ns}
        };
}

static struct cel_value duration_of(int64_t ns)
{
	return (struct cel_value){.kind = CEL_DURATION, .i = ns};
}

static struct cel_value time_plus(struct cel_run *r, const struct cel_value *t, int64_t ns)
{
	int64_t s = ns / 1000000000, rest = t->time.ns + ns % 1000000000;
	if (rest < 0) {
		rest += 1000000000;
		s--;
	} else if (rest >= 1000000000) {
		rest -= 1000000000;
		s++;
	}
	return time_of(r, t->time.s + s, rest);
}

static struct cel_value join_texts(struct cel_run *r, const struct cel_value *a,
                                   const struct cel_value *b)
{
	size_t n = a->s.n + b->s.n;
	uint8_t *p = cel_spend(r, n / 8) ? cel_alloc(r, n + 1) : NULL;
	if (!p)
		return cel_size_error(r);
	memcpy(p, a->s.p, a->s.n);
	memcpy(p + a->s.n, b->s.p, b->s.n);
	return (struct cel_value){.kind = a->kind, .s = bytes_of(p, n)};
}

static struct cel_value join_lists(struct cel_run *r, const struct cel_list *a,
                                   const struct cel_list *b)
{
	size_t n = a->n + b->n;
	struct cel_value *v = cel_spend(r, n / 4) ? cel_alloc(r, (n + 1) * sizeof *v) : NULL;
	if (!v)
		return cel_size_error(r);
	if (a->n)
		memcpy(v, a->v, a->n * sizeof *v);
	if (b->n)
		memcpy(v + a->n, b->v, b->n * sizeof *v);
	return cel_list_of(r, v, n);
}

static struct cel_value add_times(struct cel_run *r, const struct cel_value *v)
{
	int64_t ns;
	if (v[0].kind == CEL_TIMESTAMP && v[1].kind == CEL_DURATION)
		return time_plus(r, &v[0], v[1].i);
	if (v[0].kind == CEL_DURATION && v[1].kind == CEL_TIMESTAMP)
		return time_plus(r, &v[1], v[0].i);
	if (v[0].kind != CEL_DURATION || v[1].kind != CEL_DURATION)
		return cel_no_overload(r, "_+_", v, 2);
	if (__builtin_add_overflow(v[0].i, v[1].i, &ns))
		return overflow(r, "duration");
	return duration_of(ns);
}

static struct cel_value fn_add(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_value ret = v[0];
	if (v[0].kind != v[1].kind)
		return add_times(r, v);
	switch (v[0].kind) {
	case CEL_INT:
		return __builtin_add_overflow(v[0].i, v[1].i, &ret.i) ? overflow(r, "int") : ret;
	case CEL_UINT:
		return __builtin_add_overflow(v[0].u, v[1].u, &ret.u) ? overflow(r, "uint") : ret;
	case CEL_DOUBLE:
		return cel_double(v[0].d + v[1].d);
	case CEL_STRING:
	case CEL_BYTES:
		return join_texts(r, &v[0], &v[1]);
	case CEL_LIST:
		return join_lists(r, v[0].list, v[1].list);
	case CEL_DURATION:
		return add_times(r, v);
	default:
		return cel_no_overload(r, "_+_", v, n);
	}
}

static struct cel_value subtract_times(struct cel_run *r, const struct cel_value *v)
{
	int64_t ns;
	if (v[0].kind == CEL_TIMESTAMP && v[1].kind == CEL_DURATION)
		return v[1].i == INT64_MIN ? overflow(r, "timestamp")
		                           : time_plus(r, &v[0], -v[1].i);
	if (v[0].kind == CEL_TIMESTAMP && v[1].kind == CEL_TIMESTAMP) {
		if (__builtin_mul_overflow(v[0].time.s - v[1].time.s, INT64_C(1000000000), &ns) ||
		    __builtin_add_overflow(ns, v[0].time.ns - v[1].time.ns, &ns))
			return overflow(r, "duration");
		return duration_of(ns);
	}
	if (v[0].kind != CEL_DURATION || v[1].kind != CEL_DURATION)
		return cel_no_overload(r, "_-_", v, 2);
	if (__builtin_sub_overflow(v[0].i, v[1].i, &ns))
		return overflow(r, "duration");
	return duration_of(ns);
}

static struct cel_value fn_subtract(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_value ret = v[0];
	(void)n;
	if (v[0].kind != v[1].kind)
		return subtract_times(r, v);
	switch (v[0].kind) {
	case CEL_INT:
		return __builtin_sub_overflow(v[0].i, v[1].i, &ret.i) ? overflow(r, "int") : ret;
	case CEL_UINT:
		return __builtin_sub_overflow(v[0].u, v[1].u, &ret.u) ? overflow(r, "uint") : ret;
	case CEL_DOUBLE:
		return cel_double(v[0].d - v[1].d);
	default:
		return subtract_times(r, v);
	}
}

static struct cel_value fn_multiply(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_value ret = v[0];
	if (v[0].kind == CEL_INT && v[1].kind == CEL_INT)
		return __builtin_mul_overflow(v[0].i, v[1].i, &ret.i) ? overflow(r, "int") : ret;
	if (v[0].kind == CEL_UINT && v[1].kind == CEL_UINT)
		return __builtin_mul_overflow(v[0].u, v[1].u, &ret.u) ? overflow(r, "uint") : ret;
	if (v[0].kind == CEL_DOUBLE && v[1].kind == CEL_DOUBLE)
		return cel_double(v[0].d * v[1].d);
	return cel_no_overload(r, "_*_", v, n);
}

static struct cel_value fn_divide(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v[0].kind == CEL_DOUBLE && v[1].kind == CEL_DOUBLE)
		return cel_double(v[0].d / v[1].d);
	if (v[0].kind != v[1].kind || (v[0].kind != CEL_INT && v[0].kind != CEL_UINT))
		return cel_no_overload(r, "_/_", v, n);
	if (!v[1].u)
		return cel_error(r, "division by zero");
	if (v[0].kind == CEL_UINT)
		return cel_uint(v[0].u / v[1].u);
	if (v[0].i == INT64_MIN && v[1].i == -1)
		return overflow(r, "int");
	return cel_int(v[0].i / v[1].i);
}

static struct cel_value fn_modulo(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v[0].kind != v[1].kind || (v[0].kind != CEL_INT && v[0].kind != CEL_UINT))
		return cel_no_overload(r, "_%_", v, n);
	if (!v[1].u)
		return cel_error(r, "modulus by zero");
	if (v[0].kind == CEL_UINT)
		return cel_uint(v[0].u % v[1].u);
	if (v[0].i == INT64_MIN && v[1].i == -1)
		return overflow(r, "int");
	return cel_int(v[0].i % v[1].i);
}

static struct cel_value fn_negate(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v[0].kind == CEL_INT)
		return v[0].i == INT64_MIN ? overflow(r, "int") : cel_int(-v[0].i);
	if (v[0].kind == CEL_DOUBLE)
		return cel_double(-v[0].d);
	return cel_no_overload(r, "-_", v, n);
}

static struct cel_value fn_not(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return v[0].kind == CEL_BOOL ? cel_bool(!v[0].b) : cel_no_overload(r, "!_", v, n);
}

struct cel_value cel_fn_equal(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)n;
	return cel_bool(cel_equal(r, &v[0], &v[1]));
}

struct cel_value cel_fn_unequal(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)n;
	return cel_bool(!cel_equal(r, &v[0], &v[1]));
}

static bool is_nan(const struct cel_value *v) { return v->kind == CEL_DOUBLE && isnan(v->d); }

/* Which of <, ==, > (as bits 1, 2, 4) makes the comparison true. */
static struct cel_value order(struct cel_run *r, const struct cel_value *v, const char *name,
                              unsigned wanted)
{
	int c;
	if (cel_compare(&v[0], &v[1], &c))
		return cel_bool((wanted & (c < 0 ? 1U : c == 0 ? 2U : 4U)) != 0);
	bool is_number = v[0].kind >= CEL_INT && v[0].kind <= CEL_DOUBLE && v[1].kind >= CEL_INT &&
	                 v[1].kind <= CEL_DOUBLE;
	if (is_number && (is_nan(&v[0]) || is_nan(&v[1])))
		return cel_error(r, "NaN values cannot be ordered");
	return cel_no_overload(r, name, v, 2);
}

static struct cel_value fn_less(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)n;
	return order(r, v, "_<_", 1);
}

static struct cel_value fn_less_equal(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)n;
	return order(r, v, "_<=_", 3);
}

static struct cel_value fn_greater(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)n;
	return order(r, v, "_>_", 4);
}

static struct cel_value fn_greater_equal(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)n;
	return order(r, v, "_>=_", 6);
}

static struct cel_value fn_in(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v[1].kind == CEL_MAP)
		return cel_bool(cel_map_get(v[1].map, &v[0]) != NULL);
	if (v[1].kind != CEL_LIST)
		return cel_no_overload(r, "@in", v, n);
	for (size_t i = 0; i < v[1].list->n; i++)
		if (cel_equal(r, &v[0], &v[1].list->v[i]))
			return cel_bool(true);
	return cel_bool(false);
}

static struct cel_value fn_index(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)n;
	return cel_index(r, &v[0], &v[1], false);
}

static struct cel_value fn_optional_index(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)n;
	return cel_index(r, &v[0], &v[1], true);
}

#define ORDERED "bbb bii buu bdd biu bid bui bud bdi bdu bss byy btt bWW"

/* clang-format off */
const struct cel_function cel_functions_operators[] = {
	{"_+_",   fn_add,            "iii uuu ddd sss yyy LALALA ttW tWt WWW", false},
	{"_-_",   fn_subtract,       "iii uuu ddd Wtt ttW WWW", false},
	{"_*_",   fn_multiply,       "iii uuu ddd", false},
	{"_/_",   fn_divide,         "iii uuu ddd", false},
	{"_%_",   fn_modulo,         "iii uuu", false},
	{"-_",    fn_negate,         "ii dd", false},
	{"!_",    fn_not,            "bb", false},
	{"_==_",  cel_fn_equal,      "bAA", false},
	{"_!=_",  cel_fn_unequal,    "bAA", false},
	{"_<_",   fn_less,           ORDERED, false},
	{"_<=_",  fn_less_equal,     ORDERED, false},
	{"_>_",   fn_greater,        ORDERED, false},
	{"_>=_",  fn_greater_equal,  ORDERED, false},
	{"@in",   fn_in,             "bALA bAMAB", false},
	{"_[_]",  fn_index,          "ALAi BMABA OAOLAi OBOMABA", false},
	{"_[?_]", fn_optional_index, "OALAi OBMABA OAOLAi OBOMABA", false},
	{NULL, NULL, NULL, false},
};
/* clang-format on */
