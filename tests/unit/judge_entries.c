/* SPDX-License-Identifier: Apache-2.0 */
/* judge_entries.c - strange entries are told up to SPECIALS_MAX, and that there were more is said.
 */
#include "judge/judge.h"

#include "test.h"

static struct factset *layer(int64_t n)
{
	struct factset *fs = factset_new();
	AUTO_BUF struct buf b;
	struct entry_coder coder;
	struct err e = {.kind = ERR_NONE};
	buf_init(&b, KIB(8));
	entry_coder_init(&coder);
	bool is_well = true;
	for (int64_t i = 0; i < n; i++) {
		char path[32];
		snprintf(path, sizeof path, "d/%07jd", (intmax_t)i);
		const struct entry en = {.path = bytes_str(path), .type = ENTRY_FILE, .mode = 0666};
		buf_reset(&b);
		is_well &= entry_encode(&coder, &b, &en) == 0 &&
		           factset_put(fs, FACT_ENTRY, buf_bytes(&b), &e) == 0;
	}
	CHECK(is_well);
	entry_coder_fini(&coder);
	factset_seal(fs, &(struct factset_meta){.size = 0});
	return fs;
}

int main(void)
{
	for (int64_t past = 0; past <= 1; past++) {
		struct factset *fs = layer(SPECIALS_MAX + past);
		const struct factset *layers[] = {fs}, *looks[] = {NULL};
		struct view *v = view_new(layers, 1);
		AUTO_ARENA struct arena *a = arena_new();
		struct judge_entries found;
		const struct judge_input in = {.view = v,
		                               .layers = layers,
		                               .looks = looks,
		                               .n_layers = 1,
		                               .entries = &found};
		struct err e = {.kind = ERR_NONE};
		judge_entries(&in, a, &found);
		test_case(found.n == (size_t)SPECIALS_MAX && found.is_cut == (past == 1),
		          "SPECIALS_MAX files%s", past ? " and one" : "");
		struct report *r = report_new();
		CHECK(judge_modes(&in, r, &e) == 0 && r->n_findings == found.n);
		CHECK(report_check_status(r, CHECK_FILE) ==
		      (past ? COVERAGE_INCOMPLETE : COVERAGE_COMPLETE));
		report_free(r);
		view_free(v);
		factset_free(fs);
	}
	return TEST_END();
}
