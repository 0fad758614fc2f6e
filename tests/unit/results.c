/* SPDX-License-Identifier: Apache-2.0 */
/* Results of other tools: what is read of SARIF, JUnit and CycloneDX, and each bound. */
#include "fmt/fmt.h"

#include "test.h"

#define SARIF(run)   "{\"version\":\"2.1.0\",\"runs\":[" run "]}"
#define DRIVER(rest) "{\"tool\":{\"driver\":{\"name\":\"Lint\"" rest "}}"
#define RESULT(rest)                                                                               \
	DRIVER(",\"rules\":[{\"id\":\"R\",\"defaultConfiguration\":{\"level\":\"note\"}}]")        \
	",\"results\":[{\"ruleId\":\"R\",\"message\":{\"text\":\"m\"}" rest "}]}"

/* What the first result of the first run is, as one line; "-": there is none. */
static const struct {
	const char *name, *in, *want;
} cases[] = {
	{"the rule's level",           SARIF(RESULT("")),						      "R low m @:0 "               },
	{"its own level goes first",   SARIF(RESULT(",\"level\":\"error\"")),                                  "R high m @:0 "              },
	{"a kind that is no failure",  SARIF(RESULT(",\"kind\":\"open\"")),                                    "R negligible m @:0 "        },
	{"a pass is no finding",       SARIF(RESULT(",\"kind\":\"pass\"")),                                    "-"                          },
	{"gone since the baseline",    SARIF(RESULT(",\"baselineState\":\"absent\"")),                         "-"                          },
	{"accepted by its tool",
         SARIF(RESULT(",\"suppressions\":[{\"kind\":\"inSource\",\"justification\":\"j\"}]")),
         "R low m @:0 suppressed in the source: j"											  },
	{"a suppression under review",
         SARIF(RESULT(",\"suppressions\":[{\"kind\":\"external\",\"status\":\"underReview\"}]")),
         "R low m @:0 "														     },
	{"escapes in a URI",
         SARIF(RESULT(",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"./"
                      "a%20b/c%2e.py\"},"
                      "\"region\":{\"startLine\":7}}}]")),
         "R low m @a b/c..py:7 "													    },
	{"a path that climbs out",
         SARIF(RESULT(",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"../"
                      "../etc/passwd\"}}}]")),
         "R low m @:0 "														     },
	{"an absolute URI",
         SARIF(RESULT(",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"file:"
                      "///app/x.py\"}}}]")),
         "R low m @app/x.py:0 "													     },
	{"no rule, no level",
         SARIF(DRIVER("") ",\"results\":[{\"ruleId\":\"X/1\",\"message\":{\"text\":\"m\"}}]}"),
         "X/1 medium m @:0 "														},
	{"a finer id of a rule",
         SARIF(DRIVER(",\"rules\":[{\"id\":\"X\",\"properties\":{\"security-severity\":\"7.5\"}}"
                      "]") ",\"results\":[{\"ruleId\":\"X/1\",\"message\":{\"text\":\"m\"}}]}"),
         "X/1 high m @:0 "														  },
	{"a message with arguments",
         SARIF(DRIVER(",\"rules\":[{\"id\":\"X\",\"messageStrings\":{\"d\":{\"text\":\"{1} {{0}} "
                      "{0}{9}\"}}}]") ",\"results\":[{\"ruleIndex\":0,\"message\":{\"id\":\"d\","
                                      "\"arguments\":[\"a\",\"b\"]}}]}"),
         "X medium b {0} a @:0 "													    },
	{"nothing that is of a type",  SARIF(DRIVER("") ",\"results\":[7]}"),                                  "result medium  @:0 "        },
	{"a test failed",
         "<testsuite><testcase classname='c' name='n' file='t/a.py' line='3'>"
         "<failure message='no'>x</failure></testcase></testsuite>",                                           "c.n high no @t/a.py:3 "     },
	{"a test passed",              "<testsuites><testsuite><testcase name='n'/></testsuite></testsuites>",
         "-"																},
	{"a test that passed again",
         "<testsuite><testcase name='n'><flakyFailure/></testcase></testsuite>",                               "-"                          },
	{"CycloneDX",
         "{\"bomFormat\":\"CycloneDX\",\"components\":[{\"bom-ref\":\"c\",\"purl\":\"pkg:npm/"
         "a@1\"}],"
         "\"vulnerabilities\":[{\"id\":\"CVE-1\",\"ratings\":[{\"severity\":\"low\"},{\"severity\":"
         "\"high\"}],"
         "\"affects\":[{\"ref\":\"c\"}]}]}",                                                                   "CVE-1 high pkg:npm/a@1 @:0 "},
};

static const struct {
	const char *name, *in, *fault;
} faults[] = {
	{"a run that broke off",
         SARIF(DRIVER("") ",\"invocations\":[{\"executionSuccessful\":false}],\"results\":[]}"),
         "did not run"												       },
	{"a run without results",               SARIF(DRIVER("") "}"),                                   "no list of results"},
	{"results in another file",
         SARIF(DRIVER("") ",\"externalPropertyFileReferences\":{},\"results\":[]}"),                     "other files"       },
	{"a file that the tool could not read",
         SARIF(DRIVER("") ",\"invocations\":[{\"toolExecutionNotifications\":[{\"level\":\"error\","
                          "\"message\":{\"text\":\"t\"}}]}],\"results\":[]}"),
         "says: t"													   },
	{"fewer tests than it counts",          "<testsuite tests='2'><testcase name='a'/></testsuite>",
         "counts 2 tests"												    },
	{"fewer failures than it counts",
         "<testsuites><testsuite tests='1' failures='1'><testcase "
         "name='a'/></testsuite></testsuites>",                                                          "1 failures"        },
};

static const struct {
	const char *name, *in, *error;
} refused[] = {
	{"empty",        "",					   "not SARIF"    },
	{"cut short",    "{\"version\":\"2.1.0\",\"runs\":[",          "line 1"       },
	{"some JSON",    "{}",					 "neither SARIF"},
	{"an old SARIF", "{\"version\":\"1.0.0\",\"runs\":[]}",        "1.0.0"        },
	{"no run",       SARIF(""),				    "without a run"},
	{"no tool",      SARIF("{\"results\":[]}"),                    "names no tool"},
	{"some XML",     "<html/>",				    "<html>"       },
	{"an entity",    "<!DOCTYPE a [<!ENTITY b 'c'>]><testsuite/>", "x"            },
};

static int parse(struct bytes text, struct arena *a, struct results **ret, size_t *n, struct err *e)
{
	*n = 0;
	return results_parse(text, "x", a, ret, n, e);
}

static void test_cases(void)
{
	struct err e = {.kind = ERR_NONE};
	struct results *runs;
	size_t n;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		const char *have = "-";
		if (parse(bytes_str(cases[i].in), a, &runs, &n, &e) == 0 && n && runs[0].n) {
			const struct result *v = &runs[0].v[0];
			struct bytes text = v->package.n ? v->package : v->text;
			have = arena_printf(a, "%.*s %.*s %.*s @%.*s:%d %.*s", BYTES_FMT(v->id),
			                    BYTES_FMT(v->severity), BYTES_FMT(text),
			                    BYTES_FMT(v->path), (int)v->line, BYTES_FMT(v->waved));
		}
		test_case(n == 1 && bytes_eq(bytes_str(have), bytes_str(cases[i].want)), "%s: %s",
		          cases[i].name, have);
	}
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		bool is_read = parse(bytes_str(faults[i].in), a, &runs, &n, &e) == 0;
		test_case(is_read && bytes_search(runs[0].fault, bytes_str(faults[i].fault)) >= 0,
		          "%s is not whole", faults[i].name);
	}
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		test_case(parse(bytes_str(refused[i].in), a, &runs, &n, &e) < 0 &&
		                  bytes_search(bytes_str(e.msg), bytes_str(refused[i].error)) >= 0,
		          "%s is refused: %s", refused[i].name, e.msg);
	}
}

/* What it says of itself. */
static void test_head(void)
{
	static const char in[] = SARIF("{\"tool\":{\"driver\":{\"name\":\"Lint\",\"version\":\"2\","
	                               "\"rules\":[{\"id\":\"a\"}]},"
	                               "\"extensions\":[{\"name\":\"pack\",\"semanticVersion\":\"1."
	                               "2.3\",\"rules\":[{\"id\":\"b\"}]}]},"
	                               "\"invocations\":[{\"startTimeUtc\":\"2024-01-02T03:04:"
	                               "05Z\",\"endTimeUtc\":\"2024-01-02T03:05:00.5Z\"}],"
	                               "\"versionControlProvenance\":[{\"repositoryUri\":\"https://"
	                               "h.example/r\",\"revisionId\":\"abcdef0\"}],"
	                               "\"properties\":{\"repoDigests\":[\"r.example/a@sha256:"
	                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                               "aaaaa\",\"sha256:short\"]},\"results\":[]}");
	AUTO_ARENA struct arena *a = arena_new();
	struct results *r;
	struct err e;
	size_t n;
	CHECK(parse(bytes_str(in), a, &r, &n, &e) == 0 && n == 1);
	CHECK(r->n_rules == 2 && r->n_sets == 1 && bytes_eq(r->sets[0], B("pack@1.2.3")));
	CHECK(bytes_eq(r->tool, B("Lint")) && bytes_eq(r->version, B("2")));
	CHECK(bytes_eq(r->commit, B("abcdef0")) && r->n_digests == 1 && r->digests[0].n == 71);
	CHECK(r->created_s == 1704164700 && !r->fault.n);
}

static void test_bounds(void)
{
	struct results *r;
	struct err e;
	size_t n;
	for (int past = 0; past <= 1; past++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf b;
		buf_init(&b, (size_t)JSON_DOC_MAX);
		buf_adds(&b, "{\"version\":\"2.1.0\",\"runs\":[" DRIVER("") ",\"results\":[{}");
		for (int i = 1; i < RESULTS_MAX + past; i++)
			buf_adds(&b, ",{}");
		buf_adds(&b, "]}]}");
		test_case((parse(buf_bytes(&b), a, &r, &n, &e) == 0) == !past, "RESULTS_MAX%s",
		          past ? " + 1" : "");
		buf_reset(&b);
		buf_adds(&b, "{\"version\":\"2.1.0\",\"runs\":[");
		for (int i = 0; i < RESULT_RUNS_MAX + past; i++)
			buf_addf(&b, "%s" DRIVER("") ",\"results\":[]}", i ? "," : "");
		buf_adds(&b, "]}");
		test_case((parse(buf_bytes(&b), a, &r, &n, &e) == 0) == !past, "RESULT_RUNS_MAX%s",
		          past ? " + 1" : "");
		buf_reset(&b);
		/* cut where a letter of two bytes would be broken */
		buf_adds(&b, "<testsuite><testcase name='a'><failure message='");
		for (int i = past; i < RESULT_TEXT_MAX; i++)
			buf_addc(&b, 'x');
		buf_adds(&b, past ? "\xc3\xa9'/></testcase></testsuite>"
		                  : "'/></testcase></testsuite>");
		bool is_read = parse(buf_bytes(&b), a, &r, &n, &e) == 0;
		test_case(is_read && r[0].v[0].text.n == (size_t)RESULT_TEXT_MAX - (size_t)past,
		          "RESULT_TEXT_MAX%s", past ? " + 1" : "");
	}
}

int main(void)
{
	test_cases();
	test_head();
	test_bounds();
	return TEST_END();
}
