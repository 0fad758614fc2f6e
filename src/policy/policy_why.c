/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_why.c - the values that decided a rule, and what would have to be different.
 *
 * Of a && b that is false those parts are told that are false, of one that is true all; of || the
 * other way round; of all() and exists() the elements that decide.  What is left is a comparison or
 * a call: it is told with the values it was asked of.  Parts are evaluated again for it, within the
 * bounds of one evaluation.
 */
#include "policy/policy_parts.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINES = 24, ELEMENTS = 3, TEXT_LEN = 160, VALUE_LEN = 120 };

struct telling {
	struct cel_run *run;
	struct report *r;
	struct bytes_list *to;
	unsigned indent;
};

__attribute__((format(printf, 2, 3))) static void line(struct telling *t, const char *fmt, ...)
{
	char text[1000];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (t->to->n < LINES)
		list_add(t->r, t->to,
		         bytes_str(arena_printf(t->r->arena, "%*s%s", (int)(2 * t->indent), "",
		                                text)));
	else if (t->to->n == LINES)
		list_add(t->r, t->to, B("..."));
}

/* What an object is called among its like. */
static void show_object(struct telling *t, struct buf *b, const struct cel_value *v)
{
	static const char *const names[] = {"purl", "id",   "reference", "tool",
	                                    "path", "type", "check",     "digest"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (const struct cel_field *f = v->obj.type->fields; f->name; f++) {
			struct cel_value name = {.kind = CEL_NULL};
			if (!bytes_eq(bytes_str(f->name), bytes_str(names[i])))
				continue;
			f->get(t->run, v, &name);
			if (name.kind == CEL_STRING && name.s.n) {
				cel_show(b, &name, VALUE_LEN);
				return;
			}
		}
	buf_adds(b, v->obj.type->name);
}

static void show(struct telling *t, struct buf *b, const struct cel_value *v)
{
	if (v->kind == CEL_OBJECT)
		show_object(t, b, v);
	else if (v->kind == CEL_LIST && v->list->n && v->list->v[0].kind == CEL_OBJECT)
		buf_addf(b, "a list of %zu", v->list->n);
	else if (v->kind == CEL_ERROR)
		buf_addf(b, "not to be told: %.*s", BYTES_FMT(v->s));
	else
		cel_show(b, v, VALUE_LEN);
}

/* The values below a comparison or call: "; image.user.uid is 0". */
static void show_operands(struct telling *t, struct buf *b, const struct cel_node *n)
{
	for (size_t i = 0; n->kind == CEL_N_CALL && i < n->n; i++) {
		const struct cel_node *a = n->args[i];
		if (a->kind == CEL_N_LITERAL || a->kind == CEL_N_LIST || a->kind == CEL_N_MAP)
			continue;
		struct cel_value v = cel_node_value(t->run, a);
		if (v.kind != CEL_OBJECT) {
			buf_adds(b, "; ");
			cel_node_text(b, a, TEXT_LEN);
			buf_adds(b, " is ");
			show(t, b, &v);
		}
		show_operands(t, b, a);
	}
}

static void tell_leaf(struct telling *t, const struct cel_node *n)
{
	AUTO_BUF struct buf b;
	struct cel_value v = cel_node_value(t->run, n);
	buf_init(&b, 900);
	cel_node_text(&b, n, TEXT_LEN);
	buf_adds(&b, " is ");
	show(t, &b, &v);
	show_operands(t, &b, n);
	line(t, "%s", buf_cstr(&b));
}

static void tell(struct telling *t, const struct cel_node *n);

static bool is_bool(const struct cel_value *v, bool b) { return v->kind == CEL_BOOL && v->b == b; }

/* && and ||: the parts that decided; where it is an error, the parts that are. */
static void tell_logic(struct telling *t, const struct cel_node *n)
{
	struct cel_value v = cel_node_value(t->run, n);
	for (size_t i = 0; i < n->n; i++) {
		struct cel_value part = cel_node_value(t->run, n->args[i]);
		if (v.kind == part.kind && (v.kind != CEL_BOOL || v.b == part.b))
			tell(t, n->args[i]);
	}
}

/* Gives the variables of a macro the values of an element. */
static void enter(struct telling *t, const struct cel_node *n, const struct cel_list *l, size_t i)
{
	struct cel_value *locals = t->run->locals + n->slot;
	bool is_pair = n->vars[1].p != NULL;
	if (is_pair)
		locals[0] = cel_int((int64_t)i);
	locals[is_pair] = l->v[i];
}

static void tell_element(struct telling *t, const struct cel_node *n, const struct cel_list *l,
                         size_t i)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 300);
	show(t, &b, &l->v[i]);
	line(t, "%.*s is %s:", BYTES_FMT(n->vars[n->vars[1].p ? 1 : 0]), buf_cstr(&b));
	t->indent++;
	tell(t, n->args[0]);
	t->indent--;
}

/* all and exists over a list: how many elements decide, and the first of them. */
static void tell_elements(struct telling *t, const struct cel_node *n, const struct cel_list *l)
{
	AUTO_BUF struct buf b;
	struct cel_value v = cel_node_value(t->run, n);
	bool is_exists = n->macro == CEL_EXISTS, is_decided = is_bool(&v, is_exists);
	size_t count = 0, told = 0;
	for (size_t i = 0; i < l->n && !t->run->is_spent; i++) {
		enter(t, n, l, i);
		struct cel_value x = cel_node_value(t->run, n->args[0]);
		count += is_bool(&x, true);
	}
	buf_init(&b, 300);
	cel_node_text(&b, n->target, TEXT_LEN);
	if (!l->n)
		line(t, "%s is empty: %s", buf_cstr(&b),
		     is_exists ? "there is no such element" : "all of none are so");
	else
		line(t, "of the %zu element%s of %s %zu %s so", l->n, l->n == 1 ? "" : "s",
		     buf_cstr(&b), count, count == 1 ? "is" : "are");
	t->indent++;
	for (size_t i = 0; i < l->n && told < ELEMENTS && !t->run->is_spent; i++) {
		enter(t, n, l, i);
		struct cel_value x = cel_node_value(t->run, n->args[0]);
		if (is_decided ? !is_bool(&x, is_exists)
		               : v.kind == CEL_ERROR && x.kind == CEL_BOOL)
			continue;
		tell_element(t, n, l, i);
		told++;
	}
	t->indent--;
}

static void tell_macro(struct telling *t, const struct cel_node *n)
{
	if (n->macro == CEL_BIND) {
		t->run->locals[n->slot] = cel_node_value(t->run, n->target);
		tell(t, n->args[0]);
		return;
	}
	bool is_test = n->macro == CEL_ALL || n->macro == CEL_EXISTS;
	struct cel_value of = is_test ? cel_node_value(t->run, n->target) : cel_null();
	if (of.kind == CEL_LIST)
		tell_elements(t, n, of.list);
	else
		tell_leaf(t, n);
}

static bool is_not(const struct cel_node *n)
{
	return n->kind == CEL_N_CALL && n->n == 1 && bytes_eq(n->name, B("!_"));
}

static void tell(struct telling *t, const struct cel_node *n)
{
	if (t->to->n > LINES || t->run->is_spent)
		return;
	if (n->kind == CEL_N_AND || n->kind == CEL_N_OR) {
		tell_logic(t, n);
	} else if (is_not(n)) {
		tell(t, n->args[0]);
	} else if (n->kind == CEL_N_COND) {
		struct cel_value test = cel_node_value(t->run, n->args[0]);
		tell(t, n->args[0]);
		if (test.kind == CEL_BOOL)
			tell(t, n->args[test.b ? 1 : 2]);
	} else if (n->kind == CEL_N_MACRO) {
		tell_macro(t, n);
	} else {
		tell_leaf(t, n);
	}
}

static void change(struct telling *t, const struct cel_node *n, bool wanted);

/* Of && to be true, or || to be false, all parts must change that are not so; else one of them. */
static void change_logic(struct telling *t, const struct cel_node *n, bool wanted)
{
	bool is_all = (n->kind == CEL_N_AND) == wanted;
	size_t count = 0;
	for (size_t i = 0; i < n->n; i++) {
		struct cel_value v = cel_node_value(t->run, n->args[i]);
		count += !is_bool(&v, wanted);
	}
	if (count > 1)
		line(t, is_all ? "all of these:" : "one of these:");
	t->indent += count > 1;
	for (size_t i = 0; i < n->n; i++) {
		struct cel_value v = cel_node_value(t->run, n->args[i]);
		if (!is_bool(&v, wanted))
			change(t, n->args[i], wanted);
	}
	t->indent -= count > 1;
}

/* all and exists: of elements, not of one of them. */
static void change_elements(struct telling *t, const struct cel_node *n, bool wanted)
{
	AUTO_BUF struct buf b, of;
	bool is_each = n->macro == CEL_ALL;
	buf_init(&b, 400);
	buf_init(&of, 200);
	cel_node_text(&of, n->target, TEXT_LEN);
	cel_node_text(&b, n->args[0], 2 * TEXT_LEN);
	line(t, "%s of %s %s be so that %s",
	     is_each ? (wanted ? "every element" : "not every element")
	             : (wanted ? "an element" : "no element"),
	     buf_cstr(&of), is_each || wanted ? "must" : "may", buf_cstr(&b));
}

static void change(struct telling *t, const struct cel_node *n, bool wanted)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 400);
	if (t->to->n > LINES || t->run->is_spent)
		return;
	if (n->kind == CEL_N_AND || n->kind == CEL_N_OR) {
		change_logic(t, n, wanted);
	} else if (is_not(n)) {
		change(t, n->args[0], !wanted);
	} else if (n->kind == CEL_N_MACRO && (n->macro == CEL_ALL || n->macro == CEL_EXISTS)) {
		change_elements(t, n, wanted);
	} else {
		cel_node_text(&b, n, 2 * TEXT_LEN);
		line(t, "%s must be %s", buf_cstr(&b), wanted ? "true" : "false");
	}
}

/* Starts anew, with the bounds of one evaluation. */
static bool begin(struct cel_run *run, const struct cel_program *p)
{
	cel_run_begin(run);
	run->locals = cel_alloc(run, (p->n_locals + 1) * sizeof *run->locals);
	for (size_t i = 0; run->locals && i < p->n_locals; i++)
		run->locals[i] = cel_null();
	return run->locals != NULL;
}

void policy_why(struct cel_run *run, struct report *r, const struct cel_program *p,
                struct bytes_list *to)
{
	struct telling t = {.run = run, .r = r, .to = to};
	if (begin(run, p))
		tell(&t, p->root);
}

void policy_change(struct cel_run *run, struct report *r, const struct policy_rule *rule,
                   struct bytes_list *to)
{
	struct telling t = {.run = run, .r = r, .to = to};
	if (begin(run, rule->program))
		change(&t, rule->program->root, rule->kind == POLICY_REQUIRE);
}
