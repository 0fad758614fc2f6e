/* SPDX-License-Identifier: Apache-2.0 */
/* advisory.c - advisories and vulnerabilities travel and arrive; lies are refused. */
#include "model/model.h"

#include <math.h>
#include <string.h>

#include "test.h"

static struct advisory a, got;

static bool same_list(const struct bytes *x, size_t nx, const struct bytes *y, size_t ny)
{
	if (nx != ny)
		return false;
	for (size_t i = 0; i < nx; i++) {
		if (!bytes_eq(x[i], y[i]))
			return false;
	}
	return true;
}

static void fill(void)
{
	a = (struct advisory){
		.id = B("CVE-2023-45853"),
		.ref = B("DSA-1"),
		.by_binary = true,
		.status = STATUS_NOT_AFFECTED,
		.n_ranges = 3,
		.severity = SEV_CRITICAL,
		.cvss = B("CVSS:3.1/AV:N"),
		.arch = B("x86_64"),
		.module = B("nodejs:18"),
		.detail = B("no-dsa"),
		.refs = {B("GHSA-1"), B("x")},
		.n_refs = 2,
		.modified_s = -1,
	};
	a.ranges[0] = (struct advisory_range){.fixed = B("1:1.2-3")};
	a.ranges[1] = (struct advisory_range){B("2"), B("3"), B("4")};
	a.ranges[2] =
		(struct advisory_range){.introduced = B("5"), .limit = B("6"), .is_after = true};
	a.versions = B("\x81\x41x");
	a.imports = B("net/http#Serve");
	a.systems = B("windows");
	a.needs = B("cpe:2.3:a:x:y:*:*:*:*:*:*:*:*\n");
	a.is_malware = a.is_unmatchable = true;
}

static void test_advisory(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 16);
	fill();
	CHECK(advisory_encode(&b, &a) == 0);
	memset(&got, 0xff, sizeof got);
	CHECK(advisory_decode(buf_bytes(&b), &got));
	CHECK(!got.ns.p && !got.package.p);
	CHECK(bytes_eq(got.id, a.id) && bytes_eq(got.ref, a.ref) && got.by_binary);
	CHECK(got.status == a.status && got.severity == a.severity && got.modified_s == -1);
	CHECK(bytes_eq(got.cvss, a.cvss) && bytes_eq(got.arch, a.arch));
	CHECK(bytes_eq(got.module, a.module) && bytes_eq(got.detail, a.detail));
	CHECK(same_list(got.refs, got.n_refs, a.refs, a.n_refs));
	CHECK(got.n_ranges == a.n_ranges);
	for (size_t i = 0; i < a.n_ranges; i++)
		CHECK(same_list(&got.ranges[i].introduced, 4, &a.ranges[i].introduced, 4) &&
		      got.ranges[i].is_after == a.ranges[i].is_after);
	CHECK(bytes_eq(got.versions, a.versions) && bytes_eq(got.imports, a.imports));
	CHECK(bytes_eq(got.needs, a.needs));
	CHECK(bytes_eq(got.systems, a.systems) && got.is_malware && got.is_unmatchable);
	int refused = 1;
	for (size_t n = 0; n < b.n; n++)
		refused &= !advisory_decode(bytes_slice(buf_bytes(&b), 0, n), &got);
	test_case(refused, "an advisory cut anywhere is refused");
	CHECK(advisory_decode(B("\xa1\x01\x41x"), &got)); /* what was there before is gone */
	CHECK(!got.n_ranges && !got.n_refs && !got.by_binary && !got.ref.p && !got.modified_s);
	CHECK(got.status == STATUS_AFFECTED && got.severity == SEV_UNKNOWN && !got.cvss.p);
}

static void test_advisory_limits(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 16);
	fill();
	a.n_ranges = ADVISORY_RANGES_MAX;
	a.n_refs = ADVISORY_REFS_MAX;
	CHECK(advisory_encode(&b, &a) == 0 && advisory_decode(buf_bytes(&b), &got));
	CHECK(got.n_ranges == ADVISORY_RANGES_MAX && got.n_refs == ADVISORY_REFS_MAX);
	buf_reset(&b);
	a.n_refs++;
	CHECK(advisory_encode(&b, &a) == -1);
	a.n_refs = 0;
	a.n_ranges++;
	CHECK(advisory_encode(&b, &a) == -1);
	for (unsigned key = 5; key <= 11; key += 6) { /* one past the maximum, from outside */
		buf_reset(&b);
		struct cbor_map m;
		cbor_open(&m, &b);
		cbor_put_bytes(&m, 1, B("x"));
		cbor_put_key(&m, key);
		int n = (key == 5 ? ADVISORY_RANGES_MAX : ADVISORY_REFS_MAX) + 1;
		cbor_array(&b, (uint64_t)n);
		for (int i = 0; i < n; i++)
			key == 5 ? cbor_map(&b, 0) : cbor_bytes(&b, B(""));
		cbor_close(&m);
		CHECK(!advisory_decode(buf_bytes(&b), &got));
	}
	CHECK(!advisory_decode(B("\xa0"), &got)); /* no id */
	CHECK(advisory_decode(B("\xa2\x01\x41x\x04\x06"), &got));
	CHECK(!advisory_decode(B("\xa2\x01\x41x\x04\x07"), &got)); /* no such status */
	CHECK(advisory_decode(B("\xa2\x01\x41x\x06\x05"), &got));
	CHECK(!advisory_decode(B("\xa2\x01\x41x\x06\x06"), &got));      /* no such severity */
	CHECK(!advisory_decode(B("\xa2\x01\x41x\x05\x81\x41y"), &got)); /* a range that is none */
	CHECK(!advisory_decode((struct bytes){NULL, 0}, &got));
}

static void test_vuln(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 16);
	struct vuln v = {.is_rejected = true,
	                 .severity = SEV_HIGH,
	                 .cvss = B("CVSS"),
	                 .epss = 0.000430001,
	                 .epss_percentile = 0.97421,
	                 .has_epss = true,
	                 .is_kev = true,
	                 .kev_added_s = 1700000000,
	                 .published_s = -7,
	                 .modified_s = 3,
	                 .title = B("t"),
	                 .aliases = {B("GHSA-2")},
	                 .n_aliases = 1};
	struct vuln w;
	CHECK(vuln_encode(&b, &v) == 0 && vuln_decode(buf_bytes(&b), &w));
	CHECK(w.is_rejected && w.severity == SEV_HIGH && bytes_eq(w.cvss, v.cvss));
	CHECK(w.has_epss && w.epss == v.epss && w.epss_percentile == v.epss_percentile);
	CHECK(w.is_kev && w.kev_added_s == v.kev_added_s && w.published_s == -7);
	CHECK(w.modified_s == 3 && bytes_eq(w.title, v.title));
	CHECK(same_list(w.aliases, w.n_aliases, v.aliases, v.n_aliases) && !w.id.p);
	static const double ends[][2] = {
		{0,  0},
                {1,  1},
                {2,  1},
                {-1, 0}
        };
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		buf_reset(&b);
		v.epss = ends[i][0];
		CHECK(vuln_encode(&b, &v) == 0 && vuln_decode(buf_bytes(&b), &w) && w.has_epss &&
		      w.epss == ends[i][1]);
	}
	v.epss = NAN;
	buf_reset(&b);
	CHECK(vuln_encode(&b, &v) == 0 && vuln_decode(buf_bytes(&b), &w) && w.epss == 0);
	CHECK(vuln_decode(B("\xa0"), &w) && !w.has_epss && !w.is_kev);
	CHECK(!vuln_decode(B("\xa1\x04\x1a\x3b\x9a\xca\x01"), &w)); /* over 1 */
	v.n_aliases = ARRAY_LEN(v.aliases) + 1;
	CHECK(vuln_encode(&b, &v) == -1);
}

int main(void)
{
	test_advisory();
	test_advisory_limits();
	test_vuln();
	return TEST_END();
}
