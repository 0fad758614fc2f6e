/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_hackage.c - the order of Haskell package versions.
 *
 * Format: N{.N}.  A longer one is above a shorter that it begins with: 1.0 < 1.0.0.
 * Source: Haskell Package Versioning Policy, "Version numbers"; Cabal's manual, "version".
 */
#include "fmt/version.h"

int version_hackage_cmp(struct bytes a, struct bytes b) { return version_cmp_list(a, b); }

enum { DIGITS_MAX = 9 }; /* of one number; Cabal refuses more */

bool version_hackage_valid(struct bytes v)
{
	struct bytes one, tail;
	for (bool is_more = true; is_more; v = tail) {
		is_more = bytes_cut(v, '.', &one, &tail);
		uint64_t value;
		if (one.n > DIGITS_MAX || !bytes_u64(one, UINT64_MAX, &value))
			return false;
		if (one.n > 1 && one.p[0] == '0')
			return false;
	}
	return true;
}
