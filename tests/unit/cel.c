/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel.c - expressions: what the checker says and where, times and texts beyond the staged vectors,
 * every bound and one past it.
 *
 * Expected values are those of the specification's text and of cel-go.
 */
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static void get_name(struct cel_run *r, const struct cel_value *of, struct cel_value *ret)
{
	(void)r;
	(void)of;
	*ret = cel_string(B("sshd"));
}

static void get_unknown(struct cel_run *r, const struct cel_value *of, struct cel_value *ret)
{
	(void)of;
	*ret = cel_error(r, "the port is not known");
}

static const struct cel_field fields[] = {
	{"name", "s",  get_name,    ""  },
        {"port", "i",  get_unknown, ""  },
        {NULL,   NULL, NULL,        NULL}
};
static const struct cel_object service = {"service", fields};
static const struct cel_object *const objects[] = {&service, NULL};

static void get_service(struct cel_run *r, const struct cel_value *of, struct cel_value *ret)
{
	(void)r;
	(void)of;
	ret->kind = CEL_OBJECT;
	ret->obj.type = &service;
	ret->obj.p = &service;
}

static const struct cel_var vars[] = {
	{"service",  "{service}",  get_service, ""  },
	{"services", "L{service}", NULL,        ""  },
	{"any",      "*",          NULL,        ""  },
	{NULL,       NULL,         NULL,        NULL},
};
static const struct cel_env env = {.vars = vars, .objects = objects};

/* "value", "error: ...", or "refused: LINE:COLUMN: ..." */
static const char *say(struct bytes text, struct buf *b)
{
	struct cel_program *p;
	struct cel_run r;
	struct err e;
	buf_init(b, 1 << 16);
	if (cel_compile(&env, text, &p, &e) < 0) {
		buf_addf(b, "refused: %s", e.msg);
		return buf_cstr(b);
	}
	cel_run_init(&r, &env, NULL);
	struct cel_value v = cel_evaluate(&r, p);
	cel_show(b, &v, 4096);
	cel_run_fini(&r);
	cel_program_free(p);
	return buf_cstr(b);
}

/* clang-format off */
static const struct {
	const char *text, *result;
} cases[] = {
	/* names, with place and the nearest */
	{"servise.name == ''", "refused: 1:1: there is no variable servise: is service meant?"},
	{"1 == 1 &&\n  service.nmae == ''", "refused: 2:11: service has no field nmae: is name meant?"},
	{"services.exists(s, s.nam == '')", "refused: 1:22: service has no field nam: is name meant?"},
	{"service.name.startswith('a')", "refused: 1:14: there is no function startswith: is startsWith meant?"},
	{"has(service.nmae)", "refused: 1:13: service has no field nmae: is name meant?"},
	{"service.name == 1", "refused: 1:14: no such overload: _==_ of string, int"},
	{"service.name && true", "refused: 1:9: && wants bool, this is string"},
	{"service.port > 'a'", "refused: 1:14: no such overload: _>_ of int, string"},
	{"[1].all(x, x)", "refused: 1:12: a macro wants bool here, this is int"},
	{"[[1], [2]].flatten().all(x, x)", "refused: 1:29: a macro wants bool here, this is int"},
	{"(true ? [[1]].flatten() : ['a']).size()", "refused: 1:2: ?: gives list(int) or list(string)"},
	{"[1].flatten()", "refused: 1:5: no such overload: flatten of list(int)"},
	{"[1, [2, 3], [[4]]].flatten()", "[1, 2, 3, [4]]"},
	{"[1, [2, [3, [4]]]].flatten(2)", "[1, 2, 3, [4]]"},
	{"'abc'.all(x, true)", "refused: 1:7: a macro goes over a list or map, this is string"},
	{"'a'.matches('(')", "refused: 1:13: regular expression, character 2: ( is not closed"},
	{"1 +", "refused: 1:4: the expression ends where more is wanted"},
	{"\"\xc3\xa4\xc3\xa4\" 1", "refused: 1:6: the expression should end here"},
	{"a.b{c: 1}", "refused: 1:3: there is no type a.b: messages are not built here"},
	{"'a\nb'", "refused: 1:1: a text is not closed"},
	{"'\\q'", "refused: 1:2: there is no such escape"},
	{"9223372036854775808", "refused: 1:1: a number is too large"},
	{"for", "refused: 1:1: for is no name of a variable"},
	{"[1, 2].map(1, 2)", "refused: 1:12: a macro wants the name of a variable here"},
	/* what is not known is an error, and has() asks */
	{"service.port > 1", "error: the port is not known"},
	{"has(service.port)", "false"},
	{"has(service.name) && service.name == 'sshd'", "true"},
	{"has(service.port) && service.port > 1", "false"},
	{"service.?port.orValue(22)", "22"},
	{"any == 1", "error: no value for any"},
	/* times; the zones as the database has them */
	{"timestamp('2023-12-25T00:00:00Z').getDate('America/Los_Angeles')", "24"},
	{"timestamp('2023-12-25T12:00:00.500Z').getMilliseconds()", "500"},
	{"duration('1.234s').getMilliseconds()", "234"},
	{"timestamp('2009-02-13T23:31:30Z').getDayOfYear('Asia/Kathmandu')", "44"},
	{"timestamp('2009-02-13T23:31:30Z').getMinutes('Asia/Kathmandu')", "16"},
	{"timestamp('2009-02-13T23:31:30Z').getHours('-09:30')", "14"},
	{"timestamp('2009-02-13T23:31:30Z').getHours('Mars/Olympus')", "error: there is no time zone Mars/Olympus"},
	{"timestamp('2009-02-13T23:31:30Z').getHours('../etc/passwd')", "error: there is no time zone ../etc/passwd"},
	{"string(timestamp('9999-12-31T23:59:59.999999999Z'))", "\"9999-12-31T23:59:59.999999999Z\""},
	{"timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error: timestamp overflow"},
	{"timestamp('0001-01-01T00:00:00Z') - duration('1s')", "error: timestamp overflow"},
	{"timestamp('0000-01-01T00:00:00Z')", "error: \"0000-01-01T00:00:00Z\" does not convert to timestamp"},
	{"timestamp('2023-02-29T00:00:00Z')", "error: \"2023-02-29T00:00:00Z\" does not convert to timestamp"},
	{"timestamp('2023-02-28')", "error: \"2023-02-28\" does not convert to timestamp"},
	{"duration('320000000000s')", "error: \"320000000000s\" does not convert to duration"},
	{"string(duration('1h1.5ms'))", "\"3600.0015s\""},
	{"duration('1h') + timestamp(0) == timestamp('1970-01-01T01:00:00Z')", "true"},
	{"type(timestamp(0)) == google.protobuf.Timestamp", "true"},
	/* texts */
	{"'%s and %d, %.2f, %e, %x, %X, %o, %b, %%'.format([[1, 'a', {'k': b'\\xff'}], 7, 2.345, 12.5, 255, b'\\xab', 8, true])",
	 "\"[1, a, {k: \xef\xbf\xbd}] and 7, 2.35, 1.250000e+01, ff, AB, 10, 1, %\""},
	{"'%.3f %.1f'.format([123.4999, 0.25])", "\"123.500 0.2\""},
	{"'%d'.format([-0x7fffffffffffffff])", "\"-9223372036854775807\""},
	{"'%s %s'.format([duration('-1.5s'), timestamp(0)])", "\"-1.5s 1970-01-01T00:00:00Z\""},
	{"'%s'.format([])", "error: format: index 0 out of range"},
	{"'tacoc\xc3\xa6t'.substring(5)", "\"\xc3\xa6t\""},
	{"'hello'.charAt(5)", "\"\""},
	{"'hello'.charAt(6)", "error: index out of range: 6"},
	{"'hello mellow'.lastIndexOf('ello', 6)", "1"},
	{"'a-b-c'.split('-', 2)", "[\"a\", \"b-c\"]"},
	{"'abc'.split('')", "[\"a\", \"b\", \"c\"]"},
	{"'aaa'.replace('', '-')", "\"-a-a-a-\""},
	{"strings.quote('a\\n\"\\\\')", "\"\\\"a\\\\n\\\\\\\"\\\\\\\\\\\"\""},
	{"'\xe3\x80\x80 x \xe2\x80\x8b'.trim()", "\"x \xe2\x80\x8b\""},
	{"string(1e6) + ' ' + string(123456.0) + ' ' + string(-0.0) + ' ' + string(1e-7)", "\"1e+06 123456 -0 1e-07\""},
	/* numbers on one line */
	{"dyn(9007199254740993) == 9007199254740992.0", "false"},
	{"18446744073709551615u > dyn(-1)", "true"},
	{"dyn(1) == 1u && dyn(1.0) == 1 && 1 in [dyn(1.0)] && {1: 2}[dyn(1u)] == 2", "true"},
	{"0.0 / 0.0 == 0.0 / 0.0", "false"},
	{"{1: 'a', 1u: 'b'}", "error: the key 1u stands in a map twice"},
	{"{1.5: 1}", "error: unsupported key type: double"},
	{"{true: 1}[true] + {'x': 2}.x", "3"},
	/* logic does without errors, in either order */
	{"1 / 0 == 1 || true", "true"},
	{"true || 1 / 0 == 1", "true"},
	{"1 / 0 == 1 && false", "false"},
	{"1 / 0 == 1 || false", "error: division by zero"},
	{"[1, 0].exists(x, 1 / x == 1)", "true"},
	{"[0, 1].all(x, 1 / x == 2)", "false"},
	{"[0, 1].exists_one(x, 1 / x == 1)", "error: division by zero"},
};
/* clang-format on */

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		const char *got = say(bytes_str(cases[i].text), &b);
		test_case(!strcmp(got, cases[i].result), "%s gives %s", cases[i].text, got);
	}
}

static void repeat(struct buf *b, const char *word, size_t n)
{
	while (n--)
		buf_adds(b, word);
}

/* The answer to before, n times open, middle, n times close. */
static bool says(const char *open, const char *middle, const char *close, size_t n,
                 const char *want)
{
	AUTO_BUF struct buf text, b;
	buf_init(&text, 1 << 20);
	repeat(&text, open, n);
	buf_adds(&text, middle);
	repeat(&text, close, n);
	const char *got = say(buf_bytes(&text), &b);
	if (!strstr(got, want))
		printf("# %s\n", got);
	return strstr(got, want) != NULL;
}

static void test_bounds(void)
{
	AUTO_BUF struct buf text, b, c;
	size_t deep = (size_t)CEL_DEPTH_MAX;
	CHECK(says("(", "1", ")", deep - 1, "1"));
	CHECK(says("(", "1", ")", deep, "nests too deep"));
	CHECK(says("[", "1", "]", deep - 1, "[1]"));
	CHECK(says("[", "1", "]", deep, "nests"));
	CHECK(says("", "1", " + 1", deep - 1, "200"));
	CHECK(says("", "1", " + 1", deep, "nests deeper than 200 levels"));
	CHECK(says("!", "true", "", deep - 1, "false"));
	CHECK(says("!", "true", "", deep, "nests deeper"));
	CHECK(says("", "true", " || true", deep * 10, "true"));
	/* CEL_NODES_MAX: each pair of a list is a node, and the list */
	CHECK(says("", "[1", "", 1, "\"]\" is wanted"));
	buf_init(&text, 1 << 20);
	buf_addc(&text, '[');
	repeat(&text, "1,", (size_t)CEL_NODES_MAX - 1);
	buf_adds(&text, "].size()");
	CHECK(strstr(say(buf_bytes(&text), &b), "at most 20000 parts"));
	buf_reset(&text);
	buf_addc(&text, '[');
	repeat(&text, "1,", (size_t)CEL_NODES_MAX - 2);
	buf_adds(&text, "].size()");
	buf_fini(&b);
	CHECK(!strcmp(say(buf_bytes(&text), &b), "19998"));
	/* CEL_TEXT_MAX */
	buf_reset(&text);
	buf_adds(&text, "1");
	repeat(&text, " ", (size_t)CEL_TEXT_MAX - 1);
	CHECK(!strcmp(say(buf_bytes(&text), &c), "1"));
	buf_addc(&text, ' ');
	buf_fini(&c);
	CHECK(strstr(say(buf_bytes(&text), &c), "at most 65536 are read"));
	buf_fini(&c);
	CHECK(!strcmp("refused: 1:1: the expression is not UTF-8", say(B("'\xff'"), &c)));
}

/* Cost and memory: nothing absorbs them. */
static void test_spending(void)
{
	static const char *const slow[] = {
		"[0,1].all(a, [0,1].all(b, lists.range(1000000).all(c, c >= 0 || 1/0 > 0)))",
		"lists.range(100000).exists(x, lists.range(10000).exists(y, x + y == -1)) || true",
		"true || lists.range(4000).all(x, lists.range(4000).all(y, true)) || false",
		("lists.range(290000).map(x, string(x)).join('')"
	         ".matches('([0-9]*)*([0-9]*)*[0-9]*[0-9]*b') || true"),
	};
	static const char *const large[] = {
		"lists.range(9223372036854775807).size() > 0 || true",
		"['ab', 'cd'].map(x, [x+x,x+x]).map(x, [x+x,x+x]).map(x, [x,x]).size() > 0",
		"lists.range(1000).map(a, lists.range(10000)).size() >= 0 || true",
		"lists.range(20).map(a, 'x').join('').replace('', 'aaaaaaaaaaaaaaaa').replace('', "
		"'aaaaaaaaaaaaaaaa')"
		".replace('', 'aaaaaaaaaaaaaaaa').replace('', "
		"'aaaaaaaaaaaaaaaaaaaaaa').replace('', 'aaaaaaaaaaaaaa').size() > 0 "
		"|| true",
	};
	for (size_t i = 0; i < ARRAY_LEN(slow); i++) {
		AUTO_BUF struct buf b;
		const char *got = say(bytes_str(slow[i]), &b);
		bool is_short = i == 2; /* || does not look further */
		test_case(is_short ? !strcmp(got, "true") : strstr(got, "_MAX") != NULL, "%s: %s",
		          slow[i], got);
	}
	for (size_t i = 0; i < ARRAY_LEN(large); i++) {
		AUTO_BUF struct buf b;
		const char *got = say(bytes_str(large[i]), &b);
		test_case(i == 1 ? !strcmp(got, "true") : strstr(got, "_MAX") != NULL, "%s: %s",
		          large[i], got);
	}
	CHECK(CEL_COST_MAX == 10000000 && CEL_MEMORY_MAX == 16 << 20);
}

/* What an evaluation took is enough for it; a step or a byte less is not, and || absorbs neither.
 */
static void test_exact(void)
{
	struct cel_program *p;
	struct cel_run r;
	struct err e;
	CHECK(cel_compile(&env,
	                  B("false || lists.range(500).map(x, string(x)).join('').size() > 9"), &p,
	                  &e) == 0);
	cel_run_init(&r, &env, NULL);
	CHECK(r.cost_max == (uint64_t)CEL_COST_MAX && r.heap.max == (size_t)CEL_MEMORY_MAX);
	CHECK(cel_evaluate(&r, p).b);
	uint64_t cost = r.cost;
	size_t used = r.heap.used;
	CHECK(cost > 500 && used > 500);
	r.cost_max = cost;
	r.heap.max = used;
	CHECK(cel_evaluate(&r, p).kind == CEL_BOOL);
	r.cost_max = cost - 1;
	struct cel_value v = cel_evaluate(&r, p);
	CHECK(v.kind == CEL_ERROR && bytes_search(v.s, B("CEL_COST_MAX")) > 0);
	r.cost_max = cost;
	r.heap.max = used - 1;
	v = cel_evaluate(&r, p);
	CHECK(v.kind == CEL_ERROR && bytes_search(v.s, B("CEL_MEMORY_MAX")) > 0);
	cel_run_fini(&r);
	cel_program_free(p);
}

/* Values nest as deep as expressions may, not deeper by way of variables. */
static void test_depth_of_values(void)
{
	AUTO_BUF struct buf text, b;
	buf_init(&text, 1 << 20);
	buf_adds(&text, "cel.block([[dyn(1)]");
	for (int i = 0; i < 300; i++)
		buf_addf(&text, ", [dyn(cel.index(%d))]", i);
	buf_adds(&text, "], cel.index(300) == cel.index(299))");
	CHECK(strstr(say(buf_bytes(&text), &b), "lists nest too deep"));
	buf_fini(&b);
	buf_reset(&text);
	buf_adds(&text, "cel.block([[1]");
	for (int i = 0; i < 300; i++)
		buf_addf(&text, ", [cel.index(%d)]", i);
	buf_adds(&text, "], true)");
	CHECK(strstr(say(buf_bytes(&text), &b), "types nest deeper"));
}

int main(void)
{
	test_cases();
	test_bounds();
	test_spending();
	test_exact();
	test_depth_of_values();
	return TEST_END();
}
