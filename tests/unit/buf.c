/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c - buffers at their maximum and one past it; arenas. */
#include <stdint.h>
#include <string.h>

#include "base/base.h"
#include "test.h"

static void test_buf(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 5);
	CHECK(buf_bytes(&b).p && buf_bytes(&b).n == 0 && strcmp(buf_cstr(&b), "") == 0);
	CHECK(buf_adds(&b, "abc") == 0 && buf_addc(&b, 'd') == 0 && !b.overflow);
	CHECK(buf_adds(&b, "ef") == -1 && b.overflow && b.n == 4);
	CHECK(buf_addf(&b, "%d", 10) == -1 && b.n == 4);
	CHECK(buf_addf(&b, "%d", 7) == 0 && strcmp(buf_cstr(&b), "abcd7") == 0);
	CHECK(buf_addc(&b, 'x') == -1 && buf_add(&b, (struct bytes){NULL, 0}) == 0);
	CHECK(buf_room(&b, SIZE_MAX) == NULL && buf_room(&b, 0) != NULL);
	buf_reset(&b);
	CHECK(b.n == 0 && !b.overflow && b.cap > 0);
	CHECK(buf_add(&b, bytes_of("\0\1", 2)) == 0 && b.n == 2 && buf_cstr(&b)[2] == 0);
	buf_fini(&b);
	buf_fini(&b);
	CHECK(buf_addc(&b, 'x') == -1); /* nothing fits one that was never made */
}

static void test_big(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 1 << 20; i++)
		buf_addc(&b, (uint8_t)i);
	CHECK(b.n == 1 << 20 && !b.overflow && b.p[0x12345] == 0x45);
	CHECK(buf_addc(&b, 0) == -1);
}

static void test_arena(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	int wrong = 0;
	uint8_t *ps[2000];
	for (size_t i = 0; i < ARRAY_LEN(ps); i++) {
		size_t n = i % 100 == 99 ? 100000 : i % 40;
		ps[i] = arena_alloc(a, n);
		wrong += (uintptr_t)ps[i] % 16 != 0;
		for (size_t k = 0; k < n; k++)
			wrong += ps[i][k] != 0;
		memset(ps[i], (int)i, n);
	}
	for (size_t i = 0; i < ARRAY_LEN(ps); i++) {
		if (i % 40)
			wrong += ps[i][i % 40 - 1] != (uint8_t)i;
	}
	CHECK(wrong == 0 && arena_size(a) > 2000000);
	struct bytes d = arena_dup(a, bytes_of("a\0b", 3));
	CHECK(bytes_eq(d, bytes_of("a\0b", 3)) && d.p[3] == 0);
	CHECK(arena_dup(a, (struct bytes){NULL, 0}).p == NULL);
	CHECK(arena_dup(a, B("")).p != NULL && arena_str(a, (struct bytes){NULL, 0}) == NULL);
	CHECK(strcmp(arena_str(a, B("text")), "text") == 0);
	CHECK(strcmp(arena_printf(a, "%s-%d", "x", 7), "x-7") == 0);
	arena_free(NULL);
}

int main(void)
{
	test_buf();
	test_big();
	test_arena();
	return TEST_END();
}
