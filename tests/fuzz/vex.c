/* SPDX-License-Identifier: Apache-2.0 */
/* vex.c - fuzzes the readers of VEX documents. */
#include "fmt/fmt.h"

#include <stdlib.h>

static int on_statement(void *arg, const struct vex_statement *s, struct err *e)
{
	(void)arg;
	(void)e;
	if (s->n_ids > (size_t)VEX_IDS_MAX || s->status >= VEX__MAX)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new();
	struct err e;
	vex_read(bytes_of(p, n), a, on_statement, NULL, &e);
	arena_free(a);
	return 0;
}
