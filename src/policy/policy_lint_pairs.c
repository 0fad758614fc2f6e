/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_lint_pairs.c - conditions that shut each other out, rules that stand in each other's way.
 *
 * Conditions are compared as they are written: x == "a" and x in ["b"] of the same x cannot both
 * be true.  What is not seen here may still contradict itself; what is said here does.
 */
#include "policy/policy_parts.h"

#include <string.h>

enum { PARTS = 32, TEXT_LEN = 500 };

/* x OP literal */
struct condition {
	struct bytes of; /* the text of x */
	const struct cel_value *to;
	char op; /* '=', '!', '<', 'l' (<=), '>', 'g' (>=), 'i' (in) */
};

/* A part of &&. */
struct lint_part {
	struct bytes text;   /* absent: too long to be compared */
	struct bytes denied; /* of !x the text of x */
	bool is_condition;
	struct condition c;
};

static bool is_call(const struct cel_node *n, const char *name)
{
	return n->kind == CEL_N_CALL && bytes_eq(n->name, bytes_str(name));
}

static struct bytes text_of(struct arena *a, const struct cel_node *n)
{
	AUTO_BUF struct buf b;
	buf_init(&b, TEXT_LEN + 1);
	cel_node_text(&b, n, TEXT_LEN);
	return b.n == TEXT_LEN ? (struct bytes){0} : arena_dup(a, buf_bytes(&b));
}

static bool same(struct bytes a, struct bytes b) { return a.n && bytes_eq(a, b); }

static bool condition_of(struct arena *a, const struct cel_node *n, struct condition *ret)
{
	static const struct {
		const char *name;
		char op;
	} rows[] = {
		{"_==_", '='},
                {"_!=_", '!'},
                {"_<_",  '<'},
                {"_<=_", 'l'},
		{"_>_",  '>'},
                {"_>=_", 'g'},
                {"@in",  'i'},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!is_call(n, rows[i].name) || n->args[1]->kind != CEL_N_LITERAL)
			continue;
		*ret = (struct condition){text_of(a, n->args[0]), &n->args[1]->value, rows[i].op};
		return ret->op != 'i' || ret->to->kind == CEL_LIST;
	}
	return false;
}

static struct lint_part part_of(struct arena *a, const struct cel_node *n)
{
	struct lint_part p = {.text = text_of(a, n)};
	if (is_call(n, "!_"))
		p.denied = text_of(a, n->args[0]);
	p.is_condition = condition_of(a, n, &p.c);
	return p;
}

/* The parts of &&; what is none is one part itself. */
struct policy_lint_parts policy_lint_parts(struct arena *a, const struct cel_node *n)
{
	bool is_and = n->kind == CEL_N_AND;
	size_t count = is_and ? MIN_OF((size_t)n->n, (size_t)PARTS) : 1;
	struct lint_part *v = arena_alloc(a, count * sizeof *v);
	for (size_t i = 0; i < count; i++)
		v[i] = part_of(a, is_and ? n->args[i] : n);
	return (struct policy_lint_parts){
		.v = v, .n = count, .is_cut = is_and && n->n > (uint32_t)PARTS};
}

/* Whether x, which is v, meets the condition. */
static bool allows(const struct condition *c, const struct cel_value *v)
{
	int order;
	bool is_found = false;
	for (size_t i = 0; c->op == 'i' && i < c->to->list->n; i++)
		is_found |= cel_equal(NULL, v, &c->to->list->v[i]);
	if (c->op == 'i')
		return is_found;
	if (c->op == '=' || c->op == '!')
		return cel_equal(NULL, v, c->to) == (c->op == '=');
	if (!cel_compare(v, c->to, &order))
		return true;
	switch (c->op) {
	case '<':
		return order < 0;
	case 'l':
		return order <= 0;
	case '>':
		return order > 0;
	default:
		return order >= 0;
	}
}

/* Whether the values that a names are all shut out by b. */
static bool shuts_out(const struct condition *a, const struct condition *b)
{
	int order;
	if (a->op == '=')
		return !allows(b, a->to);
	if (a->op == 'i') {
		for (size_t i = 0; i < a->to->list->n; i++)
			if (allows(b, &a->to->list->v[i]))
				return false;
		return true;
	}
	/* from a on, and up to b */
	bool is_range = (a->op == '>' || a->op == 'g') && (b->op == '<' || b->op == 'l');
	if (!is_range || !cel_compare(a->to, b->to, &order))
		return false;
	return order > 0 || (order == 0 && (a->op == '>' || b->op == '<'));
}

/* Whether both can never be true of the same. */
static bool excludes(const struct lint_part *a, const struct lint_part *b)
{
	if (same(a->denied, b->text) || same(b->denied, a->text))
		return true;
	return a->is_condition && b->is_condition && same(a->c.of, b->c.of) &&
	       (shuts_out(&a->c, &b->c) || shuts_out(&b->c, &a->c));
}

bool policy_lint_contradicts(const struct policy_lint_parts *a, const struct policy_lint_parts *b)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < b->n; k++)
			if (excludes(&a->v[i], &b->v[k]))
				return true;
	return false;
}

/* Parts of || of which one is always true: x || !x. */
bool policy_lint_always(struct arena *a, const struct cel_node *n)
{
	size_t count = n->kind == CEL_N_OR ? MIN_OF((size_t)n->n, (size_t)PARTS) : 0;
	struct lint_part *v = arena_alloc(a, (count + 1) * sizeof *v);
	for (size_t i = 0; i < count; i++)
		v[i] = part_of(a, n->args[i]);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++)
			if (same(v[i].denied, v[k].text))
				return true;
	return false;
}

static bool has_part(const struct policy_lint_parts *p, struct bytes text)
{
	for (size_t i = 0; i < p->n; i++)
		if (same(p->v[i].text, text))
			return true;
	return false;
}

/* Whether every part of b is one of a: a is true only where b is. */
static bool covers(const struct policy_lint_parts *a, const struct policy_lint_parts *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!has_part(a, b->v[i].text))
			return false;
	return !b->is_cut;
}

static bool same_list(const struct policy_texts *a, const struct policy_texts *b)
{
	bool is_same = a->n == b->n;
	for (size_t i = 0; is_same && i < a->n; i++)
		is_same = bytes_eq(a->v[i], b->v[i]);
	return is_same;
}

/* Whether the rule a holds wherever b does. */
static bool holds_as_widely(const struct policy_rule *a, const struct policy_rule *b)
{
	const struct policy_where *x = &a->where, *y = &b->where;
	return (!x->environments.n || same_list(&x->environments, &y->environments)) &&
	       (!x->repositories.n || same_list(&x->repositories, &y->repositories)) &&
	       (!x->namespaces.n || same_list(&x->namespaces, &y->namespaces)) &&
	       (!x->classes.n || same_list(&x->classes, &y->classes));
}

/* Two rules of which no image can meet both. */
static bool contradict(const struct policy_lint_rule *a, const struct policy_lint_rule *b)
{
	const struct policy_rule *x = a->rule, *y = b->rule;
	if (x->is_per_finding || y->is_per_finding)
		return false;
	if (x->kind == POLICY_REQUIRE && y->kind == POLICY_REQUIRE)
		return policy_lint_contradicts(&a->parts, &b->parts);
	/* what is required makes all of what is refused true */
	if (x->kind == POLICY_REQUIRE && y->kind == POLICY_REFUSE)
		return covers(&a->parts, &b->parts);
	return x->kind == POLICY_REFUSE && y->kind == POLICY_REQUIRE &&
	       covers(&b->parts, &a->parts);
}

const char *policy_lint_pair(const struct policy_lint_rule *a, const struct policy_lint_rule *b)
{
	const struct policy_rule *x = a->rule, *y = b->rule;
	bool is_required = y->kind == POLICY_REQUIRE;
	if (!holds_as_widely(x, y))
		return NULL;
	if (contradict(a, b))
		return "no image can meet both it and";
	if (x->kind != y->kind || (y->is_unwaivable && !x->is_unwaivable) ||
	    a->parts.n == b->parts.n)
		return NULL;
	if (is_required ? covers(&a->parts, &b->parts) : covers(&b->parts, &a->parts))
		return is_required ? "is dead: it is met wherever another is met:"
		                   : "is dead: another hits all that it hits:";
	return NULL;
}
