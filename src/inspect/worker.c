/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.c - the confined process that reads one layer.
 *
 * It gives everything up before it reads a byte, then walks the layer, runs the inspectors, and
 * writes facts.  It keeps nothing of the tree: only the files of groups (package databases of
 * several files), up to INSPECT_FILE_MAX in all.  Its answers are provisional until the front has
 * compared the digests of what it fed.
 */
#include "inspect/wire.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect/clam.h"
#include "inspect/match.h"
#include "inspect/state.h"

enum {
	OUT_FLUSH = 256 << 10,
	MATCHES = 16,
	GLOBS = 64,
};

struct group_file {
	const struct inspector *inspector;
	struct inspect_file file;
};

struct worker {
	struct buf out; /* frames not written yet */
	struct inspect *in;
	const struct inspector *asked[INSPECTORS_N + 1];
	struct matcher *matcher; /* of those */
	struct entry_coder coder;
	struct buf record;
	/* what the entry at hand was found to be */
	struct hit hits[MATCHES];
	size_t n_hits;
	struct bytes as; /* path it is inspected under */
	struct buf as_buf;
	struct map *seen; /* hashes of the paths whose bytes were wanted */
	/* INSPECT_STREAM inspectors, and what they know of the file at hand */
	struct streamer {
		const struct inspector *inspector;
		void *state;
		bool is_on;
	} streamers[INSPECTORS_N];
	size_t n_streamers;
	uint64_t puts; /* when the file at hand began */
	/* a second look */
	const struct inspect_look *looks;
	bool *is_seen;
	size_t n_looks;
	unsigned checks;                  /* asked for */
	unsigned sums;                    /* inspect_sums_wanted() */
	struct rules rules;               /* that came along */
	const struct yara_engine *engine; /* NULL: none */
	/* at the end of the layer */
	struct arena *arena;
	struct group_file *groups;
	size_t n_groups, cap_groups;
	uint64_t group_bytes;
	uint64_t (*counts)[GLOBS]; /* per inspector and glob */
};

/* Nobody reads any more: there is no one to tell. */
static void write_out(struct buf *b)
{
	if (fd_write_full(STDOUT_FILENO, b->p, b->n))
		_exit(1);
	buf_reset(b);
}

static void put_frame(struct worker *w, uint8_t kind, struct bytes cbor)
{
	wire_put_head(&w->out, kind, cbor.n);
	buf_add(&w->out, cbor);
	if (w->out.n >= OUT_FLUSH)
		write_out(&w->out);
}

static int put_fact(void *arg, enum fact_kind kind, struct bytes cbor, struct err *e)
{
	(void)e;
	put_frame(arg, (uint8_t)kind, cbor);
	return 0;
}

static void say(struct worker *w, struct bytes path, const char *code, const char *text)
{
	inspect_say(w->in, path, code, text, NULL);
}

static size_t index_of(const struct inspector *i)
{
	size_t k = 0;
	while (inspectors[k] != i)
		k++;
	return k;
}

/* ---- groups ---- */

static void group_add(struct worker *w, const struct inspector *i, struct bytes path,
                      struct bytes content)
{
	if (content.n > (size_t)INSPECT_FILE_MAX - w->group_bytes) {
		say(w, path, "file.too-large",
		    "the files of this group are larger than may be held");
		return;
	}
	size_t at = 0;
	while (at < w->n_groups &&
	       (w->groups[at].inspector != i || !bytes_eq(w->groups[at].file.en.path, path)))
		at++;
	if (at == w->n_groups) {
		w->groups = mem_grow(w->groups, &w->cap_groups, w->n_groups + 1, sizeof *w->groups);
		w->n_groups++;
	}
	w->group_bytes += content.n;
	struct group_file *g = &w->groups[at]; /* of two files of one name, the later counts */
	*g = (struct group_file){.inspector = i};
	g->file.en = (struct entry){.path = arena_dup(w->arena, path), .size = content.n};
	g->file.content = arena_dup(w->arena, content);
}

static int by_folder(const void *a, const void *b)
{
	const struct group_file *x = a, *y = b;
	if (x->inspector != y->inspector)
		return strcmp(x->inspector->id, y->inspector->id);
	int c = bytes_cmp(path_dir(x->file.en.path), path_dir(y->file.en.path));
	return c ? c : bytes_cmp(x->file.en.path, y->file.en.path);
}

static bool is_same_group(const struct group_file *a, const struct group_file *b)
{
	return a->inspector == b->inspector &&
	       bytes_eq(path_dir(a->file.en.path), path_dir(b->file.en.path));
}

static void run_groups(struct worker *w)
{
	if (w->n_groups == 0)
		return;
	qsort(w->groups, w->n_groups, sizeof *w->groups, by_folder);
	AUTO_FREE struct inspect_file *files = mem_alloc(w->n_groups * sizeof *files);
	for (size_t from = 0, n; from < w->n_groups; from += n) {
		for (n = 0; from + n < w->n_groups &&
		            is_same_group(&w->groups[from], &w->groups[from + n]);
		     n++)
			files[n] = w->groups[from + n].file;
		inspect_see(w->in, w->groups[from].inspector, files, n, NULL);
	}
}

/* ---- the walk ---- */

static void too_large(struct worker *w, const struct inspector *i, const struct entry *en)
{
	char text[200];
	snprintf(text, sizeof text,
	         "%llu bytes are more than the %lld that inspector %s reads of a file",
	         (unsigned long long)en->size, (long long)i->max, i->id);
	say(w, w->as, "file.too-large", text);
}

/* Decides about one hit; true when the bytes of the file are wanted for it. */
static bool take_hit(struct worker *w, const struct hit *h, const struct entry *en)
{
	const struct inspector *i = h->inspector;
	struct inspect_file f = {.en = *en};
	f.en.path = w->as;
	bool is_file = en->type == ENTRY_FILE || en->type == ENTRY_HARDLINK;
	switch (i->want) {
	case INSPECT_ENTRY:
		inspect_see(w->in, i, &f, 1, NULL);
		return false;
	case INSPECT_COUNT:
		if (is_file && h->glob < GLOBS)
			w->counts[index_of(i)][h->glob]++;
		return false;
	case INSPECT_FILE:
	case INSPECT_GROUP:
	case INSPECT_STREAM: /* a second look */
	case INSPECT_LOOK:
		break;
	}
	if (en->type == ENTRY_HARDLINK)
		say(w, w->as, "file.linked", "a hard link: its bytes lie under another name");
	if (en->type != ENTRY_FILE)
		return false;
	if (en->size <= (uint64_t)i->max)
		return true;
	too_large(w, i, en);
	return false;
}

/* Keeps the hits whose bytes are wanted; the walk is asked for as much as the largest needs. */
static enum walk_want decide(struct worker *w, const struct entry *en, uint64_t *ret_max)
{
	size_t kept = 0;
	for (size_t i = 0; i < w->n_hits; i++) {
		if (take_hit(w, &w->hits[i], en))
			w->hits[kept++] = w->hits[i];
	}
	w->n_hits = kept;
	*ret_max = (uint64_t)INSPECT_FILE_MAX;
	return kept ? WALK_WHOLE : WALK_SKIP;
}

/* Of several entries of one path the last counts: what the earlier ones gave is taken back. */
static void replace(struct worker *w)
{
	uint64_t hash = hash64(w->as, 0);
	if (!map_get(w->seen, bytes_of(&hash, sizeof hash)))
		return;
	put_frame(w, WIRE_AGAIN, w->as);
	for (size_t i = w->n_groups; i-- > 0;) {
		if (bytes_eq(w->groups[i].file.en.path, w->as))
			w->groups[i] = w->groups[--w->n_groups];
	}
}

static void remember(struct worker *w, struct bytes path)
{
	uint64_t hash = hash64(path, 0);
	if (!map_get(w->seen, bytes_of(&hash, sizeof hash)))
		map_put(w->seen, arena_dup(w->arena, bytes_of(&hash, sizeof hash)), NULL);
}

static enum walk_want decide_last(struct worker *w, const struct entry *en, uint64_t *ret_max)
{
	replace(w);
	enum walk_want want = decide(w, en, ret_max);
	if (want == WALK_WHOLE)
		remember(w, w->as);
	return want;
}

/* ---- streams ---- */

static void stream_begin(struct worker *w, const struct entry *en)
{
	w->puts = inspect_puts(w->in);
	for (size_t i = 0; i < w->n_streamers; i++) {
		struct streamer *s = &w->streamers[i];
		s->is_on = en->size >= (uint64_t)s->inspector->min;
		memset(s->state, 0, s->inspector->state_size);
	}
}

static bool on_piece(void *arg, const struct entry *en, struct bytes piece)
{
	struct worker *w = arg;
	bool is_any = false;
	for (size_t i = 0; i < w->n_streamers; i++) {
		struct streamer *s = &w->streamers[i];
		s->is_on =
			s->is_on && inspect_piece(w->in, s->inspector, en->path, s->state, piece);
		is_any |= s->is_on;
	}
	return is_any;
}

static void on_piece_end(void *arg, const struct entry *en)
{
	struct worker *w = arg;
	for (size_t i = 0; i < w->n_streamers; i++)
		inspect_piece(w->in, w->streamers[i].inspector, en->path, w->streamers[i].state,
		              (struct bytes){NULL, 0});
	if (inspect_puts(w->in) != w->puts)
		remember(w, en->path);
}

static bool is_streamed(const struct worker *w, const struct entry *en)
{
	for (size_t i = 0; i < w->n_streamers && en->type == ENTRY_FILE; i++) {
		if (en->size >= (uint64_t)w->streamers[i].inspector->min)
			return true;
	}
	return false;
}

static enum walk_want on_entry(void *arg, const struct entry *en, uint64_t *ret_max)
{
	struct worker *w = arg;
	buf_reset(&w->record);
	if (entry_encode(&w->coder, &w->record, en) == 0)
		put_frame(w, FACT_ENTRY, buf_bytes(&w->record));
	if (en->type == ENTRY_WHITEOUT || en->type == ENTRY_OPAQUE)
		return WALK_SKIP;
	w->n_hits = matcher_find(w->matcher, en->path, w->hits, MATCHES);
	w->as = en->path;
	if (decide_last(w, en, ret_max) == WALK_WHOLE)
		return WALK_WHOLE;
	if (!is_streamed(w, en))
		return WALK_SKIP;
	stream_begin(w, en);
	return WALK_STREAM;
}

static void on_file(void *arg, const struct entry *en, struct bytes content)
{
	struct worker *w = arg;
	struct inspect_file f = {.en = *en, .content = content};
	f.en.path = w->n_looks ? w->as : en->path;
	for (size_t i = 0; i < w->n_hits; i++) {
		if (w->hits[i].inspector->want == INSPECT_GROUP)
			group_add(w, w->hits[i].inspector, f.en.path, content);
		else
			inspect_see(w->in, w->hits[i].inspector, &f, 1, NULL);
	}
	if (w->n_looks || !is_streamed(w, en))
		return;
	stream_begin(w, en);
	on_piece(w, en, content);
	on_piece_end(w, en);
}

static void on_note(void *arg, struct bytes path, const char *code, const char *text)
{
	say(arg, path, code, text);
}

/* ---- a second look ---- */

/* Is en what the look asks for?  Then w->as is where it is to be seen. */
static bool look_fits(struct worker *w, const struct inspect_look *l, struct bytes path)
{
	if (bytes_eq(path, l->path)) {
		w->as = l->as.n ? l->as : path;
		return true;
	}
	struct bytes rest = bytes_skip(path, l->path.n);
	if (!bytes_ends(l->path, B("/")) || !bytes_starts(path, l->path) ||
	    bytes_find(rest, '/') >= 0)
		return false;
	buf_reset(&w->as_buf);
	buf_add(&w->as_buf, l->as.n ? l->as : l->path);
	buf_add(&w->as_buf, rest);
	w->as = buf_bytes(&w->as_buf);
	struct hit hits[MATCHES];
	size_t n = matcher_find(w->matcher, w->as, hits, MATCHES);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(hits[i].inspector->id, l->inspector) == 0)
			return true;
	}
	return false;
}

static const struct inspector *inspector_named(const char *id)
{
	for (size_t i = 0; inspectors[i]; i++) {
		if (strcmp(inspectors[i]->id, id) == 0)
			return inspectors[i];
	}
	return NULL;
}

static enum walk_want on_look(void *arg, const struct entry *en, uint64_t *ret_max)
{
	struct worker *w = arg;
	w->n_hits = 0;
	if (en->type == ENTRY_WHITEOUT || en->type == ENTRY_OPAQUE || en->type == ENTRY_DIR)
		return WALK_SKIP;
	struct bytes as = {NULL, 0};
	for (size_t i = 0; i < w->n_looks && w->n_hits < MATCHES; i++) {
		const struct inspector *found = inspector_named(w->looks[i].inspector);
		/* one file is seen at one place: a second place is another look */
		if (!found || !look_fits(w, &w->looks[i], en->path) ||
		    (w->n_hits && !bytes_eq(as, w->as)))
			continue;
		as = w->as;
		w->is_seen[i] = true;
		if (w->looks[i].attach.n && !w->looks[i].attach_name.n)
			inspect_attach(w->in, w->looks[i].attach);
		w->hits[w->n_hits++] = (struct hit){found, 0};
	}
	if (w->n_hits == 0)
		return WALK_SKIP;
	w->as = as;
	return decide_last(w, en, ret_max);
}

static void finish_looks(struct worker *w)
{
	for (size_t i = 0; i < w->n_looks; i++) {
		const struct inspect_look *l = &w->looks[i];
		const struct inspector *found = inspector_named(l->inspector);
		if (found && l->attach_name.n && found->want == INSPECT_GROUP)
			group_add(w, found, l->attach_name, l->attach);
		if (!w->is_seen[i] && !bytes_ends(l->path, B("/")))
			say(w, l->path, "look.missing", "the layer has no such file");
	}
}

/* ---- begin and end ---- */

static void put_counts(struct worker *w)
{
	for (size_t i = 0; inspectors[i]; i++) {
		if (inspectors[i]->want == INSPECT_COUNT && !w->n_looks)
			inspect_tally(w->in, inspectors[i], w->counts[i]);
	}
}

static void put_end(struct worker *w, const struct walk_result *r, unsigned layers,
                    const struct err *e)
{
	struct wire_end end = {.kind = e->kind, .msg = bytes_str(e->msg), .confinement = layers};
	if (e->kind == ERR_NONE) {
		end.diff_id = bytes_of(r->diff_id.b, digest_size(r->diff_id.algo));
		end.plain_size = r->plain_size;
		end.entries = r->entries;
	}
	buf_reset(&w->record);
	wire_put_end(&w->record, &end);
	put_frame(w, WIRE_END, buf_bytes(&w->record));
	write_out(&w->out);
}

static bool is_asked(const struct worker *w, const struct inspector *i)
{
	return !i->checks || i->checks & w->checks || (i->is_sums && w->sums);
}

static void find_asked(struct worker *w)
{
	size_t n = 0;
	for (size_t i = 0; inspectors[i]; i++) {
		if (!is_asked(w, inspectors[i]))
			continue;
		w->asked[n++] = inspectors[i];
		if (inspectors[i]->want == INSPECT_STREAM)
			w->streamers[w->n_streamers++] = (struct streamer){
				.inspector = inspectors[i],
				.state = mem_zalloc(inspectors[i]->state_size),
			};
	}
	w->matcher = matcher_new(w->asked);
}

static int read_job(struct worker *w, struct err *e)
{
	uint8_t head[WIRE_LENGTH_LEN];
	if (fd_read_full(STDIN_FILENO, head, sizeof head) != sizeof head)
		return err_set(e, ERR_IO, "no job");
	size_t n = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 |
	           (size_t)head[3] << 24;
	if (n > (size_t)JOB_MAX)
		return err_set(e, ERR_LIMIT, "a job of %zu bytes", n);
	uint8_t *p = arena_alloc(w->arena, n + 1);
	if (fd_read_full(STDIN_FILENO, p, n) != (ssize_t)n)
		return err_set(e, ERR_IO, "no job");
	struct wire_job job;
	if (wire_get_job(w->arena, bytes_of(p, n), &job, e))
		return -1;
	w->looks = job.looks;
	w->n_looks = job.n;
	w->checks = (unsigned)job.checks;
	if (job.rules.n) {
		if (rules_open(job.rules, &w->rules, e))
			return -1;
		inspect_use_rules(w->in, &w->rules);
	}
	inspect_use_checks(w->in, w->checks);
	w->sums = (unsigned)job.sums;
	inspect_use_sums(w->in, w->sums);
	inspect_use_clamd(w->in, job.has_clamd);
	inspect_use_yara(w->in, job.yara, w->engine);
	find_asked(w);
	w->is_seen = arena_alloc(w->arena, w->n_looks + 1);
	return 0;
}

static void worker_init(struct worker *w)
{
	size_t n = 0;
	while (inspectors[n])
		n++;
	buf_init(&w->out, OUT_FLUSH + 2 * (size_t)FACT_MAX);
	buf_init(&w->record, (size_t)FACT_MAX);
	buf_init(&w->as_buf, 2 * (size_t)PATH_LEN_MAX);
	entry_coder_init(&w->coder);
	w->in = inspect_new(&(struct inspect_sink){.arg = w, .put = put_fact});
	w->arena = arena_new();
	w->seen = map_new();
	w->counts = mem_zalloc((n + 1) * sizeof *w->counts);
}

/* Leak checkers want to see everything freed; the kernel does not. */
static void worker_fini(struct worker *w)
{
	buf_fini(&w->out);
	buf_fini(&w->record);
	buf_fini(&w->as_buf);
	entry_coder_fini(&w->coder);
	inspect_free(w->in);
	matcher_free(w->matcher);
	map_free(w->seen);
	arena_free(w->arena);
	free(w->groups);
	free(w->counts);
	for (size_t i = 0; i < w->n_streamers; i++)
		free(w->streamers[i].state);
}

static int inspect_layer(struct worker *w, struct walk *walk, struct walk_result *ret,
                         struct err *e)
{
	if (read_job(w, e))
		return -1;
	const struct walk_visitor v = {
		.arg = w,
		.entry = w->n_looks ? on_look : on_entry,
		.file = on_file,
		.piece = on_piece,
		.piece_end = on_piece_end,
		.note = w->n_looks ? NULL : on_note, /* the first look has said it */
	};
	if (walk_run(walk, STDIN_FILENO, &v, ret, e))
		return -1;
	finish_looks(w);
	run_groups(w);
	put_counts(w);
	return 0;
}

struct confined {
	unsigned layers;
	struct walk *walk;
};

/* Gives everything up.  What the libraries load on first use is loaded before. */
static int confine(bool allow_unconfined, struct confined *ret, struct err *e)
{
	struct err why = {.kind = ERR_NONE};
	digest_of(B(""));
	hash64(B(""), 0);
	ret->layers = confine_early();
	ret->walk = walk_prepare();
	confine_late(&ret->layers, &why);
	if (allow_unconfined || (ret->layers & CONFINE_MINIMUM) == CONFINE_MINIMUM)
		return 0;
	char text[64];
	return err_set(e, ERR_CONFINE,
	               "a worker cannot be confined: only %s%s%s (--allow-unconfined reads the "
	               "image all the same)",
	               confine_text(ret->layers, text), why.msg[0] ? ": " : "", why.msg);
}

static int run_layer(bool allow_unconfined, const struct yara_engine *engine)
{
	struct worker w = {.engine = engine};
	struct walk_result r = {.plain_size = 0};
	struct confined c = {.layers = 0};
	struct err e = {.kind = ERR_NONE};
	worker_init(&w);
	if ((!engine || engine->prepare(&e) == 0) && confine(allow_unconfined, &c, &e) == 0)
		inspect_layer(&w, c.walk, &r, &e);
	put_end(&w, &r, c.layers, &e);
	if (e.kind != ERR_NONE)
		_exit(0); /* the reading thread may wait for bytes that never come */
	walk_free(c.walk);
	worker_fini(&w);
	return 0;
}

static int run_inflate(bool allow_unconfined)
{
	struct confined c = {.layers = 0};
	struct err e = {.kind = ERR_NONE};
	if (confine(allow_unconfined, &c, &e) == 0)
		walk_inflate(STDIN_FILENO, STDOUT_FILENO, &e);
	walk_free(c.walk);
	return e.kind == ERR_NONE ? 0 : WIRE_EXIT_BASE + (int)e.kind;
}

int inspect_worker_main(int argc, char **argv, const struct yara_engine *engine)
{
	bool allow_unconfined = argc > 2 && strcmp(argv[2], "allow-unconfined") == 0;
	if (argc > 1 && strcmp(argv[1], "layer") == 0)
		return run_layer(allow_unconfined, engine);
	if (argc > 1 && strcmp(argv[1], "inflate") == 0)
		return run_inflate(allow_unconfined);
	if (argc == 3 && strcmp(argv[1], "clamd") == 0)
		return clam_relay_main(argv[2]);
	if (argc == 3 && strcmp(argv[1], "clamd-version") == 0)
		return clam_version_main(argv[2]);
	fprintf(stderr, "assay-inspect: a part of assay, run by it; see assay(1)\n");
	return 2;
}
