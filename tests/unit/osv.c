/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv.c - OSV records of distributions: documents of our own, and the publishers' as judges.
 *
 * With a folder as argument it prints what each JSON file there becomes, for a look by eye.
 */
#include "advise/osv.h"

#include <ftw.h>
#include <unistd.h>
#include <zstd.h>

#include "advise/match.h"
#include "lib/feedtest.h"
#include "test.h"

#define SHARED "../shared/data/"

enum { FILE_BYTES_MAX = 64 << 20 };

/* ---- looking ---- */

static int show_file(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)f;
	struct buf text;
	struct err e;
	struct doc_memory m;
	struct feedtest t;
	bool is_companion;
	if (type != FTW_F || file_read(path, FILE_BYTES_MAX, &text, &e) < 0)
		return 0;
	doc_memory(&m, path, buf_bytes(&text));
	const struct feed *feed = import_recognise(&m.doc, &is_companion);
	printf("== %s: %s\n", path, feed ? feed->id : "unknown");
	if (feed) {
		const char *texts[] = {buf_cstr(&text)};
		feedtest_run(&t, feed, texts, 1);
		printf("%s%sns %s%s%s\n", buf_cstr(&t.out), buf_cstr(&t.broken),
		       buf_cstr(&t.namespaces), t.rc ? " FAILED " : "", t.rc ? t.e.msg : "");
		feedtest_fini(&t);
	}
	buf_fini(&text);
	return 0;
}

/* ---- documents of our own ---- */

#define ONE(eco, name, ranges)                                                                     \
	"\"affected\":[{\"package\":{\"ecosystem\":\"" eco "\",\"name\":\"" name                   \
	"\"},\"ranges\":[" ranges "]}]"
#define RANGE(events)  "{\"type\":\"ECOSYSTEM\",\"events\":[" events "]}"
#define FROM(v)        "{\"introduced\":\"" v "\"}"
#define FIXED(v)       "{\"fixed\":\"" v "\"}"
#define UP_TO(v)       RANGE(FROM("0") "," FIXED(v))
#define REC(id, rest)  "{\"id\":\"" id "\",\"modified\":\"2024-05-01T00:00:00Z\"," rest "}"
#define DEB(name, ver) ONE("Debian:12", name, UP_TO(ver))

static const struct {
	const char *name, *feed, *text, *want;
	int rc; /* of the import */
} cases[] = {
	{"a bulletin of two vulnerabilities",							      "osv-almalinux",
         REC("ALSA-2024:1",																																		   "\"summary\":\"Important: zlib security update\","
                            "\"related\":[\"CVE-2024-2\",\"CVE-2024-1\",\"CVE-2024-2\"]," ONE(
				    "AlmaLinux:8",																																																													 "zlib",																																																	    UP_TO("1.2-4.el8"))),
         "almalinux:8 zlib CVE-2024-2 ALSA-2024:1 binary high [,1.2-4.el8)\n"
         "almalinux:8 zlib CVE-2024-1 ALSA-2024:1 binary high [,1.2-4.el8)\n", 0},
	{"a bulletin without CVE keeps its id",                             "osv-almalinux",
         REC("ALSA-2024:1",																											   ONE("AlmaLinux:9",																																																							     "zlib",																																																																																																				   UP_TO("1.2-4.el9"))),
         "almalinux:9 zlib ALSA-2024:1 binary [,1.2-4.el9)\n", 0},
	{"a bug fix without CVE is none of ours",									       "osv-almalinux",
         REC("ALBA-2024:1",                          ONE("AlmaLinux:9",																																																															"zlib",																																																																																																																	UP_TO("1.2-4.el9"))), "", 0},
	{"a module stream in the title",							  "osv-almalinux",
         REC("ALSA-2024:1",																																		   "\"summary\":\"Moderate: nodejs:16 security "
                            "update\",\"related\":[\"CVE-2024-1\"]," ONE(
				    "AlmaLinux:8",																																																													       "nodejs",																																																   UP_TO("1:16.1-1.module_el8.9.0+1"))),
         "almalinux:8 nodejs CVE-2024-1 ALSA-2024:1 binary medium module=nodejs:16 "
         "[,1:16.1-1.module_el8.9.0+1)\n", 0},
	{"aliases before related ids",											      "osv-debian",
         REC("DSA-1-1",																																			    "\"aliases\":[\"CVE-2024-1\"],\"related\":[\"CVE-2024-9\"]," DEB("a",																																																																     "2")),
         "debian:12 a CVE-2024-1 DSA-1-1 [,2)\n", 0},
	{"upstream ids",						"osv-openeuler",
         REC("OESA-1",																								   "\"upstream\":[\"CVE-2024-1\"],\"database_specific\":{\"severity\":"
                       "\"High\"}," ONE("openEuler:22.03-LTS-SP3",																																																																	    "a",																																																																																																																			    UP_TO("2"))),
         "openeuler:22.03-LTS-SP3 a CVE-2024-1 OESA-1 high [,2)\n", 0},
	{"a mark before the CVE",								     "osv-alpine",
         REC("ALPINE-CVE-2024-7",																																		       "\"upstream\":[\"CVE-2024-7\",\"CVE-2024-8\"]," ONE(
					  "Alpine:v3.20",																							      "a",								      UP_TO("2-r0"))),
         "alpine:3.20 a CVE-2024-7 ALPINE-CVE-2024-7 [,2-r0)\n", 0},
	{"a record that is its own alias",											       "osv-chainguard",
         REC("CGA-1",																																		 "\"aliases\":[\"CGA-1\"],\"related\":[\"CGA-1\",\"CVE-2024-7\"]," ONE(
			      "Wolfi",																																																											 "a",																																																																																																																						   UP_TO("2-r0"))),
         "wolfi a CVE-2024-7 CGA-1 binary [,2-r0)\n", 0},
	{"withdrawn",											     "osv-debian",
         REC("DEBIAN-CVE-2024-1",																													   "\"withdrawn\":\"2024-06-01T00:00:00Z\"," DEB("a",																																																														"2")),																																																																																																																 "", 0},
	{"severity of a package's own vector",                "osv-debian",
         REC("DEBIAN-CVE-2024-1",																										    "\"affected\":[{\"package\":{\"ecosystem\":\"Debian:12\","
                                  "\"name\":\"a\"},\"severity\":[{"
                                  "\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/"
                                  "S:U/C:H/I:H/A:H\"}],\"ranges\":[" UP_TO("2") "]}]"),
         "debian:12 a CVE-2024-1 DEBIAN-CVE-2024-1 critical [,2)\n",																																																																										       0},
	{"severity of a vector",											       "osv-debian",
         REC("DEBIAN-CVE-2024-1",
         "\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/"
             "C:H/I:H/A:H\"}]," DEB("a",																																																		       "2")),
         "debian:12 a CVE-2024-1 DEBIAN-CVE-2024-1 critical [,2)\n", 0},
	{"events out of order, two ranges in one",											     "osv-debian",
         REC("DEBIAN-CVE-2024-1",
         ONE("Debian:12",																																																															      "a",																																																																																																																	       RANGE(FIXED("5") "," FROM("4") "," FIXED("2") "," FROM("0")))),
         "debian:12 a CVE-2024-1 DEBIAN-CVE-2024-1 [,2) [4,5)\n", 0},
	{"last affected","osv-debian",
         REC("DEBIAN-CVE-2024-1",
         ONE("Debian:12","a",RANGE(FROM("1") ",{\"last_affected\":\"3\"}"))),
         "debian:12 a CVE-2024-1 DEBIAN-CVE-2024-1 [1,3]\n", 0},
	{"a limit ends a range, the limit of all does not",												"osv-debian",
         REC("DEBIAN-CVE-2024-1",
         ONE("Debian:12",																																																																		     "a",
         RANGE(FROM("1") ",{\"limit\":\"3\"}") "," RANGE(FROM("7") ",{\"limit\":\"*\"}"))),
         "debian:12 a CVE-2024-1 DEBIAN-CVE-2024-1 [1,3) [7,)\n", 0},
	{"no end",											       "osv-debian",																	     REC("DEBIAN-CVE-2024-1",																																	 ONE("Debian:12",																																																				     "a",																																																																																																																					RANGE(FROM("0")))),
         "debian:12 a CVE-2024-1 DEBIAN-CVE-2024-1 [,)\n", 0},
	{"commits are no versions",											   "osv-debian",
         REC("DEBIAN-CVE-2024-1",
         ONE("Debian:12",																																																													     "a",
         "{\"type\":\"GIT\",\"repo\":\"https://example.org\",\"events\":[" FROM("0") "]}")),
         "debian:12 a CVE-2024-1 DEBIAN-CVE-2024-1 unmatchable\n", 0},
	{"a fix without a beginning",									  "osv-debian",
         REC("DEBIAN-CVE-2024-1",																																		ONE("Debian:12","a",																																																																																																																	RANGE(FIXED("2")))), "", 0},
	{"versions that no range holds",												"osv-debian",
         REC("DEBIAN-CVE-2024-1",
         "\"affected\":[{\"package\":{\"ecosystem\":\"Debian:12\",\"name\":\"a\"},"
             "\"ranges\":[" UP_TO("2") "],\"versions\":[\"1\",\"1.5\",\"7\"]}]"),
         "debian:12 a CVE-2024-1 DEBIAN-CVE-2024-1 [,2) [7,7]\n",																																																																																																																						0},
	{"two entries of one package are one",						 "osv-debian",
         REC("DEBIAN-CVE-2024-1",
         "\"affected\":[{\"package\":{\"ecosystem\":\"Debian:12\",\"name\":\"a\"},"
             "\"ranges\":[" UP_TO("2") "]},{\"package\":{\"ecosystem\":\"Debian:12\",\"name\":"
                                       "\"a\"},\"ranges\":[" RANGE(FROM("4") "," FIXED("5")) "]}]"),
         "debian:12 a CVE-2024-1 DEBIAN-CVE-2024-1 [,2) [4,5)\n",																																																																																																										      0},
	{"ubuntu: the free fix before the paid one",									  "ubuntu-osv",
         REC("UBUNTU-CVE-2024-1",
         "\"severity\":[{\"type\":\"Ubuntu\",\"score\":\"negligible\"}],"
             "\"affected\":[{\"package\":{\"ecosystem\":\"Ubuntu:Pro:18.04:LTS\",\"name\":\"a\"},"
             "\"ranges\":[" UP_TO("2+esm1") "]},{\"package\":{\"ecosystem\":\"Ubuntu:18.04:LTS\","
                                            "\"name\":\"a\"},\"ranges\":[" UP_TO("1.9") "]}]"),
         "ubuntu:18.04 a CVE-2024-1 UBUNTU-CVE-2024-1 negligible [,1.9)\n",																																																																																																																	0},
	{"ubuntu: a fix that must be paid for",												"ubuntu-osv",
         REC("UBUNTU-CVE-2024-1",
         "\"affected\":[{\"package\":{\"ecosystem\":\"Ubuntu:Pro:18.04:LTS\",\"name\":\"a\"},"
             "\"ranges\":[" UP_TO("2+esm1") "]},{\"package\":{\"ecosystem\":\"Ubuntu:18.04:LTS\","
                                            "\"name\":\"a\"},\"ranges\":[" RANGE(FROM("0")) "]}]"),
         "ubuntu:18.04 a CVE-2024-1 UBUNTU-CVE-2024-1 detail=esm [,2+esm1)\n",																																																	   0},
	{"ubuntu: not fixed even in the paid extension",									      "ubuntu-osv",
         REC("UBUNTU-CVE-2024-1",																														 ONE("Ubuntu:Pro:18.04:LTS",																																																														       "a",																																																																																																														RANGE(FROM("0")))),
         "ubuntu:18.04 a CVE-2024-1 UBUNTU-CVE-2024-1 [,)\n", 0},
	{"ubuntu: archives with versions of their own",									  "ubuntu-osv",
         REC("UBUNTU-CVE-2024-1",																																		ONE("Ubuntu:Pro:FIPS:20.04:LTS",																																																											  "a",																																																																																																																       UP_TO("2"))), "", 0},
	{"ubuntu: the archive of real-time kernels",												"ubuntu-osv",
         REC("UBUNTU-CVE-2024-1",																						ONE("Ubuntu:Pro:22.04:LTS:Realtime:Kernel",																																																																		     "a",																																																																																	UP_TO("2"))), "",
         0},
	{"ubuntu: live patches are no packages",									     "ubuntu-osv",
         REC("LSN-1-1",
         "\"related\":[\"CVE-2024-1\"]," ONE("Ubuntu:Pro:18.04:LTS",																																																																	       "linux",UP_TO("2"))),
         "", 0},
	{"debian: unimportant",									  "osv-debian",
         REC("DEBIAN-CVE-2024-1",
         "\"affected\":[{\"package\":{\"ecosystem\":\"Debian:sid\",\"name\":\"a\"},\"ranges\":"
             "[" RANGE(FROM("0")) "],\"ecosystem_specific\":{\"urgency\":\"unimportant\"}}]"),
         "debian:sid a CVE-2024-1 DEBIAN-CVE-2024-1 negligible detail=unimportant [,)\n",0},
	{"rocky: kernels of a special interest group",                                    "osv-rocky",
         REC("RXSA-1",																									  "\"affected\":[{\"package\":{\"ecosystem\":\"Rocky Linux:8\",\"name\":"
                       "\"kernel\",\"purl\":\"pkg:rpm/rocky-linux/"
                       "kernel?distro=rocky-linux-8-sig-cloud\"},\"ranges\":[" UP_TO("2") "]}]"),
         "",						0},
	{"red hat: the distribution, not its longer lived streams",                                                       "osv-redhat",
         REC("RHSA-1",
         "\"upstream\":[\"CVE-2024-1\"],\"affected\":["
             "{\"package\":{\"ecosystem\":\"Red Hat:enterprise_linux:8::baseos\",\"name\":"
             "\"a\"},\"ranges\":[" UP_TO("0:2-1.el8") "]},"
                                                      "{\"package\":{\"ecosystem\":\"Red "
                                                      "Hat:rhel_eus:8.8::baseos\",\"name\":"
                                                      "\"a\"},\"ranges\":[" UP_TO(
							      "0:1-1.el8_8") "]}]"),
         "rhel:8 a CVE-2024-1 RHSA-1 binary [,0:2-1.el8)\n",																																																																																																															      0},
	{"suse: products, modules, leap",												"osv-suse",
         REC("SUSE-SU-1",
         "\"upstream\":[\"CVE-2024-1\"],\"affected\":["
             "{\"package\":{\"ecosystem\":\"SUSE:Linux Enterprise Module for Python 3 "
             "15 SP5\",\"name\":\"a\"},\"ranges\":[" UP_TO(
		     "2") "]},"
                          "{\"package\":{\"ecosystem\":\"SUSE:Linux Enterprise Server 15 "
                          "SP1-LTSS\","
                          "\"name\":\"a\"},\"ranges\":[" UP_TO(
				  "3") "]},"
                                       "{\"package\":{\"ecosystem\":\"SUSE:Linux Enterprise Micro "
                                       "5.3\","
                                       "\"name\":\"a\"},\"ranges\":[" UP_TO(
					       "4") "]},"
                                                    "{\"package\":{\"ecosystem\":\"openSUSE:Leap "
                                                    "15.5\","
                                                    "\"name\":\"a\"},\"ranges\":[" UP_TO(
							    "5") "]}]"),
         "opensuse-leap:15.5 a CVE-2024-1 SUSE-SU-1 [,5)\n"
         "sle-micro:5.3 a CVE-2024-1 SUSE-SU-1 [,4)\n"
         "sles:15.1 a CVE-2024-1 SUSE-SU-1 [,3)\n"
         "sles:15.5 a CVE-2024-1 SUSE-SU-1 [,2)\n",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      0},
	{"azure linux and its forerunner",											       "osv-azurelinux",
         REC("AZL-1",
         "\"upstream\":[\"CVE-2024-1\"],\"affected\":["
             "{\"package\":{\"ecosystem\":\"Azure Linux:2\",\"name\":\"a\"},\"ranges\":[" UP_TO(
		     "2") "]},{\"package\":{\"ecosystem\":\"Azure Linux:3\",\"name\":\"a\"},"
                          "\"ranges\":[" UP_TO("3") "]}]"),
         "azurelinux:3.0 a CVE-2024-1 AZL-1 [,3)\nmariner:2.0 a CVE-2024-1 AZL-1 [,2)\n",																																																																																																																					0},
	{"entries of other publishers",											     "osv-alpine",
         REC("CVE-2024-1",
         "\"affected\":[{\"package\":{\"ecosystem\":\"Alpine:v3.20\",\"name\":\"a\"},"
             "\"ranges\":[" UP_TO("2-r0") "]},{\"package\":{\"ecosystem\":\"Debian:12\",\"name\":"
                                          "\"a\"},\"ranges\":[" UP_TO(
						  "2-1") "]},{\"package\":{"
                                                         "\"ecosystem\":\"npm\",\"name\":\"a\"},"
                                                         "\"ranges\":[" UP_TO("2") "]}]"),
         "alpine:3.20 a CVE-2024-1 [,2-r0)\n",																																																																																																																       0},
	{"a list of records",           "osv-debian",
         "[" REC("DEBIAN-CVE-2024-1",DEB("a","2")) "," REC("DEBIAN-CVE-2024-2",
         DEB("b", "3")) "]",
         "debian:12 a CVE-2024-1 DEBIAN-CVE-2024-1 [,2)\n"
         "debian:12 b CVE-2024-2 DEBIAN-CVE-2024-2 [,3)\n", 0},
	{"nothing affected",											       "ubuntu-osv",																	     REC("UBUNTU-CVE-2024-1",																														     "\"affected\":[]"),																																																		"",																																																																																																																					0},
	{"no member affected",											     "ubuntu-osv",															       "{\"id\":\"UBUNTU-CVE-2024-1\",\"modified\":\"\"}",																																	      "",
         0																																																																																																																							   },
	{"an empty document",        "ubuntu-osv",																    "",																													  "",-1																																												    },
	{"cut short",											       "ubuntu-osv",																	     "{\"id\":\"UBUNTU-CVE-2024-1\",\"affected\":[{",																																	  "",																																																							   -1																																																																																																																				       },
	{"no object",                  "ubuntu-osv",							       "7",																										"",																																																					   -1																																																																																																							  },
	{"no id", "ubuntu-osv",																	       "{\"affected\":[]}",																																			       "",																																																																				     -1																																																																																																									      },
	{"an id that is a number",										     "ubuntu-osv",								       "{\"id\":7,\"affected\":[]}",																														  "",																																																														       -1          },
	{"affected is no list","ubuntu-osv",																  REC("UBUNTU-CVE-2024-1",																												      "\"affected\":{}"),																																																																   "",                                              -1},
	{"an entry is no object",								 "ubuntu-osv", REC("UBUNTU-CVE-2024-1",																																			 "\"affected\":[7]"),																																																															   "",
         -1},
	{"a package without name",												"osv-debian",														  REC("DEBIAN-CVE-2024-1",																			   DEB("",																																																																			    "2")),																																																																																																													       "", -1},
	{"events of wrong types",											       "osv-debian",
         REC("DEBIAN-CVE-2024-1",
         ONE("Debian:12",																																																															    "a",
         "{\"type\":7,\"events\":{}},{\"events\":[7,null,{\"introduced\":[]}]},7")),
         "", 0},
	{"ids of wrong types",							       "osv-debian",
         REC("DSA-1-1",																																		  "\"aliases\":{},\"related\":[7,null,\"CVE-2024-1\"]," DEB("a",																																																															   "2")),
         "debian:12 a CVE-2024-1 DSA-1-1 [,2)\n", 0},
	{"a member twice",									       "osv-debian",
         "{\"id\":\"DEBIAN-CVE-2024-1\",\"id\":\"DEBIAN-CVE-2024-2\"}", "", -1},
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct feedtest t;
		const struct feed *f = feed_by_id(bytes_str(cases[i].feed));
		feedtest_run(&t, f, &cases[i].text, 1);
		test_case(t.rc == cases[i].rc && feedtest_is(&t, cases[i].want), "%s",
		          cases[i].name);
		feedtest_fini(&t);
	}
}

/* ---- recognition ---- */

static const struct {
	const char *name, *text, *feed; /* NULL: no feed of this file */
} recognised[] = {
	{"by ecosystem",							     REC("CVE-2024-1", DEB("a","2")), "osv-debian"},
	{"by ecosystem, with blanks",
         "{ \"modified\" : \"\",\n \"id\" : \"X-1\", \"x\": {\"ecosystem\" \n: \"Alpine:v3.2\"}}",                                                                              "osv-alpine"},
	{"by id, nothing affected",							      REC("USN-1-1", "\"affected\":[]"),"ubuntu-usn"},
	{"a list of what there is",							"[{\"id\":\"CGA-1\",\"modified\":\"2024-01-01T00:00:00Z\"}]",
         "osv-chainguard"},
	{"nothing but packages in what is seen",
         "{\"affected\":[{\"package\":{\"ecosystem\":\"Debian:12\"}}],\"id\":\"X\"",                                                                             "osv-debian"},
	{"packages of a language", REC("PYSEC-1",ONE("PyPI","a", UP_TO("2"))), NULL},
	{"text that mentions it",							     "an \"id\" and \"modified\"",																	   NULL																		     },
	{"empty",								      "",										      NULL},
};

static void test_recognition(void)
{
	for (size_t i = 0; i < ARRAY_LEN(recognised); i++) {
		struct doc_memory m;
		bool is_companion;
		doc_memory(&m, "doc", bytes_str(recognised[i].text));
		const struct feed *f = import_recognise(&m.doc, &is_companion);
		const char *want = recognised[i].feed;
		bool is_osv = f && (f->import == osv_import);
		test_case(want ? f && strcmp(f->id, want) == 0 : !is_osv, "recognised: %s (%s)",
		          recognised[i].name, f ? f->id : "no feed");
	}
}

/* ---- bounds ---- */

/* A record of n items made by fn, given to osv-debian. */
static void run_many(struct feedtest *t, const char *head, const char *item, size_t n,
                     const char *tail)
{
	AUTO_BUF struct buf b;
	buf_init(&b, FILE_BYTES_MAX);
	buf_adds(&b, head);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(&b, ',');
		for (const char *p = item; *p; p++) {
			if (*p == '#')
				buf_addf(&b, "%zu", i + 1);
			else
				buf_addc(&b, (uint8_t)*p);
		}
	}
	buf_adds(&b, tail);
	const char *text = buf_cstr(&b);
	feedtest_run(t, feed_by_id(B("osv-debian")), &text, 1);
}

static void test_bounds(void)
{
	static const char cves[] = "{\"id\":\"DSA-1-1\",\"aliases\":[";
	static const char ranges[] =
		"{\"id\":\"CVE-2024-1\",\"affected\":[{\"package\":{\"ecosystem\":"
		"\"Debian:12\",\"name\":\"a\"},\"ranges\":[";
	static const char versions[] =
		"{\"id\":\"CVE-2024-1\",\"affected\":[{\"package\":{\"ecosystem\":"
		"\"Debian:12\",\"name\":\"a\"},\"versions\":[";
	struct feedtest t;
	for (size_t past = 0; past < 2; past++) {
		run_many(&t, cves, "\"CVE-2024-#\"", (size_t)OSV_CVES_MAX + past,
		         "]," DEB("a", "2") "}");
		test_case(past ? t.rc < 0 : t.rc == 0 && t.n == (size_t)OSV_CVES_MAX,
		          "OSV_CVES_MAX%s", past ? " + 1" : "");
		feedtest_fini(&t);
		run_many(&t, ranges, RANGE(FROM("#") "," FIXED("#.1")), ADVISORY_RANGES_MAX + past,
		         "]}]}");
		test_case(past ? t.rc < 0 : t.rc == 0 && t.n == 1, "ADVISORY_RANGES_MAX%s",
		          past ? " + 1" : "");
		feedtest_fini(&t);
		run_many(&t, versions, "\"#\"", ADVISORY_RANGES_MAX + past, "]}]}");
		test_case(t.rc == 0 && t.n == 1 &&
		                  (!past || feedtest_is(&t, "debian:12 a CVE-2024-1 [1,257]\n")),
		          "as many versions as ranges%s", past ? " + 1" : "");
		feedtest_fini(&t);
	}
	/* 1,000 vulnerabilities times 1,000 packages is OSV_PAIRS_MAX */
	AUTO_BUF struct buf tail;
	buf_init(&tail, FILE_BYTES_MAX);
	buf_adds(&tail, "],\"affected\":[");
	for (int i = 0; i <= 1000; i++)
		buf_addf(&tail,
		         "%s{\"package\":{\"ecosystem\":\"Debian:12\",\"name\":\"p%04d\"},"
		         "\"ranges\":[" UP_TO("2") "]}",
		         i ? "," : "", i);
	buf_adds(&tail, "]}");
	run_many(&t, cves, "\"CVE-2024-#\"", 1000, buf_cstr(&tail));
	test_case(t.rc < 0 && t.n == (size_t)OSV_PAIRS_MAX, "OSV_PAIRS_MAX, and one past it");
	feedtest_fini(&t);
}

/* ---- the publishers' own ---- */

/* The synthetic AlmaLinux 8 against all of AlmaLinux' errata: the numbers were computed by an
 * independent script. */
struct alma {
	struct package packages[64];
	size_t n;
	struct arena *a;
	const struct distro *distro;
	struct map *cves, *bulletins, *pairs;
	uint64_t documents, broken;
	struct feed_sink *sink;
};

static int alma_package(void *arg, struct bytes header, struct err *e)
{
	struct alma *l = arg;
	struct rpmhdr h;
	if (rpmhdr_parse(header, &h, e) < 0 || l->n == ARRAY_LEN(l->packages))
		return -1;
	struct package *p = &l->packages[l->n++];
	p->name = arena_dup(l->a, h.name);
	p->arch = arena_dup(l->a, h.arch);
	p->module = arena_dup(l->a, h.modularitylabel);
	p->version = bytes_str(arena_printf(l->a, "%u:%.*s-%.*s", h.epoch, BYTES_FMT(h.version),
	                                    BYTES_FMT(h.release)));
	return 0;
}

static int alma_advisory(void *arg, const struct advisory *a, struct err *e)
{
	(void)e;
	struct alma *l = arg;
	if (!bytes_eq(a->ns, B("almalinux:8")))
		return 0;
	for (size_t i = 0; i < l->n; i++) {
		const struct package *p = &l->packages[i];
		if (!bytes_eq(p->name, a->package) ||
		    match_one(l->distro, p, a, false).why != MATCH_AFFECTED)
			continue;
		const char *pair =
			arena_printf(l->a, "%.*s %.*s", BYTES_FMT(a->package), BYTES_FMT(a->id));
		map_put(l->pairs, bytes_str(pair), NULL);
		map_put(l->cves, arena_dup(l->a, a->id), NULL);
		map_put(l->bulletins, arena_dup(l->a, a->ref.n ? a->ref : a->id), NULL);
	}
	return 0;
}

static int alma_document(void *arg, struct feed_doc *doc, struct err *e)
{
	struct alma *l = arg;
	l->documents++;
	if (feed_sink_import(l->sink, doc, e) < 0)
		l->broken++;
	return 0;
}

static void alma_broken(void *arg, struct bytes name, const char *why)
{
	(void)name;
	(void)why;
	((struct alma *)arg)->broken++;
}

static void alma_record(void *arg, const char *text)
{
	(void)text;
	((struct alma *)arg)->broken++;
}

/* The database of packages within the root file system, at a fixed place of the archive. */
static bool alma_packages(struct alma *l, const char *path)
{
	AUTO_BUF struct buf in = {0}, tar;
	struct err e;
	struct rpmdb_count count;
	if (file_read(path, FILE_BYTES_MAX, &in, &e) < 0)
		return false;
	buf_init(&tar, FILE_BYTES_MAX);
	size_t room = 8 << 20, got = ZSTD_decompress(buf_room(&tar, room), room, in.p, in.n);
	struct bytes rest = bytes_of(tar.p, ZSTD_isError(got) ? 0 : got);
	const struct rpmdb_visitor v = {.header = alma_package, .arg = l};
	while (rest.n >= 512) {
		uint64_t size = 0;
		bytes_octal(bytes_slice(rest, 124, 135), UINT32_MAX, &size);
		struct bytes file = bytes_slice(rest, 512, 512 + size);
		if (rpmdb_kind(file) == RPMDB_SQLITE)
			return rpmdb_each(file, (struct bytes){0}, &v, &count, &e) == 0;
		rest = bytes_skip(rest, 512 + (size + 511) / 512 * 512);
	}
	return false;
}

static void test_almalinux(void)
{
	static const char feed_path[] = SHARED "advisories/osv/AlmaLinux.tar.zst";
	static struct alma l;
	struct err e = {0};
	l.a = arena_new();
	l.distro = distro_by_id(B("almalinux"));
	l.cves = map_new();
	l.bulletins = map_new();
	l.pairs = map_new();
	if (access(feed_path, R_OK) < 0 ||
	    !alma_packages(&l, SHARED "images/rpmdb/alma8-synthetic-sqlite.rootfs.tar.zst")) {
		test_skip("AlmaLinux errata", "no " SHARED);
	} else {
		struct feed_store store = {
			.advisory = alma_advisory, .broken = alma_record, .arg = &l};
		struct import_walk w = {
			.document = alma_document, .broken = alma_broken, .arg = &l};
		l.sink = feed_sink_new(feed_by_id(B("osv-almalinux")), &store);
		test_case(import_walk(&w, feed_path, &e) == 0 && l.documents == 5680 && !l.broken,
		          "AlmaLinux: %llu records read, %llu broken",
		          (unsigned long long)l.documents, (unsigned long long)l.broken);
		test_case(map_count(l.cves) == 252, "AlmaLinux: %zu vulnerabilities, want 252",
		          map_count(l.cves));
		/* 167 with the 15 bug fixes (ALBA) that name no vulnerability */
		test_case(map_count(l.bulletins) == 152, "AlmaLinux: %zu bulletins, want 152",
		          map_count(l.bulletins));
		test_case(map_count(l.pairs) == 381, "AlmaLinux: %zu pairs, want 381",
		          map_count(l.pairs));
		feed_sink_free(l.sink);
	}
	map_free(l.cves);
	map_free(l.bulletins);
	map_free(l.pairs);
	arena_free(l.a);
}

/* Records of some forty ecosystems: every one is somebody's, or known and not used. */
struct mix {
	uint64_t used, beside, unknown, failed, broken;
};

static int mix_advisory(void *arg, const struct advisory *a, struct err *e)
{
	(void)arg;
	(void)a;
	(void)e;
	return 0;
}

static int mix_vuln(void *arg, const struct vuln *v, struct err *e)
{
	(void)arg;
	(void)v;
	(void)e;
	return 0;
}

static void mix_record(void *arg, const char *text)
{
	printf("# %s\n", text);
	((struct mix *)arg)->broken++;
}

static void mix_broken(void *arg, struct bytes name, const char *why)
{
	printf("# %.*s: %s\n", BYTES_FMT(name), why);
	((struct mix *)arg)->failed++;
}

static int mix_document(void *arg, struct feed_doc *doc, struct err *e)
{
	struct mix *mix = arg;
	struct feed_common common = {.arena = arena_new()};
	struct feed_store store = {.advisory = mix_advisory,
	                           .vuln = mix_vuln,
	                           .broken = mix_record,
	                           .arg = mix,
	                           .common = &common};
	bool is_beside;
	const struct feed *f = import_recognise(doc, &is_beside);
	mix->used += f != NULL;
	mix->beside += is_beside;
	if (f) {
		struct feed_sink *s = feed_sink_new(f, &store);
		if (feed_sink_import(s, doc, e) < 0 || feed_sink_finish(s, e) < 0)
			mix_broken(mix, doc->name, e->msg);
		feed_sink_free(s);
	} else if (!is_beside) {
		printf("# %.*s: nobody's\n", BYTES_FMT(doc->name));
		mix->unknown++;
	}
	arena_free(common.arena);
	return 0;
}

static void test_mixed(void)
{
	static const char path[] = SHARED "advisories/osv/mixed-samples.tar.zst";
	struct mix mix = {0};
	struct import_walk w = {.document = mix_document, .broken = mix_broken, .arg = &mix};
	struct err e;
	if (access(path, R_OK) < 0) {
		test_skip("records of forty ecosystems", "no " SHARED);
		return;
	}
	CHECK(import_walk(&w, path, &e) == 0);
	test_case(/* the id of one is empty */
	          mix.used + mix.beside == 234 && !mix.unknown && mix.failed + mix.broken == 1,
	          "records of forty ecosystems: %llu used, %llu not, %llu unknown, %llu broken",
	          (unsigned long long)mix.used, (unsigned long long)mix.beside,
	          (unsigned long long)mix.unknown, (unsigned long long)(mix.failed + mix.broken));
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return nftw(argv[1], show_file, 16, FTW_PHYS);
	test_cases();
	test_recognition();
	test_bounds();
	test_almalinux();
	test_mixed();
	return TEST_END();
}
