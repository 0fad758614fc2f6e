/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_shared.c - what several rules ask of a finding alike is asked once.
 *
 * Rules of a policy begin alike: `finding.check == "vulnerability" && ...`.  A part of an && that
 * reads nothing but the finding gives every rule the same answer, and one false part makes the
 * whole false whatever the others give, errors too (cel-spec langdef.md, "Logical Operators").
 */
#include "policy/policy_parts.h"

#include <stdlib.h>
#include <string.h>

enum { PART_MAX = 1000 }; /* bytes of a part spelled: a longer one is asked by each rule */

struct part {
	struct bytes spelling;
	const struct cel_node *node;
	struct policy_rule *rule;
};

static void add_raw(struct buf *b, const void *p, size_t n) { buf_add(b, bytes_of(p, n)); }

static bool spell_value(struct buf *b, const struct cel_value *v)
{
	bool ok = true;
	add_raw(b, &v->kind, sizeof v->kind);
	switch (v->kind) {
	case CEL_NULL:
		break;
	case CEL_BOOL:
		buf_addc(b, v->b);
		break;
	case CEL_INT:
	case CEL_UINT:
	case CEL_DOUBLE:
		add_raw(b, &v->u, sizeof v->u);
		break;
	case CEL_STRING:
	case CEL_BYTES:
		add_raw(b, &v->s.n, sizeof v->s.n);
		buf_add(b, v->s);
		break;
	case CEL_LIST:
		add_raw(b, &v->list->n, sizeof v->list->n);
		for (size_t i = 0; ok && i < v->list->n; i++)
			ok = spell_value(b, &v->list->v[i]);
		break;
	default:
		return false;
	}
	return ok && !b->overflow;
}

/* All that the value of a node hangs on, byte by byte: what is spelled alike gives the same.
 * False: it reads more than the finding, or is too long. */
static bool spell(struct buf *b, const struct cel_node *n)
{
	static const bool is_walked[CEL_N__MAX] = {
		[CEL_N_SELECT] = true, [CEL_N_CALL] = true, [CEL_N_AND] = true,
		[CEL_N_OR] = true,     [CEL_N_COND] = true, [CEL_N_FIELD] = true,
	};
	uint32_t head[] = {n->kind,        (uint32_t)n->name.n, n->n,
	                   n->target != 0, n->is_optional,      n->is_test};
	add_raw(b, head, sizeof head);
	buf_add(b, n->name);
	if (n->kind == CEL_N_LITERAL)
		return spell_value(b, &n->value);
	if (n->kind == CEL_N_GLOBAL)
		return n->slot == POLICY_FINDING;
	bool ok = is_walked[n->kind] && !b->overflow;
	if (ok && n->target)
		ok = spell(b, n->target);
	for (size_t i = 0; ok && i < n->n; i++)
		ok = spell(b, n->args[i]);
	return ok;
}

static int by_spelling(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int ret = bytes_cmp(x->spelling, y->spelling);
	return ret ? ret : (x->rule > y->rule) - (x->rule < y->rule);
}

static const struct cel_node *root_of(const struct policy_rule *r)
{
	const struct cel_node *root = r->program->root;
	return r->is_per_finding && root->kind == CEL_N_AND ? root : NULL;
}

static size_t spell_all(struct policy *p, struct arena *a, struct part *ret)
{
	AUTO_BUF struct buf b;
	size_t n = 0;
	buf_init(&b, PART_MAX);
	for (struct policy_rule *r = p->rules; r < p->rules + p->n_rules; r++) {
		const struct cel_node *root = root_of(r);
		for (size_t k = 0; root && k < root->n; k++) {
			buf_reset(&b);
			if (spell(&b, root->args[k]))
				ret[n++] = (struct part){arena_dup(a, buf_bytes(&b)), root->args[k],
				                         r};
		}
	}
	return n;
}

/* Takes a part that the rule shares out of its rest. */
static void leave_out(struct policy *p, struct policy_rule *r, const struct cel_node *part)
{
	struct cel_node *root;
	if (!r->rest) {
		const struct cel_node *whole = r->program->root;
		root = arena_alloc(p->arena, sizeof *root);
		*root = *whole;
		root->args = arena_alloc(p->arena, whole->n * sizeof(void *));
		memcpy(root->args, whole->args, whole->n * sizeof(void *));
		r->rest = arena_alloc(p->arena, sizeof *r->rest);
		*r->rest = *r->program;
		r->rest->root = root;
	}
	root = (struct cel_node *)(uintptr_t)r->rest->root;
	for (uint32_t i = 0, n = root->n; i < n; i++)
		if (root->args[i] == part) {
			memmove(&root->args[i], &root->args[i + 1], (n - i - 1) * sizeof(void *));
			root->n--;
			return;
		}
}

void policy_share(struct policy *p)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct cel_node *root = root_of(&p->rules[i]);
		n += root ? root->n : 0;
		/* those it has from a policy that it extends knew fewer rules */
		p->rules[i].shared = 0;
		p->rules[i].rest = NULL;
	}
	struct arena *a = arena_new();
	struct part *parts = arena_alloc(a, (n + 1) * sizeof *parts);
	n = spell_all(p, a, parts);
	qsort(parts, n, sizeof *parts, by_spelling);
	for (size_t i = 0, k; i < n && p->n_shared < ARRAY_LEN(p->shared); i = k) {
		for (k = i + 1; k < n && bytes_eq(parts[k].spelling, parts[i].spelling);)
			k++;
		if (parts[k - 1].rule == parts[i].rule)
			continue;
		for (size_t m = i; m < k; m++) {
			parts[m].rule->shared |= UINT64_C(1) << p->n_shared;
			leave_out(p, parts[m].rule, parts[m].node);
		}
		struct cel_program *one = &p->shared[p->n_shared++];
		*one = *parts[i].rule->program;
		one->root = parts[i].node;
		one->n_locals = 0; /* no macro is among them */
	}
	arena_free(a);
}

const struct cel_program *policy_left(const struct policy *p, const struct policy_rule *r,
                                      struct cel_run *run, struct policy_known *known)
{
	uint64_t left = r->shared & ~known->asked;
	for (; left && !(known->is_false & r->shared); left &= left - 1) {
		int i = __builtin_ctzll(left);
		struct cel_value v = cel_evaluate(run, &p->shared[i]);
		known->asked |= UINT64_C(1) << i;
		if (v.kind == CEL_BOOL)
			*(v.b ? &known->is_true : &known->is_false) |= UINT64_C(1) << i;
	}
	if (known->is_false & r->shared)
		return NULL;
	return r->shared && (known->is_true & r->shared) == r->shared ? r->rest : r->program;
}
