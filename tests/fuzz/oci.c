/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci.c - fuzz: index, manifest, config, manifest.json, repositories, oci-layout, platform.
 *
 * Input: the document; every reader sees it.
 */
#include "fmt/fmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct bytes text = {p, n};
	struct oci_document d;
	struct oci_config c;
	struct oci_saved *s;
	struct oci_texts t;
	struct oci_platform platform;
	struct err e;
	size_t n_saved;
	if (!oci_parse(a, text, "fuzz", (struct bytes){NULL, 0}, &d, &e))
		oci_check_image(&d, &e);
	if (!oci_config_parse(a, text, "fuzz", &c, &e)) {
		for (size_t i = 0; i < c.n_diff_ids; i++)
			oci_created_by(&c, i);
	}
	oci_saved_parse(a, text, &s, &n_saved, &e);
	oci_repositories_parse(a, text, &t, &e);
	oci_layout_check(text, &e);
	if (!oci_platform_parse(text, &platform, &e))
		oci_platform_match(&platform, &platform);
	return 0;
}
