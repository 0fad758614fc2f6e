/* SPDX-License-Identifier: Apache-2.0 */
/* Whose severity a vulnerability has where the user names publishers; expected by the rule of
 * Trivy's option of the same name: the first that is named and has a word. */

#include "advise/advise.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NVD_VECTOR "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

static void put(struct index_build *b, const char *feed, const char *namespaces,
                const struct advisory *a)
{
	struct err e;
	struct index_feed f = {
		.name = bytes_str(feed), .data_s = 1, .namespaces = bytes_str(namespaces)};
	if (!index_build_select(b, f.name) && index_build_feed(b, &f, &e) < 0)
		abort();
	struct advisory full = *a;
	full.n_ranges = 1;
	full.ranges[0] = (struct advisory_range){.fixed = B("9")};
	if (index_build_advisory(b, &full, &e) < 0)
		abort();
}

#define PUT(feed, spaces, ...) put(b, feed, spaces, &(const struct advisory){__VA_ARGS__})

static struct index *make_index(const char *dir)
{
	struct err e;
	struct index_build *b;
	struct index *ix;
	if (index_build_begin(dir, &b, &e) < 0)
		abort();
	PUT("osv-npm", "npm", .ns = B("npm"), .package = B("left"), .id = B("CVE-1"),
	    .ref = B("GHSA-1"), .severity = SEV_MEDIUM);
	PUT("osv-npm", "npm", .ns = B("npm"), .package = B("left"), .id = B("CVE-2"),
	    .ref = B("GHSA-2"));
	PUT("ubuntu-osv", "ubuntu:20.04 ubuntu:22.04", .ns = B("ubuntu:20.04"),
	    .package = B("node-left"), .id = B("CVE-1"), .severity = SEV_NEGLIGIBLE);
	PUT("ubuntu-osv", "ubuntu:20.04 ubuntu:22.04", .ns = B("ubuntu:22.04"),
	    .package = B("node-left"), .id = B("CVE-1"), .severity = SEV_LOW);
	PUT("debian-tracker", "debian:12", .ns = B("debian:12"), .package = B("zlib"),
	    .id = B("CVE-3"), .severity = SEV_LOW);
	PUT("debian-tracker", "debian:12", .ns = B("debian:12"), .package = B("minizip"),
	    .id = B("CVE-3"), .severity = SEV_HIGH);
	struct index_feed nvd = {.name = B("nvd"), .data_s = 1};
	struct vuln one = {.id = B("CVE-1"), .severity = SEV_CRITICAL, .cvss = B(NVD_VECTOR)};
	struct vuln three = {.id = B("CVE-3"), .severity = SEV_CRITICAL};
	if (index_build_feed(b, &nvd, &e) < 0 || index_build_vuln(b, &one, &e) < 0 ||
	    index_build_vuln(b, &three, &e) < 0 || index_build_commit(b, &e) < 0 ||
	    index_open(dir, &ix, &e) < 0)
		abort();
	return ix;
}

static struct report *image(void)
{
	static const char *const names[][2] = {
		{"npm", "left"},
                {"deb", "zlib"}
        };
	struct report *r = report_new();
	r->os.id = B("debian");
	r->os.version = B("12");
	r->os.ns = B("debian:12");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct package *p = report_package(r);
		p->type = bytes_str(names[i][0]);
		p->name = bytes_str(names[i][1]);
		p->version = B("1");
		p->purl =
			bytes_str(arena_printf(r->arena, "pkg:%s/%s@1", names[i][0], names[i][1]));
	}
	return r;
}

static void orders(struct index *ix)
{
	static const struct {
		const char *name, *order, *id, *source;
		enum severity severity;
	} cases[] = {
		{"none is named",                           NULL,            "CVE-1", "ghsa",   SEV_MEDIUM  },
		{"as usual",				"auto",          "CVE-1", "ghsa",   SEV_MEDIUM  },
		{"NVD",				     "nvd",           "CVE-1", "nvd",    SEV_CRITICAL},
		{"GitHub",				  "ghsa",          "CVE-1", "ghsa",   SEV_MEDIUM  },
		{"a distribution's: the worst of releases", "ubuntu",        "CVE-1", "ubuntu", SEV_LOW     },
		{"the first that has a word",               "debian,nvd",    "CVE-1", "nvd",    SEV_CRITICAL},
		{"before the usual",                        "redhat,auto",   "CVE-1", "ghsa",   SEV_MEDIUM  },
		{"the usual before all behind it",          "auto,nvd",      "CVE-1", "ghsa",   SEV_MEDIUM  },
		{"none has a word",                         "redhat,debian", "CVE-1", "",       SEV_UNKNOWN },
		{"nobody has",                              "nvd,auto",      "CVE-2", "",       SEV_UNKNOWN },
		{"as usual, of a distribution",             NULL,            "CVE-3", "debian", SEV_LOW     },
		{"its own, of the very package",            "debian",        "CVE-3", "debian", SEV_LOW     },
		{"NVD's, of a distribution's package",      "nvd,debian",    "CVE-3", "nvd",    SEV_CRITICAL},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e;
		struct match_options o = {.now_s = 2, .pkg_os = true, .pkg_library = true};
		struct report *r = image();
		const struct finding *f = NULL;
		CHECK(!cases[i].order ||
		      severity_order_parse(bytes_str(cases[i].order), &o.severities, &e) == 0);
		CHECK(advise_match(r, ix, &o, &e) == 0 && r->n_findings == 3);
		for (size_t k = 0; k < r->n_findings; k++) {
			if (bytes_eq(r->findings[k].id, bytes_str(cases[i].id)))
				f = &r->findings[k];
		}
		test_case(f && f->severity == cases[i].severity &&
		                  bytes_eq(f->severity_source, bytes_str(cases[i].source)),
		          "%s", cases[i].name);
		if (f && bytes_eq(f->severity_source, B("nvd")) && bytes_eq(f->id, B("CVE-1")))
			CHECK(bytes_eq(f->cvss_vector, B(NVD_VECTOR)) && f->cvss_score > 9.7);
		report_free(r);
	}
}

static void lists(void)
{
	static const struct {
		const char *name, *list, *says; /* says: of the error; NULL: taken */
		size_t n;
	} cases[] = {
		{"one",                      "nvd",            NULL,        1},
		{"blanks around names",      " ubuntu , nvd ", NULL,        2},
		{"a name twice counts once", "nvd,ghsa,nvd",   NULL,        2},
		{"a name that is none",      "nvd,nist",       "\"nist\"",  0},
		{"capitals are another",     "NVD",            "\"NVD\"",   0},
		{"an empty name",            "nvd,,ghsa",      "\"\"",      0},
		{"empty",                    "",               "no source", 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = {.kind = ERR_NONE};
		struct severity_order o = {.n = 77};
		int rc = severity_order_parse(bytes_str(cases[i].list), &o, &e);
		bool is_right = cases[i].says ? rc < 0 && e.kind == ERR_USAGE && o.n == 77 &&
		                                        strstr(e.msg, cases[i].says)
		                              : rc == 0 && o.n == cases[i].n;
		test_case(is_right, "list: %s", cases[i].name);
	}
	/* all names there are, and each of them again: one row each */
	AUTO_BUF struct buf all;
	buf_init(&all, KIB(4));
	severity_source_names(&all);
	buf_adds(&all, ",");
	severity_source_names(&all);
	struct severity_order o;
	CHECK(severity_order_parse(buf_bytes(&all), &o, NULL) == 0);
	CHECK(o.n > 20 && o.n <= SEVERITY_SOURCES_MAX);
}

int main(void)
{
	struct index *ix = make_index(getenv("TMPDIR"));
	orders(ix);
	lists();
	index_close(ix);
	return TEST_END();
}
