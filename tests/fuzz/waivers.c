/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waivers.c - fuzz: waivers in each of their forms; what is read is applied to a finding.
 */
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static int (*const forms[])(struct waivers *, struct bytes, const char *,
	                            struct err *) = {waivers_parse_yaml, waivers_parse_trivyignore,
	                                             waivers_parse_trivy_yaml, waivers_parse_grype};
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct waivers *w = waivers_new();
		struct report *r = report_new();
		struct finding *f = report_finding(r);
		struct err e;
		f->id = B("CVE-2027-1");
		f->package = B("pkg:deb/debian/zlib1g@1.2");
		f->location.path = B("usr/lib/z");
		if (forms[i](w, (struct bytes){p, n}, "w", &e) == 0)
			waivers_apply(w, r, 1800000000);
		report_free(r);
		waivers_free(w);
	}
	return 0;
}
