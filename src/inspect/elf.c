/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf.c - how programs and libraries were built.
 *
 * Format: ELF (fmt/elf.h); PE and Mach-O are recognised.  Source: every file that begins like one.
 * Emits: binary.  A note "binary.broken" where not all could be read.
 *
 * A file of at most ELF_KEPT_MAX is held as it goes by; a larger one is asked for again.
 */
#include "inspect/inspect.h"

struct elf_state {
	struct buf b;
	enum elf_format format;
	bool is_begun;
};

static void look(struct inspect *in, struct bytes file)
{
	struct elf_piece piece;
	struct elf el;
	struct elf_facts f;
	struct err e = {.kind = ERR_NONE};
	if (elf_open_whole(file, &piece, &el, &e) < 0) {
		inspect_note(in, "binary.broken", "%s", e.msg);
		return;
	}
	elf_facts_init(&f);
	if (elf_look(&el, &f, &e) < 0)
		inspect_note(in, "binary.broken", "%s", e.msg);
	inspect_binary(in, &(struct fact_binary){.format = ELF_FILE,
	                                         .kind = f.kind,
	                                         .language = f.language,
	                                         .flags = f.flags,
	                                         .machine = el.machine,
	                                         .fortified = f.fortified,
	                                         .fortifiable = f.fortifiable,
	                                         .code = f.code,
	                                         .extra = f.extra,
	                                         .interp = f.interp,
	                                         .soname = f.soname,
	                                         .needed = buf_bytes(&f.needed),
	                                         .rpath = f.rpath,
	                                         .runpath = f.runpath,
	                                         .unsafe = buf_bytes(&f.unsafe),
	                                         .weak = buf_bytes(&f.weak),
	                                         .debug = f.debug});
	elf_facts_fini(&f);
}

static bool elf_piece(struct inspect *in, void *state, struct bytes piece)
{
	struct elf_state *s = state;
	if (!s->is_begun) {
		s->is_begun = true;
		s->format = elf_format(piece);
		if (s->format == ELF_FILE)
			buf_init(&s->b, (size_t)ELF_KEPT_MAX);
		else if (s->format != ELF_NONE)
			inspect_binary(in, &(struct fact_binary){.format = s->format});
	}
	if (s->format != ELF_FILE)
		return false;
	if (buf_add(&s->b, piece) == 0)
		return true;
	buf_fini(&s->b);
	s->format = ELF_NONE;
	inspect_ask(in);
	return false;
}

static void elf_end(struct inspect *in, void *state)
{
	struct elf_state *s = state;
	if (s->format == ELF_FILE)
		look(in, buf_bytes(&s->b));
	buf_fini(&s->b);
}

static int elf_file(struct inspect *in, const struct entry *en, struct bytes content, struct err *e)
{
	(void)en, (void)e;
	look(in, content);
	return 0;
}

static const char *const paths[] = {NULL};

const struct inspector inspector_elf = {
	.id = "elf",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "How programs and libraries were built",
	.paths = paths,
	.want = INSPECT_STREAM,
	.checks = 1U << CHECK_BINARY,
	.min = 16,
	.max = ELF_FILE_MAX,
	.file = elf_file,
	.state_size = sizeof(struct elf_state),
	.piece = elf_piece,
	.end = elf_end,
};
