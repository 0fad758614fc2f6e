/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.c - layers in short hand, and what the merged image shows.
 *
 * A layer is words parted by blanks: "d:etc" folder, "f:etc/x" file, "l:lib>usr/lib" link, "h:a>b"
 * hard link, "w:etc/x" whiteout, "o:etc" opaque mark ("o:" that of the root).
 */
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "walk/walk.h"

enum { LAYERS_MAX = 8 };

static struct factset *layer_of(const char *text)
{
	struct factset *fs = factset_new();
	struct entry_coder coder;
	struct buf b;
	entry_coder_init(&coder);
	buf_init(&b, 1 << 16);
	for (struct bytes rest = bytes_str(text), word; bytes_word(&rest, &word);) {
		static const char letters[] = "fdlh...wo";
		struct entry en = {.mode = 0755};
		en.type = (enum entry_type)(strchr(letters, word.p[0]) - letters);
		bytes_cut(bytes_skip(word, 2), '>', &en.path, &en.link);
		buf_reset(&b);
		entry_encode(&coder, &b, &en);
		if (factset_put(fs, FACT_ENTRY, buf_bytes(&b), NULL))
			abort();
	}
	entry_coder_fini(&coder);
	buf_fini(&b);
	factset_seal(fs, &(struct factset_meta){.size = 0});
	return fs;
}

struct stack {
	struct factset *fs[LAYERS_MAX];
	size_t n;
	struct view *v;
};

static void stack_make(struct stack *s, const char *const *layers)
{
	*s = (struct stack){.n = 0};
	for (; s->n < LAYERS_MAX && layers[s->n]; s->n++)
		s->fs[s->n] = layer_of(layers[s->n]);
	s->v = view_new((const struct factset *const *)s->fs, s->n);
}

static void stack_free(struct stack *s)
{
	view_free(s->v);
	for (size_t i = 0; i < s->n; i++)
		factset_free(s->fs[i]);
}

static int found_in(const struct view *v, const char *path)
{
	struct entry en;
	size_t layer;
	return view_find(v, bytes_str(path), &en, &layer) ? (int)layer : -1;
}

static void finding(void)
{
	static const struct {
		const char *name;
		const char *layers[4];
		const char *path;
		int layer; /* -1: nothing is shown */
	} cases[] = {
		{"one layer",                         {"d:etc f:etc/x"},                 "etc/x",    0 },
		{"missing",                           {"d:etc f:etc/x"},                 "etc/y",    -1},
		{"no layers",                         {NULL},                            "etc",      -1},
		{"the upper one wins",                {"f:a", "f:a"},                    "a",        1 },
		{"a lower one shines through",        {"f:a", "f:b"},                    "a",        0 },
		{"whiteout",                          {"f:a", "w:a"},                    "a",        -1},
		{"whiteout of a folder",              {"d:d f:d/a", "w:d"},              "d/a",      -1},
		{"whiteout of a folder above",        {"d:d d:d/e f:d/e/a", "w:d"},      "d/e/a",    -1},
		{"whiteout of what is not there",     {"f:a", "w:b"},                    "a",        0 },
		{"whiteout is for lower layers only", {"f:a", "w:a f:a"},                "a",        1 },
		{"the same, the other way round",     {"f:a", "f:a w:a"},                "a",        1 },
		{"whiteout and folder of one layer",  {"d:d f:d/a", "w:d d:d f:d/b"},    "d/a",      -1},
		{"what that layer puts there",        {"d:d f:d/a", "w:d d:d f:d/b"},    "d/b",      1 },
		{"the folder itself",                 {"d:d f:d/a", "w:d d:d f:d/b"},    "d",        1 },
		{"put back above a whiteout",         {"f:a", "w:a", "f:a"},             "a",        2 },
		{"whiteout in the middle",            {"f:a", "w:a", "f:b"},             "a",        -1},
		{"opaque",			    {"d:d f:d/a", "o:d"},              "d/a",      -1},
		{"opaque keeps the folder",           {"d:d f:d/a", "o:d"},              "d",        0 },
		{"opaque keeps its own layer",        {"d:d f:d/a", "f:d/a o:d"},        "d/a",      1 },
		{"opaque hides all descendants",
	         {"d:a d:a/b d:a/b/c f:a/b/c/bar", "d:a o:a d:a/b d:a/b/c f:a/b/c/foo"},
	         "a/b/c/bar",	                                                                -1},
		{"opaque, the example's other half",
	         {"d:a d:a/b d:a/b/c f:a/b/c/bar", "d:a d:a/b d:a/b/c f:a/b/c/foo o:a"},
	         "a/b/c/foo",	                                                                1 },
		{"opaque root",                       {"f:a", "o: f:b"},                 "a",        -1},
		{"opaque root, own layer",            {"f:a", "o: f:b"},                 "b",        1 },
		{"opaque elsewhere",                  {"d:d f:d/a", "o:e"},              "d/a",      0 },
		{"a file over a folder",              {"d:d f:d/a", "f:d"},              "d/a",      -1},
		{"a link over a folder",              {"d:d f:d/a", "l:d>e"},            "d/a",      -1},
		{"a hard link over a folder",         {"d:d f:d/a", "f:e h:d>e"},        "d/a",      -1},
		{"a folder over a folder",            {"d:d f:d/a", "d:d"},              "d/a",      0 },
		{"a folder over a file",              {"f:d", "d:d f:d/a"},              "d/a",      1 },
		{"a folder over a file, and back",    {"d:d f:d/a", "f:d", "d:d"},       "d/a",      -1},
		{"folders that are not stated",       {"f:a/b/c"},                       "a/b/c",    0 },
		{"whiteout of one",                   {"f:a/b/c", "w:a"},                "a/b/c",    -1},
		{"the later of two entries",          {"f:d d:d", "f:x"},                "d",        0 },
		{"the later is a file",               {"d:d f:d/a", "d:d f:d"},          "d/a",      -1},
		{"the later is a folder",             {"d:d f:d/a", "f:d d:d"},          "d/a",      0 },
		{"in a link's place in one layer",    {"l:lib>usr/lib f:lib/x"},         "lib/x",    0 },
		{"alike names",                       {"f:etcetera f:etc/x", "w:etc"},   "etcetera", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct stack s;
		stack_make(&s, cases[i].layers);
		int got = found_in(s.v, cases[i].path), again = found_in(s.v, cases[i].path);
		if (!test_case(got == cases[i].layer && again == got, "find: %s", cases[i].name))
			printf("# got %d, then %d\n", got, again);
		for (size_t k = 0; k < s.n; k++) {
			if (view_shows(s.v, k, bytes_str(cases[i].path)) != ((int)k == got))
				test_case(0, "shows: %s, layer %zu", cases[i].name, k);
		}
		stack_free(&s);
	}
}

static void versions(void)
{
	static const struct {
		const char *name;
		const char *layers[5];
		const char *path;
		size_t from;
		int below;
	} cases[] = {
		{"the next lower",               {"f:d/a", "f:d/a"},            "d/a", 1, 0 },
		{"past layers without it",       {"f:d/a", "f:x", "f:d/a"},     "d/a", 2, 0 },
		{"the lowest has none below",    {"f:d/a", "f:d/a"},            "d/a", 0, -1},
		{"a whiteout between",           {"f:a", "w:a", "f:a"},         "a",   2, -1},
		{"a whiteout beside it",         {"f:a", "w:a f:a"},            "a",   1, -1},
		{"an opaque mark beside it",     {"f:d/a", "o:d f:d/a"},        "d/a", 1, -1},
		{"an opaque root beside it",     {"f:a", "o: f:a"},             "a",   1, -1},
		{"an opaque mark between",       {"f:d/a", "o:d", "f:d/a"},     "d/a", 2, -1},
		{"a file in its folder's place", {"f:d/a", "f:d", "d:d f:d/a"}, "d/a", 2, -1},
		{"an opaque folder itself",      {"d:d", "d:d o:d"},            "d",   1, 0 },
		{"from above the top",           {"f:a", "f:b"},                "a",   2, 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct stack s;
		stack_make(&s, cases[i].layers);
		int got = view_below(s.v, cases[i].from, bytes_str(cases[i].path));
		if (!test_case(got == cases[i].below, "below: %s", cases[i].name))
			printf("# got %d\n", got);
		stack_free(&s);
	}
}

static void resolving(void)
{
	static const struct {
		const char *name;
		const char *layers[4];
		const char *path, *want; /* "ERROR": the kind */
	} cases[] = {
		{"no link",                    {"d:etc f:etc/x"},                       "etc/x",    "etc/x 0"             },
		{"merged usr",
	         {"l:lib>usr/lib d:usr d:usr/lib f:usr/lib/x"},
	         "lib/x",	                                                                   "usr/lib/x 0"         },
		{"absolute target",            {"l:lib>/usr/lib f:usr/lib/x"},          "lib/x",    "usr/lib/x 0"         },
		{"os-release, up and down",
	         {"d:etc l:etc/os-release>../usr/lib/os-release f:usr/lib/os-release"},
	         "etc/os-release",	                                                          "usr/lib/os-release 0"},
		{"across layers",
	         {"l:etc/os-release>../usr/lib/os-release", "f:usr/lib/os-release"},
	         "etc/os-release",	                                                          "usr/lib/os-release 1"},
		{"above the root is the root", {"l:a>../../../../b f:b"},               "a",        "b 0"                 },
		{"link to a link",             {"l:a>b l:b>c f:c"},                     "a",        "c 0"                 },
		{"itself",                     {"l:a>a"},                               "a",        "limit"               },
		{"a circle",                   {"l:a>b l:b>a"},                         "a/x",      "limit"               },
		{"growing",                    {"l:a>a/a"},                             "a",        "limit"               },
		{"dangling",                   {"l:a>b"},                               "a",        "notfound"            },
		{"missing",                    {"f:b"},                                 "a",        "notfound"            },
		{"whited out target",          {"l:a>b f:b", "w:b"},                    "a",        "notfound"            },
		{"folders not stated",         {"f:a/b/c"},                             "a/./b//c", "a/b/c 0"             },
		{"a link that was replaced",   {"l:etc>x f:x/f", "f:etc/f"},            "etc/f",    "etc/f 1"             },
		{"written through a link",     {"l:lib>usr/lib f:lib/x"},               "lib/x",    "lib/x 0"             },
		{"a folder at the end",        {"l:a>d d:d"},                           "a",        "d 0"                 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct stack s;
		struct err e = {.kind = ERR_NONE};
		struct entry en;
		size_t layer;
		char got[256];
		AUTO_BUF struct buf b = {0};
		stack_make(&s, cases[i].layers);
		if (view_resolve(s.v, bytes_str(cases[i].path), &b, &en, &layer, &e))
			snprintf(got, sizeof got, "%s", err_kind_name(e.kind));
		else
			snprintf(got, sizeof got, "%.*s %zu", BYTES_FMT(buf_bytes(&b)), layer);
		if (!test_case(strcmp(got, cases[i].want) == 0, "resolve: %s", cases[i].name))
			printf("# got %s\n", got);
		stack_free(&s);
	}
}

/* LINKS_FOLLOWED_MAX links, and one more. */
static void link_bound(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 16);
	for (int i = 0; i <= LINKS_FOLLOWED_MAX; i++)
		buf_addf(&b, "l:n%d>n%d ", i, i + 1);
	buf_addf(&b, "f:n%d", LINKS_FOLLOWED_MAX + 1);
	struct stack s;
	struct err e;
	struct entry en;
	size_t layer;
	AUTO_BUF struct buf got = {0};
	stack_make(&s, (const char *const[]){buf_cstr(&b), NULL});
	CHECK(view_resolve(s.v, B("n1"), &got, &en, &layer, &e) == 0);
	CHECK(view_resolve(s.v, B("n0"), &got, &en, &layer, &e) == -1 && e.kind == ERR_LIMIT);
	stack_free(&s);
}

/* More folders than floors are remembered. */
static void many_folders(void)
{
	struct stack s;
	char path[64];
	stack_make(&s, (const char *const[]){"f:x/keep", "w:x", NULL});
	int wrong = 0;
	for (int i = 0; i < 70000; i++) {
		snprintf(path, sizeof path, "x/%d/y", i);
		wrong += found_in(s.v, path) != -1 || found_in(s.v, "x/keep") != -1;
	}
	CHECK(wrong == 0);
	stack_free(&s);
}

int main(void)
{
	finding();
	versions();
	resolving();
	link_bound();
	many_folders();
	return TEST_END();
}
