/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret_decode.c - Base64 that a hit says is worth decoding: its plain bytes are scanned like a
 * file of their own, and what is found is told of the line where the Base64 stands.
 */
#include "inspect/secret_parts.h"

#include <string.h>

enum { LINE_FULL = 56 };

static bool is_digit64(uint8_t c)
{
	return is_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_';
}

/* Where the run that holds `at` begins: through line ends, where the line before is a full one. */
static size_t run_begin(struct bytes w, size_t at)
{
	size_t i = at, line = 0;
	while (i > 0) {
		uint8_t c = w.p[i - 1];
		if (is_digit64(c)) {
			line++;
			i--;
			continue;
		}
		size_t k = i;
		while (k > 0 && (w.p[k - 1] == '\n' || w.p[k - 1] == '\r' || w.p[k - 1] == ' '))
			k--;
		if (k == i || k < LINE_FULL || !is_digit64(w.p[k - 1]) ||
		    !is_digit64(w.p[k - LINE_FULL]))
			break;
		i = k;
		line = 0;
	}
	(void)line;
	return i;
}

/* Where it ends: a blank ends it, but for the end of a full line. */
static size_t run_end(struct bytes w, size_t at)
{
	size_t i = at, line = 0;
	while (i < w.n) {
		if (is_digit64(w.p[i])) {
			line++;
			i++;
			continue;
		}
		bool is_wrap = (w.p[i] == '\n' || w.p[i] == '\r') && line >= LINE_FULL;
		if (!is_wrap)
			break;
		while (i < w.n && (w.p[i] == '\n' || w.p[i] == '\r' || w.p[i] == ' '))
			i++;
		line = 0;
	}
	return i;
}

struct outer {
	struct secret_stream *st;
	uint64_t at, end;
};

static void inner_found(void *arg, const struct secret_found *f)
{
	struct outer *o = arg;
	struct secret_found own = *f;
	own.how |= SECRET_BASE64;
	own.at = o->at;
	own.end = o->end;
	own.line = secret_line(o->st, o->at);
	own.mask = arena_dup(o->st->arena, f->mask);
	secret_keep(o->st, &own);
}

static void inner_cut(void *arg, const char *code, const char *text)
{
	struct outer *o = arg;
	(void)code, (void)text;
	o->st->is_cut = true;
}

static void scan_plain(struct outer *o, struct bytes run, struct buf *plain)
{
	const struct secret_sink sink = {o, inner_found, inner_cut};
	buf_reset(plain);
	token_base64(run, plain);
	if (plain->n < 8)
		return;
	struct secret_stream *in = secret_open_at(o->st->scan, o->st->path, o->st->depth + 1);
	secret_feed(in, buf_bytes(plain));
	secret_close(in, &sink);
}

void secret_decode(struct secret_stream *st, const struct hit *h, struct bytes w, uint64_t w_at)
{
	AUTO_BUF struct buf plain;
	uint64_t *done = &st->done[st->scan->rules->n + RULES_BASE64];
	if (st->depth >= SECRET_DEPTH_MAX || h->first <= *done || h->first < w_at + 1)
		return;
	size_t hit = (size_t)(h->first - w_at - 1);
	size_t from = run_begin(w, hit), to = run_end(w, hit);
	if (*done > w_at)
		from = MAX_OF(from, (size_t)(*done - w_at));
	*done = w_at + to;
	buf_init(&plain, SCAN_TAIL);
	struct outer o = {st, w_at + from, w_at + to};
	/* where the start of the run is not here, its digits may be grouped in any way */
	bool is_whole = from > 0 || w_at == 0;
	for (unsigned k = 0; k < (is_whole ? 1U : 4U); k++)
		scan_plain(&o, bytes_slice(w, from + k, to), &plain);
}
