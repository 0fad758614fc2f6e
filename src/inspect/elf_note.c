/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_note.c - programs that say what package they are of, though no package manager is there that
 * would.
 *
 * Format: fmt/lang_elf_note.c.
 * Source: every ELF file, its first bytes.
 * Emits: package (generic, "SYSTEM/NAME"; evidence "binary"), with a CPE name where the note has
 * one; a note for a package note that cannot be read.
 *
 * The name is that of a source package, mostly: what the distribution says of its own packages is
 * not held against it.  A file that a package owns is judged as that package.
 */
#include "inspect/inspect.h"

static bool elf_note_piece(struct inspect *in, void *state, struct bytes piece)
{
	struct lang_package p;
	struct err e = {.kind = ERR_NONE};
	(void)state;
	int rc = lang_elf_note(piece, inspect_arena(in), &p, &e);
	if (rc < 0)
		inspect_note(in, "db.broken", "%s", e.msg);
	if (rc > 0)
		inspect_package(in, &(struct fact_package){
					    .type = B("generic"),
					    .name = p.name,
					    .version = p.version,
					    .license = p.license,
					    .cpe = p.cpe,
					    .proof = B("its package note"),
					    .evidence = EVIDENCE_BINARY,
				    });
	return false;
}

static void elf_note_end(struct inspect *in, void *state) { (void)in, (void)state; }

static int elf_note_file(struct inspect *in, const struct entry *en, struct bytes content,
                         struct err *e)
{
	(void)in, (void)en, (void)content, (void)e; /* never asked for again */
	return 0;
}

static const char *const paths[] = {NULL};

const struct inspector inspector_elf_note = {
	.id = "elf_note",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Package notes of programs",
	.paths = paths,
	.want = INSPECT_STREAM,
	.min = 64,
	.file = elf_note_file,
	.state_size = 1,
	.piece = elf_note_piece,
	.end = elf_note_end,
};
