/* SPDX-License-Identifier: Apache-2.0 */
/*
 * results_junit.c - JUnit: results of tests.
 *
 * There is no specification; source: the schemas of Ant and of Maven Surefire (surefire-test-
 * report.xsd), and what pytest, Go and Gradle write.  A test that failed and passed when it was
 * repeated (flakyFailure) passed.
 */
#include "fmt/results_parts.h"

struct junit {
	struct results_reader *r;
	struct results *to;
	uint64_t n_cases, n_failed;
};

static bool is_named(const struct xml_node *n, const char *name)
{
	return bytes_eq(n->name, bytes_str(name));
}

static struct bytes first(struct bytes a, struct bytes b) { return a.n ? a : b; }

static struct bytes id_of(struct junit *j, const struct xml_node *n)
{
	struct bytes class = xml_value(n, "classname"), name = xml_value(n, "name");
	if (!class.n || bytes_starts(name, class))
		return results_text(j->r, first(name, B("test")));
	return results_text(j->r, bytes_str(arena_printf(j->r->a, "%.*s.%.*s", BYTES_FMT(class),
	                                                 BYTES_FMT(name))));
}

static int read_case(struct junit *j, const struct xml_node *n, struct err *e)
{
	const struct xml_node *bad = xml_child(n, "failure");
	struct result *to;
	j->n_cases++;
	if (!bad)
		bad = xml_child(n, "error");
	if (!bad) {
		bool is_skipped = xml_child(n, "skipped") || xml_child(n, "disabled");
		*(is_skipped ? &j->to->n_skipped : &j->to->n_passed) += 1;
		return 0;
	}
	j->n_failed++;
	if (results_add(j->r, j->to, &to, e) < 0)
		return -1;
	to->id = id_of(j, n);
	to->title = is_named(bad, "error") ? B("a test could not be run") : B("a test failed");
	to->text = results_text(
		j->r, first(xml_value(bad, "message"), first(bad->text, xml_value(bad, "type"))));
	to->severity = B("high");
	to->path = results_path(j->r, xml_value(n, "file"), false);
	if (!bytes_u64(xml_value(n, "line"), INT32_MAX, &to->line))
		to->line = 0;
	return 0;
}

static void read_properties(struct junit *j, const struct xml_node *list)
{
	for (const struct xml_node *p = xml_child(list, "property"); p;
	     p = xml_named(p->next, "property"))
		results_property(j->r, j->to, xml_value(p, "name"),
		                 first(xml_value(p, "value"), p->text));
}

/* Suites nest; the depth is XML_DEPTH_MAX at most. */
static int read_suite(struct junit *j, const struct xml_node *n, struct err *e)
{
	results_time(xml_value(n, "timestamp"), &j->to->created_s);
	for (const struct xml_node *c = n->child; c; c = c->next) {
		if (is_named(c, "properties"))
			read_properties(j, c);
		else if (is_named(c, "testsuite") && read_suite(j, c, e) < 0)
			return -1;
		else if (is_named(c, "testcase") && read_case(j, c, e) < 0)
			return -1;
		else if (is_named(c, "error") && !is_named(n, "testcase"))
			results_fault(j->r, j->to, "the suite \"%.*s\" says that it broke off",
			              BYTES_FMT(xml_value(n, "name")));
	}
	return 0;
}

/* What the head of a suite counts, or all of its suites. */
static uint64_t counted(const struct xml_node *n, const char *attr)
{
	uint64_t v, sum = 0;
	if (bytes_u64(xml_value(n, attr), UINT32_MAX, &v))
		return v;
	for (const struct xml_node *c = xml_child(n, "testsuite"); c;
	     c = xml_named(c->next, "testsuite"))
		sum += counted(c, attr);
	return sum;
}

int results_junit(struct results_reader *r, const struct xml_node *root, struct err *e)
{
	struct junit j = {.r = r};
	if (!is_named(root, "testsuites") && !is_named(root, "testsuite"))
		return err_set(e, ERR_FORMAT,
		               "%s: XML, but neither JUnit nor cppcheck's: its root is <%.*s>",
		               r->name, BYTES_FMT(root->name));
	if (results_run(r, "junit", &j.to, e) < 0 || read_suite(&j, root, e) < 0)
		return -1;
	struct bytes name = xml_value(root, "name");
	const struct xml_node *suite = xml_child(root, "testsuite");
	j.to->tool = results_text(
		r, first(name, suite ? first(xml_value(suite, "name"), B("junit")) : B("junit")));
	j.to->n_rules = j.n_cases;
	uint64_t tests = counted(root, "tests");
	uint64_t failed = counted(root, "failures") + counted(root, "errors");
	if (tests > j.n_cases || failed > j.n_failed)
		results_fault(r, j.to,
		              "it counts %llu tests and %llu failures, and holds %llu and %llu",
		              (unsigned long long)tests, (unsigned long long)failed,
		              (unsigned long long)j.n_cases, (unsigned long long)j.n_failed);
	return 0;
}
