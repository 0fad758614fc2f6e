/* SPDX-License-Identifier: Apache-2.0 */
/* osrelease.c - which system a root file system says it is. */
#include "fmt/fmt.h"
#include "lib/slurp.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA "../shared/data/vectors/pkgdb/"

/* NULL: not looked at; "": must be absent. */
static const struct {
	const char *name, *path, *in;
	const char *id, *version_id, *codename;
	int rc;
} cases[] = {
	{"plain",			    "etc/os-release",         "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n",
         "debian",															      "12",      "bookworm", 0 },
	{"usr/lib",			  "usr/lib/os-release",     "ID=fedora\nVERSION_ID=42\nVERSION_CODENAME=\"\"\n",
         "fedora",															      "42",      "",         0 },
	{"single quotes",                    "etc/os-release",         "ID='debian'\nVERSION_ID='12'\n",                            "debian",   "12",
         "bookworm",																		   0 },
	{"comments, blanks and empty lines", "etc/os-release",
         "# x\n\n  ID=ol  \n VERSION_ID=8.10\n",										    "ol",       "8.10",    "",         0 },
	{"CRLF",			     "etc/os-release",         "ID=\"rhel\"\r\nVERSION_ID=\"9.4\"\r\n",                     "rhel",     "9.4",     "",         0 },
	{"no newline at the end",            "etc/os-release",         "ID=wolfi",                                                  "wolfi",    "",        "",         0 },
	{"quotes in quotes",                 "etc/os-release",         "ID=\"\\\"rhel\\\"\"\nVERSION_ID=\"\\\"8\\\"\"\n",
         "rhel",																"8",       "",         0 },
	{"upper case",		       "etc/os-release",         "ID=Alpine\nVERSION_ID=3.20.3\n",                            "alpine",   "3.20.3",  "",
         0																			       },
	{"open quote",		       "etc/os-release",         "ID=\"debian\nVERSION_ID=\"12\n",                            "debian",   "12",
         "bookworm",																		   0 },
	{"lone quote",		       "etc/os-release",         "ID=\"\nVERSION_ID=1\n",                                     "",         "1",       "",         0 },
	{"last assignment counts",           "etc/os-release",         "ID=a\nID=b\n",                                              "b",        "",        "",         0 },
	{"stray lines",                      "etc/os-release",         "<<<<<<< HEAD\nID=a\n=======\nwhat\n",                       "a",        "",        "",         0 },
	{"no ID",			    "etc/os-release",         "NAME=\"Debian GNU/Linux\"\nVERSION_ID=8\nID_LIKE=debian\n", "",
         "8",																	      "",         0 },
	{"NUL inside",		       "etc/os-release",         "ID=debian\nX=\001\nVERSION_ID=12\n",                        "debian",   "12",
         "bookworm",																		   0 },
	{"empty",			    "etc/os-release",         "",							  NULL,       NULL,      NULL,       -1},
	{"no field",			 "etc/os-release",         "hello\nthere\n",                                            NULL,       NULL,      NULL,       -1},
	{"Debian testing",                   "etc/os-release",
         "PRETTY_NAME=\"Debian GNU/Linux trixie/sid\"\nNAME=\"Debian "
         "GNU/Linux\"\nVERSION_CODENAME=trixie\nID=debian\n",                                                                       "debian",   "",        "trixie",   0 },
	{"Debian testing, older",            "etc/os-release",
         "PRETTY_NAME=\"Debian GNU/Linux buster/sid\"\nNAME=\"Debian GNU/Linux\"\nID=debian\n",                                     "debian",   "",        "buster",   0 },
	{"Debian with a point release",      "etc/os-release",         "ID=debian\nVERSION_ID=12.5\n",                              "debian",
         "12",																	     "bookworm", 0 },
	{"Alpine edge",                      "etc/os-release",
         "ID=alpine\nVERSION_ID=3.19_alpha20230901\nPRETTY_NAME=\"Alpine Linux edge\"\n",                                           "alpine",
         "3.19_alpha20230901",															     "edge",     0 },
	{"Ubuntu 12.04",                     "etc/os-release",
         "ID=ubuntu\nVERSION_ID=\"12.04\"\nVERSION=\"12.04.5 LTS, Precise Pangolin\"\n",                                            "ubuntu",
         "12.04",																	  "precise",  0 },
	{"Ubuntu 16.04",                     "etc/os-release",
         "ID=ubuntu\nVERSION_ID=\"16.04\"\nVERSION=\"16.04.7 LTS (Xenial Xerus)\"\n",                                               "ubuntu",
         "16.04",																	  "xenial",   0 },
	{"alpine-release",                   "etc/alpine-release",     "3.20.3\n",                                                  "alpine",   "3.20.3",  "",         0 },
	{"alpine-release, edge",             "etc/alpine-release",     "3.21.0_alpha20240923\n",                                    "alpine",
         "3.21.0_alpha20240923",															   "edge",     0 },
	{"alpine-release, odd",              "etc/alpine-release",     "hello\n",                                                   NULL,       NULL,      NULL,       -1},
	{"alpine-release, empty",            "etc/alpine-release",     "",                                                          NULL,       NULL,      NULL,       -1},
	{"debian_version",                   "etc/debian_version",     "12.5\n",                                                    "debian",   "12",      "bookworm", 0 },
	{"debian_version 7.11",              "etc/debian_version",     "7.11",                                                      "debian",   "7",       "wheezy",   0 },
	{"debian_version, testing",          "etc/debian_version",     "bookworm/sid\n",                                            "debian",   "",
         "bookworm",																		   0 },
	{"debian_version, unstable",         "etc/debian_version",     "sid\n",                                                     "debian",   "",        "sid",      0 },
	{"debian_version, empty",            "etc/debian_version",     "",                                                          NULL,       NULL,      NULL,       -1},
	{"debian_version, odd",              "etc/debian_version",     "kali-rolling\n",                                            NULL,       NULL,      NULL,       -1},
	{"CentOS 5",			 "etc/redhat-release",     "CentOS release 5.7 (Final)\n",                              "centos",   "5.7",     "",         0 },
	{"CentOS 7",			 "etc/centos-release",     "CentOS Linux release 7.9.2009 (Core)\n",                    "centos",
         "7.9.2009",																       "",         0 },
	{"CentOS Stream",                    "etc/centos-release",     "CentOS Stream release 9\n",                                 "centos",   "9",       "",         0 },
	{"RHEL",			     "etc/redhat-release",     "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n",
         "rhel",																"6.10",    "",         0 },
	{"Oracle 5",			 "etc/enterprise-release",
         "Enterprise Linux Enterprise Linux Server release 5.11 (Carthage)\n",                                                      "ol",       "5.11",    "",         0 },
	{"Oracle",			   "etc/oracle-release",     "Oracle Linux Server release 7.9\n",                         "ol",       "7.9",     "",         0 },
	{"Amazon 1",			 "etc/system-release",     "Amazon Linux AMI release 2018.03\n",                        "amzn",     "2018.03",
         "",																			   0 },
	{"Amazon 2",			 "etc/system-release",     "Amazon Linux release 2 (Karoo)\n",                          "amzn",     "2",       "",         0 },
	{"Fedora",			   "etc/fedora-release",     "Fedora release 29 (Twenty Nine)\n",                         "fedora",   "29",      "",
         0																			       },
	{"SLES 11",			  "etc/SuSE-release",
         "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",                                                "sles",     "11.4",
         "",																			   0 },
	{"openSUSE 13.2",                    "etc/SuSE-release",
         "openSUSE 13.2 (x86_64)\nVERSION = 13.2\nCODENAME = Harlequin\n",                                                          "opensuse", "13.2",    "",
         0																			       },
	{"Photon",			   "etc/photon-release",     "VMware Photon OS 4.0\nPHOTON_BUILD_NUMBER=2f5aad892\n",
         "photon",															      "4.0",     "",         0 },
	{"Mariner",			  "etc/mariner-release",    "CBL-Mariner 2.0.20240123\nMARINER_BUILD_NUMBER=x\n",
         "mariner",															     "2.0",     "",         0 },
	{"unknown product",                  "etc/redhat-release",     "Vogon Linux release 4\n",                                   NULL,       NULL,      NULL,       -1},
	{"no product",		       "etc/system-release",     "\n\n",						      NULL,       NULL,      NULL,       -1},
	{"lsb-release",                      "etc/lsb-release",
         "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=18.04\nDISTRIB_CODENAME=bionic\n",                                                     "ubuntu",   "18.04",
         "bionic",																		     0 },
	{"lsb-release of rpm systems",       "etc/lsb-release",        "LSB_VERSION=core-4.1\n",                                    NULL,       NULL,
         NULL,																			 -1},
	{"cpe",			      "etc/system-release-cpe", "cpe:/o:centos:linux:6:GA\n",                                "centos",   "6",       "",         0 },
	{"cpe 2.3",			  "etc/system-release-cpe", "cpe:2.3:o:amazon:amazon_linux:2\n",                         "amzn",     "2",       "",
         0																			       },
	{"cpe of others",                    "etc/system-release-cpe", "cpe:/o:x:y:1\n",                                            NULL,       NULL,      NULL,       -1},
	{"cpe, cut",			 "etc/system-release-cpe", "cpe:",                                                      NULL,       NULL,      NULL,       -1},
	{"issue, Alpine",                    "etc/issue",              "Welcome to Alpine Linux 3.3\nKernel \\r on an \\m (\\l)\n",
         "alpine",															      "3.3",     "",         0 },
	{"issue, Debian",                    "etc/issue",              "Debian GNU/Linux 8 \\n \\l\n\n",                            "debian",   "8",       "jessie",
         0																			       },
	{"issue, Ubuntu",                    "etc/issue",              "Ubuntu 20.04.6 LTS \\n \\l\n",                              "ubuntu",   NULL,      NULL,       0 },
	{"issue, openSUSE",                  "etc/issue",              "\nWelcome to openSUSE Leap 15.2 - Kernel \\r (\\l).\n",
         "opensuse-leap",														       "15.2",    "",         0 },
	{"issue, other words",               "etc/issue",              "Authorised users only\n",                                   NULL,       NULL,      NULL,       -1},
	{"busybox",			  "bin/busybox",            "\177ELF..BusyBox v1.31.1 (2020) multi-call",                "busybox",
         "1.31.1",																	 "",         0 },
	{"busybox, cut",                     "bin/busybox",            "\177ELF..BusyBox v1.31.",                                   "busybox",  "1.31",    "",         0 },
	{"no busybox",		       "bin/busybox",            "\177ELF",						   NULL,       NULL,      NULL,       -1},
};

static bool is(struct bytes b, const char *want)
{
	if (!want)
		return true;
	return *want ? bytes_eq(b, bytes_str(want)) : b.p == NULL;
}

static void parse_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct os_id os = {.bad_line = 0};
		struct err e = {.kind = ERR_NONE};
		int rc = os_id_parse(os_source_find(bytes_str(cases[i].path)),
		                     bytes_str(cases[i].in), a, &os, &e);
		if (!test_case(rc == cases[i].rc && is(os.id, cases[i].id) &&
		                       is(os.version_id, cases[i].version_id) &&
		                       is(os.codename, cases[i].codename),
		               "os: %s", cases[i].name))
			printf("# %d id %.*s version %.*s codename %.*s %s\n", rc, BYTES_FMT(os.id),
			       BYTES_FMT(os.version_id), BYTES_FMT(os.codename), e.msg);
	}
}

static void details(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct os_source *src = os_source_find(B("etc/os-release"));
	struct os_id os, other;
	struct err e;
	CHECK(os_id_parse(src,
	                  B("NAME=\"A \\\"B\\\" \\$C \\\\ \\n\"\nID=centos\nPRETTY_NAME='x \\y'\n"
	                    "CPE_NAME=c\nVARIANT_ID=server\nBUILD_ID=b\nIMAGE_VERSION=i\n"
	                    "SUPPORT_END=2030-01-02\nID_LIKE=\"rhel fedora\"\nVERSION=v\n"
	                    "export X=1\nbroken line\n"),
	                  a, &os, &e) == 0);
	CHECK(bytes_eq(os.name, B("A \"B\" $C \\ \\n")) && bytes_eq(os.pretty, B("x \\y")));
	CHECK(bytes_eq(os.cpe, B("c")) && bytes_eq(os.variant, B("server")) && os.bad_line == 12);
	CHECK(bytes_eq(os.build_id, B("b")) && bytes_eq(os.image_version, B("i")));
	CHECK(bytes_eq(os.support_end, B("2030-01-02")) && bytes_eq(os.id_like, B("rhel fedora")));
	CHECK(os_id_parse(src, B("ID=centos\nNAME=\"CentOS Stream\"\nVERSION_ID=8\n"), a, &os,
	                  &e) == 0 &&
	      bytes_eq(os.variant, B("stream")));
	CHECK(os_id_parse(os_source_find(B("etc/centos-release")), B("CentOS Stream release 9\n"),
	                  a, &os, &e) == 0 &&
	      bytes_eq(os.variant, B("stream")) && bytes_eq(os.name, B("CentOS Stream")));

	/* Debian's os-release without a version takes it from debian_version */
	CHECK(os_id_parse(src, B("ID=debian\nPRETTY_NAME=Distroless\n"), a, &os, &e) == 0);
	CHECK(os_id_parse(os_source_find(B("etc/debian_version")), B("12.5\n"), a, &other, &e) ==
	      0);
	os_id_merge(&os, &other);
	CHECK(bytes_eq(os.version_id, B("12")) && bytes_eq(os.pretty, B("Distroless")));
	/* a derivative keeps its own */
	CHECK(os_id_parse(src, B("ID=ubuntu\n"), a, &os, &e) == 0);
	os_id_merge(&os, &other);
	CHECK(os.version_id.p == NULL);
	CHECK(os_source_find(B("etc/passwd")) == NULL && os_source_find(B("")) == NULL);

	unsigned rank = 0;
	for (const struct os_source *s = os_source_list(); s->path; s++) {
		test_case(s == os_source_list() || s->rank > rank, "os: rank of %s", s->path);
		rank = s->rank;
	}
	CHECK(bytes_eq(os_debian_codename(B("13")), B("trixie")));
	CHECK(bytes_eq(os_debian_version_id(B("jessie")), B("8")));
	CHECK(!os_debian_codename(B("99")).p && !os_debian_version_id(B("sid")).p);
	CHECK(os_is_rolling(&(struct os_id){.id = B("wolfi")}));
	CHECK(os_is_rolling(&(struct os_id){.id = B("debian"), .codename = B("trixie")}));
	CHECK(!os_is_rolling(&(struct os_id){.id = B("debian"), .version_id = B("12")}));
	CHECK(os_is_rolling(&(struct os_id){.id = B("alpine"), .codename = B("edge")}));
	CHECK(!os_is_rolling(&(struct os_id){.id = B("alpine"), .version_id = B("3.20.3")}));
}

static void bounds(void)
{
	for (int past = 0; past < 2; past++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)MIB(1));
		buf_adds(&b, "ID=debian\n#");
		size_t n = (size_t)OS_RELEASE_MAX - b.n + (size_t)past;
		memset(buf_room(&b, n), 'x', n);
		b.n += n;
		struct os_id os;
		struct err e = {.kind = ERR_NONE};
		int rc =
			os_id_parse(os_source_find(B("etc/os-release")), buf_bytes(&b), a, &os, &e);
		test_case(past ? rc == -1 && e.kind == ERR_LIMIT : rc == 0,
		          "os: a file of OS_RELEASE_MAX%s bytes", past ? " + 1" : "");
	}
}

/* as: the path it stands for. */
static const struct {
	const char *file, *as, *id, *version_id, *codename;
	int rc;
} samples[] = {
#define SYFT  DATA "os-release-syft/"
#define CLAIR DATA "claircore-os/"
#define TRIVY DATA "trivy/os/"
	{SYFT "bad-redhat-release",					  "etc/redhat-release",     "centos",            "5",        "",         0 },
	{SYFT "partial-fields/missing-id/usr/lib/os-release",                "usr/lib/os-release",     "",                  "8",        "",         0 },
	{SYFT "partial-fields/unknown-id/usr/lib/os-release",                "usr/lib/os-release",
                                      "my-awesome-distro",											       "8",        "",         0 },
	{SYFT "debian-8",						    "etc/os-release",         "debian",            "8",        "jessie",   0 },
	{SYFT "ubuntu-20.04",						"etc/os-release",         "ubuntu",            "20.04",    "focal",    0 },
	{SYFT "centos-8",						    "etc/os-release",         "centos",            "8",        "",         0 },
	{SYFT "rhel-8",						      "etc/os-release",         "rhel",              "8.1",      "",         0 },
	{SYFT "unprintable",						 "etc/os-release",         "debian",            "8",        "jessie",   0 },
	{SYFT "os/sles/etc/os-release",                                      "etc/os-release",         "sles",              "15.2",     "",         0 },
	{SYFT "os/debian/from-debian_version/etc/os-release",                "etc/os-release",         "debian",            "",         "",
                                      0																	    },
	{SYFT "os/debian/with-point-release/etc/debian_version",             "etc/debian_version",     "debian",
                                      "13",															  "trixie",   0 },
	{SYFT "os/arch/etc/os-release",                                      "etc/os-release",         "arch",              "",         "",         0 },
	{SYFT "os/redhat/from-os-release/usr/lib/os-release",                "usr/lib/os-release",     "rhel",              "7.3",
                                      "",																	0 },
	{SYFT "os/opensuse-leap/etc/os-release",                             "etc/os-release",         "opensuse-leap",     "15.2",     "",         0 },
	{SYFT "os/busybox/bin/busybox",                                      "bin/busybox",            "busybox",           "1.31.1",   "",         0 },
	{SYFT "os/empty/etc/os-release",                                     "etc/os-release",         NULL,                NULL,       NULL,       -1},
	{SYFT "os/centos6/etc/system-release-cpe",                           "etc/system-release-cpe", "centos",            "6",        "",         0 },
	{SYFT "os/photon/etc/os-release",                                    "etc/os-release",         "photon",            "2.0",      "",         0 },
	{SYFT "os/centos5/etc/redhat-release",                               "etc/redhat-release",     "centos",            "5.7",      "",         0 },
	{SYFT "os/alpine/etc/os-release",                                    "etc/os-release",         "alpine",            "3.11.6",   "",         0 },
	{SYFT "os/oraclelinux/etc/os-release",                               "etc/os-release",         "ol",                "8.3",      "",         0 },
	{SYFT "os/rockylinux/from-redhat-release/etc/redhat-release",        "etc/redhat-release",     "rocky",
                                      "8.10",															"",         0 },
	{SYFT "os/rockylinux/from-os-release/etc/os-release",                "etc/os-release",         "rocky",             "8.4",      "",
                                      0																	    },
	{SYFT "os/mariner/etc/os-release",                                   "etc/os-release",         "mariner",           "1.0",      "",         0 },
	{SYFT "os/scientific/from-redhat-release/etc/redhat-release",        "etc/redhat-release",
                                      "scientific",												      "7.9",      "",         0 },
	{SYFT "os/scientific/from-os-release/etc/os-release",                "etc/os-release",         "scientific",        "7.5",
                                      "",																	0 },
	{SYFT "os/almalinux/from-redhat-release/etc/redhat-release",         "etc/redhat-release",
                                      "almalinux",												       "8.10",     "",         0 },
	{SYFT "os/almalinux/from-os-release/etc/os-release",                 "etc/os-release",         "almalinux",         "8.4",
                                      "",																	0 },
	{CLAIR "debian/testdata/distroless_dist/9/etc/os-release",           "etc/os-release",         "debian",            "9",
                                      "stretch",																 0 },
	{CLAIR "debian/testdata/distroless_dist/10/etc/os-release",          "etc/os-release",         "debian",
                                      "10",															  "buster",   0 },
	{CLAIR "debian/testdata/distroless_dist/11/etc/os-release",          "etc/os-release",         "debian",
                                      "11",															  "bullseye", 0 },
	{CLAIR "debian/testdata/dist/7/etc/os-release",                      "etc/os-release",         "debian",            "7",        "wheezy",
                                      0																	    },
	{CLAIR "debian/testdata/dist/8/etc/os-release",                      "etc/os-release",         "debian",            "8",        "jessie",
                                      0																	    },
	{CLAIR "debian/testdata/dist/9/etc/os-release",                      "etc/os-release",         "debian",            "9",        "stretch",
                                      0																	    },
	{CLAIR "debian/testdata/dist/10/etc/os-release",                     "etc/os-release",         "debian",            "10",       "buster",
                                      0																	    },
	{CLAIR "debian/testdata/dist/11/etc/os-release",                     "etc/os-release",         "debian",            "11",
                                      "bullseye",																0 },
	{CLAIR "rhel/testdata/releasefiles/oracle-6/etc/redhat-release",     "etc/redhat-release",
                                      "rhel",													    "6.10",     "",         0 },
	{CLAIR "rhel/testdata/releasefiles/oracle-7/etc/redhat-release",     "etc/redhat-release",
                                      "rhel",													    "7.9",      "",         0 },
	{CLAIR "rhel/testdata/releasefiles/oracle-8/etc/redhat-release",     "etc/redhat-release",
                                      "rhel",													    "8.9",      "",         0 },
	{CLAIR "rhel/testdata/releasefiles/8/etc/os-release",                "etc/os-release",         "rhel",              "8.1",      "",
                                      0																	    },
	{CLAIR "rhel/testdata/releasefiles/9/etc/redhat-release",            "etc/redhat-release",     "rhel",
                                      "9.0",															 "",         0 },
	{CLAIR "rhel/testdata/releasefiles/7/etc/os-release",                "etc/os-release",         "rhel",              "7.7",      "",
                                      0																	    },
	{CLAIR "rhel/testdata/releasefiles/7/etc/redhat-release",            "etc/redhat-release",     "rhel",
                                      "7.4",															 "",         0 },
	{CLAIR "rhel/testdata/releasefiles/atomichost-7/etc/os-release",     "etc/os-release",         "rhel",
                                      "7.9",															 "",         0 },
	{CLAIR "rhel/testdata/releasefiles/atomichost-7/etc/redhat-release", "etc/redhat-release",
                                      "rhel",													    "7.9",      "",         0 },
	{CLAIR "alpine/testdata/edge/etc/os-release",                        "etc/os-release",         "alpine",
                                      "3.19_alpha20230901",													  "edge",     0 },
	{TRIVY "debian/testdata/debian_sid/etc/debian_version",              "etc/debian_version",     "debian",            "",
                                      "buster",																  0 },
	{TRIVY "debian/testdata/empty",                                      "etc/debian_version",     NULL,                NULL,       NULL,       -1},
	{TRIVY "debian/testdata/debian_9/etc/debian_version",                "etc/debian_version",     "debian",            "9",
                                      "stretch",																 0 },
	{TRIVY "release/testdata/coreos",                                    "etc/os-release",         "coreos",            "3.15.4",   "",         0 },
	{TRIVY "release/testdata/rhel",                                      "etc/os-release",         "rhel",              "9.4",      "",         0 },
	{TRIVY "release/testdata/minimos",                                   "etc/os-release",         "minimos",           "20241031", "",         0 },
	{TRIVY "release/testdata/alma",                                      "etc/os-release",         "almalinux",         "9.4",      "",         0 },
	{TRIVY "release/testdata/slemicro6.0",                               "etc/os-release",         "sl-micro",          "6.0",      "",         0 },
	{TRIVY "release/testdata/slemicro",                                  "etc/os-release",         "sle-micro",         "5.3",      "",         0 },
	{TRIVY "release/testdata/azurelinux-3.0",                            "etc/os-release",         "azurelinux",        "3.0",      "",         0 },
	{TRIVY "release/testdata/no-id",                                     "etc/os-release",         "",                  "3.15.4",   "",         0 },
	{TRIVY "release/testdata/oracle",                                    "etc/os-release",         "ol",                "8.10",     "",         0 },
	{TRIVY "release/testdata/centos-stream",                             "etc/os-release",         "centos",            "8",        "",         0 },
	{TRIVY "release/testdata/slemicro-rancher",                          "etc/os-release",         "sle-micro-rancher", "5.4",
                                      "",																	0 },
	{TRIVY "release/testdata/no-version",                                "etc/os-release",         "alpine",            "",         "",         0 },
	{TRIVY "release/testdata/photon",                                    "etc/os-release",         "photon",            "4.0",      "",         0 },
	{TRIVY "release/testdata/fedora",                                    "etc/os-release",         "fedora",            "42",       "",         0 },
	{TRIVY "release/testdata/mariner-2.0",                               "etc/os-release",         "mariner",           "2.0",      "",         0 },
	{TRIVY "redhatbase/testdata/alma/almalinux-release",                 "etc/almalinux-release",  "almalinux",
                                      "8.4",															 "",         0 },
	{TRIVY "redhatbase/testdata/rocky/rocky-release",                    "etc/rocky-release",      "rocky",             "8.4",      "",
                                      0																	    },
	{TRIVY "redhatbase/testdata/fedora_29/fedora-release",               "etc/fedora-release",     "fedora",            "29",
                                      "",																	0 },
	{TRIVY "redhatbase/testdata/centos/centos-release",                  "etc/centos-release",     "centos",
                                      "7.6.1810",														    "",         0 },
	{TRIVY "ubuntu/testdata/invalid",                                    "etc/lsb-release",        NULL,                NULL,       NULL,       -1},
	{TRIVY "ubuntu/testdata/lsb-release",                                "etc/lsb-release",        "ubuntu",            "18.04",    "bionic",   0 },
};

static void sample(const char *file, const char *as, const char *id, const char *version_id,
                   const char *codename, int want_rc)
{
	struct bytes text = slurp(file);
	if (!text.p) {
		test_skip(file, "shared data is not here");
		return;
	}
	AUTO_FREE void *owned = (void *)(uintptr_t)text.p;
	(void)owned;
	AUTO_ARENA struct arena *a = arena_new();
	struct os_id os = {.bad_line = 0};
	struct err e = {.kind = ERR_NONE};
	int rc = os_id_parse(os_source_find(bytes_str(as)), text, a, &os, &e);
	if (!test_case(rc == want_rc && is(os.id, id) && is(os.version_id, version_id) &&
	                       is(os.codename, codename) && os.bad_line == 0,
	               "%s", file))
		printf("# %d id %.*s version %.*s codename %.*s %s\n", rc, BYTES_FMT(os.id),
		       BYTES_FMT(os.version_id), BYTES_FMT(os.codename), e.msg);
}

/* The folders say the version: DIR/VERSION/etc/FILE. */
static void versioned_samples(void)
{
	static const struct {
		const char *version, *codename;
	} ubuntu[] = {
		{"12.04", "precise"},
                {"12.10", "quantal"},
                {"13.04", "raring" },
		{"13.10", "saucy"  },
                {"14.04", "trusty" },
                {"15.10", "wily"   },
		{"16.04", "xenial" },
                {"16.10", "yakkety"},
                {"17.10", "artful" },
		{"18.04", "bionic" },
                {"20.04", "focal"  },
                {"21.04", "hirsute"},
		{"21.10", "impish" },
                {"22.04", "jammy"  },
                {"22.10", "kinetic"},
		{"23.04", "lunar"  },
                {"23.10", "mantic" },
	};
	char path[256];
	for (size_t i = 0; i < ARRAY_LEN(ubuntu); i++) {
		snprintf(path, sizeof path, CLAIR "ubuntu/testdata/dist/%s/etc/os-release",
		         ubuntu[i].version);
		sample(path, "etc/os-release", "ubuntu", ubuntu[i].version, ubuntu[i].codename, 0);
	}
	static const char *const alpine[] = {"3.3",  "3.7",  "3.8",  "3.9",  "3.10", "3.12",
	                                     "3.13", "3.15", "3.16", "3.17", "3.18"};
	for (size_t i = 0; i < ARRAY_LEN(alpine); i++) {
		snprintf(path, sizeof path, CLAIR "alpine/testdata/%s/etc/issue", alpine[i]);
		sample(path, "etc/issue", "alpine", alpine[i], "", 0);
	}
}

int main(void)
{
	parse_cases();
	details();
	bounds();
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		sample(samples[i].file, samples[i].as, samples[i].id, samples[i].version_id,
		       samples[i].codename, samples[i].rc);
	versioned_samples();
	return TEST_END();
}
