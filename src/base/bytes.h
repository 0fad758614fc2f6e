/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.h - slices of outside text, and buffers that grow up to a stated maximum.
 *
 * A slice never owns, is not terminated, may hold NUL, is not UTF-8.  It is passed by value and
 * cut, not copied.  NULL with n == 0 is the absent slice; an empty slice has p != NULL.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct bytes {
	const uint8_t *p;
	size_t n;
};

/* A slice of a string literal. */
#define B(lit) ((struct bytes){(const uint8_t *)("" lit), sizeof(lit) - 1})
/* For "%.*s" in messages: printf("%.*s", BYTES_FMT(b)). */
#define BYTES_FMT(b)                                                                               \
	(int)MIN_OF((b).n, (size_t)0x7fffffff), (const char *)((b).n ? (b).p : (const uint8_t *)"")

struct bytes bytes_of(const void *p, size_t n);
struct bytes bytes_str(const char *s); /* NULL gives the absent slice */
bool bytes_eq(struct bytes a, struct bytes b);
bool bytes_eq_nocase(struct bytes a, struct bytes b); /* ASCII only */
/* <0, 0, >0 by unsigned bytes, then by length: the order of all sorted output. */
int bytes_cmp(struct bytes a, struct bytes b);
bool bytes_starts(struct bytes b, struct bytes prefix);
bool bytes_ends(struct bytes b, struct bytes suffix);
/* b[from, to), clamped to b. */
struct bytes bytes_slice(struct bytes b, size_t from, size_t to);
struct bytes bytes_skip(struct bytes b, size_t n);
/* Without ASCII blanks (space, tab, CR, LF) at both ends. */
struct bytes bytes_trim(struct bytes b);
/* Index of the first c (of needle), or -1. */
ssize_t bytes_find(struct bytes b, uint8_t c);
ssize_t bytes_rfind(struct bytes b, uint8_t c);
ssize_t bytes_search(struct bytes b, struct bytes needle);
/* Cuts b at the first sep: true and both parts, or false with *ret_head = b, *ret_tail absent. */
bool bytes_cut(struct bytes b, uint8_t sep, struct bytes *ret_head, struct bytes *ret_tail);
/* Takes the next line off *rest (LF or CRLF, neither included); false at the end. */
bool bytes_line(struct bytes *rest, struct bytes *ret_line);
/* Takes the next field off *rest, fields parted by runs of ASCII blanks; false at the end. */
bool bytes_word(struct bytes *rest, struct bytes *ret_word);
/* Takes the next field off *rest, fields parted by one sep; false at the end. */
bool bytes_split(struct bytes *rest, uint8_t sep, struct bytes *ret_field);
/* Whole of b as an unsigned decimal (octal, hex) number without sign or blanks; false when it is
 * empty, holds another character, or exceeds max. */
bool bytes_u64(struct bytes b, uint64_t max, uint64_t *ret);
bool bytes_octal(struct bytes b, uint64_t max, uint64_t *ret);
bool bytes_hex(struct bytes b, uint64_t max, uint64_t *ret);
/* Shell-like match: '*' any run without '/', '**' any run, '?' one byte but '/'.  Linear time in
 * |pattern| * |b|, no recursion. */
bool bytes_glob(struct bytes pattern, struct bytes b);
/* True when b is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool bytes_is_utf8(struct bytes b);
/* Length of the well-formed UTF-8 sequence that b begins with, its code point in *ret; 0 when there
 * is none. */
size_t utf8_next(struct bytes b, uint32_t *ret);
/* True for code points that drive a terminal or deceive a reader: controls, bidirectional and
 * zero-width marks, tags. */
bool utf8_is_hidden(uint32_t c);

/* The word of the list (ended by NULL) that was probably meant: smallest edit distance, at most a
 * third of the letters; NULL when none is near. */
const char *bytes_nearest(struct bytes word, const char *const words[]);

static inline bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static inline bool is_upper(uint8_t c) { return c >= 'A' && c <= 'Z'; }
static inline bool is_lower(uint8_t c) { return c >= 'a' && c <= 'z'; }
static inline bool is_alpha(uint8_t c) { return is_upper(c) || is_lower(c); }
static inline bool is_alnum(uint8_t c) { return is_alpha(c) || is_digit(c); }
static inline bool is_blank(uint8_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
static inline uint8_t to_lower(uint8_t c) { return is_upper(c) ? (uint8_t)(c + 32) : c; }

/* A growing buffer; max is stated when it is made and never exceeded. */
struct buf {
	uint8_t *p;
	size_t n, cap;
	size_t max;    /* bytes */
	bool overflow; /* an add was refused; what is held is a prefix */
};

void buf_init(struct buf *b, size_t max);
void buf_fini(struct buf *b);
/* Zeroes all memory that b has, for secrets; its content is undefined then, until buf_reset. */
void buf_wipe(struct buf *b);
void buf_reset(struct buf *b); /* keeps the memory */
/* All add functions return 0, or -1 (and set overflow) when max would be exceeded. */
int buf_add(struct buf *b, struct bytes s);
int buf_addc(struct buf *b, uint8_t c);
int buf_adds(struct buf *b, const char *s);
int buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Room for n more bytes at the end, or NULL past max; commit with b->n += used. */
uint8_t *buf_room(struct buf *b, size_t n);
struct bytes buf_bytes(const struct buf *b);
/* The content with a NUL behind it (not counted in n). */
const char *buf_cstr(struct buf *b);
/* Appends in as base64 with padding; 0, or -1 when max would be exceeded. */
int base64_encode(struct bytes in, struct buf *to);
/* Appends what base64 text stands for, either alphabet, padding whole or left out.  false: it is
 * not base64, or not in the one form that these bytes have, or max would be exceeded. */
bool base64_decode(struct bytes text, struct buf *ret);
void auto_buf(struct buf *b);
#define AUTO_BUF __attribute__((cleanup(auto_buf)))

/* An arena: memory that lives as long as a scan, freed in one go. */
struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *a); /* accepts NULL */
/* n zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull));
/* Copies; a NUL is put behind the copy so that .p can be used as a string where it has no NUL. */
struct bytes arena_dup(struct arena *a, struct bytes b);
const char *arena_str(struct arena *a, struct bytes b);
const char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
size_t arena_size(const struct arena *a); /* bytes handed out */
void auto_arena(struct arena **a);
#define AUTO_ARENA __attribute__((cleanup(auto_arena)))

#endif
