/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - order, fingerprints and coverage of a report. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static const struct {
	const char *name;
	enum check check;
	const char *id, *purl, *path, *want;
} prints[] = {
  /* printf 'vulnerability\0CVE-1\0pkg:deb/debian/zlib1g\0var/lib/dpkg/status' | sha256sum */
	{"plain",		       CHECK_VULNERABILITY, "CVE-1", "pkg:deb/debian/zlib1g@1.2?arch=amd64",
         "var/lib/dpkg/status",												      "3014cd6f8e4760fb5dc426881a62c4f9"},
	{"another version and release", CHECK_VULNERABILITY, "CVE-1",
         "pkg:deb/debian/zlib1g@2?arch=arm64&distro=debian-13",                                               "var/lib/dpkg/status",
         "3014cd6f8e4760fb5dc426881a62c4f9"															    },
 /* printf 'secret\0aws\0\0a' | sha256sum */
	{"without a package",           CHECK_SECRET,        "aws",   NULL,                                   "a",                   "ea4e0e26d986f13541a6eefee5ed0729"},
};

static void test_fingerprints(void)
{
	for (size_t i = 0; i < ARRAY_LEN(prints); i++) {
		struct report *r = report_new();
		struct finding *f = report_finding(r);
		CHECK(f->location.layer == -1 && f->epss < 0 && f->cvss_score < 0);
		f->check = prints[i].check;
		f->id = bytes_str(prints[i].id);
		f->package = bytes_str(prints[i].purl);
		f->location.path = bytes_str(prints[i].path);
		f->location.layer = (int32_t)i;
		f->location.line = 7;
		report_sort(r);
		test_case(strcmp(r->findings[0].fingerprint, prints[i].want) == 0,
		          "fingerprint %s: %s", prints[i].name, r->findings[0].fingerprint);
		report_free(r);
	}
}

static void add(struct report *r, enum severity s, const char *id)
{
	struct finding *f = report_finding(r);
	f->check = CHECK_VULNERABILITY;
	f->severity = s;
	f->id = bytes_str(id);
}

static void test_order(void)
{
	static const char *const want[] = {"B", "C", "A", "Z"};
	struct report *r = report_new();
	add(r, SEV_LOW, "A");
	add(r, SEV_UNKNOWN, "Z");
	add(r, SEV_CRITICAL, "C");
	add(r, SEV_CRITICAL, "B");
	struct finding copy = r->findings[0];
	report_suppress(r, &copy);
	for (int i = 0; i < 1000; i++)
		report_package(r)->purl = i % 2 ? B("pkg:b") : B("pkg:a");
	report_sort(r);
	int good = r->n_findings == 4 && r->n_suppressed == 1 && r->n_packages == 1000;
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		good &= bytes_eq(r->findings[i].id, bytes_str(want[i]));
	good &= bytes_eq(r->packages[499].purl, B("pkg:a"));
	test_case(good, "the worst first, then by id");
	report_free(r);
}

static void cover(struct report *r, enum check c, enum coverage_status s, int n)
{
	struct coverage row = {.check = c, .status = s, .code = "x", .layer = -1, .path = B("p")};
	report_cover(r, row, "%s %d", "row", n);
}

static void test_coverage(void)
{
	struct report *r = report_new();
	CHECK(report_check_status(r, CHECK_USER) == COVERAGE_SKIPPED);
	cover(r, CHECK_USER, COVERAGE_COMPLETE, 1);
	CHECK(report_check_status(r, CHECK_USER) == COVERAGE_COMPLETE);
	cover(r, CHECK_USER, COVERAGE_SKIPPED, 2);
	CHECK(report_check_status(r, CHECK_USER) == COVERAGE_SKIPPED);
	cover(r, CHECK_USER, COVERAGE_INCOMPLETE, 3);
	cover(r, CHECK_USER, COVERAGE_COMPLETE, 1);
	CHECK(report_check_status(r, CHECK_USER) == COVERAGE_INCOMPLETE);
	CHECK(report_check_status(r, CHECK_FILE) == COVERAGE_SKIPPED);
	report_sort(r);
	CHECK(r->n_coverage == 3);
	CHECK(bytes_eq(r->coverage[0].detail, B("row 1")));
	report_free(r);
	report_free(NULL);
}

static void test_lists(void)
{
	struct report *r = report_new();
	struct bytes_list l = {NULL, 0, 0};
	char text[8] = "a";
	for (int i = 0; i < 100; i++) {
		text[0] = (char)('a' + i % 26);
		list_add(r, &l, bytes_str(text));
	}
	CHECK(l.n == 100 && l.v[0].p[0] == 'a' && l.v[99].p[0] == 'a' + 99 % 26);
	list_add(r, &l, (struct bytes){NULL, 0});
	CHECK(!l.v[100].p);
	CHECK(r->image.user.uid == -1 && r->image.user.gid == -1);
	report_free(r);
}

/* docs/USING.md, "The order of findings" */
static void test_urgency(void)
{
	static const struct {
		const char *id, *vector;
		enum severity severity;
		double epss;
		bool is_kev;
	} rows[] = {
  /* in the order wanted */
		{"exploited, though low",          "CVSS:3.1/AV:L/AC:L", SEV_LOW,      -1,   true },
		{"likely, of an unknown vector",   NULL,                 SEV_HIGH,     0.1,  false},
		{"likely and reachable",           "CVSS:3.1/AV:N/AC:L", SEV_MEDIUM,   0.9,  false},
		{"severe",                         NULL,                 SEV_CRITICAL, -1,   false},
		{"likely, but local; more likely", "CVSS:3.1/AV:L/AC:L", SEV_HIGH,     0.9,  false},
		{"not likely",                     NULL,                 SEV_HIGH,     0.09, false},
		{"a copy that is less likely",     NULL,                 SEV_HIGH,     0.01, false},
	};
	struct report *r = report_new();
	for (size_t i = ARRAY_LEN(rows); i-- > 0;) {
		add(r, rows[i].severity, rows[i].id);
		struct finding *f = &r->findings[r->n_findings - 1];
		f->cvss_vector = bytes_str(rows[i].vector);
		f->epss = rows[i].epss;
		f->is_kev = rows[i].is_kev;
	}
	report_sort(r);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		test_case(bytes_eq(r->findings[i].id, bytes_str(rows[i].id)), "place %zu: %s", i,
		          rows[i].id);
	report_free(r);
}

int main(void)
{
	test_fingerprints();
	test_order();
	test_urgency();
	test_coverage();
	test_lists();
	return TEST_END();
}
