/* SPDX-License-Identifier: Apache-2.0 */
/* programs.c - fuzz: programs in pieces; what is stated is a fact, and nothing is kept. */
#include "inspect/state.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

extern const struct inspector inspector_programs;

static int put(void *arg, enum fact_kind kind, struct bytes cbor, struct err *e)
{
	(void)arg, (void)e;
	if (!fact_check(kind, cbor))
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct inspect *in = inspect_new(&(struct inspect_sink){.put = put});
	const struct inspector *i = &inspector_programs;
	void *state = mem_zalloc(i->state_size);
	struct bytes path = B("srv/.photo.jpg");
	size_t cut = n / 2;
	if (n >= 16 && inspect_piece(in, i, path, state, bytes_of(p, n - cut)) && cut)
		inspect_piece(in, i, path, state, bytes_of(p + n - cut, cut));
	inspect_piece(in, i, path, state, (struct bytes){NULL, 0});
	free(state);
	inspect_free(in);
	return 0;
}
