/* SPDX-License-Identifier: Apache-2.0 */
/* registries_conf.c - fuzz: any bytes as registries.conf; every place has a host and a name. */
#include "fmt/registries_conf.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct registries_file file = {"registries.conf", bytes_of(p, n)};
	const struct registry_ref ref = {.host = B("example.com"), .repository = B("foo/image")};
	struct registry_places to;
	struct err e;
	if (registry_places(a, &(struct registries_files){&file, 1}, &ref, &to, &e))
		return 0;
	if (!to.n || to.n > (size_t)REGISTRY_MIRRORS_MAX + 1)
		abort();
	for (size_t i = 0; i < to.n; i++) {
		if (!to.v[i].host.n || !to.v[i].repository.n)
			abort();
	}
	return 0;
}
