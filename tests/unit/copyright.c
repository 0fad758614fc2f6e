/* SPDX-License-Identifier: Apache-2.0 */
/* copyright.c - licences of Debian copyright files, machine-readable and free. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

#define DEP5   "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
#define COMMON "/usr/share/common-licenses/"

static const struct {
	const char *what, *text, *want;
} rows[] = {
	{"plain",				     DEP5 "\nFiles: *\nCopyright: x\nLicense: Expat\n",                          "Expat"                                 },
	{"each once, in order; the first line alone",
         DEP5 "License: GPL-2+ or Artistic\n\nFiles: *\nLicense: GPL-2+\n text " COMMON
              "GPL-2\n .\n more\n\nFiles: b\n"
              "license: gpl-2+\n\nLicense: BSD-3-clause\n Redistribution\n",                                                      "GPL-2+ or Artistic|GPL-2+|BSD-3-clause"},
	{"an old address",
         "Format-Specification: http://dep.debian.net/deps/dep5/\n\nFiles: *\nLicense: MIT\n",                                    "MIT"				   },
	{"a reference",			       "It is GPL, see `" COMMON "GPL-2'.\n",                                      "GPL-2"                                 },
	{"or any later version",
         "version 2, or (at your option)\n * any later\n * version.\nSee " COMMON "GPL-2.\n",
         "GPL-2+"																			 },
	{"of one notice alone",
         "any later version: " COMMON "LGPL-2.1\nand only this: " COMMON "GPL-2, " COMMON
         "Artistic\n",                                                                                                            "LGPL-2.1+|GPL-2|Artistic"              },
	{"no version at all",                         "See " COMMON "GPL\n",						      "GPL-1+"                                },
	{"BSD of Debian",			     COMMON "BSD\n",							     "BSD-3-Clause"                          },
	{"a copied text over lines",
         "# Permission is hereby granted,  free of\n#  charge, to any person obtaining a\n# copy "
         "of this",                                                                                                               "MIT"				   },
	{"BSD of two clauses",                        "Redistribution and use in source\nand binary forms, with",
         "BSD-2-Clause"																		   },
	{"of three",				  "Redistribution and use in source and binary forms. Neither the name of X",
         "BSD-3-Clause"																		   },
	{"of four",
         "Redistribution and use in source and binary forms. All advertising materials "
         "mentioning\nNeither the name",                                                                                          "BSD-4-Clause"			  },
	{"public domain",			     "The author put it in the public\ndomain.",                                 "public-domain"                         },
	{"nothing known",			     "All rights reserved.\n",                                                   ""                                      },
	{"a reference to nothing",                    COMMON "\n" COMMON "...\n",                                                 ""                                      },
	{"empty",				     "",									 ""				      },
};

static void add(void *arg, struct bytes license)
{
	struct buf *b = arg;
	buf_addf(b, "%s%.*s", b->n ? "|" : "", BYTES_FMT(license));
}

/* n licences of different names. */
static void many(struct buf *text, size_t n)
{
	buf_reset(text);
	buf_adds(text, DEP5);
	for (size_t i = 0; i < n; i++)
		buf_addf(text, "\nFiles: %zu\nLicense: L%zu\n", i, i);
}

int main(void)
{
	AUTO_BUF struct buf b, text;
	struct err e = {.kind = ERR_NONE};
	buf_init(&b, (size_t)MIB(1));
	buf_init(&text, (size_t)MIB(4));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_reset(&b);
		int rc = copyright_licenses(bytes_str(rows[i].text), add, &b, &e);
		if (!test_case(rc == 0 && !strcmp(buf_cstr(&b), rows[i].want), "%s", rows[i].what))
			printf("# got  %s\n# want %s\n", buf_cstr(&b), rows[i].want);
	}
	many(&text, (size_t)COPYRIGHT_LICENSES_MAX);
	CHECK(copyright_licenses(buf_bytes(&text), add, &b, &e) == 0);
	many(&text, (size_t)COPYRIGHT_LICENSES_MAX + 1);
	CHECK(copyright_licenses(buf_bytes(&text), add, &b, &e) < 0 && e.kind == ERR_LIMIT);
	buf_reset(&text);
	while (text.n < (size_t)COPYRIGHT_MAX)
		buf_addc(&text, ' ');
	CHECK(copyright_licenses(buf_bytes(&text), add, &b, &e) == 0);
	buf_addc(&text, ' ');
	CHECK(copyright_licenses(buf_bytes(&text), add, &b, &e) < 0 && e.kind == ERR_LIMIT);
	return TEST_END();
}
