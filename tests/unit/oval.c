/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oval.c - OVAL of SUSE, Oracle and Azure Linux: documents of our own, and whole ones as judges.
 */
#include "advise/oval.h"

#include <unistd.h>
#include <zstd.h>

#include "lib/feedtest.h"
#include "test.h"

#define AZURE_FILE "../shared/data/advisories/azurelinux-3.0-oval.xml.zst"

#define DOC(org, defs, tests, objects, states)                                                     \
	"<oval_definitions><generator><oval:timestamp xmlns:oval=\"o\">2024-01-02T03:04:05"        \
	"</oval:timestamp></generator><definitions>" defs "</definitions><tests>" tests            \
	"</tests><objects>" objects "</objects><states>" states "</states>"                        \
	"<!-- oval:" org ": --></oval_definitions>"
#define DEF(class, meta, criteria)                                                                 \
	"<definition id=\"d:1\" class=\"" class "\"><metadata>" meta "</metadata>" criteria        \
						"</definition>"
#define REF(source, id) "<reference source=\"" source "\" ref_id=\"" id "\"/>"
#define AND(inner)      "<criteria operator=\"AND\">" inner "</criteria>"
#define OR(inner)       "<criteria operator=\"OR\">" inner "</criteria>"
#define T(n)            "<criterion test_ref=\"o:tst:" n "\" comment=\"c\"/>"
#define T_SAYS(n, c)    "<criterion test_ref=\"o:tst:" n "\" comment=\"" c "\"/>"
#define TEST(n, o, s)                                                                              \
	"<rpminfo_test id=\"o:tst:" n "\"><object object_ref=\"o:obj:" o "\"/>"                    \
	"<state state_ref=\"o:ste:" s "\"/></rpminfo_test>"
#define OBJ(n, name)    "<rpminfo_object id=\"o:obj:" n "\"><name>" name "</name></rpminfo_object>"
#define STATE(n, inner) "<rpminfo_state id=\"o:ste:" n "\">" inner "</rpminfo_state>"
#define EVR(op, v)      "<evr datatype=\"evr_string\" operation=\"" op "\">" v "</evr>"
#define VERSION(op, v)  "<version operation=\"" op "\">" v "</version>"
#define ARCH(v)         "<arch operation=\"pattern match\">" v "</arch>"

#define SUSE(defs)                                                                                 \
	DOC("org.opensuse.security", defs,                                                         \
	    TEST("1", "1", "1") TEST("2", "2", "2") TEST("3", "3", "3") TEST("4", "4", "4")        \
	            TEST("5", "5", "1") TEST("6", "2", "6") TEST("7", "6", "7")                    \
	                    TEST("8", "2", "8"),                                                   \
	    OBJ("1", "sles-release") OBJ("2", "krb5") OBJ("3", "krb5-client")                      \
	            OBJ("4", "openSUSE-release") OBJ("5", "sled-release")                          \
	                    OBJ("6", "sle-module-basesystem-release"),                             \
	    STATE("1", VERSION("equals", "15.5")) STATE("2", EVR("less than", "0:1.20-3.1"))       \
	            STATE("3", ARCH("(aarch64|x86_64)") EVR("less than", "1:2.0-1"))               \
	                    STATE("4", EVR("greater than or equal", "0:20210101-0"))               \
	                            STATE("6", VERSION("equals", "0"))                             \
	                                    STATE("7", VERSION("equals", "15.6"))                  \
	                                            STATE("8", EVR("greater than", "0:0-0")))

#define CVE_META                                                                                   \
	REF("CVE", "Mitre CVE-2024-0001")                                                          \
	"<advisory><severity>Moderate</severity><updated date=\"2024-01-01\"/>"                    \
	"<cve impact=\"important\" cvss3=\"7.1/CVSS:3.1/AV:N\">CVE-2024-0001</cve></advisory>"

#define ORACLE(defs)                                                                               \
	DOC("com.oracle.elsa", defs,                                                               \
	    TEST("1", "1", "1") TEST("2", "1", "2") TEST("3", "2", "3") TEST("4", "2", "4")        \
	            TEST("5", "2", "5") TEST("6", "2", "6") TEST("7", "2", "7"),                   \
	    OBJ("1", "oraclelinux-release") OBJ("2", "openssl"),                                   \
	    STATE("1", VERSION("pattern match", "^8")) STATE("2", ARCH("aarch64"))                 \
	            STATE("3", EVR("less than", "1:1.1.1k-5.el8")) STATE(                          \
			    "4", "<signature_keyid operation=\"equals\">82</signature_keyid>")     \
	                    STATE("5", EVR("less than", "2:1.1.1k-5.ksplice1.el8"))                \
	                            STATE("6", EVR("less than", "10:1.1.1k-5.el8_fips")) STATE(    \
					    "7", EVR("less than",                                  \
	                                             "1:1.3-2.module+el8.7.0+21037+8ee66348")))
#define ELSA                                                                                       \
	REF("elsa", "ELSA-2021-1")                                                                 \
	REF("CVE", "CVE-2021-3712") "<advisory><severity>IMPORTANT</severity></advisory>"

#define AZURE(meta, criteria)                                                                      \
	DOC("com.microsoft.azurelinux", DEF("vulnerability", meta, criteria),                      \
	    TEST("1", "1", "1") TEST("2", "1", "2") TEST("3", "1", "3"), OBJ("1", "golang"),       \
	    STATE("1", EVR("less than", "0:1.20.7-1.azl3"))                                        \
	            STATE("2", EVR("greater than", "0:1.19.0-1.azl3"))                             \
	                    STATE("3", EVR("less than or equal", "0:1.18.1-1.azl3")))
#define AZURE_META(patchable)                                                                      \
	REF("CVE", "CVE-2023-1234")                                                                \
	"<patchable>" patchable "</patchable><advisory_id>77-1</advisory_id><severity>High"        \
	"</severity>"

static const struct feedtest_case cases[] = {
	{"SUSE: a product and two packages",					      "suse-oval",
         SUSE(DEF("vulnerability",																															      CVE_META,																																   AND(T("1") OR(T("2") T("3"))))),
         "sles:15.5 krb5 CVE-2024-0001 binary high [,1.20-3.1)\n"
         "sles:15.5 krb5-client CVE-2024-0001 binary high [,1:2.0-1)\n",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             0, 0},
	{"SUSE: one of several products",									      "suse-oval",
         SUSE(DEF("vulnerability",																														  CVE_META,																																																				    AND(OR(T("1") T("5") T("7")) T("2")))),
         "sles:15.5 krb5 CVE-2024-0001 binary high [,1.20-3.1)\n"
         "sles:15.6 krb5 CVE-2024-0001 binary high [,1.20-3.1)\n",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                        0, 0},
	{"SUSE: another product is not ours",                        "suse-oval",
         SUSE(DEF("vulnerability",																											CVE_META,																																																												  AND(T("5") T("2")))),																																																																																											"",																	    0, 0},
	{"SUSE: Tumbleweed has no version",								       "suse-oval",
         SUSE(DEF("vulnerability",                            CVE_META,AND(T("4") OR(T("2"))))),
         "opensuse-tumbleweed krb5 CVE-2024-0001 binary high [,1.20-3.1)\n",0, 0},
	{"SUSE: not affected","suse-oval",
         SUSE(DEF("vulnerability",																											 CVE_META,																																																																																	AND(T("1") OR(T("6"))))),
         "sles:15.5 krb5 CVE-2024-0001 binary not_affected high\n",																																																																																																																																																																																																 0, 0},
	{"SUSE: affected, no fix",									       "suse-oval",
         SUSE(DEF("vulnerability",																														      CVE_META,																																																																	  AND(T("1") OR(T("8"))))),
         "sles:15.5 krb5 CVE-2024-0001 binary high [0-0^,)\n",																																																																														0, 0},
	{"SUSE: a bulletin",									      "suse-oval",
         SUSE(DEF("patch",
         REF("SUSE-SU",																																																																  "SUSE-SU-2024:1-1") REF("CVE",																																																																																								 "CVE-2024-1111")
                          REF("CVE",																																																																																																																																																																																														   "CVE-2024-2222"),
         AND(T("1") T("2")))),
         "sles:15.5 krb5 CVE-2024-1111 SUSE-SU-2024:1-1 binary [,1.20-3.1)\n"
         "sles:15.5 krb5 CVE-2024-2222 SUSE-SU-2024:1-1 binary [,1.20-3.1)\n", 0, 0},
	{"SUSE: negated criteria give nothing",						       "suse-oval",
         SUSE(DEF("vulnerability",																											       CVE_META,
         AND(T("1") "<criteria operator=\"OR\" negate=\"true\">" T("2") "</criteria>"))),
         "",																																																																																																									     0, 0},
	{"Oracle: an architecture, a signature",								"oracle-oval",
         ORACLE(DEF("patch",																													  ELSA,AND(T("1") OR(AND(T("2") OR(AND(T("3") T("4")))))))),
         "ol:8 openssl CVE-2021-3712 ELSA-2021-1 binary high arch=aarch64 [,1:1.1.1k-5.el8)\n",																																																																																																																																																																																														       0,
         0},
	{"Oracle: Ksplice and FIPS variants are not for us",									      "oracle-oval",
         ORACLE(DEF("patch",																																	       ELSA,																																																														     AND(T("1") OR(T("5") T("6"))))),																																																																																									    "",																																																																																																																																																																																														   0, 0},
	{"Oracle: a module", "oracle-oval",
         ORACLE(DEF("patch",																																		 ELSA,																																																																			  AND(T("1") T_SAYS("9",																																																																																																						  "Module virt:kvm is enabled") T("7")))),
         "ol:8 openssl CVE-2021-3712 ELSA-2021-1 binary high module=virt:kvm "
         "[,1:1.3-2.module+el8.7.0+21037+8ee66348)\n", 0, 1},
	{"Azure Linux: release from the version",							      "azure-oval",
         AZURE(AZURE_META("true"),AND(T("1"))),
         "azurelinux:3.0 golang CVE-2023-1234 77-1 high [,1.20.7-1.azl3)\n",																																																																																												    0,																																																																																																																																																																																																	  0},
	{"Azure Linux: two tests of a package make one range",                              "azure-oval",
         AZURE(AZURE_META("true"),																																    AND(T("1") T("2"))),
         "azurelinux:3.0 golang CVE-2023-1234 77-1 high [1.19.0-1.azl3^,1.20.7-1.azl3)\n", 0, 0},
	{"Azure Linux: no fix",									      "azure-oval",																	   AZURE(AZURE_META("false"),																															       AND(T("3"))),
         "azurelinux:3.0 golang CVE-2023-1234 77-1 high [,1.18.1-1.azl3]\n",																																																																																																					  0,																																																																																																																																																												   0},
	{"Azure Linux: not applicable",					"azure-oval",
         AZURE(AZURE_META("Not Applicable"),																												       AND(T("1"))),																																																														"",																																																																																																	0,																																																																																																																																																																																					       0},
	{"a test that the document does not hold",							"suse-oval",
         SUSE(DEF("vulnerability",																										    CVE_META,																																																											     AND(T("1") T("99")))),                 "",0, 1},
	{"no definitions",				      "suse-oval",														       "<oval_definitions/>","",																																																										  0,																																																																																													 0																																																																																																																																																																																						    },
	{"cut short",							   "suse-oval",
         "<oval_definitions><definitions><definition id=\"d:1\"><criteria>", "", -1,																																																																																															  0																																																																																			    },
	{"a test within a definition within a test",									       "suse-oval",
         "<d><a_test id=\"a:1\"><definition><criteria><criterion test_ref=\"b:2\"/></criteria>"
         "</definition><object object_ref=\"c:3\"/></a_test></d>",                                                                                                                                                                                                  "",																																																																0,																																																																				      1																																																																																																 },
	{"elements without ids",									      "suse-oval",																	   "<d><rpminfo_test/></d>",																													 "",																																																						 -1,																																																																																																				    0																																																																																																																																																																		     },
	{"an entity bomb",									     "suse-oval",
         "<!DOCTYPE d [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]><oval_definitions>&b;"
         "</oval_definitions>",                                                                                                                                                                                                                                                                             "",																																																																		       -1,																																																																																																		0																																																																																																																																																																																																																																																																																											},
};

static void documents(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feedtest_check(&cases[i]);
}

static void recognised(void)
{
	struct doc_memory m;
	bool is_companion;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (!strstr(cases[i].in, "<!-- oval:"))
			continue;
		doc_memory(&m, "doc", bytes_str(cases[i].in));
		const struct feed *f = import_recognise(&m.doc, &is_companion);
		test_case(f && strcmp(f->id, cases[i].feed) == 0, "recognised: %s", cases[i].name);
	}
}

/* A definition with n CVEs: all of them, or one broken record past OVAL_CVES_MAX. */
static void many_cves(size_t n)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 22);
	const char *in = cases[6].in, *at = strstr(in, "<reference source=\"CVE\"");
	buf_add(&b, bytes_of(in, (size_t)(at - in)));
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "<reference source=\"CVE\" ref_id=\"CVE-2024-%zu\"/>", 10000 + i);
	buf_adds(&b, strstr(in, "</metadata>"));
	struct feedtest t;
	const char *texts[] = {buf_cstr(&b)};
	feedtest_run(&t, feed_by_id(B("suse-oval")), texts, 1);
	test_case(t.rc == 0 && t.n == MIN_OF(n, (size_t)OVAL_CVES_MAX) &&
	                  t.n_broken == (n > OVAL_CVES_MAX),
	          "a definition with %zu CVEs", n);
	feedtest_fini(&t);
}

/* OVAL_MEMORY_MAX is too much for a test: the same reader with less of it. */
static void memory(void)
{
	const char *text = cases[0].in;
	struct doc_memory m;
	struct err e = {0};
	size_t used = 0;
	for (int i = 0; i < 2; i++) {
		struct arena *a = arena_new();
		struct oval o = {.memory_max = i == 0 ? (size_t)OVAL_MEMORY_MAX : used / 2};
		doc_memory(&m, "doc", bytes_str(text));
		int rc = oval_read(&m.doc, a, &o, &e);
		test_case(i == 0 ? rc == 0 : rc == -1 && e.kind == ERR_LIMIT,
		          "tests of a document in %zu bytes: %s", o.memory_max,
		          rc ? e.msg : "read");
		used = arena_size(a);
		oval_free(&o);
		arena_free(a);
	}
}

/* Every definition of the publisher's file but the one that is not applicable, counted in it with
 * grep: 1,222 definitions, one "Not Applicable". */
static void azure_whole(void)
{
	struct buf packed;
	struct err e;
	if (access(AZURE_FILE, R_OK) != 0) {
		test_skip("all of Azure Linux 3.0", "shared data is not here");
		return;
	}
	CHECK(file_read(AZURE_FILE, 1 << 24, &packed, &e) == 0);
	size_t max = 1 << 24;
	AUTO_FREE char *plain = mem_zalloc(max);
	size_t n = ZSTD_decompress(plain, max - 1, packed.p, packed.n);
	CHECK(!ZSTD_isError(n));
	plain[ZSTD_isError(n) ? 0 : n] = 0;
	struct feedtest t;
	const char *texts[] = {plain};
	feedtest_run(&t, feed_by_id(B("azure-oval")), texts, 1);
	test_case(t.rc == 0 && t.n == 1221 && t.n_broken == 0, "all of Azure Linux 3.0 (%zu)", t.n);
	if (t.rc)
		printf("# %s\n", t.e.msg);
	test_case(bytes_eq(buf_bytes(&t.namespaces), B("azurelinux:3.0")), "its namespace");
	feedtest_fini(&t);
	buf_fini(&packed);
}

int main(void)
{
	documents();
	recognised();
	memory();
	many_cves(OVAL_CVES_MAX);
	many_cves(OVAL_CVES_MAX + 1);
	azure_whole();
	return TEST_END();
}
