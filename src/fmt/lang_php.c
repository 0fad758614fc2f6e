/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_php.c - extensions of PHP that are libraries of their own.
 *
 * Format: ELF; somewhere in what may be written stands struct _zend_module_entry (Zend/
 * zend_modules.h: its size, the number of Zend's API, name, version, build), whose pointers are
 * relative relocations, or words that lie in place.
 * Source: PHP 5.3 to 8.4 have the struct alike; System V ABI, "Relocation", "Dynamic Section".
 */
#include "fmt/lang.h"

#include <elf.h>

#include "fmt/elf.h"

/* Offsets into the struct, for pointers of 8 and of 4 bytes. */
struct layout {
	size_t size, name, version, build;
};
static const struct layout layouts[] = {
	{92,  20, 48, 88 },
        {168, 32, 88, 160}
};

struct module_reader {
	struct elf el;
	struct bytes relocations; /* with addends; absent: none */
	const struct layout *layout;
	size_t n_seen; /* places that look like a module's */
};

/* The value that the dynamic section has for a tag; 0: none. */
static uint64_t dynamic(struct elf *el, uint64_t tag)
{
	size_t w = el->is_64 ? 8 : 4;
	struct bytes table;
	for (size_t i = 0; i < elf_segments(el); i++) {
		struct elf_segment s = elf_segment(el, i);
		if (s.type != PT_DYNAMIC || !elf_bytes(el, s.at, s.size, &table))
			continue;
		for (size_t at = 0; at + 2 * w <= table.n; at += 2 * w) {
			if (elf_number(el, table.p + at, w) == tag)
				return elf_number(el, table.p + at + w, w);
		}
	}
	return 0;
}

static void find_relocations(struct module_reader *r)
{
	uint64_t at, n = dynamic(&r->el, DT_RELASZ);
	if (!n || !elf_offset(&r->el, dynamic(&r->el, DT_RELA), n, &at) ||
	    !elf_bytes(&r->el, at, n, &r->relocations))
		r->relocations = (struct bytes){NULL, 0};
}

/* What the pointer at that address will be when the file is loaded; 0: nothing. */
static uint64_t pointer(struct module_reader *r, uint64_t address)
{
	size_t w = r->el.is_64 ? 8 : 4;
	struct bytes word;
	uint64_t at;
	if (!elf_offset(&r->el, address, w, &at) || !elf_bytes(&r->el, at, w, &word))
		return 0;
	uint64_t in_place = elf_number(&r->el, word.p, w);
	for (size_t i = 0; !in_place && i + 3 * w <= r->relocations.n; i += 3 * w) {
		const uint8_t *p = r->relocations.p + i;
		if (elf_number(&r->el, p, w) == address)
			return elf_number(&r->el, p + 2 * w, w);
	}
	return in_place;
}

/* The text that a pointer leads to; absent: none, or one longer than LANG_FIELD_MAX. */
static struct bytes text_at(struct module_reader *r, uint64_t address)
{
	uint64_t to = pointer(r, address), at;
	struct bytes text;
	if (!to || !elf_offset(&r->el, to, 1, &at) || at >= r->el.size)
		return (struct bytes){NULL, 0};
	uint64_t n = MIN_OF(r->el.size - at, (uint64_t)LANG_FIELD_MAX + 1);
	if (!elf_bytes(&r->el, at, n, &text))
		return (struct bytes){NULL, 0};
	ssize_t end = bytes_find(text, 0);
	return bytes_slice(text, 0, end < 0 ? 0 : (size_t)end);
}

/* Zend's API is numbered by days. */
static bool is_api(uint64_t n)
{
	return n >= 20000000 && n < 21000000 && n / 100 % 100 <= 12 && n % 100 <= 31;
}

/* Is there a module at address?  Its build says the number of the API again: "API20220829,NTS". */
static bool is_module(struct module_reader *r, uint64_t address, uint64_t api)
{
	struct bytes build = text_at(r, address + r->layout->build);
	uint64_t n;
	return build.n >= 11 && bytes_starts(build, B("API")) &&
	       bytes_u64(bytes_slice(build, 3, 11), UINT64_MAX, &n) && n == api;
}

/* "mysqlnd 8.2.7" calls itself by its name. */
static struct bytes version_of(struct bytes text)
{
	ssize_t blank = bytes_rfind(text, ' ');
	struct bytes tail = bytes_skip(text, (size_t)(blank + 1));
	return tail.n && is_digit(tail.p[0]) ? tail : text;
}

/* 1: the module within the segment; 0: none. */
static int search(struct module_reader *r, struct elf_segment s, struct lang_package *ret,
                  struct err *e)
{
	size_t w = r->el.is_64 ? 8 : 4;
	struct bytes data;
	if (!elf_bytes(&r->el, s.at, s.size, &data))
		return err_set(e, ERR_FORMAT, "ELF: a segment at byte %ju lies past its end",
		               (uintmax_t)s.at);
	for (size_t at = (size_t)(-s.address % w); at + r->layout->size <= data.n; at += w) {
		const uint8_t *p = data.p + at;
		uint64_t api = elf_number(&r->el, p + 4, 4);
		if (elf_number(&r->el, p, 2) != r->layout->size || !is_api(api) || p[8] > 1 ||
		    p[9] > 1)
			continue;
		if (r->n_seen++ == (size_t)PHP_MODULES_MAX)
			return err_set(e, ERR_LIMIT, "more than %lld places look like a module's",
			               (long long)PHP_MODULES_MAX);
		if (!is_module(r, s.address + at, api))
			continue;
		ret->name = text_at(r, s.address + at + r->layout->name);
		ret->version = version_of(text_at(r, s.address + at + r->layout->version));
		return 1;
	}
	return 0;
}

int lang_php_extension(struct bytes content, struct arena *a, struct lang_package *ret,
                       struct err *e)
{
	struct module_reader r = {.n_seen = 0};
	struct elf_piece piece;
	struct lang_package p = {.scope = LANG_RUN};
	int rc = 0;
	if (elf_format(content) != ELF_FILE)
		return 0;
	if (elf_open_whole(content, &piece, &r.el, e) < 0)
		return -1;
	r.layout = &layouts[r.el.is_64];
	find_relocations(&r);
	for (size_t i = 0; rc == 0 && i < elf_segments(&r.el); i++) {
		struct elf_segment s = elf_segment(&r.el, i);
		if (s.type == PT_LOAD && (s.flags & PF_W))
			rc = search(&r, s, &p, e);
	}
	if (rc <= 0 || !p.version.n)
		return rc < 0 ? -1 : 0;
	p.name = arena_dup(a, p.name);
	p.version = arena_dup(a, p.version);
	if (lang_check(&p, e) < 0)
		return err_wrap(e, "a module of PHP");
	*ret = p;
	return 1;
}
