/* SPDX-License-Identifier: Apache-2.0 */
/* tests.c - structure tests: what they ask of files, and their judgement. */
#include "flow/scan.h"

struct answering {
	struct judge_questions *q;
	struct report *r;
};

static void take(void *arg, size_t layer, struct inspect_job *job)
{
	const struct answering *a = arg;
	if (job->facts)
		judge_answer(a->q, layer, job->facts);
	else
		report_cover(a->r,
		             (struct coverage){.check = CHECK_TEST,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "look.failed",
		                               .layer = (int32_t)layer,
		                               .path = job->looks[0].path},
		             "second look: %s", job->err.msg);
	factset_free(job->facts);
}

/* Without a layer nothing is known of what is there and what is not. */
static void cover_layers(const struct merged *m, struct report *r)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->layers[i] == m->empty)
			report_cover(r,
			             (struct coverage){.check = CHECK_TEST,
			                               .status = COVERAGE_INCOMPLETE,
			                               .code = "test.layer",
			                               .layer = (int32_t)i},
			             "layer %zu could not be read: tests of files may say anything",
			             i);
	}
}

/* What no test asks about does not belong into its results. */
static void leave_out_inventory(struct report *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_coverage; i++) {
		if (r->coverage[i].check != CHECK_VULNERABILITY)
			r->coverage[n++] = r->coverage[i];
	}
	r->n_coverage = n;
}

int flow_tests(struct scan *s, const struct source_image *im, const struct merged *m,
               const struct judge_input *in, struct report *r, struct err *e)
{
	struct answering a = {.r = r};
	struct flow_asked asked = {.arg = &a, .take = take};
	if (!s->o->n_tests)
		return 0;
	a.q = judge_test_looks(in, s->o->tests, s->o->n_tests, r->arena, &asked.looks);
	asked.n = judge_questions_count(a.q);
	int rc = flow_look(s, im, m, &asked, e);
	if (rc == 0) {
		cover_layers(m, r);
		judge_tests(in, a.q, s->o->tests, s->o->n_tests, r);
	}
	if (!(s->o->checks & 1U << CHECK_VULNERABILITY))
		leave_out_inventory(r);
	judge_questions_free(a.q);
	return rc;
}
