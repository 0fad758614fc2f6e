/* SPDX-License-Identifier: Apache-2.0 */
/* judge_files.c - files are listed up to the bound (SBOM_FILES_MAX in a scan), and that there were
 * more is said; so is what has no digest. */
#include "judge/judge.h"

#include "test.h"

/* n files, of which the first has content that nobody made a digest of. */
static struct factset *layer(size_t n, bool has_unread)
{
	struct factset *fs = factset_new();
	AUTO_BUF struct buf b;
	struct entry_coder coder;
	struct err e = {.kind = ERR_NONE};
	bool is_well = true;
	buf_init(&b, KIB(8));
	entry_coder_init(&coder);
	for (size_t i = 0; i < n; i++) {
		char path[32];
		snprintf(path, sizeof path, "d/%04zu", n - i);
		const struct entry en = {.path = bytes_str(path),
		                         .type = ENTRY_FILE,
		                         .size = i == 0 && has_unread,
		                         .mode = 0644};
		buf_reset(&b);
		is_well &= entry_encode(&coder, &b, &en) == 0 &&
		           factset_put(fs, FACT_ENTRY, buf_bytes(&b), &e) == 0;
	}
	CHECK(is_well);
	entry_coder_fini(&coder);
	factset_seal(fs, &(struct factset_meta){.size = 0});
	return fs;
}

static const struct coverage *row(const struct report *r, const char *code)
{
	for (size_t i = 0; i < r->n_coverage; i++) {
		if (bytes_eq(bytes_str(r->coverage[i].code), bytes_str(code)))
			return &r->coverage[i];
	}
	return NULL;
}

int main(void)
{
	static const struct {
		const char *name;
		size_t n, max, listed;
		bool has_unread;
		const char *code, *detail;
	} cases[] = {
		{"none",                 0, 8, 0, false, NULL,           NULL                                   },
		{"as many as may be",    8, 8, 8, false, NULL,           NULL                                   },
		{"one more",             9, 8, 8, false, "files.many",   "1 files are not listed: at most 8 are"},
		{"one without a digest", 3, 8, 2, true,  "files.unread",
	         "1 files have no digest, d/0003 first"							 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct factset *fs = layer(cases[i].n, cases[i].has_unread);
		const struct factset *layers[] = {fs}, *looks[] = {NULL};
		struct view *v = view_new(layers, 1);
		struct report *r = report_new();
		judge_files(
			&(struct judge_input){
				.view = v, .layers = layers, .looks = looks, .n_layers = 1},
			cases[i].max, r);
		bool is_sorted = true;
		for (size_t k = 1; k < r->n_files; k++)
			is_sorted &= bytes_cmp(r->files[k - 1].path, r->files[k].path) < 0;
		const struct coverage *said = cases[i].code ? row(r, cases[i].code) : NULL;
		test_case(r->n_files == cases[i].listed && is_sorted &&
		                  r->n_coverage == (cases[i].code != NULL) &&
		                  (!cases[i].code ||
		                   (said && said->status == COVERAGE_INCOMPLETE &&
		                    bytes_eq(said->detail, bytes_str(cases[i].detail)))),
		          "%s", cases[i].name);
		report_free(r);
		view_free(v);
		factset_free(fs);
	}
	return TEST_END();
}
