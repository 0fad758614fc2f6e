/* SPDX-License-Identifier: Apache-2.0 */
/* lang_jar.c - fuzz: what properties or a manifest tell keeps the promises of the reader. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void require(int rc, const struct lang_package *p)
{
	if (rc > 0 && (!p->name.n || !p->version.n || !bytes_is_utf8(p->name)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct lang_package f;
	struct err e;
	struct bytes b = bytes_of(p, n);
	require(lang_pom_properties(b, a, &f, &e), &f);
	require(lang_jar(B("a-1.jar"), b, bytes_slice(b, 0, 40), a, &f), &f);
	require(lang_jar(bytes_slice(b, 0, 64), B("Implementation-Version: 1\n"), b, a, &f), &f);
	struct bytes license = lang_pom_license(b, a);
	if (license.n > (size_t)LANG_FIELD_MAX)
		abort();
	return 0;
}
