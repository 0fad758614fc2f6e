/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - open addressing with linear probing; nothing is ever taken out. */
#include "base/map.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/base.h"

enum { SLOTS_MIN = 16 };

struct slot {
	struct bytes key;
	uint64_t hash; /* 0: free; a key that hashes to 0 is kept as 1 */
	union map_value value;
};

/* size is a power of two; used <= 3/4 of it, so a probe always meets a free slot. */
struct map {
	struct slot *slots;
	size_t size, used;
};

static uint64_t seed;
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

/* Without getrandom (a kernel before 3.17, a stricter filter) addresses and the clock must do. */
static void make_seed(void)
{
	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed)
		return;
	struct timespec ts = {0};
	clock_gettime(CLOCK_REALTIME, &ts);
	uint64_t mix[] = {(uint64_t)ts.tv_nsec, (uint64_t)ts.tv_sec, (uint64_t)getpid(),
	                  (uint64_t)(uintptr_t)&ts};
	seed = XXH3_64bits(mix, sizeof mix);
}

uint64_t hash64(struct bytes b, uint64_t with_seed)
{
	return XXH3_64bits_withSeed(b.n ? b.p : (const uint8_t *)"", b.n, with_seed);
}

struct map *map_new(void)
{
	pthread_once(&seed_once, make_seed);
	return mem_zalloc(sizeof(struct map));
}

void map_free(struct map *m)
{
	if (!m)
		return;
	free(m->slots);
	free(m);
}

void auto_map(struct map **m) { map_free(*m); }

size_t map_count(const struct map *m) { return m->used; }

/* The slot that holds key, or the free one where it belongs. */
static struct slot *find(struct slot *slots, size_t size, struct bytes key, uint64_t hash)
{
	size_t i = hash & (size - 1);
	while (slots[i].hash && !(slots[i].hash == hash && bytes_eq(slots[i].key, key)))
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static uint64_t hash_key(struct bytes key)
{
	uint64_t h = hash64(key, seed);
	return h ? h : 1;
}

union map_value *map_get(const struct map *m, struct bytes key)
{
	if (!m->used)
		return NULL;
	struct slot *s = find(m->slots, m->size, key, hash_key(key));
	return s->hash ? &s->value : NULL;
}

static void grow(struct map *m)
{
	size_t size = m->size ? m->size * 2 : SLOTS_MIN;
	size_t total;
	if (__builtin_mul_overflow(size, sizeof(struct slot), &total))
		die_nomem(size);
	struct slot *slots = mem_zalloc(total);
	for (size_t i = 0; i < m->size; i++) {
		const struct slot *old = &m->slots[i];
		if (old->hash)
			*find(slots, size, old->key, old->hash) = *old;
	}
	free(m->slots);
	m->slots = slots;
	m->size = size;
}

union map_value *map_put(struct map *m, struct bytes key, bool *ret_is_new)
{
	if (m->used >= m->size / 4 * 3)
		grow(m);
	uint64_t hash = hash_key(key);
	struct slot *s = find(m->slots, m->size, key, hash);
	bool is_new = s->hash == 0;
	if (is_new) {
		*s = (struct slot){.key = key, .hash = hash};
		m->used++;
	}
	if (ret_is_new)
		*ret_is_new = is_new;
	return &s->value;
}
