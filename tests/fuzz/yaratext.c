/* SPDX-License-Identifier: Apache-2.0 */
/* yaratext.c - fuzz: any text is read to its end, and literals keep their bounds. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct yara_text t = {.a = a};
	struct err e = {.kind = ERR_NONE};
	if (yara_text_add(&t, bytes_of(p, n), &e) < 0 && e.kind != ERR_LIMIT)
		abort();
	for (size_t i = 0; i < t.n_literals; i++) {
		if (t.literals[i].text.n < 2 || t.literals[i].text.n > YARA_LITERAL_LEN)
			abort();
	}
	if (t.n_always > t.n_rules)
		abort();
	yara_text_fini(&t);
	return 0;
}
