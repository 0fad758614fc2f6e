/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages against an index that is made on the spot.  Expected outcomes follow from the rules of
 * the feeds (FEEDS: source package and version, binNMU, "0", modules) and are written by hand.
 */

#include "advise/match.h"

#include "test.h"

#include <stdlib.h>
#include <unistd.h>

static const int64_t now_s = INT64_C(1795000000); /* 2026-11-18 */

struct row {
	const char *feed, *ns, *package, *id, *ref, *introduced, *fixed, *last, *module, *arch;
	bool by_binary, no_range;
	enum status status;
	enum severity severity;
};

/* one call per row: clang-format 14 dies of arrays whose designated rows differ in length */
#define ROW(...) ((struct row){__VA_ARGS__})
static struct row row_at(size_t i)
{
	switch (i) {
	case 0:
		return ROW(.feed = "debian-tracker", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-1", .fixed = "1:1.3");
	case 1:
		return ROW(.feed = "debian-tracker", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-2", .fixed = "1:1.2");
	case 2:
		return ROW(.feed = "debian-tracker", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-3", .no_range = true, .status = STATUS_WILL_NOT_FIX,
		           .severity = SEV_LOW);
	case 3:
		return ROW(.feed = "debian-tracker", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-4", .no_range = true, .status = STATUS_NOT_AFFECTED);
	case 4:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-4", .ref = "DSA-1-1", .fixed = "1:9");
	case 5:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-5", .ref = "DSA-2-1", .fixed = "1:9");
	case 6:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-6", .introduced = "1:2", .fixed = "1:9");
	case 7:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-7", .last = "1:1.2.13");
	case 8:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-8", .fixed = "1:1.2.13");
	case 9:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib1g",
		           .id = "CVE-9", .fixed = "1:9");
	case 10:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib1g",
		           .id = "CVE-10", .fixed = "1:9", .by_binary = true);
	case 11:
		return ROW(.feed = "debian-other", .ns = "debian:11", .package = "zlib",
		           .id = "CVE-11", .fixed = "1:9");
	case 12:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-12", .no_range = true);
	case 13:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-13", .fixed = "1:9", .arch = "arm64");
	case 14:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-14", .fixed = "1:7");
	case 15:
		return ROW(.feed = "debian-other", .ns = "debian:12", .package = "zlib",
		           .id = "CVE-14", .ref = "DSA-3-2", .fixed = "1:8");
	case 16:
		return ROW(.feed = "osv-almalinux", .ns = "almalinux:8", .package = "nodejs",
		           .id = "CVE-20", .ref = "ALSA-1", .fixed = "1:10.2-1.module_el8.4",
		           .by_binary = true);
	case 17:
		return ROW(.feed = "osv-almalinux", .ns = "almalinux:8", .package = "nodejs",
		           .id = "CVE-21", .ref = "ALSA-2", .fixed = "1:10.2-1.el8",
		           .by_binary = true);
	case 18:
		return ROW(.feed = "osv-almalinux", .ns = "almalinux:8", .package = "nodejs",
		           .id = "CVE-22", .ref = "ALSA-3", .fixed = "1:12.0-1.module_el8.4",
		           .by_binary = true, .module = "nodejs:12");
	case 19:
		return ROW(.feed = "osv-almalinux", .ns = "almalinux:8", .package = "nodejs",
		           .id = "CVE-23", .ref = "ALSA-4", .fixed = "1:10.2-1.module_el8.4",
		           .by_binary = true, .module = "nodejs:10");
	case 20: /* as indexes have it that were made before names of Go were folded */
		return ROW(.feed = "osv-go", .ns = "golang", .package = "github.com/Masterminds/a",
		           .id = "CVE-30", .fixed = "1.2.0");
	case 21:
		return ROW(.feed = "osv-go", .ns = "golang", .package = "github.com/masterminds/b",
		           .id = "CVE-31", .fixed = "1.2.0");
	default:
		abort();
	}
}
enum { ROWS = 22 };

static struct index *make_index(const char *dir)
{
	struct err e = {.kind = ERR_NONE};
	struct index_build *b = NULL;
	struct index *ix = NULL;
	if (index_build_begin(dir, &b, &e) < 0)
		abort();
	for (size_t i = 0; i < ROWS; i++) {
		const struct row now = row_at(i), *r = &now;
		struct advisory a = {.ns = bytes_str(r->ns),
		                     .package = bytes_str(r->package),
		                     .id = bytes_str(r->id),
		                     .ref = bytes_str(r->ref),
		                     .by_binary = r->by_binary,
		                     .status = r->status,
		                     .severity = r->severity,
		                     .arch = bytes_str(r->arch),
		                     .module = bytes_str(r->module),
		                     .n_ranges = !r->no_range};
		a.ranges[0] = (struct advisory_range){bytes_str(r->introduced), bytes_str(r->fixed),
		                                      bytes_str(r->last)};
		struct index_feed f = {.name = bytes_str(r->feed),
		                       .data_s = now_s - 86400,
		                       .namespaces = bytes_starts(bytes_str(r->ns), B("debian"))
		                                             ? B("debian:11 debian:12")
		                                             : bytes_str(r->ns)};
		if (!index_build_select(b, f.name) && index_build_feed(b, &f, &e) < 0)
			abort();
		if (index_build_advisory(b, &a, &e) < 0)
			abort();
	}
	struct index_feed kev = {.name = B("kev"), .data_s = now_s};
	struct vuln known = {.id = B("CVE-1"), .is_kev = true};
	struct vuln rejected = {.id = B("CVE-5"), .is_rejected = true};
	if (index_build_feed(b, &kev, &e) < 0 || index_build_vuln(b, &known, &e) < 0 ||
	    index_build_vuln(b, &rejected, &e) < 0)
		abort();
	struct index_feed nvd = {.name = B("nvd"), .data_s = now_s};
	struct vuln rated = {.id = B("CVE-1"),
	                     .severity = SEV_CRITICAL,
	                     .cvss = B("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")};
	if (index_build_feed(b, &nvd, &e) < 0 || index_build_vuln(b, &rated, &e) < 0)
		abort();
	if (index_build_commit(b, &e) < 0 || index_open(dir, &ix, &e) < 0) {
		printf("# %s\n", e.msg);
		abort();
	}
	return ix;
}

static struct report *image(const char *id, const char *version, const char *ns)
{
	struct report *r = report_new();
	r->os.id = bytes_str(id);
	r->os.version = bytes_str(version);
	r->os.ns = bytes_str(ns);
	return r;
}

static struct package *add(struct report *r, const char *type, const char *name,
                           const char *version)
{
	struct package *p = report_package(r);
	p->type = bytes_str(type);
	p->name = bytes_str(name);
	p->version = bytes_str(version);
	p->arch = B("amd64");
	p->purl = bytes_str(arena_printf(r->arena, "pkg:%s/x/%s@%s", type, name, version));
	return p;
}

static const struct finding *find(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		if (bytes_eq(r->findings[i].id, bytes_str(id)))
			return &r->findings[i];
	}
	return NULL;
}

static bool has_row(const struct report *r, const char *code)
{
	for (size_t i = 0; i < r->n_coverage; i++) {
		if (strcmp(r->coverage[i].code, code) == 0)
			return r->coverage[i].status == COVERAGE_INCOMPLETE;
	}
	return false;
}

static const struct match_options options = {
	.now_s = INT64_C(1795000000), .max_age_s = 5 * 86400, .pkg_os = true, .pkg_library = true};

static void debian(struct index *ix)
{
	static const struct {
		const char *name, *id, *fixed; /* fixed NULL: no finding; "": without a fix */
	} want[] = {
		{"older than the fix",                                      "CVE-1",  "1:1.3"},
		{"newer than the fix",                                      "CVE-2",  NULL   },
		{"no fix, will not be fixed",                               "CVE-3",  ""     },
		{"not affected, whatever the bulletin says",                "CVE-4",  NULL   },
		{"a rejected id",					   "CVE-5",  NULL   },
		{"before it was introduced",                                "CVE-6",  NULL   },
		{"the last affected version",                               "CVE-7",  ""     },
		{"exactly the fixed version; a rebuild is no newer source", "CVE-8",  NULL   },
		{"a source record under the binary's name",                 "CVE-9",  NULL   },
		{"a binary record",					 "CVE-10", "1:9"  },
		{"another release",					 "CVE-11", NULL   },
		{"no range at all: every version",                          "CVE-12", ""     },
		{"another architecture",                                    "CVE-13", NULL   },
		{"two bulletins: the higher fix",                           "CVE-14", "1:8"  },
	};
	struct err e;
	struct report *r = image("debian", "12", "debian:12");
	struct package *p = add(r, "deb", "zlib1g", "1:1.2.13+b1");
	p->source_name = B("zlib");
	CHECK(advise_match(r, ix, &options, &e) == 0);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct finding *f = find(r, want[i].id);
		bool is_right =
			!want[i].fixed ? !f : f && bytes_eq(f->fixed, bytes_str(want[i].fixed));
		test_case(is_right, "%s", want[i].name);
		if (f)
			test_case(f->reason.n > 0, "%s: says why", want[i].name);
	}
	const struct finding *f = find(r, "CVE-1");
	CHECK(f && f->status == STATUS_FIXED && f->is_kev);
	CHECK(f && f->severity == SEV_CRITICAL && bytes_eq(f->severity_source, B("nvd")));
	CHECK(f && f->cvss_score > 9.7 && f->cvss_score < 9.9);
	f = find(r, "CVE-3");
	CHECK(f && f->status == STATUS_WILL_NOT_FIX && f->severity == SEV_LOW);
	CHECK(f && bytes_eq(f->severity_source, B("debian")));
	f = find(r, "CVE-12");
	CHECK(f && f->severity == SEV_UNKNOWN && f->severity_source.n == 0);
	CHECK(report_check_status(r, CHECK_VULNERABILITY) == COVERAGE_COMPLETE);
	report_free(r);
}

static void modules(struct index *ix)
{
	static const struct {
		const char *name, *version, *module,
			*ids; /* ids: those expected, parted by blanks */
	} cases[] = {
		{"a modular build, label unknown",   "1:10.1-1.module_el8.3", NULL,
	         "CVE-20 CVE-22 CVE-23"								  },
		{"a build of its own",               "1:10.1-1.el8",          NULL,              "CVE-21"},
		{"the stream of the label",          "1:10.1-1.module_el8.3", "nodejs:10:80:1",
	         "CVE-20 CVE-23"									 },
		{"a stream whose name begins alike", "1:10.1-1.module_el8.3", "nodejs:100:80:1",
	         "CVE-20"										},
	};
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct report *r = image("almalinux", "8.5", "almalinux:8");
		struct package *p = add(r, "rpm", "nodejs", cases[i].version);
		p->module = bytes_str(cases[i].module);
		advise_match(r, ix, &options, &e);
		bool is_right = true;
		size_t n = 0;
		for (struct bytes rest = bytes_str(cases[i].ids), id; bytes_word(&rest, &id); n++)
			is_right &= find(r, arena_str(r->arena, id)) != NULL;
		test_case(is_right && n == r->n_findings, "module: %s", cases[i].name);
		report_free(r);
	}
}

static void coverage(struct index *ix)
{
	static const struct {
		const char *name, *id, *version, *ns, *code;
	} cases[] = {
		{"unknown distribution",               "shesek", "1", NULL,       "advisories.unknown-distribution"},
		{"unknown release",                    "debian", "",  NULL,       "advisories.unknown-release"     },
		{"a release the index has nothing of", "debian", "9", "debian:9",
	         "advisories.missing"									      },
		{"no name of a distribution",          "",       "",  NULL,       "os.unknown"                     },
	};
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct report *r = image(cases[i].id, cases[i].version, cases[i].ns);
		add(r, "deb", "zlib1g", "1");
		advise_match(r, ix, &options, &e);
		test_case(has_row(r, cases[i].code), "incomplete: %s", cases[i].name);
		report_free(r);
	}
	struct report *r = image("debian", "12", "debian:12");
	advise_match(r, NULL, &options, &e);
	test_case(has_row(r, "advisories.none"), "incomplete: no index");
	report_free(r);
	r = image("debian", "12", "debian:12");
	struct package *p = add(r, "deb", "zlib1g", "1:1.2.13");
	p->source_name = B("zlib");
	p->is_third_party = true;
	advise_match(r, ix, &options, &e);
	test_case(has_row(r, "packages.third-party") && r->n_findings == 0, "third-party packages");
	report_free(r);
	r = image("debian", "12", "debian:12");
	struct match_options late = options;
	late.now_s += INT64_C(6) * 86400;
	advise_match(r, ix, &late, &e);
	test_case(has_row(r, "advisories.stale"), "incomplete: data is older than allowed");
	report_free(r);
	r = image("debian", "12", "debian:12");
	late.max_age_s = 0;
	advise_match(r, ix, &late, &e);
	test_case(!has_row(r, "advisories.stale"), "any age may be allowed");
	report_free(r);
}

static void explained(struct index *ix)
{
	static const struct {
		const char *id, *says;
	} cases[] = {
		{"CVE-1",  ": affected"                    },
		{"CVE-2",  "fixed in the installed version"},
		{"CVE-4",  "the publisher says so"         },
		{"CVE-4",  "a feed that knows better"      },
		{"CVE-5",  "the id was rejected"           },
		{"CVE-6",  "older than what introduced it" },
		{"CVE-13", "another architecture"          },
		{"CVE-99", "no advisory names this package"},
	};
	struct err e;
	struct report *r = image("debian", "12", "debian:12");
	struct package *p = add(r, "deb", "zlib1g", "1:1.2.13");
	p->source_name = B("zlib");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf out;
		buf_init(&out, MIB(1));
		int rc = advise_explain(r, ix, B("zlib1g"), bytes_str(cases[i].id), &out, &e);
		test_case(rc == 0 && bytes_search(buf_bytes(&out), bytes_str(cases[i].says)) >= 0,
		          "explain %s: %s", cases[i].id, cases[i].says);
	}
	AUTO_BUF struct buf out;
	buf_init(&out, MIB(1));
	CHECK(advise_explain(r, ix, B("curl"), B("CVE-1"), &out, &e) < 0 && e.kind == ERR_NOTFOUND);
	report_free(r);
}

/* Days later the publisher has nothing newer: the data is not old. */
static void still_the_newest(const char *dir)
{
	struct err e;
	struct index_build *b = NULL;
	struct index *ix = NULL;
	struct match_options late = options;
	late.now_s += INT64_C(6) * 86400;
	CHECK(index_build_begin(dir, &b, &e) == 0);
	index_build_checked(b, B("debian-tracker"), late.now_s - 3600);
	CHECK(index_build_commit(b, &e) == 0 && index_open(dir, &ix, &e) == 0);
	struct report *r = image("debian", "12", "debian:12");
	advise_match(r, ix, &late, &e);
	test_case(!has_row(r, "advisories.stale"),
	          "old data that is still the newest is not stale");
	report_free(r);
	index_close(ix);
}

static void names_of_go(struct index *ix)
{
	static const char *const modules[] = {"github.com/Masterminds/a",
	                                      "github.com/Masterminds/b"};
	struct err e;
	struct report *r = image("debian", "12", "debian:12");
	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		add(r, "golang", modules[i], "v1.1.0");
	CHECK(advise_match(r, ix, &options, &e) == 0);
	test_case(find(r, "CVE-30") != NULL,
	          "a module of Go in an index that has names as they are written");
	test_case(find(r, "CVE-31") != NULL, "in one that has them in lower case");
	report_free(r);
}

int main(void)
{
	char dir[] = "/tmp/assay-match-XXXXXX";
	if (!mkdtemp(dir))
		return 1;
	struct index *ix = make_index(dir);
	debian(ix);
	modules(ix);
	coverage(ix);
	explained(ix);
	names_of_go(ix);
	index_close(ix);
	still_the_newest(dir);
	static const char *const names[] = {"index.mdb", "index.mdb.checked", ".index.mdb.lock"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO_FREE char *file = path_join(dir, names[i]);
		unlink(file);
	}
	test_case(rmdir(dir) == 0, "nothing else is left");
	return TEST_END();
}
