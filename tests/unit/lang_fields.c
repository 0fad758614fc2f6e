/* SPDX-License-Identifier: Apache-2.0 */
/* lang_fields.c - manifests of R, GHC, JDKs and Erlang; conda-meta. */
#include "lib/lang.h"

static const struct lang_row r[] = {
	{"R, installed",
         "Package: curl\nVersion: 5.2.0\nLicense: MIT + file LICENSE\nBuilt: R 4.3.1; ; x; unix\n", "curl|5.2.0|MIT + file LICENSE"},
	{"R, sources",             "Package: curl\nVersion: 5.2.0\n",                               "none"                         },
	{"R, no version",          "Package: curl\nBuilt: R 4\n",                                   "the package has no version"   },
	{"R, empty",               "",							      "none"                         },
	{"R, a control character", "Package: a\x01\nVersion: 1\nBuilt: x\n",
         "a control character in the name"											 },
};
static const struct lang_row ghc[] = {
	{"GHC",
         "name:                 aeson\nversion:              2.1.0.0\nid: aeson-2.1\nlicense: "
         "BSD-3-Clause\n", "aeson|2.1.0.0|BSD-3-Clause"},
	{"GHC, empty", "", "the package has no name"   },
};
static const struct lang_row jdk[] = {
	{"JDK",		       "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"17.0.6\"\n", "openjdk|17.0.6|"},
	{"another file of that name", "Debian 12\n",                                                 "none"           },
	{"JDK, cut short",            "JAVA_VERSION=\"17",                                           "none"           },
};
static const struct lang_row erlang[] = {
	{"Erlang",
         "{application, 'rabbit', [\n\t{description, \"RabbitMQ\"},\n\t{vsn, \"3.12.10\"}]}.", "rabbit|3.12.10|"},
	{"Erlang, without quotes", "{application,kernel,[{vsn,\"9.0\"}]}.",                    "kernel|9.0|"    },
	{"Erlang, a variable",     "{application, x, [{vsn, git}]}.",                          "none"           },
	{"Erlang, empty",          "",							 "none"           },
};
static const struct lang_row conda[] = {
	{"conda",
         "{\"name\":\"libgomp\",\"version\":\"11.2.0\",\"license\":\"GPL-3.0-only\",\"depends\":["
         "\"a 1 x\",\"b\"]}",                     "libgomp|11.2.0|GPL-3.0-only"                         },
	{"conda, no version", "{\"name\":\"a\"}", "conda-meta: the package has no version"              },
	{"conda, not JSON",   "x",                "conda-meta: line 1, column 1: invalid token near 'x'"},
};

int main(void)
{
	lang_rows(lang_r, r, ARRAY_LEN(r));
	lang_rows(lang_ghc, ghc, ARRAY_LEN(ghc));
	lang_rows(lang_jdk, jdk, ARRAY_LEN(jdk));
	lang_rows(lang_erlang, erlang, ARRAY_LEN(erlang));
	lang_rows(lang_conda, conda, ARRAY_LEN(conda));
	return TEST_END();
}
