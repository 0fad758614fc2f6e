/* SPDX-License-Identifier: Apache-2.0 */
/* release.c - fuzz: signed indexes of Debian repositories. */
#include "fmt/fmt.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct release r;
	struct release_file f;
	struct err e;
	int64_t s;
	release_date((struct bytes){p, n}, &s);
	if (release_parse((struct bytes){p, n}, &r, &e) < 0)
		return 0;
	for (struct bytes rest = r.files; release_file(&rest, &f, &e) > 0;)
		;
	return 0;
}
