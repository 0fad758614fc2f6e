/* SPDX-License-Identifier: Apache-2.0 */
/* results.c - fuzzes the readers of other tools' results. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct results *runs;
	size_t n_runs;
	struct err e;
	if (results_parse(bytes_of(p, n), "fuzz", a, &runs, &n_runs, &e) < 0)
		return 0;
	if (n_runs > (size_t)RESULT_RUNS_MAX)
		abort();
	for (size_t i = 0; i < n_runs; i++) {
		if (runs[i].n > (size_t)RESULTS_MAX || !runs[i].form)
			abort();
		for (size_t k = 0; k < runs[i].n; k++)
			if (runs[i].v[k].text.n > (size_t)RESULT_TEXT_MAX || !runs[i].v[k].id.n)
				abort();
	}
	return 0;
}
