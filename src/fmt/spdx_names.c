/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spdx_names.c - licences as distributions and languages name them, as SPDX expressions.
 *
 * Text is cut at "and", "or", "with", ",", ";", "/", "|", "&" and parentheses into names.  A name
 * is an identifier of the list, one of the table below, one of the GNU family with its version, or
 * nothing that is known: then a LicenseRef- stands for it.
 *
 * Source: Debian's copyright-format 1.0, "License short name"; Fedora's list of old short names and
 * what SPDX calls them; the trove classifiers of Python packages.
 */
#include "fmt/spdx_parts.h"

#include <string.h>

static const struct alias {
	const char *name, *expression;
} aliases[] = {
	{"AFL",				      "AFL-3.0"			      },
	{"APL 2.0",				  "Apache-2.0"                           },
	{"ASF 2.0",				  "Apache-2.0"                           },
	{"ASL 1.1",				  "Apache-1.1"                           },
	{"ASL 2.0",				  "Apache-2.0"                           },
	{"Apache 2",				 "Apache-2.0"                           },
	{"Apache 2.0",			       "Apache-2.0"                           },
	{"Apache License",			   "Apache-2.0"                           },
	{"Apache License 2.0",                       "Apache-2.0"                           },
	{"Apache License Version 2.0",               "Apache-2.0"                           },
	{"Apache License, Version 2.0",              "Apache-2.0"                           },
	{"Apache Software License",                  "Apache-2.0"                           },
	{"Apache Software License 2.0",              "Apache-2.0"                           },
	{"Apache Software License - Version 2.0",    "Apache-2.0"                           },
	{"Apache-2",				 "Apache-2.0"                           },
	{"Apache2",				  "Apache-2.0"                           },
	{"Artistic 2.0",			     "Artistic-2.0"                         },
	{"Artistic",				 "Artistic-1.0-Perl"                    },
	{"Artistic-2",			       "Artistic-2.0"                         },
	{"BSD 2-Clause",			     "BSD-2-Clause"                         },
	{"BSD 2-Clause License",                     "BSD-2-Clause"                         },
	{"BSD 3-Clause",			     "BSD-3-Clause"                         },
	{"BSD 3-Clause License",                     "BSD-3-Clause"                         },
	{"BSD-2",				    "BSD-2-Clause"                         },
	{"BSD-3",				    "BSD-3-Clause"                         },
	{"BSD-4",				    "BSD-4-Clause"                         },
	{"BSL",				      "BSL-1.0"			      },
	{"Boost",				    "BSL-1.0"			      },
	{"Boost Software License 1.0",               "BSL-1.0"                              },
	{"CC0",				      "CC0-1.0"			      },
	{"CDDL",				     "CDDL-1.0"			     },
	{"CDDL + GPLv2 with classpath exception",
         "CDDL-1.0 OR GPL-2.0-only WITH Classpath-exception-2.0"                            },
	{"EDL 1.0",				  "BSD-3-Clause"                         },
	{"EPL 1.0",				  "EPL-1.0"			      },
	{"EPL 2.0",				  "EPL-2.0"			      },
	{"Eclipse Distribution License - v 1.0",     "BSD-3-Clause"                         },
	{"Eclipse Public License - v 1.0",           "EPL-1.0"                              },
	{"Eclipse Public License - v 2.0",           "EPL-2.0"                              },
	{"Eclipse Public License v2.0",              "EPL-2.0"                              },
	{"Expat",				    "MIT"				  },
	{"FTL",				      "FTL"				  },
	{"GPL+",				     "GPL-1.0-or-later"                     },
	{"GPL+ or Artistic",                         "GPL-1.0-or-later OR Artistic-1.0-Perl"},
	{"ISC License",			      "ISC"				  },
	{"LGPL+",				    "LGPL-2.0-or-later"                    },
	{"MIT License",			      "MIT"				  },
	{"MIT license (MIT)",                        "MIT"                                  },
	{"MPL 1.1",				  "MPL-1.1"			      },
	{"MPL 2.0",				  "MPL-2.0"			      },
	{"MPLv2",				    "MPL-2.0"			      },
	{"MPLv1.1",				  "MPL-1.1"			      },
	{"MPLv2.0",				  "MPL-2.0"			      },
	{"Mozilla Public License 2.0 (MPL 2.0)",     "MPL-2.0"                              },
	{"Mozilla Public License, Version 2.0",      "MPL-2.0"                              },
	{"New BSD",				  "BSD-3-Clause"                         },
	{"New BSD License",                          "BSD-3-Clause"                         },
	{"OpenLDAP",				 "OLDAP-2.8"                            },
	{"PSF",				      "PSF-2.0"			      },
	{"PSFL",				     "PSF-2.0"			      },
	{"Perl",				     "GPL-1.0-or-later OR Artistic-1.0-Perl"},
	{"Perl_5",				   "GPL-1.0-or-later OR Artistic-1.0-Perl"},
	{"PostgreSQL License",                       "PostgreSQL"                           },
	{"Python Software Foundation License",       "PSF-2.0"                              },
	{"Ruby's",				   "Ruby"				 },
	{"SIL Open Font License 1.1",                "OFL-1.1"                              },
	{"SISSL",				    "SISSL"				},
	{"Simplified BSD License",                   "BSD-2-Clause"                         },
	{"Sleepycat",				"Sleepycat"                            },
	{"The Apache License, Version 2.0",          "Apache-2.0"                           },
	{"The Apache Software License, Version 2.0", "Apache-2.0"                           },
	{"The MIT License",                          "MIT"				  },
	{"The MIT License (MIT)",                    "MIT"                                  },
	{"The Unlicense",			    "Unlicense"                            },
	{"UCD",				      "Unicode-DFS-2016"                     },
	{"Vim",				      "Vim"				  },
	{"WTFPL",				    "WTFPL"				},
	{"ZPLv2.1",				  "ZPL-2.1"			      },
	{"zlib/libpng",			      "Zlib"				 },
};

static const char *const nothing[] = {"NOASSERTION", "NONE", "UNKNOWN", "UNLICENSED-UNKNOWN", NULL};

static const char *alias_of(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
		if (bytes_eq_nocase(name, bytes_str(aliases[i].name)))
			return aliases[i].expression;
	}
	return NULL;
}

/* ---- the GNU family ---- */

static bool skip_word(struct bytes *s, const char *word)
{
	struct bytes w = bytes_str(word);
	if (s->n < w.n || !bytes_eq_nocase(bytes_slice(*s, 0, w.n), w))
		return false;
	*s = bytes_skip(*s, w.n);
	return true;
}

static void skip_marks(struct bytes *s)
{
	while (s->n && (is_blank(s->p[0]) || strchr("-_,.", s->p[0])))
		*s = bytes_skip(*s, 1);
}

/* What stands behind the version: "+", "or later", "only", nothing. */
static const char *gnu_tail(struct bytes tail)
{
	static const char *const later[] = {"+", "or later", "or-later", "or newer",
	                                    "or any later version"};
	tail = bytes_trim(tail);
	while (tail.n && strchr("-_ ", tail.p[0]))
		tail = bytes_skip(tail, 1);
	if (!tail.n || bytes_eq_nocase(tail, B("only")))
		return "only";
	for (size_t i = 0; i < ARRAY_LEN(later); i++) {
		if (bytes_eq_nocase(tail, bytes_str(later[i])))
			return "or-later";
	}
	return NULL;
}

/* Takes the version off s. */
static struct bytes gnu_version(struct bytes *s)
{
	size_t n = 0;
	skip_marks(s);
	if (skip_word(s, "version") || skip_word(s, "v"))
		skip_marks(s);
	while (n < s->n && (is_digit(s->p[n]) ||
	                    (s->p[n] == '.' && n && n + 1 < s->n && is_digit(s->p[n + 1]))))
		n++;
	struct bytes version = bytes_slice(*s, 0, n);
	*s = bytes_skip(*s, n);
	return version;
}

/* "GPLv2+", "LGPL-2.1", "GNU GPL v3 or later"; NULL: none of the family. */
static const struct spdx_license *gnu_of(struct bytes name, struct arena *a)
{
	static const char *const families[] = {"AGPL", "GFDL", "LGPL", "GPL"};
	size_t f = 0;
	skip_word(&name, "GNU ");
	while (f < ARRAY_LEN(families) && !skip_word(&name, families[f]))
		f++;
	if (f == ARRAY_LEN(families))
		return NULL;
	struct bytes version = gnu_version(&name);
	const char *tail = version.n ? gnu_tail(name) : NULL;
	if (!tail)
		return NULL;
	const char *id = arena_printf(a, "%s-%.*s%s-%s", families[f], BYTES_FMT(version),
	                              bytes_find(version, '.') < 0 ? ".0" : "", tail);
	const struct spdx_id *row = spdx_id_find(bytes_str(id), SPDX_LICENSE);
	return row ? spdx_term(a, bytes_str(row->id)) : NULL;
}

/* ---- names ---- */

/* A reference that says what it stands for: what an identifier cannot hold becomes "-". */
static const struct spdx_license *reference(struct bytes name, struct arena *a)
{
	enum { LONGEST = 64 };
	char id[LONGEST + 1];
	size_t n = MIN_OF(name.n, (size_t)LONGEST);
	for (size_t i = 0; i < n; i++)
		id[i] = is_alnum(name.p[i]) || name.p[i] == '.' ? (char)name.p[i] : '-';
	id[n] = 0;
	char sum[9] = "";
	if (name.n > n) {
		struct digest d = digest_of(name);
		hex_encode(d.b, 4, sum);
	}
	struct spdx_license *l = spdx_term(
		a, bytes_str(arena_printf(a, "LicenseRef-%s%s%s", id, sum[0] ? "-" : "", sum)));
	l->text = arena_dup(a, name);
	return l;
}

static const struct spdx_license *known(struct bytes name, struct arena *a)
{
	const struct spdx_license *l = NULL;
	const struct spdx_id *row = spdx_id_find(name, SPDX_LICENSE);
	const char *said =
		row ? row->instead && row->instead[0] ? row->instead : row->id : alias_of(name);
	struct err ignored;
	if (said)
		return spdx_license_parse(bytes_str(said), a, &l, &ignored) == 0 ? l : NULL;
	l = gnu_of(name, a);
	if (l)
		return l;
	/* a "+" behind an identifier, a LicenseRef- */
	return spdx_license_parse(name, a, &l, &ignored) == 0 && l->kind == SPDX_TERM ? l : NULL;
}

/* ---- text of names and operators ---- */

enum token { T_END, T_NAME, T_AND, T_OR, T_OPEN, T_CLOSE };

struct names {
	struct arena *a;
	struct bytes rest;
	struct bytes name; /* of T_NAME */
	unsigned depth;
};

static const struct {
	const char *word;
	enum token token;
} operators[] = {
	{"and/or", T_OR },
        {"and",    T_AND},
        {"or",     T_OR },
        {"&&",     T_AND},
        {"&",      T_AND},
	{"||",     T_OR },
        {"|",      T_OR },
        {"/",      T_OR },
        {",",      T_AND},
        {";",      T_AND},
};

static bool is_edge(struct bytes s, size_t at)
{
	return at >= s.n || is_blank(s.p[at]) || s.p[at] == '(' || s.p[at] == ')';
}

/* The operator that s begins with, its length in *ret_n; T_END: none.  Words stand free. */
static enum token operator_of(struct bytes s, bool is_free, size_t *ret_n)
{
	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		struct bytes w = bytes_str(operators[i].word), tail = s;
		if (!skip_word(&tail, operators[i].word))
			continue;
		if (is_alpha(w.p[0]) && (!is_free || !is_edge(s, w.n)))
			continue;
		tail = bytes_trim(tail);
		if (operators[i].token == T_OR &&
		    (skip_word(&tail, "later") || skip_word(&tail, "newer") ||
		     skip_word(&tail, "any later")))
			return T_END; /* "GPL 2 or later" is one name */
		*ret_n = w.n;
		return operators[i].token;
	}
	return T_END;
}

static enum token next(struct names *s, bool is_taken)
{
	struct bytes r = s->rest;
	size_t n = 0, len = 0;
	while (r.n && is_blank(r.p[0]))
		r = bytes_skip(r, 1);
	enum token t = T_END;
	if (r.n && (r.p[0] == '(' || r.p[0] == ')')) {
		t = r.p[0] == '(' ? T_OPEN : T_CLOSE;
		len = 1;
	} else if (r.n && (t = operator_of(r, true, &len)) == T_END) {
		t = T_NAME;
		while (n < r.n && r.p[n] != '(' && r.p[n] != ')' &&
		       operator_of(bytes_skip(r, n), n == 0 || is_blank(r.p[n - 1]), &len) == T_END)
			n++;
		s->name = bytes_trim(bytes_slice(r, 0, n));
		len = n;
	}
	if (is_taken)
		s->rest = bytes_skip(r, len);
	return t;
}

static const struct spdx_license *names_or(struct names *s);

/* "GPL-2+ with OpenSSL exception": the licence alone would say less than there is. */
static const struct spdx_license *names_term(struct names *s)
{
	const struct spdx_license *l = known(s->name, s->a);
	ssize_t at = bytes_search(s->name, B(" with "));
	at = at < 0 ? bytes_search(s->name, B(" WITH ")) : at;
	if (l || at < 0)
		return l ? l : reference(s->name, s->a);
	const struct spdx_license *base =
		known(bytes_trim(bytes_slice(s->name, 0, (size_t)at)), s->a);
	const struct spdx_id *row =
		spdx_id_find(bytes_trim(bytes_skip(s->name, (size_t)at + 6)), SPDX_EXCEPTION);
	if (!base || !row || base->kind != SPDX_TERM || base->exception.n)
		return reference(s->name, s->a);
	struct spdx_license *with = spdx_term(s->a, base->id);
	with->is_plus = base->is_plus;
	with->exception = bytes_str(row->id);
	return with;
}

static const struct spdx_license *names_atom(struct names *s)
{
	enum token t = next(s, true);
	if (t == T_NAME)
		return names_term(s);
	if (t != T_OPEN || ++s->depth > (unsigned)SPDX_LICENSE_DEPTH_MAX)
		return NULL;
	const struct spdx_license *l = names_or(s);
	s->depth--;
	return l && next(s, true) == T_CLOSE ? l : NULL;
}

static const struct spdx_license *names_and(struct names *s)
{
	const struct spdx_license *l = names_atom(s);
	while (l && next(s, false) == T_AND) {
		next(s, true);
		while (next(s, false) == T_AND) /* "A, and B" */
			next(s, true);
		const struct spdx_license *more = names_atom(s);
		l = more ? spdx_pair(s->a, SPDX_AND, l, more) : NULL;
	}
	return l;
}

static const struct spdx_license *names_or(struct names *s)
{
	const struct spdx_license *l = names_and(s);
	while (l && next(s, false) == T_OR) {
		next(s, true);
		const struct spdx_license *more = names_and(s);
		l = more ? spdx_pair(s->a, SPDX_OR, l, more) : NULL;
	}
	return l;
}

const struct spdx_license *spdx_license_normalize(struct bytes text, struct arena *a)
{
	text = bytes_trim(text);
	if (!text.n)
		return NULL;
	for (size_t i = 0; nothing[i]; i++) {
		if (bytes_eq_nocase(text, bytes_str(nothing[i])))
			return NULL;
	}
	if (text.n > (size_t)SPDX_LICENSE_MAX)
		return reference(text, a);
	const struct spdx_license *l = known(text, a);
	if (!l && bytes_search(text, B("://")) > 0 && bytes_find(text, ' ') < 0)
		l = known(path_base(text), a); /* "https://opensource.org/licenses/MIT" */
	if (l || bytes_search(text, B("://")) >= 0)
		return l ? l : reference(text, a);
	struct names s = {.a = a, .rest = text};
	l = names_or(&s);
	return l && next(&s, false) == T_END ? l : reference(text, a);
}
