/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_keep.c - of an ELF file that goes by, what its reader will ask for: the few places that the
 * headers at its start point to.
 *
 * Kept are the start of the file up to its code (symbols, their names and hashes, relocations),
 * notes, interpreter and dynamic section, small segments (patchelf moves names into one of its
 * own), and the section table with what lies before it, of a static program all behind the last
 * segment.  The rest is code and constants.
 */
#include "fmt/elf.h"

#include <elf.h>
#include <string.h>

static const char rust[] = "RUST_BACKTRACE";

bool elf_is_rust(struct bytes b) { return bytes_search(b, bytes_of(rust, sizeof rust - 1)) >= 0; }

/* ---- which places ---- */

static void want(struct elf_keep *k, uint64_t from, uint64_t n)
{
	uint64_t to = n > UINT64_MAX - from ? UINT64_MAX : from + n;
	size_t at = 0, end;
	if (n == 0)
		return;
	while (at < k->n_ranges && k->ranges[at].to < from)
		at++;
	for (end = at; end < k->n_ranges && k->ranges[end].from <= to; end++) {
		from = MIN_OF(from, k->ranges[end].from);
		to = MAX_OF(to, k->ranges[end].to);
	}
	if (end == at && k->n_ranges == ELF_RANGES_MAX)
		return; /* then it is lacking */
	memmove(&k->ranges[at + 1], &k->ranges[end], (k->n_ranges - end) * sizeof *k->ranges);
	k->n_ranges = k->n_ranges - (end - at) + 1;
	k->ranges[at] = (struct elf_range){.from = from, .to = to};
}

static void want_segment(struct elf_keep *k, const struct elf_segment *s)
{
	bool is_code = s->flags & PF_X;
	if (s->type == PT_LOAD ? !is_code && s->size <= ELF_SMALL_KEPT_MAX
	                       : s->type == PT_DYNAMIC || s->type == PT_INTERP ||
	                                 s->type == PT_NOTE || s->type == PT_GNU_PROPERTY)
		want(k, s->at, s->size);
}

/* Go's linker puts the section table first: then it says where the rest is. */
static void want_sections(struct elf_keep *k, const struct elf *el)
{
	for (size_t i = 0; i < elf_sections(el); i++) {
		struct elf_section s = elf_section(el, i);
		bool is_text = i == el->names_section || s.type == SHT_NOTE;
		if (s.type == SHT_DYNSYM && s.link < elf_sections(el)) {
			struct elf_section text = elf_section(el, s.link);
			want(k, text.at, text.size);
		}
		if (is_text || s.type == SHT_DYNSYM)
			want(k, s.at, s.size);
	}
}

static void want_end(struct elf_keep *k, const struct elf *el, bool has_symbols, uint64_t loaded)
{
	uint64_t table = el->sections_at, from = loaded;
	if (table > loaded) {
		from = MAX_OF(loaded, table - MIN_OF(table, (uint64_t)ELF_NAMES_KEPT_MAX));
		want(k, from, UINT64_MAX);
	} else if (table) { /* patchelf puts segments behind it */
		want(k, table - MIN_OF(table, (uint64_t)ELF_INNER_KEPT_MAX),
		     2 * (uint64_t)ELF_INNER_KEPT_MAX);
	}
	if (has_symbols && from - loaded <= ELF_SYMBOLS_KEPT_MAX)
		want(k, loaded, from - loaded);
}

/* The note that Go's linker writes stands at the start.  Of its bytes the letter is the rare one.
 */
bool elf_is_go(struct bytes head)
{
	enum { BEFORE = 4 };
	for (struct bytes rest = bytes_skip(head, BEFORE);; rest = bytes_skip(rest, 1)) {
		ssize_t at = bytes_find(rest, 'G');
		if (at < 0)
			return false;
		rest = bytes_skip(rest, (size_t)at);
		const struct bytes note = {rest.p - BEFORE, rest.n + BEFORE};
		if (bytes_starts(note, B("\4\0\0\0Go\0\0")) ||
		    bytes_starts(note, B("\0\0\0\4Go\0\0")))
			return true;
	}
}

void elf_keep_begin(struct elf_keep *k, struct bytes head)
{
	const struct elf_piece piece = {0, head};
	struct elf el;
	struct err ignored;
	bool has_interp = false;
	uint64_t loaded = 0, start;
	*k = (struct elf_keep){.n_ranges = 0};
	buf_init(&k->held, (size_t)ELF_KEPT_MAX);
	bool is_open = elf_open(&piece, 1, UINT64_MAX, &el, &ignored) == 0;
	if (!is_open || el.type == ET_REL || (!elf_segments(&el) && el.is_lacking)) {
		want(k, 0, UINT64_MAX);
		return;
	}
	elf_code(&el, &k->code, &k->code_end);
	for (size_t i = 0; i < elf_segments(&el); i++) {
		struct elf_segment s = elf_segment(&el, i);
		want_segment(k, &s);
		has_interp |= s.type == PT_INTERP;
		if (s.type == PT_LOAD && s.size <= UINT64_MAX - s.at)
			loaded = MAX_OF(loaded, s.at + s.size);
	}
	bool has_go = elf_is_go(head);
	start = has_go ? ELF_GO_KEPT_MAX : ELF_HEAD_KEPT_MAX;
	want(k, 0, k->code ? MIN_OF(k->code, start) : start);
	want_end(k, &el, !has_interp && !has_go, loaded);
	want_sections(k, &el);
}

/* ---- the stream ---- */

static void see_texts(struct elf_keep *k, struct bytes b)
{
	uint8_t seam[2 * sizeof k->tail];
	size_t n = MIN_OF(b.n, sizeof k->tail);
	memcpy(seam, k->tail, sizeof k->tail);
	memcpy(seam + sizeof k->tail, b.p, n);
	k->is_rust = elf_is_rust(bytes_of(seam, sizeof k->tail + n)) || elf_is_rust(b);
}

/* Texts do not lie in code. */
static void see_rust(struct elf_keep *k, struct bytes piece)
{
	uint64_t end = k->at + piece.n;
	bool is_code = k->at >= k->code && end <= k->code_end;
	if (!k->is_rust && !is_code)
		see_texts(k, piece);
	size_t n = MIN_OF(piece.n, sizeof k->tail);
	memmove(k->tail, k->tail + n, sizeof k->tail - n);
	memcpy(k->tail + sizeof k->tail - n, piece.p + piece.n - n, n);
}

void elf_keep_piece(struct elf_keep *k, struct bytes piece)
{
	uint64_t end = k->at + piece.n;
	if (piece.n == 0)
		return;
	for (size_t i = 0; i < k->n_ranges; i++) {
		struct elf_range *r = &k->ranges[i];
		uint64_t from = MAX_OF(r->from, k->at), to = MIN_OF(r->to, end);
		if (from >= to || (r->n && r->from + r->n != from))
			continue;
		if (r->n == 0)
			r->at = k->held.n;
		struct bytes part =
			bytes_slice(piece, (size_t)(from - k->at), (size_t)(to - k->at));
		size_t room = k->held.max - k->held.n;
		part.n = MIN_OF(part.n, room);
		if (r->n == 0 && from != r->from)
			continue; /* its start found no room */
		buf_add(&k->held, part);
		r->n += part.n;
	}
	see_rust(k, piece);
	k->at = end;
}

int elf_keep_end(struct elf_keep *k, struct elf *ret, struct err *e)
{
	size_t n = 0;
	for (size_t i = 0; i < k->n_ranges; i++) {
		const struct elf_range *r = &k->ranges[i];
		if (r->n)
			k->pieces[n++] =
				(struct elf_piece){r->from, bytes_of(k->held.p + r->at, r->n)};
	}
	if (elf_open(k->pieces, n, k->at, ret, e) < 0)
		return -1;
	ret->is_rust = k->is_rust;
	return 0;
}

void elf_keep_fini(struct elf_keep *k) { buf_fini(&k->held); }
