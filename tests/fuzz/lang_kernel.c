/* SPDX-License-Identifier: Apache-2.0 */
/* lang_kernel.c - fuzz: the first byte chooses between package notes, kernels and modules. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static int (*const readers[])(struct bytes, struct arena *, struct lang_package *,
	                              struct err *) = {lang_elf_note, lang_kernel,
	                                               lang_kernel_module};
	AUTO_ARENA struct arena *a = arena_new();
	struct lang_package f;
	struct err e = {.kind = ERR_NONE};
	if (n == 0)
		return 0;
	int rc = readers[p[0] % ARRAY_LEN(readers)](bytes_of(p + 1, n - 1), a, &f, &e);
	if (rc > 0 && (!f.name.n || !f.version.n || !bytes_is_utf8(f.name) ||
	               f.name.n > (size_t)LANG_FIELD_MAX))
		abort();
	if (rc < 0 && !e.msg[0])
		abort();
	return 0;
}
