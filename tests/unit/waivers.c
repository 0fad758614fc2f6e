/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include <time.h>

#include "test.h"

/* 2026-06-15 12:00 UTC */
static const int64_t now_s = INT64_C(1781524800);

static struct report *sample(void)
{
	struct report *r = report_new();
	struct finding *f = report_finding(r);
	f->check = CHECK_VULNERABILITY;
	f->id = B("CVE-2023-45853");
	f->severity = SEV_CRITICAL;
	f->package = B("pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64&distro=debian-12");
	f->package_name = B("zlib1g");
	f->installed = B("1:1.2.13");
	f->status = STATUS_WILL_NOT_FIX;
	f->has_status = true;
	f->reason = B("why");
	f->location.path = B("var/lib/dpkg/status");
	f->location.layer = 0;
	list_add(r, &f->references, B("DSA-1-1"));
	list_add(r, &f->references, B("CVE-2023-9999")); /* of the same bulletin */
	report_sort(r);
	return r;
}

typedef int parse_fn(struct waivers *w, struct bytes text, const char *name, struct err *e);

#define HEAD "waivers:\n  - "
#define TAIL "\n    owner: a@example.org\n    reason: r\n    until: 2027-01-31\n"

static const struct {
	const char *name;
	parse_fn *parse;
	const char *in;
	bool is_waived;
} cases[] = {
	{"by id",			     waivers_parse_yaml,        HEAD "id: CVE-2023-45853" TAIL,               true },
	{"by a glob of the id",               waivers_parse_yaml,        HEAD "id: CVE-2023-*" TAIL,                   true },
	{"by an advisory's id",               waivers_parse_yaml,        HEAD "id: DSA-1-1" TAIL,                      true },
	{"another id",			waivers_parse_yaml,        HEAD "id: CVE-2023-45854" TAIL,               false},
	{"by purl without version",           waivers_parse_yaml,        HEAD "package: pkg:deb/debian/zlib1g" TAIL,
         true													       },
	{"by purl with version",              waivers_parse_yaml,
         HEAD "package: pkg:deb/debian/zlib1g@1:1.2.13" TAIL,                                                          true },
	{"by purl with another version",      waivers_parse_yaml,
         HEAD "package: pkg:deb/debian/zlib1g@1:1.2.14" TAIL,                                                          false},
	{"by name",			   waivers_parse_yaml,        HEAD "package: zlib1g" TAIL,                  true },
	{"a part of a name is not the name",  waivers_parse_yaml,        HEAD "package: zlib" TAIL,                    false},
	{"by path",			   waivers_parse_yaml,        HEAD "path: var/lib/dpkg/*" TAIL,             true },
	{"by check",			  waivers_parse_yaml,        HEAD "check: vulnerability" TAIL,             true },
	{"id and another package",            waivers_parse_yaml,
         HEAD "id: CVE-2023-45853\n    package: curl" TAIL,							    false},
	{"its last day counts",               waivers_parse_yaml,
         HEAD "id: CVE-2023-45853\n    owner: a\n    reason: r\n    until: 2026-06-15\n",                              true },
	{"past its last day",                 waivers_parse_yaml,
         HEAD "id: CVE-2023-45853\n    owner: a\n    reason: r\n    until: 2026-06-14\n",                              false},
	{"trivyignore",                       waivers_parse_trivyignore, "# c\n\nCVE-2023-45853\n",                    true },
	{"trivyignore with a comment behind", waivers_parse_trivyignore, "CVE-2023-45853 # why\n",
         true													       },
	{"trivyignore in time",               waivers_parse_trivyignore, "CVE-2023-45853 exp:2026-06-15\n",            true },
	{"trivyignore expired",               waivers_parse_trivyignore, "CVE-2023-45853 exp:2026-06-14\n",
         false													      },
	{"trivy yaml",			waivers_parse_trivy_yaml,  "vulnerabilities:\n  - id: CVE-2023-45853\n",
         true													       },
	{"trivy yaml of a purl",              waivers_parse_trivy_yaml,
         "vulnerabilities:\n  - id: CVE-2023-45853\n    purls: [pkg:deb/debian/curl, "
         "pkg:deb/debian/zlib1g]\n",                                                                                   true },
	{"trivy yaml of another purl",        waivers_parse_trivy_yaml,
         "vulnerabilities:\n  - id: CVE-2023-45853\n    purls: [pkg:deb/debian/curl]\n",                               false},
	{"trivy yaml of a secret",            waivers_parse_trivy_yaml,  "secrets:\n  - id: CVE-2023-45853\n",
         false													      },
	{"trivy yaml expired",                waivers_parse_trivy_yaml,
         "vulnerabilities:\n  - id: CVE-2023-45853\n    expired_at: 2026-06-14\n",                                     false},
	{"grype by vulnerability",            waivers_parse_grype,
         "ignore:\n  - vulnerability: CVE-2023-45853\n",							       true },
	{"grype by fix state",                waivers_parse_grype,       "ignore:\n  - fix-state: wont-fix\n",         true },
	{"grype by another fix state",        waivers_parse_grype,       "ignore:\n  - fix-state: fixed\n",
         false													      },
	{"grype by package",                  waivers_parse_grype,
         "ignore:\n  - package:\n      name: zlib.*\n      type: deb\n",                                               true },
	{"grype by another type",             waivers_parse_grype,
         "ignore:\n  - package:\n      name: zlib1g\n      type: rpm\n",                                               false},
	{"grype with a VEX status",           waivers_parse_grype,
         "ignore:\n  - vulnerability: CVE-2023-45853\n    vex-status: fixed\n",                                        false},
	{"grype's other keys",                waivers_parse_grype,       "output: json\n",                             false},
	{"another CVE of the same bulletin",  waivers_parse_yaml,        HEAD "id: CVE-2023-9999" TAIL,
         false													      },
	{"any other CVE by a glob",           waivers_parse_yaml,        HEAD "id: CVE-2023-99*" TAIL,                 false},
	{"a path with a leading slash",       waivers_parse_yaml,        HEAD "path: /var/lib/dpkg/**" TAIL,
         true													       },
	{"grype by location",                 waivers_parse_grype,
         "ignore:\n  - package:\n      location: /var/lib/dpkg/status\n",                                              true },
	{"grype with empty conditions",       waivers_parse_grype,
         "ignore:\n  - vulnerability: CVE-2023-45853\n    fix-state: ''\n    package:\n",                              true },
	{"an empty list",                     waivers_parse_yaml,        "waivers: []\n",                              false},
 /* other tools know no patterns for ids: what lets nothing pass there must not here */
	{"trivyignore of a star",             waivers_parse_trivyignore, "*\n",                                        false},
	{"trivyignore of a pattern",          waivers_parse_trivyignore, "CVE-2023-4585?\nCVE-*\n",                    false},
	{"trivy yaml of a pattern",           waivers_parse_trivy_yaml,  "vulnerabilities:\n  - id: CVE-*\n",
         false													      },
	{"grype of a pattern",                waivers_parse_grype,       "ignore:\n  - vulnerability: CVE-*\n",        false},
	{"trivyignore with CRLF",             waivers_parse_trivyignore,
         "# c\r\nCVE-2023-45853 exp:2026-06-15\r\n",								   true },
	{"an empty trivyignore",              waivers_parse_trivyignore, "",                                           false},
};

static const struct {
	const char *name;
	parse_fn *parse;
	const char *in, *says;
} bad[] = {
	{"no owner",				waivers_parse_yaml,        HEAD "id: X\n    reason: r\n    until: 2027-01-31\n",
         "owner"																				 },
	{"no reason",			       waivers_parse_yaml,        HEAD "id: X\n    owner: r\n    until: 2027-01-31\n",
         "reason"																				},
	{"no end",				  waivers_parse_yaml,        HEAD "id: X\n    owner: r\n    reason: r\n",
         "f:2:5: a waiver needs an end"																	  },
	{"an end that is no date",                  waivers_parse_yaml,
         HEAD "id: X\n    owner: r\n    reason: r\n    until: soon\n",                                                               "is not a date"                             },
	{"nothing named",			   waivers_parse_yaml,
         HEAD "owner: r\n    reason: r\n    until: 2027-01-31\n",								    "must name"                                 },
	{"a misspelt key",                          waivers_parse_yaml,        HEAD "id: X\n    ownr: r\n",
         "did you mean \"owner\""																		},
	{"no list",				 waivers_parse_yaml,        "a: b\n",                                             "no list"                                   },
	{"not YAML",				waivers_parse_yaml,        "waivers: [\n",                                       "f:"                                        },
	{"trivyignore with an odd word",            waivers_parse_trivyignore, "CVE-1 soon\n",
         "f:1:7: \"soon\" is not"																		},
	{"trivyignore with two ends",               waivers_parse_trivyignore,
         "\nCVE-1 exp:2020-01-01 exp:2030-01-01\n",										  "f:2:22: \"exp:2030-01-01\" is a second end"},
	{"trivyignore with a column in characters", waivers_parse_trivyignore,
         "  \xc3\xa4\xc3\xa4 soon\n",												"f:1:6: \"soon\""                           },
	{"trivyignore with an odd date",            waivers_parse_trivyignore, "CVE-1 exp:soon\n",
         "f:1:7: \"soon\" is not a date"																	 },
	{"trivy yaml without id",                   waivers_parse_trivy_yaml,  "vulnerabilities:\n  - paths: [a]\n",
         "needs an id"																			   },
	{"trivy yaml with an odd list",             waivers_parse_trivy_yaml,  "vulnerabilitys: []\n",
         "did you mean"																			  },
	{"an id that is null",                      waivers_parse_yaml,        HEAD "id:\n    package: zlib1g" TAIL,
         "\"id\" must be a text"																		 },
	{"an id that is empty",                     waivers_parse_yaml,        HEAD "id: ''\n    package: zlib1g" TAIL,
         "\"id\" must be a text"																		 },
	{"a package that is a list",                waivers_parse_yaml,        HEAD "id: X\n    package: [zlib1g]" TAIL,
         "\"package\" must be a text"																	    },
	{"trivy yaml with a path as text",          waivers_parse_trivy_yaml,
         "vulnerabilities:\n  - {id: X, paths: a}\n",										"must be a list"                            },
	{"trivy yaml with an empty path",           waivers_parse_trivy_yaml,
         "vulnerabilities:\n  - {id: X, paths: ['']}\n",									     "must be a list"                            },
	{"trivy yaml with an odd purl",             waivers_parse_trivy_yaml,
         "vulnerabilities:\n  - {id: X, purls: [[a]]}\n",									    "must be a list"                            },
	{"grype with a package as text",            waivers_parse_grype,
         "ignore:\n  - {vulnerability: X, package: zlib1g}\n",								       "must be a mapping"                         },
	{"grype with a state that is a list",       waivers_parse_grype,
         "ignore:\n  - {vulnerability: X, fix-state: [fixed]}\n",								    "\"fix-state\" must be a text"              },
	{"grype without conditions",                waivers_parse_grype,       "ignore:\n  - reason: r\n",                           "everything"                                },
	{"grype with a regular expression",         waivers_parse_grype,
         "ignore:\n  - package:\n      name: \"^zlib[0-9]$\"\n",								     "only .* is read"                           },
};

/* 50,000 findings and 10,000 waivers: half a billion comparisons if each is held against each. */
static void many(void)
{
	enum { FINDINGS = 50000, WAIVERS = 10000 };
	struct report *r = report_new();
	struct waivers *w = waivers_new();
	AUTO_BUF struct buf text;
	struct err e = {.kind = ERR_NONE};
	buf_init(&text, MIB(1));
	for (int i = 0; i < FINDINGS; i++)
		report_finding(r)->id =
			bytes_str(arena_printf(r->arena, "CVE-2020-%d", 100000 + i));
	for (int i = 0; i < WAIVERS; i++)
		buf_addf(&text, "CVE-2020-%d\n", 100000 + 5 * i);
	CHECK(waivers_parse_trivyignore(w, buf_bytes(&text), "f", &e) == 0);
	struct timespec from, to;
	size_t waived = 0;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	waivers_apply(w, r, now_s);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	for (size_t i = 0; i < r->n_findings; i++)
		waived += r->findings[i].waived != NULL;
	test_case(waived == WAIVERS, "ten thousand waivers let as many findings pass");
	test_case(to.tv_sec - from.tv_sec < 2, "without holding each against each");
	report_free(r);
	waivers_free(w);
}

/* WAIVERS_MAX and WAIVERS_OPEN_MAX: at the bound, and one past it. */
static void bounds(void)
{
	struct err e = {.msg = ""};
	AUTO_BUF struct buf text;
	struct waivers *w = waivers_new();
	buf_init(&text, (size_t)YAML_DOC_MAX);
	for (int i = 0; i < WAIVERS_MAX; i++)
		buf_addf(&text, "X-%d\n", i);
	CHECK(waivers_parse_trivyignore(w, buf_bytes(&text), "f", &e) == 0);
	CHECK(waivers_parse_trivyignore(w, B("\n one-more\n"), "g", &e) < 0 &&
	      e.kind == ERR_LIMIT && strstr(e.msg, "g:2:2: more than 100000 waivers"));
	waivers_free(w);
	w = waivers_new();
	buf_reset(&text);
	buf_adds(&text, "waivers:\n");
	for (int i = 0; i < WAIVERS_OPEN_MAX; i++)
		buf_adds(&text, "- {id: X*, owner: a, reason: r, until: 2027-01-31}\n");
	CHECK(waivers_parse_yaml(w, buf_bytes(&text), "f", &e) == 0);
	CHECK(waivers_parse_yaml(w, B(HEAD "id: X" TAIL), "g", &e) == 0);
	CHECK(waivers_parse_yaml(w, B(HEAD "fingerprint: X" TAIL), "g", &e) == 0);
	CHECK(waivers_parse_yaml(w, B(HEAD "path: X" TAIL), "g", &e) < 0 && e.kind == ERR_LIMIT &&
	      strstr(e.msg, "g:2:5: more than 10000 waivers"));
	waivers_free(w);
	/* every pair of a path and a purl is one: a thousand of each are a million */
	w = waivers_new();
	buf_reset(&text);
	buf_adds(&text, "vulnerabilities:\n- id: X\n  paths: [a");
	for (int i = 1; i < 1000; i++)
		buf_adds(&text, ", a");
	buf_adds(&text, "]\n  purls: [a");
	for (int i = 1; i < 1000; i++)
		buf_adds(&text, ", a");
	buf_adds(&text, "]\n");
	CHECK(waivers_parse_trivy_yaml(w, buf_bytes(&text), "f", &e) < 0 && e.kind == ERR_LIMIT &&
	      strstr(e.msg, "f:2:3: more than"));
	waivers_free(w);
}

static void by_fingerprint(void)
{
	struct err e = {.msg = ""};
	struct report *r = sample();
	struct waivers *w = waivers_new();
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	buf_addf(&text, HEAD "fingerprint: %s" TAIL, r->findings[0].fingerprint);
	CHECK(waivers_parse_yaml(w, B(HEAD "fingerprint: '*'" TAIL), "f", &e) == 0);
	waivers_apply(w, r, now_s);
	CHECK(!r->findings[0].waived);
	CHECK(waivers_parse_yaml(w, buf_bytes(&text), "f", &e) == 0);
	waivers_apply(w, r, now_s);
	CHECK(r->findings[0].waived != NULL);
	report_free(r);
	waivers_free(w);
}

int main(void)
{
	struct err e = {.kind = ERR_NONE};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct waivers *w = waivers_new();
		struct report *r = sample();
		int rc = cases[i].parse(w, bytes_str(cases[i].in), "f", &e);
		waivers_apply(w, r, now_s);
		test_case(rc == 0 && (r->findings[0].waived != NULL) == cases[i].is_waived, "%s",
		          cases[i].name);
		report_free(r);
		waivers_free(w);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct waivers *w = waivers_new();
		e.msg[0] = 0;
		int rc = bad[i].parse(w, bytes_str(bad[i].in), "f", &e);
		test_case(rc < 0 && strstr(e.msg, bad[i].says), "%s is refused: %s", bad[i].name,
		          e.msg);
		waivers_free(w);
	}
	struct waivers *w = waivers_new();
	struct report *r = sample();
	CHECK(waivers_parse_trivyignore(w, B("CVE-2023-45853 exp:2026-06-14\n"), ".trivyignore",
	                                &e) == 0);
	waivers_apply(w, r, now_s);
	CHECK(bytes_eq(r->findings[0].reason,
	               B("why; the waiver .trivyignore:1 ended on 2026-06-14")));
	report_free(r);
	waivers_free(w);
	struct waivers *both = waivers_new();
	r = sample();
	CHECK(waivers_parse_trivyignore(both,
	                                B("CVE-1\nCVE-2023-45853 exp:2026-06-14\nDSA-1-1\n"
	                                  "CVE-2023-45853\n"),
	                                "f", &e) == 0);
	waivers_apply(both, r, now_s);
	test_case(r->findings[0].waived && bytes_eq(r->findings[0].waived->by, B("f:3")),
	          "the first that holds, in the order of the file, lets a finding pass");
	report_free(r);
	waivers_free(both);
	many();
	bounds();
	by_fingerprint();
	return TEST_END();
}
