/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ecosystem.c - the table of package types that are a language's.
 *
 * Source: the type definitions of the package URL specification.
 */
#include "model/ecosystem.h"

enum cut { CUT_NONE, CUT_SCOPE, CUT_FIRST, CUT_LAST };

static const struct ecosystem {
	const char *type;
	enum cut cut;
	uint8_t sep;
} ecosystems[] = {
	{"bioconductor",     CUT_NONE,  0  },
	{"bitnami",          CUT_NONE,  0  },
	{"brew",             CUT_NONE,  0  },
	{"cargo",            CUT_NONE,  0  },
	{"cocoapods",        CUT_NONE,  0  },
	{"composer",         CUT_FIRST, '/'},
	{"conan",            CUT_NONE,  0  },
	{"conda",            CUT_NONE,  0  },
	{"cran",             CUT_NONE,  0  },
	{"gem",              CUT_NONE,  0  },
	{"generic",          CUT_LAST,  '/'},
	{"ghc",              CUT_NONE,  0  },
	{"githubactions",    CUT_FIRST, '/'},
	{"golang",           CUT_LAST,  '/'},
	{"hackage",          CUT_NONE,  0  },
	{"hex",              CUT_NONE,  0  },
	{"julia",            CUT_NONE,  0  },
	{"k8s",              CUT_NONE,  0  },
	{"luarocks",         CUT_NONE,  0  },
	{"maven",            CUT_FIRST, ':'},
	{"nix",              CUT_NONE,  0  },
	{"npm",              CUT_SCOPE, '/'},
	{"nuget",            CUT_NONE,  0  },
	{"opam",             CUT_NONE,  0  },
	{"otp",              CUT_NONE,  0  },
	{"pear",             CUT_LAST,  '/'},
	{"pub",              CUT_NONE,  0  },
	{"pypi",             CUT_NONE,  0  },
	{"swift",            CUT_LAST,  '/'},
	{"vscode-extension", CUT_FIRST, '.'},
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

bool ecosystem_is_language(struct bytes type) { return find(type) != NULL; }

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
