/* SPDX-License-Identifier: Apache-2.0 */
/* gitobjects.c - fuzz: packs and loose objects of git, in pieces of any length. */
#include "fmt/fmt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int on_object(void *arg, const char *kind, uint64_t at, struct err *e)
{
	int *depth = arg;
	(void)kind, (void)at, (void)e;
	if ((*depth)++)
		abort();
	return 0;
}

static int on_data(void *arg, struct bytes piece, struct err *e)
{
	const int *depth = arg;
	(void)e;
	if (*depth != 1 || !piece.n)
		abort();
	return 0;
}

static int on_end(void *arg, struct err *e)
{
	int *depth = arg;
	(void)e;
	if (--*depth)
		abort();
	return 0;
}

static void read_as(enum git_form form, struct bytes text, size_t step)
{
	int depth = 0;
	struct err e;
	const struct git_events ev = {&depth, on_object, on_data, on_end};
	struct git_objects *g = git_objects_new(form, &ev, MIB(16));
	int rc = 0;
	while (text.n && rc == 0) {
		size_t k = MIN_OF(step, text.n);
		rc = git_objects_push(g, bytes_slice(text, 0, k), &e);
		text = bytes_skip(text, k);
	}
	if (rc == 0 && git_objects_end(g, &e) == 0 && depth)
		abort();
	git_objects_free(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t step = n ? 1U + p[n - 1] : 1;
	git_form(bytes_of(p, n), bytes_of(p, n));
	read_as(GIT_PACK, bytes_of(p, n), step);
	read_as(GIT_LOOSE, bytes_of(p, n), step);
	return 0;
}
