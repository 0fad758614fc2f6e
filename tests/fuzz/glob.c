/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob.c - fuzz: bytes_glob says what a table of all (pattern, text) prefixes says.
 *
 * Input: the pattern, a newline, the text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { SIDE_MAX = 200 };

/* does[i][j]: the first i bytes of the pattern match the first j of the text */
static bool slow_glob(struct bytes pattern, struct bytes b)
{
	static bool does[SIDE_MAX + 1][SIDE_MAX + 1];
	for (size_t i = 0; i <= pattern.n; i++) {
		size_t star = i && pattern.p[i - 1] == '*';
		/* pairs of stars are read from the left */
		size_t run = 0;
		while (run < i && pattern.p[i - 1 - run] == '*')
			run++;
		bool is_deep = star && run % 2 == 0;
		bool is_half = star && run % 2 == 1 && i < pattern.n && pattern.p[i] == '*';
		for (size_t j = 0; j <= b.n; j++) {
			if (i == 0)
				does[i][j] = j == 0;
			else if (is_half)
				does[i][j] = false;
			else if (is_deep)
				does[i][j] = does[i - 2][j] || (j && does[i][j - 1]);
			else if (star)
				does[i][j] = does[i - 1][j] ||
				             (j && does[i][j - 1] && b.p[j - 1] != '/');
			else
				does[i][j] =
					j && does[i - 1][j - 1] &&
					(pattern.p[i - 1] == '?' ? b.p[j - 1] != '/'
				                                 : pattern.p[i - 1] == b.p[j - 1]);
		}
	}
	return does[pattern.n][b.n];
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes pattern, text;
	bytes_cut((struct bytes){p, n}, '\n', &pattern, &text);
	bool is_match = bytes_glob(pattern, text);
	if (pattern.n > SIDE_MAX || text.n > SIDE_MAX)
		return 0;
	if (is_match != slow_glob(pattern, text))
		abort();
	return 0;
}
