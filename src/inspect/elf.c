/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf.c - how programs and libraries were built.
 *
 * Format: ELF (fmt/elf.h); PE and Mach-O are recognised.  Source: every file that begins like one.
 * Emits: binary.  A note "binary.broken" where not all could be read.
 *
 * What its reader asks for is held as it goes by, at most ELF_KEPT_MAX; where that is not enough,
 * the file is asked for again.
 */
#include "inspect/inspect.h"

struct elf_state {
	struct elf_keep keep;
	enum elf_format format;
	bool is_begun;
};

static void state(struct inspect *in, const struct elf *el, const struct elf_facts *f)
{
	inspect_binary(in, &(struct fact_binary){.format = ELF_FILE,
	                                         .kind = f->kind,
	                                         .language = f->language,
	                                         .flags = f->flags,
	                                         .machine = el->machine,
	                                         .fortified = f->fortified,
	                                         .fortifiable = f->fortifiable,
	                                         .code = f->code,
	                                         .extra = f->extra,
	                                         .interp = f->interp,
	                                         .soname = f->soname,
	                                         .needed = buf_bytes(&f->needed),
	                                         .rpath = f->rpath,
	                                         .runpath = f->runpath,
	                                         .unsafe = buf_bytes(&f->unsafe),
	                                         .weak = buf_bytes(&f->weak),
	                                         .debug = f->debug});
}

/* el was opened, or e says why not.  False: more of the file is needed. */
static bool look(struct inspect *in, struct elf *el, int rc, struct err *e)
{
	struct elf_facts f;
	if (rc < 0) {
		inspect_note(in, "binary.broken", "%s", e->msg);
		return true;
	}
	elf_facts_init(&f);
	rc = elf_look(el, &f, e);
	if (!el->is_lacking) {
		if (rc < 0)
			inspect_note(in, "binary.broken", "%s", e->msg);
		state(in, el, &f);
	}
	elf_facts_fini(&f);
	return !el->is_lacking;
}

static bool elf_piece(struct inspect *in, void *arg, struct bytes piece)
{
	struct elf_state *s = arg;
	if (!s->is_begun) {
		s->is_begun = true;
		s->format = elf_format(piece);
		if (s->format == ELF_FILE)
			elf_keep_begin(&s->keep, piece);
		else if (s->format != ELF_NONE)
			inspect_binary(in, &(struct fact_binary){.format = s->format});
	}
	if (s->format != ELF_FILE)
		return false;
	elf_keep_piece(&s->keep, piece);
	return true;
}

static void elf_end(struct inspect *in, void *arg)
{
	struct elf_state *s = arg;
	struct elf el;
	struct err e = {.kind = ERR_NONE};
	if (s->format != ELF_FILE)
		return;
	int rc = elf_keep_end(&s->keep, &el, &e);
	if (!look(in, &el, rc, &e))
		inspect_ask(in);
	elf_keep_fini(&s->keep);
}

static int elf_file(struct inspect *in, const struct entry *en, struct bytes content, struct err *e)
{
	struct elf_piece piece;
	struct elf el;
	struct err why = {.kind = ERR_NONE};
	(void)en, (void)e;
	int rc = elf_open_whole(content, &piece, &el, &why);
	look(in, &el, rc, &why);
	return 0;
}

static const char *const paths[] = {NULL};

const struct inspector inspector_elf = {
	.id = "elf",
	.version = 3, /* bump when output changes: it is part of the cache key */
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
