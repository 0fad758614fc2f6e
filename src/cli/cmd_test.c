/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_test.c - assay test: structure tests of an image. */
#include "cli/scan.h"

int scan_tests(const struct settings *s, struct scan_plan *p, struct err *e)
{
	struct cst *v = arena_alloc(p->arena, (s->tests.n + 1) * sizeof *v);
	if (!s->tests.n)
		return err_set(e, ERR_USAGE, "--tests FILE says what to test");
	for (size_t i = 0; i < s->tests.n; i++) {
		AUTO_BUF struct buf text = {.p = NULL};
		if (file_read(s->tests.v[i], (size_t)YAML_DOC_MAX, &text, e) < 0 ||
		    cst_parse(buf_bytes(&text), s->tests.v[i], p->arena, &v[i], e) < 0) {
			e->kind = ERR_USAGE;
			return err_wrap(e, "--tests");
		}
	}
	p->flow.tests = v;
	p->flow.n_tests = s->tests.n;
	p->flow.checks = p->gate.checks = 1U << CHECK_TEST;
	p->gate.has_fail_on = true;
	p->gate.fail_on = SEV_NEGLIGIBLE;
	return 0;
}

static int test_run(const struct settings *s, const char *const *args, size_t n)
{
	return cli_scan(s, args, n, SCAN_TEST);
}

static const char *const test_examples[] = {
	"assay test image.tar -t tests.yaml",
	"assay test registry.internal/shop/web:1.4 -t base.yaml -t web.json -o junit=tests.xml",
	NULL,
};

const struct command command_test = {
	.name = "test",
	.args = "REF",
	.title = "Run structure tests on an image",
	.text = "The files of --tests are those of container-structure-test: tests of files that "
		"are "
		"there or not, of their modes and owners, of what they hold (regular expressions "
		"in the syntax of RE2), of the image's config, of the licences of packages. No "
		"container "
		"is started and nothing is unpacked to disk; files are searched by a confined "
		"worker. commandTests and attackTests are skipped, and the report says so.\n\n"
		"REF is what `assay scan` takes. Links are followed within the image; a test of "
		"existence speaks of a link itself. A file of tests with a member that is not "
		"known is refused.\n\n"
		"Exit status: 0 all tests that could be run passed, 1 one failed, 2 wrong usage or "
		"a "
		"broken file of tests, 3 one could not be finished, or none could be run.",
	.examples = test_examples,
	.groups = GROUP_IMAGE | GROUP_TEST,
	.min_args = 1,
	.max_args = 1,
	.run = test_run,
};
