/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire.h - what front and worker say to each other.
 *
 * Front to worker, standard input: u32 length, job (CBOR), then the bytes of the layer to their
 * end. Worker to front, standard output: frames of u32 length, u8 kind, CBOR; kind is enum
 * fact_kind or WIRE_END, which is the last.  Numbers are little endian.  Both sides are of one
 * build: this is no format to keep.
 */
#ifndef INSPECT_WIRE_H
#define INSPECT_WIRE_H

#include "inspect/inspect.h"

/* WIRE_AGAIN holds a path: what was stated of it so far is replaced by what follows. */
enum { WIRE_END = 0xff, WIRE_AGAIN = 0xfe, WIRE_HEAD_LEN = 5, WIRE_LENGTH_LEN = 4 };
/* Exit status of a worker that only inflates: this and enum err_kind. */
enum { WIRE_EXIT_BASE = 16 };

struct wire_end {
	enum err_kind kind; /* ERR_NONE: all of the layer was read, the facts are whole */
	struct bytes msg;
	struct bytes diff_id; /* SHA-256, 32 bytes */
	uint64_t plain_size, entries;
	uint64_t confinement; /* enum confine_layer bits */
};
void wire_put_end(struct buf *b, const struct wire_end *end);
bool wire_get_end(struct bytes cbor, struct wire_end *ret);

/* The head of a frame that carries n bytes. */
void wire_put_head(struct buf *b, uint8_t kind, size_t n);
/* Takes a whole frame off *rest: 1; 0 when more bytes are needed; -1 (ERR_LIMIT, ERR_FORMAT) for
 * one that is too long or has no kind. */
struct wire_frame {
	uint8_t kind;
	struct bytes cbor;
};
int wire_next(struct bytes *rest, struct wire_frame *ret, struct err *e);

struct wire_job {
	const struct inspect_look *looks;
	size_t n;
	uint64_t checks, sums; /* struct inspect_options */
	struct bytes rules, yara;
	bool has_clamd;
};
/* The job, length first.  -1: looks and what is attached to them exceed JOB_MAX. */
int wire_put_job(struct buf *b, const struct wire_job *job, struct err *e);
/* Slices point into cbor, the list is in the arena; names of inspectors are NUL-terminated copies.
 */
int wire_get_job(struct arena *a, struct bytes cbor, struct wire_job *ret, struct err *e);

#endif
