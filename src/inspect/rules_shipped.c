/* SPDX-License-Identifier: Apache-2.0 */
/* rules_shipped.c - the compiled rules of rules/, as part of the program. */
#include "inspect/rules.h"

__asm__(".pushsection .rodata\n"
        ".balign 64\n"
        ".globl rules_shipped_begin\n"
        ".globl rules_shipped_end\n"
        "rules_shipped_begin:\n"
        ".incbin \"" ASSAY_RULES "\"\n"
        "rules_shipped_end:\n"
        ".popsection\n");
extern const uint8_t rules_shipped_begin[], rules_shipped_end[];

const struct rules *rules_shipped(void)
{
	static struct rules r;
	struct err e;
	if (!r.head && rules_open(bytes_of(rules_shipped_begin,
	                                   (size_t)(rules_shipped_end - rules_shipped_begin)),
	                          &r, &e))
		return NULL;
	return &r;
}
