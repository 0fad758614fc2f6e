/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_value.c - values: their memory, lists, maps, equality, order.
 *
 * Numbers of all three types lie on one line: 1 == 1u == 1.0, and as keys of maps too.
 * Source: cel-spec langdef.md, "Equality", "Ordering".
 */
#include "policy/cel_parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct cel_chunk {
	struct cel_chunk *next;
	size_t n;
	uint8_t b[] __attribute__((aligned(16)));
};

enum { CHUNK = 64 << 10 };

static bool chunk_add(struct cel_heap *h, size_t n)
{
	size_t size = n > CHUNK ? n : CHUNK;
	struct cel_chunk *c = h->spare;
	if (c && c->n >= size) {
		h->spare = c->next;
	} else {
		c = mem_alloc(sizeof *c + size);
		c->n = size;
	}
	c->next = h->chunks;
	h->chunks = c;
	h->p = c->b;
	h->end = c->b + c->n;
	return true;
}

void *cel_alloc(struct cel_run *r, size_t n)
{
	struct cel_heap *h = &r->heap;
	size_t rounded = (n + 15) & ~(size_t)15;
	if (n > h->max || rounded > h->max - h->used) {
		r->is_spent = h->is_spent = true;
		return NULL;
	}
	n = rounded;
	if (n > (size_t)(h->end - h->p))
		chunk_add(h, n);
	void *p = h->p;
	h->p += n;
	h->used += n;
	return p;
}

/* All memory of the last evaluation back; one chunk is kept. */
static void heap_reset(struct cel_heap *h)
{
	while (h->chunks && (h->chunks->next || h->chunks->n > CHUNK)) {
		struct cel_chunk *c = h->chunks;
		h->chunks = c->next;
		free(c);
	}
	h->p = h->chunks ? h->chunks->b : NULL;
	h->end = h->chunks ? h->chunks->b + h->chunks->n : NULL;
	h->used = 0;
	h->is_spent = false;
}

static void heap_fini(struct cel_heap *h)
{
	while (h->chunks) {
		struct cel_chunk *c = h->chunks;
		h->chunks = c->next;
		free(c);
	}
}

void cel_run_init(struct cel_run *r, const struct cel_env *env, const void *host)
{
	*r = (struct cel_run){.env = env, .host = host, .cost_max = (uint64_t)CEL_COST_MAX};
	r->heap.max = (size_t)CEL_MEMORY_MAX;
	for (const struct cel_var *v = env->vars; v && v->name; v++)
		r->n_globals++;
	r->globals = mem_zalloc((r->n_globals + 1) * sizeof *r->globals);
	r->has_global = mem_zalloc(r->n_globals + 1);
	r->keep = arena_new();
}

void cel_run_fini(struct cel_run *r)
{
	heap_fini(&r->heap);
	free(r->globals);
	free(r->has_global);
	arena_free(r->keep);
	cel_regexes_free(r->regexes);
}

void cel_run_set(struct cel_run *r, size_t slot, struct cel_value v)
{
	r->globals[slot] = v;
	r->has_global[slot] = true;
}

void cel_run_forget(struct cel_run *r, const void *host)
{
	memset(r->has_global, 0, r->n_globals);
	arena_free(r->keep);
	r->keep = arena_new();
	r->host = host;
}

void cel_run_begin(struct cel_run *r)
{
	heap_reset(&r->heap);
	r->total += r->cost;
	r->cost = 0;
	r->is_spent = r->total_max && r->total > r->total_max;
}

bool cel_spend(struct cel_run *r, size_t n)
{
	r->cost += n;
	if (r->cost > r->cost_max)
		r->is_spent = true;
	return !r->is_spent;
}

struct cel_value cel_size_error(struct cel_run *r)
{
	r->is_spent = true;
	return (struct cel_value){
		.kind = CEL_ERROR,
		.s = r->heap.is_spent ? B("the evaluation needs too much memory (CEL_MEMORY_MAX)")
	             : r->total_max && r->total > r->total_max
	                     ? B("all evaluations together take too long (POLICY_COST_MAX)")
	                     : B("the evaluation takes too long (CEL_COST_MAX)")};
}

struct cel_value cel_error(struct cel_run *r, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	size_t length = n < 0 ? 0 : MIN_OF((size_t)n, sizeof text - 1);
	uint8_t *p = r->is_spent ? NULL : cel_alloc(r, length + 1);
	if (!p)
		return cel_size_error(r);
	memcpy(p, text, length);
	return (struct cel_value){.kind = CEL_ERROR, .s = bytes_of(p, length)};
}

struct cel_value cel_no_overload(struct cel_run *r, const char *function, const struct cel_value *v,
                                 size_t n)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 160);
	for (size_t i = 0; i < n && i < 4; i++) {
		if (v[i].kind == CEL_ERROR)
			return v[i];
		buf_addf(&b, "%s%.*s", i ? ", " : "", BYTES_FMT(cel_type_name(cel_type_of(&v[i]))));
	}
	return cel_error(r, "no such overload: %s of %.*s", function, BYTES_FMT(buf_bytes(&b)));
}

static unsigned depth_of(const struct cel_value *v)
{
	switch (v->kind) {
	case CEL_LIST:
		return v->list->depth;
	case CEL_MAP:
		return v->map->depth;
	case CEL_OPTIONAL:
		/* what an optional holds is bounded as if it were in lists */
		return v->opt ? depth_of(v->opt) + 1 : 1;
	default:
		return 0;
	}
}

static bool is_too_deep(const struct cel_value *v, size_t n, unsigned *ret)
{
	unsigned most = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned d = depth_of(&v[i]);
		most = MAX_OF(most, d);
	}
	*ret = most + 1;
	return most >= (unsigned)CEL_DEPTH_MAX;
}

struct cel_value cel_list_of(struct cel_run *r, const struct cel_value *v, size_t n)
{
	unsigned depth;
	if (is_too_deep(v, n, &depth))
		return cel_error(r, "lists nest too deep (CEL_DEPTH_MAX)");
	struct cel_list *l = cel_alloc(r, sizeof *l);
	if (!l)
		return cel_size_error(r);
	*l = (struct cel_list){.n = n, .depth = depth, .v = v};
	return (struct cel_value){.kind = CEL_LIST, .list = l};
}

struct cel_value cel_some(struct cel_run *r, struct cel_value v)
{
	unsigned depth;
	if (v.kind == CEL_ERROR)
		return v;
	if (is_too_deep(&v, 1, &depth))
		return cel_error(r, "optionals nest too deep (CEL_DEPTH_MAX)");
	struct cel_value *o = cel_alloc(r, sizeof *o);
	if (!o)
		return cel_size_error(r);
	*o = v;
	return (struct cel_value){.kind = CEL_OPTIONAL, .opt = o};
}

/* Numbers that are equal hash alike. */
static uint64_t hash_number(uint64_t n) { return n * UINT64_C(0x9e3779b97f4a7c15) >> 7; }

bool cel_hash(const struct cel_value *k, uint64_t *ret)
{
	switch (k->kind) {
	case CEL_BOOL:
		*ret = hash_number(k->b + UINT64_C(0x1234567));
		return true;
	case CEL_INT:
	case CEL_UINT:
		*ret = hash_number(k->u);
		return true;
	case CEL_DOUBLE:
		if (k->d != floor(k->d) || k->d < -0x1p63 || k->d >= 0x1p64)
			return false;
		*ret = hash_number(k->d < 0 ? (uint64_t)(int64_t)k->d : (uint64_t)k->d);
		return true;
	case CEL_STRING:
		*ret = hash64(k->s, 0x5eed);
		return true;
	default:
		return false;
	}
}

static bool is_number(const struct cel_value *v)
{
	return v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE;
}

/* An integer against a double, exactly; d is no NaN. */
static int compare_int_double(int64_t i, double d)
{
	if (d < -0x1p63)
		return 1;
	if (d >= 0x1p63)
		return -1;
	int64_t whole = (int64_t)d;
	if (i != whole)
		return i < whole ? -1 : 1;
	return d > (double)whole ? -1 : d < (double)whole;
}

static int compare_uint_double(uint64_t u, double d)
{
	if (d < 0)
		return 1;
	if (d >= 0x1p64)
		return -1;
	uint64_t whole = (uint64_t)d;
	if (u != whole)
		return u < whole ? -1 : 1;
	return d > (double)whole ? -1 : 0;
}

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

/* Either of the whole types against a double that is a number. */
static int compare_double(const struct cel_value *a, double d)
{
	if (a->kind == CEL_DOUBLE)
		return ORDER(a->d, d);
	return a->kind == CEL_INT ? compare_int_double(a->i, d) : compare_uint_double(a->u, d);
}

static int compare_whole(const struct cel_value *a, const struct cel_value *b)
{
	bool is_a_negative = a->kind == CEL_INT && a->i < 0;
	bool is_b_negative = b->kind == CEL_INT && b->i < 0;
	if (is_a_negative != is_b_negative)
		return is_a_negative ? -1 : 1;
	return ORDER(a->u, b->u);
}

/* false: one is no number at all. */
static bool compare_numbers(const struct cel_value *a, const struct cel_value *b, int *ret)
{
	if ((a->kind == CEL_DOUBLE && isnan(a->d)) || (b->kind == CEL_DOUBLE && isnan(b->d)))
		return false;
	if (b->kind == CEL_DOUBLE)
		*ret = compare_double(a, b->d);
	else
		*ret = a->kind == CEL_DOUBLE ? -compare_double(b, a->d) : compare_whole(a, b);
	return true;
}

bool cel_compare(const struct cel_value *a, const struct cel_value *b, int *ret)
{
	if (is_number(a) && is_number(b)) {
		/* a NaN has no order: every comparison is false, which *ret cannot say */
		return compare_numbers(a, b, ret);
	}
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case CEL_BOOL:
		*ret = ORDER(a->b, b->b);
		return true;
	case CEL_STRING:
	case CEL_BYTES:
		*ret = bytes_cmp(a->s, b->s);
		return true;
	case CEL_DURATION:
		*ret = ORDER(a->i, b->i);
		return true;
	case CEL_TIMESTAMP:
		*ret = a->time.s != b->time.s ? ORDER(a->time.s, b->time.s)
		                              : ORDER(a->time.ns, b->time.ns);
		return true;
	default:
		return false;
	}
}

static bool lists_equal(struct cel_run *r, const struct cel_list *a, const struct cel_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!cel_equal(r, &a->v[i], &b->v[i]))
			return false;
	return true;
}

static bool maps_equal(struct cel_run *r, const struct cel_map *a, const struct cel_map *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct cel_value *v = cel_map_get(b, &a->keys[i]);
		if (!v || !cel_equal(r, &a->values[i], v))
			return false;
	}
	return true;
}

static bool nets_equal(const struct cel_value *a, const struct cel_value *b)
{
	const struct cel_net *x = a->net, *y = b->net;
	return x->is_v6 == y->is_v6 && x->prefix == y->prefix && !memcmp(x->b, y->b, sizeof x->b);
}

bool cel_equal(struct cel_run *r, const struct cel_value *a, const struct cel_value *b)
{
	int order;
	if (r && !cel_spend(r, 1))
		return false;
	if (is_number(a) && is_number(b))
		return compare_numbers(a, b, &order) && !order;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case CEL_NULL:
		return true;
	case CEL_TYPE:
		return bytes_eq(cel_type_name(a->type), cel_type_name(b->type));
	case CEL_LIST:
		return lists_equal(r, a->list, b->list);
	case CEL_MAP:
		return maps_equal(r, a->map, b->map);
	case CEL_OPTIONAL:
		return !a->opt || !b->opt ? a->opt == b->opt : cel_equal(r, a->opt, b->opt);
	case CEL_OBJECT:
		return a->obj.p == b->obj.p && a->obj.type == b->obj.type && a->hint == b->hint;
	case CEL_IP:
	case CEL_CIDR:
		return nets_equal(a, b);
	default:
		return cel_compare(a, b, &order) && !order;
	}
}

/* The place of a key in the index, or where it belongs. */
static size_t probe(const struct cel_map *m, const struct cel_value *key, uint64_t hash)
{
	size_t at = (size_t)hash & m->mask;
	while (m->index[at] && !cel_equal(NULL, &m->keys[m->index[at] - 1], key))
		at = (at + 1) & m->mask;
	return at;
}

const struct cel_value *cel_map_get(const struct cel_map *m, const struct cel_value *key)
{
	uint64_t hash;
	if (m->index) {
		if (!cel_hash(key, &hash))
			return NULL;
		size_t at = probe(m, key, hash);
		return m->index[at] ? &m->values[m->index[at] - 1] : NULL;
	}
	for (size_t i = 0; i < m->n; i++)
		if (cel_equal(NULL, &m->keys[i], key))
			return &m->values[i];
	return NULL;
}

static struct cel_value map_bad_key(struct cel_run *r, const struct cel_value *key, bool is_double)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 80);
	cel_show(&b, key, 60);
	return is_double ? cel_error(r, "the key %.*s stands in a map twice",
	                             BYTES_FMT(buf_bytes(&b)))
	                 : cel_error(r, "unsupported key type: %.*s",
	                             BYTES_FMT(cel_type_name(cel_type_of(key))));
}

static bool map_index(struct cel_run *r, struct cel_map *m)
{
	size_t size = 32;
	while (size < m->n * 2)
		size *= 2;
	uint32_t *index = cel_alloc(r, size * sizeof *index);
	if (!index)
		return false;
	memset(index, 0, size * sizeof *index);
	m->mask = size - 1;
	m->index = index;
	return true;
}

struct cel_value cel_map_of(struct cel_run *r, const struct cel_value *keys,
                            const struct cel_value *values, size_t n)
{
	unsigned depth;
	uint64_t hash;
	if (is_too_deep(values, n, &depth))
		return cel_error(r, "maps nest too deep (CEL_DEPTH_MAX)");
	struct cel_map *m = cel_alloc(r, sizeof *m);
	if (!m)
		return cel_size_error(r);
	*m = (struct cel_map){.n = n, .depth = depth, .keys = keys, .values = values};
	if (n > 8 && !map_index(r, m))
		return cel_size_error(r);
	uint32_t *index = m->index ? (uint32_t *)(uintptr_t)m->index : NULL;
	for (size_t i = 0; i < n; i++) {
		if (!cel_hash(&keys[i], &hash) || keys[i].kind == CEL_DOUBLE)
			return map_bad_key(r, &keys[i], false);
		size_t at = index ? probe(m, &keys[i], hash) : 0;
		bool is_twice = index && index[at];
		for (size_t k = 0; !index && k < i; k++)
			is_twice |= cel_equal(NULL, &keys[k], &keys[i]);
		if (is_twice)
			return map_bad_key(r, &keys[i], true);
		if (index)
			index[at] = (uint32_t)i + 1;
	}
	return (struct cel_value){.kind = CEL_MAP, .map = m};
}

void cel_buf(struct cel_run *r, struct buf *b) { buf_init(b, r->heap.max - r->heap.used); }

struct cel_value cel_take(struct cel_run *r, enum cel_value_kind kind, struct buf *b)
{
	uint8_t *p = b->overflow || !cel_spend(r, b->n / 8) ? NULL : cel_alloc(r, b->n + 1);
	if (!p) {
		r->heap.is_spent |= b->overflow;
		return cel_size_error(r);
	}
	if (b->n)
		memcpy(p, b->p, b->n);
	return (struct cel_value){.kind = kind, .s = bytes_of(p, b->n)};
}
