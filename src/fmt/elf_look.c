/* SPDX-License-Identifier: Apache-2.0 */
/* elf_look.c - what an ELF file says of how it was built. */
#include "fmt/elf_parts.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

enum { WEAK_LEN = 256, UNSAFE_LEN = 1024 };
enum { X86_FEATURES = 0xc0000002, ARM_FEATURES = 0xc0000000 };

void elf_facts_init(struct elf_facts *f)
{
	*f = (struct elf_facts){.kind = ELF_OTHER};
	buf_init(&f->needed, (size_t)ELF_NAMES_MAX);
	buf_init(&f->unsafe, UNSAFE_LEN);
	buf_init(&f->weak, WEAK_LEN);
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
	bool is_note = s->type == PT_NOTE || s->type == PT_GNU_PROPERTY;
	bool has_bytes = s->type == PT_INTERP || is_note || s->type == PT_DYNAMIC;
	see_rights(s, f);
	if (!has_bytes)
		return 0;
	if (!elf_bytes(el, s->at, s->size, &b))
		return err_set(e, ERR_FORMAT,
		               "ELF: a segment of %ju bytes at byte %ju lies past its end at %ju",
		               (uintmax_t)s->size, (uintmax_t)s->at, (uintmax_t)el->size);
	if (is_note)
		see_notes(el, f, b, s->align == 8 ? 8 : 4);
	if (s->type == PT_INTERP) {
		ssize_t end = bytes_find(b, 0);
		f->interp = bytes_slice(b, 0, end < 0 ? b.n : (size_t)end);
	}
	return 0;
}

/* Compilers name themselves there; it is not worth a second look. */
static bool see_comment(struct elf *el, const struct elf_section *s)
{
	struct bytes b;
	bool was = el->is_lacking;
	bool has_bytes = elf_bytes(el, s->at, s->size, &b);
	el->is_lacking = was;
	return has_bytes && bytes_search(b, B("rustc version")) >= 0;
}

static void see_language(struct elf *el, const struct elf_section *s, struct elf_facts *f)
{
	if (bytes_eq(s->name, B(".comment")) && see_comment(el, s))
		f->language = ELF_RUST;
	if (bytes_eq(s->name, B(".go.buildinfo")) || bytes_eq(s->name, B(".gopclntab")))
		f->language = ELF_GO;
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
	if (s->type == SHT_NOTE && elf_bytes(el, s->at, s->size, &b) &&
	    bytes_eq(s->name, B(".note.gnu.property")))
		see_notes(el, f, b, el->is_64 ? 8 : 4);
	if (bytes_eq(s->name, B(".gnu_debuglink")) && elf_bytes(el, s->at, s->size, &b)) {
		ssize_t end = bytes_find(b, 0);
		f->debug = bytes_slice(b, 0, end < 0 ? 0 : (size_t)end);
	}
	see_language(el, s, f);
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

/* Tags whose value is kept as it stands. */
static const struct {
	uint64_t tag;
	size_t to; /* offset in struct elf_dynamic */
} values[] = {
	{DT_STRTAB,   offsetof(struct elf_dynamic, strings)    },
	{DT_STRSZ,    offsetof(struct elf_dynamic, strings_len)},
	{DT_SYMTAB,   offsetof(struct elf_dynamic, symbols)    },
	{DT_HASH,     offsetof(struct elf_dynamic, hash)       },
	{DT_GNU_HASH, offsetof(struct elf_dynamic, gnu_hash)   },
	{DT_REL,      offsetof(struct elf_dynamic, rel)        },
	{DT_RELSZ,    offsetof(struct elf_dynamic, rel_len)    },
	{DT_RELA,     offsetof(struct elf_dynamic, rela)       },
	{DT_RELASZ,   offsetof(struct elf_dynamic, rela_len)   },
	{DT_JMPREL,   offsetof(struct elf_dynamic, plt)        },
	{DT_PLTRELSZ, offsetof(struct elf_dynamic, plt_len)    },
	{DT_FLAGS,    offsetof(struct elf_dynamic, flags)      },
	{DT_FLAGS_1,  offsetof(struct elf_dynamic, flags_1)    },
	{DT_SONAME,   offsetof(struct elf_dynamic, soname)     },
	{DT_RPATH,    offsetof(struct elf_dynamic, rpath)      },
	{DT_RUNPATH,  offsetof(struct elf_dynamic, runpath)    },
};

static void see_tag(struct elf_facts *f, struct elf_dynamic *d, uint64_t tag, uint64_t v)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (values[i].tag == tag)
			memcpy((char *)d + values[i].to, &v, sizeof v);
	}
	d->has_debug |= tag == DT_DEBUG;
	d->has_soname |= tag == DT_SONAME;
	d->has_rpath |= tag == DT_RPATH;
	d->has_runpath |= tag == DT_RUNPATH;
	d->is_plt_rela |= tag == DT_PLTREL && v == DT_RELA;
	f->flags |= (tag == DT_TEXTREL ? ELF_HAS_TEXTREL : 0U) |
	            (tag == DT_BIND_NOW ? ELF_IS_NOW : 0U) | (tag == DT_JMPREL ? ELF_HAS_PLT : 0U);
}

static int string_at(const struct elf_dynamic *d, uint64_t at, struct bytes *ret, struct err *e)
{
	struct bytes rest = at < d->text.n ? bytes_skip(d->text, (size_t)at) : B("");
	ssize_t end = bytes_find(rest, 0);
	if (end < 0)
		return err_set(e, ERR_FORMAT, "ELF: name %ju is none of its %zu bytes of names",
		               (uintmax_t)at, d->text.n);
	*ret = bytes_slice(rest, 0, (size_t)end);
	return 0;
}

static int see_names(struct elf *el, struct bytes table, struct elf_dynamic *d, struct elf_facts *f,
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

static int see_dynamic(struct elf *el, struct bytes table, struct elf_dynamic *d,
                       struct elf_facts *f, struct err *e)
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

/* ---- all ---- */

static void see_kind(const struct elf *el, const struct elf_dynamic *d, bool has_dynamic,
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
	struct elf_dynamic d = {.strings = 0};
	struct bytes table = {NULL, 0};
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
	}
	return rc == 0 ? elf_see_symbols(el, &d, f, e) : -1;
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
	if (f->language == ELF_C && el->is_rust)
		f->language = ELF_RUST;
	return rc;
}
