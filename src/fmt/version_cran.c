/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_cran.c - the order of R package versions.
 *
 * Format: N{.N} with at least two numbers; '-' is the same as '.'.
 * Source: Writing R Extensions, 1.1.1, "The DESCRIPTION file"; R's help page numeric_version.
 */
#include "fmt/version.h"

int version_cran_cmp(struct bytes a, struct bytes b) { return version_cmp_list(a, b); }

bool version_cran_valid(struct bytes v)
{
	bool is_parted = true, is_list = false;
	for (size_t i = 0; i < v.n; i++) {
		bool is_mark = v.p[i] == '.' || v.p[i] == '-';
		if (!is_mark && !is_digit(v.p[i]))
			return false;
		if (is_mark && is_parted)
			return false;
		is_parted = is_mark;
		is_list |= is_mark;
	}
	return is_list && !is_parted;
}
