/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_go_keep.c - of a Go program that goes by, what a build info before Go 1.18 points to.
 *
 * That build info stands behind the texts it needs: by then they have gone by.  So every text that
 * may be one is kept: what begins like a version of Go, and what begins like a list of modules.
 * Behind the build info, in the data that may be written, stand the string headers that tell which
 * of them it is.  Code is not searched.
 */
#include "fmt/lang.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "fmt/elf.h"

enum {
	HEAD_KEPT = 4096, /* headers and notes: Go's linker ends them there, and code begins */
	VERSION_KEPT = 64,
	MODULES_KEPT = 256 << 10, /* 2,000 modules take 200 KiB */
	NEEDLE_LEN = 16,
	N_NEEDLES = 2,
	N_HEADERS = 2,
	HEADER_LEN = 16, /* of a string: pointer and length */
	INFO_LEN = 32,
};

static const struct needle {
	const char *text;
	size_t n, kept;
} needles[N_NEEDLES] = {
	{"\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6", 16, MODULES_KEPT},
	{"go1.",							     4,  VERSION_KEPT},
};

struct part {
	uint64_t from; /* in the file; rising, apart from each other */
	size_t at, n;  /* in held */
};

struct lang_go_keep {
	uint64_t at, until; /* bytes seen; the last part is wanted up to there */
	struct part parts[GO_KEPT_PARTS_MAX];
	struct elf_piece pieces[GO_KEPT_PARTS_MAX];
	size_t n_parts;
	struct buf held;
	uint64_t code, code_end;
	uint64_t headers[N_HEADERS]; /* offsets, 0: none */
	uint8_t info[INFO_LEN], tail[NEEDLE_LEN - 1];
	bool is_told;                       /* it is Go's */
	bool is_found, is_pointed, is_lost; /* a build info; headers are set; it is not alone */
};

struct lang_go_keep *lang_go_keep_new(void)
{
	struct lang_go_keep *k = mem_zalloc(sizeof *k);
	buf_init(&k->held, (size_t)GO_KEPT_MAX);
	k->n_parts = 1;
	k->until = HEAD_KEPT;
	return k;
}

void lang_go_keep_free(struct lang_go_keep *k)
{
	if (k)
		buf_fini(&k->held);
	free(k);
}

/* ---- parts ---- */

/* b, of the file at `at`, as far as the last part wants it. */
static void keep(struct lang_go_keep *k, uint64_t at, struct bytes b)
{
	struct part *p = &k->parts[k->n_parts - 1];
	uint64_t from = p->from + p->n;
	if (from >= k->until || from < at || from - at >= b.n)
		return;
	b = bytes_skip(b, (size_t)(from - at));
	b.n = (size_t)MIN_OF((uint64_t)b.n, k->until - from);
	b.n = MIN_OF(b.n, k->held.max - k->held.n);
	buf_add(&k->held, b);
	p->n += b.n;
}

/* From there on n bytes are wanted, none of which has gone by unkept. */
static void want(struct lang_go_keep *k, uint64_t from, size_t n)
{
	if (from > k->until) {
		if (k->n_parts == (size_t)GO_KEPT_PARTS_MAX)
			return; /* then it is lacking */
		k->parts[k->n_parts++] = (struct part){.from = from, .at = k->held.n};
	}
	k->until = MAX_OF(k->until, from + n);
}

/* ---- the stream ---- */

/* What begins in b at or after `from`: its place, or b.n. */
static size_t next_needle(struct bytes b, size_t from, const struct needle *x)
{
	ssize_t hit = bytes_search(bytes_skip(b, from), bytes_of(x->text, x->n));
	return hit < 0 ? b.n : from + (size_t)hit;
}

/* The next place in b, of the file at `at`, where something is wanted, at or after `from`: of the
 * needles, then of the headers that are known. */
static size_t next_wanted(const struct lang_go_keep *k, uint64_t at, struct bytes b, size_t from,
                          size_t what)
{
	if (what < N_NEEDLES)
		return next_needle(b, from, &needles[what]);
	uint64_t header = k->headers[what - N_NEEDLES];
	return header >= at + from && header - at < b.n ? (size_t)(header - at) : b.n;
}

/* b: the file at `at`.  Keeps what is wanted there. */
static void scan(struct lang_go_keep *k, uint64_t at, struct bytes b)
{
	size_t next[N_NEEDLES + N_HEADERS];
	for (size_t i = 0; i < ARRAY_LEN(next); i++)
		next[i] = next_wanted(k, at, b, 0, i);
	for (;;) {
		size_t first = 0;
		for (size_t i = 1; i < ARRAY_LEN(next); i++)
			first = next[i] < next[first] ? i : first;
		if (next[first] == b.n)
			break;
		keep(k, at, bytes_slice(b, 0, next[first]));
		want(k, at + next[first], first < N_NEEDLES ? needles[first].kept : HEADER_LEN);
		next[first] = next_wanted(k, at, b, next[first] + 1, first);
	}
	keep(k, at, b);
}

/* What begins in one piece and ends in the next. */
static void scan_seam(struct lang_go_keep *k, struct bytes piece)
{
	enum { TAIL = sizeof k->tail };
	uint8_t seam[2 * TAIL];
	size_t n = MIN_OF(piece.n, (size_t)TAIL);
	memcpy(seam, k->tail, TAIL);
	memcpy(seam + TAIL, piece.p, n);
	for (size_t i = 0; i < N_NEEDLES && k->at >= TAIL; i++) {
		const struct needle *x = &needles[i];
		size_t hit = next_needle(bytes_of(seam, TAIL + n), TAIL + 1 - x->n, x);
		if (hit >= TAIL)
			continue;
		want(k, k->at - TAIL + hit, x->kept);
		keep(k, k->at - TAIL, bytes_of(seam, TAIL));
	}
	memmove(k->tail, k->tail + n, TAIL - n);
	memcpy(k->tail + TAIL - n, piece.p + piece.n - n, n);
}

/* Go's own linker puts the section table first.  A build info of pointers is a section of its own,
 * as long as one: where there is none like that, the program is newer. */
static bool may_point(const struct elf *el)
{
	size_t n = elf_sections(el), i = 0;
	for (; i < n; i++) {
		struct elf_section s = elf_section(el, i);
		if (s.type == SHT_PROGBITS && s.flags == (SHF_ALLOC | SHF_WRITE) &&
		    s.size == INFO_LEN)
			break;
	}
	return n == 0 || i < n;
}

/* The headers are at hand: is it such a program of Go, and where is its code? */
static bool is_go(struct lang_go_keep *k)
{
	struct elf_piece head = {0, buf_bytes(&k->held)};
	struct elf el;
	struct err ignored;
	if (!elf_is_go(head.b) || elf_open(&head, 1, UINT64_MAX, &el, &ignored) < 0 ||
	    !may_point(&el))
		return false;
	elf_code(&el, &k->code, &k->code_end);
	return k->is_told = true;
}

/* Where the build info leads. */
static void point(struct lang_go_keep *k)
{
	struct elf_piece head = {0, bytes_slice(buf_bytes(&k->held), 0, HEAD_KEPT)};
	struct elf el;
	struct err ignored;
	k->is_pointed = elf_open(&head, 1, UINT64_MAX, &el, &ignored) == 0;
	if (k->is_pointed)
		lang_go_headers(&el, bytes_of(k->info, INFO_LEN), k->headers);
}

bool lang_go_keep_piece(struct lang_go_keep *k, struct bytes piece)
{
	uint64_t end = k->at + piece.n;
	keep(k, k->at, piece);
	if (!k->is_told && end >= HEAD_KEPT && !is_go(k))
		return false;
	if (k->is_told && k->is_found && !k->is_pointed)
		point(k);
	bool is_code = k->at >= k->code && end <= k->code_end;
	if (piece.n && !is_code)
		scan_seam(k, piece);
	if (!is_code)
		scan(k, k->at, piece);
	k->at = end;
	return true;
}

void lang_go_keep_found(struct lang_go_keep *k, struct bytes b)
{
	k->is_lost |= k->is_found;
	k->is_found = true;
	memcpy(k->info, b.p, INFO_LEN);
}

bool lang_go_keep_end(struct lang_go_keep *k, lang_fn *fn, void *arg)
{
	struct elf el;
	struct err ignored;
	if (!k->is_found)
		return true;
	for (size_t i = 0; i < k->n_parts; i++)
		k->pieces[i] = (struct elf_piece){
			k->parts[i].from, bytes_of(k->held.p + k->parts[i].at, k->parts[i].n)};
	if (!k->is_pointed || k->is_lost ||
	    elf_open(k->pieces, k->n_parts, k->at, &el, &ignored) < 0)
		return false;
	el.is_lacking = false; /* of sections, which nothing is asked about */
	return lang_go_pointed(&el, bytes_of(k->info, INFO_LEN), fn, arg) > 0;
}
