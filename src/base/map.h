/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map.h - a hash table from bytes to a pointer or number.
 *
 * Keys are not copied: they must outlive the map (put them into an arena).  The hash is seeded per
 * process, so an image cannot choose names that collide; iterate sorted lists, never the map, so
 * that no output depends on the seed.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/bytes.h"

union map_value {
	void *p;
	uint64_t u;
};

struct map; /* opaque: open addressing, power-of-two size, load <= 3/4 */

struct map *map_new(void);
void map_free(struct map *m);
size_t map_count(const struct map *m);
/* The slot of key, or NULL. */
union map_value *map_get(const struct map *m, struct bytes key);
/* The slot of key, made with value {0} where it was missing (*ret_is_new says; may be NULL).
 * Valid until the next map_put. */
union map_value *map_put(struct map *m, struct bytes key, bool *ret_is_new);
void auto_map(struct map **m);
#define AUTO_MAP __attribute__((cleanup(auto_map)))

/* 64-bit hash of b (XXH3) under a seed of the caller's. */
uint64_t hash64(struct bytes b, uint64_t seed);

#endif
