/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purl.c - package URLs: rows from the specification's text, bounds, and its own test suite where
 * ../shared has it.
 */
#include "fmt/purl.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define VECTORS "../shared/data/vectors/purl/"

/* What parsing and building again gives; NULL: refused. */
static const struct {
	const char *name, *in, *strict, *lenient;
} cases[] = {
	{"deb",			  "pkg:deb/Debian/CURL@7.50.3-1?distro=jessie&arch=i386",
         "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",                                                                           "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie"},
	{"deb with epoch and plus",      "pkg:deb/debian/g++@1:2.4+b1",
         "pkg:deb/debian/g%2B%2B@1:2.4%2Bb1",											      "pkg:deb/debian/g%2B%2B@1:2.4%2Bb1"                   },
	{"rpm keeps the case of a name", "pkg:rpm/Fedora/ImageMagick@1-2?epoch=1",
         "pkg:rpm/fedora/ImageMagick@1-2?epoch=1",											 "pkg:rpm/fedora/ImageMagick@1-2?epoch=1"              },
	{"apk",			  "pkg:apk/Alpine/Curl@7.83.0-r0?arch=x86",               "pkg:apk/alpine/curl@7.83.0-r0?arch=x86",
         "pkg:apk/alpine/curl@7.83.0-r0?arch=x86"																		},
	{"tilde and caret",              "pkg:rpm/x/y@1~rc1^git",                                "pkg:rpm/x/y@1~rc1%5Egit",
         "pkg:rpm/x/y@1~rc1%5Egit"																			       },
	{"upper-case key",               "pkg:rpm/x/y?Arch=z",                                   NULL,                                     "pkg:rpm/x/y?arch=z"                                  },
	{"namespace that must be there", "pkg:deb/curl@1",                                       NULL,                                     NULL                                                  },
	{"namespace that must not",      "pkg:cargo/a/b",                                        NULL,                                     NULL                                                  },
	{"unknown type",                 "pkg:Brand.New/A/b/C@D",                                "pkg:brand.new/A/b/C@D",                  "pkg:brand.new/A/b/C@D"                               },
	{"scheme in capitals",           "PKG:npm/a",					    "pkg:npm/a",                              "pkg:npm/a"                                           },
	{"empty values fall away",       "pkg:npm/a?b=&c=1&",                                    "pkg:npm/a?c=1",                          "pkg:npm/a?c=1"                                       },
	{"dots of a subpath",            "pkg:npm/a#/./b/../c//",                                "pkg:npm/a#b/c",                          "pkg:npm/a#b/c"                                       },
	{"scope not encoded",            "pkg:npm/@a/b",                                         "pkg:npm/%40a/b",                         "pkg:npm/%40a/b"                                      },
	{"UTF-8",			"pkg:npm/caf%C3%A9",                                    "pkg:npm/caf%C3%A9",                      "pkg:npm/caf%C3%A9"                                   },
	{"pub",			  "pkg:pub/A-b",					  "pkg:pub/a_b",                            "pkg:pub/a_b"                                         },
	{"cpan author",                  "pkg:cpan/gdt/URI",                                     "pkg:cpan/GDT/URI",                       "pkg:cpan/GDT/URI"                                    },
	{"empty",			"",						     NULL,				     NULL						  },
	{"scheme alone",                 "pkg:",						 NULL,                                     NULL						  },
	{"no name",		      "pkg:npm/",					     NULL,                                     NULL						  },
	{"name of slashes",              "pkg:npm/%2F",                                          NULL,                                     NULL                                                  },
	{"other scheme",                 "http:npm/a",					   NULL,                                     NULL						  },
	{"type begins with a digit",     "pkg:7z/a",                                             NULL,                                     NULL                                                  },
	{"percent cut short",            "pkg:npm/a%4",                                          NULL,                                     NULL                                                  },
	{"percent without digits",       "pkg:npm/a%zz",                                         NULL,                                     NULL                                                  },
	{"percent with a sign",          "pkg:npm/a%+1",                                         NULL,                                     NULL                                                  },
	{"not UTF-8",                    "pkg:npm/a%ff",					 NULL,                                     NULL						  },
	{"overlong slash",               "pkg:npm/a%c0%af",                                      NULL,                                     NULL                                                  },
	{"slash inside a segment",       "pkg:npm/a%2Fb/c",                                      NULL,                                     NULL                                                  },
	{"key twice",                    "pkg:npm/a?b=1&b=2",                                    NULL,                                     NULL                                                  },
	{"key twice by case",            "pkg:npm/a?b=1&B=2",                                    NULL,                                     NULL                                                  },
	{"key begins with a digit",      "pkg:npm/a?1b=1",                                       NULL,                                     NULL                                                  },
	{"pair without key",             "pkg:npm/a?=1",                                         NULL,                                     NULL                                                  },
	{"version and range",            "pkg:pypi/a@1?vers=vers:pypi%2F1",                      NULL,                                     NULL                                                  },
	{"slash of a subpath",           "pkg:npm/a#b%2Fc",                                      NULL,                                     NULL                                                  },
};

static bool is_round(const char *in, const char *want, bool is_strict)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf out;
	buf_init(&out, 4096);
	struct purl p;
	int rc = is_strict ? purl_parse(bytes_str(in), a, &p, NULL)
	                   : purl_parse_lenient(bytes_str(in), a, &p, NULL);
	if (rc || purl_build(&p, &out, NULL))
		return want == NULL;
	if (want && bytes_eq(buf_bytes(&out), bytes_str(want)))
		return true;
	printf("# %s became %s\n", in, buf_cstr(&out));
	return false;
}

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		test_case(is_round(cases[i].in, cases[i].strict, true), "%s: '%s' %s",
		          cases[i].name, cases[i].in, cases[i].strict ? "" : "is refused");
		test_case(is_round(cases[i].in, cases[i].lenient, false), "%s, leniently",
		          cases[i].name);
	}
	AUTO_ARENA struct arena *a = arena_new();
	struct purl p;
	CHECK(purl_parse_lenient(B("pkg:deb/curl@1"), a, &p, NULL) == 0 && !p.ns.n);
	CHECK(purl_parse_lenient(B("pkg:cargo/a/b"), a, &p, NULL) == 0 && p.ns.n == 1);
	CHECK(purl_parse(B("pkg:npm/a?x=%00y"), a, &p, NULL) == 0 &&
	      purl_qualifier(&p, "x").n == 2 && !purl_qualifier(&p, "z").p);
}

static void test_bounds(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf text, out;
	struct err e = {.kind = ERR_NONE};
	struct purl p;
	CHECK(PURL_QUALIFIERS_MAX == PURL_QUALIFIERS_MAX);
	buf_init(&text, (size_t)PURL_LEN_MAX + 1);
	buf_adds(&text, "pkg:npm/");
	while (text.n < (size_t)PURL_LEN_MAX)
		buf_addc(&text, 'a');
	CHECK(purl_parse(buf_bytes(&text), a, &p, &e) == 0);
	buf_init(&out, text.n);
	CHECK(purl_build(&p, &out, &e) == 0 && out.n == text.n);
	buf_fini(&out);
	buf_init(&out, text.n - 1);
	buf_addc(&out, 'x');
	CHECK(purl_build(&p, &out, &e) == -1 && e.kind == ERR_LIMIT && out.n == 1);
	buf_addc(&text, 'a');
	CHECK(purl_parse(buf_bytes(&text), a, &p, &e) == -1 && e.kind == ERR_LIMIT);
	buf_reset(&text);
	buf_adds(&text, "pkg:npm/a?");
	for (int i = 0; i < PURL_QUALIFIERS_MAX; i++)
		buf_addf(&text, "%sk%d=1", i ? "&" : "", i);
	CHECK(purl_parse(buf_bytes(&text), a, &p, &e) == 0 && p.nq == PURL_QUALIFIERS_MAX);
	buf_adds(&text, "&more=1");
	CHECK(purl_parse(buf_bytes(&text), a, &p, &e) == -1 && e.kind == ERR_LIMIT);
}

static void test_build_refused(void)
{
	const struct purl ok = {.type = B("rpm"), .ns = B("x"), .name = B("y")};
	struct purl bad[7];
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = ok;
	bad[0].name = B("\xff");
	bad[1].type = B("r/m");
	bad[2].type = (struct bytes){NULL, 0};
	bad[3].nq = PURL_QUALIFIERS_MAX + 1;
	bad[4].q[bad[4].nq++] = (struct purl_qualifier){B("a"), B("\xff")};
	bad[5].q[bad[5].nq++] = (struct purl_qualifier){B("a b"), B("1")};
	bad[6].type = B("julia");
	bad[6].ns = (struct bytes){NULL, 0};
	AUTO_BUF struct buf out;
	buf_init(&out, 64);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		test_case(purl_build(&bad[i], &out, NULL) == -1 && out.n == 0,
		          "build refuses malformed purl %zu", i);
	CHECK(purl_build(&ok, &out, NULL) == 0 && bytes_eq(buf_bytes(&out), B("pkg:rpm/x/y")));
}

static struct bytes part(const json_t *o, const char *key)
{
	return json_bytes(json_object_get(o, key));
}

static void purl_of(const json_t *o, struct purl *ret)
{
	struct purl p = {
		part(o, "type"),    part(o, "namespace"), part(o, "name"),
		part(o, "version"), part(o, "subpath"),   .nq = 0,
	};
	const char *key;
	json_t *v;
	json_object_foreach(json_object_get(o, "qualifiers"), key, v)
	{
		p.q[p.nq++] = (struct purl_qualifier){bytes_str(key), json_bytes(v)};
	}
	*ret = p;
}

static bool is_same(const struct purl *p, const json_t *want)
{
	struct purl w;
	purl_of(want, &w);
	for (size_t i = 0; i < w.nq; i++) {
		char key[64];
		snprintf(key, sizeof key, "%.*s", BYTES_FMT(w.q[i].key));
		if (!bytes_eq(purl_qualifier(p, key), w.q[i].value))
			return false;
	}
	return p->nq == w.nq && bytes_eq(p->type, w.type) && bytes_eq(p->ns, w.ns) &&
	       bytes_eq(p->name, w.name) && bytes_eq(p->version, w.version) &&
	       bytes_eq(p->subpath, w.subpath);
}

/* One test of the specification: build, parse, or validate (give the canonical form).  What is
 * only recommended to be accepted is what the lenient reading accepts. */
static bool suite_row(const json_t *t, struct arena *a)
{
	AUTO_BUF struct buf out;
	buf_init(&out, 4096);
	bool must_fail = json_is_true(json_object_get(t, "expected_failure"));
	bool is_required = bytes_eq(json_text(t, "test_group"), B("required"));
	const json_t *in = json_object_get(t, "input");
	struct purl p;
	if (bytes_eq(json_text(t, "test_type"), B("build"))) {
		purl_of(in, &p);
		int rc = purl_build(&p, &out, NULL);
		return must_fail
		               ? rc == -1
		               : !rc && bytes_eq(buf_bytes(&out), json_text(t, "expected_output"));
	}
	bool is_parse = bytes_eq(json_text(t, "test_type"), B("parse"));
	int rc = is_required ? purl_parse(json_bytes(in), a, &p, NULL)
	                     : purl_parse_lenient(json_bytes(in), a, &p, NULL);
	if (rc || must_fail)
		return rc && must_fail;
	if (is_parse)
		return is_same(&p, json_object_get(t, "expected_output"));
	return !purl_build(&p, &out, NULL) &&
	       bytes_eq(buf_bytes(&out), json_text(t, "expected_output"));
}

static void test_suite(void)
{
	glob_t g = {.gl_pathc = 0};
	if (glob(VECTORS "*/*.json", 0, NULL, &g)) {
		test_skip("the specification's own tests", "no " VECTORS);
		return;
	}
	AUTO_ARENA struct arena *a = arena_new();
	size_t rows = 0, right = 0;
	for (size_t f = 0; f < g.gl_pathc; f++) {
		json_t *doc = json_load_file(g.gl_pathv[f], 0, NULL), *t;
		size_t i;
		json_array_foreach(json_object_get(doc, "tests"), i, t)
		{
			rows++;
			if (suite_row(t, a)) {
				right++;
				continue;
			}
			char *in = json_dumps(json_object_get(t, "input"), JSON_ENCODE_ANY);
			printf("# %s %s\n", json_string_value(json_object_get(t, "test_type")), in);
			free(in);
		}
		json_decref(doc);
	}
	globfree(&g);
	test_case(rows && right == rows, "the specification's own tests: %zu of %zu", right, rows);
}

int main(void)
{
	test_cases();
	test_bounds();
	test_build_refused();
	test_suite();
	return TEST_END();
}
