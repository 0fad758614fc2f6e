/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pull_pool.c - pullers that are kept: images of one repository share processes, connections and
 * tokens.
 */
#include "source/pull.h"

#include <string.h>

/* One is in use at a time; the others wait for their repository to come again.  A process remembers
 * a little of each request, so it does not live for ever. */
enum { KEPT = 8, USES = 500 };

struct source_pool {
	struct kept {
		struct puller *puller; /* NULL: free */
		struct buf key;        /* frame of its setup; wiped */
		unsigned uses;
		uint64_t turn; /* when it was used last */
		bool is_taken;
	} v[KEPT];
	uint64_t turn;
};

struct source_pool *source_pool_new(void) { return mem_zalloc(sizeof(struct source_pool)); }

static void drop(struct kept *k)
{
	puller_free(k->puller);
	buf_wipe(&k->key);
	buf_fini(&k->key);
	*k = (struct kept){.puller = NULL};
}

void source_pool_free(struct source_pool *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < KEPT; i++)
		drop(&p->v[i]);
	free(p);
}

/* The one with that key; else the free one, or the one that waits longest. */
static struct kept *choose(struct source_pool *p, struct bytes key)
{
	struct kept *best = NULL;
	for (size_t i = 0; i < KEPT; i++) {
		struct kept *k = &p->v[i];
		if (k->is_taken)
			continue;
		if (k->puller && bytes_eq(buf_bytes(&k->key), key))
			return k;
		if (!best || k->turn < best->turn)
			best = k;
	}
	return best;
}

struct puller *pool_take(struct source_pool *pool, const struct pull_setup *setup)
{
	struct buf key;
	struct kept *k = NULL;
	if (!pool)
		return puller_new(setup);
	buf_init(&key, (size_t)REGISTRY_SETUP_MAX);
	pull_put_setup(&key, setup);
	if (!key.overflow)
		k = choose(pool, buf_bytes(&key));
	if (k && k->puller && (k->uses >= USES || !bytes_eq(buf_bytes(&k->key), buf_bytes(&key))))
		drop(k);
	bool is_new = k && !k->puller;
	if (is_new) {
		k->puller = puller_new(setup);
		k->key = key;
	} else {
		buf_wipe(&key);
		buf_fini(&key);
	}
	if (!k)
		return puller_new(setup);
	k->uses++;
	k->turn = ++pool->turn;
	k->is_taken = true;
	return k->puller;
}

void pool_give(struct source_pool *pool, struct puller *p)
{
	for (size_t i = 0; pool && p && i < KEPT; i++) {
		if (pool->v[i].puller != p)
			continue;
		pool->v[i].is_taken = false;
		return;
	}
	puller_free(p);
}
