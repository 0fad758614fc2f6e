/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ecosystem.c - the table of package types that are a language's, or write their names in two
 * parts.
 *
 * Source: the type definitions of the package URL specification.
 */
#include "model/ecosystem.h"

enum cut { CUT_NONE, CUT_SCOPE, CUT_FIRST, CUT_LAST };

static const struct ecosystem {
	const char *type;
	enum cut cut;
	uint8_t sep;
	bool is_system; /* a distribution's after all */
} ecosystems[] = {
  /* clang-format off */
	{"bioconductor", CUT_NONE, 0, false},
	{"bitnami", CUT_NONE, 0, false},
	{"brew", CUT_NONE, 0, false},
	{"cargo", CUT_NONE, 0, false},
	{"cocoapods", CUT_NONE, 0, false},
	{"composer", CUT_FIRST, '/', false},
	{"conan", CUT_NONE, 0, false},
	{"conda", CUT_NONE, 0, false},
	{"cpan", CUT_NONE, 0, false},
	{"cran", CUT_NONE, 0, false},
	{"ebuild", CUT_LAST, '/', true},
	{"gem", CUT_NONE, 0, false},
	{"generic", CUT_LAST, '/', false},
	{"ghc", CUT_NONE, 0, false},
	{"githubactions", CUT_FIRST, '/', false},
	{"golang", CUT_LAST, '/', false},
	{"hackage", CUT_NONE, 0, false},
	{"hex", CUT_NONE, 0, false},
	{"julia", CUT_NONE, 0, false},
	{"k8s", CUT_NONE, 0, false},
	{"luarocks", CUT_NONE, 0, false},
	{"maven", CUT_FIRST, ':', false},
	{"nix", CUT_NONE, 0, false},
	{"npm", CUT_SCOPE, '/', false},
	{"nuget", CUT_NONE, 0, false},
	{"opam", CUT_NONE, 0, false},
	{"otp", CUT_NONE, 0, false},
	{"pear", CUT_LAST, '/', false},
	{"pub", CUT_NONE, 0, false},
	{"pypi", CUT_NONE, 0, false},
	{"snap", CUT_NONE, 0, false},
	{"swift", CUT_LAST, '/', false},
	{"vscode-extension", CUT_FIRST, '.', false},
	{"wordpress", CUT_NONE, 0, false},
  /* clang-format on */
};

static const struct ecosystem *find(struct bytes type)
{
	/* asked several times for each package: most rows fall at their first letter */
	for (size_t i = 0; i < ARRAY_LEN(ecosystems) && type.n; i++) {
		if (type.p[0] == (uint8_t)ecosystems[i].type[0] &&
		    bytes_eq(type, bytes_str(ecosystems[i].type)))
			return &ecosystems[i];
	}
	return NULL;
}

bool ecosystem_is_language(struct bytes type)
{
	const struct ecosystem *e = find(type);
	return e && !e->is_system;
}

void ecosystem_split(struct bytes type, struct bytes name, struct bytes *ret_ns,
                     struct bytes *ret_name)
{
	const struct ecosystem *e = find(type);
	ssize_t at = -1;
	*ret_ns = (struct bytes){NULL, 0};
	*ret_name = name;
	if (e && (e->cut == CUT_FIRST || (e->cut == CUT_SCOPE && bytes_starts(name, B("@")))))
		at = bytes_find(name, e->sep);
	else if (e && e->cut == CUT_LAST)
		at = bytes_rfind(name, e->sep);
	if (at < 0)
		return;
	/* what has blanks at its ends is a sentence with a "/" in it */
	struct bytes ns = bytes_slice(name, 0, (size_t)at), rest = bytes_skip(name, (size_t)at + 1);
	if (bytes_trim(ns).n != ns.n || bytes_trim(rest).n != rest.n)
		return;
	*ret_ns = ns;
	*ret_name = rest;
}

struct bytes ecosystem_join(struct bytes type, struct bytes ns, struct bytes name, struct arena *a)
{
	const struct ecosystem *e = find(type);
	if (!ns.n || !e || e->cut == CUT_NONE)
		return name;
	return bytes_str(arena_printf(a, "%.*s%c%.*s", BYTES_FMT(ns), e->sep, BYTES_FMT(name)));
}
