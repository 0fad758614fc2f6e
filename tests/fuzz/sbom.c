/* SPDX-License-Identifier: Apache-2.0 */
/* sbom.c - bills of materials of every form: what was read is all there. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct sbom_keep keep;
	struct sbom s;
	struct err e;
	if (sbom_parse(bytes_of(p, n), "fuzz", a, &keep, &s, &e) < 0)
		return 0;
	size_t sum = s.n_edges + s.n_faults;
	for (size_t i = 0; i < s.n_packages; i++)
		sum += digest_of(s.packages[i].name).b[0] + s.packages[i].n_pairs;
	for (size_t i = 0; i < s.n_faults; i++)
		sum += s.faults[i].n;
	if (sum == (size_t)-1)
		abort();
	sbom_release(&keep);
	return 0;
}
