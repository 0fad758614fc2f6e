/* SPDX-License-Identifier: Apache-2.0 */
/* owners.c - which packages say that a file is theirs, found by the index of each layer. */
#include "judge/owners.h"

#include <stdlib.h>

#include "judge/seen.h"

struct divert {
	struct fact_divert f;      /* real paths */
	const struct divert *next; /* to the same path */
};

struct owners {
	const struct judge_input *in;
	struct seen_links links;
	struct arena *a;
	struct map *from; /* real path before → struct divert */
	struct map *to;   /* real path after → struct divert, the first of a chain */
};

struct owners *owners_new(const struct judge_input *in)
{
	struct owners *o = mem_zalloc(sizeof *o);
	o->in = in;
	o->a = arena_new();
	o->from = map_new();
	o->to = map_new();
	seen_links(in, o->a, &o->links);
	AUTO_BUF struct buf real;
	buf_init(&real, (size_t)PATH_LEN_MAX);
	struct seen s = seen_begin(in, FACT_DIVERT);
	for (struct bytes cbor; seen_next(&s, &cbor);) {
		struct divert *d = arena_alloc(o->a, sizeof *d);
		if (!fact_decode_divert(cbor, &d->f))
			continue;
		d->f.from = arena_dup(o->a, seen_real(&o->links, d->f.from, &real));
		d->f.to = arena_dup(o->a, seen_real(&o->links, d->f.to, &real));
		map_put(o->from, d->f.from, NULL)->p = d;
		union map_value *first = map_put(o->to, d->f.to, NULL);
		d->next = first->p;
		first->p = d;
	}
	return o;
}

void owners_free(struct owners *o)
{
	if (!o)
		return;
	map_free(o->from);
	map_free(o->to);
	arena_free(o->a);
	free(o);
}

void auto_owners(struct owners **o) { owners_free(*o); }

struct asking {
	const struct owners *o;
	struct bytes path; /* who owns this? */
	bool (*fn)(void *arg, const struct owner *owner);
	void *arg;
	struct buf real;
	size_t layer;
	bool is_look;
};

/* The path that the image shows what f speaks of at; the name is left to who diverts. */
static struct bytes place_of(struct asking *q, const struct fact_owned *f)
{
	struct bytes name, arch, path = seen_real(&q->o->links, f->file, &q->real);
	const union map_value *slot = map_get(q->o->from, path);
	const struct divert *d = slot ? slot->p : NULL;
	bytes_cut(f->package, ':', &name, &arch);
	return d && !bytes_eq(d->f.package, f->package) && !bytes_eq(d->f.package, name) ? d->f.to
	                                                                                 : path;
}

/* What the set states of a file of this name. */
static bool ask_name(struct asking *q, const struct factset *fs, struct bytes name)
{
	struct owner owner = {.layer = q->layer};
	struct owned_iter it = owned_iter(fs, name);
	while (owned_next(&it, &owner.f)) {
		if (!bytes_eq(place_of(q, &owner.f), q->path))
			continue;
		owner.is_shown =
			q->is_look || view_shows(q->o->in->view, q->layer, owner.f.head.path);
		if (!q->fn(q->arg, &owner))
			return false;
	}
	return true;
}

/* By the real path, and by those that lead to it through a link of the root. */
static bool ask_names(struct asking *q, const struct factset *fs, struct bytes path)
{
	if (!ask_name(q, fs, path))
		return false;
	AUTO_BUF struct buf name;
	buf_init(&name, 2 * (size_t)PATH_LEN_MAX);
	for (size_t i = 0; i < q->o->links.n; i++) {
		struct bytes to = q->o->links.v[i].to;
		if (!bytes_starts(path, to) || path.n <= to.n || path.p[to.n] != '/')
			continue;
		buf_reset(&name);
		buf_add(&name, q->o->links.v[i].from);
		buf_add(&name, bytes_skip(path, to.n));
		if (!ask_name(q, fs, buf_bytes(&name)))
			return false;
	}
	return true;
}

static bool ask_set(struct asking *q, const struct factset *fs)
{
	if (!ask_names(q, fs, q->path))
		return false;
	const union map_value *slot = map_get(q->o->to, q->path);
	for (const struct divert *d = slot ? slot->p : NULL; d; d = d->next) {
		if (!ask_names(q, fs, d->f.from))
			return false;
	}
	return true;
}

void owners_of(const struct owners *o, struct bytes path,
               bool (*fn)(void *arg, const struct owner *owner), void *arg)
{
	struct asking q = {.o = o, .path = path, .fn = fn, .arg = arg};
	buf_init(&q.real, (size_t)PATH_LEN_MAX);
	bool is_on = true;
	for (size_t i = 0; is_on && i < 2 * o->in->n_layers; i++) {
		q.layer = i / 2;
		q.is_look = i % 2;
		const struct factset *fs =
			q.is_look ? o->in->looks[q.layer] : o->in->layers[q.layer];
		is_on = !fs || ask_set(&q, fs);
	}
	buf_fini(&q.real);
}
