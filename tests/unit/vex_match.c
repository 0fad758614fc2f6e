/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/vex_match.h"

#include "test.h"

/* A statement about a part of pkg:golang/example.org/app: which packages are part of it is told by
 * the files that both lie in. */
static const struct {
	const char *name, *product, *part;
	bool is_part;
} cases[] = {
	{"the same file",              "srv/app",          "srv/app",                 true },
	{"a member of the jar",        "srv/app.jar",      "srv/app.jar!/lib/x.jar",  true },
	{"a member of a member",       "srv/a.war!/b.jar", "srv/a.war!/b.jar!/c.jar", true },
	{"below the folder",           "srv/app",          "srv/app/lib/x.jar",       true },
	{"a name that begins alike",   "srv/app",          "srv/apple",               false},
	{"and has a suffix",           "srv/app",          "srv/app.jar",             false},
	{"a folder that begins alike", "srv/app",          "srv/app-2/x.jar",         false},
	{"a member that begins alike", "a.war!/b",         "a.war!/b2!/c.jar",        false},
	{"the other way round",        "srv/app/x.jar",    "srv/app",                 false},
	{"shorter",		    "srv/app",          "srv/ap",                  false},
	{"a product without a path",   "",                 "srv/app",                 false},
};

static void databases(void)
{
	struct report *r = report_new();
	const char *const purls[] = {"pkg:deb/debian/nginx@1", "pkg:deb/debian/libssl3@3"};
	for (size_t i = 0; i < ARRAY_LEN(purls); i++) {
		struct package *p = report_package(r);
		p->purl = bytes_str(purls[i]);
		p->type = B("deb");
		list_add(r, &p->paths, B("var/lib/dpkg/status"));
	}
	struct vex_statement s = {.product = B("pkg:deb/debian/nginx"),
	                          .part = B("pkg:deb/debian/libssl3")};
	test_case(!vex_concerns(&s, r, &r->packages[1], r->arena),
	          "two packages of one database are not part of each other");
	report_free(r);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct report *r = report_new();
		struct package *p = report_package(r);
		p->purl = B("pkg:golang/example.org/app@1.0.0");
		p->type = B("golang");
		list_add(r, &p->paths, bytes_str(cases[i].product));
		p = report_package(r);
		p->purl = B("pkg:golang/example.org/part@1.0.0");
		list_add(r, &p->paths, bytes_str(cases[i].part));
		struct vex_statement s = {.product = B("pkg:golang/example.org/app"),
		                          .part = B("pkg:golang/example.org/part")};
		bool is_part = vex_concerns(&s, r, &r->packages[1], r->arena);
		test_case(is_part == cases[i].is_part, "%s", cases[i].name);
		list_add(r, &r->packages[1].paths, B("opt/elsewhere"));
		test_case(!vex_concerns(&s, r, &r->packages[1], r->arena),
		          "%s, and elsewhere too: it stays", cases[i].name);
		report_free(r);
	}
	databases();
	return TEST_END();
}
