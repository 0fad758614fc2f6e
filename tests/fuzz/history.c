/* SPDX-License-Identifier: Apache-2.0 */
/* history.c - fuzz: steps and commands lie inside the text, and reading ends. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void inside(struct bytes outer, struct bytes b)
{
	if (b.n && (b.p < outer.p || b.p + b.n > outer.p + outer.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes text = bytes_of(p, n);
	struct history_step s = history_step(text);
	inside(text, s.text);
	struct shell_command c;
	size_t left = text.n + 1, at;
	for (struct bytes rest = text; shell_next(&rest, &c); left = rest.n) {
		if (c.n == 0 || c.n > SHELL_WORDS_MAX || rest.n >= left)
			abort();
		for (size_t i = 0; i < c.n; i++)
			inside(text, c.words[i]);
		inside(text, shell_program(&c, &at));
		if (at >= c.n)
			abort();
		shell_has(&c, B("-y"));
	}
	return 0;
}
