/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nearest.c - the word that was probably meant.
 *
 * Edit distance with adjacent swaps (optimal string alignment), over words of at most WORD_LEN
 * bytes.
 */
#include "base/base.h"

#include <string.h>

enum { WORD_LEN = 64 };

static unsigned min3(unsigned a, unsigned b, unsigned c) { return MIN_OF(a, MIN_OF(b, c)); }

static unsigned distance(struct bytes a, struct bytes b)
{
	unsigned row[3][WORD_LEN + 1];
	for (size_t j = 0; j <= b.n; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned *now = row[i % 3], *before = row[(i + 2) % 3], *two = row[(i + 1) % 3];
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			bool is_same = to_lower(a.p[i - 1]) == to_lower(b.p[j - 1]);
			now[j] = min3(before[j] + 1, now[j - 1] + 1, before[j - 1] + !is_same);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				now[j] = MIN_OF(now[j], two[j - 2] + 1);
		}
	}
	return row[a.n % 3][b.n];
}

const char *bytes_nearest(struct bytes word, const char *const words[])
{
	const char *best = NULL;
	unsigned least = (unsigned)MAX_OF(word.n / 3, (size_t)1) + 1;
	if (word.n == 0 || word.n > WORD_LEN)
		return NULL;
	for (size_t i = 0; words[i]; i++) {
		struct bytes w = bytes_str(words[i]);
		unsigned d = w.n > WORD_LEN ? UINT32_MAX : distance(word, w);
		if (d < least) {
			least = d;
			best = words[i];
		}
	}
	return best;
}
