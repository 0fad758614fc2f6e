/* SPDX-License-Identifier: Apache-2.0 */
/* dpkg.c - packages, conffiles, lists, digests, diversions and overrides of dpkg. */
#include "fmt/fmt.h"
#include "lib/slurp.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA "../shared/data/vectors/pkgdb/"
#define OK   "Status: install ok installed\n"

static const struct {
	const char *name, *in;
	bool is_status_d;
	const char *out; /* what render() says */
} cases[] = {
	{"plain",		       "Package: a\n" OK "Architecture: amd64\nVersion: 1-2\n",              false,
         "a 1-2 amd64 a 1-2\n"																},
	{"source",		      "Package: a\n" OK "Source: b\nVersion: 1\n",                          false, "a 1 - b 1\n"                            },
	{"source and version",          "Package: a\n" OK "Source: b (2:3-4)\nVersion: 1+b1\n",               false,
         "a 1+b1 - b 2:3-4\n"																 },
	{"no blank before the version", "Package: a\n" OK "Source: b(3)\nVersion: 1\n",                       false,
         "a 1 - b 3\n"																	},
	{"names of fields in any case", "PACKAGE: a\nstatus: install ok installed\nversion: 1\n",
         false,												      "a 1 - a 1\n"                            },
	{"words of Status in any case", "Package: a\nStatus: Install OK Installed\nVersion: 1\n",
         false,												      "a 1 - a 1\n"                            },
	{"CRLF",			"Package: a\r\nStatus: install ok installed\r\nVersion: 1\r\n\r\n",   false,
         "a 1 - a 1\n"																	},
	{"status.d has no Status",      "Package: a\nVersion: 1\n",                                           true,  "a 1 - a 1\n"                            },
	{"status without Status",       "Package: a\nVersion: 1\n",                                           false,
         "(not-installed) a 1 - a 1 !1 no Status field: not installed, says dpkg\n"                                                                           },
	{"removed",		     "Package: a\nStatus: deinstall ok config-files\nVersion: 1\n",        false,
         "(config-files) a 1 - a 1\n"															 },
	{"removed, status.d",           "Package: a\nStatus: deinstall ok config-files\nVersion: 1\n",        true,
         "(config-files) a 1 - a 1\n"															 },
	{"removed, no version",         "Package: a\nStatus: purge ok not-installed\n",                       false,
         "(not-installed) a - - a -\n"															},
	{"to be removed, but there",
         "Package: a\nStatus: deinstall reinstreq installed\nVersion: 1\n",                                   false, "a 1 - a 1\n"                            },
	{"on hold",		     "Package: a\nStatus: hold ok installed\nVersion: 1\n",                false, "a 1 - a 1\n"                            },
	{"flag of opkg",                "Package: a\nStatus: install user installed\nVersion: 1\n",           false,
         "a 1 - a 1\n"																	},
	{"unpacked",                    "Package: a\nStatus: install ok unpacked\nVersion: 1\n",              false, "a 1 - a 1\n"                            },
	{"half configured",             "Package: a\nStatus: install ok half-configured\nVersion: 1\n",       false,
         "a 1 - a 1\n"																	},
	{"awaits triggers",             "Package: a\nStatus: install ok triggers-awaited\nVersion: 1\n",      false,
         "a 1 - a 1\n"																	},
	{"triggers pending",            "Package: a\nStatus: install ok triggers-pending\nVersion: 1\n",      false,
         "a 1 - a 1\n"																	},
	{"half installed",              "Package: a\nStatus: install reinstreq half-installed\nVersion: 1\n",
         false,												      "(half-installed) a 1 - a 1\n"           },
	{"foreign architecture",
         "Package: a\n" OK "Architecture: amd64\nVersion: 1\n\n"
         "Package: a\n" OK "Architecture: i386\nVersion: 1\n",
         false,												      "a 1 amd64 a 1\na 1 i386 a 1\n"          },
	{"the same package twice",      "Package: a\n" OK "Version: 1\n\nPackage: a\n" OK "Version: 2\n",
         false,												      "a 1 - a 1\na 2 - a 2\n"                 },
	{"empty",		       "",								   false, ""				       },
	{"no version",                  "Package: a\n" OK "\nPackage: b\n" OK "Version: 1\n",                 false,
         "E line 1: package a: no Version\nb 1 - b 1\n"												       },
	{"empty version",               "Package: a\n" OK "Version:\n",                                       false,
         "E line 1: package a: not a Version\n"													       },
	{"version of two words",        "Package: a\n" OK "Version: 1 2\n",                                   false,
         "E line 1: package a: not a Version\n"													       },
	{"no package",                  OK "Version: 1\n\nPackage: b\n" OK "Version: 1\n",                    false,
         "E line 1: a paragraph without Package\nb 1 - b 1\n"												 },
	{"empty package",               "Package:\n",							 true,  "E line 1: a paragraph without Package\n"},
	{"odd package",                 "Package: a b\n" OK "Version: 1\n",                                   false,
         "E line 1: \"a b\" cannot be the name of a package\n"												},
	{"not a paragraph",             "asdf\n\nyolo\n",						     false,
         "E line 1: a paragraph without Package\nE line 3: a paragraph without Package\n"                                                                     },
	{"unknown status",              "\n\nPackage: a\nVersion: 1\nStatus: install ok great\n",             false,
         "E line 5: package a: unknown Status \"install ok great\"\n"											 },
	{"cut status",                  "Package: a\nVersion: 1\nStatus: install ok\n",                       false,
         "E line 3: package a: unknown Status \"install ok\"\n"											       },
	{"two versions",                "Package: a\n" OK "Version: 1\nVersion: 2\n",                         false,
         "E line 4: Version is given twice: 1 and 2\n"													},
	{"two equal versions",          "Package: a\n" OK "Version: 1\nVersion: 1\n",                         false,
         "a 1 - a 1 !4 a field is given twice\n"													      },
	{"stray line",                  "Package: a\n" OK "what is this\nVersion: 1\n",                       false,
         "a 1 - a 1 !3 a line that is no field\n"													     },
	{"merge markers",
         "Package: a\n" OK "<<<<<<< HEAD\nVersion: 1\n=======\nVersion: 2\n>>>>>>> b\n",                      false,
         "E line 6: Version is given twice: 1 and 2\n"													},
	{"open parenthesis",            "Package: a\n" OK "Version: 1\nSource: b (2\n",                       false,
         "a 1 - b 1 !4 a Source field with a broken version\n"												},
	{"odd source",                  "Package: a\n" OK "Version: 1\nSource: /\n",                          false,
         "a 1 - a 1 !4 a Source field that names no package\n"												},
};

static void add(struct buf *b, struct bytes s)
{
	buf_addf(b, " %.*s", BYTES_FMT(s.p ? s : B("-")));
}

static void render(struct bytes text, bool is_status_d, struct buf *b)
{
	struct dpkg_reader r;
	dpkg_open(&r, text, is_status_d);
	struct dpkg_package p;
	struct err e = {.kind = ERR_NONE};
	for (int rc; (rc = dpkg_next(&r, &p, &e)) != 0;) {
		if (rc < 0) {
			buf_addf(b, "E %s\n", e.msg);
			continue;
		}
		if (!dpkg_is_installed(&p))
			buf_addf(b, "(%s) ", dpkg_status_name(p.status));
		buf_addf(b, "%.*s", BYTES_FMT(p.package));
		add(b, p.version);
		add(b, p.architecture);
		add(b, p.source);
		add(b, p.source_version);
		if (p.defect)
			buf_addf(b, " !%zu %s", p.defect_line, p.defect);
		buf_adds(b, "\n");
	}
}

static void packages(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 65536);
		render(bytes_str(cases[i].in), cases[i].is_status_d, &b);
		if (!test_case(bytes_eq(buf_bytes(&b), bytes_str(cases[i].out)), "dpkg: %s",
		               cases[i].name))
			printf("# %s", buf_cstr(&b));
	}
}

static void all_fields(void)
{
	struct dpkg_reader r;
	struct dpkg_package p;
	struct err e;
	dpkg_open(&r,
	          B("Package: a\nEssential: yes\n" OK "Section: libs\nMaintainer: M <m@x>\n"
	            "Multi-Arch: same\nVersion: 1\nOrigin: Debian\nVendor: V\nBugs: b\n"
	            "License: MIT\nHomepage: h\nBuilt-Using: g (= 1), h (= 2)\n"
	            "Static-Built-Using: s (= 3)\n"
	            "Conffiles:\n /etc/a 0123456789abcdef0123456789abcdef\n"
	            " /etc/with blank 0123456789abcdef0123456789abcdef obsolete\n"
	            " /etc/n newconffile\n"
	            " /etc/r 0123456789abcdef0123456789abcdef remove-on-upgrade\n"
	            " /etc/BAD 0123456789ABCDEF0123456789abcdef\nDescription: x\n y\n"),
	          false);
	CHECK(dpkg_next(&r, &p, &e) == 1);
	CHECK(p.is_essential && p.want == DPKG_WANT_INSTALL && p.status == DPKG_INSTALLED);
	CHECK(bytes_eq(p.section, B("libs")) && bytes_eq(p.maintainer, B("M <m@x>")));
	CHECK(bytes_eq(p.multi_arch, B("same")) && bytes_eq(p.origin, B("Debian")));
	CHECK(bytes_eq(p.vendor, B("V")) && bytes_eq(p.homepage, B("h")) && !p.defect);
	CHECK(bytes_eq(p.bugs, B("b")) && bytes_eq(p.license, B("MIT")) &&
	      bytes_eq(p.flag, B("ok")));
	CHECK(bytes_eq(p.built_using, B("g (= 1), h (= 2)")));
	CHECK(bytes_eq(p.static_built_using, B("s (= 3)")));
	struct bytes rest = p.conffiles;
	struct dpkg_conffile c;
	CHECK(dpkg_conffile(&rest, &c, &e) == 1 && bytes_eq(c.path, B("etc/a")) && c.md5.n == 32);
	CHECK(dpkg_conffile(&rest, &c, &e) == 1 && bytes_eq(c.path, B("etc/with blank")) &&
	      c.is_obsolete);
	CHECK(dpkg_conffile(&rest, &c, &e) == 1 && !c.md5.p && !c.is_obsolete);
	CHECK(dpkg_conffile(&rest, &c, &e) == 1 && c.is_remove_on_upgrade);
	CHECK(dpkg_conffile(&rest, &c, &e) == -1 && strstr(e.msg, "/etc/BAD"));
	CHECK(dpkg_conffile(&rest, &c, &e) == 0);
}

/* A field at the bound and one past it. */
static void bounds(void)
{
	for (int past = 0; past < 2; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)MIB(4));
		buf_adds(&b, "Package: a\n" OK "Version: 1\nMaintainer: ");
		size_t n = (size_t)DPKG_FIELD_MAX + (size_t)past;
		memset(buf_room(&b, n), 'x', n);
		b.n += n;
		buf_adds(&b, "\n\nPackage: b\n" OK "Version: ");
		n = (size_t)VERSION_LEN_MAX + (size_t)past;
		memset(buf_room(&b, n), '1', n);
		b.n += n;
		struct dpkg_reader r;
		struct dpkg_package p;
		struct err e;
		dpkg_open(&r, buf_bytes(&b), false);
		int rc = dpkg_next(&r, &p, &e);
		test_case(rc == 1 && (p.defect != NULL) == past && (p.maintainer.n == 0) == past,
		          "dpkg: a field of DPKG_FIELD_MAX%s bytes", past ? " + 1" : "");
		rc = dpkg_next(&r, &p, &e);
		test_case(rc == (past ? -1 : 1), "dpkg: a version of VERSION_LEN_MAX%s bytes",
		          past ? " + 1" : "");
	}
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(4));
	buf_adds(&b, "Package: ");
	memset(buf_room(&b, (size_t)DPKG_FIELD_MAX + 1), 'x', (size_t)DPKG_FIELD_MAX + 1);
	b.n += (size_t)DPKG_FIELD_MAX + 1;
	struct dpkg_reader r;
	struct dpkg_package p;
	struct err e;
	dpkg_open(&r, buf_bytes(&b), false);
	test_case(dpkg_next(&r, &p, &e) == -1 && e.kind == ERR_LIMIT,
	          "dpkg: a name past the bound");
	dpkg_open(&r, bytes_of("Package: a\0b\nVersion: 1", 23), true);
	test_case(dpkg_next(&r, &p, &e) == -1, "dpkg: a name with NUL");
}

static void lists(void)
{
	struct dpkg_lines l = {.rest = B("/.\n/usr\r\n/usr/bin/x y\n\nrelative\n/end")};
	struct bytes path, md5;
	struct err e;
	CHECK(dpkg_list_line(&l, &path, &e) == 1 && path.n == 0);
	CHECK(dpkg_list_line(&l, &path, &e) == 1 && bytes_eq(path, B("usr")));
	CHECK(dpkg_list_line(&l, &path, &e) == 1 && bytes_eq(path, B("usr/bin/x y")));
	CHECK(dpkg_list_line(&l, &path, &e) == -1 && strstr(e.msg, "line 5"));
	CHECK(dpkg_list_line(&l, &path, &e) == 1 && bytes_eq(path, B("end")) && l.line == 6);
	CHECK(dpkg_list_line(&l, &path, &e) == 0);

	l = (struct dpkg_lines){.rest = B("07d31e7e63800ab1b7966980709c51eb  usr/lib/a b\n"
	                                  "07d31e7e63800ab1b7966980709c51eb *./x\n"
	                                  "07d31e7e63800ab1b7966980709c51e  short\n"
	                                  "07d31e7e63800ab1b7966980709c51eg  not/hex\n"
	                                  "07d31e7e63800ab1b7966980709c51eb  ")};
	CHECK(dpkg_md5sums_line(&l, &md5, &path, &e) == 1 && bytes_eq(path, B("usr/lib/a b")));
	CHECK(bytes_eq(md5, B("07d31e7e63800ab1b7966980709c51eb")));
	CHECK(dpkg_md5sums_line(&l, &md5, &path, &e) == 1 && bytes_eq(path, B("x")));
	CHECK(dpkg_md5sums_line(&l, &md5, &path, &e) == -1 && strstr(e.msg, "line 3"));
	CHECK(dpkg_md5sums_line(&l, &md5, &path, &e) == -1);
	CHECK(dpkg_md5sums_line(&l, &md5, &path, &e) == -1 && strstr(e.msg, "line 5"));
	CHECK(dpkg_md5sums_line(&l, &md5, &path, &e) == 0);

	struct dpkg_conffile c;
	l = (struct dpkg_lines){.rest = B("/etc/a\nremove-on-upgrade /etc/b\n  \nx\n")};
	CHECK(dpkg_conffiles_line(&l, &c, &e) == 1 && bytes_eq(c.path, B("etc/a")));
	CHECK(dpkg_conffiles_line(&l, &c, &e) == 1 && c.is_remove_on_upgrade);
	CHECK(dpkg_conffiles_line(&l, &c, &e) == -1 && strstr(e.msg, "line 4"));
	CHECK(dpkg_conffiles_line(&l, &c, &e) == 0);

	struct dpkg_diversion d;
	l = (struct dpkg_lines){.rest = B("/bin/sh\n/bin/sh.distrib\ndash\n/a\n/b\n:\n/c\n/d\n")};
	CHECK(dpkg_diversion(&l, &d, &e) == 1 && bytes_eq(d.from, B("bin/sh")) &&
	      bytes_eq(d.to, B("bin/sh.distrib")) && bytes_eq(d.package, B("dash")));
	CHECK(dpkg_diversion(&l, &d, &e) == 1 && d.package.p == NULL && d.line == 4);
	CHECK(dpkg_diversion(&l, &d, &e) == -1 && strstr(e.msg, "line 7"));
	CHECK(dpkg_diversion(&l, &d, &e) == 0);

	struct dpkg_statoverride s;
	l = (struct dpkg_lines){.rest = B("root crontab 2755 /usr/bin/cron tab\n#1 #2 9 /x\n"
	                                  "root root 4755 x\nroot root 755")};
	CHECK(dpkg_statoverride(&l, &s, &e) == 1 && s.mode == 02755 &&
	      bytes_eq(s.path, B("usr/bin/cron tab")) && bytes_eq(s.group, B("crontab")));
	CHECK(dpkg_statoverride(&l, &s, &e) == -1);
	CHECK(dpkg_statoverride(&l, &s, &e) == -1);
	CHECK(dpkg_statoverride(&l, &s, &e) == -1 && strstr(e.msg, "line 4"));
	CHECK(dpkg_statoverride(&l, &s, &e) == 0);
}

static const struct {
	const char *path;
	bool is_status_d;
	int installed, others, broken, defects; /* counted in the file by grep and by eye */
} samples[] = {
	{DATA "scalibr/dpkg/testdata/dpkg/empty",                          false, 0, 0, 0,  0},
	{DATA "scalibr/dpkg/testdata/dpkg/invalid",                        false, 0, 0, 2,  0},
	{DATA "scalibr/dpkg/testdata/dpkg/noversion",                      false, 2, 0, 1,  0},
	{DATA "scalibr/dpkg/testdata/dpkg/statusfield",                    false, 4, 3, 0,  1},
	{DATA "scalibr/dpkg/testdata/dpkg/status.d/foo",                   true,  1, 1, 0,  0},
	{DATA "scalibr/dpkg/testdata/dpkg/trailingnewlines",               false, 1, 0, 0,  0},
	{DATA "scalibr/dpkg/testdata/opkg/statusfield",                    false, 3, 3, 0,  1},
	{DATA "syft/debian/testdata/var/lib/dpkg/status.d/deinstall",      true,  1, 1, 0,  0},
	{DATA "syft/debian/testdata/var/lib/dpkg/status.d/doc-examples",   true,  5, 0, 11, 0},
	{DATA "syft/debian/testdata/var/lib/dpkg/status.d/empty",          true,  0, 0, 1,  0},
	{DATA "syft/debian/testdata/var/lib/dpkg/status.d/libpam-runtime", true,  1, 0, 5,  0},
};

static void sample_files(void)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		struct bytes text = slurp(samples[i].path);
		if (!text.p) {
			test_skip(samples[i].path, "shared data is not here");
			continue;
		}
		struct dpkg_reader r;
		struct dpkg_package p;
		struct err e;
		int installed = 0, others = 0, broken = 0, defects = 0;
		dpkg_open(&r, text, samples[i].is_status_d);
		for (int rc; (rc = dpkg_next(&r, &p, &e)) != 0;) {
			broken += rc < 0;
			installed += rc > 0 && dpkg_is_installed(&p);
			others += rc > 0 && !dpkg_is_installed(&p);
			defects += rc > 0 && p.defect;
		}
		if (!test_case(installed == samples[i].installed && others == samples[i].others &&
		                       broken == samples[i].broken && defects == samples[i].defects,
		               "%s", samples[i].path))
			printf("# %d installed, %d others, %d broken, %d defects\n", installed,
			       others, broken, defects);
		AUTO_FREE void *owned = (void *)(uintptr_t)text.p;
		(void)owned;
	}
}

/* For tests/peers/dpkg-query.sh: what dpkg-query prints with its format there. */
static int list(const char *path)
{
	struct bytes text = slurp(path);
	AUTO_FREE void *owned = (void *)(uintptr_t)text.p;
	(void)owned;
	struct dpkg_reader r;
	struct dpkg_package p;
	struct err e;
	int rc;
	dpkg_open(&r, text, false);
	while ((rc = dpkg_next(&r, &p, &e)) > 0) {
		/* dpkg-query leaves out what is not installed and says "no" for no Multi-Arch */
		if (p.status == DPKG_NOT_INSTALLED)
			continue;
		printf("%.*s|%.*s|%.*s|%s|%.*s|%.*s|%.*s|%s|%.*s\n", BYTES_FMT(p.package),
		       BYTES_FMT(p.architecture), BYTES_FMT(p.version), dpkg_status_name(p.status),
		       BYTES_FMT(p.source), BYTES_FMT(p.source_version), BYTES_FMT(p.maintainer),
		       p.is_essential ? "yes" : "no", BYTES_FMT(p.section));
	}
	if (rc < 0)
		printf("%s\n", e.msg);
	return text.p && rc == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--list") == 0)
		return list(argv[2]);
	packages();
	all_fields();
	bounds();
	lists();
	sample_files();
	return TEST_END();
}
