/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire.c - fuzz: what a worker says, as the front takes it: frames, facts, the last record.
 *
 * Input: the worker's standard output.
 */
#include "inspect/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes rest = {p, n};
	struct wire_frame f;
	struct wire_end end;
	struct wire_job job;
	struct err e;
	AUTO_ARENA struct arena *a = arena_new();
	struct factset *fs = factset_new();
	wire_get_job(a, rest, &job, &e);
	while (wire_next(&rest, &f, &e) > 0) {
		if (f.kind == WIRE_END)
			wire_get_end(f.cbor, &end);
		else if (factset_put(fs, (enum fact_kind)f.kind, f.cbor, &e))
			break;
	}
	factset_free(fs);
	return 0;
}
