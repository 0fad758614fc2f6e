/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpe.c - CPE names: rows from IR 7695 and 7696, and the vectors of other projects where ../shared
 * has them.
 */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "lib/slurp.h"
#include "test.h"

#define VECTORS "../shared/data/vectors/cpe/"
#define ANY7    ":*:*:*:*:*:*:*"

/* want: the formatted string; NULL: refused */
static const struct {
	const char *in, *want;
} names[] = {
	{"cpe:2.3:a:openssl:openssl:1.1.1k" ANY7,                             "cpe:2.3:a:openssl:openssl:1.1.1k" ANY7      },
	{"cpe:2.3:a:Erlang:erlang\\/otp:26" ANY7,                             "cpe:2.3:a:erlang:erlang\\/otp:26" ANY7      },
	{"cpe:2.3:a:x:y:1\\.0" ANY7,					  "cpe:2.3:a:x:y:1.0" ANY7                     },
	{"cpe:2.3:a:x:y\\:z:1.0" ANY7,					"cpe:2.3:a:x:y\\:z:1.0" ANY7                 },
 /* IR 7695, 6.1.3.3, examples 1, 2, 3, 5; and those of 6.2.3.3 */
	{"cpe:/a:microsoft:internet_explorer:8.0.6001:beta",
         "cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*"                                                 },
	{"cpe:/a:microsoft:internet_explorer:8.%2a:sp%3f",
         "cpe:2.3:a:microsoft:internet_explorer:8.\\*:sp\\?:*:*:*:*:*:*"                                                   },
	{"cpe:/a:microsoft:internet_explorer:8.%02:sp%01",
         "cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*"                                                       },
	{"cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~",
         "cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:*:*:*:online:win2003:x64:*"                                          },
	{"cpe:/a:hp:openview_network_manager:7.51:-:~~~linux~~",
         "cpe:2.3:a:hp:openview_network_manager:7.51:-:*:*:*:linux:*:*"                                                    },
	{"cpe:/a:foo~bar:big%7emoney_2010",                                   "cpe:2.3:a:foo\\~bar:big\\~money_2010:*" ANY7},
	{"cpe:/o:redhat:enterprise_linux:8",                                  "cpe:2.3:o:redhat:enterprise_linux:8" ANY7   },
	{"cpe:/",							     "cpe:2.3:*:*:*:*" ANY7                       },
	{"cpe:2.3:*:*:*:*" ANY7,					      "cpe:2.3:*:*:*:*" ANY7                       },
	{"cpe:/a:foo%5cbar:big%24money_2010%07:::~~special~ipod_touch~80gb~", NULL                                         },
	{"cpe:/a:x:y%2",						      NULL					 },
	{"cpe:/a:x:y%zz",						     NULL					 },
	{"cpe:/a:1:2:3:4:5:6:7",					      NULL					 },
	{"cpe:2.3:x:y:z:1" ANY7,					      NULL					 },
	{"cpe:2.3:a:y:z:1:*:*:*:*:*:*",                                       NULL                                         },
	{"cpe:2.3:a:y:z:1:*" ANY7,					    NULL					 },
	{"cpe:2.3:a:y::1" ANY7,					       NULL					 },
	{"cpe:2.3:a:y z:z:1" ANY7,					    NULL					 },
	{"cpe:2.3:a:y:z\\",						   NULL					 },
 /* the rows of the Python package cpe about wildcards */
	{"cpe:2.3:a:hp:d:*8.*:?es?:*:-:-:x32\\~:*:*",                         "cpe:2.3:a:hp:d:*8.*:?es?:*:-:-:x32\\~:*:*"  },
	{"cpe:2.3:a:???hp**:d:8" ANY7,					NULL                                         },
	{"cpe:2.3:a:hp:d_?d:8" ANY7,					  NULL					 },
	{"cpe:2.3:h:?*nvidia:*:*" ANY7,                                       NULL                                         },
	{"baduri",							    NULL					 },
	{"",								  NULL					 },
};

static void read_names(void)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf b;
		struct cpe c;
		struct err e;
		buf_init(&b, KIB(8));
		bool is_read = cpe_parse(bytes_str(names[i].in), a, &c, &e) == 0;
		if (is_read)
			cpe_build(&c, &b);
		test_case(is_read == (names[i].want != NULL) &&
		                  (!is_read || !strcmp(buf_cstr(&b), names[i].want)),
		          "reads \"%s\": %s", names[i].in, is_read ? buf_cstr(&b) : e.msg);
	}
}

static void bounds(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	struct cpe c;
	struct err e;
	buf_init(&b, KIB(8));
	buf_adds(&b, "cpe:/a:v:");
	while (b.n < (size_t)CPE_LEN_MAX)
		buf_addc(&b, 'x');
	CHECK(cpe_parse(buf_bytes(&b), a, &c, &e) == 0);
	buf_addc(&b, 'x');
	CHECK(cpe_parse(buf_bytes(&b), a, &c, &e) < 0 && e.kind == ERR_LIMIT);
}

/* IR 7696, tables 6-2 and 6-4; the other rows are of the Python package cpe (_compare,
 * _compare_strings). */
static const struct {
	const char *source, *target;
	enum cpe_relation want;
} pairs[] = {
	{"*",      "*",        CPE_EQUAL    },
	{"*",      "-",        CPE_SUPERSET },
	{"*",      "x",        CPE_SUPERSET },
	{"*",      "x*",       CPE_UNDEFINED},
	{"-",      "*",        CPE_SUBSET   },
	{"-",      "-",        CPE_EQUAL    },
	{"-",      "x",        CPE_DISJOINT },
	{"-",      "x*",       CPE_UNDEFINED},
	{"x",      "x",        CPE_EQUAL    },
	{"x",      "y",        CPE_DISJOINT },
	{"x",      "x*",       CPE_UNDEFINED},
	{"x",      "-",        CPE_DISJOINT },
	{"x",      "*",        CPE_SUBSET   },
	{"x*",     "xy",       CPE_SUPERSET },
	{"x*",     "y",        CPE_DISJOINT },
	{"x*",     "*",        CPE_SUBSET   },
	{"x*",     "-",        CPE_DISJOINT },
	{"x*",     "y*",       CPE_UNDEFINED},
	{"9.*",    "9.3.2",    CPE_SUPERSET },
	{"mac*",   "not",      CPE_DISJOINT },
	{"mac*",   "mac",      CPE_SUPERSET },
	{"1.0.?",  "1.0.12",   CPE_DISJOINT },
	{"1.0.1",  "1.0.12",   CPE_DISJOINT },
	{"1.0.?",  "1.0.1",    CPE_SUPERSET },
	{"1.0??",  "1.0\\:",   CPE_SUPERSET },
	{"1.0?",   "1.0\\:x",  CPE_DISJOINT },
	{"*.0",    "1.0",      CPE_SUPERSET },
	{"*0*",    "a\\:0\\;", CPE_SUPERSET },
	{"?0",     "a\\:0",    CPE_DISJOINT },
	{"boo\\?", "boo\\?",   CPE_EQUAL    },
};

static void relations(void)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		test_case(cpe_relate(bytes_str(pairs[i].source), bytes_str(pairs[i].target)) ==
		                  pairs[i].want,
		          "%s to %s", pairs[i].source, pairs[i].target);
}

static void takes_in(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct cpe all, one;
	CHECK(!cpe_parse(B("cpe:2.3:a:bea:weblogic:8.*:*:*:*:*:*:*:*"), a, &all, NULL));
	CHECK(!cpe_parse(B("cpe:2.3:a:bea:weblogic:8.1:*:*:*:*:*:*:*"), a, &one, NULL));
	CHECK(cpe_takes_in(&all, &one) && !cpe_takes_in(&one, &all));
	CHECK(!cpe_parse(B("cpe:2.3:a:erlang:erlang\\/otp:8.1:*:*:*:*:*:*:*"), a, &one, NULL));
	CHECK(bytes_eq(cpe_product(&one, a), B("erlang:erlang\\/otp")));
	CHECK(bytes_eq(cpe_plain(one.attr[CPE_PRODUCT], a), B("erlang/otp")));
}

static void vectors(const char *path, bool is_valid)
{
	struct bytes text = slurp(path), rest = text;
	size_t n = 0, right = 0;
	if (!text.p) {
		test_skip(path, "not here");
		return;
	}
	for (struct bytes line; bytes_line(&rest, &line);) {
		AUTO_ARENA struct arena *a = arena_new();
		struct cpe c;
		if (!line.n)
			continue;
		bool is_right = (cpe_parse(line, a, &c, NULL) == 0) == is_valid;
		n++;
		right += is_right;
		if (!is_right)
			printf("# %.*s\n", BYTES_FMT(line));
	}
	test_case(n && n == right, "%s: %zu of %zu", path, right, n);
	free((void *)(uintptr_t)text.p);
}

static struct bytes member(struct bytes line, const char *name)
{
	struct bytes head,
		tail = bytes_skip(line, (size_t)bytes_search(line, bytes_str(name)) + strlen(name));
	bytes_cut(tail, '"', &head, &tail);
	return head;
}

static void nvdtools(void)
{
	static const char *const words[] = {"Disjoint", "Equal", "Subset", "Superset", "Undefined"};
	struct bytes text = slurp(VECTORS "nvdtools-string-match.jsonl"), rest = text;
	if (!text.p) {
		test_skip("nvdtools", "not here");
		return;
	}
	for (struct bytes line; bytes_line(&rest, &line);) {
		struct bytes s = member(line, "\"source\": \""), t = member(line, "\"target\": \"");
		struct bytes want = member(line, "\"relation\": \"");
		AUTO_ARENA struct arena *a = arena_new();
		/* JSON's own backslashes */
		if (bytes_search(s, B("\\\\")) >= 0)
			s = cpe_plain(s, a), t = cpe_plain(t, a);
		/* it takes "?" for exactly one character; IR 7696, 5.3: "0 or 1 character" */
		if (bytes_eq(s, B("fo??")) && bytes_eq(t, B("foo")))
			want = B("Superset");
		test_case(bytes_eq(want, bytes_str(words[cpe_relate(s, t)])),
		          "nvdtools: %.*s to %.*s is %.*s", BYTES_FMT(s), BYTES_FMT(t),
		          BYTES_FMT(want));
	}
	free((void *)(uintptr_t)text.p);
}

/* The Python package's own tests: a name in quotes is read, unless the answer is an exception. */
static void pythons_names(void)
{
	struct bytes text = slurp(VECTORS "nilp0inter/testfile_cpe2_3_fs.txt"), rest = text, line;
	struct bytes name = {NULL, 0}, tail;
	size_t n = 0, right = 0;
	if (!text.p) {
		test_skip("names of the Python package", "not here");
		return;
	}
	while (bytes_line(&rest, &line)) {
		AUTO_ARENA struct arena *a = arena_new();
		struct cpe c;
		ssize_t at = bytes_search(line, B("'cpe:2.3:"));
		if (at < 0)
			at = bytes_search(line, B("'baduri'"));
		if (at >= 0)
			bytes_cut(bytes_skip(line, (size_t)at + 1), '\'', &name, &tail);
		if (bytes_search(line, B("CPE2_3_FS(")) < 0 || !name.n)
			continue;
		bool is_valid = !bytes_starts(rest, B("Traceback"));
		n++;
		if ((cpe_parse(name, a, &c, NULL) == 0) == is_valid)
			right++;
		else
			printf("# %.*s\n", BYTES_FMT(name));
		name.n = 0;
	}
	free((void *)(uintptr_t)text.p);
	test_case(n > 15 && right == n, "names of the Python package: %zu of %zu", right, n);
}

/* A value of a well-formed name in quotes as a formatted string has it. */
static struct bytes as_formatted(struct bytes v, struct arena *a)
{
	uint8_t *to = arena_alloc(a, v.n + 1);
	size_t n = 0;
	if (bytes_eq(v, B("ANY")) || bytes_eq(v, B("NA")))
		return bytes_eq(v, B("NA")) ? B("-") : B("*");
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] != '\\' || i + 1 == v.n || v.p[i + 1] != '.')
			to[n++] = to_lower(v.p[i]);
	}
	return (struct bytes){to, n};
}

static void pythons_relations(void)
{
	static const char *const words[] = {"DISJOINT", "EQUAL", "SUBSET", "SUPERSET", "UNDEFINED"};
	struct bytes text = slurp(VECTORS "nilp0inter/testfile_cpeset2_3.txt"), rest = text, line;
	size_t n = 0, right = 0;
	while (text.p && bytes_line(&rest, &line)) {
		AUTO_ARENA struct arena *a = arena_new();
		ssize_t at = bytes_search(line, B("_compare(\""));
		ssize_t value = bytes_search(line, B("LOGICAL_VALUE_"));
		struct bytes s, t, tail;
		if (at < 0 || value < 0)
			continue;
		bytes_cut(bytes_skip(line, (size_t)at + 10), '"', &s, &tail);
		bytes_cut(bytes_skip(tail, 3), '"', &t, &tail);
		enum cpe_relation got = cpe_relate(as_formatted(s, a), as_formatted(t, a));
		n++;
		if (bytes_eq(bytes_skip(line, (size_t)value + 14), bytes_str(words[got])))
			right++;
		else
			printf("# %.*s\n", BYTES_FMT(line));
	}
	if (!text.p)
		test_skip("relations of the Python package", "not here");
	else
		test_case(n == 7 && right == n, "relations of the Python package: %zu of %zu",
		          right, n);
	free((void *)(uintptr_t)text.p);
}

int main(void)
{
	read_names();
	bounds();
	relations();
	takes_in();
	vectors(VECTORS "csaf/valid/cpe.txt", true);
	vectors(VECTORS "csaf/invalid/cpe.txt", false);
	nvdtools();
	pythons_names();
	pythons_relations();
	return TEST_END();
}
