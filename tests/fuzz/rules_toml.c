/* SPDX-License-Identifier: Apache-2.0 */
/* rules_toml.c - fuzz: configurations of gitleaks, up to what is compiled. */
#include "inspect/rules_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct rules_text t = {.arena = a};
	struct err e;
	buf_init(&t.strings, (size_t)RULES_MAX);
	buf_addc(&t.strings, 0);
	rules_read_toml(&t, (struct bytes){p, n}, "t", &e);
	buf_fini(&t.strings);
	free(t.v);
	return 0;
}
