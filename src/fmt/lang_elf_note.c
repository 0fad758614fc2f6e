/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_elf_note.c - the note in which a linker leaves what package a program is of.
 *
 * Format: a note of the owner "FDO" and type 0xcafe1a7e that holds a JSON object.
 * Source: UAPI Group, "Package Metadata for Executable Files": type, name, version, architecture,
 * osCpe, appCpe; os and osVersion before them.
 */
#include "fmt/lang.h"

#include <elf.h>

#include "fmt/elf.h"

enum { PACKAGE_NOTE = 0xcafe1a7e };

/* What the note holds within a segment of notes; absent: it has none. */
static struct bytes find_in(const struct elf *el, struct bytes notes, uint64_t align)
{
	enum { HEAD = 12 };
	size_t a = align == 8 ? 8 : 4;
	while (notes.n >= HEAD) {
		uint64_t n_name = elf_number(el, notes.p, 4), n = elf_number(el, notes.p + 4, 4);
		uint64_t type = elf_number(el, notes.p + 8, 4);
		uint64_t at = (HEAD + n_name + a - 1) / a * a, end = (at + n + a - 1) / a * a;
		if (at > notes.n || n > notes.n - at)
			break;
		if (type == PACKAGE_NOTE &&
		    bytes_eq(bytes_slice(notes, HEAD, HEAD + (size_t)n_name), B("FDO\0")))
			return bytes_slice(notes, (size_t)at, (size_t)(at + n));
		notes = bytes_skip(notes, (size_t)MIN_OF(end, (uint64_t)notes.n));
	}
	return (struct bytes){NULL, 0};
}

static struct bytes find(struct bytes head)
{
	const struct elf_piece piece = {0, head};
	struct elf el;
	struct err ignored;
	struct bytes notes, note = {NULL, 0};
	if (elf_open(&piece, 1, UINT64_MAX, &el, &ignored) < 0)
		return note;
	for (size_t i = 0; i < elf_segments(&el) && !note.n; i++) {
		struct elf_segment s = elf_segment(&el, i);
		if (s.type == PT_NOTE && s.at < head.n && s.size <= head.n - s.at &&
		    elf_bytes(&el, s.at, s.size, &notes))
			note = find_in(&el, notes, s.align);
	}
	while (note.n && !note.p[note.n - 1]) /* filled up to whole words */
		note.n--;
	return note;
}

/* "fedora" of osCpe "cpe:/o:fedoraproject:fedora:36", where no os says it. */
static struct bytes system_of(const json_t *root)
{
	struct bytes rest = json_text(root, "osCpe"), part = json_text(root, "os");
	for (int i = 0; i < 4 && !json_text(root, "os").n; i++) {
		if (!bytes_split(&rest, ':', &part))
			return (struct bytes){NULL, 0};
	}
	return part;
}

static struct bytes app_cpe(const json_t *root)
{
	struct bytes cpe = json_text(root, "appCpe");
	return bytes_starts(cpe, B("cpe:2.3:")) && cpe.n <= (size_t)LANG_FIELD_MAX
	               ? cpe
	               : (struct bytes){NULL, 0};
}

int lang_elf_note(struct bytes head, struct arena *a, struct lang_package *ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	struct bytes note = elf_format(head) == ELF_FILE ? find(head) : (struct bytes){NULL, 0};
	if (!note.n)
		return 0;
	if (json_load_loose(note, "package note", (size_t)ELF_NOTE_MAX, &root, e) < 0)
		return -1;
	struct bytes name = json_text(root, "name"), system = system_of(root);
	struct lang_package p = {.name = name,
	                         .version = arena_dup(a, json_text(root, "version")),
	                         .cpe = arena_dup(a, app_cpe(root)),
	                         .license = arena_dup(a, json_text(root, "license"))};
	if (!name.n || !p.version.n)
		return 0;
	if (lang_check(&p, e) < 0)
		return err_wrap(e, "package note");
	p.name = system.n ? bytes_str(arena_printf(a, "%.*s/%.*s", BYTES_FMT(system),
	                                           BYTES_FMT(p.name)))
	                  : arena_dup(a, p.name);
	if (lang_check(&p, e) < 0)
		return err_wrap(e, "package note");
	*ret = p;
	return 1;
}
