/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests_ask.c - what structure tests ask about the content of files: each file once, all regular
 * expressions about it together, as a second look of the confined worker; and its answers.
 */
#include "judge/tests.h"

#include <stdlib.h>
#include <string.h>

const char *const test_licenses[] = {"(?i)AGPL", "(?i)WTFPL"};

struct question {
	struct bytes path; /* under which the bytes stand in the layer */
	size_t layer;
	struct bytes *patterns;
	size_t n, cap;
	struct bytes answers; /* a character each; absent: none came */
};

struct judge_questions {
	struct arena *a;
	const struct judge_input *in;
	struct map *files;    /* layer, path → question */
	struct map *patterns; /* the same with the pattern → its number */
	struct question **v;
	size_t n, cap;
};

/* ---- places ---- */

struct below {
	const struct judge_input *in;
	struct bytes folder; /* with "/" */
	size_t layer;
	bool is_found;
};

static bool is_below(void *arg, const struct entry *en)
{
	struct below *b = arg;
	if (bytes_starts(en->path, b->folder) && view_shows(b->in->view, b->layer, en->path))
		b->is_found = true;
	return !b->is_found;
}

/* A folder that no layer states is there through what lies in it. */
static bool is_implied(const struct judge_input *in, struct arena *a, struct bytes path)
{
	struct below b = {.in = in};
	b.folder = path.n ? bytes_str(arena_printf(a, "%.*s/", BYTES_FMT(path))) : path;
	if (path.n && b.folder.n != path.n + 1)
		return false; /* a NUL in it */
	for (; b.layer < in->n_layers && !b.is_found; b.layer++)
		factset_entries(in->layers[b.layer], is_below, &b);
	return b.is_found;
}

/* Is it a real path, as far as the folders above it go?  Into real. */
static bool resolve_folder(const struct judge_input *in, struct bytes path, struct buf *real)
{
	struct entry en;
	size_t layer;
	struct err e = {.kind = ERR_NONE};
	if (view_resolve(in->view, path_dir(path), real, &en, &layer, &e) < 0 &&
	    e.kind != ERR_NOTFOUND)
		return false;
	return (!real->n || buf_addc(real, '/') == 0) && buf_add(real, path_base(path)) == 0;
}

struct test_place test_find(const struct judge_input *in, struct arena *a, struct bytes raw,
                            bool is_followed)
{
	struct test_place p = {.found = FOUND_NOTHING};
	AUTO_BUF struct buf clean, real;
	struct err e = {.kind = ERR_NONE};
	buf_init(&clean, (size_t)PATH_LEN_MAX);
	buf_init(&real, (size_t)PATH_LEN_MAX);
	if (image_path(raw, &clean, &e) < 0)
		return p;
	struct bytes path = buf_bytes(&clean);
	bool is_there;
	if (is_followed) {
		is_there = view_resolve(in->view, path, &real, &p.en, &p.layer, &e) == 0;
		if (!is_there && e.kind != ERR_NOTFOUND)
			return p;
	} else {
		if (path.n && !resolve_folder(in, path, &real))
			return p;
		is_there = view_find(in->view, buf_bytes(&real), &p.en, &p.layer);
	}
	p.path = arena_dup(a, buf_bytes(&real));
	if (is_there)
		p.found = FOUND_ENTRY;
	else if (!path.n || is_implied(in, a, p.path))
		p.found = FOUND_FOLDER_IMPLIED;
	return p;
}

/* ---- Debian's copyright files ---- */

struct copyrights {
	const struct judge_input *in;
	size_t layer;
	struct bytes root; /* with "/" */
	struct arena *a;
	struct map *seen;
	struct bytes *v;
	size_t n, cap;
};

/* usr/share/doc/NAME, for whatever lies in it. */
static bool see_package(void *arg, const struct entry *en)
{
	struct copyrights *c = arg;
	struct bytes rest = bytes_skip(en->path, c->root.n), name, tail;
	bool is_new;
	if (!bytes_starts(en->path, c->root) || !rest.n)
		return true;
	bool is_inner = bytes_cut(rest, '/', &name, &tail);
	if ((!is_inner && en->type != ENTRY_DIR) || map_get(c->seen, name) ||
	    !view_shows(c->in->view, c->layer, en->path))
		return true;
	name = arena_dup(c->a, name);
	map_put(c->seen, name, &is_new);
	c->v = mem_grow(c->v, &c->cap, c->n + 1, sizeof *c->v);
	c->v[c->n++] = name;
	return true;
}

static int by_bytes(const void *x, const void *y)
{
	return bytes_cmp(*(const struct bytes *)x, *(const struct bytes *)y);
}

void test_copyrights(const struct judge_input *in, struct arena *a,
                     void (*fn)(void *arg, struct bytes path), void *arg)
{
	AUTO_MAP struct map *seen = map_new();
	struct copyrights c = {.in = in, .root = B("usr/share/doc/"), .a = a, .seen = seen};
	for (; c.layer < in->n_layers; c.layer++)
		factset_entries(in->layers[c.layer], see_package, &c);
	if (c.n)
		qsort(c.v, c.n, sizeof *c.v, by_bytes);
	for (size_t i = 0; i < c.n; i++) {
		/* the one that the tool lets pass whatever it says */
		if (!bytes_eq(c.v[i], B("libgnutls30")))
			fn(arg, bytes_str(arena_printf(a, "usr/share/doc/%.*s/copyright",
			                               BYTES_FMT(c.v[i]))));
	}
	free(c.v);
}

/* ---- asking ---- */

/* Of one path several layers may have bytes: hard links keep the old ones. */
static struct bytes key_of(struct arena *a, size_t layer, struct bytes path, struct bytes pattern)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)PATH_LEN_MAX + (size_t)YAML_DOC_MAX + 32);
	buf_addf(&b, "%zu ", layer);
	buf_add(&b, path);
	buf_addc(&b, 0);
	buf_add(&b, pattern);
	return arena_dup(a, buf_bytes(&b));
}

/* Where the bytes of the file stand: a hard link has those of another name. */
static bool find_bytes(const struct judge_input *in, const struct test_place *p, struct bytes *ret)
{
	if (p->found != FOUND_ENTRY)
		return false;
	*ret = p->en.type == ENTRY_HARDLINK ? judge_link_end(in->layers[p->layer], p->path)
	                                    : p->path;
	return p->en.type == ENTRY_FILE || p->en.type == ENTRY_HARDLINK;
}

static struct question *question_of(struct judge_questions *q, const struct test_place *p)
{
	struct bytes path;
	bool is_new;
	if (!find_bytes(q->in, p, &path))
		return NULL;
	struct bytes key = key_of(q->a, p->layer, path, (struct bytes){NULL, 0});
	union map_value *slot = map_get(q->files, key);
	if (slot || q->n >= (size_t)LOOKS_MAX)
		return slot ? slot->p : NULL; /* what is not asked has no answer: incomplete */
	struct question *one = arena_alloc(q->a, sizeof *one);
	one->path = arena_dup(q->a, path);
	one->layer = p->layer;
	map_put(q->files, key, &is_new)->p = one;
	q->v = mem_grow(q->v, &q->cap, q->n + 1, sizeof *q->v);
	q->v[q->n++] = one;
	return one;
}

static void ask(struct judge_questions *q, struct bytes path, struct bytes pattern)
{
	struct test_place p = test_find(q->in, q->a, path, true);
	struct question *one = question_of(q, &p);
	bool is_new;
	if (!one)
		return;
	union map_value *slot =
		map_put(q->patterns, key_of(q->a, one->layer, one->path, pattern), &is_new);
	if (!is_new)
		return;
	slot->u = one->n;
	if (one->n == one->cap) {
		size_t cap = one->cap ? 2 * one->cap : 4;
		struct bytes *v = arena_alloc(q->a, cap * sizeof *v);
		if (one->n)
			memcpy(v, one->patterns, one->n * sizeof *v);
		one->patterns = v;
		one->cap = cap;
	}
	one->patterns[one->n++] = pattern;
}

static void ask_license(void *arg, struct bytes path)
{
	for (size_t i = 0; i < TEST_LICENSES; i++)
		ask(arg, path, bytes_str(test_licenses[i]));
}

static void ask_test(struct judge_questions *q, const struct cst_test *t)
{
	for (size_t i = 0; i < t->expected.n; i++)
		ask(q, t->path, t->expected.v[i]);
	for (size_t i = 0; i < t->excluded.n; i++)
		ask(q, t->path, t->excluded.v[i]);
	for (size_t i = 0; i < t->files.n; i++)
		ask_license(q, t->files.v[i]);
	if (t->is_debian)
		test_copyrights(q->in, q->a, ask_license, q);
}

static struct bytes packed(struct judge_questions *q, const struct question *one)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)JOB_MAX);
	cbor_array(&b, one->n);
	for (size_t i = 0; i < one->n; i++)
		cbor_bytes(&b, one->patterns[i]);
	return arena_dup(q->a, buf_bytes(&b));
}

struct judge_questions *judge_test_looks(const struct judge_input *in, const struct cst *tests,
                                         size_t n, struct arena *a, struct judge_look **ret)
{
	struct judge_questions *q = mem_zalloc(sizeof *q);
	*q = (struct judge_questions){.a = a, .in = in, .files = map_new(), .patterns = map_new()};
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < tests[i].n; k++)
			ask_test(q, &tests[i].v[k]);
	}
	*ret = arena_alloc(a, (q->n + 1) * sizeof **ret);
	for (size_t i = 0; i < q->n; i++) {
		struct inspect_look look = {
			.inspector = "asked", .path = q->v[i]->path, .as = q->v[i]->path};
		look.attach = packed(q, q->v[i]);
		(*ret)[i] = (struct judge_look){q->v[i]->layer, look};
	}
	return q;
}

size_t judge_questions_count(const struct judge_questions *q) { return q->n; }

void judge_questions_free(struct judge_questions *q)
{
	if (!q)
		return;
	map_free(q->files);
	map_free(q->patterns);
	free(q->v);
	free(q);
}

/* ---- answers ---- */

void judge_answer(struct judge_questions *q, size_t layer, const struct factset *fs)
{
	struct fact_iter it = fact_iter(fs, FACT_SETTING);
	for (struct bytes cbor; fact_next(&it, &cbor);) {
		struct fact_setting f;
		if (!fact_decode_setting(cbor, &f) || !bytes_eq(f.what, B("asked")) ||
		    !bytes_eq(f.head.inspector, B("asked")))
			continue;
		struct bytes key = key_of(q->a, layer, f.head.path, (struct bytes){NULL, 0});
		union map_value *slot = map_get(q->files, key);
		struct question *one = slot ? slot->p : NULL;
		if (one && f.value.n == one->n)
			one->answers = arena_dup(q->a, f.value);
	}
}

enum answer test_answer(const struct judge_questions *q, const struct test_place *p,
                        struct bytes pattern)
{
	struct bytes path;
	if (!find_bytes(q->in, p, &path))
		return ANSWER_UNKNOWN;
	union map_value *file =
		map_get(q->files, key_of(q->a, p->layer, path, (struct bytes){NULL, 0}));
	const struct question *one = file ? file->p : NULL;
	if (!one || !one->answers.n)
		return ANSWER_UNKNOWN;
	union map_value *at = map_get(q->patterns, key_of(q->a, p->layer, path, pattern));
	if (!at || at->u >= one->answers.n || one->answers.p[at->u] == '?')
		return ANSWER_UNKNOWN;
	return one->answers.p[at->u] == '1' ? ANSWER_YES : ANSWER_NO;
}
