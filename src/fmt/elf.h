/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf.h - programs and libraries: what their headers say of how they were built.
 *
 * What the loader goes by (segments, dynamic section, the symbols it resolves) is read from there;
 * debug information, and the symbols of static programs, are found by the section table alone, so
 * that of a static program without one it is not known what it calls (ELF_NO_IMPORTS).
 *
 * A file need not be there as a whole: what is asked of it lies in few places, which elf_keep takes
 * out of a stream.
 *
 * Source: System V ABI, "Object Files" and "Program Loading and Dynamic Linking"; elf(5); x86-64
 * psABI 0.98 "Program Property"; AArch64 ELF ABI "Program Property"; glibc's ld.so(8).
 */
#ifndef FMT_ELF_H
#define FMT_ELF_H

#include "base/base.h"

enum elf_format { ELF_NONE, ELF_FILE, ELF_PE, ELF_MACHO }; /* the numbers are facts' */

/* Which kind of program the first bytes of a file are of (512 of them, or all there are). */
enum elf_format elf_format(struct bytes head);

struct elf_piece {
	uint64_t at;
	struct bytes b;
};

struct elf {
	const struct elf_piece *pieces; /* rising, apart from each other */
	size_t n_pieces;
	uint64_t size; /* of the file */
	bool is_64, is_big;
	unsigned type, machine;
	struct bytes segments, sections; /* tables; sections absent: none, or it could not be had */
	size_t segment_len, section_len; /* of one header */
	struct bytes names;              /* of sections */
	size_t names_section;            /* which one they are */
	uint64_t sections_at;            /* of the table, as the header says */
	bool is_lacking; /* something was asked for that the file has but was not kept */
	bool is_rust;    /* its texts are those of Rust's runtime; whoever has seen them sets it */
};

struct elf_segment {
	uint32_t type, flags; /* PT_, PF_ */
	uint64_t at, address, size, memory, align;
};

struct elf_section {
	struct bytes name; /* absent: not known */
	uint32_t type;     /* SHT_ */
	uint64_t flags;    /* SHF_ */
	uint64_t at, size, entry;
	uint32_t link;
};

/* Header and tables; the pieces must outlive ret.  ERR_FORMAT for what is no ELF file or is cut,
 * ERR_LIMIT past ELF_SEGMENTS_MAX and ELF_SECTIONS_MAX.  A section table that is not there is no
 * error: nothing that runs needs it. */
int elf_open(const struct elf_piece *pieces, size_t n, uint64_t size, struct elf *ret,
             struct err *e);
/* The same of a file that is there as a whole, which piece is filled with. */
int elf_open_whole(struct bytes file, struct elf_piece *piece, struct elf *ret, struct err *e);

size_t elf_segments(const struct elf *el);
size_t elf_sections(const struct elf *el);
struct elf_segment elf_segment(const struct elf *el, size_t i);
struct elf_section elf_section(const struct elf *el, size_t i);
/* n bytes of the file; false: past its end, or not kept (el->is_lacking). */
bool elf_bytes(struct elf *el, uint64_t at, uint64_t n, struct bytes *ret);
/* Where in the file a running program's n bytes at address come from. */
bool elf_offset(const struct elf *el, uint64_t address, uint64_t n, uint64_t *ret);
/* The file's code, where the linker kept it apart from all else; both 0 where it did not. */
void elf_code(const struct elf *el, uint64_t *ret_from, uint64_t *ret_to);
/* Number of 1, 2, 4 or 8 bytes in the file's order; the caller has checked that they are there. */
uint64_t elf_number(const struct elf *el, const uint8_t *p, size_t n);

/* ---- what the file says of how it was built (elf_look.c) ---- */

enum elf_kind { /* the numbers are facts' */
	        ELF_OTHER,
	        ELF_PROGRAM, /* linked at an address of its own, or anywhere (ELF_IS_PIE) */
	        ELF_LIBRARY,
	        ELF_OBJECT, /* to be linked; a module of the kernel */
	        ELF_CORE,
	        ELF_DEBUG /* debug information alone, of another file */
};

enum elf_language { ELF_C, ELF_GO, ELF_RUST }; /* C: anything that is linked like it */

enum elf_flag { /* the numbers are facts' */
	        ELF_IS_64 = 1 << 0,
	        ELF_IS_BIG = 1 << 1,
	        ELF_IS_PIE = 1 << 2,
	        ELF_IS_STATIC = 1 << 3,    /* needs no loader */
	        ELF_HAS_RELRO = 1 << 4,    /* PT_GNU_RELRO */
	        ELF_IS_NOW = 1 << 5,       /* bound at start: with RELRO that is full RELRO */
	        ELF_HAS_PLT = 1 << 6,      /* has functions to be bound later */
	        ELF_HAS_STACK = 1 << 7,    /* PT_GNU_STACK: says whether the stack may be run */
	        ELF_STACK_RUNS = 1 << 8,   /* and it may */
	        ELF_HAS_WX = 1 << 9,       /* a segment that may be written and run */
	        ELF_HAS_TEXTREL = 1 << 10, /* code that is written while it is loaded */
	        ELF_HAS_CANARY = 1 << 11,  /* __stack_chk_fail or its like is in the symbols */
	        ELF_HAS_SYMBOLS = 1 << 12, /* .symtab: not stripped */
	        ELF_HAS_DEBUG = 1 << 13,   /* .debug_info */
	        ELF_NO_IMPORTS = 1 << 14,  /* no table of symbols: what it calls is not known */
	        ELF_HAS_IBT = 1 << 15,     /* x86: indirect branch tracking */
	        ELF_HAS_SHSTK = 1 << 16,   /* x86: shadow stack */
	        ELF_HAS_BTI = 1 << 17,     /* arm64: branch targets */
	        ELF_HAS_PAC = 1 << 18,     /* arm64: signed return addresses */
	        ELF_LISTENS = 1 << 19,     /* calls listen or accept: takes in what others send */
	        ELF_TALKS = 1 << 20,       /* calls other functions of sockets */
	        ELF_NO_DEFAULT = 1 << 21,  /* DF_1_NODEFLIB: default folders are not searched */
	        ELF_IS_BROKEN = 1 << 22    /* not all of it could be read */
};

struct elf_facts {
	enum elf_kind kind;
	enum elf_language language;
	unsigned flags;
	uint64_t fortified, fortifiable, code, extra;
	struct bytes interp, soname, rpath, runpath, debug; /* slices of the file */
	struct buf needed, unsafe, weak;                    /* lists, as in struct fact_binary */
};

void elf_facts_init(struct elf_facts *f);
void elf_facts_fini(struct elf_facts *f);
/* Fills f, which was initialised, as far as it can be read; -1 where something is broken (f->flags
 * has ELF_IS_BROKEN) or past a bound.  Not what could not be had: el->is_lacking. */
int elf_look(struct elf *el, struct elf_facts *f, struct err *e);

/* ---- out of a stream (elf_keep.c) ---- */

struct elf_keep {
	struct elf_range {
		uint64_t from, to; /* of the file; sorted, apart from each other */
		size_t at, n;      /* what of it is in held */
	} ranges[ELF_RANGES_MAX];
	struct elf_piece pieces[ELF_RANGES_MAX];
	size_t n_ranges;
	struct buf held;
	uint64_t at, code, code_end;
	bool is_rust;
	uint8_t tail[16]; /* the end of the piece before */
};

/* head: the first piece of an ELF file, with its headers; it is not taken by itself. */
void elf_keep_begin(struct elf_keep *k, struct bytes head);
void elf_keep_piece(struct elf_keep *k, struct bytes piece);
/* After the last piece: as elf_open.  What was not kept, because it lay where nothing was expected
 * or took more than ELF_KEPT_MAX, is lacking. */
int elf_keep_end(struct elf_keep *k, struct elf *ret, struct err *e);
void elf_keep_fini(struct elf_keep *k);
/* Are these texts of a program in Rust? */
bool elf_is_rust(struct bytes b);
/* Does the start of a file hold the note that Go's linker writes there? */
bool elf_is_go(struct bytes head);

/* ---- names of functions that say something (elf_names.c) ---- */

enum elf_name { /* bits */
	        ELF_NAME_CANARY = 1,
	        ELF_NAME_FORTIFIED = 2,   /* __memcpy_chk */
	        ELF_NAME_FORTIFIABLE = 4, /* memcpy */
	        ELF_NAME_UNSAFE = 8,      /* never safe: gets */
	        ELF_NAME_RACY = 16,       /* a name of a file that somebody may take: mktemp */
	        ELF_NAME_SHELL = 32,      /* runs a shell, or what PATH finds: system */
	        ELF_NAME_LISTEN = 64,
	        ELF_NAME_TALK = 128,
};
/* What a symbol of that name says: bits of enum elf_name. */
unsigned elf_name(struct bytes name);

#endif
