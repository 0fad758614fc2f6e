/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_fn_optional.c - optional.of, or, orValue, hasValue, value.
 *
 * Source: the cases of optionals.textproto; cel-go's optional types.
 */
#include "policy/cel_parts.h"

static struct cel_value fn_of(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)n;
	return cel_some(r, *v);
}

static struct cel_value fn_none(struct cel_run *r, const struct cel_value *v, size_t n)
{
	(void)r;
	(void)v;
	(void)n;
	return (struct cel_value){.kind = CEL_OPTIONAL};
}

static bool is_zero(const struct cel_value *v)
{
	switch (v->kind) {
	case CEL_NULL:
		return true;
	case CEL_BOOL:
		return !v->b;
	case CEL_INT:
	case CEL_UINT:
	case CEL_DURATION:
		return !v->u;
	case CEL_DOUBLE:
		return v->d == 0;
	case CEL_STRING:
	case CEL_BYTES:
		return !v->s.n;
	case CEL_LIST:
		return !v->list->n;
	case CEL_MAP:
		return !v->map->n;
	case CEL_OPTIONAL:
		return !v->opt;
	default:
		return false;
	}
}

static struct cel_value fn_of_non_zero(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return is_zero(v) ? fn_none(r, v, n) : cel_some(r, *v);
}

static struct cel_value fn_has(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return v->kind == CEL_OPTIONAL ? cel_bool(v->opt != NULL)
	                               : cel_no_overload(r, "hasValue", v, n);
}

static struct cel_value fn_value(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind != CEL_OPTIONAL)
		return cel_no_overload(r, "value", v, n);
	return v->opt ? *v->opt : cel_error(r, "optional.none() dereference");
}

/* n is 1 where the first has a value: the second was not asked for then. */
static struct cel_value fn_or(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v[0].kind != CEL_OPTIONAL || (n > 1 && v[1].kind != CEL_OPTIONAL))
		return cel_no_overload(r, "or", v, n);
	return v[n - 1];
}

static struct cel_value fn_or_value(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v[0].kind != CEL_OPTIONAL)
		return cel_no_overload(r, "orValue", v, n);
	return v[0].opt ? *v[0].opt : v[1];
}

static struct cel_value fn_unwrap(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind != CEL_LIST)
		return cel_no_overload(r, "optional.unwrap", v, n);
	struct cel_value *list = cel_alloc(r, (v->list->n + 1) * sizeof *list);
	size_t k = 0;
	if (!list)
		return cel_size_error(r);
	for (size_t i = 0; i < v->list->n; i++) {
		const struct cel_value *one = &v->list->v[i];
		if (one->kind != CEL_OPTIONAL)
			return cel_no_overload(r, "optional.unwrap", one, 1);
		if (one->opt)
			list[k++] = *one->opt;
	}
	return cel_list_of(r, list, k);
}

/* clang-format off */
const struct cel_function cel_functions_optional[] = {
	{"hasValue",                fn_has,         ".bOA", false},
	{"optional.none",           fn_none,        "OA", false},
	{"optional.of",             fn_of,          "OAA", false},
	{"optional.ofNonZeroValue", fn_of_non_zero, "OAA", false},
	{"optional.unwrap",         fn_unwrap,      "LALOA", false},
	{"or",                      fn_or,          ".OAOAOA", true},
	{"orValue",                 fn_or_value,    ".AOAA", true},
	{"unwrapOpt",               fn_unwrap,      ".LALOA", false},
	{"value",                   fn_value,       ".AOA", false},
	{NULL, NULL, NULL, false},
};
/* clang-format on */
