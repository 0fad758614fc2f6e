/* SPDX-License-Identifier: Apache-2.0 */
/* lang_cargo.c - fuzz: each crate of a binary keeps the promises of the reader. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void look(void *arg, const struct lang_package *p)
{
	(void)arg;
	if (!p->name.n || !p->version.n || !bytes_is_utf8(p->name) ||
	    p->name.n > (size_t)LANG_FIELD_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	if (lang_cargo_file(bytes_of(p, n), look, NULL, &e) < 0 && !e.msg[0])
		abort();
	return 0;
}
