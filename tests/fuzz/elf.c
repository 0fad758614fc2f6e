/* SPDX-License-Identifier: Apache-2.0 */
/* elf.c - fuzz: what is said of an ELF file lies within it and within the bounds. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct elf_piece piece;
	struct elf el;
	struct elf_facts f;
	struct err e = {.kind = ERR_NONE};
	if (elf_open_whole(bytes_of(p, n), &piece, &el, &e) < 0) {
		if (!e.msg[0])
			abort();
		return 0;
	}
	elf_facts_init(&f);
	if (elf_look(&el, &f, &e) < 0 && (!e.msg[0] || !(f.flags & ELF_IS_BROKEN)))
		abort();
	if (f.needed.n > (size_t)ELF_NAMES_MAX || f.interp.n > n || f.soname.n > n)
		abort();
	elf_facts_fini(&f);
	return 0;
}
