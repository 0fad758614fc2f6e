/* SPDX-License-Identifier: Apache-2.0 */
/* lang_npm.c - package.json: what counts, what is none, what is broken. */
#include "lib/lang.h"

#include <string.h>

static const struct lang_row rows[] = {
	{"name, version, licence",                    "{\"name\":\"a\",\"version\":\"1.2.3\",\"license\":\"MIT\"}",
         "a|1.2.3|MIT"																	},
	{"a scope",				   "{\"name\":\"@s/a\",\"version\":\"1.0.0-rc.1\"}",             "@s/a|1.0.0-rc.1|"                        },
	{"old licence object",
         "{\"name\":\"a\",\"version\":\"1\",\"license\":{\"type\":\"BSD\",\"url\":\"u\"}}",                         "a|1|BSD"				 },
	{"old licences",
         "{\"name\":\"a\",\"version\":\"1\",\"licenses\":[{\"type\":\"MIT\"},\"GPL\",7,{}]}",                       "a|1|MIT OR GPL"			  },
	{"a list of licences, none usable",           "{\"name\":\"a\",\"version\":\"1\",\"license\":[1,{}]}",
         "a|1|"																	       },
	{"licence of another type",                   "{\"name\":\"a\",\"version\":\"1\",\"license\":true}",        "a|1|"                                    },
	{"blanks around",			     "{\"name\":\" a \",\"version\":\"\\t1\\n\"}",                 "a|1|"                                    },
	{"a byte order mark",                         "\xef\xbb\xbf{\"name\":\"a\",\"version\":\"1\"}",             "a|1|"                                    },
	{"of a key that comes twice the last counts",
         "{\"name\":\"a\",\"version\":\"1\",\"version\":\"2\"}",                                                    "a|2|"                                    },
	{"keys in another case are other keys",
         "{\"Name\":\"b\",\"name\":\"a\",\"VERSION\":\"2\",\"version\":\"1\"}",                                     "a|1|"                                    },
	{"no version: a folder with a module type",   "{\"type\":\"module\",\"name\":\"a\"}",                       "none"                                    },
	{"no name",				   "{\"version\":\"1\"}",                                        "none"                                    },
	{"empty version",			     "{\"name\":\"a\",\"version\":\" \"}",                         "none"                                    },
	{"version is a number",                       "{\"name\":\"a\",\"version\":1}",                             "none"                                    },
	{"name is an object",                         "{\"name\":{},\"version\":\"1\"}",                            "none"                                    },
	{"empty",				     "",							   "package.json: line 1, column 1: no value"},
	{"a list",				    "[]",							 "package.json: not an object"             },
	{"cut short",				 "{\"name\":\"a\",\"version\":\"1\"",
         "package.json: line 1, column 26: ',' or the end of it is wanted"										    },
	{"a comment",				 "// c\n{}",						   NULL				      },
	{"bytes behind",			      "{}{}",						       NULL				      },
	{"a control character in the name",           "{\"name\":\"a\\u001b[31m\",\"version\":\"1\"}",
         "a control character in the name"														    },
	{"NUL in the version",                        "{\"name\":\"a\",\"version\":\"1\\u0000\"}",
         "a control character in the version"														 },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].want) {
			lang_runs(lang_npm, rows[i].what, bytes_str(rows[i].text), rows[i].want);
			continue;
		}
		AUTO_ARENA struct arena *a = arena_new();
		struct lang_package p;
		struct err e = {.kind = ERR_NONE};
		test_case(lang_npm(bytes_str(rows[i].text), a, &p, &e) < 0 && e.msg[0], "%s",
		          rows[i].what);
	}
	const char *const name[2] = {"{\"version\":\"1\",\"name\":\"", "\"}"};
	lang_long(lang_npm, "a name of LANG_FIELD_MAX", name, (size_t)LANG_FIELD_MAX, NULL);
	lang_long(lang_npm, "a name one longer", name, (size_t)LANG_FIELD_MAX + 1,
	          "a name of 4097 bytes, at most 4096");
	const char *const license[2] = {"{\"version\":\"1\",\"name\":\"a\",\"license\":\"", "\"}"};
	lang_long(lang_npm, "a licence past LANG_FIELD_MAX is left out", license,
	          (size_t)LANG_FIELD_MAX + 1, "a|1|");
	const char *const doc[2] = {"{\"version\":\"1\",\"name\":\"a\",\"r\":\"", "\"}"};
	size_t around = strlen(doc[0]) + strlen(doc[1]);
	lang_long(lang_npm, "LANG_MANIFEST_MAX", doc, (size_t)LANG_MANIFEST_MAX - around, "a|1|");
	lang_long(lang_npm, "one byte longer", doc, (size_t)LANG_MANIFEST_MAX - around + 1,
	          "package.json: 8388609 bytes, at most 8388608");
	return TEST_END();
}
