/* SPDX-License-Identifier: Apache-2.0 */
/*
 * golang.c - what Go binaries are made of.
 *
 * Format: build info (fmt/lang_go.c).
 * Source: every ELF file, whatever its name and mode, and programs for Windows and macOS, which
 * images hand out too.  Its bytes are searched as they go by and nothing is held but the build
 * info, and what an ELF file of Go before 1.18 may point to (fmt/lang.h); where that is not enough
 * it is asked for again, whole. Emits: package (golang): modules and the standard library; a note
 * for build info that is broken.
 */
#include "inspect/inspect.h"

#include <string.h>

#include "inspect/lang.h"

enum { STEP = 16 };

struct go_state {
	uint64_t at;        /* bytes of the file seen */
	uint8_t part[STEP]; /* of the next step, at % STEP bytes */
	bool is_elf, is_taking;
	struct buf info;           /* from a mark on, while is_taking */
	unsigned infos;            /* a binary may carry others within it */
	struct lang_go_keep *keep; /* NULL: not of Go */
};

static void state_module(void *arg, const struct lang_package *p) { lang_state(arg, "golang", p); }

static void pass_over(void *arg, const struct lang_package *p) { (void)arg, (void)p; }

/* A build info that is whole; the first past the bound is not told but said to be there. */
static void see_info(struct inspect *in, struct go_state *s)
{
	struct err ignored;
	bool is_told = s->infos < GO_INFOS_MAX;
	if (lang_go_info(buf_bytes(&s->info), is_told ? state_module : pass_over, in, &ignored) <=
	    0)
		return;
	s->infos++;
	if (!is_told)
		inspect_note(
			in, "db.broken",
			"more than %d build infos of Go: the modules of the others are missing",
			(int)GO_INFOS_MAX);
}

/* Moves bytes to the build info until it is whole; false when the file has to be asked for. */
static bool take(struct inspect *in, struct go_state *s, struct bytes *piece)
{
	for (;;) {
		ssize_t need = lang_go_need(buf_bytes(&s->info));
		if (need < 0 && !s->keep)
			return false;
		if (need <= 0 || s->info.n >= (size_t)need) {
			if (need < 0)
				lang_go_keep_found(s->keep, buf_bytes(&s->info));
			else if (need)
				see_info(in, s);
			s->is_taking = false;
			buf_reset(&s->info);
			return true;
		}
		size_t n = MIN_OF((size_t)need - s->info.n, piece->n);
		if (n == 0)
			return true;
		buf_add(&s->info, bytes_slice(*piece, 0, n));
		*piece = bytes_skip(*piece, n);
		s->at += n;
	}
}

static void found(struct go_state *s, struct bytes step)
{
	s->is_taking = true;
	buf_fini(&s->info);
	buf_init(&s->info, (size_t)GO_INFO_MAX);
	buf_add(&s->info, step);
}

/* Looks at whole steps; what is left of a piece waits in part. */
static void search(struct go_state *s, struct bytes *piece)
{
	size_t n_part = (size_t)(s->at % STEP);
	if (n_part) {
		size_t n = MIN_OF(STEP - n_part, piece->n);
		memcpy(s->part + n_part, piece->p, n);
		s->at += n;
		*piece = bytes_skip(*piece, n);
		if (n_part + n == STEP && lang_go_find(bytes_of(s->part, STEP), 0) == 0)
			found(s, bytes_of(s->part, STEP));
		return;
	}
	ssize_t hit = lang_go_find(*piece, 0);
	size_t n = hit >= 0 ? (size_t)hit + STEP : piece->n & ~(size_t)(STEP - 1);
	if (hit >= 0)
		found(s, bytes_slice(*piece, (size_t)hit, n));
	s->at += n;
	*piece = bytes_skip(*piece, n);
	if (hit < 0 && piece->n) {
		memcpy(s->part, piece->p, piece->n);
		s->at += piece->n;
		*piece = bytes_skip(*piece, piece->n);
	}
}

static void keep_on(struct go_state *s, struct bytes piece)
{
	if (!s->keep || lang_go_keep_piece(s->keep, piece))
		return;
	lang_go_keep_free(s->keep);
	s->keep = NULL;
}

static bool is_elf(struct bytes head)
{
	return bytes_starts(head, B("\x7f"
	                            "ELF"));
}

static bool is_program(struct bytes head)
{
	return is_elf(head) || bytes_starts(head, B("MZ")) ||
	       bytes_starts(head, B("\xcf\xfa\xed\xfe"));
}

static bool golang_piece(struct inspect *in, void *state, struct bytes piece)
{
	struct go_state *s = state;
	const struct bytes whole = piece;
	if (s->at == 0) {
		if (!is_program(piece))
			return false;
		s->is_elf = is_elf(piece);
		s->keep = s->is_elf ? lang_go_keep_new() : NULL;
	}
	while (piece.n && s->infos <= GO_INFOS_MAX) {
		if (!s->is_taking) {
			search(s, &piece);
			continue;
		}
		if (!take(in, s, &piece)) {
			s->is_taking = false;
			if (s->is_elf)
				inspect_ask(in);
			else
				inspect_note(in, "db.broken",
				             "a program of Go before 1.18 that is no ELF file: its "
				             "modules are not told");
			return false;
		}
		/* the search goes on at the next step: the bytes before it are no mark */
		if (!s->is_taking && s->at % STEP)
			memset(s->part, 0, sizeof s->part);
	}
	keep_on(s, whole);
	return s->infos <= GO_INFOS_MAX;
}

static void golang_end(struct inspect *in, void *state)
{
	struct go_state *s = state;
	if (s->is_taking && s->info.n)
		inspect_note(in, "db.broken", "build info of Go that is cut short");
	if (s->keep && !lang_go_keep_end(s->keep, state_module, in))
		inspect_ask(in);
	lang_go_keep_free(s->keep);
	buf_fini(&s->info);
}

static int golang_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	(void)en;
	return lang_go_file(content, state_module, in, e) < 0 ? -1 : 0;
}

static const char *const paths[] = {NULL};

const struct inspector inspector_golang = {
	.id = "golang",
	.version = 5, /* bump when output changes: it is part of the cache key */
	.title = "Modules of Go binaries",
	.paths = paths,
	.want = INSPECT_STREAM,
	.min = 512, /* no program is smaller */
	.max = MIB(
		256), /* of a second look; the largest real one before Go 1.18 is under 200 MiB */
	.file = golang_file,
	.state_size = sizeof(struct go_state),
	.piece = golang_piece,
	.end = golang_end,
};
