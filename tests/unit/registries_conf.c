/* SPDX-License-Identifier: Apache-2.0 */
/* registries_conf.c - which places an image is asked for at: the manual page's own examples first.
 */
#include "fmt/registries_conf.h"

#include <string.h>

#include "test.h"

/* The places as "HOST/REPOSITORY[!][?USE]", "!" insecure, joined by blanks. */
static const char *places(const char *const texts[], const char *name, struct err *e)
{
	static struct buf out;
	AUTO_ARENA struct arena *a = arena_new();
	struct registries_file files[4];
	struct registry_ref ref;
	struct registry_places to;
	size_t n = 0;
	for (; texts[n]; n++)
		files[n] = (struct registries_file){n ? "second.conf" : "first.conf",
		                                    bytes_str(texts[n])};
	if (registry_ref_parse(a, bytes_str(name), &ref, e) ||
	    registry_places(a, &(struct registries_files){files, n}, &ref, &to, e))
		return e->msg;
	buf_fini(&out);
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < to.n; i++)
		buf_addf(&out, "%s%.*s/%.*s%s%s", i ? " " : "", BYTES_FMT(to.v[i].host),
		         BYTES_FMT(to.v[i].repository), to.v[i].is_insecure ? "!" : "",
		         to.v[i].use == REGISTRY_USE_DIGEST ? "?digest"
		         : to.v[i].use == REGISTRY_USE_TAG  ? "?tag"
		                                            : "");
	return buf_cstr(&out);
}

#define ONE    "[[registry]]\nprefix = \"example.com/foo\"\nlocation = \"internal.test/bar\"\n"
#define MIRROR "[[registry.mirror]]\nlocation = "

static const struct {
	const char *conf, *name, *want;
} cases[] = {
	{"",										    "example.com/a:1",         "example.com/a"                                     },
	{ONE,										   "example.com/foo/image:1", "internal.test/bar/image"                           },
	{ONE,										   "example.com/foo:1",       "internal.test/bar"                                 },
	{ONE,										   "example.com/food:1",      "example.com/food"                                  },
	{ONE,										   "example.com/other",       "example.com/other"                                 },
	{ONE "insecure = true",								 "example.com/foo",         "internal.test/bar!"                                },
	{ONE MIRROR "\"m.test:5000/x\"\ninsecure = true",                                       "example.com/foo/i",
         "m.test:5000/x/i! internal.test/bar/i"																},
	{"[[registry]]\nlocation = \"docker.io\"\n" MIRROR "\"localhost:5000/hub\"",            "alpine",
         "localhost:5000/hub/library/alpine docker.io/library/alpine"													  },
	{"[[registry]]\nprefix = \"*.example.com\"\n",                                          "a.example.com/x",         "a.example.com/x"                                   },
	{"[[registry]]\nprefix = \"*.example.com\"\nlocation = \"b.test\"",                     "a.d.example.com:5/x",
         "b.test:5/x"																			  },
	{"[[registry]]\nprefix = \"*.example.com\"\nlocation = \"b.test\"",                     "example.com/x",
         "example.com/x"																		       },
	{ONE "mirror-by-digest-only = true\n" MIRROR "\"m.test/a\"",                            "example.com/foo/i",
         "m.test/a/i?digest internal.test/bar/i"															       },
	{ONE MIRROR "\"m.test/a\"\npull-from-mirror = \"tag-only\"",                            "example.com/foo/i",
         "m.test/a/i?tag internal.test/bar/i"																  },
	{ONE MIRROR "\"m.test/a\"\npull-from-mirror = \"never\"",                               "example.com/foo",
         "first.conf: pull-from-mirror is not \"never\""														       },
	{ONE "blocked = true",								  "example.com/foo/x:1",     "first.conf blocks example.com/foo"                 },
	{ONE "[[registry]]\nprefix = \"example.com/foo/in\"\nblocked = true",                   "example.com/foo/x",
         "internal.test/bar/x"																		 },
	{ONE "[[registry]]\nprefix = \"example.com/foo/in\"\nblocked = true",
         "example.com/foo/in/x",											   "first.conf blocks example.com/foo/in"              },
	{ONE MIRROR "\"nohost\"",							       "example.com/foo/x",
         "first.conf: location \"nohost\" names no host"														       },
	{ONE "[[registry.mirror]]\ninsecure = true",                                            "example.com/foo",
         "first.conf: a mirror without a location"															     },
	{ONE "blocked = \"true\"",							      "example.com/foo",
         "first.conf: \"blocked\" of a registry is of another type"													    },
	{"[[registry]]\nprefix = \"x.test\"\nblocked = 1",                                      "example.com/foo",
         "first.conf: \"blocked\" of a registry is of another type"													    },
	{ONE "blocked = false",								 "example.com/foo/x:1",     "internal.test/bar/x"                               },
	{"[[registry]]\nlocation = 7",							  "a",
         "first.conf: \"location\" of a registry is of another type"													   },
	{ONE MIRROR "\"m.test/a\"\ninsecure = \"no\"",                                          "a",
         "first.conf: \"insecure\" of a registry.mirror is of another type"												    },
	{"registry = \"x\"",								    "a",                       "first.conf: \"registry\" is no array of tables"    },
	{"registry = [1]",								      "a",                       "first.conf: registry is no table"                  },
	{"[[registry]]\nblocked = true",							"a",                       "first.conf: a registry without prefix and location"},
	{"[[registry]]\nprefix = \"*\"\nblocked = true",                                        "a",
         "first.conf: prefix \"*\" is not \"*.DOMAIN\""															},
	{"[[registry]]\nprefix = \"a.*\"\nblocked = true",                                      "a",
         "first.conf: prefix \"a.*\" is not \"*.DOMAIN\""														      },
	{"[registries.block]\nregistries = [\"a.test\"]",                                       "a",
         "first.conf: [registries.block] is of version 1; [[registry]] with \"blocked\" is read"                                                                               },
	{"[registries.search]\nregistries = [\"a.test\"]\n[registries.block]\nregistries = []", "a",
         "docker.io/library/a"																		 },
	{"unqualified-search-registries = [\"q.test\"]\n[aliases]\n\"a\" = \"q.test/a\"",       "a",
         "docker.io/library/a"																		 },
};

static void mirrors(int n, struct err *e, const char **ret)
{
	static struct buf conf;
	buf_init(&conf, 1 << 16);
	buf_adds(&conf, ONE);
	for (int i = 0; i < n; i++)
		buf_addf(&conf, MIRROR "\"m%d.test\"\n", i);
	const char *const texts[] = {buf_cstr(&conf), NULL};
	*ret = places(texts, "example.com/foo/i", e);
	buf_fini(&conf);
}

int main(void)
{
	struct err e = {.kind = ERR_NONE};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *const texts[] = {cases[i].conf, NULL};
		const char *have = places(texts, cases[i].name, &e);
		if (!test_case(!strcmp(have, cases[i].want), "%s: %s", cases[i].name,
		               cases[i].want))
			printf("# %s\n", have);
	}
	const char *const two[] = {
		ONE, "[[registry]]\nprefix = \"example.com/foo\"\nlocation = \"c.test\"", NULL};
	CHECK(!strcmp(places(two, "example.com/foo/i", &e), "c.test/i"));
	const char *const broken[] = {"[[registry]\n", NULL};
	CHECK(strstr(places(broken, "a", &e), "first.conf"));
	const char *text;
	mirrors((int)REGISTRY_MIRRORS_MAX, &e, &text);
	CHECK(strstr(text, "m31.test"));
	mirrors((int)REGISTRY_MIRRORS_MAX + 1, &e, &text);
	CHECK(strstr(text, "more than"));
	/* at the bound, and one past it */
	AUTO_BUF struct buf big;
	buf_init(&big, (size_t)REGISTRIES_CONF_MAX + 16);
	buf_adds(&big, ONE);
	while (big.n < (size_t)REGISTRIES_CONF_MAX)
		buf_addc(&big, '\n');
	const char *const most[] = {buf_cstr(&big), NULL};
	CHECK(!strcmp(places(most, "example.com/foo/i", &e), "internal.test/bar/i"));
	buf_addc(&big, '\n');
	const char *const over[] = {buf_cstr(&big), NULL};
	CHECK(strstr(places(over, "example.com/foo/i", &e), "first.conf"));
	return TEST_END();
}
