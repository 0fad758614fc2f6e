/* SPDX-License-Identifier: Apache-2.0 */
/* elf.c - fuzz: what is said of an ELF file lies within it and within the bounds, and is the same
 * of what is kept of a stream. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void stream(struct bytes file, const struct elf_facts *want, int want_rc)
{
	enum { STEP = 600 };
	static struct elf_keep k;
	struct elf el;
	struct elf_facts f;
	struct err e = {.kind = ERR_NONE};
	elf_keep_begin(&k, bytes_slice(file, 0, STEP));
	for (size_t at = 0; at < file.n; at += STEP)
		elf_keep_piece(&k, bytes_slice(file, at, at + STEP));
	elf_facts_init(&f);
	if (elf_keep_end(&k, &el, &e) == 0) {
		int rc = elf_look(&el, &f, &e);
		if (!el.is_lacking &&
		    (rc != want_rc || f.flags != want->flags || f.fortifiable != want->fortifiable))
			abort();
	}
	elf_facts_fini(&f);
	elf_keep_fini(&k);
}

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
	int rc = elf_look(&el, &f, &e);
	if (rc < 0 && (!e.msg[0] || !(f.flags & ELF_IS_BROKEN)))
		abort();
	stream(bytes_of(p, n), &f, rc);
	if (f.needed.n > (size_t)ELF_NAMES_MAX || f.interp.n > n || f.soname.n > n)
		abort();
	elf_facts_fini(&f);
	return 0;
}
