/* SPDX-License-Identifier: Apache-2.0 */
/* Expectations are those of SPDX 2.3 annex D, copyright-format 1.0 and Fedora's table of names. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

static const struct {
	const char *name, *in, *out; /* out NULL: refused */
} strict[] = {
	{"one licence",                "MIT",					"MIT"                  },
	{"the list's spelling",        "mit",					"MIT"                  },
	{"or later",                   "Apache-2.0+",                                "Apache-2.0+"          },
	{"an exception",               "GPL-2.0-only WITH Classpath-exception-2.0",
         "GPL-2.0-only WITH Classpath-exception-2.0"							},
	{"AND binds tighter than OR",  "MIT OR ISC AND Zlib",                        "MIT OR ISC AND Zlib"  },
	{"parentheses that matter",    "(MIT OR ISC) AND Zlib",                      "(MIT OR ISC) AND Zlib"},
	{"parentheses that do not",    "((MIT) AND (ISC AND Zlib))",                 "MIT AND ISC AND Zlib" },
	{"a reference",                "LicenseRef-23",                              "LicenseRef-23"        },
	{"one of another document",    "DocumentRef-spdx-tool-1.2:LicenseRef-MIT-2",
         "DocumentRef-spdx-tool-1.2:LicenseRef-MIT-2"						       },
	{"deprecated is valid",        "GPL-2.0",                                    "GPL-2.0"              },
	{"lower case operator",        "MIT and ISC",                                NULL                   },
	{"an exception for a licence", "Classpath-exception-2.0",                    NULL                   },
	{"a licence as exception",     "MIT WITH ISC",                               NULL                   },
	{"nothing",		    "",					   NULL                   },
	{"an operator too much",       "MIT AND",                                    NULL                   },
	{"no operator",                "MIT ISC",				    NULL                   },
	{"not closed",                 "(MIT",				       NULL                   },
	{"closed twice",               "MIT)",				       NULL                   },
	{"not of the list",            "Apache-2",                                   NULL                   },
	{"an empty reference",         "LicenseRef-",                                NULL                   },
	{"underscore in a reference",  "LicenseRef-a_b",                             NULL                   },
};

static const struct {
	const char *name, *in, *out; /* out NULL: names no licence */
} loose[] = {
	{"Debian's GPL",           "GPL-2+",                                  "GPL-2.0-or-later"                 },
	{"Debian's Expat",         "Expat",                                   "MIT"                              },
	{"Debian's comma",         "GPL-2+, and BSD-3-clause",                "GPL-2.0-or-later AND BSD-3-Clause"},
	{"Fedora's names",         "GPLv2+ and LGPLv2+ and ASL 2.0",
         "GPL-2.0-or-later AND LGPL-2.0-or-later AND Apache-2.0"                                                 },
	{"Fedora's choice",        "(GPL+ or Artistic) and MIT",
         "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND MIT"                                                       },
	{"deprecated",             "GPL-2.0",                                 "GPL-2.0-only"                     },
	{"deprecated with +",      "LGPL-2.1+",                               "LGPL-2.1-or-later"                },
	{"deprecated exception",   "GPL-2.0-with-classpath-exception",
         "GPL-2.0-only WITH Classpath-exception-2.0"							     },
	{"cargo's slash",          "MIT/Apache-2.0",                          "MIT OR Apache-2.0"                },
	{"npm's parentheses",      "(MIT OR CC0-1.0)",                        "MIT OR CC0-1.0"                   },
	{"words",		  "Apache License, Version 2.0",             "Apache-2.0"                       },
	{"or later in words",      "GNU GPL v3 or later",                     "GPL-3.0-or-later"                 },
	{"unknown",                "Public Domain",                           "LicenseRef-Public-Domain"         },
	{"unknown within",         "MIT and Foo+Bar",                         "MIT AND LicenseRef-Foo-Bar"       },
	{"with what nobody knows", "GPLv2+ with exceptions",                  "LicenseRef-GPLv2--with-exceptions"},
	{"with what is known",     "GPL-2.0-or-later WITH OpenSSL-exception",
         "LicenseRef-GPL-2.0-or-later-WITH-OpenSSL-exception"                                                    },
	{"an address",             "https://opensource.org/licenses/MIT",     "MIT"                              },
	{"another address",        "http://example.com/a/b",                  "LicenseRef-http---example.com-a-b"},
	{"not closed",             "(MIT",				    "LicenseRef--MIT"                  },
	{"a slash alone",          "/",				       "LicenseRef--"                     },
	{"no assertion",           "NOASSERTION",                             NULL                               },
	{"nothing",                " ",				       NULL			       },
	{"no version",             "GPL",				     "LicenseRef-GPL"                   },
	{"no such version",        "GPL-7",                                   "LicenseRef-GPL-7"                 },
	{"control bytes",          "a\x1b[2J",                                "LicenseRef-a--2J"                 },
};

static void test_bounds(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	const struct spdx_license *l;
	struct err e;
	buf_init(&b, KIB(64));
	for (int over = 0; over < 2; over++) {
		int n = (int)SPDX_LICENSE_DEPTH_MAX + over;
		buf_reset(&b);
		for (int i = 0; i < n; i++)
			buf_addc(&b, '(');
		buf_adds(&b, "MIT");
		for (int i = 0; i < n; i++)
			buf_addc(&b, ')');
		CHECK((spdx_license_parse(buf_bytes(&b), a, &l, &e) == 0) == !over);
		CHECK(bytes_eq(spdx_license_normalize(buf_bytes(&b), a)->id, B("MIT")) == !over);
	}
	for (size_t over = 0; over < 2; over++) {
		buf_reset(&b);
		buf_adds(&b, "MIT");
		while (b.n < (size_t)SPDX_LICENSE_MAX + over)
			buf_addc(&b, ' ');
		CHECK((spdx_license_parse(buf_bytes(&b), a, &l, &e) == 0) == !over);
		CHECK(!over || (e.kind == ERR_LIMIT && strstr(e.msg, "16384")));
	}
	buf_reset(&b);
	for (size_t i = 0; i < 200; i++)
		buf_addc(&b, 'x');
	l = spdx_license_normalize(buf_bytes(&b), a);
	CHECK(l->id.n == 11 + 64 + 9 && l->text.n == 200);
}

int main(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(strict); i++) {
		const struct spdx_license *l = NULL;
		struct err e;
		int rc = spdx_license_parse(bytes_str(strict[i].in), a, &l, &e);
		struct bytes have = spdx_license_text(l, a);
		CHECK((rc == 0) == (strict[i].out != NULL));
		CHECK(bytes_eq(have, bytes_str(strict[i].out)));
		if (!bytes_eq(have, bytes_str(strict[i].out)))
			printf("# %s: %.*s\n", strict[i].name, BYTES_FMT(have));
	}
	for (size_t i = 0; i < ARRAY_LEN(loose); i++) {
		const struct spdx_license *l = spdx_license_normalize(bytes_str(loose[i].in), a),
					  *again;
		struct bytes have = spdx_license_text(l, a);
		struct err e;
		CHECK(bytes_eq(have, bytes_str(loose[i].out)));
		if (!bytes_eq(have, bytes_str(loose[i].out)))
			printf("# %s: %.*s\n", loose[i].name, BYTES_FMT(have));
		/* what is given is valid, whatever came in */
		CHECK(!l || spdx_license_parse(have, a, &again, &e) == 0);
	}
	struct bytes id;
	CHECK(spdx_license_known(B("apache-2.0"), &id) && bytes_eq(id, B("Apache-2.0")));
	CHECK(!spdx_license_known(B("389-exception"), &id));
	test_bounds();
	return TEST_END();
}
