/* SPDX-License-Identifier: Apache-2.0 */
/* known.c - fuzz: what is found does not depend on where pieces are cut, and is a version. */
#include "inspect/known.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const names[] = {"program", "python3.11", "mysqld", "libz.so.1"};
	struct known_file f = {.at = 0};
	if (n < 2)
		return 0;
	size_t cut = p[1] % n;
	known_begin(&f, bytes_str(names[p[0] % ARRAY_LEN(names)]), bytes_of(p, n));
	if (cut)
		known_piece(&f, bytes_of(p, cut));
	known_piece(&f, bytes_of(p + cut, n - cut));
	for (size_t i = 0; i < f.n_found; i++) {
		if (!f.found[i].n || f.found[i].n >= KNOWN_VERSION_MAX || f.found[i].offset >= n)
			abort();
	}
	return 0;
}
