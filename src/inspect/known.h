/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.h - the rules of rules/binaries.def, evaluated over bytes that go by.  Private to inspect/.
 *
 * Rows that ask for any file share one filter: each four bytes at a multiple of four are looked up
 * in a set, so that a text of seven bytes or more is met at one of its places for one probe in four
 * bytes.  A code segment is passed over where the file keeps its texts in a segment of their own.
 * Rows that ask for a name are searched for in files of that name alone.  Held of a file:
 * its last KNOWN_TAIL bytes and what was found.
 */
#ifndef INSPECT_KNOWN_H
#define INSPECT_KNOWN_H

#include "base/base.h"

enum {
	KNOWN_ROWS_MAX = 128, /* a bit each */
	KNOWN_TAIL = 192,     /* bytes of a text, its version and what stands around it */
};

enum known_kind {
	KNOWN_PROGRAM,
	KNOWN_LIBRARY, /* within another file it is linked in */
	KNOWN_SOLE, /* a program whose text others may wear: it counts where there is one version */
};

struct known_row {
	enum known_kind kind;
	const char *name, *cpe, *file, *text, *also;
	const char *hit, *miss; /* for the tests */
};
extern const struct known_row known_rows[];
extern const size_t known_n;

struct known_file {
	struct bytes name; /* base name; must live as long as the file is read */
	uint64_t at;       /* bytes seen */
	uint64_t code,
		code_end; /* offsets between which no text stands; equal: everywhere may one */
	uint64_t rows[KNOWN_ROWS_MAX / 64]; /* that ask for this name */
	uint64_t also[KNOWN_ROWS_MAX / 64]; /* rows whose other text was met */
	uint8_t tail[2 * KNOWN_TAIL];
	size_t n_tail;
	struct known_found {
		uint8_t row, n;
		char version[KNOWN_VERSION_MAX];
		uint64_t offset;
	} found[KNOWN_FOUND_MAX];
	size_t n_found;
	bool is_cut; /* there were more */
};

/* head: the file's first bytes, as many as are at hand. */
void known_begin(struct known_file *f, struct bytes name, struct bytes head);
void known_piece(struct known_file *f, struct bytes piece);
/* Is this finding complete: was its row's other text met, too, and is it alone if it must be? */
bool known_holds(const struct known_file *f, const struct known_found *k);
/* Does a library lie in its own file? */
bool known_is_own(const struct known_file *f, const struct known_found *k);

#endif
