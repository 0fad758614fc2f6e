/* SPDX-License-Identifier: Apache-2.0 */
/*
 * updateinfo.c - updates of rpm repositories: Amazon Linux, AlmaLinux, Rocky Linux, Fedora; and the
 * XML reader below them.
 */
#include "advise/updateinfo.h"

#include "advise/xml.h"
#include "lib/feedtest.h"
#include "test.h"

#define UPDATE(type, id, inner)                                                                    \
	"<update type=\"" type "\"><id>" id "</id><severity>Important</severity>"                  \
	"<updated date=\"2024-05-01 10:00:00\"/>" inner "</update>"
#define CVE(id)         "<references><reference type=\"cve\" id=\"" id "\"/></references>"
#define LIST(inner)     "<pkglist><collection short=\"x\">" inner "</collection></pkglist>"
#define PKG(n, e, v, r) PKG_ON(n, e, v, r, "x86_64")
#define PKG_ON(n, e, v, r, a)                                                                      \
	"<package name=\"" n "\" epoch=\"" e "\" version=\"" v "\" release=\"" r "\" arch=\"" a    \
	"\"><filename>f</filename></package>"
#define DOC(inner) "<?xml version=\"1.0\"?><updates>" inner "</updates>"

static const struct feedtest_case cases[] = {
	{"Amazon Linux 2, core",							      "amazon",
         DOC(UPDATE("security",																    "ALAS2-2018-939",
         CVE("CVE-2017-5754") LIST(PKG("kernel",																			      "0",                                "4.9.76", "38.79.amzn2")))),
         "amzn:2 kernel CVE-2017-5754 ALAS2-2018-939 binary high [,4.9.76-38.79.amzn2)\n", 0, 0},
	{"the first release has no number in its ids",								  "amazon",
         DOC(UPDATE("security",								      "ALAS-2011-1",
         CVE("CVE-2011-3192") LIST(PKG("httpd",													    "0",												   "2.2.21", "1.18.amzn1")))),
         "amzn:1 httpd CVE-2011-3192 ALAS-2011-1 binary high [,2.2.21-1.18.amzn1)\n", 0, 0},
	{"Amazon Linux 2023, epoch",							       "amazon",
         DOC(UPDATE("security",														    "ALAS2023-2023-101",
         CVE("CVE-2023-0286") LIST(PKG("openssl",                                     "1","3.0.8", "1.amzn2023.0.1")))),
         "amzn:2023 openssl CVE-2023-0286 ALAS2023-2023-101 binary high "
         "[,1:3.0.8-1.amzn2023.0.1)\n", 0, 0},
	{"an extra speaks of its own series",										  "amazon",
         DOC(UPDATE("security",																		  "ALAS2KERNEL-5.15-2022-001",
         CVE("CVE-2022-0500") LIST(PKG("kernel",											  "0",																										   "5.15.43", "20.123.amzn2")))),
         "amzn:2 kernel CVE-2022-0500 ALAS2KERNEL-5.15-2022-001 binary high "
         "[5.15,5.15.43-20.123.amzn2)\n", 0, 0},
	{"an extra without a number in its name",                                             "amazon",
         DOC(UPDATE("security",												    "ALAS2DOCKER-2021-001",
         CVE("CVE-2021-1234") LIST(PKG("docker",																				       "0",																									"20.10.4", "1.amzn2")))),
         "amzn:2 docker CVE-2021-1234 ALAS2DOCKER-2021-001 binary high [,20.10.4-1.amzn2)\n", 0, 0},
	{"a number that the version does not begin with",										   "amazon",
         DOC(UPDATE("security",                         "ALAS2CORRETTO8-2021-001",
         CVE("CVE-2021-1234") LIST(PKG("java-1.8.0", "0",																								  "1.8.0_1", "1.amzn2")))),
         "amzn:2 java-1.8.0 CVE-2021-1234 ALAS2CORRETTO8-2021-001 binary high "
         "[,1.8.0_1-1.amzn2)\n", 0, 0},
	{"AlmaLinux, the release from the dist tag",									  "updateinfo",
         DOC(UPDATE("security",															  "ALSA-2022:4940",
         CVE("CVE-2022-1271") LIST(PKG("xz",																			       "0",																								 "5.2.5", "8.el9_0")))),
         "almalinux:9 xz CVE-2022-1271 ALSA-2022:4940 binary high [,5.2.5-8.el9_0)\n", 0, 0},
	{"Rocky Linux, a module",                               "updateinfo",
         DOC(UPDATE("security",         "RLSA-2021:3891",
         CVE("CVE-2021-1") CVE("CVE-2021-20001")
                            LIST("<module name=\"ruby\" stream=\"2.7\" version=\"8\"/>" PKG(
				    "ruby","0","2.7.4", "137.module+el8.5.0+1+a")))),
         "rocky:8 ruby CVE-2021-20001 RLSA-2021:3891 binary high module=ruby:2.7 "
         "[,2.7.4-137.module+el8.5.0+1+a)\n", 0, 0},
	{"Fedora names CVEs in the titles of bugs", "updateinfo",
         DOC(UPDATE("security",								"FEDORA-2024-aa",
         "<references><reference type=\"bugzilla\" id=\"1\" "
                    "title=\"CVE-2024-12345 curl: bad [fedora-40]\"/></references>" LIST(
			    PKG("curl",							 "0", "8.6.0", "8.fc40")))),
         "fedora:40 curl CVE-2024-12345 FEDORA-2024-aa binary high [,8.6.0-8.fc40)\n", 0, 0},
	{"EPEL is of no distribution",							  "updateinfo",
         DOC(UPDATE("security",													  "FEDORA-EPEL-2024-aa",
         CVE("CVE-2024-12345") LIST(PKG("x",															   "0",																										  "1", "1.el9")))),
         "", 0, 0},
	{"one record for all architectures, the highest version",										  "updateinfo",
         DOC(UPDATE("security",													  "ALSA-2022:1",
         CVE("CVE-2022-1271") LIST(PKG_ON("xz",																					       "0",									"5.2.5", "8.el9", "i686") PKG_ON(
			    "xz", "0", "5.2.5", "10.el9", "x86_64")))),
         "almalinux:9 xz CVE-2022-1271 ALSA-2022:1 binary high [,5.2.5-10.el9)\n", 0, 0},
	{"builds of one module: the lowest, as each has the fix",										"updateinfo",
         DOC(UPDATE("security",															     "RLSA-2022:1",
         CVE("CVE-2022-1271") LIST(PKG("p",														     "0",																		      "1", "2.module+el8.5.0+7+b")
                                                      PKG("p", "0", "1", "2.module+el8.5.0+7+a")))),
         "rocky:8 p CVE-2022-1271 RLSA-2022:1 binary high [,1-2.module+el8.5.0+7+a)\n", 0, 0},
	{"a bug fix without CVE is no advisory",							     "updateinfo",
         DOC(UPDATE("bugfix",																    "ALBA-2023:0123",															    LIST(PKG("curl",																				   "0",																										"7", "1.el9")))), "", 0, 0},
	{"a security update without CVE has its own id",                                                       "updateinfo",
         DOC(UPDATE("security",														   "ALSA-2023:9",																  LIST(PKG("curl",																			 "0",																		   "7", "1.el9")))),
         "almalinux:9 curl ALSA-2023:9 ALSA-2023:9 binary high [,7-1.el9)\n", 0, 0},
	{"nothing at all",							       "updateinfo",						       DOC(""),															    "",																	 0,												 0														      },
	{"an update without id",										  "updateinfo",											 DOC("<update type=\"security\"></update>"),																		  "",																       0,
         1																										  },
	{"a package without version",						  "updateinfo",
         DOC(UPDATE("security",													     "ALSA-1",
         CVE("CVE-2022-1271") LIST("<package name=\"xz\" release=\"1.el9\"/>"))),
         "",																												   0, 1},
	{"cut short",										   "updateinfo",				     "<?xml version=\"1.0\"?><updates><update><id>A", "",																		      -1,                                                       0																								  },
	{"not XML",									    "updateinfo",									     "<updates><<",												       "",														    -1,																    0										      },
	{"empty",            "updateinfo",                   "",									   "",											   -1,							    0  },
	{"an entity bomb",								      "updateinfo",
         "<!DOCTYPE u [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;\">]><updates>&b;</updates>",														   "",
         -1,0},
	{"an entity from outside",							 "updateinfo",
         "<!DOCTYPE u SYSTEM \"file:///etc/passwd\"><updates/>",									 "",											-1,													       0													   },
};

static void documents(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feedtest_check(&cases[i]);
}

static void recognised(void)
{
	static const struct {
		const char *in, *feed;
	} docs[] = {
		{DOC(UPDATE("security", "ALAS2-2018-939", "")), "amazon"},
		{DOC(UPDATE("security",             "ALSA-2022:4940",                             "")), "updateinfo"},
		{"<rss><channel/></rss>",NULL},
		{"<html><body>ALAS2-2018-939</body></html>",                     NULL              },
	};
	for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
		struct doc_memory m;
		bool is_companion;
		doc_memory(&m, "doc", bytes_str(docs[i].in));
		const struct feed *f = import_recognise(&m.doc, &is_companion);
		test_case(f ? docs[i].feed && strcmp(f->id, docs[i].feed) == 0 : !docs[i].feed,
		          "document %zu is of %s", i, docs[i].feed ? docs[i].feed : "no feed");
	}
}

/* ---- bounds of the XML reader ---- */

static int ignore_open(void *arg, struct bytes name, const char *const *attrs, struct err *e)
{
	(void)arg, (void)name, (void)attrs, (void)e;
	return 0;
}

static int ignore_close(void *arg, struct bytes name, struct bytes text, struct err *e)
{
	(void)arg, (void)name, (void)text, (void)e;
	return 0;
}

static int read_xml(struct bytes text, struct err *e)
{
	struct doc_memory m;
	struct feed_xml h = {.open = ignore_open, .close = ignore_close};
	doc_memory(&m, "doc", text);
	return feed_xml(&m.doc, &h, e);
}

static void depth(size_t levels, int want)
{
	AUTO_BUF struct buf b;
	struct err e = {0};
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < levels; i++)
		buf_adds(&b, "<a>");
	for (size_t i = 0; i < levels; i++)
		buf_adds(&b, "</a>");
	int rc = read_xml(buf_bytes(&b), &e);
	test_case(rc == want && (rc == 0 || e.kind == ERR_LIMIT),
	          "%zu levels are %s (XML_DEPTH_MAX)", levels, want ? "refused" : "read");
}

static void text(size_t n, int want)
{
	AUTO_BUF struct buf b;
	struct err e = {0};
	buf_init(&b, n + 64);
	buf_adds(&b, "<a>");
	memset(buf_room(&b, n), 'x', n);
	b.n += n;
	buf_adds(&b, "</a>");
	int rc = read_xml(buf_bytes(&b), &e);
	test_case(rc == want && (rc == 0 || e.kind == ERR_LIMIT),
	          "%zu bytes of text are %s (FEED_LINE_MAX)", n, want ? "refused" : "read");
}

/* One update of so many CVEs, or packages. */
static void update_of(size_t cves, size_t packages, const char *bound, int want)
{
	AUTO_BUF struct buf b;
	buf_init(&b, MIB(64));
	buf_adds(&b, "<updates><update type=\"security\"><id>ALAS2-2018-939</id><references>");
	for (size_t i = 0; i < cves; i++)
		buf_addf(&b, "<reference type=\"cve\" id=\"CVE-2017-%zu\"/>", i + 1000);
	buf_adds(&b, "</references><pkglist><collection short=\"x\">");
	for (size_t i = 0; i < packages; i++)
		buf_addf(&b,
		         "<package name=\"p%zu\" epoch=\"0\" version=\"1\" release=\"1.amzn2\" "
		         "arch=\"x86_64\"><filename>f</filename></package>",
		         i);
	buf_adds(&b, "</collection></pkglist></update></updates>");
	struct feedtest t;
	const char *text = buf_cstr(&b);
	feedtest_run(&t, &feed_amazon, &text, 1);
	test_case(t.rc == want && (!want || t.e.kind == ERR_LIMIT) &&
	                  (want || t.n == cves * packages),
	          "an update of %zu CVEs and %zu packages is %s (%s)", cves, packages,
	          want ? "refused" : "read", bound);
	feedtest_fini(&t);
}

int main(void)
{
	update_of((size_t)UPDATEINFO_CVES_MAX, 1, "UPDATEINFO_CVES_MAX", 0);
	update_of((size_t)UPDATEINFO_CVES_MAX + 1, 1, "UPDATEINFO_CVES_MAX", -1);
	update_of(1, (size_t)UPDATEINFO_PACKAGES_MAX, "UPDATEINFO_PACKAGES_MAX", 0);
	update_of(1, (size_t)UPDATEINFO_PACKAGES_MAX + 1, "UPDATEINFO_PACKAGES_MAX", -1);
	documents();
	recognised();
	depth((size_t)XML_DEPTH_MAX, 0);
	depth((size_t)XML_DEPTH_MAX + 1, -1);
	text((size_t)FEED_LINE_MAX, 0);
	text((size_t)FEED_LINE_MAX + 1, -1);
	return TEST_END();
}
