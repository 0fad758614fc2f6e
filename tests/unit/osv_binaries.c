/* SPDX-License-Identifier: Apache-2.0 */
/* osv_binaries.c - binary packages of Ubuntu's records: once each, and no more than there is room
 * for. */
#include "advise/osv.h"

#include "advise/match.h"
#include "advise/sink.h"
#include "test.h"

#define RECORD(source, binaries)                                                                   \
	"{\"package\":{\"purl\":\"pkg:deb/ubuntu/" source                                          \
	"@1.0-1?arch=source\"},\"ecosystem_specific\":{\"binaries\":" binaries "}}"
#define BINARY(name, version) "{\"binary_name\":\"" name "\",\"binary_version\":\"" version "\"}"

static int said(void *arg, const struct advisory *a, struct err *e)
{
	(void)e;
	buf_addf(arg, "%.*s %.*s %.*s\n", BYTES_FMT(a->package), BYTES_FMT(a->id),
	         BYTES_FMT(a->ref));
	return 0;
}

static void broken(void *arg, const char *text) { buf_addf(arg, "broken %s\n", text); }

static const struct {
	const char *name, *source, *text, *want;
} cases[] = {
	{"each once, and a mark that there are some", "a",
         RECORD("a",										      "[" BINARY("liba",                           "1.0-1") "," BINARY("liba",
         "1.0-1") "," BINARY("a", "1.0-1") "]"),
         "@binary: @source \n@binary:liba @source a\n@binary:a @source a\n"},
	{"a rebuild has the version of its source",                              "a",
         RECORD("a",			    "[" BINARY("liba",                               "1.0-1+b2") "]"),
         "@binary: @source \n@binary:liba @source a\n"},
	{"a version of its own",                          "a",                               RECORD("a",						   "[" BINARY("liba",											      "7:1.0-1") "]"),
         "@binary: @source \n@binary:liba @source-version a\n"},
	{"as it was written before",                                 "a",
         RECORD("a","[{\"liba\":\"1.0-1\"},{\"libb\":\"1.0-1\"}]"),
         "@binary: @source \n@binary:liba @source a\n@binary:libb @source a\n"																				},
	{"kernels",        "linux-aws",
         RECORD("linux-aws",								      "[" BINARY("linux-image-5.4.0-1-aws",									"1.0-1") "]"),""},
	{"none",			 "a",						 RECORD("a","[]"),""                },
	{"none at all",				      "a",				"{}", ""								    },
	{"what is none",			       "a",            RECORD("a",    "[7,null,{},[],{\"binary_name\":7},{\"x\":1,\"y\":2}]"),
         "@binary: @source \n"																										  },
};

static struct feed_sink *sink(struct buf *out, struct feed_common *common)
{
	const struct feed_store store = {
		.advisory = said, .broken = broken, .arg = out, .common = common};
	return feed_sink_new(feed_by_id(B("ubuntu-osv")), &store);
}

static int give(struct feed_sink *s, const char *source, const char *text)
{
	struct err e;
	AUTO_JSON json_t *affected = json_loads(text, 0, NULL);
	return affected ? osv_binaries(s, B("ubuntu:22.04"), bytes_str(source), affected, &e) : -1;
}

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf out;
		struct feed_common common = {.arena = arena_new()};
		buf_init(&out, KIB(4));
		struct feed_sink *s = sink(&out, &common);
		int rc = give(s, cases[i].source, cases[i].text);
		test_case(rc == 0 && bytes_eq(buf_bytes(&out), bytes_str(cases[i].want)), "%s: %s",
		          cases[i].name, buf_cstr(&out));
		feed_sink_free(s);
		arena_free(common.arena);
	}
}

/* Room for the mark and n binaries is left. */
static void test_bound(size_t n, bool is_full)
{
	static const char text[] =
		RECORD("a", "[" BINARY("liba", "1.0-1") "," BINARY("libb", "1.0-1") "]");
	AUTO_BUF struct buf out;
	struct feed_common common = {.arena = arena_new()};
	buf_init(&out, KIB(4));
	struct feed_sink *s = sink(&out, &common);
	for (uint64_t i = 0; i < (uint64_t)OSV_BINARIES_MAX - 1 - n; i++)
		feed_remember(s, bytes_of((const uint8_t *)&i, sizeof i), UINT64_MAX);
	int rc = give(s, "a", text);
	struct feed_learned learned = feed_sink_learned(s);
	bool has_last = bytes_search(buf_bytes(&out), B("@binary:libb")) >= 0;
	test_case(rc == 0 && has_last == !is_full && (learned.partial.n > 0) == is_full,
	          "OSV_BINARIES_MAX%s", is_full ? " + 1" : "");
	feed_sink_free(s);
	arena_free(common.arena);
}

int main(void)
{
	test_cases();
	test_bound(2, false);
	test_bound(1, true);
	return TEST_END();
}
