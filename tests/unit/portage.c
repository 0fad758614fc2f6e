/* SPDX-License-Identifier: Apache-2.0 */
/*
 * portage.c - Portage's database, and the inspector that states what it names.  Names and versions
 * are those of the Package Manager Specification, chapter 3.
 */
#include "fmt/fmt.h"

#include <string.h>

#include "inspect/inspect.h"
#include "lib/facts.h"
#include "test.h"

#define MD5 "de541390e52468165b96511c4665bff4"

static const char *const names[][3] = {
	{"skopeo-1.5.1",                   "skopeo",                 "1.5.1"              },
	{"gcc-13.2.1_p20240210-r1",        "gcc",                    "13.2.1_p20240210-r1"},
	{"openssl-3.0.13b_rc1_p2",         "openssl",                "3.0.13b_rc1_p2"     },
	{"perl-ExtUtils-Manifest-1.730.0", "perl-ExtUtils-Manifest", "1.730.0"            },
	{"gtk+-2.24.33-r3",                "gtk+",                   "2.24.33-r3"         },
	{"font-adobe-100dpi-1.0.4",        "font-adobe-100dpi",      "1.0.4"              },
	{"a-1_alpha",		      "a",                      "1_alpha"            },
	{"live-9999",		      "live",                   "9999"               },
	{"a",			      NULL,		     NULL                 },
	{"a-b",			    NULL,                     NULL                 },
	{"a-1.",			   NULL,                     NULL                 },
	{"a-1..2",			 NULL,                     NULL                 },
	{"a-1bc",			  NULL,                     NULL                 },
	{"a-1_gamma1",                     NULL,                     NULL                 },
	{"a-r1",			   NULL,                     NULL                 },
	{"-MERGING-a-1",                   "-MERGING-a",             "1"                  },
	{"-1",			     NULL,		     NULL                 },
	{"",			       NULL,		     NULL                 },
};

static const char *const licenses[][2] = {
	{"GPL-2\n",		     "GPL-2"                 },
	{"GPL-2 MIT",                   "GPL-2 AND MIT"         },
	{"|| ( GPL-2 Artistic )",       "(GPL-2 OR Artistic)"   },
	{"Apache-2.0 ssl? ( openssl )", "Apache-2.0 AND openssl"},
	{"a b? ( c || ( d e ) )",       "a AND (c AND (d OR e))"},
	{"a b? ( || ( d e ) )",         "a AND (d OR e)"        },
	{"",			    ""		      },
	{"|| ( a",		      ""		      },
	{"a )",			 ""		      },
	{"( )",			 ""		      },
};

static void tables(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct bytes name, version;
		bool is_one = portage_name(bytes_str(names[i][0]), &name, &version);
		test_case(is_one == (names[i][1] != NULL) &&
		                  (!is_one || (bytes_eq(name, bytes_str(names[i][1])) &&
		                               bytes_eq(version, bytes_str(names[i][2])))),
		          "folder \"%s\"", names[i][0]);
	}
	for (size_t i = 0; i < ARRAY_LEN(licenses); i++) {
		struct bytes got = portage_license(bytes_str(licenses[i][0]), a);
		test_case(bytes_eq(got, bytes_str(licenses[i][1])), "licence \"%s\": %.*s",
		          licenses[i][0], BYTES_FMT(got));
	}
}

/* The outermost is a level too. */
static void depth(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(4));
		size_t n = (size_t)PORTAGE_DEPTH_MAX - 1 + past;
		for (size_t i = 0; i < n; i++)
			buf_adds(&b, "( a ");
		for (size_t i = 0; i < n; i++)
			buf_adds(&b, ") ");
		test_case((portage_license(buf_bytes(&b), a).n > 0) == !past,
		          "PORTAGE_DEPTH_MAX and %zu", past);
	}
	AUTO_BUF struct buf wide;
	buf_init(&wide, KIB(64));
	while (wide.n < (size_t)LANG_FIELD_MAX)
		buf_adds(&wide, "a ");
	CHECK(!portage_license(buf_bytes(&wide), a).n);
}

static void lines(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		struct portage_file f;
		struct err e = {.msg = ""};
		buf_init(&b, KIB(64));
		buf_adds(&b, "dir /");
		while (b.n < (size_t)PORTAGE_LINE_MAX + past)
			buf_addc(&b, 'x');
		buf_adds(&b, "\ndir /y\n");
		struct portage_files r = {.rest = buf_bytes(&b)};
		int rc = portage_file(&r, &f, &e);
		test_case(past ? rc < 0 && e.kind == ERR_LIMIT : rc == 1,
		          "PORTAGE_LINE_MAX and %zu: %s", past, e.msg);
		CHECK(portage_file(&r, &f, &e) == 1 && bytes_eq(f.path, B("y")));
		CHECK(portage_file(&r, &f, &e) == 0);
	}
}

static void facts(const char *name, const char *path, const char *in, const char *want)
{
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(16));
	facts_text(path, bytes_str(in), &b);
	test_case(bytes_eq(buf_bytes(&b), bytes_str(want)), "%s: %.*s", name,
	          BYTES_FMT(buf_bytes(&b)));
}

#define AT "var/db/pkg/app-misc/jq-1.7-r1/"

int main(void)
{
	tables();
	depth();
	lines();
	facts("CONTENTS", AT "CONTENTS",
	      "dir /usr\nobj /usr/a b " MD5
	      " 1649284374\nsym /usr/s -> a b 1649284374\nfif /p\ndev /d\n\n",
	      "package ebuild app-misc/jq 1.7-r1 - app-misc/jq 1.7-r1 - - - - 0\n"
	      "owned app-misc/jq usr - 4 0\nowned app-misc/jq usr/a b " MD5 " 0 0\n"
	      "owned app-misc/jq usr/s - 0 0\nowned app-misc/jq p - 0 0\nowned app-misc/jq d - 0 "
	      "0\n");
	facts("CONTENTS, broken lines", AT "CONTENTS",
	      "obj /x\nobj /x " MD5 " t\nobj /x 12 1\nsym /y 1\nwhat /z\ndir\nobj x " MD5
	      " 1\ndir /ok\n",
	      "package ebuild app-misc/jq 1.7-r1 - app-misc/jq 1.7-r1 - - - - 0\n"
	      "owned app-misc/jq ok - 4 0\n"
	      "note " AT "CONTENTS owned.broken list of files: line 1: no file, folder or link\n"
	      "note " AT "CONTENTS owned.broken list of files: line 2: no file, folder or link\n"
	      "note " AT "CONTENTS owned.broken list of files: line 3: no file, folder or link\n"
	      "note " AT "CONTENTS owned.broken list of files: line 4: no file, folder or link\n"
	      "note " AT "CONTENTS owned.broken list of files: line 5: no file, folder or link\n"
	      "note " AT "CONTENTS owned.broken list of files: line 6: no file, folder or link\n"
	      "note " AT "CONTENTS owned.broken list of files: line 7: no file, folder or link\n");
	facts("LICENSE", AT "LICENSE", "MIT\n",
	      "package ebuild app-misc/jq 1.7-r1 - app-misc/jq 1.7-r1 MIT - - - 0\n");
	facts("no version", "var/db/pkg/a/b/LICENSE", "MIT\n",
	      "note var/db/pkg/a/b/LICENSE db.broken its folder is not called NAME-VERSION\n");
	return TEST_END();
}
