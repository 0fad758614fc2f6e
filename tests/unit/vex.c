/* SPDX-License-Identifier: Apache-2.0 */
/* VEX documents: bounds, and what is none.  What their statements mean is tests/judge/vex.py. */
#include "fmt/fmt.h"

#include "test.h"

static int count(void *arg, const struct vex_statement *s, struct err *e)
{
	(void)s;
	(void)e;
	++*(uint64_t *)arg;
	return 0;
}

static int read_text(struct bytes text, uint64_t *ret)
{
	struct err e;
	AUTO_ARENA struct arena *a = arena_new();
	*ret = 0;
	return vex_read(text, a, count, ret, &e);
}

#define HEAD                                                                                       \
	"{\"@context\":\"https://openvex.dev/"                                                     \
	"ns\",\"statements\":[{\"status\":\"fixed\",\"vulnerability\":"

static void test_bounds(void)
{
	uint64_t n;
	for (int past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)JSON_DOC_MAX);
		buf_adds(&b, HEAD "{\"name\":\"0\",\"aliases\":[\"x\"");
		for (int i = 2; i < VEX_IDS_MAX + past; i++)
			buf_addf(&b, ",\"%d\"", i);
		buf_adds(&b, "]},\"products\":[\"pkg:npm/a\"]}]}");
		test_case((read_text(buf_bytes(&b), &n) == 0) == !past, "VEX_IDS_MAX%s",
		          past ? " + 1" : "");
		buf_reset(&b);
		/* 1,000 products times 1,000 parts is VEX_STATEMENTS_MAX */
		buf_adds(&b, HEAD "\"C\",\"subcomponents\":[\"p\"");
		for (int i = 1; i < 1000; i++)
			buf_adds(&b, ",\"p\"");
		buf_adds(&b, "],\"products\":[\"p\"");
		for (int i = 1; i < 1000 + past; i++)
			buf_adds(&b, ",\"p\"");
		buf_adds(&b, "]}]}");
		int res = read_text(buf_bytes(&b), &n);
		test_case((res == 0) == !past && n == (uint64_t)VEX_STATEMENTS_MAX,
		          "VEX_STATEMENTS_MAX%s", past ? " + 1" : "");
	}
}

int main(void)
{
	static const char *const none[] = {"",
	                                   "{",
	                                   "[]",
	                                   "{}",
	                                   "{\"@context\":7}",
	                                   "{\"bomFormat\":\"x\"}",
	                                   "{\"document\":{\"category\":\"csaf_base\"}}"};
	uint64_t n;
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		test_case(read_text(bytes_str(none[i]), &n) < 0, "%s is no VEX document", none[i]);
	CHECK(read_text(B(HEAD "7,\"products\":[7,{},{\"@id\":7}]}]}"), &n) == 0 && n == 0);
	test_bounds();
	return TEST_END();
}
