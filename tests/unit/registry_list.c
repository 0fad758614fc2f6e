/* SPDX-License-Identifier: Apache-2.0 */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

static const struct {
	const char *name, *header, *next;
} links[] = {
	{"relative",                   "</v2/_catalog?last=b&n=2>; rel=\"next\"",                            "_catalog?last=b&n=2"},
	{"absolute",                   "<https://reg.example:5000/v2/a/tags/list?n=2&last=x>; rel=\"next\"",
         "a/tags/list?n=2&last=x"												 },
	{"rel without quotes",         "</v2/x>;rel=next",						   "x"                  },
	{"other parameters before",    "</v2/x>; title=\"t\"; rel=\"next\"",                                 "x"                  },
	{"the second of two",          "</v2/p>; rel=\"prev\", </v2/x>; rel=\"next\"",                       "x"                  },
	{"another rel",                "</v2/x>; rel=\"prev\"",                                              NULL                 },
	{"no rel",		     "</v2/x>",							    NULL                 },
	{"another host",               "<https://evil.example/v2/x>; rel=\"next\"",                          NULL                 },
	{"a host that begins like it", "<https://reg.example:50001/v2/x>; rel=\"next\"",                     NULL                 },
	{"without scheme",             "<//reg.example:5000/v2/x>; rel=\"next\"",                            NULL                 },
	{"outside the API",            "</v1/x>; rel=\"next\"",                                              NULL                 },
	{"climbing out",               "</v2/../admin>; rel=\"next\"",                                       NULL                 },
	{"a line end",                 "</v2/x\r\nHost: y>; rel=\"next\"",                                   NULL                 },
	{"no end",		     "</v2/x",							     NULL                 },
	{"empty address",              "</v2/>; rel=\"next\"",                                               NULL                 },
	{"empty",		      "",								   NULL                 },
};

static const struct {
	const char *name, *json;
	int n; /* -1: refused */
} lists[] = {
	{"two",		 "{\"name\":\"a\",\"tags\":[\"1\",\"2\"]}", 2 },
	{"none",                "{\"tags\":[]}",                           0 },
	{"null",                "{\"name\":\"a\",\"tags\":null}",          0 },
	{"no member",           "{\"name\":\"a\"}",                        -1},
	{"text in its place",   "{\"tags\":\"1\"}",                        -1},
	{"a number among them", "{\"tags\":[\"1\",2]}",                    -1},
	{"an empty name",       "{\"tags\":[\"\"]}",                       -1},
	{"a list",              "[]",				      -1},
	{"cut short",           "{\"tags\":[\"1\"",                        -1},
};

static void link_bounds(void)
{
	for (size_t n = (size_t)REGISTRY_LINK_MAX; n <= (size_t)REGISTRY_LINK_MAX + 1; n++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 4096);
		buf_adds(&b, "</v2/");
		while (b.n < n + 1)
			buf_addc(&b, 'x');
		buf_adds(&b, ">; rel=next");
		bool has = registry_next_link(buf_bytes(&b), B("h")).n > 0;
		CHECK(registry_goes_on(buf_bytes(&b)));
		test_case(has == (n <= (size_t)REGISTRY_LINK_MAX), "a link of %zu bytes", n);
	}
}

static void list_bounds(void)
{
	for (size_t n = (size_t)REGISTRY_LIST_MAX; n <= (size_t)REGISTRY_LIST_MAX + 1; n++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf b;
		struct bytes *v;
		size_t got;
		struct err e;
		buf_init(&b, 1 << 20);
		buf_adds(&b, "{\"tags\":[\"x\"");
		for (size_t i = 1; i < n; i++)
			buf_adds(&b, ",\"x\"");
		buf_adds(&b, "]}");
		int rc = registry_list_parse(a, buf_bytes(&b), "tags", &v, &got, &e);
		test_case(n > (size_t)REGISTRY_LIST_MAX ? rc && e.kind == ERR_LIMIT
		                                        : !rc && got == n,
		          "a list of %zu names", n);
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		struct bytes next =
			registry_next_link(bytes_str(links[i].header), B("reg.example:5000"));
		test_case(bytes_eq(next, bytes_str(links[i].next)) &&
		                  (next.p == NULL) == !links[i].next,
		          "link: %s", links[i].name);
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct bytes *v;
		size_t n = 0;
		struct err e;
		int rc = registry_list_parse(a, bytes_str(lists[i].json), "tags", &v, &n, &e);
		test_case(rc ? lists[i].n < 0 : (int)n == lists[i].n, "list: %s", lists[i].name);
	}
	link_bounds();
	list_bounds();
	return TEST_END();
}
