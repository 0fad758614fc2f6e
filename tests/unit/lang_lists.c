/* SPDX-License-Identifier: Apache-2.0 */
/* lang_lists.c - documents that list all packages of an application: Composer, .NET. */
#include "fmt/fmt.h"

#include "test.h"

#include <string.h>

typedef int list_reader(struct bytes text, lang_fn *fn, void *arg, struct err *e);

static const struct {
	list_reader *read;
	const char *what, *text, *want; /* lines; or "! " and the error */
} rows[] = {
	{lang_composer, "composer 2",
         "{\"packages\":[{\"name\":\"a/b\",\"version\":\"v1.0\",\"license\":[\"MIT\",\"X\"]},"
         "{\"name\":\"c/d\",\"version\":\"dev-main\"}],\"dev\":true}",                                                       "a/b|v1.0|MIT OR X\nc/d|dev-main|\n"   },
	{lang_composer, "composer 1",                          "[{\"name\":\"a/b\",\"version\":\"1\",\"license\":\"BSD\"}]",
         "a/b|1|BSD\n"																	      },
	{lang_composer, "composer: none",                      "{\"packages\":[]}",                                          ""                                     },
	{lang_composer, "composer: empty",                     "",
         "! installed.json: line 1, column 0: unexpected token near end of file"										    },
	{lang_composer, "composer: no list",                   "{}",							 "! installed.json: no list of packages"},
	{lang_composer, "composer: a package without version", "[{\"name\":\"a/b\"}]",
         "! installed.json: package 0: the package has no version"												  },
	{lang_composer, "composer: not objects",               "[1,[]]",
         "! installed.json: package 0: the package has no name"												     },
	{lang_nuget,    "nuget",
         "{\"libraries\":{\"A.B/1.2.3\":{\"type\":\"package\"},\"App/1.0\":{\"type\":\"project\"},"
         "\"runtimepack.R.N/8.0.0\":{\"type\":\"runtimepack\"},"
         "\"R\":{\"type\":\"reference\"},\"x\":1}}",                                                                         "A.B|1.2.3|\nApp|1.0|own\nR.N|8.0.0|\n"},
	{lang_nuget,    "nuget: no version",                   "{\"libraries\":{\"A\":{\"type\":\"package\"}}}",
         "! deps.json: library \"A\": the package has no version"												   },
	{lang_nuget,    "nuget: no libraries",                 "{\"libraries\":[]}",                                         "! deps.json: no libraries"            },
	{lang_nuget,    "nuget: a list",                       "[]",							 "! deps.json: no libraries"            },
};

static void list(void *arg, const struct lang_package *p)
{
	buf_addf(arg, "%.*s|%.*s|%.*s%s\n", BYTES_FMT(p->name), BYTES_FMT(p->version),
	         BYTES_FMT(p->license), p->scope == LANG_OWN ? "own" : "");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf b;
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, (size_t)MIB(1));
		if (rows[i].read(bytes_str(rows[i].text), list, &b, &e) < 0)
			buf_addf(&b, "! %s", e.msg);
		if (!test_case(strcmp(buf_cstr(&b), rows[i].want) == 0, "%s", rows[i].what))
			printf("# got  %s\n# want %s\n", buf_cstr(&b), rows[i].want);
	}
	AUTO_BUF struct buf big;
	struct err e;
	buf_init(&big, (size_t)MIB(64));
	buf_adds(&big, "[]");
	while (big.n < (size_t)LANG_LIST_MAX)
		buf_addc(&big, ' ');
	test_case(lang_composer(buf_bytes(&big), list, NULL, &e) == 1, "LANG_LIST_MAX");
	buf_addc(&big, ' ');
	test_case(lang_composer(buf_bytes(&big), list, NULL, &e) < 0 && e.kind == ERR_LIMIT,
	          "one byte more");
	return TEST_END();
}
