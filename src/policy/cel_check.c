/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_check.c - what names mean and which types expressions have.
 *
 * Names of macros' variables come first, then those of the environment, within its container first;
 * of a chain a.b.c the longest name that there is.  What is found is written into the nodes.
 * Source: cel-spec langdef.md, "Name Resolution", "Gradual Type Checking".
 */
#include "policy/cel_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct cel_type *cel_check_fail(struct cel_checker *c, struct cel_node *n, const char *fmt,
                                      ...)
{
	char why[200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	if (c->program->env->is_loose) {
		n->kind = CEL_N_FAIL;
		n->value = (struct cel_value){.kind = CEL_ERROR};
		n->value.s = arena_dup(c->program->arena, bytes_str(why));
		return CEL_TYPE_OF(CEL_DYN);
	}
	cel_fail(c->program->text, n->at, c->e, "%s", why);
	return NULL;
}

const char *cel_check_type_text(struct cel_checker *c, const struct cel_type *a)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 120);
	cel_type_show(&b, cel_type_final(&c->t, a, true));
	return arena_str(c->program->arena, buf_bytes(&b));
}

const struct cel_scope *cel_check_local(const struct cel_checker *c, struct bytes name)
{
	const struct cel_scope *s = c->scope;
	while (s && !bytes_eq(s->name, name))
		s = s->up;
	return s;
}

bool cel_check_is(struct cel_checker *c, const struct cel_type *a, uint8_t kind)
{
	a = cel_type_resolve(&c->t, a);
	return a->kind == kind || a->kind == CEL_DYN;
}

bool cel_check_chain(const struct cel_checker *c, const struct cel_node *n, struct buf *b)
{
	const struct cel_node *parts[32];
	size_t depth = 0;
	for (; n->kind == CEL_N_SELECT && !n->is_optional && !n->is_test; n = n->target) {
		if (depth == ARRAY_LEN(parts))
			return false;
		parts[depth++] = n;
	}
	if (n->kind != CEL_N_IDENT || (!n->is_root && cel_check_local(c, n->name)))
		return false;
	if (n->is_root)
		buf_addc(b, '.');
	buf_add(b, n->name);
	while (depth--) {
		buf_addc(b, '.');
		buf_add(b, parts[depth]->name);
	}
	return true;
}

static const struct cel_var *find_var(const struct cel_env *env, struct bytes name,
                                      int32_t *ret_slot)
{
	for (int32_t i = 0; env->vars && env->vars[i].name; i++)
		if (bytes_eq(name, bytes_str(env->vars[i].name))) {
			*ret_slot = i;
			return &env->vars[i];
		}
	return NULL;
}

static const struct cel_type *find_type(struct bytes name)
{
	for (uint8_t k = CEL_NULL; k < CEL_VALUE__MAX; k++)
		if (k != CEL_OBJECT && bytes_eq(name, bytes_str(cel_kind_name(k))))
			return CEL_TYPE_OF(k);
	return NULL;
}

/* The node becomes the variable or type of that name; NULL: there is none. */
static const struct cel_type *take_name(struct cel_checker *c, struct cel_node *n,
                                        struct bytes name)
{
	int32_t slot;
	const struct cel_type *params[4] = {0};
	const struct cel_var *v = find_var(c->program->env, name, &slot);
	if (v) {
		const char *at = v->type;
		n->kind = CEL_N_GLOBAL;
		n->slot = slot;
		c->program->globals |= UINT64_C(1) << (slot & 63);
		return cel_type_read(&c->t, &at, params);
	}
	const struct cel_type *t = find_type(name);
	if (!t)
		return NULL;
	n->kind = CEL_N_LITERAL;
	n->value = (struct cel_value){.kind = CEL_TYPE, .type = t};
	return cel_type_make(&c->t, CEL_TYPE, 1, &t);
}

/* Within the container, its parents, and at last without. */
static const struct cel_type *find_name(struct cel_checker *c, struct cel_node *n,
                                        struct bytes name)
{
	AUTO_BUF struct buf b;
	struct bytes in = bytes_str(c->program->env->container);
	if (name.n && name.p[0] == '.')
		return take_name(c, n, bytes_skip(name, 1));
	buf_init(&b, (size_t)CEL_TEXT_MAX + 256);
	while (in.n) {
		buf_reset(&b);
		buf_add(&b, in);
		buf_addc(&b, '.');
		buf_add(&b, name);
		const struct cel_type *t = take_name(c, n, buf_bytes(&b));
		if (t)
			return t;
		ssize_t dot = bytes_rfind(in, '.');
		in.n = dot < 0 ? 0 : (size_t)dot;
	}
	return take_name(c, n, name);
}

static const char *nearest_name(struct cel_checker *c, struct bytes name)
{
	const char *words[128];
	size_t n = 0;
	for (const struct cel_scope *s = c->scope; s && n < 60; s = s->up)
		words[n++] = arena_str(c->program->arena, s->name);
	for (const struct cel_var *v = c->program->env->vars; v && v->name && n < 120; v++)
		words[n++] = v->name;
	words[n] = NULL;
	return bytes_nearest(name, words);
}

static const struct cel_type *check_ident(struct cel_checker *c, struct cel_node *n)
{
	AUTO_BUF struct buf b;
	const struct cel_scope *local = n->is_root ? NULL : cel_check_local(c, n->name);
	if (local) {
		n->kind = CEL_N_LOCAL;
		n->slot = local->slot;
		return local->type;
	}
	buf_init(&b, (size_t)CEL_TEXT_MAX);
	if (n->is_root)
		buf_addc(&b, '.');
	buf_add(&b, n->name);
	const struct cel_type *t = find_name(c, n, buf_bytes(&b));
	if (t)
		return t;
	const char *near = nearest_name(c, n->name);
	return cel_check_fail(c, n, "there is no variable %.*s%s%s%s", BYTES_FMT(n->name),
	                      near ? ": is " : "", near ? near : "", near ? " meant?" : "");
}

static const struct cel_type *no_field(struct cel_checker *c, struct cel_node *n,
                                       const struct cel_object *o)
{
	const char *words[64];
	size_t k = 0;
	for (const struct cel_field *f = o->fields; f->name && k < 63; f++)
		words[k++] = f->name;
	words[k] = NULL;
	const char *near = bytes_nearest(n->name, words);
	return cel_check_fail(c, n, "%s has no field %.*s%s%s%s", o->name, BYTES_FMT(n->name),
	                      near ? ": is " : "", near ? near : "", near ? " meant?" : "");
}

static const struct cel_type *object_field(struct cel_checker *c, struct cel_node *n,
                                           const struct cel_object *o, bool is_direct)
{
	const struct cel_type *params[4] = {0};
	for (const struct cel_field *f = o->fields; f->name; f++)
		if (bytes_eq(n->name, bytes_str(f->name))) {
			const char *at = f->type;
			if (is_direct && !n->is_test && !n->is_optional) {
				n->kind = CEL_N_FIELD;
				n->bound = f;
			}
			return cel_type_read(&c->t, &at, params);
		}
	return no_field(c, n, o);
}

/* The type of the field, of what an optional holds too. */
static const struct cel_type *field_type(struct cel_checker *c, struct cel_node *n,
                                         const struct cel_type *of, bool is_direct)
{
	of = cel_type_resolve(&c->t, of);
	switch (of->kind) {
	case CEL_MAP:
		if (!cel_type_fits(&c->t, CEL_TYPE_OF(CEL_STRING), of->p[0]))
			return cel_check_fail(c, n, "the keys of %s are no texts",
			                      cel_check_type_text(c, of));
		return of->p[1];
	case CEL_OBJECT:
		return of->object ? object_field(c, n, of->object, is_direct)
		                  : CEL_TYPE_OF(CEL_DYN);
	case CEL_PARAM:
		cel_type_fits(&c->t, CEL_TYPE_OF(CEL_DYN), of);
		return CEL_TYPE_OF(CEL_DYN);
	case CEL_DYN:
	case CEL_ERROR:
		return CEL_TYPE_OF(CEL_DYN);
	default:
		return cel_check_fail(c, n, "%s has no fields, %.*s is asked for",
		                      cel_check_type_text(c, of), BYTES_FMT(n->name));
	}
}

static const struct cel_type *check_select(struct cel_checker *c, struct cel_node *n)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)CEL_TEXT_MAX);
	if (!n->is_optional && !n->is_test && cel_check_chain(c, n, &b)) {
		const struct cel_type *t = find_name(c, n, buf_bytes(&b));
		if (t)
			return t;
	}
	const struct cel_type *of = cel_check(c, n->target);
	if (!of)
		return NULL;
	of = cel_type_resolve(&c->t, of);
	bool is_of_optional = of->kind == CEL_OPTIONAL;
	const struct cel_type *t =
		field_type(c, n, is_of_optional ? of->p[0] : of, !is_of_optional);
	if (!t)
		return NULL;
	if (n->is_test)
		return CEL_TYPE_OF(CEL_BOOL);
	return is_of_optional || n->is_optional ? cel_type_make(&c->t, CEL_OPTIONAL, 1, &t) : t;
}

/* What an element ?x of a literal holds. */
static const struct cel_type *unwrap(struct cel_checker *c, struct cel_node *n,
                                     const struct cel_type *t)
{
	t = cel_type_resolve(&c->t, t);
	if (t->kind == CEL_OPTIONAL)
		return t->p[0];
	if (t->kind == CEL_DYN)
		return t;
	return cel_check_fail(c, n, "an optional is wanted behind ?, not %s",
	                      cel_check_type_text(c, t));
}

static const struct cel_type *check_element(struct cel_checker *c, struct cel_node *n,
                                            bool is_optional)
{
	const struct cel_type *t = cel_check(c, n);
	return t && is_optional ? unwrap(c, n, t) : t;
}

/* A list of literals is one itself. */
static void fold_list(struct cel_checker *c, struct cel_node *n)
{
	for (size_t i = 0; i < n->n; i++)
		if (n->args[i]->kind != CEL_N_LITERAL)
			return;
	struct cel_value *v = arena_alloc(c->program->arena, (n->n + 1) * sizeof *v);
	struct cel_list *l = arena_alloc(c->program->arena, sizeof *l);
	unsigned depth = 0;
	for (size_t i = 0; i < n->n; i++) {
		v[i] = n->args[i]->value;
		if (v[i].kind == CEL_LIST)
			depth = MAX_OF(depth, v[i].list->depth);
	}
	*l = (struct cel_list){.n = n->n, .depth = depth + 1, .v = v};
	n->kind = CEL_N_LITERAL;
	n->value = (struct cel_value){.kind = CEL_LIST, .list = l};
}

static const struct cel_type *check_list(struct cel_checker *c, struct cel_node *n)
{
	const struct cel_type *of = NULL;
	for (size_t i = 0; i < n->n; i++) {
		const struct cel_type *t =
			check_element(c, n->args[i], n->optional && n->optional[i]);
		if (!t)
			return NULL;
		of = cel_type_join(&c->t, of, t);
	}
	if (!n->optional)
		fold_list(c, n);
	return cel_type_list(&c->t, of ? of : cel_type_param(&c->t));
}

static const struct cel_type *check_map(struct cel_checker *c, struct cel_node *n)
{
	const struct cel_type *of[2] = {NULL, NULL};
	for (size_t i = 0; i < n->n; i++) {
		bool is_optional = i % 2 && n->optional && n->optional[i / 2];
		const struct cel_type *t = check_element(c, n->args[i], is_optional);
		if (!t)
			return NULL;
		of[i % 2] = cel_type_join(&c->t, of[i % 2], t);
	}
	for (size_t i = 0; i < 2; i++)
		of[i] = of[i] ? of[i] : cel_type_param(&c->t);
	return cel_type_make(&c->t, CEL_MAP, 2, of);
}

static const struct cel_type *check_struct(struct cel_checker *c, struct cel_node *n)
{
	return cel_check_fail(c, n, "there is no type %.*s: messages are not built here",
	                      BYTES_FMT(n->name));
}

static const struct cel_type *check_logic(struct cel_checker *c, struct cel_node *n)
{
	for (size_t i = 0; i < n->n; i++) {
		const struct cel_type *t = cel_check(c, n->args[i]);
		if (!t)
			return NULL;
		if (!cel_type_fits(&c->t, t, CEL_TYPE_OF(CEL_BOOL)) &&
		    !cel_check_fail(c, n->args[i], "%s wants bool, this is %s",
		                    n->kind == CEL_N_AND ? "&&" : "||", cel_check_type_text(c, t)))
			return NULL;
	}
	return CEL_TYPE_OF(CEL_BOOL);
}

static const struct cel_type *check_cond(struct cel_checker *c, struct cel_node *n)
{
	const struct cel_type *t[3], *joint = cel_type_param(&c->t);
	for (size_t i = 0; i < 3; i++)
		if (!(t[i] = cel_check(c, n->args[i])))
			return NULL;
	if (!cel_type_fits(&c->t, t[0], CEL_TYPE_OF(CEL_BOOL)))
		return cel_check_fail(c, n->args[0], "?: wants bool, this is %s",
		                      cel_check_type_text(c, t[0]));
	if (cel_type_fits(&c->t, t[1], joint) && cel_type_fits(&c->t, t[2], joint))
		return cel_type_final(&c->t, joint, false);
	if (c->program->env->is_loose)
		return CEL_TYPE_OF(CEL_DYN);
	return cel_check_fail(c, n, "?: gives %s or %s", cel_check_type_text(c, t[1]),
	                      cel_check_type_text(c, t[2]));
}

static const struct cel_type *check_literal(struct cel_checker *c, struct cel_node *n)
{
	(void)c;
	return CEL_TYPE_OF(n->value.kind);
}

const struct cel_type *cel_check(struct cel_checker *c, struct cel_node *n)
{
	static const struct cel_type *(*const by_kind[])(struct cel_checker *,
	                                                 struct cel_node *) = {
		[CEL_N_LITERAL] = check_literal, [CEL_N_IDENT] = check_ident,
		[CEL_N_SELECT] = check_select,   [CEL_N_CALL] = cel_check_call,
		[CEL_N_AND] = check_logic,       [CEL_N_OR] = check_logic,
		[CEL_N_COND] = check_cond,       [CEL_N_LIST] = check_list,
		[CEL_N_MAP] = check_map,         [CEL_N_STRUCT] = check_struct,
		[CEL_N_MACRO] = cel_check_macro,
	};
	const struct cel_type *t = by_kind[n->kind](c, n);
	if (!t || !c->t.is_too_deep)
		return t;
	cel_fail(c->program->text, n->at, c->e, "types nest deeper than %d levels",
	         (int)CEL_DEPTH_MAX);
	return NULL;
}

int cel_compile(const struct cel_env *env, struct bytes text, struct cel_program **ret,
                struct err *e)
{
	struct arena *a = arena_new();
	struct cel_program *p = arena_alloc(a, sizeof *p);
	struct cel_checker c = {
		.program = p, .e = e, .t = {.arena = a, .env = env}
        };
	struct cel_ast ast = {.root = NULL};
	const struct cel_type *t = NULL;
	*p = (struct cel_program){.arena = a, .env = env, .text = arena_dup(a, text)};
	if (!p->text.p)
		p->text = B("");
	if (cel_parse(p->text, a, &ast, e) == 0) {
		t = cel_check(&c, ast.root);
		p->root = ast.root;
		p->type = t ? cel_type_final(&c.t, t, true) : NULL;
	}
	free(c.t.found);
	free(c.t.trail);
	if (!t) {
		cel_program_free(p);
		return -1;
	}
	*ret = p;
	return 0;
}

void cel_program_free(struct cel_program *p)
{
	if (p)
		arena_free(p->arena);
}
