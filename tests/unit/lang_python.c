/* SPDX-License-Identifier: Apache-2.0 */
/* lang_python.c - core metadata: headers, names, licences. */
#include "lib/lang.h"

#define NV "Name: a\nVersion: 1\n"

static const struct lang_row rows[] = {
	{"name, version, licence",
         "Metadata-Version: 2.1\nName: a\nVersion: 1.2\nLicense: MIT\n\nName: b\n",                                    "a|1.2|MIT"                      },
	{"names are folded",                            "Name: Zope.Inter__face-.X\nVersion: 1\n",                     "zope-inter-face-x|1|"           },
	{"an expression speaks before the licence",
         NV "License: MIT License\nLicense-Expression: MIT OR X\n",                                                    "a|1|MIT OR X"                   },
	{"classifiers where nothing else speaks",
         NV "License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n"
            "Classifier: Topic :: X\nClassifier: License :: Public Domain\n"
            "Classifier: License :: OSI Approved\n",                                                                   "a|1|MIT License, Public Domain" },
	{"a whole licence is none",                     NV "License: Copyright\n  you may\n  Name: b\nHome-page: x\n",
         "a|1|"																	 },
	{"a value on the next line",                    "Name:\n a\nVersion:\n\t1\n",                                  "a|1|"                           },
	{"header names in any case",                    "NAME: a\nversion: 1\n",                                       "a|1|"                           },
	{"the first counts",                            NV "Name: b\nVersion: 2\n",                                    "a|1|"                           },
	{"CRLF",					"Name: a\r\nVersion: 1\r\n\r\nVersion: 2\r\n",                 "a|1|"                           },
	{"no line end",				 "Version: 1\nName: a",                                         "a|1|"                           },
	{"a blank line of a folded value ends nothing",
         "Description: x\n        \n        y\nName: a\nVersion: 1\n",                                                 "a|1|"                           },
	{"a byte order mark",                           "\xef\xbb\xbf" NV,                                             "a|1|"                           },
	{"empty",				       "",							    "the package has no name"        },
	{"no version",				  "Name: a\n",						   "the package has no version"     },
	{"empty name",				  "Name:\nVersion: 1\n",                                         "the package has no name"        },
	{"what is no header ends the headers",          "Name: a\n<<<<<<<\nVersion: 1\n",
         "the package has no version"														   },
	{"a control character",                         "Name: a\033[31m\nVersion: 1\n",                               "a control character in the name"},
	{"not UTF-8",				   "Name: a\xff\nVersion: 1\n",                                   "the name is not UTF-8"          },
};

static const struct {
	const char *what, *text, *want; /* a path a line */
} records[] = {
	{"the first field",                "a/b.py,sha256=x,12\na/c.py,,\n", "a/b.py\na/c.py\n"},
	{"paths alone, CRLF, no line end", "../a\r\n../b",                   "../a\n../b\n"    },
	{"in quotes: a comma, a quote",    "\"a,\"\"b\"\"\",x,1\n",          "a,\"b\"\n"       },
	{"empty lines and fields",         "\n,x,1\n\"\",,\nz\n",            "z\n"             },
	{"a quote that never ends",        "\"a,b\nc\n",                     "a,b\nc\n"        },
	{"empty",			  "",			       ""                },
};

static void check_record(const char *what, struct bytes text, const char *want)
{
	AUTO_BUF struct buf path, all;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	buf_init(&all, (size_t)PATH_LEN_MAX * 2);
	while (lang_python_record(&text, &path))
		buf_addf(&all, "%.*s\n", BYTES_FMT(buf_bytes(&path)));
	if (!test_case(bytes_eq(buf_bytes(&all), bytes_str(want)), "RECORD: %s", what))
		printf("# got  %s\n# want %s\n", buf_cstr(&all), want);
}

static void check_record_long(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)PATH_LEN_MAX * 2);
	for (size_t i = 0; i < (size_t)PATH_LEN_MAX; i++)
		buf_addc(&b, 'x');
	AUTO_ARENA struct arena *a = arena_new();
	const char *longest = arena_printf(a, "%.*s\n", BYTES_FMT(buf_bytes(&b)));
	check_record("a path of PATH_LEN_MAX", bytes_str(longest), longest);
	buf_adds(&b, "x,,\nnext\n");
	check_record("a longer one is left out", buf_bytes(&b), "next\n");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(records); i++)
		check_record(records[i].what, bytes_str(records[i].text), records[i].want);
	check_record_long();
	lang_rows(lang_python, rows, ARRAY_LEN(rows));
	const char *const version[2] = {"Name: a\nVersion: ", "\n"};
	lang_long(lang_python, "a version of LANG_FIELD_MAX", version, (size_t)LANG_FIELD_MAX,
	          NULL);
	lang_long(lang_python, "a version one longer", version, (size_t)LANG_FIELD_MAX + 1,
	          "a version of 4097 bytes, at most 4096");
	return TEST_END();
}
