/* SPDX-License-Identifier: Apache-2.0 */
/* Alpine secdb and what is published in its form; documents written for this test. */
#include "lib/feedcase.h"

#define HEAD(release, repo)                                                                        \
	"{\"apkurl\":\"{{urlprefix}}/x.apk\",\"urlprefix\":\"https://dl-cdn.alpinelinux.org/"      \
	"alpine\",\"reponame\":\"" repo "\",\"distroversion\":\"" release "\",\"packages\":["
#define PKG(name, fixes) "{\"pkg\":{\"name\":\"" name "\",\"secfixes\":{" fixes "}}}"

static const struct feed_case cases[] = {
	{"plain",
         &feed_alpine_secdb,
         {{"main.json",
           HEAD("v3.18", "main") PKG("a", "\"1.2-r0\":[\"CVE-2023-1\",\"CVE-2023-2\"]") "]}"}},
         "alpine:3.18 a CVE-2023-1 affected [,1.2-r0,)\n"
         "alpine:3.18 a CVE-2023-2 affected [,1.2-r0,)\n",                                                                                          0},
	{"release named after the packages",
         &feed_alpine_secdb,
         {{"x",
           "{\"packages\":[" PKG(
		   "a",
		   "\"1\":[\"CVE-2023-1\"]") "],\"distroversion\":\"edge\","
                                             "\"urlprefix\":\"https://mirror.example/alpine\"}"}},
         "alpine:edge a CVE-2023-1 affected [,1,)\n",                                                                                               0},
	{"never affected",
         &feed_alpine_secdb,
         {{"x", HEAD("v3.18", "main") PKG("a", "\"0\":[\"CVE-2023-1\"]") "]}"}},
         "alpine:3.18 a CVE-2023-1 not_affected\n",                                                                                                 0},
	{"never affected and fixed: fixed counts",
         &feed_alpine_secdb,
         {{"x", HEAD("v3.18", "main")
                        PKG("a", "\"0\":[\"CVE-2023-1\"],\"2-r1\":[\"CVE-2023-1\"]") "]}"}},
         "alpine:3.18 a CVE-2023-1 affected [,2-r1,)\n",                                                                                            0},
	{"fixed twice: the higher version",
         &feed_alpine_secdb,
         {{"x", HEAD("v3.18", "main")
                        PKG("a", "\"1.10-r0\":[\"CVE-2023-1\"],\"1.9-r0\":[\"CVE-2023-1\"]") "]}"}},
         "alpine:3.18 a CVE-2023-1 affected [,1.10-r0,)\n",                                                                                         0},
	{"several ids in one string",
         &feed_alpine_secdb,
         {{"x", HEAD("v3.18", "main") PKG("a", "\"1\":[\"CVE-2017-1 XSA-123\",\"XSA-9 "
                                               "GHSA-aa-bb\",\"CVE-2017-2, CVE-2017-3\"]") "]}"}},
         "alpine:3.18 a CVE-2017-1 affected [,1,) +XSA-123\n"
         "alpine:3.18 a CVE-2017-2 affected [,1,)\n"
         "alpine:3.18 a CVE-2017-3 affected [,1,)\n"
         "alpine:3.18 a GHSA-aa-bb affected [,1,)\n"
         "alpine:3.18 a XSA-9 affected [,1,)\n",                                                                                                    0},
	{"odd ids",
         &feed_alpine_secdb,
         {{"x", HEAD("v3.18", "main")
                        PKG("a", "\"1\":[\"CVE_2019-2426\",\"cve-2020-7\",\"CVE-2021-1 "
                                 "(partial)\",\"ALPINE-13661\",\"TALOS-2019-0001\",\"\"]") "]}"}},
         "alpine:3.18 a ALPINE-13661 affected [,1,)\n"
         "alpine:3.18 a CVE-2019-2426 affected [,1,)\n"
         "alpine:3.18 a CVE-2020-7 affected [,1,)\n"
         "alpine:3.18 a CVE-2021-1 affected [,1,)\n"
         "alpine:3.18 a TALOS-2019-0001 affected [,1,)\n",                                                                                          0},
	{"YAML",
         &feed_alpine_secdb,
         {{"main.yaml", "---\ndistroversion: v3.10\nreponame: main\nurlprefix: "
                        "http://dl-cdn.alpinelinux.org/alpine\npackages:\n  - pkg:\n      name: "
                        "a\n      secfixes:\n        1.10:\n          - CVE-2019-1 XSA-3\n"}},
         "alpine:3.10 a CVE-2019-1 affected [,1.10,) +XSA-3\n",                                                                                     0},
	{"YAML without packages",
         &feed_alpine_secdb,
         {{"c.yaml", "distroversion: v3.3\nreponame: community\nurlprefix: "
                     "http://dl-cdn.alpinelinux.org/alpine\npackages:\n"}},
         "",                                                                                                                                        0},
	{"Wolfi, Chainguard, MinimOS, SecureOS by where they are published",
         &feed_alpine_secdb,
         {{"1",
           "{\"urlprefix\":\"https://packages.wolfi.dev\",\"reponame\":\"os\",\"packages\":[" PKG(
		   "a", "\"1-r0\":[\"CVE-2023-1\"]") "]}"},
          {"2", "{\"urlprefix\":\"https://"
                "packages.cgr.dev\",\"reponame\":\"chainguard\",\"packages\":[" PKG(
			"a", "\"1-r0\":[\"CVE-2023-1\"]") "]}"},
          {"3",
           "{\"urlprefix\":\"https://packages.mini.dev\",\"reponame\":\"os\",\"packages\":[" PKG(
		   "a", "\"1-r0\":[\"CVE-2023-1\"]") "]}"},
          {"4",
           "{\"urlprefix\":\"https://apk.cve0.io\",\"distroversion\":\"v1\",\"packages\":[" PKG(
		   "a", "\"1-r0\":[\"CVE-2023-1\"]") "]}"}},
         "chainguard a CVE-2023-1 affected [,1-r0,)\n"
         "minimos a CVE-2023-1 affected [,1-r0,)\n"
         "secureos a CVE-2023-1 affected [,1-r0,)\n"
         "wolfi a CVE-2023-1 affected [,1-r0,)\n",                                                                                                  0},
	{"two editions: the one that knows the newer CVE speaks of what both name",
         &feed_alpine_secdb,
         {{"new", HEAD("v3.9", "main") PKG("a", "\"2-r0\":[\"CVE-2020-1\"]") "]}"},
          {"old", HEAD("v3.9", "main") PKG("a", "\"1-r0\":[\"CVE-2019-1\",\"CVE-2018-1\"]") "," PKG(
			  "b", "\"1-r0\":[\"CVE-2019-2\"]") "]}"}},
         "alpine:3.9 a CVE-2020-1 affected [,2-r0,)\n"
         "alpine:3.9 b CVE-2019-2 affected [,1-r0,)\n",                                                                                             0},
	{"two repositories of one release are united",
         &feed_alpine_secdb,
         {{"m", HEAD("v3.9", "main") PKG("a", "\"2-r0\":[\"CVE-2020-1\"]") "]}"},
          {"c",
           HEAD("v3.9", "community") PKG("a", "\"3-r0\":[\"CVE-2020-1\",\"CVE-2019-3\"]") "]}"}},
         "alpine:3.9 a CVE-2019-3 affected [,3-r0,)\n"
         "alpine:3.9 a CVE-2020-1 affected [,3-r0,)\n",                                                                                             0},
	{"rejections hold where nothing was fixed",
         &feed_alpine_secdb,
         {{"main.json", HEAD("v3.18", "main") PKG("a", "\"1.2-r0\":[\"CVE-2023-1\"]") "]}"},
          {"security-rejections/main.yaml", "a:\n  - CVE-2023-1\n  - CVE-2022-9\n"}},
         "alpine:3.18 a CVE-2022-9 not_affected\n"
         "alpine:3.18 a CVE-2023-1 affected [,1.2-r0,)\n",                                                                                          0},
	{"wrong types are named, the rest counts",
         &feed_alpine_secdb,
         {{"x", HEAD("v3.18", "main") "{\"pkg\":7},{\"pkg\":{\"name\":\"b\",\"secfixes\":\"x\"}},"
                                      "{\"pkg\":{\"name\":\"c\",\"secfixes\":[]}}," PKG(
					      "a", "\"1\":[\"CVE-2023-1\",4],\"2\":\"CVE-2023-2\","
						   "\"\":[\"CVE-2023-3\"]") "]}"}},
         "alpine:3.18 a CVE-2023-1 affected [,1,)\n",                                                                                               5},
	{"cut short",
         &feed_alpine_secdb,
         {{"x", HEAD("v3.18", "main") PKG("a", "\"1\":[\"CVE-2023-1\"]")}},
         NULL,                                                                                                                                      0},
	{"no release",							      &feed_alpine_secdb, {{"x", HEAD("latest", "main") "]}"}}, NULL, 0},
	{"unknown publisher",
         &feed_alpine_secdb,
         {{"x", "{\"urlprefix\":\"https://packages.example\",\"packages\":[" PKG(
			"a", "\"1\":[\"CVE-2023-1\"]") "]}"}},
         NULL,                                                                                                                                      0},
	{"no list of packages",						     &feed_alpine_secdb, {{"x.yaml", "packages: 7\n"}},        NULL, 0},
};

static void broken_document_counts_nothing(void)
{
	const struct feed_case rest = {
		"a broken document takes nothing of the others with it",
		&feed_alpine_secdb,
		{{"ok", HEAD("v3.18", "main") PKG("a", "\"1\":[\"CVE-2023-1\"]") "]}"}},
		"alpine:3.18 a CVE-2023-1 affected [,1,)\n",
		0,
	};
	struct feed_common common = {.arena = arena_new()};
	struct feed_said *said = mem_zalloc(sizeof *said);
	struct feed_store store = {said_advisory, said_vuln, said_broken, said, false, &common};
	struct feed_sink *s = feed_sink_new(&feed_alpine_secdb, &store);
	struct doc_memory bad, good;
	struct err e;
	doc_memory(&bad, "bad", B(HEAD("v3.18", "main") PKG("z", "\"1\":[\"CVE-2023-9\"]")));
	doc_memory(&good, "good", bytes_str(rest.docs[0].text));
	CHECK(feed_sink_import(s, &bad.doc, &e) < 0);
	CHECK(feed_sink_import(s, &good.doc, &e) == 0);
	CHECK(feed_sink_finish(s, &e) == 0);
	CHECK(said->n == 1 && strcmp(buf_cstr(&said->lines[0]), rest.want) == 0);
	CHECK(bytes_eq(feed_sink_learned(s).namespaces, B("alpine:3.18")));
	for (size_t i = 0; i < said->n; i++)
		buf_fini(&said->lines[i]);
	feed_sink_free(s);
	arena_free(common.arena);
	free(said);
}

/* A document made while it is read, of n ids. */
struct long_secdb {
	struct feed_doc doc;
	uint64_t left;
	bool is_begun;
};

static ssize_t read_long(struct feed_doc *doc, void *p, size_t n, struct err *e)
{
	static const char head[] =
		HEAD("v3.18", "main") "{\"pkg\":{\"name\":\"a\",\"secfixes\":{\"1\":[";
	static const char more[] = "\"X-1\"]}}},{\"pkg\":{\"name\":\"a\",\"secfixes\":{\"1\":[";
	static const char item[] = "\"X-1\",", last[] = "\"X-1\"]}}}]}";
	struct long_secdb *l = doc->arg;
	size_t used = 0;
	(void)e;
	if (!l->is_begun) {
		memcpy(p, head, used = sizeof head - 1);
		l->is_begun = true;
	}
	while (l->left && n - used > sizeof more) {
		const char *part = l->left == 1 ? last : l->left % 100000 == 0 ? more : item;
		memcpy((char *)p + used, part, strlen(part));
		used += strlen(part);
		l->left--;
	}
	return (ssize_t)used;
}

static void check_bound(void)
{
	for (int past = 0; past <= 1; past++) {
		struct feed_common common = {.arena = arena_new()};
		struct feed_said *said = mem_zalloc(sizeof *said);
		struct feed_store store = {said_advisory, said_vuln, said_broken,
		                           said,          false,     &common};
		struct feed_sink *s = feed_sink_new(&feed_alpine_secdb, &store);
		struct long_secdb l = {
			.doc = {.name = B("x"), .head = B("{"), .read = read_long, .arg = &l},
			.left = (uint64_t)SECDB_FIXES_MAX + (uint64_t)past
                };
		struct err e = {.kind = ERR_NONE};
		int res = feed_sink_import(s, &l.doc, &e);
		if (!test_case(past ? res < 0 && e.kind == ERR_LIMIT : res == 0,
		               "SECDB_FIXES_MAX ids%s", past ? " and one" : ""))
			printf("# %s\n", e.msg);
		feed_sink_free(s);
		arena_free(common.arena);
		free(said);
	}
}

/* As many ids in one string as are read, and one more. */
static void ids_of_one_string(size_t n, int broken)
{
	AUTO_BUF struct buf in, out;
	buf_init(&in, MIB(1));
	buf_init(&out, MIB(1));
	buf_adds(&in, "{\"distroversion\":\"v3.18\",\"reponame\":\"main\",\"packages\":[{\"pkg\":"
	              "{\"name\":\"a\",\"secfixes\":{\"1\":[\"");
	for (size_t i = 0; i < n; i++)
		buf_addf(&in, "%sCVE-2017-%zu", i ? " " : "", i + 1000);
	buf_adds(&in, "\"]}}}]}");
	for (size_t i = 0; i < n && !broken; i++)
		buf_addf(&out, "alpine:3.18 a CVE-2017-%zu affected [,1,)\n", i + 1000);
	feed_check(&(struct feed_case){"ids of one string (SECDB_IDS_MAX)",
	                               &feed_alpine_secdb,
	                               {{"x", buf_cstr(&in)}},
	                               buf_cstr(&out),
	                               broken});
}

int main(void)
{
	ids_of_one_string((size_t)SECDB_IDS_MAX, 0);
	ids_of_one_string((size_t)SECDB_IDS_MAX + 1, 1);
	check_bound();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	broken_document_counts_nothing();
	feed_is_recognised("main.json", cases[0].docs[0].text, &feed_alpine_secdb);
	feed_is_recognised("main.yaml", cases[7].docs[0].text, &feed_alpine_secdb);
	feed_is_recognised("security-rejections/main.yaml", "a:\n  - CVE-2023-1\n",
	                   &feed_alpine_secdb);
	feed_is_recognised("other.json", "{\"packages\":[{\"name\":\"npm\"}]}", NULL);
	return TEST_END();
}
