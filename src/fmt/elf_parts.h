/* SPDX-License-Identifier: Apache-2.0 */
/* elf_parts.h - what the readers of ELF files share.  Private to them. */
#ifndef FMT_ELF_PARTS_H
#define FMT_ELF_PARTS_H

#include "fmt/elf.h"

/* What the dynamic section says; addresses as a running program has them, 0 where it says none. */
struct elf_dynamic {
	uint64_t strings, strings_len, symbols, hash, gnu_hash, flags, flags_1;
	uint64_t rel, rel_len, rela, rela_len, plt, plt_len;
	bool has_debug, has_soname, has_rpath, has_runpath, is_plt_rela;
	uint64_t soname, rpath, runpath;
	struct bytes text; /* the string table */
};

/* Looks at the symbols that the loader resolves, and where it is not known how many those are at
 * those of the section table; of a static program at all that it has. */
int elf_see_symbols(struct elf *el, const struct elf_dynamic *d, struct elf_facts *f,
                    struct err *e);

#endif
