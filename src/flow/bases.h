/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bases.h - what an image was built on, as far as bases that are known or its labels tell.
 *
 * Bases are images that somebody vouches for by naming them, or by handing over their reports.  An
 * image stands on one when its lowest layers are those of the base, byte for byte; a label is a
 * claim, and says so.
 *
 * A base is admitted when it is proven which image it is: its manifest, and by that its config and
 * the digests of its layers, is signed by a key that was given for that, or has the digest that was
 * asked for.  A report proves nothing about the image that it speaks of.
 */
#ifndef FLOW_BASES_H
#define FLOW_BASES_H

#include "model/model.h"
#include "trust/trust.h"

struct base_image {
	struct bytes reference, digest;
	const struct bytes *diff_ids;
	size_t n;
	const char *admitted; /* "signature", "digest"; NULL: it is not */
	struct bytes signer;  /* id of the key */
};

struct bases {
	struct arena *arena;
	struct base_image *v;
	size_t n, cap;
	struct base_named { /* images by reference, read when one of their platform is scanned */
		struct bytes name; /* absent: as the reference says */
		const char *ref;
	} * named;
	size_t n_named, cap_named;
	struct bytes_list platforms; /* that were read */
	struct key_ring keys;        /* whose signature admits a base; not owned */
	struct base_row {            /* of coverage: what was not as it was wished */
		struct bytes platform, text;
		const char *code;
		bool is_incomplete;
	} * rows;
	size_t n_rows, cap_rows;
};

void bases_fini(struct bases *b);
/* "NAME=FILE" or "FILE": every report of the file is a base, of that name or its own reference.
 * What is no report is the reference of an image. */
int bases_add(struct bases *b, const char *spec, struct err *e);
/* Adds a base, whose texts live in b->arena; the same once more is left out. */
void bases_put(struct bases *b, const struct base_image *base);
/* Fills the lineage of a report: bases whose layers are the lowest of its own, of which the first
 * n_read have been read, the nearest first, and whose each layer is; where there is none, what
 * labels claim; and rows of coverage of what is known of the bases.  b may be NULL: labels alone.
 */
void bases_trace(const struct bases *b, struct report *r, size_t n_read);

#endif
