/* SPDX-License-Identifier: Apache-2.0 */
/* apkdb.c - packages and files of apk's installed database, repositories, world. */
#include "fmt/fmt.h"
#include "lib/slurp.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA "../shared/data/vectors/pkgdb/"

static const struct {
	const char *name, *in, *out;
} cases[] = {
	{"plain",		  "P:a\nV:1-r0\nA:x86_64\no:b\nL:MIT\n\n",                      "a 1-r0 x86_64 b MIT -\n"                           },
	{"no newline at the end",  "P:a\nV:1",						   "a 1 - a - -\n"                                     },
	{"two records",            "P:a\nV:1\n\nP:b\nV:2\n\n",                                   "a 1 - a - -\nb 2 - b - -\n"                        },
	{"empty lines",            "\n\nP:a\nV:1\n\n\n\nP:b\nV:2\n\n\n",                         "a 1 - a - -\nb 2 - b - -\n"                        },
	{"CRLF",		   "P:a\r\nV:1\r\n\r\nP:b\r\nV:2\r\n",                           "a 1 - a - -\nb 2 - b - -\n"                        },
	{"repository tag",         "P:a\nV:1\ns:edge\n",                                         "a 1 - a - edge\n"                                  },
	{"unknown field",          "P:a\nV:1\ny:z\nX:z\n",                                       "a 1 - a - -\n"                                     },
	{"the same package twice", "P:a\nV:1\n\nP:a\nV:2\n",                                     "a 1 - a - -\na 2 - a - -\n"                        },
	{"foreign architecture",   "P:a\nV:1\nA:x86\n\nP:b\nV:1\nA:aarch64\n",
         "a 1 x86 a - -\nb 1 aarch64 b - -\n"													},
	{"empty",		  "",							   ""						  },
	{"newlines only",          "\n\n\n",						     ""						  },
	{"no version",             "P:a\n\nP:b\nV:2\n",                                          "E line 1: package a: no version (V)\nb 2 - b - -\n"},
	{"empty version",          "P:a\nV:\n",						  "E line 1: package a: no version (V)\n"             },
	{"version of two words",   "P:a\nV:1 2\n",                                               "E line 1: package a: not a version (V)\n"          },
	{"no package",             "V:1\n\nP:b\nV:2\n",                                          "E line 1: no package name (P)\nb 2 - b - -\n"      },
	{"text before",            "this is a corrupt db\n\nP:a\nV:1\n",
         "E line 1: not a record of a package\na 1 - a - -\n"											},
	{"not a record",           "asdf\n\nyolo\n",
         "E line 1: not a record of a package\nE line 3: not a record of a package\n"                                                                },
	{"stray line",             "P:a\nV:1\nasdf\n",					   "a 1 - a - - !3 a line that is no field\n"          },
	{"merge markers",          "P:a\n<<<<<<< x\nV:1\n=======\nV:2\n>>>>>>> y\n\nP:b\nV:1\n",
         "E line 5: V is given twice: 1 and 2\nb 1 - b - -\n"											},
	{"field twice",            "P:a\nV:1\nA:x\nA:y\n",                                       "a 1 x a - - !4 a field is given twice\n"           },
	{"odd build time",         "P:a\nV:1\nt:-1\n",                                           "a 1 - a - - !3 a build time that is no number\n"   },
	{"version 3",              "ADB.xxxx",						   "E a binary database of apk-tools 3 (ADB)\n"        },
	{"version 3, deflate",     "ADBd\n\nP:a\n",                                              "E a binary database of apk-tools 3 (ADB)\n"        },
};

static void add(struct buf *b, struct bytes s)
{
	buf_addf(b, " %.*s", BYTES_FMT(s.p ? s : B("-")));
}

static void render(struct bytes text, struct buf *b)
{
	struct apkdb r;
	apkdb_open(&r, text);
	struct apk_package p;
	struct err e = {.kind = ERR_NONE};
	for (int rc; (rc = apkdb_next(&r, &p, &e)) != 0;) {
		if (rc < 0) {
			buf_addf(b, "E %s\n", e.msg);
			continue;
		}
		buf_addf(b, "%.*s", BYTES_FMT(p.package));
		add(b, p.version);
		add(b, p.arch);
		add(b, p.origin);
		add(b, p.license);
		add(b, p.tag);
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
		render(bytes_str(cases[i].in), &b);
		if (!test_case(bytes_eq(buf_bytes(&b), bytes_str(cases[i].out)), "apkdb: %s",
		               cases[i].name))
			printf("# %s", buf_cstr(&b));
	}
}

/* SHA-1 of the empty text, as sha1sum and openssl base64 have it. */
#define EMPTY "Q12jmj7l5rSw0yVb/vlWAYkK/YBwk="

static void files(void)
{
	struct apkdb r;
	struct apk_package p;
	struct apk_files it;
	struct apk_file f;
	struct err e;
	apkdb_open(&r, B("C:Q1x=\nP:a\nV:1\nU:u\nm:M <m@x>\nt:1683642107\nc:abc\nD:b c\np:d=1\n"
	                 "F:\nF:etc\nM:0:0:1777\nR:x y\na:0:42:640:" EMPTY "\nZ:" EMPTY
	                 "\nR:plain\nF:usr\nR:bad\nZ:Q1xx\nR:last"));
	CHECK(apkdb_next(&r, &p, &e) == 1 && p.built_s == 1683642107 && !p.defect);
	CHECK(bytes_eq(p.url, B("u")) && bytes_eq(p.commit, B("abc")) && p.files_line == 10);
	CHECK(bytes_eq(p.depends, B("b c")) && bytes_eq(p.provides, B("d=1")));
	CHECK(bytes_eq(p.maintainer, B("M <m@x>")) && bytes_eq(p.checksum, B("Q1x=")));
	apk_files_open(&it, &p);
	CHECK(apk_file(&it, &f, &e) == 1 && f.dir.n == 0 && !f.name.p && f.mode == 0755);
	CHECK(apk_file(&it, &f, &e) == 1 && bytes_eq(f.dir, B("etc")) && f.mode == 01777);
	CHECK(apk_file(&it, &f, &e) == 1 && bytes_eq(f.name, B("x y")) && f.mode == 0640 &&
	      f.gid == 42 && f.digest.n == 20 && f.digest.bytes[0] == 0xda &&
	      f.digest.bytes[19] == 0x09);
	CHECK(apk_file(&it, &f, &e) == 1 && bytes_eq(f.name, B("plain")) && f.mode == 0644 &&
	      f.digest.n == 0);
	CHECK(apk_file(&it, &f, &e) == 1 && bytes_eq(f.dir, B("usr")));
	CHECK(apk_file(&it, &f, &e) == -1 && strstr(e.msg, "line 19"));
	CHECK(apk_file(&it, &f, &e) == 1 && bytes_eq(f.name, B("last")));
	CHECK(apk_file(&it, &f, &e) == 0);

	apkdb_open(&r, B("P:a\nV:1\nR:x\nZ:" EMPTY
	                 "\nM:0:0:755\nF:d\na:0:0:644\nR:\nM:x\nR:n\na:0:0:9\n"));
	CHECK(apkdb_next(&r, &p, &e) == 1);
	apk_files_open(&it, &p);
	CHECK(apk_file(&it, &f, &e) == -1 && strstr(e.msg, "line 3: belongs to no folder"));
	CHECK(apk_file(&it, &f, &e) == -1 && strstr(e.msg, "line 4: belongs to no file"));
	CHECK(apk_file(&it, &f, &e) == -1 && strstr(e.msg, "line 5: belongs to no folder"));
	CHECK(apk_file(&it, &f, &e) == 1 && bytes_eq(f.dir, B("d")));
	CHECK(apk_file(&it, &f, &e) == -1 && strstr(e.msg, "line 7: belongs to no file"));
	CHECK(apk_file(&it, &f, &e) == -1 && strstr(e.msg, "line 8: not a path"));
	CHECK(apk_file(&it, &f, &e) == -1 && strstr(e.msg, "line 9"));
	CHECK(apk_file(&it, &f, &e) == -1 && strstr(e.msg, "line 11: not a mode"));
	CHECK(apk_file(&it, &f, &e) == 0);
}

static const struct {
	const char *text;
	size_t n; /* bytes, 0: refused */
} digests[] = {
	{EMPTY,								0 + 20},
	{"Q247DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",                     32    },
	{"X1da39a3ee5e6b4b0d3255bfef95601890afd80709",                         20    },
	{"X2e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 32    },
	{"d41d8cd98f00b204e9800998ecf8427e",                                   16    },
	{"",								   0     },
	{"Q1",								 0     },
	{"Q12jmj7l5rSw0yVb/vlWAYkK/YBwk",                                      0     },
	{"Q12jmj7l5rSw0yVb/vlWAYkK/YBwl=",                                     0     }, /* bits left over */
	{"Q12jmj7l5rSw0yVb/vlWAYkK/YBwk==",                                    0     },
	{"Q12jmj7l5rSw0yVb/vlWAYkK/YBw=k",                                     0     },
	{"Q12jmj7l5rSw0yVb/vlWAYkK_YBwk=",                                     0     },
	{"Q32jmj7l5rSw0yVb/vlWAYkK/YBwk=",                                     0     },
	{"X1da39a3ee5e6b4b0d3255bfef95601890afd8070",                          0     },
};

static void digest_texts(void)
{
	for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
		struct apk_digest d = {.n = 0};
		bool ok = apk_digest_parse(bytes_str(digests[i].text), &d);
		test_case(ok == (digests[i].n > 0) && d.n == digests[i].n, "apk digest: \"%s\"",
		          digests[i].text);
	}
}

static const struct {
	const char *line, *tag, *url, *branch, *section, *components;
} repositories[] = {
	{"https://h.example/alpine/v3.20/main",             NULL,   "https://h.example/alpine/v3.20/main",
         "v3.20",												   "main",    NULL},
	{"# x\n\n@edge https://h.example/a/edge/testing/ ", "edge",
         "https://h.example/a/edge/testing/",							      "edge",  "testing", NULL},
	{"/media/cdrom/apks",			       NULL,   "/media/cdrom/apks",                   "cdrom", "apks",    NULL},
	{"https://packages.example",                        NULL,   "https://packages.example",            NULL,    NULL,      NULL},
	{"https://packages.example/os",                     NULL,   "https://packages.example/os",         NULL,    NULL,      NULL},
	{"@t v3 https://h.example/v3.22 main community",    "t",    "https://h.example/v3.22",             NULL,    NULL,
         "main community"													  },
	{"@lone\nndx https://h.example/x/y/i.adb",          NULL,   "https://h.example/x/y/i.adb",         "y",
         "i.adb",													      NULL},
};

static bool same(struct bytes b, const char *s)
{
	return (b.p != NULL) == (s != NULL) && bytes_eq(b, bytes_str(s));
}

static void etc_files(void)
{
	for (size_t i = 0; i < ARRAY_LEN(repositories); i++) {
		struct bytes rest = bytes_str(repositories[i].line);
		struct apk_repository r;
		bool ok = apk_repository(&rest, &r);
		test_case(ok && same(r.tag, repositories[i].tag) &&
		                  same(r.url, repositories[i].url) &&
		                  same(r.branch, repositories[i].branch) &&
		                  same(r.section, repositories[i].section) &&
		                  same(r.components, repositories[i].components),
		          "apk repository: %s", repositories[i].url);
		CHECK(!apk_repository(&rest, &r));
	}
	struct bytes rest = B("busybox a@edge\nb=1.2-r0 c@edge>=2 d><Q1x= !e f~1 g=1@t\n");
	static const struct {
		const char *name, *tag, *constraint;
		bool is_conflict;
	} want[] = {
		{"busybox", NULL,   NULL,      false},
                {"a",       "edge", NULL,      false},
		{"b",       NULL,   "=1.2-r0", false},
                {"c",       "edge", ">=2",     false},
		{"d",       NULL,   "><Q1x=",  false},
                {"e",       NULL,   NULL,      true },
		{"f",       NULL,   "~1",      false},
                {"g",       "t",    "=1",      false},
	};
	struct apk_world w;
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		test_case(apk_world(&rest, &w) && same(w.name, want[i].name) &&
		                  same(w.tag, want[i].tag) &&
		                  same(w.constraint, want[i].constraint) &&
		                  w.is_conflict == want[i].is_conflict,
		          "apk world: %s", want[i].name);
	CHECK(!apk_world(&rest, &w));
}

static void bounds(void)
{
	for (int past = 0; past < 2; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)MIB(4));
		buf_adds(&b, "P:a\nV:1\np:");
		size_t n = (size_t)APK_LINE_MAX + (size_t)past;
		memset(buf_room(&b, n), 'x', n);
		b.n += n;
		buf_adds(&b, "\n\nP:b\nV:");
		n = (size_t)VERSION_LEN_MAX + (size_t)past;
		memset(buf_room(&b, n), '1', n);
		b.n += n;
		struct apkdb r;
		struct apk_package p;
		struct err e;
		apkdb_open(&r, buf_bytes(&b));
		int rc = apkdb_next(&r, &p, &e);
		test_case(rc == 1 && (p.defect != NULL) == past && (p.provides.n == 0) == past,
		          "apkdb: a line of APK_LINE_MAX%s bytes", past ? " + 1" : "");
		rc = apkdb_next(&r, &p, &e);
		test_case(rc == (past ? -1 : 1), "apkdb: a version of VERSION_LEN_MAX%s bytes",
		          past ? " + 1" : "");
	}
}

/* Counted in the files: grep -c ^P:, ^[FR]:, and by eye. */
static const struct {
	const char *path;
	int packages, broken, files, broken_files;
} samples[] = {
	{DATA "scalibr/apk/testdata/empty",                           0,  0, 0,  0},
	{DATA "scalibr/apk/testdata/invalid",                         0,  2, 0,  0},
	{DATA "scalibr/apk/testdata/single",                          1,  0, 16, 0},
	{DATA "scalibr/apk/testdata/no-origin",                       1,  0, 0,  0},
	{DATA "scalibr/apk/testdata/different-arch",                  1,  0, 16, 0},
	{DATA "syft/alpine/testdata/extra-file-attributes",           1,  0, 6,  0},
	{DATA "syft/alpine/testdata/corrupt/lib/apk/db/installed",    1,  1, 15, 0},
	{DATA "scalibr/apk/testdata/installed",                       -1, 0, -1, 0},
	{DATA "syft/alpine/testdata/base",                            -1, 0, -1, 0},
	{DATA "syft/alpine/testdata/multiple-1/lib/apk/db/installed", -1, 0, -1, 0},
};

static int starts(struct bytes text, const char *letters)
{
	int n = 0;
	for (struct bytes line; bytes_line(&text, &line);)
		n += line.n > 1 && line.p[1] == ':' && strchr(letters, line.p[0]) != NULL;
	return n;
}

static void sample_files(void)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		struct bytes text = slurp(samples[i].path);
		if (!text.p) {
			test_skip(samples[i].path, "shared data is not here");
			continue;
		}
		AUTO_FREE void *owned = (void *)(uintptr_t)text.p;
		(void)owned;
		struct apkdb r;
		struct apk_package p;
		struct err e;
		int packages_seen = 0, broken = 0, files_seen = 0, broken_files = 0, defects = 0;
		apkdb_open(&r, text);
		for (int rc; (rc = apkdb_next(&r, &p, &e)) != 0;) {
			broken += rc < 0;
			if (rc < 0)
				continue;
			packages_seen++;
			defects += p.defect != NULL;
			struct apk_files it;
			struct apk_file f;
			apk_files_open(&it, &p);
			while ((rc = apk_file(&it, &f, &e)) != 0) {
				broken_files += rc < 0;
				files_seen += rc > 0;
			}
		}
		int want = samples[i].packages < 0 ? starts(text, "P") : samples[i].packages;
		int want_files = samples[i].files < 0 ? starts(text, "FR") : samples[i].files;
		if (!test_case(packages_seen == want && broken == samples[i].broken && !defects &&
		                       files_seen == want_files &&
		                       broken_files == samples[i].broken_files,
		               "%s", samples[i].path))
			printf("# %d packages, %d broken, %d defects, %d files, %d broken files\n",
			       packages_seen, broken, defects, files_seen, broken_files);
	}
}

int main(void)
{
	packages();
	files();
	digest_texts();
	etc_files();
	bounds();
	sample_files();
	return TEST_END();
}
