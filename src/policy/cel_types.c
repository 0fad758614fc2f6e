/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_types.c - types: unknown parameters, what fits where, what two have in common.
 *
 * A parameter is found by unification; dyn fits everywhere.  Recursion follows the nesting of types
 * and stops at CEL_DEPTH_MAX levels; chains of parameters are followed in loops.
 * Source: cel-spec langdef.md, "Gradual Type Checking"; the cases of type_deduction.textproto.
 */
#include "policy/cel_parts.h"

#include <string.h>

#define SIMPLE(k) [k] = {.kind = (k), .depth = 1}
#define OF_DYN    &cel_types_simple[CEL_DYN]
const struct cel_type cel_types_simple[CEL_PARAM] = {
	SIMPLE(CEL_ERROR),
	SIMPLE(CEL_NULL),
	SIMPLE(CEL_BOOL),
	SIMPLE(CEL_INT),
	SIMPLE(CEL_UINT),
	SIMPLE(CEL_DOUBLE),
	SIMPLE(CEL_STRING),
	SIMPLE(CEL_BYTES),
	SIMPLE(CEL_TIMESTAMP),
	SIMPLE(CEL_DURATION),
	SIMPLE(CEL_IP),
	SIMPLE(CEL_CIDR),
	SIMPLE(CEL_OBJECT),
	SIMPLE(CEL_DYN),
	[CEL_TYPE] = {.kind = CEL_TYPE, .depth = 1      },
	[CEL_LIST] = { .kind = CEL_LIST,     .n = 1,         .depth = 2, .p = {OF_DYN}},
	[CEL_MAP] = { .kind = CEL_MAP,      .n = 2, .depth = 2, .p = {OF_DYN, OF_DYN}},
	[CEL_OPTIONAL] = { .kind = CEL_OPTIONAL, .n = 1,         .depth = 2, .p = {OF_DYN}},
};

const struct cel_type *cel_type_param(struct cel_types *t)
{
	struct cel_type *p = arena_alloc(t->arena, sizeof *p);
	*p = (struct cel_type){.kind = CEL_PARAM, .depth = 1, .id = (uint32_t)t->n};
	t->found = mem_grow(t->found, &t->cap, t->n + 1, sizeof *t->found);
	t->found[t->n++] = NULL;
	return p;
}

const struct cel_type *cel_type_make(struct cel_types *t, uint8_t kind, size_t n,
                                     const struct cel_type *const *p)
{
	unsigned depth = 0;
	for (size_t i = 0; i < n; i++)
		depth = MAX_OF(depth, p[i]->depth);
	if (depth >= (unsigned)CEL_DEPTH_MAX) {
		t->is_too_deep = true;
		return CEL_TYPE_OF(CEL_DYN);
	}
	struct cel_type *m = arena_alloc(t->arena, sizeof *m);
	*m = (struct cel_type){.kind = kind, .n = (uint8_t)n, .depth = (uint16_t)(depth + 1)};
	for (size_t i = 0; i < n; i++)
		m->p[i] = p[i];
	return m;
}

const struct cel_type *cel_type_list(struct cel_types *t, const struct cel_type *of)
{
	return cel_type_make(t, CEL_LIST, 1, &of);
}

const struct cel_type *cel_type_resolve(const struct cel_types *t, const struct cel_type *a)
{
	while (a->kind == CEL_PARAM && t->found[a->id])
		a = t->found[a->id];
	return a;
}

size_t cel_types_mark(const struct cel_types *t) { return t->n_trail; }

void cel_types_undo(struct cel_types *t, size_t mark)
{
	while (t->n_trail > mark) {
		const struct cel_undo *u = &t->trail[--t->n_trail];
		t->found[u->id] = u->was;
	}
}

static void bind(struct cel_types *t, uint32_t id, const struct cel_type *to)
{
	t->trail = mem_grow(t->trail, &t->cap_trail, t->n_trail + 1, sizeof *t->trail);
	t->trail[t->n_trail++] = (struct cel_undo){id, t->found[id]};
	t->found[id] = to;
}

/* Enters a level of nesting; false past the bound. */
static bool enter(struct cel_types *t)
{
	if (++t->level <= 2 * (unsigned)CEL_DEPTH_MAX)
		return true;
	t->level--;
	t->is_too_deep = true;
	return false;
}

static bool same_head(const struct cel_type *a, const struct cel_type *b)
{
	return a->kind == b->kind && a->n == b->n && a->object == b->object && a->id == b->id &&
	       (a->kind != CEL_ABSTRACT || bytes_eq(a->name, b->name));
}

bool cel_type_same(const struct cel_type *a, const struct cel_type *b)
{
	if (a == b)
		return true;
	if (!same_head(a, b))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!cel_type_same(a->p[i], b->p[i]))
			return false;
	return true;
}

/* Whether the parameter stands within a. */
static bool occurs(struct cel_types *t, uint32_t id, const struct cel_type *a)
{
	bool is_found = false;
	a = cel_type_resolve(t, a);
	if (a->kind == CEL_PARAM)
		return a->id == id;
	if (!enter(t))
		return true;
	for (size_t i = 0; i < a->n && !is_found; i++)
		is_found = occurs(t, id, a->p[i]);
	t->level--;
	return is_found;
}

/* Whether a says no more than b: equal, or dyn and parameters where b is something. */
static bool is_wider(const struct cel_types *t, const struct cel_type *a, const struct cel_type *b)
{
	a = cel_type_resolve(t, a);
	b = cel_type_resolve(t, b);
	if (a->kind == CEL_DYN || a->kind == CEL_PARAM)
		return true;
	if (!same_head(a, b))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!is_wider(t, a->p[i], b->p[i]))
			return false;
	return true;
}

static bool fits(struct cel_types *t, const struct cel_type *a, const struct cel_type *b);

/* Whether the parameter p may be a; both resolved as far as p goes. */
static bool param_fits(struct cel_types *t, const struct cel_type *p, const struct cel_type *a)
{
	const struct cel_type *last = p;
	while (t->found[last->id] && t->found[last->id]->kind == CEL_PARAM)
		last = t->found[last->id];
	const struct cel_type *sub = t->found[last->id], *other = cel_type_resolve(t, a);
	if (other == last)
		return true;
	if (!sub) {
		if (occurs(t, last->id, other))
			return false;
		bind(t, last->id, a->kind == CEL_PARAM && other->kind != CEL_PARAM ? a : other);
		return true;
	}
	if (!fits(t, other, sub))
		return false;
	/* of two that agree the wider is kept: list(int) and list(dyn) give list(dyn) */
	if (!is_wider(t, sub, other) && is_wider(t, other, sub) && !occurs(t, last->id, other))
		bind(t, last->id, other);
	return true;
}

static bool is_nullable(const struct cel_type *a)
{
	return a->kind == CEL_NULL || a->kind == CEL_OBJECT || a->kind == CEL_ABSTRACT ||
	       a->kind == CEL_OPTIONAL || a->kind == CEL_TIMESTAMP || a->kind == CEL_DURATION;
}

static bool fits_inner(struct cel_types *t, const struct cel_type *a, const struct cel_type *b)
{
	if (b->kind == CEL_PARAM)
		return param_fits(t, b, a);
	if (a->kind == CEL_PARAM)
		return param_fits(t, a, b);
	if (a->kind == CEL_DYN || b->kind == CEL_DYN)
		return true;
	if (a->kind == CEL_NULL || b->kind == CEL_NULL)
		return is_nullable(a) && is_nullable(b);
	if (a->kind == CEL_TYPE)
		return b->kind == CEL_TYPE;
	if (!same_head(a, b))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!fits(t, a->p[i], b->p[i]))
			return false;
	return true;
}

static bool fits(struct cel_types *t, const struct cel_type *a, const struct cel_type *b)
{
	if (!enter(t))
		return false;
	bool is_fit = fits_inner(t, a, b);
	t->level--;
	return is_fit;
}

bool cel_type_fits(struct cel_types *t, const struct cel_type *a, const struct cel_type *b)
{
	size_t mark = cel_types_mark(t);
	if (fits(t, a, b))
		return true;
	cel_types_undo(t, mark);
	return false;
}

const struct cel_type *cel_type_join(struct cel_types *t, const struct cel_type *a,
                                     const struct cel_type *b)
{
	if (!a)
		return b;
	if (!cel_type_fits(t, a, b))
		return CEL_TYPE_OF(CEL_DYN);
	if (cel_type_resolve(t, b)->kind == CEL_NULL)
		return a;
	return is_wider(t, a, b) ? a : b;
}

const struct cel_type *cel_type_final(struct cel_types *t, const struct cel_type *a, bool is_last)
{
	const struct cel_type *p[3];
	bool is_changed = false;
	a = cel_type_resolve(t, a);
	if (a->kind == CEL_PARAM)
		return is_last ? CEL_TYPE_OF(CEL_DYN) : a;
	if (!a->n)
		return a;
	if (!enter(t))
		return CEL_TYPE_OF(CEL_DYN);
	for (size_t i = 0; i < a->n; i++) {
		p[i] = cel_type_final(t, a->p[i], is_last);
		is_changed |= p[i] != a->p[i];
	}
	t->level--;
	if (!is_changed)
		return a;
	struct cel_type *m = arena_alloc(t->arena, sizeof *m);
	*m = *a;
	for (size_t i = 0; i < a->n; i++) {
		m->p[i] = p[i];
		m->depth = (uint16_t)MAX_OF(m->depth, MIN_OF(p[i]->depth + 1, CEL_DEPTH_MAX));
	}
	return m;
}

static const struct cel_type *read_object(struct cel_types *t, const char **at)
{
	const char *end = strchr(*at, '}');
	struct bytes name = bytes_of(*at, (size_t)(end - *at));
	*at = end + 1;
	for (size_t i = 0; t->env->objects && t->env->objects[i]; i++)
		if (bytes_eq(name, bytes_str(t->env->objects[i]->name))) {
			struct cel_type *o = arena_alloc(t->arena, sizeof *o);
			*o = (struct cel_type){.kind = CEL_OBJECT, .depth = 1};
			o->object = t->env->objects[i];
			return o;
		}
	/* a name that only the checker knows, with the parameters behind it */
	struct cel_type *o = arena_alloc(t->arena, sizeof *o);
	*o = (struct cel_type){.kind = CEL_ABSTRACT, .depth = 1, .name = name};
	return o;
}

static const struct cel_type *read_param(struct cel_types *t, char letter,
                                         const struct cel_type *params[4])
{
	const struct cel_type **p = &params[letter - 'A'];
	if (!*p)
		*p = cel_type_param(t);
	return *p;
}

static uint8_t kind_of(char c)
{
	static const struct {
		char letter;
		uint8_t kind;
	} rows[] = {
		{'b', CEL_BOOL     },
                {'i', CEL_INT      },
                {'u', CEL_UINT     },
                {'d', CEL_DOUBLE   },
		{'s', CEL_STRING   },
                {'y', CEL_BYTES    },
                {'t', CEL_TIMESTAMP},
                {'W', CEL_DURATION },
		{'n', CEL_NULL     },
                {'*', CEL_DYN      },
                {'I', CEL_IP       },
                {'R', CEL_CIDR     },
		{'T', CEL_TYPE     },
                {'L', CEL_LIST     },
                {'M', CEL_MAP      },
                {'O', CEL_OPTIONAL },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].letter == c)
			return rows[i].kind;
	return CEL_ERROR;
}

/* The parameters of an abstract type: {name}<ABC> */
static const struct cel_type *read_abstract(struct cel_types *t, const struct cel_type *o,
                                            const char **at, const struct cel_type *params[4])
{
	struct cel_type *m = arena_alloc(t->arena, sizeof *m);
	*m = *o;
	for (++*at; **at != '>';) {
		m->p[m->n++] = cel_type_read(t, at, params);
		m->depth = 2;
	}
	++*at;
	return m;
}

const struct cel_type *cel_type_read(struct cel_types *t, const char **at,
                                     const struct cel_type *params[4])
{
	const struct cel_type *p[2];
	char c = *(*at)++;
	if (c == '{') {
		const struct cel_type *o = read_object(t, at);
		return **at == '<' ? read_abstract(t, o, at, params) : o;
	}
	if (c >= 'A' && c <= 'D')
		return read_param(t, c, params);
	uint8_t kind = kind_of(c);
	size_t n =
		kind == CEL_MAP ? 2 : kind == CEL_LIST || kind == CEL_OPTIONAL || kind == CEL_TYPE;
	if (!n)
		return CEL_TYPE_OF(kind);
	for (size_t i = 0; i < n; i++)
		p[i] = cel_type_read(t, at, params);
	return cel_type_make(t, kind, n, p);
}

const struct cel_type *cel_type_of(const struct cel_value *v)
{
	return v->kind == CEL_OBJECT ? NULL : CEL_TYPE_OF(v->kind);
}

struct bytes cel_type_name(const struct cel_type *t)
{
	if (!t)
		return B("object");
	if (t->kind == CEL_ABSTRACT)
		return t->name;
	if (t->kind == CEL_OBJECT)
		return bytes_str(t->object ? t->object->name : "object");
	if (t->kind == CEL_DYN)
		return B("dyn");
	if (t->kind == CEL_PARAM)
		return B("?");
	return bytes_str(cel_kind_name(t->kind));
}

void cel_type_show(struct buf *b, const struct cel_type *t)
{
	if (t->kind == CEL_TIMESTAMP || t->kind == CEL_DURATION)
		buf_adds(b, t->kind == CEL_TIMESTAMP ? "timestamp" : "duration");
	else if (t->kind == CEL_OPTIONAL)
		buf_adds(b, "optional");
	else
		buf_add(b, cel_type_name(t));
	for (size_t i = 0; i < t->n; i++) {
		buf_adds(b, i ? ", " : "(");
		cel_type_show(b, t->p[i]);
	}
	if (t->n)
		buf_addc(b, ')');
}
