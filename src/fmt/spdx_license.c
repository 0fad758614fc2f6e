/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spdx_license.c - licence expressions of SPDX, read strictly.
 *
 * Source: SPDX 2.3, annex D: WITH binds tighter than AND, AND tighter than OR; operators are upper
 * case, identifiers are matched without regard to case.
 */
#include "fmt/spdx_parts.h"

#include <string.h>

/* clang-format off */
const struct spdx_id spdx_ids[] = {
#define SPDX_ID(id, what, instead) {id, SPDX_##what, instead},
#include "fmt/spdx_license.def"
#undef SPDX_ID
	{NULL, SPDX_LICENSE, NULL},
};
/* clang-format on */

const struct spdx_id *spdx_id_find(struct bytes id, enum spdx_what what)
{
	for (const struct spdx_id *row = spdx_ids; row->id && id.n; row++) {
		if (row->what == what && to_lower((uint8_t)row->id[0]) == to_lower(id.p[0]) &&
		    bytes_eq_nocase(bytes_str(row->id), id))
			return row;
	}
	return NULL;
}

bool spdx_license_known(struct bytes id, struct bytes *ret)
{
	const struct spdx_id *row = spdx_id_find(id, SPDX_LICENSE);
	if (row)
		*ret = bytes_str(row->id);
	return row != NULL;
}

struct spdx_license *spdx_term(struct arena *a, struct bytes id)
{
	struct spdx_license *l = arena_alloc(a, sizeof *l);
	l->kind = SPDX_TERM;
	l->id = id;
	return l;
}

const struct spdx_license *spdx_pair(struct arena *a, enum spdx_kind kind,
                                     const struct spdx_license *x, const struct spdx_license *y)
{
	struct spdx_license *l = arena_alloc(a, sizeof *l);
	l->kind = kind;
	l->a = x;
	l->b = y;
	return l;
}

const struct spdx_license *spdx_license_and(const struct spdx_license *x,
                                            const struct spdx_license *y, struct arena *a)
{
	if (!x || !y)
		return x ? x : y;
	return spdx_pair(a, SPDX_AND, x, y);
}

/* ---- reading ---- */

struct reader {
	struct arena *a;
	struct bytes rest, text;
	unsigned depth;
};

static bool is_id_byte(uint8_t c) { return is_alnum(c) || c == '.' || c == '-'; }

/* The next word or parenthesis, not taken; absent at the end. */
static struct bytes peek(struct reader *r)
{
	while (r->rest.n && is_blank(r->rest.p[0]))
		r->rest = bytes_skip(r->rest, 1);
	if (!r->rest.n)
		return (struct bytes){NULL, 0};
	if (r->rest.p[0] == '(' || r->rest.p[0] == ')')
		return bytes_slice(r->rest, 0, 1);
	size_t n = 0;
	while (n < r->rest.n && !is_blank(r->rest.p[n]) && r->rest.p[n] != '(' &&
	       r->rest.p[n] != ')')
		n++;
	return bytes_slice(r->rest, 0, n);
}

static bool take(struct reader *r, const char *word)
{
	struct bytes w = peek(r);
	if (!bytes_eq(w, bytes_str(word)))
		return false;
	r->rest = bytes_skip(r->rest, w.n);
	return true;
}

/* "LicenseRef-" idstring, with "DocumentRef-" idstring ":" before it or not. */
static bool is_ref(struct bytes id)
{
	struct bytes doc, ref = id;
	if (bytes_starts(id, B("DocumentRef-")) && bytes_cut(id, ':', &doc, &ref) && doc.n == 12)
		return false;
	if (!bytes_starts(ref, B("LicenseRef-")) || ref.n == 11)
		return false;
	for (size_t i = 0; i < id.n; i++) {
		if (!is_id_byte(id.p[i]) && !(id.p[i] == ':' && id.p + i + 1 == ref.p))
			return false;
	}
	return true;
}

static struct spdx_license *read_term(struct reader *r, struct err *e)
{
	struct bytes w = peek(r), id = w;
	if (!w.n || w.p[0] == '(' || w.p[0] == ')') {
		err_set(e, ERR_FORMAT, "\"%.*s\": a licence is wanted at byte %zu",
		        BYTES_FMT(r->text), r->text.n - r->rest.n);
		return NULL;
	}
	r->rest = bytes_skip(r->rest, w.n);
	struct spdx_license *l = spdx_term(r->a, w);
	const struct spdx_id *row = spdx_id_find(w, SPDX_LICENSE);
	if (!row && w.p[w.n - 1] == '+') {
		id = bytes_slice(w, 0, w.n - 1);
		l->is_plus = true;
		row = spdx_id_find(id, SPDX_LICENSE);
	}
	if (!row && !is_ref(w)) {
		err_set(e, ERR_FORMAT, "\"%.*s\" is no licence of the SPDX list", BYTES_FMT(w));
		return NULL;
	}
	l->id = row ? bytes_str(row->id) : arena_dup(r->a, w);
	l->is_plus = row && l->is_plus;
	if (!take(r, "WITH"))
		return l;
	w = peek(r);
	row = spdx_id_find(w, SPDX_EXCEPTION);
	if (!row) {
		err_set(e, ERR_FORMAT, "\"%.*s\" is no exception of the SPDX list", BYTES_FMT(w));
		return NULL;
	}
	r->rest = bytes_skip(r->rest, w.n);
	l->exception = bytes_str(row->id);
	return l;
}

static const struct spdx_license *read_or(struct reader *r, struct err *e);

static const struct spdx_license *read_atom(struct reader *r, struct err *e)
{
	if (!take(r, "("))
		return read_term(r, e);
	if (++r->depth > (unsigned)SPDX_LICENSE_DEPTH_MAX) {
		err_set(e, ERR_LIMIT, "more than %d parentheses within each other",
		        (int)SPDX_LICENSE_DEPTH_MAX);
		return NULL;
	}
	const struct spdx_license *l = read_or(r, e);
	if (l && !take(r, ")")) {
		err_set(e, ERR_FORMAT, "\"%.*s\": a parenthesis is not closed", BYTES_FMT(r->text));
		return NULL;
	}
	r->depth--;
	return l;
}

static const struct spdx_license *read_and(struct reader *r, struct err *e)
{
	const struct spdx_license *l = read_atom(r, e);
	while (l && take(r, "AND")) {
		const struct spdx_license *more = read_atom(r, e);
		l = more ? spdx_pair(r->a, SPDX_AND, l, more) : NULL;
	}
	return l;
}

static const struct spdx_license *read_or(struct reader *r, struct err *e)
{
	const struct spdx_license *l = read_and(r, e);
	while (l && take(r, "OR")) {
		const struct spdx_license *more = read_and(r, e);
		l = more ? spdx_pair(r->a, SPDX_OR, l, more) : NULL;
	}
	return l;
}

int spdx_license_parse(struct bytes text, struct arena *a, const struct spdx_license **ret,
                       struct err *e)
{
	struct reader r = {.a = a, .rest = text, .text = text};
	if (text.n > (size_t)SPDX_LICENSE_MAX)
		return err_set(e, ERR_LIMIT, "a licence expression is longer than %d bytes",
		               (int)SPDX_LICENSE_MAX);
	const struct spdx_license *l = read_or(&r, e);
	if (!l)
		return -1;
	if (peek(&r).n)
		return err_set(e, ERR_FORMAT, "\"%.*s\": AND or OR is wanted before \"%.*s\"",
		               BYTES_FMT(text), BYTES_FMT(peek(&r)));
	*ret = l;
	return 0;
}

/* ---- writing ---- */

/* Recursion goes as deep as SPDX_LICENSE_MAX has operators: some 5,000 small frames. */
static void write_expression(const struct spdx_license *l, enum spdx_kind outer, struct buf *b)
{
	if (l->kind == SPDX_TERM) {
		buf_add(b, l->id);
		buf_adds(b, l->is_plus ? "+" : "");
		buf_adds(b, l->exception.n ? " WITH " : "");
		buf_add(b, l->exception);
		return;
	}
	bool is_wrapped = l->kind == SPDX_OR && outer == SPDX_AND;
	buf_adds(b, is_wrapped ? "(" : "");
	write_expression(l->a, l->kind, b);
	buf_adds(b, l->kind == SPDX_AND ? " AND " : " OR ");
	write_expression(l->b, l->kind, b);
	buf_adds(b, is_wrapped ? ")" : "");
}

struct bytes spdx_license_text(const struct spdx_license *l, struct arena *a)
{
	AUTO_BUF struct buf b;
	if (!l)
		return (struct bytes){NULL, 0};
	buf_init(&b, (size_t)MIB(64));
	write_expression(l, SPDX_TERM, &b);
	return arena_dup(a, buf_bytes(&b));
}

void spdx_license_each(const struct spdx_license *l,
                       void (*visit)(void *arg, const struct spdx_license *term), void *arg)
{
	if (!l)
		return;
	if (l->kind == SPDX_TERM) {
		visit(arg, l);
		return;
	}
	spdx_license_each(l->a, visit, arg);
	spdx_license_each(l->b, visit, arg);
}
