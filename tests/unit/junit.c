/* SPDX-License-Identifier: Apache-2.0 */
/* junit.c - JUnit XML: how text becomes XML, and names of cases. */
#include "render/render.h"

#include <stdlib.h>

#include "../lib/reports.h"
#include "test.h"

static char *written(struct report *made)
{
	const struct report *r[] = {made};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct err e;
	CHECK(render_by_name(B("junit-xml"))->write(r, 1, &(struct render_options){0}, out, &e) ==
	      0);
	fclose(out);
	return text;
}

/* Source: XML 1.0, 2.2 (Char) and 2.4 (character data and markup). */
static const struct {
	const char *name;
	struct bytes title;
	const char *want;
} texts[] = {
	{"markup",          B("<a b='c'>&\""),     "message=\"low: &lt;a b=&apos;c&apos;&gt;&amp;&quot;\""},
	{"end of CDATA",    B("]]>"),              "message=\"low: ]]&gt;\""                              },
	{"entity",          B("&amp;&#10;"),       "message=\"low: &amp;amp;&amp;#10;\""                  },
	{"NUL and ESC",     B("a\0b\x1b"),         "message=\"low: a\\x00b\\x1b\""                        },
	{"line feeds",      B("a\r\nb\tc"),        "message=\"low: a\\x0d\\x0ab\\x09c\""                  },
	{"no UTF-8",        B("\xff\xed\xa0\x80"), "message=\"low: \\xff\\xed\\xa0\\x80\""                },
	{"no character",    B("\xef\xbf\xbe"),     "message=\"low: \\u{fffe}\""                           },
	{"bidirectional",   B("\xe2\x80\xae"),     "message=\"low: \\u{202e}\""                           },
	{"other languages", B("\xe6\xbc\xa2"),     "message=\"low: \xe6\xbc\xa2\""                        },
};

static void test_texts(void)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct report *r = report_new();
		sample_rule(r, CHECK_FILE, "file.x", SEV_LOW)->title = texts[i].title;
		AUTO_FREE char *text = written(r);
		test_case(strstr(text, texts[i].want) != NULL, "%s", texts[i].name);
		report_free(r);
	}
}

static void test_names(void)
{
	struct report *r = report_new();
	for (int i = 0; i < 2; i++) {
		struct finding *f = sample_rule(r, CHECK_SECRET, "secret.x", SEV_LOW);
		f->location.path = B("srv/.env");
		f->location.line = 3;
	}
	AUTO_FREE char *text = written(r);
	CHECK(strstr(text, "name=\"secret.x in srv/.env:3\""));
	CHECK(strstr(text, "name=\"secret.x in srv/.env:3 (2)\""));
	CHECK(strstr(text, "classname=\"assay.secret\""));
	report_free(r);
}

static void test_nothing(void)
{
	struct report *r = report_new();
	AUTO_FREE char *text = written(r);
	CHECK(strcmp(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"assay\" "
	                   "tests=\"0\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"0\">\n"
	                   "</testsuites>\n") == 0);
	report_free(r);
}

int main(void)
{
	test_texts();
	test_names();
	test_nothing();
	return TEST_END();
}
