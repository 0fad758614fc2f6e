/* SPDX-License-Identifier: Apache-2.0 */
/* deb822.c - fuzz: paragraphs and fields lie inside the text, in order, and reading ends. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void inside(struct bytes outer, struct bytes b)
{
	if (b.p && (b.p < outer.p || b.n > outer.n || b.p + b.n > outer.p + outer.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes text = bytes_of(p, n), rest = text, paragraph;
	const uint8_t *last = p;
	while (deb822_paragraph(&rest, &paragraph)) {
		inside(text, paragraph);
		if (paragraph.p < last || paragraph.n == 0)
			abort();
		last = paragraph.p + paragraph.n;
		for (struct bytes fields = paragraph, k, v; deb822_field(&fields, &k, &v);) {
			inside(paragraph, k);
			inside(paragraph, v);
			if (k.p && !deb822_get(paragraph, k).p)
				abort();
		}
	}
	return 0;
}
