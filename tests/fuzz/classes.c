/* SPDX-License-Identifier: Apache-2.0 */
/* classes.c - fuzz: classes of container, and what belongs to them. */
#include "fmt/fmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct classes c = {.n = 0};
	struct bytes whole = {p, n};
	struct oci_label label = {bytes_slice(whole, 0, n / 2), whole};
	struct class_range x;
	struct err e;
	if (class_range_parse(whole, true, &x) && x.to < x.from)
		__builtin_trap();
	if (classes_parse(whole, "t", a, &c, &e) < 0)
		return 0;
	classes_find(&c, bytes_slice(whole, 0, n / 2), &label, 1);
	for (size_t i = 0; i < c.n; i++) {
		class_path_in(&c.v[i].writable, bytes_slice(whole, n / 2, n));
		if (classes_named(&c, c.v[i].name) != &c.v[i])
			__builtin_trap();
	}
	return 0;
}
