/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_vectors.c - the conformance cases of google/cel-spec, where ../shared has them.
 *
 * Left out: cases that need protobuf messages, and named ones that need what docs/cel.md lists.
 */
#include "policy/cel.h"

#include <glob.h>
#include <math.h>

#include "lib/textproto.h"
#include "test.h"

#define VECTORS "../shared/data/vectors/cel/"

/* Words that only cases with messages have. */
static const char *const of_messages[] = {
	"cel.expr.conformance",
	"TestAllTypes",
	"object_value",
	"google.protobuf.Any",
	"google.protobuf.Value",
	"google.protobuf.Struct",
	"google.protobuf.ListValue",
	"google.protobuf.Int",
	"google.protobuf.UInt",
	"google.protobuf.Float",
	"google.protobuf.Double",
	"google.protobuf.Bool",
	"google.protobuf.String",
	"google.protobuf.Bytes",
	"message_type",
	"enum_value",
	"wrapper",
	"proto.getExt",
	"proto.hasExt",
	"NullValue",
	"google.protobuf.FieldMask",
	"Value{",
	"google.protobuf.Empty",
};

struct world {
	struct arena *a;
	struct cel_var vars[16];
	struct cel_declared declared[16];
	struct cel_value values[16];
	size_t n_vars, n_declared;
	struct cel_env env;
	struct cel_run run;
};

static void signature(struct buf *b, const struct tp *type, struct buf *params)
{
	static const struct {
		const char *name, *letters;
	} primitives[] =
		{
			{"BOOL",   "b"},
                        {"INT64",  "i"},
                        {"UINT64", "u"},
			{"DOUBLE", "d"},
                        {"STRING", "s"},
                        {"BYTES",  "y"}
        },
	  known[] = {{"TIMESTAMP", "t"}, {"DURATION", "W"}};
	const struct tp *f = type ? type->first : NULL;
	if (!f || bytes_eq(f->name, B("dyn"))) {
		buf_addc(b, '*');
	} else if (bytes_eq(f->name, B("null"))) {
		buf_addc(b, 'n');
	} else if (bytes_eq(f->name, B("list_type"))) {
		buf_addc(b, 'L');
		signature(b, tp_get(f, "elem_type"), params);
	} else if (bytes_eq(f->name, B("map_type"))) {
		buf_addc(b, 'M');
		signature(b, tp_get(f, "key_type"), params);
		signature(b, tp_get(f, "value_type"), params);
	} else if (bytes_eq(f->name, B("type_param"))) {
		ssize_t at = bytes_find(buf_bytes(params), f->text.p[0]);
		if (at < 0) {
			at = (ssize_t)params->n;
			buf_addc(params, f->text.p[0]);
		}
		buf_addc(b, (uint8_t)('A' + at));
	} else if (bytes_eq(f->name, B("abstract_type"))) {
		bool is_optional = bytes_eq(tp_text(f, "name"), B("optional_type"));
		if (is_optional)
			buf_addc(b, 'O');
		else
			buf_addf(b, "{%.*s}<", BYTES_FMT(tp_text(f, "name")));
		for (const struct tp *p = f->first; p; p = p->next)
			if (bytes_eq(p->name, B("parameter_types")))
				signature(b, p, params);
		if (!is_optional)
			buf_addc(b, '>');
	} else if (bytes_eq(f->name, B("type"))) {
		buf_adds(b, "T*");
	} else {
		for (size_t i = 0; i < ARRAY_LEN(primitives); i++)
			if (bytes_eq(f->text, bytes_str(primitives[i].name)))
				buf_adds(b, primitives[i].letters);
		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			if (bytes_eq(f->text, bytes_str(known[i].name)))
				buf_adds(b, known[i].letters);
	}
}

static const char *type_text(struct world *w, const struct tp *type)
{
	AUTO_BUF struct buf b, params;
	buf_init(&b, 256);
	buf_init(&params, 16);
	signature(&b, type, &params);
	return arena_str(w->a, buf_bytes(&b));
}

static const char *function_text(struct world *w, const struct tp *function)
{
	AUTO_BUF struct buf b, params;
	buf_init(&b, 1024);
	for (const struct tp *o = function->first; o; o = o->next) {
		const struct tp *result = tp_get(o, "result_type");
		buf_init(&params, 16);
		if (b.n)
			buf_addc(&b, ' ');
		if (bytes_eq(tp_text(o, "is_instance_function"), B("true")))
			buf_addc(&b, '.');
		signature(&b, result, &params);
		for (const struct tp *p = o->first; p; p = p->next)
			if (bytes_eq(p->name, B("params")))
				signature(&b, p, &params);
		buf_fini(&params);
	}
	buf_init(&params, 1);
	return arena_str(w->a, buf_bytes(&b));
}

static struct cel_value value_of(struct world *w, const struct tp *v);

static struct cel_value list_value(struct world *w, const struct tp *f)
{
	size_t n = 0;
	for (const struct tp *k = f->first; k; k = k->next)
		n++;
	struct cel_value *v = arena_alloc(w->a, (n + 1) * sizeof *v);
	n = 0;
	for (const struct tp *k = f->first; k; k = k->next)
		v[n++] = value_of(w, k);
	return cel_list_of(&w->run, v, n);
}

static struct cel_value map_value(struct world *w, const struct tp *f)
{
	size_t n = 0;
	struct cel_value *keys = arena_alloc(w->a, 256 * sizeof *keys), *values = keys + 128;
	for (const struct tp *k = f->first; k; k = k->next, n++) {
		keys[n] = value_of(w, tp_get(k, "key"));
		values[n] = value_of(w, tp_get(k, "value"));
	}
	return cel_map_of(&w->run, keys, values, n);
}

static struct cel_value type_value(struct world *w, struct bytes name)
{
	struct cel_program *p;
	struct cel_env env = {.is_loose = true};
	struct cel_value v = {.kind = CEL_ERROR};
	if (cel_compile(&env, arena_dup(w->a, name), &p, NULL) == 0 &&
	    p->root->kind == CEL_N_LITERAL)
		v = p->root->value;
	cel_program_free(p);
	return v;
}

static struct cel_value value_of(struct world *w, const struct tp *v)
{
	const struct tp *f = v->first;
	struct bytes t = f->text;
	char text[64];
	snprintf(text, sizeof text, "%.*s", BYTES_FMT(t));
	if (bytes_eq(f->name, B("int64_value")))
		return cel_int((int64_t)strtoll(text, NULL, 0));
	if (bytes_eq(f->name, B("uint64_value")))
		return cel_uint(strtoull(text, NULL, 0));
	if (bytes_eq(f->name, B("double_value")))
		return cel_double(strtod(text, NULL));
	if (bytes_eq(f->name, B("string_value")))
		return cel_string(t);
	if (bytes_eq(f->name, B("bytes_value")))
		return cel_bytes(t);
	if (bytes_eq(f->name, B("bool_value")))
		return cel_bool(bytes_eq(t, B("true")));
	if (bytes_eq(f->name, B("list_value")))
		return list_value(w, f);
	if (bytes_eq(f->name, B("map_value")))
		return map_value(w, f);
	if (bytes_eq(f->name, B("type_value")))
		return type_value(w, t);
	return cel_null();
}

static void declare(struct world *w, const struct tp *test)
{
	for (const struct tp *f = test->first; f; f = f->next) {
		const struct tp *function = tp_get(f, "function");
		if (!bytes_eq(f->name, B("type_env")))
			continue;
		const char *name = arena_str(w->a, tp_text(f, "name"));
		if (function)
			w->declared[w->n_declared++] =
				(struct cel_declared){name, function_text(w, function)};
		else
			w->vars[w->n_vars++] = (struct cel_var){
				.name = name,
				.type = type_text(w, tp_get(tp_get(f, "ident"), "type"))};
	}
}

static void bind(struct world *w, const struct tp *test)
{
	for (const struct tp *f = test->first; f; f = f->next) {
		if (!bytes_eq(f->name, B("bindings")))
			continue;
		for (size_t i = 0; i < w->n_vars; i++)
			if (bytes_eq(tp_text(f, "key"), bytes_str(w->vars[i].name)))
				cel_run_set(&w->run, i,
				            value_of(w, tp_get(tp_get(f, "value"), "value")));
	}
}

static bool is_same(const struct cel_value *a, const struct cel_value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == CEL_DOUBLE && isnan(a->d))
		return isnan(b->d);
	return cel_equal(NULL, a, b);
}

/* What differs, NULL: nothing. */
static const char *judge(struct world *w, const struct tp *test, struct cel_program *p,
                         const char *why)
{
	AUTO_BUF struct buf b, t;
	const struct tp *typed = tp_get(test, "typed_result"), *want = tp_get(test, "value");
	bool wants_error = tp_get(test, "eval_error") || tp_get(test, "any_eval_errors");
	if (!p)
		return wants_error ? NULL : why;
	buf_init(&t, 256);
	cel_type_show(&t, p->type);
	if (typed && tp_get(typed, "deduced_type")) {
		struct cel_program *q;
		const char *sig = type_text(w, tp_get(typed, "deduced_type"));
		struct cel_var var[2] = {
			{.name = "v", .type = sig}
                };
		struct cel_env env = {.vars = var};
		buf_init(&b, 256);
		if (cel_compile(&env, B("v"), &q, NULL) == 0)
			cel_type_show(&b, q->type);
		if (!bytes_eq(buf_bytes(&b), buf_bytes(&t)))
			return arena_printf(w->a, "type %.*s", BYTES_FMT(buf_bytes(&t)));
		cel_program_free(q);
		buf_fini(&b);
	}
	if (bytes_eq(tp_text(test, "check_only"), B("true"))) {
		buf_init(&b, 1);
		return NULL;
	}
	bind(w, test);
	struct cel_value got = cel_evaluate(&w->run, p);
	if (typed)
		want = tp_get(typed, "result");
	struct cel_run other = w->run;
	cel_run_init(&w->run, &w->env, NULL);
	struct cel_value expected = want && want->first ? value_of(w, want) : cel_bool(true);
	bool is_right = wants_error ? got.kind == CEL_ERROR : is_same(&got, &expected);
	buf_init(&b, 256);
	cel_show(&b, &got, 200);
	const char *ret = is_right ? NULL : arena_printf(w->a, "%.*s", BYTES_FMT(buf_bytes(&b)));
	cel_run_fini(&w->run);
	w->run = other;
	return ret;
}

/* 1 passed, 0 failed, -1 left out. */
static int one(const struct tp *test, const char *file)
{
	struct world w = {.a = arena_new()};
	struct err e = {.msg = ""};
	struct cel_program *p = NULL;
	for (size_t i = 0; i < ARRAY_LEN(of_messages); i++)
		if (tp_mentions(test, of_messages[i])) {
			arena_free(w.a);
			return -1;
		}
	declare(&w, test);
	w.env = (struct cel_env){.vars = w.vars,
	                         .declared = w.declared,
	                         .container = arena_str(w.a, tp_text(test, "container")),
	                         .is_loose = bytes_eq(tp_text(test, "disable_check"), B("true"))};
	cel_run_init(&w.run, &w.env, NULL);
	cel_compile(&w.env, tp_text(test, "expr"), &p, &e);
	const char *why = judge(&w, test, p, e.msg);
	if (why)
		test_case(0, "%s %.*s: %.*s gives %s", file, BYTES_FMT(tp_text(test, "name")),
		          BYTES_FMT(tp_text(test, "expr")), why);
	cel_program_free(p);
	cel_run_fini(&w.run);
	arena_free(w.a);
	return !why;
}

static void of_file(const char *path, size_t *passed, size_t *failed)
{
	AUTO_BUF struct buf text = {.p = NULL};
	AUTO_ARENA struct arena *a = arena_new();
	const char *name = strrchr(path, '/') + 1;
	size_t n[3] = {0};
	if (file_read(path, 1 << 24, &text, NULL) < 0)
		return;
	struct tp_reader r = {.s = buf_bytes(&text), .a = a};
	struct tp root = {.first = tp_fields(&r)};
	test_case(!r.is_bad && tp_peek(&r) < 0, "%s is read whole", name);
	for (const struct tp *s = root.first; s; s = s->next)
		for (const struct tp *t = s->first; t; t = t->next)
			if (bytes_eq(t->name, B("test")))
				n[one(t, name) + 1]++;
	test_case(n[1] == 0, "%s: %zu cases pass, %zu do not, %zu need messages", name, n[2], n[1],
	          n[0]);
	*passed += n[2];
	*failed += n[1];
}

int main(void)
{
	glob_t g;
	size_t passed = 0, failed = 0;
	if (glob(VECTORS "*.textproto", 0, NULL, &g)) {
		test_skip("cases of cel-spec", "no " VECTORS);
		return 0;
	}
	for (size_t i = 0; i < g.gl_pathc; i++)
		of_file(g.gl_pathv[i], &passed, &failed);
	globfree(&g);
	printf("# %zu pass, %zu fail\n", passed, failed);
	return TEST_END();
}
