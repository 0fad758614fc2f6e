/* SPDX-License-Identifier: Apache-2.0 */
/*
 * license_text.c - licences by their sentences.
 *
 * Source: the texts of the SPDX licence list; a row has the phrases that all must be there, and one
 * that must not, which tells it from its sister.
 */
#include "fmt/license_text.h"

/* Lower case, one blank between words. */
static const struct license_row {
	const char *id;
	const char *has[3];
	const char *lacks;
} rows[] = {
	{"0BSD",
         {"permission to use copy modify and or distribute this software for any purpose with or "
          "without fee is hereby granted the software is provided as is"},
         NULL											   },
	{"AGPL-3.0-only", {"gnu affero general public license version 3 19 november 2007"},         NULL},
	{"Apache-2.0",
         {"apache license version 2 0 january 2004",
          "terms and conditions for use reproduction and distribution"},
         NULL											   },
	{"Artistic-2.0",
         {"the artistic license 2 0",
          "everyone is permitted to copy and distribute verbatim copies"},
         NULL											   },
	{"BSD-2-Clause",
         {"redistributions of source code must retain the above copyright notice",
          "redistributions in binary form must reproduce the above copyright notice"},
         "derived from this software without specific prior written permission"                         },
	{"BSD-3-Clause",
         {"redistributions of source code must retain the above copyright notice",
          "redistributions in binary form must reproduce the above copyright notice",
          "derived from this software without specific prior written permission"},
         "all advertising materials mentioning features or use of this software"                        },
	{"BSD-4-Clause",
         {"redistributions of source code must retain the above copyright notice",
          "derived from this software without specific prior written permission",
          "all advertising materials mentioning features or use of this software"},
         NULL											   },
	{"BSL-1.0",
         {"boost software license version 1 0", "permission is hereby granted free of charge"},
         NULL											   },
	{"BUSL-1.1",
         {"business source license 1 1",
          "the licensor hereby grants you the right to copy modify create derivative works"},
         NULL											   },
	{"CC0-1.0",       {"cc0 1 0 universal", "statement of purpose"},                            NULL},
	{"CDDL-1.0",      {"common development and distribution license cddl version 1 0"},         NULL},
	{"CDDL-1.1",      {"common development and distribution license cddl version 1 1"},         NULL},
	{"EPL-1.0",
         {"eclipse public license v 1 0", "any use reproduction or distribution of the program"},
         NULL											   },
	{"EPL-2.0",
         {"eclipse public license v 2 0", "any use reproduction or distribution of the program"},
         NULL											   },
	{"Elastic-2.0",
         {"elastic license 2 0", "the licensor grants you a non exclusive royalty free worldwide"},
         NULL											   },
	{"GPL-2.0-only",  {"gnu general public license version 2 june 1991"},                       NULL},
	{"GPL-3.0-only",  {"gnu general public license version 3 29 june 2007"},                    NULL},
	{"ISC",
         {"permission to use copy modify and or distribute this software for any purpose with or "
          "without fee is hereby granted provided that the above copyright notice"},
         NULL											   },
	{"LGPL-2.0-only", {"gnu library general public license version 2 june 1991"},               NULL},
	{"LGPL-2.1-only", {"gnu lesser general public license version 2 1 february 1999"},          NULL},
	{"LGPL-3.0-only", {"gnu lesser general public license version 3 29 june 2007"},             NULL},
	{"MIT",
         {"permission is hereby granted free of charge to any person obtaining a copy of this "
          "software and associated documentation files",
          "the above copyright notice and this permission notice shall be included in all copies"},
         "shall not be used in advertising or otherwise to promote the sale"                            },
	{"MIT-0",
         {"permission is hereby granted free of charge to any person obtaining a copy of this "
          "software and associated documentation files"},
         "shall be included in all copies"							      },
	{"MPL-1.1",       {"mozilla public license version 1 1", "1 0 1 commercial use"},           NULL},
	{"MPL-2.0",       {"mozilla public license version 2 0", "1 1 contributor"},                NULL},
	{"PSF-2.0",       {"python software foundation license version 2"},                         NULL},
	{"Ruby",
         {"you may make and give away verbatim copies of the source form of the software without "
          "restriction"},
         NULL											   },
	{"SSPL-1.0",      {"server side public license version 1 october 16 2018"},                 NULL},
	{"Unlicense",
         {"this is free and unencumbered software released into the public domain"},
         NULL											   },
	{"WTFPL",         {"do what the fuck you want to public license"},                          NULL},
	{"X11",
         {"permission is hereby granted free of charge to any person obtaining a copy of this "
          "software and associated documentation files",
          "shall not be used in advertising or otherwise to promote the sale"},
         NULL											   },
	{"Zlib",
         {"without any express or implied warranty in no event will the authors be held liable",
          "altered source versions must be plainly marked as such"},
         NULL											   },
};

/* Letters and digits in lower case, one blank for all that is between; a quoted or commented text
 * reads as the bare one. */
static void fold(struct bytes text, struct buf *ret)
{
	uint8_t *p = buf_room(ret, text.n); /* LICENSE_TEXT_MAX at most */
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (is_alnum(text.p[i]))
			p[n++] = to_lower(text.p[i]);
		else if (n && p[n - 1] != ' ')
			p[n++] = ' ';
	}
	ret->n = n;
}

static bool is_row(struct bytes words, const struct license_row *r)
{
	for (size_t i = 0; i < ARRAY_LEN(r->has) && r->has[i]; i++) {
		if (bytes_search(words, bytes_str(r->has[i])) < 0)
			return false;
	}
	return !r->lacks || bytes_search(words, bytes_str(r->lacks)) < 0;
}

size_t license_text(struct bytes text, const char *ret[LICENSE_TEXTS_MAX])
{
	AUTO_BUF struct buf words;
	size_t n = 0;
	buf_init(&words, (size_t)LICENSE_TEXT_MAX);
	fold(bytes_slice(text, 0, (size_t)LICENSE_TEXT_MAX), &words);
	for (size_t i = 0; i < ARRAY_LEN(rows) && n < LICENSE_TEXTS_MAX; i++) {
		if (is_row(buf_bytes(&words), &rows[i]))
			ret[n++] = rows[i].id;
	}
	return n;
}
