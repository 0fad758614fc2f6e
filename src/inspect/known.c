/* SPDX-License-Identifier: Apache-2.0 */
/* known.c - programs and libraries known by the text that they carry. */
#include "inspect/known.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "fmt/fmt.h"

#define ROW(kind, name, cpe, file, text, also, hit, miss)                                          \
	{KNOWN_##kind, name, cpe, file, text, also, hit, miss},

const struct known_row known_rows[] = {
#include <rules/binaries.def>
};
const size_t known_n = ARRAY_LEN(known_rows);
_Static_assert(ARRAY_LEN(known_rows) <= KNOWN_ROWS_MAX, "a bit each");

enum { GRAM = 4, LEAST = 2 * GRAM - 1, HASH_BITS = 14, TEXTS = 2 * KNOWN_ROWS_MAX, SLOTS = 1024 };

static bool has(const uint64_t *bits, size_t i) { return bits[i / 64] >> i % 64 & 1; }

static void put(uint64_t *bits, size_t i) { bits[i / 64] |= UINT64_C(1) << i % 64; }

/* A text that is searched for: what stands before "{", or behind "}" when nothing does. */
static struct needle {
	uint8_t bytes[48];
	struct bytes text; /* of them */
	uint8_t row;
	bool is_also, is_behind; /* behind the version */
} needles[TEXTS];
static size_t n_needles;
static uint8_t filter[1 << HASH_BITS]; /* 1: a gram of that hash is searched for */
static struct slot {
	uint32_t gram;
	uint8_t needle, offset;
	bool is_used;
} slots[SLOTS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint32_t gram_at(const uint8_t *p)
{
	uint32_t g;
	memcpy(&g, p, sizeof g);
	return g;
}

static uint32_t hash(uint32_t gram) { return (gram * 2654435761U) >> (32 - HASH_BITS); }

static void file_gram(uint8_t needle, uint8_t offset)
{
	uint32_t gram = gram_at(needles[needle].text.p + offset), h = hash(gram);
	filter[h] = 1;
	size_t i = h % SLOTS;
	while (slots[i].is_used)
		i = (i + 1) % SLOTS;
	slots[i] = (struct slot){gram, needle, offset, true};
}

static bool is_any(const struct known_row *r)
{
	return r->kind == KNOWN_LIBRARY || strcmp(r->file, "*") == 0;
}

static void add_needle(struct bytes text, size_t row, bool is_also, bool is_behind)
{
	uint8_t at = (uint8_t)n_needles++;
	struct needle *n = &needles[at];
	assert(text.n > 0 && text.n <= sizeof n->bytes);
	for (size_t i = 0; i < text.n; i++)
		n->bytes[i] = text.p[i] == '~' ? 0 : text.p[i];
	n->text = bytes_of(n->bytes, text.n);
	n->row = (uint8_t)row;
	n->is_also = is_also;
	n->is_behind = is_behind;
	if (!is_any(&known_rows[row]))
		return;
	assert(text.n >= LEAST);
	for (uint8_t i = 0; i < GRAM; i++)
		file_gram(at, i);
}

static struct bytes before(struct bytes text)
{
	return bytes_slice(text, 0, (size_t)bytes_find(text, '{'));
}

static struct bytes behind(struct bytes text)
{
	return bytes_skip(text, (size_t)bytes_find(text, '}') + 1);
}

/* "^": NULs stand between the version and what is behind it. */
static bool has_gap(struct bytes behind) { return bytes_starts(behind, B("^")); }

static struct bytes behind_gap(struct bytes text)
{
	struct bytes b = behind(text);
	return bytes_skip(b, has_gap(b));
}

static void prepare(void)
{
	for (size_t i = 0; i < known_n; i++) {
		struct bytes text = bytes_str(known_rows[i].text);
		struct bytes head = before(text), tail = behind_gap(text);
		bool is_behind = !head.n || (head.n < LEAST && tail.n >= LEAST);
		if (bytes_search(text, B("{F}")) < 0)
			add_needle(is_behind ? tail : head, i, false, is_behind);
		if (known_rows[i].also[0])
			add_needle(bytes_str(known_rows[i].also), i, true, false);
	}
}

/*
 * Linkers that keep code apart give the texts a segment that can only be read; the code is then
 * half of the file.  Where it is not apart (ld -z noseparate-code, older linkers), or the headers
 * are not at hand, everything is searched.
 */
static void find_code(struct known_file *f, struct bytes head)
{
	const struct elf_piece piece = {0, head};
	struct elf el;
	struct err ignored;
	if (elf_open(&piece, 1, UINT64_MAX, &el, &ignored) == 0)
		elf_code(&el, &f->code, &f->code_end);
}

void known_begin(struct known_file *f, struct bytes name, struct bytes head)
{
	pthread_once(&once, prepare);
	f->name = name;
	find_code(f, head);
	for (size_t i = 0; i < known_n; i++) {
		const struct known_row *r = &known_rows[i];
		if (is_any(r) || bytes_glob(bytes_str(r->file), name))
			put(f->rows, i);
	}
}

/* ---- a place where a text stands ---- */

static bool is_version_char(uint8_t c)
{
	return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+';
}

/* "1.1.1k", "3.1.2p20", "2.7.3-1065b10": without the commit, and what Ruby calls a patch level. */
static struct bytes trimmed(struct bytes v)
{
	ssize_t dash = bytes_find(v, '-');
	if (dash > 0 && v.n - (size_t)dash > 7)
		v.n = (size_t)dash;
	while (v.n && !is_alnum(v.p[v.n - 1]))
		v.n--;
	bool has_dot = bytes_find(v, '.') > 0;
	return v.n && has_dot && is_digit(v.p[0]) && v.n <= (size_t)KNOWN_VERSION_MAX
	               ? v
	               : (struct bytes){NULL, 0};
}

/* The text of a rule, in which "~" is a NUL and "#" a digit or a blank, at b. */
static bool stands(struct bytes b, struct bytes text)
{
	if (b.n < text.n)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		bool fits = text.p[i] == '#' ? b.p[i] == ' ' || is_digit(b.p[i])
		                             : b.p[i] == (text.p[i] == '~' ? 0 : text.p[i]);
		if (!fits)
			return false;
	}
	return true;
}

static void keep(struct known_file *f, size_t row, struct bytes version, uint64_t offset)
{
	for (size_t i = 0; i < f->n_found; i++) {
		struct bytes old = bytes_of(f->found[i].version, f->found[i].n);
		if (strcmp(known_rows[f->found[i].row].name, known_rows[row].name) == 0 &&
		    bytes_eq(old, version))
			return;
	}
	if (f->n_found == (size_t)KNOWN_FOUND_MAX) {
		f->is_cut = true;
		return;
	}
	struct known_found *k = &f->found[f->n_found++];
	*k = (struct known_found){.row = (uint8_t)row, .n = (uint8_t)version.n, .offset = offset};
	memcpy(k->version, version.p, version.n);
}

static bool is_number_char(uint8_t c) { return is_digit(c) || c == '.'; }

/* hay[at...] holds what is behind the version. */
static void meet_behind(struct known_file *f, const struct needle *n, struct bytes hay, size_t at,
                        uint64_t base)
{
	struct bytes text = bytes_str(known_rows[n->row].text), head = before(text);
	size_t end = at, from;
	while (has_gap(behind(text)) && end && !hay.p[end - 1])
		end--;
	if (has_gap(behind(text)) && end == at)
		return;
	for (from = end; from && is_number_char(hay.p[from - 1]);)
		from--;
	struct bytes v = trimmed(bytes_slice(hay, from, end));
	if (v.n && v.n == end - from && from >= head.n &&
	    stands(bytes_skip(hay, from - head.n), head))
		keep(f, n->row, v, base + from);
}

/* hay[at...] holds the needle: the version is before it or behind it, and the rest must fit. */
static void meet(struct known_file *f, const struct needle *n, struct bytes hay, size_t at,
                 uint64_t base)
{
	struct bytes text = bytes_str(known_rows[n->row].text), v;
	if (n->is_also) {
		put(f->also, n->row);
		return;
	}
	if (n->is_behind) {
		meet_behind(f, n, hay, at, base);
		return;
	}
	bool is_plain = bytes_search(text, B("{D}")) >= 0;
	size_t from = at + n->text.n, end = from, next;
	while (end < hay.n && (is_plain ? is_number_char(hay.p[end]) : is_version_char(hay.p[end])))
		end++;
	v = trimmed(bytes_slice(hay, from, end));
	for (next = end; has_gap(behind(text)) && next < hay.n && !hay.p[next];)
		next++;
	if (v.n && end < hay.n && next - end >= has_gap(behind(text)) &&
	    stands(bytes_skip(hay, next), behind_gap(text)))
		keep(f, n->row, v, base + from);
}

/* The digits of a file's name: "3.11" of libpython3.11.so.1.0. */
static struct bytes digits_of(struct bytes name)
{
	size_t n = 0;
	while (name.n && !is_digit(name.p[0]))
		name = bytes_skip(name, 1);
	while (n < name.n && (is_digit(name.p[n]) || name.p[n] == '.'))
		n++;
	while (n && name.p[n - 1] == '.')
		n--;
	return bytes_slice(name, 0, n);
}

/* The version at hay[from...] that goes on from n bytes, alone between NULs; absent without one. */
static struct bytes alone_at(struct bytes hay, size_t from, size_t n)
{
	size_t end = from;
	while (end < hay.n && is_version_char(hay.p[end]))
		end++;
	struct bytes v = bytes_slice(hay, from, end);
	bool is_alone = from && !hay.p[from - 1] && end < hay.n && !hay.p[end];
	bool is_more = v.n > n + 1 && v.p[n] == '.' && is_digit(v.p[n + 1]);
	return is_alone && is_more && trimmed(v).n == v.n ? v : (struct bytes){NULL, 0};
}

/* "~{F}~": the version in the file's name, and what follows it. */
static void meet_named(struct known_file *f, size_t row, struct bytes hay, uint64_t base)
{
	struct bytes want = digits_of(f->name), rest = hay;
	for (ssize_t at; want.n && (at = bytes_search(rest, want)) >= 0;) {
		size_t from = (size_t)(rest.p - hay.p) + (size_t)at;
		struct bytes v = alone_at(hay, from, want.n);
		if (v.n)
			keep(f, row, v, base + from);
		rest = bytes_skip(hay, from + 1);
	}
}

/* ---- the search ---- */

static void probe(struct known_file *f, struct bytes hay, size_t at, uint64_t base)
{
	uint32_t gram = gram_at(hay.p + at), h = hash(gram);
	if (!filter[h])
		return;
	for (size_t i = h % SLOTS; slots[i].is_used; i = (i + 1) % SLOTS) {
		const struct needle *n = &needles[slots[i].needle];
		if (slots[i].gram != gram || at < slots[i].offset)
			continue;
		size_t from = at - slots[i].offset;
		if (bytes_starts(bytes_skip(hay, from), n->text))
			meet(f, n, hay, from, base);
	}
}

/* Is one of the four grams from p on searched for, perhaps? */
static uint8_t is_one_of_four(const uint8_t *p)
{
	return filter[hash(gram_at(p))] | filter[hash(gram_at(p + GRAM))] |
	       filter[hash(gram_at(p + 2 * GRAM))] | filter[hash(gram_at(p + 3 * GRAM))];
}

static void search_grams(struct known_file *f, struct bytes hay, uint64_t base)
{
	enum { EIGHT = 8 * GRAM };
	size_t at = 0;
	for (; at + EIGHT <= hay.n; at += EIGHT) {
		if (!(is_one_of_four(hay.p + at) | is_one_of_four(hay.p + at + EIGHT / 2)))
			continue;
		for (size_t i = 0; i < EIGHT; i += GRAM)
			probe(f, hay, at + i, base);
	}
	for (; at + GRAM <= hay.n; at += GRAM)
		probe(f, hay, at, base);
}

static void search(struct known_file *f, struct bytes hay, uint64_t base)
{
	search_grams(f, hay, base);
	for (size_t i = 0; i < n_needles; i++) {
		const struct needle *n = &needles[i];
		struct bytes rest = hay;
		if (is_any(&known_rows[n->row]) || !has(f->rows, n->row))
			continue;
		for (ssize_t at; (at = bytes_search(rest, n->text)) >= 0;) {
			size_t from = (size_t)(rest.p - hay.p) + (size_t)at;
			meet(f, n, hay, from, base);
			rest = bytes_skip(hay, from + 1);
		}
	}
	for (size_t i = 0; i < known_n; i++) {
		if (has(f->rows, i) && strcmp(known_rows[i].text, "~{F}~") == 0)
			meet_named(f, i, hay, base);
	}
}

/* What of the piece is not code; a text may reach into it by KNOWN_TAIL bytes. */
static void search_texts(struct known_file *f, struct bytes piece)
{
	uint64_t end = f->at + piece.n;
	bool has_code = f->code_end > f->code + 4 * KNOWN_TAIL;
	uint64_t from = MIN_OF(f->code + KNOWN_TAIL, end);
	uint64_t to = MIN_OF(f->code_end - KNOWN_TAIL, end);
	if (!has_code || from >= end || to <= f->at) {
		search(f, piece, f->at);
		return;
	}
	if (from > f->at)
		search(f, bytes_slice(piece, 0, (size_t)(from - f->at)), f->at);
	if (to < end)
		search(f, bytes_skip(piece, (size_t)(to - f->at)), to);
}

/* The seam of two pieces is searched in tail: the end of the last, and the begin of this one. */
void known_piece(struct known_file *f, struct bytes piece)
{
	size_t n = MIN_OF(piece.n, (size_t)KNOWN_TAIL), old = f->n_tail;
	memcpy(f->tail + old, piece.p, n);
	if (old)
		search(f, bytes_of(f->tail, old + n), f->at - old);
	search_texts(f, piece);
	f->at += piece.n;
	if (piece.n >= KNOWN_TAIL) {
		memcpy(f->tail, piece.p + piece.n - KNOWN_TAIL, KNOWN_TAIL);
		f->n_tail = KNOWN_TAIL;
		return;
	}
	size_t all = old + n, drop = all > KNOWN_TAIL ? all - KNOWN_TAIL : 0;
	memmove(f->tail, f->tail + drop, all - drop);
	f->n_tail = all - drop;
}

bool known_holds(const struct known_file *f, const struct known_found *k)
{
	const struct known_row *r = &known_rows[k->row];
	for (size_t i = 0; r->kind == KNOWN_SOLE && i < f->n_found; i++) {
		const struct known_found *other = &f->found[i];
		if (other != k && strcmp(known_rows[other->row].name, r->name) == 0)
			return false;
	}
	return !r->also[0] || has(f->also, k->row);
}

bool known_is_own(const struct known_file *f, const struct known_found *k)
{
	return bytes_glob(bytes_str(known_rows[k->row].file), f->name);
}
