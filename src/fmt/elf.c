/* SPDX-License-Identifier: Apache-2.0 */
/* elf.c - headers and tables of ELF files, read from what was kept of them. */
#include "fmt/elf.h"

#include <elf.h>

#include "fmt/ints.h"

/* ---- which format ---- */

static bool is_pe(struct bytes head)
{
	enum { AT = 0x3c, LEAST = 0x40 };
	if (!bytes_starts(head, B("MZ")) || head.n < LEAST)
		return false;
	uint32_t at = get_le32(head.p + AT);
	/* the header may lie behind what is at hand: a DOS program's is nonsense or 0 there */
	return at >= LEAST && (at + 4 > head.n ? at < MIB(1) && at % 4 == 0
	                                       : bytes_starts(bytes_skip(head, at), B("PE\0\0")));
}

static bool is_macho(struct bytes head)
{
	static const uint32_t magics[] = {0xfeedface, 0xfeedfacf};
	enum { HEADER = 28, FAT_PARTS = 32 };
	if (head.n < HEADER)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
		if (get_be32(head.p) == magics[i] || get_le32(head.p) == magics[i])
			return true;
	}
	/* one magic for fat binaries and Java classes, whose next four bytes are a version >= 45 */
	return get_be32(head.p) == 0xcafebabe && get_be32(head.p + 4) > 0 &&
	       get_be32(head.p + 4) < FAT_PARTS;
}

enum elf_format elf_format(struct bytes head)
{
	if (bytes_starts(head, bytes_of(ELFMAG, SELFMAG)))
		return ELF_FILE;
	if (is_pe(head))
		return ELF_PE;
	return is_macho(head) ? ELF_MACHO : ELF_NONE;
}

/* ---- bytes ---- */

uint64_t elf_number(const struct elf *el, const uint8_t *p, size_t n)
{
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[el->is_big ? i : n - 1 - i];
	return v;
}

bool elf_bytes(struct elf *el, uint64_t at, uint64_t n, struct bytes *ret)
{
	if (at > el->size || n > el->size - at)
		return false;
	for (size_t i = 0; i < el->n_pieces; i++) {
		const struct elf_piece *p = &el->pieces[i];
		if (at < p->at || at - p->at > p->b.n || n > p->b.n - (at - p->at))
			continue;
		*ret = bytes_slice(p->b, (size_t)(at - p->at), (size_t)(at - p->at + n));
		return true;
	}
	el->is_lacking = true;
	return false;
}

/* ---- tables ---- */

size_t elf_segments(const struct elf *el) { return el->segments.n / el->segment_len; }

size_t elf_sections(const struct elf *el) { return el->sections.n / el->section_len; }

struct elf_segment elf_segment(const struct elf *el, size_t i)
{
	const uint8_t *p = el->segments.p + i * el->segment_len;
	size_t w = el->is_64 ? 8 : 4;
	return (struct elf_segment){
		.type = (uint32_t)elf_number(el, p, 4),
		.flags = (uint32_t)elf_number(el, p + (el->is_64 ? 4 : 24), 4),
		.at = elf_number(el, p + (el->is_64 ? 8 : 4), w),
		.address = elf_number(el, p + (el->is_64 ? 16 : 8), w),
		.size = elf_number(el, p + (el->is_64 ? 32 : 16), w),
		.memory = elf_number(el, p + (el->is_64 ? 40 : 20), w),
		.align = elf_number(el, p + (el->is_64 ? 48 : 28), w),
	};
}

static struct bytes name_at(const struct elf *el, uint64_t at)
{
	if (at >= el->names.n)
		return (struct bytes){NULL, 0};
	struct bytes rest = bytes_skip(el->names, (size_t)at);
	ssize_t end = bytes_find(rest, 0);
	return end < 0 ? (struct bytes){NULL, 0} : bytes_slice(rest, 0, (size_t)end);
}

struct elf_section elf_section(const struct elf *el, size_t i)
{
	const uint8_t *p = el->sections.p + i * el->section_len;
	size_t w = el->is_64 ? 8 : 4;
	return (struct elf_section){
		.name = name_at(el, elf_number(el, p, 4)),
		.type = (uint32_t)elf_number(el, p + 4, 4),
		.flags = elf_number(el, p + 8, w),
		.at = elf_number(el, p + (el->is_64 ? 24 : 16), w),
		.size = elf_number(el, p + (el->is_64 ? 32 : 20), w),
		.link = (uint32_t)elf_number(el, p + (el->is_64 ? 40 : 24), 4),
		.entry = elf_number(el, p + (el->is_64 ? 56 : 36), w),
	};
}

bool elf_offset(const struct elf *el, uint64_t address, uint64_t n, uint64_t *ret)
{
	for (size_t i = 0; i < elf_segments(el); i++) {
		struct elf_segment s = elf_segment(el, i);
		if (s.type != PT_LOAD || address < s.address || address - s.address > s.size ||
		    n > s.size - (address - s.address))
			continue;
		uint64_t at = s.at + (address - s.address);
		if (at < s.at)
			return false;
		*ret = at;
		return true;
	}
	return false;
}

/* Linkers that keep code apart give what is only read a segment of its own. */
void elf_code(const struct elf *el, uint64_t *ret_from, uint64_t *ret_to)
{
	bool is_apart = false;
	*ret_from = *ret_to = 0;
	for (size_t i = 0; i < elf_segments(el); i++) {
		struct elf_segment s = elf_segment(el, i);
		if (s.type != PT_LOAD || s.size > UINT64_MAX - s.at)
			continue;
		is_apart |= s.flags == PF_R;
		if (s.flags == (PF_R | PF_X) && s.size > *ret_to - *ret_from) {
			*ret_from = s.at;
			*ret_to = s.at + s.size;
		}
	}
	if (!is_apart)
		*ret_from = *ret_to = 0;
}

/* ---- the header ---- */

static int open_segments(struct elf *el, struct bytes head, struct err *e)
{
	uint64_t at = elf_number(el, head.p + (el->is_64 ? 32 : 28), el->is_64 ? 8 : 4);
	uint64_t len = elf_number(el, head.p + (el->is_64 ? 54 : 42), 2);
	uint64_t n = elf_number(el, head.p + (el->is_64 ? 56 : 44), 2);
	if (n == 0 || at == 0)
		return 0;
	if (len != el->segment_len)
		return err_set(e, ERR_FORMAT, "ELF: segment headers of %ju bytes", (uintmax_t)len);
	if (n > (uint64_t)ELF_SEGMENTS_MAX)
		return err_set(e, ERR_LIMIT, "ELF: %ju segments are more than %lld", (uintmax_t)n,
		               (long long)ELF_SEGMENTS_MAX);
	if (!elf_bytes(el, at, n * len, &el->segments))
		return el->is_lacking ? 0
		                      : err_set(e, ERR_FORMAT,
		                                "ELF: its %ju segment headers at byte %ju lie past "
		                                "its end at %ju",
		                                (uintmax_t)n, (uintmax_t)at, (uintmax_t)el->size);
	return 0;
}

/* The number of sections, and the index of their names, stand in the first one where they are too
 * large for the header. */
static int open_sections(struct elf *el, struct bytes head, struct err *e)
{
	struct bytes first;
	uint64_t at = elf_number(el, head.p + (el->is_64 ? 40 : 32), el->is_64 ? 8 : 4);
	uint64_t len = elf_number(el, head.p + (el->is_64 ? 58 : 46), 2);
	uint64_t n = elf_number(el, head.p + (el->is_64 ? 60 : 48), 2);
	uint64_t names = elf_number(el, head.p + (el->is_64 ? 62 : 50), 2);
	el->sections_at = at;
	if (at == 0 || len != el->section_len || !elf_bytes(el, at, len, &first))
		return 0;
	el->sections = first;
	struct elf_section zero = elf_section(el, 0);
	el->sections = (struct bytes){NULL, 0};
	n = n ? n : zero.size;
	names = names == SHN_XINDEX ? zero.link : names;
	if (n > (uint64_t)ELF_SECTIONS_MAX)
		return err_set(e, ERR_LIMIT, "ELF: %ju sections are more than %lld", (uintmax_t)n,
		               (long long)ELF_SECTIONS_MAX);
	if (!elf_bytes(el, at, n * len, &el->sections) || names >= n)
		return 0;
	struct elf_section s = elf_section(el, (size_t)names);
	el->names_section = (size_t)names;
	bool was = el->is_lacking; /* names alone are not worth a second look */
	if (!elf_bytes(el, s.at, s.size, &el->names))
		el->is_lacking = was;
	return 0;
}

int elf_open(const struct elf_piece *pieces, size_t n, uint64_t size, struct elf *ret,
             struct err *e)
{
	struct elf el = {.pieces = pieces, .n_pieces = n, .size = size};
	struct bytes head;
	if (!elf_bytes(&el, 0, EI_NIDENT, &head) || elf_format(head) != ELF_FILE)
		return err_set(e, ERR_FORMAT, "ELF: no header");
	el.is_64 = head.p[EI_CLASS] == ELFCLASS64;
	el.is_big = head.p[EI_DATA] == ELFDATA2MSB;
	if ((!el.is_64 && head.p[EI_CLASS] != ELFCLASS32) ||
	    (!el.is_big && head.p[EI_DATA] != ELFDATA2LSB))
		return err_set(e, ERR_FORMAT, "ELF: class %u and byte order %u are unknown",
		               head.p[EI_CLASS], head.p[EI_DATA]);
	if (!elf_bytes(&el, 0, el.is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr), &head))
		return err_set(e, ERR_FORMAT, "ELF: its header is cut, of %ju bytes",
		               (uintmax_t)size);
	el.type = (unsigned)elf_number(&el, head.p + 16, 2);
	el.machine = (unsigned)elf_number(&el, head.p + 18, 2);
	el.segment_len = el.is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	el.section_len = el.is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	if (open_segments(&el, head, e) < 0 || open_sections(&el, head, e) < 0)
		return -1;
	*ret = el;
	return 0;
}

int elf_open_whole(struct bytes file, struct elf_piece *piece, struct elf *ret, struct err *e)
{
	*piece = (struct elf_piece){0, file};
	if (elf_open(piece, 1, file.n, ret, e) < 0)
		return -1;
	ret->is_rust = elf_is_rust(file);
	return 0;
}
