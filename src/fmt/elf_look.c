/* SPDX-License-Identifier: Apache-2.0 */
/* elf_look.c - what an ELF file says of how it was built. */
#include "fmt/elf.h"

#include <elf.h>

enum { WEAK_MAX = 256, UNSAFE_MAX = 1024, NAME_MAX_KEPT = 256 };
enum { X86_FEATURES = 0xc0000002, ARM_FEATURES = 0xc0000000 };

struct dynamic {
	uint64_t strings, strings_len, symbols, hash, gnu_hash, flags, flags_1;
	bool has_debug, has_soname;
	uint64_t soname, rpath, runpath;
	bool has_rpath, has_runpath;
	struct bytes text; /* the string table */
};

void elf_facts_init(struct elf_facts *f)
{
	*f = (struct elf_facts){.kind = ELF_OTHER};
	buf_init(&f->needed, (size_t)ELF_NAMES_MAX);
	buf_init(&f->unsafe, UNSAFE_MAX);
	buf_init(&f->weak, WEAK_MAX);
}

void elf_facts_fini(struct elf_facts *f)
{
	buf_fini(&f->needed);
	buf_fini(&f->unsafe);
	buf_fini(&f->weak);
}

/* ---- notes ---- */

static void see_features(const struct elf *el, struct elf_facts *f, struct bytes d)
{
	size_t align = el->is_64 ? 8 : 4;
	while (d.n >= 8) {
		uint64_t type = elf_number(el, d.p, 4), n = elf_number(el, d.p + 4, 4);
		if (n > d.n - 8)
			return;
		uint64_t bits = n >= 4 ? elf_number(el, d.p + 8, 4) : 0;
		bool is_x86 = el->machine == EM_X86_64 || el->machine == EM_386;
		if (type == (uint32_t)X86_FEATURES && is_x86)
			f->flags |= (bits & 1 ? ELF_HAS_IBT : 0U) | (bits & 2 ? ELF_HAS_SHSTK : 0U);
		if (type == (uint32_t)ARM_FEATURES && el->machine == EM_AARCH64)
			f->flags |= (bits & 1 ? ELF_HAS_BTI : 0U) | (bits & 2 ? ELF_HAS_PAC : 0U);
		d = bytes_skip(d, MIN_OF(d.n, 8 + (((size_t)n + align - 1) & ~(align - 1))));
	}
}

static void see_notes(const struct elf *el, struct elf_facts *f, struct bytes b, size_t align)
{
	while (b.n >= 12) {
		uint64_t nn = elf_number(el, b.p, 4), dn = elf_number(el, b.p + 4, 4);
		uint64_t type = elf_number(el, b.p + 8, 4);
		uint64_t data = (12 + nn + align - 1) & ~(uint64_t)(align - 1);
		if (data > b.n || dn > b.n - data)
			return;
		struct bytes name = bytes_slice(b, 12, (size_t)(12 + nn));
		if (bytes_eq(name, B("GNU\0")) && type == 5)
			see_features(el, f, bytes_slice(b, (size_t)data, (size_t)(data + dn)));
		if (bytes_eq(name, B("Go\0\0")) && type == 4)
			f->language = ELF_GO;
		uint64_t next = (data + dn + align - 1) & ~(uint64_t)(align - 1);
		b = bytes_skip(b, (size_t)MIN_OF((uint64_t)b.n, next));
	}
}

/* ---- segments and sections ---- */

static void see_rights(const struct elf_segment *s, struct elf_facts *f)
{
	if (s->type == PT_LOAD && (s->flags & PF_X))
		f->code += s->size;
	if (s->type == PT_LOAD && (s->flags & PF_X) && (s->flags & PF_W))
		f->flags |= ELF_HAS_WX;
	if (s->type == PT_GNU_RELRO)
		f->flags |= ELF_HAS_RELRO;
	if (s->type == PT_GNU_STACK)
		f->flags |= ELF_HAS_STACK | (s->flags & PF_X ? ELF_STACK_RUNS : 0U);
}

static int see_segment(struct elf *el, const struct elf_segment *s, struct elf_facts *f,
                       struct err *e)
{
	struct bytes b;
	bool has_bytes = s->type == PT_INTERP || s->type == PT_NOTE || s->type == PT_DYNAMIC;
	see_rights(s, f);
	if (!has_bytes)
		return 0;
	if (!elf_bytes(el, s->at, s->size, &b))
		return err_set(e, ERR_FORMAT,
		               "ELF: a segment of %ju bytes at byte %ju lies past its end at %ju",
		               (uintmax_t)s->size, (uintmax_t)s->at, (uintmax_t)el->size);
	if (s->type == PT_NOTE)
		see_notes(el, f, b, el->is_64 && s->memory % 8 == 0 && s->address % 8 == 0 ? 8 : 4);
	if (s->type == PT_INTERP) {
		ssize_t end = bytes_find(b, 0);
		f->interp = bytes_slice(b, 0, end < 0 ? b.n : (size_t)end);
	}
	return 0;
}

static void see_section(struct elf *el, const struct elf_section *s, struct elf_facts *f)
{
	struct bytes b;
	if (s->type == SHT_SYMTAB) {
		f->flags |= ELF_HAS_SYMBOLS;
		f->extra += s->size;
	}
	if (bytes_eq(s->name, B(".debug_info")))
		f->flags |= ELF_HAS_DEBUG;
	if (bytes_starts(s->name, B(".debug_")) && s->type != SHT_NOBITS)
		f->extra += s->size;
	if (bytes_eq(s->name, B(".go.buildinfo")) || bytes_eq(s->name, B(".gopclntab")))
		f->language = ELF_GO;
	if (s->type == SHT_NOTE && elf_bytes(el, s->at, s->size, &b) &&
	    bytes_eq(s->name, B(".note.gnu.property")))
		see_notes(el, f, b, el->is_64 ? 8 : 4);
	if (bytes_eq(s->name, B(".gnu_debuglink")) && elf_bytes(el, s->at, s->size, &b)) {
		ssize_t end = bytes_find(b, 0);
		f->debug = bytes_slice(b, 0, end < 0 ? 0 : (size_t)end);
	}
}

/* The code of a file of debug information has no bytes. */
static bool is_debug(const struct elf *el)
{
	bool has_code = false;
	for (size_t i = 0; i < elf_sections(el); i++) {
		struct elf_section s = elf_section(el, i);
		if (!(s.flags & SHF_EXECINSTR))
			continue;
		if (s.type != SHT_NOBITS)
			return false;
		has_code = true;
	}
	return has_code;
}

/* ---- the dynamic section ---- */

static void see_tag(struct elf_facts *f, struct dynamic *d, uint64_t tag, uint64_t v)
{
	switch (tag) {
	case DT_STRTAB:
		d->strings = v;
		break;
	case DT_STRSZ:
		d->strings_len = v;
		break;
	case DT_SYMTAB:
		d->symbols = v;
		break;
	case DT_HASH:
		d->hash = v;
		break;
	case DT_FLAGS:
		d->flags = v;
		break;
	case DT_FLAGS_1:
		d->flags_1 = v;
		break;
	case DT_DEBUG:
		d->has_debug = true;
		break;
	case DT_SONAME:
		d->has_soname = true;
		d->soname = v;
		break;
	case DT_RPATH:
		d->has_rpath = true;
		d->rpath = v;
		break;
	case DT_RUNPATH:
		d->has_runpath = true;
		d->runpath = v;
		break;
	case DT_TEXTREL:
		f->flags |= ELF_HAS_TEXTREL;
		break;
	case DT_BIND_NOW:
		f->flags |= ELF_IS_NOW;
		break;
	case DT_JMPREL:
		f->flags |= ELF_HAS_PLT;
		break;
	default:
		break;
	}
}

static int string_at(const struct dynamic *d, uint64_t at, struct bytes *ret, struct err *e)
{
	struct bytes rest = at < d->text.n ? bytes_skip(d->text, (size_t)at) : B("");
	ssize_t end = bytes_find(rest, 0);
	if (end < 0)
		return err_set(e, ERR_FORMAT, "ELF: name %ju is none of its %zu bytes of names",
		               (uintmax_t)at, d->text.n);
	*ret = bytes_slice(rest, 0, (size_t)end);
	return 0;
}

static int see_names(struct elf *el, struct bytes table, struct dynamic *d, struct elf_facts *f,
                     struct err *e)
{
	size_t w = el->is_64 ? 8 : 4;
	struct bytes name;
	if ((d->has_soname && string_at(d, d->soname, &f->soname, e) < 0) ||
	    (d->has_rpath && string_at(d, d->rpath, &f->rpath, e) < 0) ||
	    (d->has_runpath && string_at(d, d->runpath, &f->runpath, e) < 0))
		return -1;
	for (size_t i = 0; i + 2 * w <= table.n; i += 2 * w) {
		uint64_t tag = elf_number(el, table.p + i, w);
		if (tag == DT_NULL)
			break;
		if (tag != DT_NEEDED)
			continue;
		if (string_at(d, elf_number(el, table.p + i + w, w), &name, e) < 0)
			return -1;
		if (f->needed.n + name.n + 1 > f->needed.max)
			return err_set(e, ERR_LIMIT,
			               "ELF: names of needed libraries take more than "
			               "%lld bytes",
			               (long long)ELF_NAMES_MAX);
		if (f->needed.n)
			buf_addc(&f->needed, '\n');
		buf_add(&f->needed, name);
	}
	return 0;
}

static int see_dynamic(struct elf *el, struct bytes table, struct dynamic *d, struct elf_facts *f,
                       struct err *e)
{
	size_t w = el->is_64 ? 8 : 4, n = 0;
	uint64_t at;
	for (size_t i = 0; i + 2 * w <= table.n; i += 2 * w) {
		uint64_t tag = elf_number(el, table.p + i, w);
		if (tag == DT_NULL)
			break;
		if (++n > (size_t)ELF_DYNAMIC_MAX)
			return err_set(e, ERR_LIMIT, "ELF: more than %lld dynamic entries",
			               (long long)ELF_DYNAMIC_MAX);
		see_tag(f, d, tag, elf_number(el, table.p + i + w, w));
	}
	if (d->flags & DF_TEXTREL)
		f->flags |= ELF_HAS_TEXTREL;
	if ((d->flags & DF_BIND_NOW) || (d->flags_1 & DF_1_NOW))
		f->flags |= ELF_IS_NOW;
	if (d->flags_1 & DF_1_NODEFLIB)
		f->flags |= ELF_NO_DEFAULT;
	if (d->strings_len && (!elf_offset(el, d->strings, d->strings_len, &at) ||
	                       !elf_bytes(el, at, d->strings_len, &d->text)))
		return err_set(e, ERR_FORMAT, "ELF: its names lie nowhere in the file");
	return see_names(el, table, d, f, e);
}

/* ---- symbols ---- */

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

static int see_symbols(struct elf *el, const struct elf_section *s, struct elf_facts *f,
                       struct err *e)
{
	struct bytes table, names;
	size_t len = el->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	if (s->link >= elf_sections(el) || s->entry != len)
		return err_set(e, ERR_FORMAT, "ELF: symbols of %ju bytes", (uintmax_t)s->entry);
	struct elf_section text = elf_section(el, s->link);
	if (!elf_bytes(el, s->at, s->size, &table) || !elf_bytes(el, text.at, text.size, &names))
		return err_set(e, ERR_FORMAT, "ELF: its symbols lie past its end");
	if (table.n / len > (size_t)ELF_SYMBOLS_MAX)
		return err_set(e, ERR_LIMIT, "ELF: %zu symbols are more than %lld", table.n / len,
		               (long long)ELF_SYMBOLS_MAX);
	for (size_t i = 0; i + len <= table.n; i += len) {
		uint64_t at = elf_number(el, table.p + i, 4);
		bool is_import = elf_number(el, table.p + i + (el->is_64 ? 6 : 14), 2) == SHN_UNDEF;
		if (at == 0 || at >= names.n)
			continue;
		struct bytes name = bytes_slice(names, (size_t)at, (size_t)at + NAME_MAX_KEPT);
		ssize_t end = bytes_find(name, 0);
		if (end > 0)
			see_symbol(f, bytes_slice(name, 0, (size_t)end), is_import);
	}
	return 0;
}

/* ---- all ---- */

static void see_kind(const struct elf *el, const struct dynamic *d, bool has_dynamic,
                     struct elf_facts *f)
{
	bool is_pie = el->type == ET_DYN &&
	              ((d->flags_1 & DF_1_PIE) || d->has_debug || (f->interp.n && !d->has_soname));
	f->kind = el->type == ET_EXEC || is_pie ? ELF_PROGRAM
	          : el->type == ET_DYN          ? ELF_LIBRARY
	          : el->type == ET_REL          ? ELF_OBJECT
	          : el->type == ET_CORE         ? ELF_CORE
	                                        : ELF_OTHER;
	f->flags |= is_pie ? ELF_IS_PIE : 0U;
	if (f->kind == ELF_PROGRAM && !f->interp.n && !(has_dynamic && f->needed.n))
		f->flags |= ELF_IS_STATIC;
}

static int look_all(struct elf *el, struct elf_facts *f, struct err *e)
{
	struct dynamic d = {.strings = 0};
	struct bytes table = {NULL, 0};
	bool has_symbols = false;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < elf_segments(el); i++) {
		struct elf_segment s = elf_segment(el, i);
		rc = see_segment(el, &s, f, e);
		if (rc == 0 && s.type == PT_DYNAMIC && elf_bytes(el, s.at, s.size, &table))
			rc = see_dynamic(el, table, &d, f, e);
	}
	see_kind(el, &d, table.n > 0, f);
	for (size_t i = 0; rc == 0 && i < elf_sections(el); i++) {
		struct elf_section s = elf_section(el, i);
		see_section(el, &s, f);
		/* of a static program all that it calls is inside */
		if (s.type == SHT_DYNSYM || (s.type == SHT_SYMTAB && f->flags & ELF_IS_STATIC)) {
			rc = see_symbols(el, &s, f, e);
			has_symbols = true;
		}
	}
	if (!has_symbols)
		f->flags |= ELF_NO_IMPORTS;
	return rc;
}

int elf_look(struct elf *el, struct elf_facts *f, struct err *e)
{
	f->flags |= (el->is_64 ? ELF_IS_64 : 0U) | (el->is_big ? ELF_IS_BIG : 0U);
	if (is_debug(el)) {
		f->kind = ELF_DEBUG;
		return 0;
	}
	int rc = look_all(el, f, e);
	if (rc < 0)
		f->flags |= ELF_IS_BROKEN;
	for (size_t i = 0; f->language == ELF_C && i < el->n_pieces; i++) {
		if (bytes_search(el->pieces[i].b, B("RUST_BACKTRACE")) >= 0)
			f->language = ELF_RUST;
	}
	return rc;
}
