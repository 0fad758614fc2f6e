/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bases.h - what an image was built on, as far as reports of bases or its labels tell.
 *
 * Bases are images that somebody vouches for by handing over their reports.  An image stands on one
 * when its lowest layers are those of the base, byte for byte; a label is a claim, and says so.
 */
#ifndef FLOW_BASES_H
#define FLOW_BASES_H

#include "model/model.h"

struct base_image {
	struct bytes reference, digest;
	const struct bytes *diff_ids;
	size_t n;
};

struct bases {
	struct arena *arena;
	struct base_image *v;
	size_t n, cap;
};

void bases_fini(struct bases *b);
/* "NAME=FILE" or "FILE": every report of the file is a base, of that name or its own reference. */
int bases_add(struct bases *b, const char *spec, struct err *e);
/* Fills the lineage of a report: bases whose layers are the lowest of its own, of which the first
 * n_read have been read, the nearest first, and whose each layer is; where there is none, what
 * labels claim.  b may be NULL: labels alone. */
void bases_trace(const struct bases *b, struct report *r, size_t n_read);

#endif
