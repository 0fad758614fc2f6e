/* SPDX-License-Identifier: Apache-2.0 */
/* cel_text.c - expressions as text again: what is written is read as the same expression. */
#include "policy/cel_parts.h"

#include "test.h"

static const struct {
	const char *in, *out;
} rows[] = {
	{"1+2*3==7",				 "1 + 2 * 3 == 7"                          },
	{"(1 + 2) * 3 == 9",                         "(1 + 2) * 3 == 9"                        },
	{"10 - (4 - 3) == 9",                        "10 - (4 - 3) == 9"                       },
	{"!(x > 1 && x < 3) || x in [1, 2]",         "!(x > 1 && x < 3) || x in [1, 2]"        },
	{"(x == 1 || x == 2) && x != 3",             "(x == 1 || x == 2) && x != 3"            },
	{"x == 1 ? s : s + \"\\\"\"",                "x == 1 ? s : s + \"\\\"\""               },
	{"-x < 0",				   "-x < 0"				  },
	{"s.startsWith('a')",                        "s.startsWith(\"a\")"                     },
	{"s.size() == 1",			    "size(s) == 1"                            },
	{"l.all(v, v > x)",                          "l.all(v, v > x)"                         },
	{"l.exists(i, v, i == v)",                   "l.exists(i, v, i == v)"                  },
	{"l.filter(v, v > 1).map(v, v + 1)[0] == 3", "l.filter(v, v > 1).map(v, v + 1)[0] == 3"},
	{"cel.bind(y, x + 1, y * y) == 4",           "cel.bind(y, x + 1, y * y) == 4"          },
	{"has({'a': x}.a)",                          "has({\"a\": x}.a)"                       },
	{"{'a': [x]}.?b.hasValue()",                 "{\"a\": [x]}.?b.hasValue()"              },
};

static const struct cel_var vars[] = {
	{.name = "x",  .type = "i"},
	{.name = "s",            .type = "s"},
	{.name = "l",.type = "Li"},
	{.name = NULL }
};
static const struct cel_env env = {.vars = vars};

/* NULL: it is no expression. */
static const char *text_of(struct arena *a, const char *in, size_t max)
{
	AUTO_BUF struct buf b;
	struct cel_program *p;
	struct err e = {.msg = ""};
	buf_init(&b, 4096);
	if (cel_compile(&env, bytes_str(in), &p, &e) < 0)
		return arena_printf(a, "error: %s", e.msg);
	cel_node_text(&b, p->root, max);
	cel_program_free(p);
	return arena_printf(a, "%s", buf_cstr(&b));
}

int main(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *once = text_of(a, rows[i].in, 1000), *twice = text_of(a, once, 1000);
		test_case(!strcmp(once, rows[i].out), "%s: %s", rows[i].in, once);
		test_case(!strcmp(once, twice), "%s again: %s", once, twice);
	}
	CHECK(!strcmp(text_of(a, "x == 1 && x == 2", 16), "x == 1 && x == 2"));
	CHECK(!strcmp(text_of(a, "x == 1 && x == 2", 15), "x == 1 && x ..."));
	return TEST_END();
}
