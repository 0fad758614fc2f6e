/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_fn_math.c - math.greatest, math.abs, math.bitAnd, ...
 *
 * Source: cel-go ext/README.md, "Math".
 */
#include "policy/cel_parts.h"

#include <math.h>

static bool is_number(const struct cel_value *v)
{
	return v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE;
}

/* The largest (sign 1) or smallest (-1) of the arguments, or of the one list. */
static struct cel_value extreme(struct cel_run *r, const struct cel_value *v, size_t n, int sign)
{
	const struct cel_value *best = NULL;
	int c;
	if (n == 1 && v->kind == CEL_LIST) {
		n = v->list->n;
		v = v->list->v;
	}
	if (!n)
		return cel_error(r, "math.greatest and math.least want at least one number");
	for (size_t i = 0; i < n; i++) {
		if (!is_number(&v[i]))
			return cel_no_overload(r, sign > 0 ? "math.greatest" : "math.least", &v[i],
			                       1);
		if (!best || (cel_compare(&v[i], best, &c) && c * sign > 0))
			best = &v[i];
	}
	return *best;
}

static struct cel_value fn_greatest(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return extreme(r, v, n, 1);
}

static struct cel_value fn_least(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return extreme(r, v, n, -1);
}

#define OF_DOUBLE(name, title, call)                                                               \
	static struct cel_value name(struct cel_run *r, const struct cel_value *v, size_t n)       \
	{                                                                                          \
		return v->kind == CEL_DOUBLE ? call : cel_no_overload(r, title, v, n);             \
	}
OF_DOUBLE(fn_ceil, "math.ceil", cel_double(ceil(v->d)))
OF_DOUBLE(fn_floor, "math.floor", cel_double(floor(v->d)))
OF_DOUBLE(fn_round, "math.round", cel_double(round(v->d)))
OF_DOUBLE(fn_trunc, "math.trunc", cel_double(trunc(v->d)))
OF_DOUBLE(fn_is_inf, "math.isInf", cel_bool(isinf(v->d) != 0))
OF_DOUBLE(fn_is_nan, "math.isNaN", cel_bool(isnan(v->d) != 0))
OF_DOUBLE(fn_is_finite, "math.isFinite", cel_bool(isfinite(v->d) != 0))

static struct cel_value fn_abs(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind == CEL_UINT)
		return *v;
	if (v->kind == CEL_DOUBLE)
		return cel_double(fabs(v->d));
	if (v->kind != CEL_INT)
		return cel_no_overload(r, "math.abs", v, n);
	return v->i == INT64_MIN ? cel_error(r, "int overflow") : cel_int(v->i < 0 ? -v->i : v->i);
}

static struct cel_value fn_sign(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind == CEL_UINT)
		return cel_uint(v->u > 0);
	if (v->kind == CEL_INT)
		return cel_int((v->i > 0) - (v->i < 0));
	if (v->kind != CEL_DOUBLE)
		return cel_no_overload(r, "math.sign", v, n);
	return isnan(v->d) ? *v : cel_double((v->d > 0) - (v->d < 0));
}

static struct cel_value fn_sqrt(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (!is_number(v))
		return cel_no_overload(r, "math.sqrt", v, n);
	return cel_double(sqrt(v->kind == CEL_DOUBLE ? v->d
	                       : v->kind == CEL_INT  ? (double)v->i
	                                             : (double)v->u));
}

/* Both of one whole type. */
static bool are_bits(const struct cel_value *v)
{
	return v[0].kind == v[1].kind && (v[0].kind == CEL_INT || v[0].kind == CEL_UINT);
}

#define OF_BITS(name, title, op)                                                                   \
	static struct cel_value name(struct cel_run *r, const struct cel_value *v, size_t n)       \
	{                                                                                          \
		struct cel_value ret = v[0];                                                       \
		ret.u = v[0].u op v[1].u;                                                          \
		return are_bits(v) ? ret : cel_no_overload(r, title, v, n);                        \
	}
OF_BITS(fn_and, "math.bitAnd", &)
OF_BITS(fn_or, "math.bitOr", |)
OF_BITS(fn_xor, "math.bitXor", ^)

static struct cel_value fn_complement(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_value ret = v[0];
	ret.u = ~v[0].u;
	return v->kind == CEL_INT || v->kind == CEL_UINT ? ret
	                                                 : cel_no_overload(r, "math.bitNot", v, n);
}

static struct cel_value shift(struct cel_run *r, const struct cel_value *v, size_t n, bool is_left)
{
	struct cel_value ret = v[0];
	if ((v[0].kind != CEL_INT && v[0].kind != CEL_UINT) || v[1].kind != CEL_INT)
		return cel_no_overload(r, is_left ? "math.bitShiftLeft" : "math.bitShiftRight", v,
		                       n);
	if (v[1].i < 0)
		return cel_error(r, "math.bitShift: negative offset %lld", (long long)v[1].i);
	ret.u = v[1].i > 63 ? 0 : is_left ? v[0].u << v[1].i : v[0].u >> v[1].i;
	return ret;
}

static struct cel_value fn_left(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return shift(r, v, n, true);
}

static struct cel_value fn_right(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return shift(r, v, n, false);
}

/* clang-format off */
const struct cel_function cel_functions_math[] = {
	{"math.abs",           fn_abs,        "dd ii uu", false},
	{"math.bitAnd",        fn_and,        "iii uuu", false},
	{"math.bitNot",        fn_complement, "ii uu", false},
	{"math.bitOr",         fn_or,         "iii uuu", false},
	{"math.bitShiftLeft",  fn_left,       "iii uui", false},
	{"math.bitShiftRight", fn_right,      "iii uui", false},
	{"math.bitXor",        fn_xor,        "iii uuu", false},
	{"math.ceil",          fn_ceil,       "dd", false},
	{"math.floor",         fn_floor,      "dd", false},
	{"math.greatest",      fn_greatest,   "+", false},
	{"math.isFinite",      fn_is_finite,  "bd", false},
	{"math.isInf",         fn_is_inf,     "bd", false},
	{"math.isNaN",         fn_is_nan,     "bd", false},
	{"math.least",         fn_least,      "+", false},
	{"math.round",         fn_round,      "dd", false},
	{"math.sign",          fn_sign,       "dd ii uu", false},
	{"math.sqrt",          fn_sqrt,       "dd di du", false},
	{"math.trunc",         fn_trunc,      "dd", false},
	{NULL, NULL, NULL, false},
};
/* clang-format on */
