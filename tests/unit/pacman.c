/* SPDX-License-Identifier: Apache-2.0 */
/* pacman's local database, and the inspector that states what it names. */
#include "fmt/fmt.h"

#include <string.h>

#include "inspect/inspect.h"
#include "lib/facts.h"
#include "test.h"

static const struct {
	const char *name, *in, *want; /* want NULL: refused */
} descs[] = {
	{"plain",
         "%NAME%\ngmp\n\n%VERSION%\n1:6.2.1-2\n\n%BASE%\ngmplib\n\n%DESC%\nBig\nnumbers\n\n%ARCH%"
         "\nx86_64\n\n"
         "%BUILDDATE%\n1714249917\n\n%PACKAGER%\nA <a@b>\n\n%LICENSE%\nLGPL3\nGPL\n",     "gmp|1:6.2.1-2|gmplib|x86_64|LGPL3 AND GPL|A <a@b>|1714249917"},
	{"least",			      "%NAME%\na\n%VERSION%\n1-1",               "a|1-1|||||0"                                                 },
	{"CRLF",			       "%NAME%\r\na\r\n\r\n%VERSION%\r\n1-1\r\n", "a|1-1|||||0"                                                 },
	{"the first line of a section counts", "%NAME%\na\nb\n\n%VERSION%\n1\n",          "a|1|||||0"                                                   },
	{"a line outside of sections",         "%NAME%\na\n\nstray\n%VERSION%\n1\n",      "a|1|||||0"                                                   },
	{"no name",			    "%NME%\na\n\n%VERSION%\n1\n",              NULL							  },
	{"no version",			 "%NAME%\na\n\n%VERSION%\n\n1\n",           NULL                                                          },
	{"empty",			      "",					NULL							  },
	{"NUL",				"%NA\0ME%\n",			      NULL							  },
};

static void rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(descs); i++) {
		AUTO_BUF struct buf b;
		AUTO_ARENA struct arena *a = arena_new();
		struct pacman_package p;
		struct err e = {.msg = ""};
		buf_init(&b, KIB(4));
		int rc = pacman_desc(bytes_str(descs[i].in), a, &p, &e);
		buf_addf(&b, "%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%lld", BYTES_FMT(p.name),
		         BYTES_FMT(p.version), BYTES_FMT(p.base), BYTES_FMT(p.arch),
		         BYTES_FMT(p.license), BYTES_FMT(p.packager), (long long)p.build_time_s);
		test_case(descs[i].want
		                  ? rc == 0 && bytes_eq(buf_bytes(&b), bytes_str(descs[i].want))
		                  : rc < 0 && e.msg[0],
		          "desc: %s: %.*s %s", descs[i].name, BYTES_FMT(buf_bytes(&b)), e.msg);
	}
}

static int sized(const char *begin, size_t n, struct err *e)
{
	AUTO_BUF struct buf b;
	AUTO_ARENA struct arena *a = arena_new();
	struct pacman_package p;
	buf_init(&b, MIB(1));
	buf_adds(&b, begin);
	for (size_t i = 0; i < n; i++)
		buf_addc(&b, '1');
	return pacman_desc(buf_bytes(&b), a, &p, e);
}

static void bounds(void)
{
	static const char name[] = "%VERSION%\n1\n%NAME%\n", version[] = "%NAME%\na\n%VERSION%\n",
			  other[] = "%NAME%\na\n%VERSION%\n1\n%DESC%\n";
	size_t text = (size_t)VERSION_LEN_MAX, line = (size_t)PACMAN_LINE_MAX;
	struct err e = {.msg = ""};
	CHECK(sized(name, text, &e) == 0);
	CHECK(sized(name, text + 1, &e) < 0 && e.kind == ERR_LIMIT);
	CHECK(sized(version, text, &e) == 0);
	CHECK(sized(version, text + 1, &e) < 0 && e.kind == ERR_LIMIT);
	CHECK(sized(other, line, &e) == 0);
	CHECK(sized(other, line + 1, &e) < 0 && e.kind == ERR_LIMIT &&
	      strstr(e.msg, "PACMAN_LINE_MAX"));
}

static void names(void)
{
	static const char *const pairs[][2] = {
		{"gmp-6.2.1-2",                      "gmp"                  },
		{"gtk-update-icon-cache-1:4.14.4-1", "gtk-update-icon-cache"},
		{"a-1",			      ""                     },
		{"-1-1",			     ""                     },
		{"",				 ""                     }
        };
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		test_case(bytes_eq(pacman_folder_name(bytes_str(pairs[i][0])),
		                   bytes_str(pairs[i][1])),
		          "folder %s", pairs[i][0]);
}

static void facts(const char *name, const char *path, const char *in, const char *want)
{
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(16));
	facts_text(path, bytes_str(in), &b);
	test_case(bytes_eq(buf_bytes(&b), bytes_str(want)), "%s: %.*s", name,
	          BYTES_FMT(buf_bytes(&b)));
}

int main(void)
{
	rows();
	bounds();
	names();
	facts("desc", "var/lib/pacman/local/gmp-6.2.1-2/desc", descs[0].in,
	      "package alpm gmp 1:6.2.1-2 x86_64 gmplib 1:6.2.1-2 LGPL3 AND GPL - - - "
	      "1714249917\n");
	facts("files", "var/lib/pacman/local/gmp-6.2.1-2/files",
	      "%FILES%\netc/\netc/a.conf\n\n%BACKUP%\netc/"
	      "a.conf\tde541390e52468165b96511c4665bff4\n"
	      "etc/b\n",
	      "owned gmp etc - 0 0\nowned gmp etc/a.conf - 0 0\n"
	      "owned gmp etc/a.conf de541390e52468165b96511c4665bff4 1 0\n"
	      "note var/lib/pacman/local/gmp-6.2.1-2/files owned.broken list of files: line 7: no "
	      "\"PATH<tab>MD5\"\n");
	facts("a broken record", "var/lib/pacman/local/a-1-1/desc", "x",
	      "note var/lib/pacman/local/a-1-1/desc db.broken no %NAME%\n");
	return TEST_END();
}
