/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc_json.c - JSON documents of any size, one subtree at a time.
 *
 * yajl gives events; what lies at one of the wanted places becomes a jansson tree, the rest is
 * forgotten.  Memory is bounded by one tree.
 */
#include "advise/feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

enum { PARTS = 8, PATHS = 32, PIECE = 64 << 10 };

struct level {
	bool is_array;
	uint32_t match; /* paths whose parts agree as far as this level */
};

struct reader {
	/* what is wanted */
	struct bytes parts[PATHS][PARTS];
	size_t n_parts[PATHS];
	size_t n_paths;
	feed_value_fn *fn;
	void *arg;
	/* where we are */
	struct level level[64 + 1];
	size_t depth;
	struct buf key[PARTS]; /* names on the way, as far as paths go */
	struct buf name;       /* the member whose value is due */
	/* the tree being built */
	json_t *open[64 + 1];
	size_t n_open;
	size_t path; /* of the tree */
	int64_t values;
	/* bounds and faults */
	uint64_t fed, at_event, at_tree; /* bytes */
	struct err *e;
	bool failed;
};

static int fail(struct reader *r, enum err_kind kind, const char *why)
{
	if (!r->failed)
		err_set(r->e, kind, "%s", why);
	r->failed = true;
	return 0;
}

/* Paths that agree with the value that comes now. */
static uint32_t match_child(const struct reader *r)
{
	if (r->depth == 0)
		return r->n_paths == 32 ? UINT32_MAX : (UINT32_C(1) << r->n_paths) - 1;
	uint32_t in = r->level[r->depth].match, out = 0;
	size_t part = r->depth - 1;
	for (size_t i = 0; i < r->n_paths && in; i++) {
		if (!(in & UINT32_C(1) << i) || part >= r->n_parts[i])
			continue;
		struct bytes want = r->parts[i][part];
		bool is_any = bytes_eq(want, B("*"));
		if (is_any || (!r->level[r->depth].is_array && bytes_eq(want, buf_bytes(&r->name))))
			out |= UINT32_C(1) << i;
	}
	return out;
}

static int deliver(struct reader *r, json_t *tree)
{
	struct bytes keys[PARTS];
	size_t n = r->n_parts[r->path];
	for (size_t i = 0; i < n; i++)
		keys[i] =
			r->level[i + 1].is_array ? (struct bytes){NULL, 0} : buf_bytes(&r->key[i]);
	struct feed_value v = {.path = r->path, .keys = keys, .n_keys = n, .tree = tree};
	int res = r->fn(r->arg, &v, r->e);
	json_decref(tree);
	if (res < 0)
		r->failed = true;
	return res == 0;
}

/* Notes the name of the value at hand in the way to it. */
static void note_key(struct reader *r)
{
	if (r->depth == 0 || r->depth > PARTS || r->level[r->depth].is_array)
		return;
	buf_reset(&r->key[r->depth - 1]);
	buf_add(&r->key[r->depth - 1], buf_bytes(&r->name));
}

static int attach(struct reader *r, json_t *v)
{
	json_t *parent = r->open[r->n_open - 1];
	if (++r->values > JSON_VALUES_MAX || r->fed - r->at_tree > (uint64_t)FEED_RECORD_MAX) {
		json_decref(v);
		return fail(r, ERR_LIMIT, "one record is too large");
	}
	int res = json_is_array(parent)
	                  ? json_array_append_new(parent, v)
	                  : json_object_setn_new(parent, (const char *)r->name.p, r->name.n, v);
	return res == 0 ? 1 : fail(r, ERR_FORMAT, "a value that cannot be held");
}

/* True when the value that comes now is the root of a wanted tree. */
static bool is_wanted(struct reader *r, uint32_t match)
{
	for (size_t i = 0; i < r->n_paths; i++) {
		if (match & UINT32_C(1) << i && r->n_parts[i] == r->depth) {
			r->path = i;
			r->values = 1;
			r->at_tree = r->at_event;
			return true;
		}
	}
	return false;
}

static int on_scalar(struct reader *r, json_t *v)
{
	r->at_event = r->fed;
	if (!v)
		return fail(r, ERR_FORMAT, "a value that cannot be held");
	if (r->n_open)
		return attach(r, v);
	note_key(r);
	if (is_wanted(r, match_child(r)))
		return deliver(r, v);
	json_decref(v);
	return 1;
}

static int on_open(struct reader *r, bool is_array)
{
	r->at_event = r->fed;
	if (r->depth >= (size_t)JSON_DEPTH_MAX)
		return fail(r, ERR_LIMIT, "nested too deeply");
	uint32_t match = 0;
	if (!r->n_open) {
		note_key(r);
		match = match_child(r);
	}
	if (r->n_open || is_wanted(r, match)) {
		json_t *v = is_array ? json_array() : json_object();
		if (r->n_open && !attach(r, v))
			return 0;
		r->open[r->n_open++] = v;
	}
	r->level[++r->depth] = (struct level){.is_array = is_array, .match = match};
	return 1;
}

static int on_close(struct reader *r)
{
	r->at_event = r->fed;
	r->depth--;
	if (!r->n_open)
		return 1;
	json_t *v = r->open[--r->n_open];
	return r->n_open ? 1 : deliver(r, v);
}

static int on_null(void *r) { return on_scalar(r, json_null()); }
static int on_bool(void *r, int v) { return on_scalar(r, json_boolean(v)); }
static int on_map(void *r) { return on_open(r, false); }
static int on_array(void *r) { return on_open(r, true); }
static int on_end(void *r) { return on_close(r); }

static int on_string(void *r, const unsigned char *p, size_t n)
{
	if (n > (size_t)FEED_STRING_MAX)
		return fail(r, ERR_LIMIT, "one string is too long");
	return on_scalar(r, json_stringn((const char *)p, n));
}

static int on_number(void *arg, const char *p, size_t n)
{
	char text[FEED_NUMBER_MAX + 1];
	if (n > FEED_NUMBER_MAX)
		return fail(arg, ERR_LIMIT, "a number of more digits than FEED_NUMBER_MAX");
	memcpy(text, p, n);
	text[n] = 0;
	if (strpbrk(text, ".eE"))
		return on_scalar(arg, json_real(strtod(text, NULL)));
	errno = 0;
	long long v = strtoll(text, NULL, 10);
	return on_scalar(arg, errno ? json_real(strtod(text, NULL)) : json_integer(v));
}

static int on_key(void *arg, const unsigned char *p, size_t n)
{
	struct reader *r = arg;
	r->at_event = r->fed;
	buf_reset(&r->name);
	if (buf_add(&r->name, bytes_of(p, n)) < 0)
		return fail(r, ERR_LIMIT, "a member's name is too long");
	return memchr(p, 0, n) ? fail(r, ERR_FORMAT, "a member's name holds NUL") : 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_map,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end,
	.yajl_start_array = on_array,
	.yajl_end_array = on_end,
};

static int not_json(struct reader *r, yajl_handle h, struct bytes piece)
{
	if (r->failed)
		return -1;
	size_t at = r->fed - piece.n + MIN_OF(yajl_get_bytes_consumed(h), piece.n);
	unsigned char *why = yajl_get_error(h, 0, piece.p, piece.n);
	err_set(r->e, ERR_FORMAT, "byte %zu: %.100s", at, why ? (const char *)why : "no JSON");
	yajl_free_error(h, why);
	char *nl = r->e ? strpbrk(r->e->msg, "\r\n") : NULL;
	if (nl)
		*nl = 0;
	return -1;
}

static int read_all(struct reader *r, struct feed_doc *doc, yajl_handle h)
{
	AUTO_FREE uint8_t *piece = mem_alloc(PIECE);
	for (bool is_first = true;; is_first = false) {
		ssize_t n = doc->read(doc, piece, PIECE, r->e);
		if (n < 0)
			return -1;
		struct bytes b = bytes_of(piece, (size_t)n);
		if (is_first && bytes_starts(b, B("\xef\xbb\xbf")))
			b = bytes_skip(b, 3);
		r->fed += b.n;
		yajl_status st = n ? yajl_parse(h, b.p, b.n) : yajl_complete_parse(h);
		if (st != yajl_status_ok)
			return not_json(r, h, b);
		if (n == 0)
			return 0;
		if (r->fed - r->at_event > (uint64_t)FEED_STRING_MAX)
			return err_set(r->e, ERR_LIMIT, "one string is too long");
	}
}

static int set_paths(struct reader *r, const char *const paths[])
{
	for (; paths[r->n_paths]; r->n_paths++) {
		struct bytes rest = bytes_str(paths[r->n_paths]), part;
		if (r->n_paths + 1 >= PATHS)
			return -1;
		size_t *n = &r->n_parts[r->n_paths];
		while (bytes_split(&rest, '.', &part) && *n < PARTS)
			r->parts[r->n_paths][(*n)++] = part;
	}
	return 0;
}

/* yajl goes on with what malloc refused; ours ends the program with a word. */
static void *take_memory(void *ctx, size_t n)
{
	(void)ctx;
	return mem_alloc(n);
}

static void *change_memory(void *ctx, void *p, size_t n)
{
	(void)ctx;
	return mem_realloc(p, n);
}

static void give_memory(void *ctx, void *p)
{
	(void)ctx;
	free(p);
}

int feed_json(struct feed_doc *doc, const char *const paths[], feed_value_fn *fn, void *arg,
              struct err *e)
{
	yajl_alloc_funcs memory = {take_memory, change_memory, give_memory, NULL};
	struct err ignored;
	AUTO_FREE struct reader *r = mem_zalloc(sizeof *r);
	r->fn = fn;
	r->arg = arg;
	r->e = e ? e : &ignored;
	if (set_paths(r, paths) < 0)
		return err_set(e, ERR_INTERNAL, "too many paths");
	for (size_t i = 0; i < PARTS; i++)
		buf_init(&r->key[i], (size_t)FEED_LINE_MAX);
	buf_init(&r->name, (size_t)FEED_LINE_MAX);
	yajl_handle h = yajl_alloc(&callbacks, &memory, r);
	int res = h ? read_all(r, doc, h) : err_set(e, ERR_INTERNAL, "no JSON reader");
	if (h)
		yajl_free(h);
	if (r->n_open)
		json_decref(r->open[0]);
	for (size_t i = 0; i < PARTS; i++)
		buf_fini(&r->key[i]);
	buf_fini(&r->name);
	return res;
}
