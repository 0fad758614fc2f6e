/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version.c - the version orders against rows typed from the manuals, and against the vectors of
 * other projects where ../shared has them.
 */
#include "fmt/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define VECTORS "../shared/data/vectors/"

static int sign(int c) { return (c > 0) - (c < 0); }

/* Expected from deb-version(7), rpm-version(7), apk-package(5). */
static const struct {
	enum version_order order;
	const char *a, *b;
	int want;
} pairs[] = {
	{VERSION_NONE, "a",                       "b",                       -1},
	{VERSION_NONE, "a",                       "a",                       0 },
 /* the ladder of deb-version(7) */
	{VERSION_DPKG, "1~~",                     "1~~a",                    -1},
	{VERSION_DPKG, "1~~a",                    "1~",                      -1},
	{VERSION_DPKG, "1~",                      "1",                       -1},
	{VERSION_DPKG, "1",                       "1a",                      -1},
	{VERSION_DPKG, "1:0",                     "9",                       1 },
	{VERSION_DPKG, "0:1",                     "1",                       0 },
	{VERSION_DPKG, "1.0",                     "1.0-0",                   0 },
	{VERSION_DPKG, "1.0-1",                   "1.0-1+b1",                -1},
	{VERSION_DPKG, "1.010",                   "1.10",                    0 },
	{VERSION_DPKG, "1.9",                     "1.10",                    -1},
	{VERSION_DPKG, "1a",                      "1+",                      -1},
	{VERSION_DPKG, "1-1-2",                   "1-1",                     1 },
	{VERSION_DPKG, "18446744073709551616",    "18446744073709551617",    -1},
	{VERSION_DPKG, "4294967296:1",            "1:9",                     1 },
	{VERSION_DPKG, "",                        "",                        0 },
	{VERSION_DPKG, "",                        "~",                       1 },
	{VERSION_DPKG, ":1",                      "1",                       1 },
 /* rpm-version(7) */
	{VERSION_RPM,  "1.0~rc1",                 "1.0",                     -1},
	{VERSION_RPM,  "1.0",                     "1.0^git1",                -1},
	{VERSION_RPM,  "1.0^git1",                "1.0.1",                   -1},
	{VERSION_RPM,  "1.0.a",                   "1.0.1",                   -1},
	{VERSION_RPM,  "1.0010",                  "1.9",                     1 },
	{VERSION_RPM,  "1.0_1",                   "1.0.1",                   0 },
	{VERSION_RPM,  "1:1.0-1",                 "2.0-1",                   1 },
	{VERSION_RPM,  "0:1.0-1",                 "1.0-1",                   0 },
	{VERSION_RPM,  "1.0",                     "1.0-1",                   -1},
	{VERSION_RPM,  "1.0",                     "1.0-",                    -1},
	{VERSION_RPM,  "1.0",                     "1.0-~1",                  -1},
	{VERSION_RPM,  "1.0-1.el8",               "1.0-1.el8_2",             -1},
	{VERSION_RPM,  "99999999999999999999",    "100000000000000000000",   -1},
	{VERSION_RPM,  "",                        "~",                       1 },
	{VERSION_RPM,  "",                        "...",                     0 },
 /* apk-package(5) */
	{VERSION_APK,  "1.2_alpha",               "1.2_beta",                -1},
	{VERSION_APK,  "1.2_beta",                "1.2_pre",                 -1},
	{VERSION_APK,  "1.2_pre",                 "1.2_rc",                  -1},
	{VERSION_APK,  "1.2_rc",                  "1.2",                     -1},
	{VERSION_APK,  "1.2",                     "1.2_cvs",                 -1},
	{VERSION_APK,  "1.2_cvs",                 "1.2_svn",                 -1},
	{VERSION_APK,  "1.2_svn",                 "1.2_git",                 -1},
	{VERSION_APK,  "1.2_git",                 "1.2_hg",                  -1},
	{VERSION_APK,  "1.2_hg",                  "1.2_p",                   -1},
	{VERSION_APK,  "1.2_p",                   "1.2a",                    -1},
	{VERSION_APK,  "1.2a",                    "1.2.0",                   -1},
	{VERSION_APK,  "1.2-r9",                  "1.2-r10",                 -1},
	{VERSION_APK,  "1.2-r1",                  "1.2-r01",                 0 },
	{VERSION_APK,  "1.2~ab",                  "1.2-r1",                  1 },
	{VERSION_APK,  "010",                     "9",                       1 },
	{VERSION_APK,  "1.010",                   "1.9",                     -1},
	{VERSION_APK,  "1.010",                   "1.01",                    1 },
	{VERSION_APK,  "20240101000000000000001", "20240101000000000000002", -1},
	{VERSION_APK,  "0",                       "1.2-r0",                  -1},
	{VERSION_APK,  "1.2!a",                   "1.2!b",                   -1},
	{VERSION_APK,  "1.2!",                    "1.2",                     -1},
	{VERSION_APK,  "",                        "0",                       -1},
	{VERSION_APK,  "",                        "",                        0 },
};

static void test_pairs(void)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct bytes a = bytes_str(pairs[i].a), b = bytes_str(pairs[i].b);
		enum version_order o = pairs[i].order;
		int c = version_cmp(o, a, b), back = version_cmp(o, b, a);
		test_case(c == pairs[i].want && back == -c, "%s: '%s' against '%s' is %d",
		          version_order_name(o), pairs[i].a, pairs[i].b, pairs[i].want);
	}
}

static const struct {
	enum version_order order;
	const char *v;
	bool want;
} validity[] = {
	{VERSION_NONE, "x",                       true },
	{VERSION_NONE, "",                        false},
	{VERSION_DPKG, "1:2.3-4+deb12u1",         true },
	{VERSION_DPKG, "2.3~rc1",                 true },
	{VERSION_DPKG, "1:2:3-4",                 true },
	{VERSION_DPKG, "2147483647:1",            true },
	{VERSION_DPKG, "2147483648:1",            false},
	{VERSION_DPKG, "a1",                      false},
	{VERSION_DPKG, "",                        false},
	{VERSION_DPKG, "1:",                      false},
	{VERSION_DPKG, "1-",                      false},
	{VERSION_DPKG, ":1",                      false},
	{VERSION_DPKG, "a:1",                     false},
	{VERSION_DPKG, "1_2",                     false},
	{VERSION_DPKG, "1 2",                     false},
	{VERSION_RPM,  "1:2.3-4.el9",             true },
	{VERSION_RPM,  "2.3~rc1^git",             true },
	{VERSION_RPM,  "4294967295:1",            true },
	{VERSION_RPM,  "4294967296:1",            false},
	{VERSION_RPM,  "",                        false},
	{VERSION_RPM,  "1-",                      false},
	{VERSION_RPM,  "-1",                      false},
	{VERSION_RPM,  ":1",                      false},
	{VERSION_RPM,  "1..2",                    false},
	{VERSION_RPM,  "1 2",                     false},
	{VERSION_APK,  "1.2.3a_alpha1_p2~0af-r4", true },
	{VERSION_APK,  "1",                       true },
	{VERSION_APK,  "",                        false},
	{VERSION_APK,  "1.",                      false},
	{VERSION_APK,  "1.2ab",                   false},
	{VERSION_APK,  "1_",                      false},
	{VERSION_APK,  "1_foo",                   false},
	{VERSION_APK,  "1-r",                     false},
	{VERSION_APK,  "1-r1-r2",                 false},
	{VERSION_APK,  "1~xyz",                   false},
	{VERSION_APK,  "a",                       false},
};

static void test_validity(void)
{
	for (size_t i = 0; i < ARRAY_LEN(validity); i++)
		test_case(version_valid(validity[i].order, bytes_str(validity[i].v)) ==
		                  validity[i].want,
		          "%s: '%s' is %s", version_order_name(validity[i].order), validity[i].v,
		          validity[i].want ? "valid" : "refused");
}

/* How a long version begins where digits alone would be refused. */
static const char *const begins[VERSION__MAX] = {
	[VERSION_SEMVER] = "1.0.0-",        [VERSION_NUGET] = "1.0.0-", [VERSION_PUB] = "1.0.0-",
	[VERSION_PACKAGIST] = "1.0.0-beta", [VERSION_CRAN] = "1.",
};

static void test_length(void)
{
	AUTO_FREE uint8_t *text = mem_alloc((size_t)VERSION_LEN_MAX + 1);
	for (enum version_order o = VERSION_NONE; o < VERSION__MAX; o++) {
		memset(text, '7', (size_t)VERSION_LEN_MAX + 1);
		if (begins[o])
			memcpy(text, begins[o], strlen(begins[o]));
		struct bytes at = {text, (size_t)VERSION_LEN_MAX};
		struct bytes past = {text, (size_t)VERSION_LEN_MAX + 1};
		for (size_t i = 1; o == VERSION_HACKAGE && i < (size_t)VERSION_LEN_MAX; i += 2)
			text[i] = '.'; /* its numbers have a limit of their own */
		text[VERSION_LEN_MAX - 1] = '7';
		if (o == VERSION_SEMVER) /* npm has a lower limit */
			at.n = 256;
		test_case(version_valid(o, at), "%s: %zu bytes are valid", version_order_name(o),
		          at.n);
		test_case(!version_valid(o, past), "%s: one byte more is refused",
		          version_order_name(o));
		test_case(version_cmp(o, at, past) < 0, "%s: and still sorts",
		          version_order_name(o));
	}
}

static void test_names(void)
{
	for (enum version_order o = VERSION_NONE, back; o < VERSION__MAX; o++) {
		back = VERSION__MAX;
		test_case(version_order_by_name(bytes_str(version_order_name(o)), &back) &&
		                  back == o,
		          "the name %s leads back to its order", version_order_name(o));
	}
	enum version_order untouched = VERSION_RPM;
	CHECK(!version_order_by_name(B("debian"), &untouched) && untouched == VERSION_RPM);
	CHECK(!version_order_by_name(B(""), &untouched));
	CHECK(version_cmp(VERSION__MAX, B("a"), B("b")) == -1);
}

/* What Red Hat's advisories fix, and CentOS built of it. */
static void test_rebuilt(void)
{
	static const struct {
		const char *a, *b;
		int want;
	} rows[] = {
		{"3:10.3.28-1.module_el8.3.0+757+d382997d",
	         "3:10.3.28-1.module+el8.3.0+10472+7adc332a",                                           0 },
		{"2.4.37-47.module_el8.6.0+1111+ce6f4ceb.1",
	         "2.4.37-47.module+el8.6.0+15654+427eba2e.2",                                           -1},
		{"2.4.37-47.module_el8.6.0+1111+ce6f4ceb.2",
	         "2.4.37-47.module+el8.6.0+15654+427eba2e.1",                                           1 },
		{"2.4.37-47.module_el8.7.0+1+a",             "2.4.37-47.module+el8.6.0+15654+427eba2e", 1 },
		{"2.4.37-46.module_el8.6.0+99999+a",         "2.4.37-47.module+el8.6.0+1+a",            -1},
		{"1:14.0-1.module_el8+1+a",                  "0:15.0-1.module+el8+2+b",                 1 },
 /* within one distribution they are numbers */
		{"1.0-1.module_el8.6.0+1111+ce6f4ceb",       "1.0-1.module_el8.6.0+2872+fe0ff7aa",      -1},
		{"1.0-1.module+el8.6.0+2+a",                 "1.0-1.module+el8.6.0+10+a",               -1},
 /* what is no build of a module is compared as it is */
		{"1.0-1.module_el8",                         "1.0-1.module+el8.6.0+10+a",               -1},
		{"1.0-1.module_",                            "1.0-1.module+",                           0 },
		{"1.0-1.module",                             "1.0-1.module_el8+1+",                     -1},
		{"1.0-1.el8",				"1.0-2.el8",                               -1},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes a = bytes_str(rows[i].a), b = bytes_str(rows[i].b);
		test_case(sign(version_rpm_cmp_rebuilt(a, b)) == rows[i].want &&
		                  sign(version_rpm_cmp_rebuilt(b, a)) == -rows[i].want,
		          "rebuilt: %s and %s: %d", rows[i].a, rows[i].b, rows[i].want);
	}
}

static void test_binnmu(void)
{
	static const struct {
		const char *v, *want;
	} cases[] = {
		{"1.2-3+b1",  "1.2-3"   },
                {"1.2-3+b12", "1.2-3"   },
		{"1:1.2+b1",  "1:1.2"   },
                {"1.2-3",     "1.2-3"   },
		{"1.2-3+b",   "1.2-3+b" },
                {"1.2-3b1",   "1.2-3b1" },
		{"+b1",       "+b1"     },
                {"",          ""        },
		{"1.2+b1~x",  "1.2+b1~x"},
                {"7",         "7"       },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		test_case(bytes_eq(version_dpkg_strip_binnmu(bytes_str(cases[i].v)),
		                   bytes_str(cases[i].want)),
		          "source version of '%s' is '%s'", cases[i].v, cases[i].want);
}

static void test_rpm_evr(void)
{
	static const struct {
		const char *a, *b;
		int want;
	} cases[] = {
		{"1.0-5",     "1.0",   0 },
                {"1.0",       "1.0-5", 0 },
                {"1.0-5",     "1.0-6", -1},
		{"1:1.0-5",   "1.0",   1 },
                {"0:1.0-5",   "1.0-5", 0 },
                {"1.1-1",     "1.0",   1 },
		{"1.0-5.el8", "1.0-5", 1 },
                {"1.0-",      "1.0-3", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		test_case(sign(version_rpm_cmp_evr(version_rpm_parse(bytes_str(cases[i].a)),
		                                   version_rpm_parse(bytes_str(cases[i].b)))) ==
		                  cases[i].want,
		          "rpm dependency: '%s' against '%s' is %d", cases[i].a, cases[i].b,
		          cases[i].want);
	struct rpm_evr r = version_rpm_parse(B("3:1.2-3-4.el9"));
	CHECK(r.epoch == 3 && bytes_eq(r.version, B("1.2-3")) && bytes_eq(r.release, B("4.el9")));
	r = version_rpm_parse(B("1.2"));
	CHECK(r.epoch == 0 && bytes_eq(r.version, B("1.2")) && !r.release.p);
	r = version_rpm_parse(B("99999999999999999999:1"));
	CHECK(r.epoch == UINT64_MAX);
	r = version_rpm_parse(B("x:1"));
	CHECK(r.epoch == 0 && bytes_eq(r.version, B("x:1")));
	r = version_rpm_parse(B(":1"));
	CHECK(r.epoch == 0 && bytes_eq(r.version, B("1")));
}

/* Pairs of the vectors with a version that apk-tools 3 calls invalid, and that differ from our
 * order of such: the nonsense after "-r" is compared by bytes here, and is below a revision. */
static const char *const apk_known_wrong[] = {
	"1-r = 1-r0",
	"1-ruff2 = 1-ruff1",
	"1-r0-ruff2 = 1-r0-ruff1",
	NULL,
};

static bool is_known_wrong(struct bytes line)
{
	for (size_t i = 0; apk_known_wrong[i]; i++) {
		if (bytes_eq(line, bytes_str(apk_known_wrong[i])))
			return true;
	}
	return false;
}

struct tally {
	enum version_order order;
	size_t pairs, right, invalid, known;
};

static bool answers(int c, struct bytes op)
{
	if (bytes_eq(op, B("<")))
		return c < 0;
	return bytes_eq(op, B(">")) ? c > 0 : c == 0;
}

static void pair_line(struct tally *t, struct bytes line)
{
	struct bytes rest = line, a, op, b;
	if (line.n == 0 || line.p[0] == '#' || !bytes_word(&rest, &a) || !bytes_word(&rest, &op) ||
	    !bytes_word(&rest, &b))
		return;
	struct bytes pair = {a.p, (size_t)(b.p + b.n - a.p)};
	t->pairs++;
	bool is_valid = version_valid(t->order, a) && version_valid(t->order, b);
	t->invalid += !is_valid;
	if (answers(version_cmp(t->order, a, b), op) &&
	    version_cmp(t->order, a, b) == -version_cmp(t->order, b, a))
		t->right++;
	else if (!is_valid && is_known_wrong(pair))
		t->known++;
	else
		printf("# %s: %.*s%s\n", version_order_name(t->order), BYTES_FMT(pair),
		       is_valid ? "" : " (invalid)");
}

static void test_osv(enum version_order o, const char *name)
{
	static const char *const tails[] = {"-versions.txt", "-versions-generated.txt"};
	struct tally t = {.order = o};
	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		char path[256];
		snprintf(path, sizeof path, VECTORS "version/osv/%s%s", name, tails[i]);
		FILE *f = fopen(path, "re");
		if (!f)
			continue;
		char *line = NULL;
		size_t cap = 0;
		for (ssize_t n; (n = getline(&line, &cap, f)) >= 0;)
			pair_line(&t, bytes_trim(bytes_of(line, (size_t)n)));
		free(line);
		fclose(f);
	}
	if (!t.pairs) {
		test_skip(name, "no vectors in " VECTORS "version/osv");
		return;
	}
	test_case(
		t.right + t.known == t.pairs,
		"%s vectors: %zu of %zu pairs (%zu of versions that are invalid, %zu known wrong)",
		name, t.right, t.pairs, t.invalid, t.known);
}

/* One line of apk-tools' own table: true when we answer it as apk does. */
static bool apk_line(struct bytes line)
{
	struct bytes rest = line, a, op, b;
	bytes_word(&rest, &a);
	if (!bytes_word(&rest, &op))
		return a.n && a.p[0] == '!' ? !version_valid(VERSION_APK, bytes_skip(a, 1))
		                            : version_valid(VERSION_APK, a);
	bytes_word(&rest, &b);
	bool want = op.p[0] != '!', got = false;
	int c = version_cmp(VERSION_APK, a, b);
	for (op = bytes_skip(op, !want); op.n; op = bytes_skip(op, 1)) {
		if (op.p[0] == '~')
			got |= version_apk_matches(a, b);
		else
			got |= answers(c, bytes_slice(op, 0, 1));
	}
	return got == want;
}

static void test_apk_data(void)
{
	FILE *f = fopen(VECTORS "version/apk/version.data", "re");
	if (!f) {
		test_skip("apk-tools' table", "no " VECTORS "version/apk/version.data");
		return;
	}
	size_t lines = 0, right = 0, known = 0;
	char *line = NULL;
	size_t cap = 0;
	for (ssize_t n; (n = getline(&line, &cap, f)) >= 0;) {
		struct bytes text = bytes_of(line, (size_t)n);
		ssize_t hash = bytes_find(text, '#');
		text = bytes_trim(hash < 0 ? text : bytes_slice(text, 0, (size_t)hash));
		if (!text.n)
			continue;
		lines++;
		if (apk_line(text))
			right++;
		else if (is_known_wrong(text))
			known++;
		else
			printf("# apk: %.*s\n", BYTES_FMT(text));
	}
	free(line);
	fclose(f);
	test_case(right + known == lines, "apk-tools' table: %zu of %zu lines (%zu known wrong)",
	          right, lines, known);
}

/* Calls row() with each JSON document of a file of one document a line. */
static void each_jsonl(const char *path, const char *what, bool (*row)(const json_t *j))
{
	FILE *f = fopen(path, "re");
	if (!f) {
		test_skip(what, "no vectors");
		return;
	}
	size_t rows = 0, right = 0;
	char *line = NULL;
	size_t cap = 0;
	for (ssize_t n; (n = getline(&line, &cap, f)) >= 0;) {
		json_t *j = json_loadb(line, (size_t)n, 0, NULL);
		rows++;
		if (j && row(j))
			right++;
		else
			printf("# %s: %s", what, line);
		json_decref(j);
	}
	free(line);
	fclose(f);
	test_case(rows && right == rows, "%s: %zu of %zu rows", what, right, rows);
}

static struct bytes text_of(const json_t *j)
{
	return json_is_string(j) ? bytes_of(json_string_value(j), json_string_length(j))
	                         : (struct bytes){NULL, 0};
}

static bool rpm_row(const json_t *j)
{
	struct bytes a = text_of(json_object_get(j, "a")), b = text_of(json_object_get(j, "b"));
	return sign(version_rpm_cmp_part(a, b)) == json_integer_value(json_object_get(j, "cmp"));
}

static void join_version(const json_t *parts, struct buf *ret)
{
	static const char *const before[] = {"", ":", "-"};
	for (size_t i = 0; i < ARRAY_LEN(before); i++) {
		struct bytes part = text_of(json_array_get(parts, i));
		if (i < 2 || part.n) {
			buf_adds(ret, before[i]);
			buf_add(ret, part);
		}
	}
}

/* Rows whose left side is 0:2-1 are leftovers of a variable that the original test parses anew
 * before each comparison; what can be checked of them is that the right side is a version. */
static bool dpkg_row(const json_t *j)
{
	AUTO_BUF struct buf a = {.max = 256}, b = {.max = 256};
	join_version(json_object_get(j, "a"), &a);
	join_version(json_object_get(j, "b"), &b);
	struct bytes rel = text_of(json_object_get(j, "rel"));
	if (bytes_eq(buf_bytes(&a), B("0:2-1")))
		return version_valid(VERSION_DPKG, buf_bytes(&b));
	return answers(version_cmp(VERSION_DPKG, buf_bytes(&a), buf_bytes(&b)), rel);
}

static bool dpkg_parse_row(const json_t *j)
{
	return version_valid(VERSION_DPKG, text_of(json_object_get(j, "input"))) ==
	       json_is_true(json_object_get(j, "parses"));
}

static bool vers_row(const json_t *t)
{
	const json_t *v = json_object_get(json_object_get(t, "input"), "versions");
	const json_t *want = json_object_get(t, "expected_output");
	struct bytes a = text_of(json_array_get(v, 0)), b = text_of(json_array_get(v, 1));
	int c = version_cmp(VERSION_APK, a, b);
	if (json_is_boolean(want))
		return (c == 0) == json_is_true(want);
	bool is_kept = bytes_eq(text_of(json_array_get(want, 0)), a);
	return is_kept ? c <= 0 : c >= 0;
}

static void test_vers(void)
{
	json_t *doc = json_load_file(VECTORS "vers/alpine_version_cmp_test.json", 0, NULL);
	if (!doc) {
		test_skip("vers: apk", "no vectors in " VECTORS "vers");
		return;
	}
	size_t i, rows = 0, right = 0;
	json_t *t;
	json_array_foreach(json_object_get(doc, "tests"), i, t)
	{
		rows++;
		right += vers_row(t);
		if (!vers_row(t))
			printf("# vers: %zu\n", i);
	}
	json_decref(doc);
	test_case(rows && right == rows, "vers: apk: %zu of %zu rows", right, rows);
}

int main(void)
{
	test_pairs();
	test_validity();
	test_length();
	test_names();
	test_binnmu();
	test_rebuilt();
	test_rpm_evr();
	test_osv(VERSION_DPKG, "debian");
	test_osv(VERSION_RPM, "redhat");
	test_osv(VERSION_APK, "alpine");
	test_apk_data();
	each_jsonl(VECTORS "version/rpm/rpmvercmp.jsonl", "rpm's own table", rpm_row);
	each_jsonl(VECTORS "version/dpkg/t-version.jsonl", "dpkg's own table", dpkg_row);
	each_jsonl(VECTORS "version/dpkg/parse.jsonl", "dpkg's own parse table", dpkg_parse_row);
	test_vers();
	return TEST_END();
}
