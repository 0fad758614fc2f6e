/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret_scan.c - the pass: bytes through Hyperscan, hits to their confirmation.
 *
 * Confirmation reads from a window: the piece itself, or a copy of the end of the bytes before and
 * the start of the piece where a hit lies across.  A hit near the end of a piece waits for the
 * next.
 */
#include "inspect/secret_parts.h"

#include <stdlib.h>
#include <string.h>

enum { NARROW_LEN = 16384, SNIFF = 1024 };

/* ---- lines ---- */

typedef uint8_t lane __attribute__((vector_size(16)));

static uint64_t count_lines(struct bytes b)
{
	const lane newline = {'\n', '\n', '\n', '\n', '\n', '\n', '\n', '\n',
	                      '\n', '\n', '\n', '\n', '\n', '\n', '\n', '\n'};
	uint64_t n = 0;
	size_t i = 0;
	while (i + 16 <= b.n) {
		lane sums = {0};
		for (unsigned k = 0; k < 255 && i + 16 <= b.n; k++, i += 16) {
			lane v;
			memcpy(&v, b.p + i, sizeof v);
			sums -= (lane)(v == newline); /* a match is -1 */
		}
		for (unsigned k = 0; k < 16; k++)
			n += sums[k];
	}
	for (; i < b.n; i++)
		n += b.p[i] == '\n';
	return n;
}

uint32_t secret_line(struct secret_stream *st, uint64_t at)
{
	if (!st->is_text)
		return 0;
	uint64_t n;
	if (at < st->at) {
		size_t back = (size_t)MIN_OF(st->at - at, (uint64_t)st->tail_n);
		n = st->lines - count_lines(bytes_of(st->tail + st->tail_n - back, back));
	} else {
		if (st->line_at < st->at || st->line_at > at) {
			st->line_at = st->at;
			st->line_count = st->lines;
		}
		st->line_count += count_lines(bytes_slice(st->piece, (size_t)(st->line_at - st->at),
		                                          (size_t)(at - st->at)));
		st->line_at = at;
		n = st->line_count;
	}
	return (uint32_t)MIN_OF(n + 1, (uint64_t)INT32_MAX);
}

/* ---- hits ---- */

static int on_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                  void *arg)
{
	struct secret_stream *st = arg;
	size_t n_own = st->scan->rules->n + RULES_EXTRA;
	(void)from, (void)flags;
	if (id >= n_own && id < n_own + st->scan->rules->n) {
		st->keyword[id - n_own] = true;
		return 0;
	}
	if (id >= n_own || to <= st->done[id])
		return 0;
	if (st->open[id]) {
		struct hit *h = &st->hits[st->open[id] - 1];
		if (to <= h->last + SCAN_MERGE / 4 && to - h->first <= SCAN_MERGE) {
			h->last = MAX_OF(h->last, to);
			return 0;
		}
	}
	if (st->n_hits >= SECRET_HITS_MAX) {
		st->is_cut = true;
		return 0;
	}
	st->hits = mem_grow(st->hits, &st->cap_hits, st->n_hits + 1, sizeof *st->hits);
	st->hits[st->n_hits++] = (struct hit){id, to, to};
	st->open[id] = (uint32_t)st->n_hits;
	return 0;
}

/* The bytes [from, to) of the file, as far as they are here. */
static struct bytes window(struct secret_stream *st, uint64_t *from, uint64_t to)
{
	if (*from >= st->at)
		return bytes_slice(st->piece, (size_t)(*from - st->at), (size_t)(to - st->at));
	if (!st->join_n) {
		size_t more = MIN_OF(st->piece.n, (size_t)SCAN_TAIL);
		memcpy(st->join, st->tail, st->tail_n);
		if (more)
			memcpy(st->join + st->tail_n, st->piece.p, more);
		st->join_n = st->tail_n + more;
	}
	uint64_t start = st->at - st->tail_n;
	*from = MAX_OF(*from, start);
	return bytes_slice(bytes_of(st->join, st->join_n), (size_t)(*from - start),
	                   (size_t)(to - start));
}

static void look_closely(struct secret_stream *st, const struct hit *h)
{
	const struct rules *r = st->scan->rules;
	uint64_t reach = h->rule < r->n ? r->v[h->rule].span : (uint64_t)SECRET_SPAN_MAX;
	uint64_t from = h->first > reach ? h->first - reach : 0;
	struct bytes w = window(st, &from, h->last + SCAN_AHEAD);
	if (h->rule < r->n)
		secret_confirm(st, h, w, from);
	else if (h->rule == r->n + RULES_BASE64)
		secret_decode(st, h, w, from);
	else
		secret_assignment(st, h, w, from);
}

/* All hits whose surroundings are here; the others wait. */
static void confirm_hits(struct secret_stream *st)
{
	size_t kept = 0;
	uint64_t here = st->at + st->piece.n;
	for (size_t i = 0; i < st->n_hits; i++) {
		struct hit h = st->hits[i];
		if (h.last + SCAN_AHEAD > here && !st->is_last) {
			st->hits[kept] = h;
			st->open[h.rule] = (uint32_t)++kept;
			continue;
		}
		st->open[h.rule] = 0;
		if (++st->confirms > (uint64_t)SECRET_CONFIRMS_MAX) {
			st->is_cut = true;
			continue;
		}
		look_closely(st, &h);
	}
	st->n_hits = kept;
}

/* ---- a piece ---- */

static void remember_tail(struct secret_stream *st)
{
	struct bytes p = st->piece;
	if (p.n >= SCAN_TAIL) {
		memcpy(st->tail, p.p + p.n - SCAN_TAIL, SCAN_TAIL);
		st->tail_n = SCAN_TAIL;
		return;
	}
	size_t keep = MIN_OF(st->tail_n, (size_t)SCAN_TAIL - p.n);
	memmove(st->tail, st->tail + st->tail_n - keep, keep);
	memcpy(st->tail + keep, p.p, p.n);
	st->tail_n = keep + p.n;
}

static void feed_plain(struct secret_stream *st, struct bytes piece)
{
	enum { STEP = 1 << 30 };
	for (struct bytes part; piece.n; piece = bytes_skip(piece, part.n)) {
		part = bytes_slice(piece, 0, STEP);
		st->piece = part;
		st->join_n = 0;
		hs_scan_stream(st->hs, (const char *)part.p, (unsigned)part.n, 0, st->scan->scratch,
		               on_hit, st);
		confirm_hits(st);
		remember_tail(st);
		if (st->is_text)
			st->lines += count_lines(part);
		st->at += part.n;
		st->piece = (struct bytes){NULL, 0};
	}
}

/* ---- UTF-16 ---- */

static int is_wide(struct bytes b)
{
	if (bytes_starts(b, B("\xff\xfe")) && b.n % 2 == 0)
		return 1;
	if (bytes_starts(b, B("\xfe\xff")) && b.n % 2 == 0)
		return 2;
	size_t zeros[2] = {0, 0}, n = MIN_OF(b.n, (size_t)SNIFF) & ~(size_t)1;
	for (size_t i = 0; i < n; i++)
		zeros[i % 2] += b.p[i] == 0;
	if (n < 32)
		return 0;
	if (zeros[1] * 10 >= n / 2 * 9 && zeros[0] == 0)
		return 1;
	return zeros[0] * 10 >= n / 2 * 9 && zeros[1] == 0 ? 2 : 0;
}

static size_t put_utf8(uint8_t *p, unsigned c)
{
	if (c < 0x80) {
		p[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (uint8_t)(0xc0 | c >> 6);
		p[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	p[0] = (uint8_t)(0xe0 | c >> 12);
	p[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	p[2] = (uint8_t)(0x80 | (c & 0x3f));
	return 3;
}

static void feed_wide(struct secret_stream *st, struct bytes piece)
{
	size_t n = 0;
	for (size_t i = 0; i < piece.n; i++) {
		if (!st->has_half) {
			st->half = piece.p[i];
			st->has_half = true;
			continue;
		}
		st->has_half = false;
		unsigned hi = st->wide == 1 ? piece.p[i] : st->half;
		unsigned lo = st->wide == 1 ? st->half : piece.p[i];
		n += put_utf8(st->narrow + n, hi << 8 | lo);
		if (n + 3 > NARROW_LEN) {
			feed_plain(st, bytes_of(st->narrow, n));
			n = 0;
		}
	}
	feed_plain(st, bytes_of(st->narrow, n));
}

static void begin(struct secret_stream *st, struct bytes piece)
{
	st->is_started = true;
	st->wide = is_wide(piece);
	st->is_text = st->wide || bytes_find(bytes_slice(piece, 0, SNIFF), 0) < 0;
	if (st->wide && !st->narrow)
		st->narrow = mem_alloc(NARROW_LEN);
}

void secret_feed(struct secret_stream *st, struct bytes piece)
{
	if (!st->is_started)
		begin(st, piece);
	if (st->wide)
		feed_wide(st, piece);
	else
		feed_plain(st, piece);
}

/* ---- opening and closing ---- */

static struct secret_stream *stream_new(struct secret_scan *s)
{
	size_t n = s->rules->n + RULES_EXTRA;
	struct secret_stream *st = mem_zalloc(sizeof *st);
	st->scan = s;
	st->arena = arena_new();
	st->open = mem_zalloc(n * sizeof *st->open);
	st->done = mem_zalloc(n * sizeof *st->done);
	st->keyword = mem_zalloc(n * sizeof *st->keyword);
	st->place = mem_zalloc(n * sizeof *st->place);
	if (hs_open_stream(s->db, 0, &st->hs) != HS_SUCCESS)
		die_nomem(0);
	return st;
}

static void stream_free(struct secret_stream *st)
{
	if (!st)
		return;
	hs_close_stream(st->hs, NULL, NULL, NULL);
	arena_free(st->arena);
	free(st->hits);
	free(st->open);
	free(st->done);
	free(st->keyword);
	free(st->place);
	free(st->found);
	free(st->narrow);
	free(st);
}

int secret_scan_new(const struct rules *r, struct secret_scan **ret, struct err *e)
{
	struct bytes db = rules_database(r);
	if (hs_valid_platform() != HS_SUCCESS)
		return err_set(e, ERR_UNSUPPORTED, "this processor lacks what Hyperscan needs");
	struct secret_scan *s = mem_zalloc(sizeof *s);
	s->rules = r;
	int rc = hs_deserialize_database((const char *)db.p, db.n, &s->db);
	if (rc == HS_SUCCESS)
		rc = hs_alloc_scratch(s->db, &s->scratch);
	if (rc != HS_SUCCESS) {
		secret_scan_free(s);
		return err_set(e, ERR_UNSUPPORTED, "the compiled rules cannot be used here (%d)",
		               rc);
	}
	s->confirms = mem_zalloc((r->n + 1) * sizeof *s->confirms);
	s->allows = mem_zalloc((r->head->n_allows + 1) * sizeof *s->allows);
	for (size_t i = 0; i < r->n; i++) {
		s->has_keywords |= r->v[i].keywords != 0;
		s->has_paths |= r->v[i].regex == 0;
	}
	secret_nears_make(s);
	*ret = s;
	return 0;
}

void secret_scan_free(struct secret_scan *s)
{
	if (!s)
		return;
	secret_confirms_free(s);
	secret_allows_free(s);
	stream_free(s->spare);
	hs_free_scratch(s->scratch);
	hs_free_database(s->db);
	free(s->confirms);
	free(s->nears);
	free(s);
}

/* As new, but for the memory that it keeps. */
static void stream_reset(struct secret_stream *st)
{
	size_t n = st->scan->rules->n + RULES_EXTRA;
	if (arena_size(st->arena) > 4096) {
		arena_free(st->arena);
		st->arena = arena_new();
	}
	if (st->confirms) {
		memset(st->open, 0, n * sizeof *st->open);
		memset(st->done, 0, n * sizeof *st->done);
		memset(st->place, 0, n * sizeof *st->place);
	}
	if (st->scan->has_keywords)
		memset(st->keyword, 0, n * sizeof *st->keyword);
	st->at = st->lines = st->line_at = st->line_count = st->confirms = st->n_more = 0;
	st->tail_n = st->join_n = st->n_hits = st->n_found = 0;
	st->is_text = st->is_started = st->is_last = st->is_cut = st->has_half = false;
	st->wide = 0;
}

struct secret_stream *secret_open_at(struct secret_scan *s, struct bytes path, unsigned depth)
{
	struct secret_stream *st = s->spare ? TAKE(s->spare) : stream_new(s);
	st->path = arena_dup(st->arena, path);
	st->depth = depth;
	return st;
}

struct bytes secret_rule_id(const struct secret_scan *s, const struct secret_found *f)
{
	return bytes_str(rules_text(s->rules, s->rules->v[f->rule].id));
}

struct secret_stream *secret_open(struct secret_scan *s, struct bytes path)
{
	return secret_open_at(s, path, 0);
}

static int by_offset(const void *a, const void *b)
{
	const struct secret_found *x = a, *y = b;
	return x->at < y->at ? -1 : x->at > y->at ? 1 : (int)x->rule - (int)y->rule;
}

static void say_cut(const struct secret_stream *st, const struct secret_sink *sink)
{
	char text[160];
	if (st->is_cut)
		sink->cut(sink->arg, "secret.cut",
		          "more hits than are looked at in one file; the rest was not confirmed");
	if (!st->n_more)
		return;
	snprintf(text, sizeof text, "%llu more secrets in this file are not listed",
	         (unsigned long long)st->n_more);
	sink->cut(sink->arg, "secret.many", text);
}

/* A rule with keywords is for files that have one of them, wherever. */
static void drop_without_keyword(struct secret_stream *st)
{
	const struct rules *r = st->scan->rules;
	size_t n = 0;
	for (size_t i = 0; i < st->n_found; i++) {
		if (!r->v[st->found[i].rule].keywords || st->keyword[st->found[i].rule])
			st->found[n++] = st->found[i];
	}
	st->n_found = n;
}

/* Rules about paths alone; a file within Base64 has none. */
static void confirm_paths(struct secret_stream *st)
{
	for (uint32_t i = 0; st->scan->has_paths && !st->depth && i < st->scan->rules->n; i++) {
		if (!st->scan->rules->v[i].regex)
			secret_confirm_path(st, i);
	}
}

void secret_close(struct secret_stream *st, const struct secret_sink *sink)
{
	struct secret_scan *s = st->scan;
	st->is_last = true;
	st->join_n = 0;
	hs_reset_stream(st->hs, 0, s->scratch, on_hit, st);
	confirm_hits(st);
	confirm_paths(st);
	if (st->scan->has_keywords)
		drop_without_keyword(st);
	if (st->n_found)
		qsort(st->found, st->n_found, sizeof *st->found, by_offset);
	for (size_t i = 0; i < st->n_found; i++)
		sink->found(sink->arg, &st->found[i]);
	say_cut(st, sink);
	if (s->spare) {
		stream_free(st);
		return;
	}
	stream_reset(st);
	s->spare = st;
}
