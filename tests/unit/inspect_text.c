/* SPDX-License-Identifier: Apache-2.0 */
/* inspect_text.c - the facts that inspectors of text databases and of the system state. */
#include "inspect/inspect.h"

#include "lib/facts.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS "var/lib/dpkg/status"
#define INFO   "var/lib/dpkg/info/"
#define APKDB  "lib/apk/db/installed"
#define MD5    "0123456789abcdef0123456789abcdef"
#define SHA1   "Q12jmj7l5rSw0yVb/vlWAYkK/YBwk=" /* of the empty text */

static const struct {
	const char *name, *path, *in, *out;
} cases[] = {
	{"dpkg: a package with its source and conffiles",      STATUS,
         "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nOrigin: Debian\n"
         "Source: glibc (2.36-9)\nVersion: 2.36-9+b1\nConffiles:\n /etc/ld.so.conf.d/x " MD5
         "\n /etc/old " MD5 " obsolete\n",
         "package deb libc6 2.36-9+b1 amd64 glibc 2.36-9 - Debian - - 0\n"
         "owned libc6 etc/ld.so.conf.d/x " MD5 " 1 0\nowned libc6 etc/old " MD5 " 11 0\n"													      },
	{"dpkg: only what is installed",                       STATUS,
         "Package: a\nStatus: deinstall ok config-files\nVersion: 1\n\n"
         "Package: b\nStatus: hold ok installed\nVersion: 1\n\n"
         "Package: c\nStatus: install ok unpacked\nVersion: 1\n\n"
         "Package: d\nStatus: install reinstreq half-installed\nVersion: 1\n\n"
         "Package: e\nStatus: unknown ok not-installed\n",                                                                                  "package deb b 1 - b 1 - - - hold ok installed 0\n"
         "package deb c 1 - c 1 - - - install ok unpacked 0\n"
         "note " STATUS " db.broken package record: line 13: d is half-installed\n"                                                          },
	{"dpkg: a broken record does not hide the next",       STATUS,
         "Package: a\nStatus: install ok installed\n\n<<<<<<< x\n\n"
         "Package: b\nStatus: install ok installed\nVersion: 1\n",                                                                          "package deb b 1 - b 1 - - - - 0\n"
         "note " STATUS " db.broken package record: line 1: package a: no Version\n"
         "note " STATUS " db.broken package record: line 4: a paragraph without Package\n"                                           },
	{"dpkg: a broken conffile is no hole in the packages", STATUS,
         "Package: a\nStatus: install ok installed\nVersion: 1\nConffiles:\n /etc/x what\n "
         "/../../y " MD5 "\n",
         "package deb a 1 - a 1 - - - - 0\n"
         "note " STATUS " owned.broken Conffiles: not a row of Conffiles: \"/etc/x what\"\n"
         "note " STATUS " owned.broken path of a package: path climbs out by \"..\"\n"														 },
	{"dpkg: empty",					STATUS,				"",                                   ""							 },
	{"status.d: no Status",				"var/lib/dpkg/status.d/base",          "Package: a\nVersion: 1\n",
         "package deb a 1 - a 1 - - - - 0\n"																			   },
	{"status.d: a package with dots in its name",          "var/lib/dpkg/status.d/libpython3.11",
         "Package: libpython3.11\nVersion: 1\n",                                                                                            "package deb libpython3.11 1 - libpython3.11 1 - - - - 0\n"},
	{"status.d: md5sums",				  "var/lib/dpkg/status.d/base.md5sums",  MD5 "  usr/lib/os-release\n",
         "owned base usr/lib/os-release " MD5 " 0 0\n"																		 },
	{"status.d: scripts are no packages",                  "var/lib/dpkg/status.d/base.preinst",
         "#!/bin/sh\nexit 0\n",													     ""							 },
	{"dpkg list",					  INFO "libc6:amd64.list",               "/.\n/usr\n/usr/lib/x\nbroken\n",
         "owned libc6:amd64 usr - 0 0\nowned libc6:amd64 usr/lib/x - 0 0\n"
         "note " INFO
         "libc6:amd64.list owned.broken list of files: line 4: not an absolute path: \"broken\"\n"												     },
	{"dpkg list: paths are cleaned",                       INFO "a.list",                         "//usr/./x/../y/\n/a//b\n",
         "owned a usr/y - 0 0\nowned a a/b - 0 0\n"																		    },
	{"dpkg md5sums",				       INFO "a.md5sums",                      MD5 "  usr/bin/a\nnot a line\n",
         "owned a usr/bin/a " MD5 " 0 0\n"
         "note " INFO
         "a.md5sums owned.broken list of files: line 2: not \"md5  path\": \"not a line\"\n"													   },
	{"dpkg conffiles",				     INFO "a.conffiles",                    "/etc/a\n",                           "owned a etc/a - 1 0\n"                                    },
	{"dpkg diversions",				    "var/lib/dpkg/diversions",
         "/bin/sh\n/bin/sh.distrib\ndash\n/a\n/b\n:\n/c\n",                                                                                 "divert bin/sh bin/sh.distrib dash\ndivert a b :\n"
         "note var/lib/dpkg/diversions owned.broken diversion: line 7: a diversion that is cut: "
         "\"/c\"\n"															 },
	{"dpkg: other files of info",                          INFO "a.postinst",                     "#!/bin/sh\n",                        ""                                                         },
	{"apk: a package and its files",                       APKDB,
         "P:busybox\nV:1.36.1-r29\nA:x86_64\nL:GPL-2.0-only\no:bb\nt:1700000000\ns:edge\nF:\nF:"
         "bin\nR:busybox\n"
         "a:0:0:755\nZ:" SHA1 "\n\n",
         "package apk busybox 1.36.1-r29 x86_64 bb 1.36.1-r29 GPL-2.0-only - edge - 1700000000\n"
         "owned busybox bin - 4 755\n"
         "owned busybox bin/busybox da39a3ee5e6b4b0d3255bfef95601890afd80709 0 755\n"														  },
	{"apk: a broken record does not hide the next",        APKDB,                                 "this is corrupt\n\nP:a\nV:1\nR:x\n",
         "package apk a 1 - a 1 - - - - 0\n"
         "note " APKDB " db.broken package record: line 1: not a record of a package\n"
         "note " APKDB " owned.broken file of a package: line 5: belongs to no folder: \"R:x\"\n"												      },
	{"apk: merged usr",				    "usr/lib/apk/db/installed",            "P:a\nV:1\n",
         "package apk a 1 - a 1 - - - - 0\n"																			   },
	{"apk: binary database",                               APKDB,                                 "ADB.\1\2",
         "note " APKDB " db.broken package record: a binary database of apk-tools 3 (ADB)\n"													   },
	{"apk: empty",					 APKDB,				 "",				   ""							 },
	{"os-release",					 "etc/os-release",                      "ID=debian\nVERSION_ID=\"12\"\n",
         "os etc/os-release debian 12 bookworm 0\n"																		    },
	{"os-release: empty",				  "etc/os-release",                      "",
         "note etc/os-release os.broken etc/os-release: no field that names a system\n"														},
	{"os-release: no ID in a broken file",                 "usr/lib/os-release",                  "NAME=x\n<<<<\n",
         "os usr/lib/os-release - - - 1\n"
         "note usr/lib/os-release os.broken no ID, and line 2 is no assignment\n"														      },
	{"alpine-release",				     "etc/alpine-release",                  "3.20.3\n",
         "os etc/alpine-release alpine 3.20.3 - 10\n"																		  },
	{"issue: any banner",				  "etc/issue",                           "Authorised users only\n",            ""                                                         },
	{"redhat-release",				     "etc/redhat-release",                  "CentOS release 5.7 (Final)\n",
         "os etc/redhat-release centos 5.7 - 19\n"																		     },
	{"other databases: XBPS",                              "var/db/xbps",                         "",
         "note var/db/xbps db.unsupported packages of XBPS are not read\n"															     },
	{"other databases: dpkg killed midway",                "var/lib/dpkg/updates/0001",           "",
         "note var/lib/dpkg/updates/0001 db.unsupported a change of dpkg's database that is not "
         "merged into status yet\n"																				    },
	{"other databases: dpkg's spare",                      "var/lib/dpkg/updates/tmp.i",          "",                                   ""                                                         },
	{"nothing of ours",				    "etc/hosts",                           "127.0.0.1 localhost\n",              ""                                                         },
};

/* One broken record more than are named each. */
static void many_broken(void)
{
	AUTO_BUF struct buf in, out;
	buf_init(&in, (size_t)MIB(1));
	buf_init(&out, (size_t)MIB(1));
	for (int64_t i = 0; i < INSPECT_NOTES_MAX + 1; i++)
		buf_adds(&in, "Package: a\n\n");
	facts_text(STATUS, buf_bytes(&in), &out);
	size_t n = 0;
	struct bytes rest = buf_bytes(&out), line, last = {NULL, 0};
	while (bytes_line(&rest, &line)) {
		n++;
		last = line;
	}
	test_case(n == (size_t)INSPECT_NOTES_MAX + 1 &&
	                  bytes_ends(last, B("1 more broken records like these")),
	          "notes: INSPECT_NOTES_MAX + 1 broken records");
}

/* Each inspector is listed under its id; hooks fit what it wants; limits are kept. */
static void descriptors(void)
{
	for (size_t i = 0; inspectors[i]; i++) {
		const struct inspector *it = inspectors[i];
		bool has_hook = (it->want == INSPECT_STREAM && it->piece && it->end && it->file) ||
		                (it->want == INSPECT_ENTRY && it->entry) ||
		                (it->want == INSPECT_FILE && it->file) ||
		                (it->want == INSPECT_GROUP && it->group) ||
		                (it->want == INSPECT_LOOK && it->file && !it->paths[0]) ||
		                it->want == INSPECT_COUNT;
		test_case(has_hook && it->version > 0 && it->title && it->paths &&
		                  (it->paths[0] || it->want == INSPECT_STREAM ||
		                   it->want == INSPECT_LOOK) &&
		                  it->max <= INSPECT_FILE_MAX && facts_inspector(it->id) == it,
		          "inspector %s is whole", it->id);
	}
	const struct inspector *os = facts_inspector("osrelease");
	size_t n = 0;
	for (const struct os_source *s = os_source_list(); s->path; s++) {
		bool is_listed = false;
		for (n = 0; os->paths[n]; n++)
			is_listed |= bytes_eq(bytes_str(os->paths[n]), bytes_str(s->path));
		test_case(is_listed, "osrelease looks at %s", s->path);
	}
	for (n = 0; os->paths[n]; n++)
		test_case(os_source_find(bytes_str(os->paths[n])) != NULL, "osrelease can read %s",
		          os->paths[n]);
}

/* For tests/peers/apk-awk.sh: the facts of one file, read as if it lay at `as`. */
static int show(const char *path, const char *as)
{
	AUTO_BUF struct buf in, out;
	buf_init(&in, (size_t)MIB(64));
	buf_init(&out, (size_t)MIB(64));
	FILE *f = fopen(path, "rb");
	if (!f)
		return 1;
	size_t n = fread(buf_room(&in, (size_t)MIB(16)), 1, (size_t)MIB(16), f);
	in.n += n;
	fclose(f);
	facts_text(as, buf_bytes(&in), &out);
	fwrite(out.p, 1, out.n, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--facts") == 0)
		return show(argv[2], argv[3]);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)MIB(1));
		facts_text(cases[i].path, bytes_str(cases[i].in), &b);
		if (!test_case(bytes_eq(buf_bytes(&b), bytes_str(cases[i].out)), "inspect: %s",
		               cases[i].name))
			printf("# %s", buf_cstr(&b));
	}
	many_broken();
	descriptors();
	return TEST_END();
}
