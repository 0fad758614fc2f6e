/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cargo.c - crates that Rust binaries say they are made of.
 *
 * Format: cargo-auditable's section ".dep-v0" (fmt/lang_cargo.c).
 * Source: every ELF file.  As it goes by only the names of its sections are looked at, which stand
 * before the table that the header points to; a file that has that section is asked for, whole.
 * Emits: package (cargo); a note for a list that cannot be read.
 */
#include "inspect/inspect.h"

#include <string.h>

#include "inspect/lang.h"

enum { HEAD_LEN = 64 };

struct cargo_state {
	uint64_t at;       /* bytes of the file seen */
	uint64_t from, to; /* where the names of sections are looked for */
	uint8_t last[8];   /* the bytes before `at` */
};

static uint64_t table_at(struct bytes head)
{
	const struct elf_piece piece = {0, head};
	struct elf el;
	struct err ignored;
	return elf_open(&piece, 1, UINT64_MAX, &el, &ignored) < 0 ? 0 : el.sections_at;
}

static const char section[] = ".dep-v0";

/* Looks for the rarest of its letters. */
static bool holds_section(struct bytes b)
{
	enum { DASH = 4 };
	for (struct bytes rest = bytes_skip(b, DASH);;) {
		ssize_t at = bytes_find(rest, '-');
		if (at < 0)
			return false;
		rest = bytes_skip(rest, (size_t)at);
		struct bytes found = {rest.p - DASH, rest.n + DASH};
		if (bytes_starts(found, bytes_of(section, sizeof section)))
			return true;
		rest = bytes_skip(rest, 1);
	}
}

/* Is the name in what of this piece may hold names, or across its start? */
static bool has_name(const struct cargo_state *s, struct bytes piece)
{
	uint8_t seam[2 * sizeof s->last] = {0};
	memcpy(seam, s->last, sizeof s->last);
	memcpy(seam + sizeof s->last, piece.p, MIN_OF(piece.n, sizeof s->last));
	if (holds_section(bytes_of(seam, sizeof seam)))
		return true;
	uint64_t from = s->from > s->at ? s->from - s->at : 0, to = s->to - s->at;
	return holds_section(
		bytes_slice(piece, (size_t)from, (size_t)MIN_OF(to, (uint64_t)piece.n)));
}

static bool cargo_piece(struct inspect *in, void *state, struct bytes piece)
{
	struct cargo_state *s = state;
	if (s->at == 0) {
		if (piece.n < HEAD_LEN || !bytes_starts(piece, B("\x7f"
		                                                 "ELF")))
			return false;
		s->to = table_at(piece);
		s->from = s->to - MIN_OF(s->to, (uint64_t)CARGO_NAMES_MAX);
	}
	uint64_t end = s->at + piece.n;
	if (end > s->from && s->at < s->to && has_name(s, piece)) {
		inspect_ask(in);
		return false;
	}
	s->at = end;
	if (piece.n >= sizeof s->last) {
		memcpy(s->last, piece.p + piece.n - sizeof s->last, sizeof s->last);
	} else {
		memmove(s->last, s->last + piece.n, sizeof s->last - piece.n);
		memcpy(s->last + sizeof s->last - piece.n, piece.p, piece.n);
	}
	return end < s->to;
}

static void cargo_end(struct inspect *in, void *state)
{
	(void)in;
	(void)state;
}

static int cargo_file(struct inspect *in, const struct entry *en, struct bytes content,
                      struct err *e)
{
	(void)en;
	struct lang_list l = {in, "cargo"};
	return lang_cargo_file(content, lang_list_item, &l, e) < 0 ? -1 : 0;
}

static const char *const paths[] = {NULL};

const struct inspector inspector_cargo = {
	.id = "cargo",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Crates of Rust binaries",
	.paths = paths,
	.want = INSPECT_STREAM,
	.min = 512,          /* no program is smaller */
	.max = ELF_FILE_MAX, /* of a second look */
	.file = cargo_file,
	.state_size = sizeof(struct cargo_state),
	.piece = cargo_piece,
	.end = cargo_end,
};
