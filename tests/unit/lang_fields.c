/* SPDX-License-Identifier: Apache-2.0 */
/* lang_fields.c - manifests of R, GHC, JDKs, Erlang and snaps; conda-meta, CPAN, WordPress. */
#include <string.h>

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
	{"JDK",		       "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"17.0.6\"\n",      "openjdk|17.0.6|"},
	{"another file of that name", "Debian 12\n",						      "none"           },
	{"JDK, cut short",            "JAVA_VERSION=\"17",						"none"           },
	{"JDK, the build of it",      "JAVA_RUNTIME_VERSION=\"21.0.4+7-LTS\"\nJAVA_VERSION=\"21.0.4\"\n",
         "openjdk|21.0.4+7-LTS|"											   },
	{"JDK 8",		     "JAVA_VERSION=\"1.8.0_302\"\nFULL_VERSION=\"1.8.0_302-b08\"\n",
         "openjdk|1.8.0_302-b08|"											  },
	{"JDK, the build of another",
         "JAVA_VERSION=\"17.0.1\"\nFULL_VERSION=\"8.0.7.15\"\nJAVA_RUNTIME_VERSION=\"17.0.10+7\"\n",      "openjdk|17.0.1|"},
	{"Oracle's JRE that is sold",
         "BUILD_TYPE=\"commercial\"\nIMAGE_TYPE=\"JRE\"\nJAVA_VERSION=\"17.0.9\"\n",                      "jre|17.0.9|"    },
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

/* name, licence and version of what a snap, CPAN and WordPress say */
static const struct lang_row snap[] = {
	{"snap",			       "name: jq\nversion: '1.5+dfsg-1'\nlicense: MIT\n", "jq|1.5+dfsg-1|MIT"      },
	{"snap, quoted twice",                 "name: \"jq\"\nversion: \"1\"\n",                  "jq|1|"                  },
	{"snap, a version that is made later", "name: jq\nadopt-info: jq\n",                      "none"                   },
	{"snap, a lone quote",                 "name: jq\nversion: '\n",                          "jq|'|"                  },
	{"snap, no name",                      "version: 1\n",                                    "the package has no name"},
};
static const struct lang_row cpan[] = {
	{"CPAN",
         "{\"name\":\"libwww-perl\",\"version\":\"6.72\",\"license\":[\"perl_5\",\"unknown\"]}",   "libwww-perl|6.72|perl_5"                },
	{"CPAN, two licences", "{\"name\":\"a\",\"version\":\"1\",\"license\":[\"mit\",\"bsd\"]}",
         "a|1|mit OR bsd"														   },
	{"CPAN, no version",   "{\"name\":\"a\"}",						 "MYMETA.json: the package has no version"},
	{"CPAN, not JSON",     "---\nname: a\n",
         "MYMETA.json: line 1, column 1: invalid token near '-'"									    },
};
static const struct lang_row wordpress[] = {
	{"WordPress",			   "<?php\n/**\n * @global string $wp_version\n */\n$wp_version = '6.4.2';\n",
         "wordpress|6.4.2|GPL-2.0-or-later"										       },
	{"WordPress, other quotes",             "$wp_version=\"6.5-RC1\";",
         "wordpress|6.5-RC1|GPL-2.0-or-later"										     },
	{"WordPress, no text",                  "$wp_version = $x;\n",						      "none"},
	{"WordPress, a text that does not end", "$wp_version = '6.4\n",                                                     "none"},
	{"WordPress, another program",          "<?php $version = '1';",                                                    "none"},
	{"WordPress, a control character",      "$wp_version = '6\033[m';",
         "version.php: a control character in the version"									},
};
static const struct lang_row plugin[] = {
	{"a plugin",
         "<?php\n/**\n * Plugin Name: Akismet Anti-spam\n * Version: 5.3\n * License: GPLv2 or "
         "later\n */\n",                                                                                      "Akismet Anti-spam|5.3|GPLv2 or later"},
	{"a plugin, on one line each",               "<?php /* plugin name: Hello */\n# VERSION: 1.7.2 ?>\n",
         "Hello|1.7.2|"															     },
	{"a plugin without a version",               "<?php\n/* Plugin Name: Hello */\n",                     "none"                                },
	{"a file of a plugin",                       "<?php\nclass A {}\n",                                   "none"                                },
	{"a theme is no plugin",                     "/*\nTheme Name: X\nVersion: 1\n*/",                     "none"                                },
	{"a version that is a text of words is one", "<?php\n/* Plugin Name: A\nVersion: trunk */",
         "A|trunk|"																 },
};
static const struct lang_row theme[] = {
	{"a theme", "/*\nTheme Name: Twenty\nVersion: 1.0\n*/\n", "Twenty|1.0|"},
};

/* A header ends where WordPress stops reading. */
static void heads(void)
{
	static const char name[] = "Plugin Name: A\n", version[] = "\nVersion: 1";
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		AUTO_ARENA struct arena *a = arena_new();
		struct lang_package p;
		struct err e;
		buf_init(&b, (size_t)WORDPRESS_HEAD_MAX + 1);
		buf_adds(&b, name);
		while (b.n + strlen(version) < (size_t)WORDPRESS_HEAD_MAX + past)
			buf_addc(&b, ' ');
		buf_adds(&b, version);
		test_case(lang_wordpress_plugin(buf_bytes(&b), a, &p, &e) == !past,
		          "WORDPRESS_HEAD_MAX and %zu", past);
	}
}

/* What NVD has: oracle:openjdk:8:update302, oracle:jdk:1.8.0:update301, oracle:openjdk:17.0.6. */
static void cpes(void)
{
	static const char *const pairs[][2] = {
		{"JAVA_VERSION=\"17.0.6\"",                               "cpe:2.3:a:oracle:openjdk:17.0.6:*:*:*:*:*:*:*"   },
		{"JAVA_VERSION=\"1.8.0_302\"",                            "cpe:2.3:a:oracle:openjdk:8:update302:*:*:*:*:*:*"},
		{"JAVA_VERSION=\"1.8.0_301\"\nBUILD_TYPE=\"commercial\"",
	         "cpe:2.3:a:oracle:jdk:1.8.0:update301:*:*:*:*:*:*"                                                         },
		{"JAVA_VERSION=\"23-ea\"",                                ""						},
		{"JAVA_VERSION=\"1.8.0_x\"",                              ""						},
		{"JAVA_VERSION=\"1:*\"",                                  ""						},
	};
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct lang_package p;
		struct err e;
		test_case(lang_jdk(bytes_str(pairs[i][0]), a, &p, &e) == 1 &&
		                  bytes_eq(p.cpe, bytes_str(pairs[i][1])),
		          "%s", pairs[i][0]);
	}
}

int main(void)
{
	lang_rows(lang_snap, snap, ARRAY_LEN(snap));
	lang_rows(lang_cpan, cpan, ARRAY_LEN(cpan));
	lang_rows(lang_wordpress, wordpress, ARRAY_LEN(wordpress));
	lang_rows(lang_wordpress_plugin, plugin, ARRAY_LEN(plugin));
	lang_rows(lang_wordpress_theme, theme, ARRAY_LEN(theme));
	heads();
	cpes();
	lang_rows(lang_r, r, ARRAY_LEN(r));
	lang_rows(lang_ghc, ghc, ARRAY_LEN(ghc));
	lang_rows(lang_jdk, jdk, ARRAY_LEN(jdk));
	lang_rows(lang_erlang, erlang, ARRAY_LEN(erlang));
	lang_rows(lang_conda, conda, ARRAY_LEN(conda));
	return TEST_END();
}
