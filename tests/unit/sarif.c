/* SPDX-License-Identifier: Apache-2.0 */
/* sarif.c - SARIF: categories, places, severities and links, member by member. */
#include "render/render.h"

#include <stdlib.h>

#include "../lib/reports.h"
#include "test.h"

static json_t *written(struct report *made)
{
	const struct report *r[] = {made};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct err e;
	CHECK(render_by_name(B("sarif"))->write(r, 1, &(struct render_options){0}, out, &e) == 0);
	fclose(out);
	json_t *doc = NULL;
	test_case(json_load_data(bytes_of(text, n), "sarif", n, &doc, &e) == 0, "it is JSON");
	free(text);
	return doc;
}

static const json_t *run_of(const json_t *doc)
{
	return json_array_get(json_object_get(doc, "runs"), 0);
}

static const json_t *first_result(const json_t *doc)
{
	return json_array_get(json_object_get(run_of(doc), "results"), 0);
}

/* Results of one category replace those before: a tag or digest must not make a new one. */
static const struct {
	const char *reference, *platform, *want;
} categories[] = {
	{"registry:host:5000/team/shop:1.2", "linux/amd64",
         "assay/registry:host:5000/team/shop/linux/amd64/"                                        },
	{"ghcr.io/team/shop@sha256:0123",    "linux/arm64", "assay/ghcr.io/team/shop/linux/arm64/"},
	{"host:5000/team/shop",              "",            "assay/host:5000/team/shop/"          },
	{"docker:shop:2026-11-22",           "",            "assay/docker:shop/"                  },
	{"docker-archive:shop.tar",          "",            "assay/docker-archive:shop.tar/"      },
	{"oci:layout:1.2",                   "",            "assay/oci:layout:1.2/"               },
	{"./shop.tar",		       "",            "assay/./shop.tar/"                   },
	{"",				 "",            "assay//"			     },
};

static void test_categories(void)
{
	for (size_t i = 0; i < ARRAY_LEN(categories); i++) {
		struct report *r = report_new();
		r->image.reference = bytes_str(categories[i].reference);
		r->image.platform = bytes_str(categories[i].platform);
		AUTO_JSON json_t *doc = written(r);
		struct bytes id = json_text(json_obj(run_of(doc), "automationDetails"), "id");
		test_case(bytes_eq(id, bytes_str(categories[i].want)), "category of \"%s\": %.*s",
		          categories[i].reference, BYTES_FMT(id));
		report_free(r);
	}
}

/* Source: RFC 3986 2.1, 2.3. */
static const struct {
	const char *path, *want;
} uris[] = {
	{"usr/lib/libz.so.1",    "usr/lib/libz.so.1"       },
	{"a b/c",                "a%20b/c"                 },
	{"~-_./",                "~-_./"                   },
	{"a:b?c#d%e[f]",         "a%3Ab%3Fc%23d%25e%5Bf%5D"},
	{"\xc3\xa9\xff",         "%C3%A9%FF"               },
	{"srv/x.jar!/lib/y.jar", "srv/x.jar%21/lib/y.jar"  },
};

static void test_uris(void)
{
	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		struct report *r = report_new();
		sample_rule(r, CHECK_FILE, "file.x", SEV_LOW)->location.path =
			bytes_str(uris[i].path);
		AUTO_JSON json_t *doc = written(r);
		const json_t *place =
			json_obj(json_array_get(json_list(first_result(doc), "locations"), 0),
		                 "physicalLocation");
		struct bytes uri = json_text(json_obj(place, "artifactLocation"), "uri");
		test_case(bytes_eq(uri, bytes_str(uris[i].want)), "place %s: %.*s", uris[i].path,
		          BYTES_FMT(uri));
		report_free(r);
	}
}

/* GitHub: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low. */
static const struct {
	enum severity severity;
	double score;
	const char *level, *want; /* NULL: not there */
} severities[] = {
	{SEV_CRITICAL,   9.8, "error",   "9.8"},
	{SEV_CRITICAL,   7.5, "error",   "9.5"}, /* the vendor's severity counts, not the score */
	{SEV_HIGH,       7.0, "error",   "7.0"},
	{SEV_HIGH,       -1,  "error",   "8.0"},
	{SEV_MEDIUM,     6.9, "warning", "6.9"},
	{SEV_MEDIUM,     9.9, "warning", "5.5"},
	{SEV_LOW,        3.1, "note",    "3.1"},
	{SEV_NEGLIGIBLE, 9.8, "note",    "0.1"},
	{SEV_UNKNOWN,    9.8, "warning", NULL },
};

static void test_severities(void)
{
	for (size_t i = 0; i < ARRAY_LEN(severities); i++) {
		struct report *r = report_new();
		struct finding *f =
			sample_rule(r, CHECK_VULNERABILITY, "CVE-1", severities[i].severity);
		f->cvss_score = severities[i].score;
		AUTO_JSON json_t *doc = written(r);
		const json_t *driver = json_obj(json_obj(run_of(doc), "tool"), "driver");
		const json_t *rule = json_array_get(json_list(driver, "rules"), 0);
		struct bytes have = json_text(json_obj(rule, "properties"), "security-severity");
		test_case(bytes_eq(have, bytes_str(severities[i].want)) &&
		                  bytes_eq(json_text(first_result(doc), "level"),
		                           bytes_str(severities[i].level)),
		          "%s with %.1f: %.*s", severity_name(severities[i].severity),
		          severities[i].score, BYTES_FMT(have));
		report_free(r);
	}
}

static void test_texts(void)
{
	struct report *r = report_new();
	struct finding *f = sample_rule(r, CHECK_FILE, "file.x", SEV_LOW);
	f->title = B("see [here](https://evil.example)");
	list_add(r, &f->references, B("javascript:alert(1)"));
	list_add(r, &f->references, B("https://a b"));
	list_add(r, &f->references, B("https://example.org/CVE?id=1"));
	AUTO_JSON json_t *doc = written(r);
	struct bytes text = json_text(json_obj(first_result(doc), "message"), "text");
	test_case(bytes_search(text, B("](")) < 0, "a title makes no link: %.*s", BYTES_FMT(text));
	const json_t *driver = json_obj(json_obj(run_of(doc), "tool"), "driver");
	struct bytes help = json_text(json_array_get(json_list(driver, "rules"), 0), "helpUri");
	test_case(bytes_eq(help, B("https://example.org/CVE?id=1")),
	          "the help is the first reference that is a web address: %.*s", BYTES_FMT(help));
	report_free(r);
}

int main(void)
{
	test_categories();
	test_uris();
	test_severities();
	test_texts();
	return TEST_END();
}
