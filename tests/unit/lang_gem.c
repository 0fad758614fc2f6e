/* SPDX-License-Identifier: Apache-2.0 */
/* lang_gem.c - gemspecs of installed gems. */
#include "lib/lang.h"

static const struct lang_row rows[] = {
	{"the stub line speaks first",
         "# -*- encoding: utf-8 -*-\n# stub: rake 13.0.6 ruby lib\n\n"
         "Gem::Specification.new do |s|\n  s.name = \"x\".freeze\n  s.version = \"9\"\n"
         "  s.licenses = [\"MIT\".freeze, \"Ruby\"]\nend\n",                                                 "rake|13.0.6|MIT, Ruby"          },
	{"assignments alone",          "spec.name='a'\r\n spec.version = \"1.2.pre\"\nspec.license = 'X'\n",
         "a|1.2.pre|X"															},
	{"a version object",           "s.name = \"b\"\ns.version = Gem::Version.new(\"0.1\")\n",            "b|0.1|"                         },
	{"a comment states nothing",   "# s.name = \"a\"\n# s.version = \"1\"\n",
         "the package has no name"													    },
	{"empty",		      "",								   "the package has no name"        },
	{"a version that is computed", "s.name = \"a\"\ns.version = A::VERSION\n",
         "the package has no version"													 },
	{"a text that does not end",   "s.name = \"a\ns.version = \"1\"\n",
         "the package has no name"													    },
	{"a control character",        "# stub: a\033[2J 1 ruby lib\n",                                      "a control character in the name"},
};

int main(void)
{
	lang_rows(lang_gem, rows, ARRAY_LEN(rows));
	const char *const around[2] = {"# stub: ", " 1 ruby lib\n"};
	lang_long(lang_gem, "a name of LANG_FIELD_MAX", around, (size_t)LANG_FIELD_MAX, NULL);
	lang_long(lang_gem, "a name one longer", around, (size_t)LANG_FIELD_MAX + 1,
	          "a name of 4097 bytes, at most 4096");
	return TEST_END();
}
