/* SPDX-License-Identifier: Apache-2.0 */
/* deb822.c - paragraphs and fields, as deb822(5) has them. */
#include "fmt/fmt.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *in, *out; /* out: fields as [name=value], paragraphs parted by '|' */
} cases[] = {
	{"one field",                 "A: b\n",					       "[A=b]"                  },
	{"two paragraphs",            "A: b\nC: d\n\nA: e\n",                                 "[A=b][C=d]|[A=e]"       },
	{"no newline at the end",     "A: b\n\nA: c",                                         "[A=b]|[A=c]"            },
	{"many empty lines",          "\n\n\nA: b\n\n\n\nA: c\n\n\n",                         "[A=b]|[A=c]"            },
	{"continuation",              "A: b\n c\n .\n d\nE: f\n",                             "[A=b\n c\n .\n d][E=f]" },
	{"value on the second line",  "A:\n /etc/x 1\n /etc/y 2\n",                           "[A=/etc/x 1\n /etc/y 2]"},
	{"no blank behind the colon", "A:b\n",						"[A=b]"                  },
	{"colon in the value",        "A: b: c\n",					    "[A=b: c]"               },
	{"blank before the colon",    "A : b\n",					      "[A=b]"                  },
	{"empty value",               "A:\nB: c\n",					   "[A=][B=c]"              },
	{"CRLF",		      "A: b\r\nC: d\r\n\r\nA: e\r\n",                         "[A=b][C=d]|[A=e]"       },
	{"line of blanks parts",      "A: b\n  \t\nA: c\n",                                   "[A=b]|[A=c]"            },
	{"line of blanks within",     "A: b\n  \n c\nD: e\n",                                 "[A=b\n  \n c][D=e]"     },
	{"comment",                   "# x\nA: b\n#y\nC: d\n",                                "[A=b][C=d]"             },
	{"empty text",                "",						     ""                       },
	{"newlines only",             "\n\n\n",					       ""                       },
	{"stray word",                "asdf\n\nyolo\n",                                       "[!asdf]|[!yolo]"        },
	{"continuation of nothing",   " x\nA: b\n",                                           "[! x][A=b]"             },
	{"merge markers",             "A: b\n<<<<<<< HEAD\nC: d\n=======\nC: e\n>>>>>>> x\n",
         "[A=b][!<<<<<<< HEAD][C=d][!=======][C=e][!>>>>>>> x]"                                                        },
	{"no name",                   ": b\n",						"[!: b]"                 },
	{"dash in front",             "-A: b\n",					      "[!-A: b]"               },
	{"blank in the name",         "A b: c\n",					     "[!A b: c]"              },
};

static void render(struct bytes text, struct buf *b)
{
	struct bytes paragraph, name, value;
	for (int n = 0; deb822_paragraph(&text, &paragraph); n++) {
		if (n)
			buf_adds(b, "|");
		while (deb822_field(&paragraph, &name, &value)) {
			buf_adds(b, name.p ? "[" : "[!");
			buf_add(b, name);
			buf_adds(b, name.p ? "=" : "");
			buf_add(b, value);
			buf_adds(b, "]");
		}
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 4096);
		render(bytes_str(cases[i].in), &b);
		test_case(bytes_eq(buf_bytes(&b), bytes_str(cases[i].out)), "deb822: %s",
		          cases[i].name);
	}
	CHECK(bytes_eq(deb822_get(B("a: 1\nVERSION: 2\n"), B("Version")), B("2")));
	CHECK(deb822_get(B("a: 1\n"), B("b")).p == NULL);
	struct bytes nul = bytes_of("A: b\0c\nB: d", 11), k, v;
	CHECK(deb822_field(&nul, &k, &v) && v.n == 3);
	struct bytes text = B("a\nb\n\nc");
	CHECK(deb822_newlines(text.p, text.p + text.n) == 3);
	/* each slice stands in a block of its own size, so that a sanitizer sees one byte past */
	struct bytes plain = B("A: b\n c\n\nD:\n e\r\n");
	for (size_t n = 0; n <= plain.n; n++) {
		AUTO_FREE uint8_t *copy = mem_alloc(n);
		memcpy(copy, plain.p, n);
		AUTO_BUF struct buf b;
		buf_init(&b, 4096);
		render(bytes_of(copy, n), &b);
	}
	test_case(1, "deb822: every cut of a text is read");
	return TEST_END();
}
