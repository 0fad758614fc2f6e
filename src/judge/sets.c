/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sets.c - the repositories that the layers of the image were built from.
 *
 * Manifests count as far as the image shows them.  Where an image has none, the label "cpe" of its
 * config names the product.
 */
#include "judge/judge.h"

static void layer_sets(const struct judge_input *in, size_t layer, bool is_look, struct report *r)
{
	const struct factset *fs = is_look ? in->looks[layer] : in->layers[layer];
	struct fact_repository f;
	struct fact_iter it = fact_iter(fs, FACT_REPOSITORY);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		if (!fact_decode_repository(cbor, &f) ||
		    (!is_look && !view_shows(in->view, layer, f.head.path)) ||
		    report_add_set(r, (int32_t)layer, f.name))
			continue;
		report_cover(r,
		             (struct coverage){.check = CHECK_VULNERABILITY,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "content-sets.many",
		                               .layer = (int32_t)layer,
		                               .path = f.head.path},
		             "the image names more than %lld content sets",
		             (long long)CONTENT_SETS_MAX);
		return;
	}
}

int judge_sets(const struct judge_input *in, struct report *r, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < in->n_layers; i++) {
		layer_sets(in, i, false, r);
		if (in->looks[i])
			layer_sets(in, i, true, r);
	}
	bool has_sets = r->os.n_sets > 0;
	for (size_t i = 0; i < r->image.config.n_labels; i++) {
		const struct label *l = &r->image.config.labels[i];
		if (bytes_eq(l->key, B("cpe")) && bytes_starts(l->value, B("cpe:")) && !has_sets)
			report_add_set(r, -1, l->value);
	}
	return 0;
}
