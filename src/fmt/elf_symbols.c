/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_symbols.c - what an ELF file calls, by the names of its symbols.
 *
 * The dynamic section says where the symbols are but not how many: DT_HASH counts them; the chains
 * of DT_GNU_HASH end at the last one, but for those that nothing exports, which GNU ld then leaves
 * out; each that the loader has to find is named by a relocation.  So it works without a section
 * table (sstrip), and the section table cannot tell lies.
 *
 * Source: System V ABI, "Hash Table" and "Relocation"; bfd/elflink.c of binutils for the layout of
 * DT_GNU_HASH.
 */
#include "fmt/elf_parts.h"

#include <elf.h>

enum { GNU_HASH_HEAD = 16 };

static void list(struct buf *b, struct bytes name)
{
	if (b->n + name.n + 1 > b->max)
		return;
	if (b->n)
		buf_addc(b, ' ');
	buf_add(b, name);
}

static void see_symbol(struct elf_facts *f, struct bytes name, bool is_import)
{
	unsigned what = elf_name(name);
	if (what & ELF_NAME_CANARY)
		f->flags |= ELF_HAS_CANARY;
	if (!is_import)
		return;
	f->fortified += (what & ELF_NAME_FORTIFIED) != 0;
	f->fortifiable += (what & ELF_NAME_FORTIFIABLE) != 0;
	if (what & ELF_NAME_FORTIFIABLE)
		list(&f->weak, name);
	if (what & (ELF_NAME_UNSAFE | ELF_NAME_RACY | ELF_NAME_SHELL))
		list(&f->unsafe, name);
	f->flags |= (what & ELF_NAME_LISTEN ? ELF_LISTENS : 0U) |
	            (what & ELF_NAME_TALK ? ELF_TALKS : 0U);
}

static size_t symbol_len(const struct elf *el)
{
	return el->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

static int see_table(const struct elf *el, struct bytes table, struct bytes names,
                     struct elf_facts *f, struct err *e)
{
	size_t len = symbol_len(el);
	if (table.n / len > (size_t)ELF_SYMBOLS_MAX)
		return err_set(e, ERR_LIMIT, "ELF: %zu symbols are more than %lld", table.n / len,
		               (long long)ELF_SYMBOLS_MAX);
	for (size_t i = 0; i + len <= table.n; i += len) {
		uint64_t at = elf_number(el, table.p + i, 4);
		bool is_import = elf_number(el, table.p + i + (el->is_64 ? 6 : 14), 2) == SHN_UNDEF;
		if (at == 0 || at >= names.n)
			continue;
		struct bytes name = bytes_slice(names, (size_t)at, (size_t)at + ELF_SYMBOL_LEN_MAX);
		ssize_t end = bytes_find(name, 0);
		if (end > 0)
			see_symbol(f, bytes_slice(name, 0, (size_t)end), is_import);
	}
	return 0;
}

/* ---- how many the loader has ---- */

/* n bytes that a running program has at address. */
static bool at_address(struct elf *el, uint64_t address, uint64_t n, struct bytes *ret)
{
	uint64_t at;
	return elf_offset(el, address, n, &at) && elf_bytes(el, at, n, ret);
}

static uint64_t count_by_hash(struct elf *el, uint64_t hash)
{
	bool is_wide = el->is_64 && (el->machine == EM_S390 || el->machine == EM_ALPHA);
	size_t w = is_wide ? 8 : 4;
	struct bytes head;
	return at_address(el, hash, 2 * w, &head) ? elf_number(el, head.p + w, w) : 0;
}

/* The chain of the last bucket; 0: nothing is exported, or the table leads nowhere. */
static uint64_t count_by_gnu_hash(struct elf *el, uint64_t hash)
{
	struct bytes b;
	if (!at_address(el, hash, GNU_HASH_HEAD, &b))
		return 0;
	uint64_t n = elf_number(el, b.p, 4), first = elf_number(el, b.p + 4, 4), last = 0;
	uint64_t buckets = hash + GNU_HASH_HEAD + elf_number(el, b.p + 8, 4) * (el->is_64 ? 8 : 4);
	if (n > (uint64_t)ELF_SYMBOLS_MAX || !at_address(el, buckets, n * 4, &b))
		return 0;
	for (uint64_t i = 0; i < n; i++)
		last = MAX_OF(last, elf_number(el, b.p + 4 * i, 4));
	if (last < first || last == 0)
		return 0;
	for (; last <= (uint64_t)ELF_SYMBOLS_MAX; last++) {
		if (!at_address(el, buckets + 4 * n + 4 * (last - first), 4, &b))
			return 0;
		if (elf_number(el, b.p, 4) & 1)
			return last + 1;
	}
	return last; /* more than are looked at */
}

/* One past the highest symbol that the relocations name. */
static uint64_t count_by_relocations(struct elf *el, uint64_t at, uint64_t n, bool has_addend)
{
	struct bytes b;
	size_t w = el->is_64 ? 8 : 4, len = (has_addend ? 3 : 2) * w;
	uint64_t count = 0;
	if (!n || !at_address(el, at, n, &b))
		return 0;
	for (; b.n >= len; b = bytes_skip(b, len)) {
		uint64_t info = elf_number(el, b.p + w, w);
		count = MAX_OF(count, (el->is_64 ? info >> 32 : info >> 8) + 1);
	}
	return count > 1 ? count : 0;
}

static uint64_t count_dynamic(struct elf *el, const struct elf_dynamic *d)
{
	uint64_t n = d->hash ? count_by_hash(el, d->hash) : 0;
	if (!n && d->gnu_hash)
		n = count_by_gnu_hash(el, d->gnu_hash);
	if (n || el->machine == EM_MIPS) /* its relocations are laid out in another way */
		return n;
	const uint64_t counts[] = {
		count_by_relocations(el, d->rela, d->rela_len, true),
		count_by_relocations(el, d->rel, d->rel_len, false),
		count_by_relocations(el, d->plt, d->plt_len, d->is_plt_rela),
	};
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		n = MAX_OF(n, counts[i]);
	return n;
}

/* 1 seen, 0: not known how many or where. */
static int see_dynamic_symbols(struct elf *el, const struct elf_dynamic *d, struct elf_facts *f,
                               struct err *e)
{
	struct bytes table;
	if (!d->symbols || !d->text.n)
		return 0;
	bool was = el->is_lacking; /* the section table may know */
	uint64_t n = count_dynamic(el, d);
	el->is_lacking = was;
	if (n > (uint64_t)ELF_SYMBOLS_MAX)
		return err_set(e, ERR_LIMIT, "ELF: %ju symbols are more than %lld", (uintmax_t)n,
		               (long long)ELF_SYMBOLS_MAX);
	if (!n || !at_address(el, d->symbols, n * symbol_len(el), &table))
		return 0;
	return see_table(el, table, d->text, f, e) < 0 ? -1 : 1;
}

/* ---- those of the section table ---- */

static int see_section(struct elf *el, const struct elf_section *s, struct elf_facts *f,
                       struct err *e)
{
	struct bytes table, names;
	if (s->link >= elf_sections(el) || s->entry != symbol_len(el))
		return err_set(e, ERR_FORMAT, "ELF: symbols of %ju bytes", (uintmax_t)s->entry);
	struct elf_section text = elf_section(el, s->link);
	if (!elf_bytes(el, s->at, s->size, &table) || !elf_bytes(el, text.at, text.size, &names))
		return err_set(e, ERR_FORMAT, "ELF: its symbols lie past its end");
	return see_table(el, table, names, f, e);
}

int elf_see_symbols(struct elf *el, const struct elf_dynamic *d, struct elf_facts *f, struct err *e)
{
	/* of a static program all that it calls is inside; what Go calls has other names */
	bool is_static = f->flags & ELF_IS_STATIC && f->language != ELF_GO;
	int rc = see_dynamic_symbols(el, d, f, e);
	bool has_dynamic = rc > 0, has_any = has_dynamic && !is_static;
	for (size_t i = 0; rc >= 0 && i < elf_sections(el); i++) {
		struct elf_section s = elf_section(el, i);
		if ((s.type != SHT_DYNSYM || has_dynamic) && (s.type != SHT_SYMTAB || !is_static))
			continue;
		rc = see_section(el, &s, f, e);
		has_any |= !is_static || s.type == SHT_SYMTAB;
	}
	f->flags |= has_any ? 0U : ELF_NO_IMPORTS;
	return rc < 0 ? -1 : 0;
}
