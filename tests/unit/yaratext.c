/* SPDX-License-Identifier: Apache-2.0 */
/* yaratext.c - what a file has to hold before a YARA rule can match it. */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

#define ONE "strings: $a = \"abcd\" $b = \"efgh\" condition: "

static const struct {
	const char *name, *rule;
	size_t n_always;
	const char *literals; /* a word each, with its flags; NULL: not looked at */
} cases[] = {
	{"a string",				   "rule r { " ONE "$a }",						  0, "abcd/2 "                     },
	{"at a place",				 "rule r { " ONE "$a at 0 }",                                             0, NULL                          },
	{"any",					"rule r { " ONE "any of them }",                                         0, NULL                          },
	{"a number of",				"rule r { " ONE "2 of ($a, $b) }",                                       0, NULL                          },
	{"none of",				    "rule r { " ONE "0 of them }",                                           1, NULL                          },
	{"of rules",				   "rule r { " ONE "any of (r1, r2) }",                                     1, NULL                          },
	{"both parts, one needs",                      "rule r { " ONE "filesize < 1KB and $a }",                               0, NULL                          },
	{"either part, one needs",                     "rule r { " ONE "filesize < 1KB or $a }",                                1, NULL                          },
	{"in parentheses",			     "rule r { " ONE "uint16(0) == 0x5a4d and ($a or $b) }",                  0, NULL                          },
	{"a number in parentheses",                    "rule r { " ONE "(filesize) > 3 and (1) of them }",                      1, NULL                          },
	{"not",					"rule r { " ONE "not $a }",					      1, NULL                          },
	{"not, in parentheses",                        "rule r { " ONE "not ($a or $b) }",                                      1, NULL                          },
	{"for",					"rule r { " ONE "for all of them : ( # < 3 ) }",                         1, NULL                          },
	{"a count",				    "rule r { " ONE "#a > 0 and #b < 2 }",                                   0, NULL                          },
	{"at least",				   "rule r { " ONE "#a >= 2 }",                                             0, NULL                          },
	{"none at least",			      "rule r { " ONE "#a >= 0 }",                                             1, NULL                          },
	{"another rule",			       "rule q { " ONE "$a } rule r { condition: q }",                          0, NULL                          },
	{"another that needs none",                    "rule q { condition: true } rule r { condition: q }",                    2, NULL                          },
	{"private",				    "private rule q { condition: filesize > 1 }",                            0, ""                            },
	{"text in a condition",                        "import \"pe\" rule r { condition: pe.imports(\"}\", /}/i) }",           1,
         ""																		      },
	{"both: the rarer",			    "rule r { strings: $a = \"ab\" $b = \"efgh\" condition: $a and $b }",    0,
         "efgh/2 "																	       },
	{"both: the rarer of two parts",
         "rule r { strings: $a = \"aaaaaaa\" $b = \"efg\" $c = \"xyz1\" condition: ($b or $c) and "
         "$a }",                                                                                                                0, "efg/2 xyz1/2 "               },
	{"all",					"rule r { strings: $a = \"ab\" $b = \"efgh\" condition: all of them }",  0,
         "efgh/2 "																	       },
	{"two of three",
         "rule r { strings: $a = \"ab\" $b = \"efgh\" $c = \"xyz\" condition: 2 of them }",                                     0,
         "efgh/2 xyz/2 "																	 },
	{"more than there are",                        "rule r { " ONE "9 of them }",                                           0, "efgh/2 "                     },
	{"of a list",
         "rule r { strings: $a1 = \"abcd\" $a2 = \"efgh\" $b = \"xyzw\" condition: any of ($a*) }",                             0, "abcd/2 efgh/2 "              },
	{"of a long list",
         "rule r { strings: $a = \"abcd\" $b = \"efgh\" $c = \"ijkl\" $d = \"mnop\" condition: 2 "
         "of ($a, $b, $c, $d) }",                                                                                               0, "abcd/2 efgh/2 ijkl/2 mnop/2 "},
	{"without names",			      "rule r { strings: $ = \"abcd\" $ = \"efgh\" condition: any of them }",  0,
         "abcd/2 efgh/2 "																	},
	{"one that cannot be found, and one that can",
         "rule r { strings: $a = \"a\" $b = \"efgh\" condition: $a and $b }",                                                   0, "efgh/2 "                     },
	{"one that cannot be found, or one that can",
         "rule r { strings: $a = \"a\" $b = \"efgh\" condition: $a or $b }",                                                    1, ""                            },
	{"another rule, and a string",
         "rule q { " ONE "$a } rule r { strings: $x = \"qrst\" condition: q and $x }",                                          0,
         "abcd/2 "																	       },
	{"comments",				   "/* rule x {} */ rule r { // $a\n " ONE "$a /* or true */ }",            0, NULL                          },
	{"meta",				       "rule r : t { meta: a = \"strings:\" b = -1 c = true " ONE "$a }",       0, NULL                          },
	{"flags",
         "rule r { strings: $a = \"ab\\\"\\x41\" wide nocase $b = \"cd\" ascii wide condition: "
         "any of them }",                                                                                                       0, "ab\"A/5 cd/6 "               },
	{"Base64",				     "rule r { strings: $a = \"abcd\" base64 condition: $a }",                1, ""                            },
	{"one byte",				   "rule r { strings: $a = \"a\" condition: $a }",                          1, ""                            },
	{"hexadecimal",
         "rule r { strings: $a = { 61 6? 62 63 64 [2-4] 65 (66 | 67) ~00 } condition: $a }",                                    0,
         "bcd/2 "																		},
	{"expression",				 "rule r { strings: $a = /ab?cdx+efgh(hi|j)[k-z]lm{2}/i condition: $a }", 0,
         "efgh/3 "																	       },
	{"alternatives",			       "rule r { strings: $a = /abcd|efgh/ condition: $a }",                    1, ""                            },
	{"escapes",				    "rule r { strings: $a = /a\\/b\\.c\\d[\\]]x/ condition: $a }",           0, "a/b.c/2 "                    },
	{"empty",				      "",								      0, ""			    },
	{"cut short",				  "rule r { strings: $a = \"abc",                                          1, ""                            },
};

static void spell(const struct yara_text *t, struct buf *b)
{
	for (size_t i = 0; i < t->n_literals; i++)
		buf_addf(b, "%.*s/%u ", BYTES_FMT(t->literals[i].text), t->literals[i].flags);
}

static int repeat(const char *before, const char *one, size_t n, const char *after)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct yara_text t = {.a = a};
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf b;
	buf_init(&b, MIB(64));
	buf_adds(&b, before);
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, one);
	buf_adds(&b, after);
	int rc = yara_text_add(&t, buf_bytes(&b), &e);
	CHECK(rc == 0 || e.kind == ERR_LIMIT);
	yara_text_fini(&t);
	return rc;
}

/* Of how many literals of n strings, all of which are needed. */
static size_t literals_of(size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct yara_text t = {.a = a};
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf b;
	buf_init(&b, MIB(1));
	buf_adds(&b, "rule r{strings:");
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, "$=\"abc\"");
	buf_adds(&b, "condition:all of them}");
	CHECK(yara_text_add(&t, buf_bytes(&b), &e) == 0 && t.n_always == 0);
	size_t found = t.n_literals;
	yara_text_fini(&t);
	return found;
}

static const struct {
	const char *condition;
	uint64_t want;
} sizes[] = {
	{"$a",						 UINT64_MAX},
	{"$a and filesize < 1MB",                              MIB(1)    },
	{"filesize <= 300 and $a",                             300       },
	{"filesize < 2KB and ($a and filesize < 1KB)",         KIB(1)    },
	{"(filesize < 1KB and $a) or (filesize < 3KB and $b)", KIB(3)    },
	{"(filesize < 1KB and $a) or $b",                      UINT64_MAX},
	{"$a and not filesize < 1KB",                          UINT64_MAX},
	{"$a and filesize > 1KB",                              UINT64_MAX},
	{"$a and filesize < 1KB + 7",                          UINT64_MAX},
};

static void sizes_are_read(void)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct yara_text t = {.a = a};
		struct err e = {.kind = ERR_NONE};
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(4));
		buf_addf(&b, "rule r { " ONE "%s }", sizes[i].condition);
		int rc = yara_text_add(&t, buf_bytes(&b), &e);
		test_case(rc == 0 && t.n_literals > 0 && t.literals[0].size_max == sizes[i].want,
		          "size: %s", sizes[i].condition);
		yara_text_fini(&t);
	}
}

/* A rule that may hold for any file sends all content through libyara. */
static void shipped(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf path, text = {0};
	struct yara_text t = {.a = a};
	struct err e = {.kind = ERR_NONE};
	const char *src = getenv("ASSAY_SRC");
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_addf(&path, "%s/rules/yara/shipped.yar", src ? src : ".");
	CHECK(file_read(buf_cstr(&path), MIB(1), &text, &e) == 0);
	CHECK(yara_text_add(&t, buf_bytes(&text), &e) == 0);
	test_case(t.n_rules > 0 && t.n_always == 0, "%zu of %zu rules that ship need no string",
	          t.n_always, t.n_rules);
	yara_text_fini(&t);
}

int main(void)
{
	shipped();
	sizes_are_read();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct yara_text t = {.a = a};
		struct err e = {.kind = ERR_NONE};
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(4));
		int rc = yara_text_add(&t, bytes_str(cases[i].rule), &e);
		spell(&t, &b);
		test_case(rc == 0 && t.n_always == cases[i].n_always &&
		                  (!cases[i].literals || !strcmp(buf_cstr(&b), cases[i].literals)),
		          "%s: %zu, %s", cases[i].name, t.n_always, buf_cstr(&b));
		yara_text_fini(&t);
	}
	CHECK(repeat("", "rule r{condition:1}", (size_t)YARA_RULES_MAX, "") == 0);
	CHECK(repeat("", "rule r{condition:1}", (size_t)YARA_RULES_MAX + 1, "") < 0);
	CHECK(repeat("rule r{strings:", "$=\"ab\"", (size_t)YARA_STRINGS_MAX, "condition:$}") == 0);
	CHECK(repeat("rule r{strings:", "$=\"ab\"", (size_t)YARA_STRINGS_MAX + 1, "condition:$}") <
	      0);
	CHECK(repeat("rule r{condition:", "(", 100000, "") == 0);
	/* as many strings as are told apart, and one more */
	CHECK(literals_of(YARA_COVER_MAX) == 1 &&
	      literals_of(YARA_COVER_MAX + 1) == YARA_COVER_MAX + 1);
	return TEST_END();
}
