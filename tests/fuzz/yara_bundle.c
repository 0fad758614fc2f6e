/* SPDX-License-Identifier: Apache-2.0 */
/* yara_bundle.c - fuzz: bundles of compiled YARA rules; what opens points into the bytes given. */
#include "inspect/inspect.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check(const uint8_t *p, size_t n, struct bytes b)
{
	if (b.n && (b.p < p || b.p > p + n || b.n > (size_t)(p + n - b.p)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new();
	struct yara_bundle y;
	struct err e = {.kind = ERR_NONE};
	if (yara_bundle_open(bytes_of(p, n), a, &y, &e) == 0) {
		check(p, n, y.compiled);
		check(p, n, y.literals);
		for (size_t i = 0; i < y.n_rules; i++) {
			check(p, n, y.rules[i].name);
			check(p, n, y.rules[i].source);
			if (y.rules[i].severity >= SEV__MAX)
				abort();
			yara_bundle_find(&y, y.rules[i].name);
		}
	} else if (!e.msg[0]) {
		abort();
	}
	arena_free(a);
	return 0;
}
