/* SPDX-License-Identifier: Apache-2.0 */
/* license_text.c - licences by their sentences; the texts that Debian ships in common-licenses
 * where they are. */
#include "fmt/license_text.h"

#include <string.h>

#include "fmt/fmt.h"
#include "test.h"

#define MIT                                                                                        \
	"Permission is hereby granted, free of charge, to any person obtaining a copy\nof this "   \
	"software and associated documentation files (the \"Software\"), to deal"
#define MIT_NOTICE                                                                                 \
	"The above copyright notice and this permission notice shall be included in\nall copies"
#define BSD                                                                                        \
	"1. Redistributions of source code must retain the above copyright\n * notice.\n"          \
	" * 2. Redistributions in binary form must reproduce the above copyright notice"
#define BSD3 " derived from\n# this software without specific prior written permission"
#define ISC                                                                                        \
	"Permission to use, copy, modify, and/or distribute this software for any\r\npurpose "     \
	"with "                                                                                    \
	"or without fee is hereby granted"

static const struct {
	const char *name, *text, *ids;
} cases[] = {
	{"MIT",			 "(c) X\n\n" MIT "\n\n" MIT_NOTICE,						   "MIT"             },
	{"MIT without the notice",      MIT,										 "MIT-0"           },
	{"X11",			 MIT MIT_NOTICE " shall not be used in advertising or otherwise to promote the sale",
         "X11"																 },
	{"BSD, two clauses",            BSD,										 "BSD-2-Clause"    },
	{"BSD, three, in comments",     BSD BSD3,									    "BSD-3-Clause"    },
	{"BSD, four",
         BSD BSD3 " All advertising materials mentioning features or use of this software",
         "BSD-4-Clause"															},
	{"ISC",			 ISC ", provided that the above copyright notice",                                    "ISC"             },
	{"0BSD",			ISC ".\n\nTHE SOFTWARE IS PROVIDED \"AS IS\"",                                       "0BSD"            },
	{"two of them",                 MIT MIT_NOTICE "\n----\n" BSD BSD3,                                                  "BSD-3-Clause MIT"},
	{"SSPL",
         "  Server Side Public License\n  VERSION 1, OCTOBER 16, 2018\n\n Copyright \xc2\xa9 2018 "
         "MongoDB, Inc.",                                                                                                    "SSPL-1.0"        },
	{"the Elastic license",
         "Elastic License 2.0\n\nURL: https://www.elastic.co/licensing/elastic-license\n\n## "
         "Copyright License\n\n"
         "The licensor grants you a non-exclusive, royalty-free, worldwide, non-sublicensable",                              "Elastic-2.0"     },
	{"the Business Source License",
         "License text copyright (c) 2017 MariaDB Corporation Ab\n\nBusiness Source License "
         "1.1\n\nTerms\n\n"
         "The Licensor hereby grants you the right to copy, modify, create derivative works,",                               "BUSL-1.1"        },
	{"CDDL 1.1",                    "COMMON DEVELOPMENT AND DISTRIBUTION LICENSE (CDDL) Version 1.1",                    "CDDL-1.1"        },
	{"the Library GPL",             "GNU LIBRARY GENERAL PUBLIC LICENSE\nVersion 2, June 1991",
         "LGPL-2.0-only"														       },
	{"MPL 1.1",
         "MOZILLA PUBLIC LICENSE\n Version 1.1\n\n1. Definitions.\n\n1.0.1. \"Commercial Use\" "
         "means",                                                                                                            "MPL-1.1"         },
	{"a name alone is no licence",  "MIT\n",									     ""                },
	{"all rights reserved",         "Copyright X. All rights reserved.",                                                 ""                },
	{"empty",		       "",										  ""                },
	{"a sentence that is cut",      "Permission is hereby granted, free of charge, to any person",
         ""																    },
};

static bool is(struct bytes text, const char *want)
{
	const char *ids[LICENSE_TEXTS_MAX];
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(1));
	size_t n = license_text(text, ids);
	for (size_t i = 0; i < n; i++) {
		struct bytes known;
		buf_addf(&b, "%s%s", i ? " " : "", ids[i]);
		if (!spdx_license_known(bytes_str(ids[i]), &known))
			return false;
	}
	return bytes_eq(buf_bytes(&b), bytes_str(want));
}

static void common(const char *name, const char *want)
{
	char path[128];
	AUTO_BUF struct buf text = {0};
	struct err e;
	snprintf(path, sizeof path, "/usr/share/common-licenses/%s", name);
	if (file_read(path, (size_t)MIB(1), &text, &e) < 0)
		test_skip(name, "not on this system");
	else
		test_case(is(buf_bytes(&text), want), "%s is %s", path, want);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		test_case(is(bytes_str(cases[i].text), cases[i].ids), "%s", cases[i].name);
	common("Apache-2.0", "Apache-2.0");
	common("GPL-2", "GPL-2.0-only");
	common("GPL-3", "GPL-3.0-only");
	common("LGPL-2.1", "LGPL-2.1-only");
	common("LGPL-3", "LGPL-3.0-only");
	common("MPL-2.0", "MPL-2.0");
	common("CC0-1.0", "CC0-1.0");
	/* what ends at the bound is seen, what ends one past it is not */
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)LICENSE_TEXT_MAX * 2);
		while (b.n < (size_t)LICENSE_TEXT_MAX + past - strlen(MIT))
			buf_addc(&b, '.');
		buf_adds(&b, "Permission is hereby granted, free of charge, to any person "
		             "obtaining a copy\nof this software and associated documentation "
		             "files (the \"Software\"), to deal");
		b.n = (size_t)LICENSE_TEXT_MAX + past - strlen(MIT) +
		      (size_t)bytes_search(B(MIT), B(" (the"));
		struct bytes text = buf_bytes(&b);
		size_t shift = (size_t)LICENSE_TEXT_MAX + past - text.n;
		AUTO_BUF struct buf moved;
		buf_init(&moved, (size_t)LICENSE_TEXT_MAX * 2);
		while (moved.n < shift)
			buf_addc(&moved, '.');
		buf_add(&moved, text);
		test_case(is(buf_bytes(&moved), past ? "" : "MIT-0"), "LICENSE_TEXT_MAX%s",
		          past ? " and one" : "");
	}
	return TEST_END();
}
