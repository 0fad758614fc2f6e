/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - what is put in is found again, growth included; hash64 against XXH3's own values. */
#include "base/map.h"

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "test.h"

static void test_small(void)
{
	AUTO_MAP struct map *m = map_new();
	bool is_new = false;
	CHECK(map_get(m, B("a")) == NULL && map_count(m) == 0);
	map_put(m, B("a"), &is_new)->u = 1;
	CHECK(is_new && map_count(m) == 1);
	CHECK(map_put(m, B("a"), &is_new)->u == 1 && !is_new && map_count(m) == 1);
	CHECK(map_get(m, B("b")) == NULL);
	/* empty, absent and NUL are keys like any other; empty and absent are one */
	map_put(m, B(""), NULL)->u = 2;
	map_put(m, bytes_of("\0", 1), NULL)->u = 3;
	map_put(m, bytes_of("\0\0", 2), NULL)->u = 4;
	CHECK(map_get(m, (struct bytes){NULL, 0})->u == 2);
	CHECK(map_get(m, bytes_of("\0", 1))->u == 3 && map_count(m) == 4);
	map_free(NULL);
}

static void test_many(void)
{
	enum { MANY = 100000 };
	AUTO_MAP struct map *m = map_new();
	AUTO_ARENA struct arena *a = arena_new();
	int wrong = 0;
	for (int i = 0; i < MANY; i++) {
		bool is_new;
		map_put(m, bytes_str(arena_printf(a, "usr/lib/%d", i)), &is_new)->u = (uint64_t)i;
		wrong += !is_new;
	}
	for (int i = 0; i < MANY; i++) {
		char key[32];
		int n = snprintf(key, sizeof key, "usr/lib/%d", i);
		const union map_value *v = map_get(m, bytes_of(key, (size_t)n));
		wrong += !v || v->u != (uint64_t)i;
		key[0] = 'U';
		wrong += map_get(m, bytes_of(key, (size_t)n)) != NULL;
	}
	CHECK(wrong == 0 && map_count(m) == MANY);
}

int main(void)
{
	test_small();
	test_many();
	/* the values that `xxhsum -H3` prints */
	CHECK(hash64(B(""), 0) == UINT64_C(0x2d06800538d394c2));
	CHECK(hash64((struct bytes){NULL, 0}, 0) == hash64(B(""), 0));
	CHECK(hash64(B("a"), 1) != hash64(B("a"), 2));
	return TEST_END();
}
