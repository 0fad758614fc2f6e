/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layer.c - the plain bytes of a layer become entries for a visitor, and a digest.
 *
 * Format: OCI image-spec layer.md.  Whiteouts are told by their names alone, as runtimes do it.
 * A file's bytes go to the visitor only when wanted, and straight from the piece when they lie in
 * one; memory is the largest wanted file and nothing per entry.
 */
#include "walk/parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Above this a buffer is given back after the file it was for. */
enum { CONTENT_KEEP = 4 << 20 };

struct layer {
	struct walk_visitor v;
	struct tar *tar;
	struct digester *digester;
	uint64_t plain_size, entries, notes;
	uint64_t max; /* entries */

	bool is_wanted, is_streamed; /* at most one of them */
	uint8_t head[WALK_HEAD];     /* the start of a streamed file that came in small pieces */
	size_t head_n;
	struct entry file; /* the wanted file; its slices lie in `names` */
	struct buf names;
	struct buf scratch, scratch_link; /* names that were not clean */
	struct buf content;
	struct bytes whole; /* its content, when one piece held all of it */
};

static void note(struct layer *l, struct bytes path, const char *code, const char *text)
{
	l->notes++;
	if (!l->v.note || l->notes > (uint64_t)NOTES_MAX + 1)
		return;
	if (l->notes <= (uint64_t)NOTES_MAX) {
		l->v.note(l->v.arg, path, code, text);
		return;
	}
	char msg[120];
	snprintf(msg, sizeof msg, "more than %lld faults in one layer; the rest is not listed",
	         (long long)NOTES_MAX);
	l->v.note(l->v.arg, (struct bytes){NULL, 0}, "layer.many-faults", msg);
}

/* The parser names entries as the archive does. */
static void on_note(void *arg, struct bytes name, const char *code, const char *text)
{
	struct layer *l = arg;
	struct clean c = {.climbs = false};
	if (clean_path(name, &l->scratch, &c, NULL))
		c.path = (struct bytes){NULL, 0};
	note(l, c.path, code, text);
}

static void __attribute__((format(printf, 4, 5)))
notef(struct layer *l, struct bytes path, const char *code, const char *fmt, ...)
{
	char msg[240];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	note(l, path, code, msg);
}

/* "A whiteout filename consists of the prefix .wh. plus the basename of the path to be deleted."
 * Rewrites en when it is one; 0, or -1 for a name that hides nothing that can exist. */
static int whiteout(struct layer *l, struct entry *en, struct buf *scratch, struct err *e)
{
	ssize_t slash = bytes_rfind(en->path, '/');
	struct bytes base = bytes_skip(en->path, (size_t)(slash + 1));
	if (!bytes_starts(base, B(".wh.")))
		return 0;
	if (en->type != ENTRY_FILE || en->size)
		note(l, en->path, "entry.whiteout", "whiteout that is not an empty file");
	struct bytes dir = bytes_slice(en->path, 0, slash < 0 ? 0 : (size_t)slash);
	struct bytes hidden = bytes_skip(base, 4);
	*en = (struct entry){.path = dir, .type = ENTRY_OPAQUE, .oddities = en->oddities};
	if (bytes_eq(base, B(".wh..wh..opq")))
		return 0;
	/* "A .wh. file, without a basename to delete, is invalid and implementations SHOULD return
	 * an error"; "." and ".." would delete the folder itself or its parent. */
	if (hidden.n == 0 || bytes_eq(hidden, B(".")) || bytes_eq(hidden, B("..")))
		return err_set(
			e, ERR_FORMAT, "whiteout \"%.*s%s%.*s\" names nothing that can exist",
			BYTES_FMT(bytes_slice(dir, 0, 80)), dir.n ? "/" : "", BYTES_FMT(base));
	en->type = ENTRY_WHITEOUT;
	en->path = hidden;
	if (dir.n == 0)
		return 0;
	buf_reset(scratch);
	buf_add(scratch, dir); /* shorter than the path it was cut from */
	buf_addc(scratch, '/');
	buf_add(scratch, hidden);
	en->path = buf_bytes(scratch);
	return 0;
}

/* The bytes of the entry are wanted: its slices must outlive the header block. */
static void keep_entry(struct layer *l, const struct entry *en)
{
	l->file = *en;
	buf_reset(&l->names);
	uint8_t *p = buf_room(&l->names, en->path.n + en->caps.n); /* both bounded by the parser */
	if (en->path.n)
		memcpy(p, en->path.p, en->path.n);
	if (en->caps.n)
		memcpy(p + en->path.n, en->caps.p, en->caps.n);
	l->file.path.p = p;
	if (en->caps.n)
		l->file.caps.p = p + en->path.n;
}

static void want(struct layer *l, const struct entry *en)
{
	keep_entry(l, en);
	l->is_wanted = true;
	l->whole = (struct bytes){NULL, 0};
	buf_reset(&l->content);
	l->content.max = (size_t)en->size;
}

static const enum entry_type types[] = {
	[TAR_FILE] = ENTRY_FILE,         [TAR_DIR] = ENTRY_DIR,   [TAR_SYMLINK] = ENTRY_SYMLINK,
	[TAR_HARDLINK] = ENTRY_HARDLINK, [TAR_CHAR] = ENTRY_CHAR, [TAR_BLOCK] = ENTRY_BLOCK,
	[TAR_FIFO] = ENTRY_FIFO,
};
_Static_assert(ARRAY_LEN(types) == TAR_OTHER, "a row per type that has a place in a tree");

static int entry_name(struct layer *l, struct bytes raw, struct entry *en, struct err *e)
{
	struct clean c;
	if (clean_path(raw, &l->scratch, &c, e))
		return err_wrap(e, "entry \"%.*s\"", BYTES_FMT(bytes_slice(raw, 0, 80)));
	en->path = c.path;
	en->oddities |= c.oddities;
	if (c.climbs)
		notef(l, c.path, "entry.unsafe", "name \"%.*s\" climbs out of the root",
		      BYTES_FMT(bytes_slice(raw, 0, 120)));
	/* CVE-2021-29136: a root that is a link leads every later entry elsewhere. */
	if (c.path.n == 0 && en->type != ENTRY_DIR)
		return err_set(e, ERR_FORMAT, "the root (entry \"%.*s\") is not a folder",
		               BYTES_FMT(bytes_slice(raw, 0, 80)));
	return 0;
}

static int entry_link(struct layer *l, struct bytes raw, struct entry *en, struct err *e)
{
	struct clean c;
	if (en->type == ENTRY_SYMLINK) {
		en->link = raw;
		if (raw.n > (size_t)PATH_LEN_MAX)
			return err_set(
				e, ERR_LIMIT, "entry \"%.*s\": link target longer than %lld bytes",
				BYTES_FMT(bytes_slice(en->path, 0, 80)), (long long)PATH_LEN_MAX);
		return 0;
	}
	if (clean_path(raw, &l->scratch_link, &c, e))
		return err_wrap(e, "hard link \"%.*s\": target",
		                BYTES_FMT(bytes_slice(en->path, 0, 80)));
	en->link = c.path;
	if (c.climbs) {
		en->oddities |= ENTRY_ODD_LINK_OUT;
		notef(l, en->path, "entry.link-out", "hard link leads out of the root, to \"%.*s\"",
		      BYTES_FMT(bytes_slice(raw, 0, 120)));
	}
	return 0;
}

/* What a reader of listings, or one that stops at the end marker, does not see. */
static void say_odd(struct layer *l, const struct entry *en)
{
	if (en->oddities & ENTRY_ODD_AFTER_END)
		note(l, en->path, "entry.after-end",
		     "lies behind the end marker, where many readers stop");
	if (en->oddities & ENTRY_ODD_CONTROL)
		note(l, en->path, "entry.control-name",
		     "control or bidirectional characters in the name");
}

static int entry_of(struct layer *l, const struct tar_member *m, struct entry *en, struct err *e)
{
	*en = (struct entry){
		.type = types[m->type],
		.mode = m->mode,
		.uid = m->uid,
		.gid = m->gid,
		.size = m->size,
		.dev_major = m->dev_major,
		.dev_minor = m->dev_minor,
		.caps = m->caps,
		.oddities = (m->is_sparse ? ENTRY_ODD_SPARSE : 0) |
	                    (m->is_after_end ? ENTRY_ODD_AFTER_END : 0),
	};
	if (entry_name(l, m->name, en, e))
		return -1;
	if ((en->type == ENTRY_SYMLINK || en->type == ENTRY_HARDLINK) &&
	    entry_link(l, m->link, en, e))
		return -1;
	if (en->oddities & (ENTRY_ODD_AFTER_END | ENTRY_ODD_CONTROL))
		say_odd(l, en);
	return whiteout(l, en, &l->names, e);
}

static int on_member(void *arg, const struct tar_member *m, struct err *e)
{
	struct layer *l = arg;
	struct entry en;
	l->is_wanted = l->is_streamed = false;
	if (++l->entries > l->max)
		return err_set(e, ERR_LIMIT, "layer has more than %llu entries",
		               (unsigned long long)l->max);
	if (m->type == TAR_OTHER) {
		on_note(l, m->name, "entry.type",
		        "volume label or part of a split archive: not in the tree");
		return 0;
	}
	if (entry_of(l, m, &en, e))
		return -1;
	uint64_t max = (uint64_t)INSPECT_FILE_MAX;
	enum walk_want wanted = l->v.entry(l->v.arg, &en, &max);
	if (wanted == WALK_SKIP || en.type != ENTRY_FILE)
		return 0;
	if (wanted == WALK_STREAM) {
		keep_entry(l, &en);
		l->is_streamed = true;
		l->head_n = 0;
		return 0;
	}
	max = MIN_OF(max, (uint64_t)INSPECT_FILE_MAX);
	if (en.size <= max)
		want(l, &en);
	else if (l->v.too_large)
		l->v.too_large(l->v.arg, &en, max);
	return 0;
}

static void stream(struct layer *l, struct bytes piece)
{
	if (!piece.n || !l->is_streamed)
		return;
	l->is_streamed = l->v.piece(l->v.arg, &l->file, piece);
	if (!l->is_streamed)
		l->v.piece_end(l->v.arg, &l->file);
}

/* The first piece is whole enough to tell by it what the file is, however the layer was cut. */
static void stream_head(struct layer *l, struct bytes piece)
{
	size_t want = (size_t)MIN_OF(l->file.size, (uint64_t)WALK_HEAD);
	size_t n = MIN_OF(piece.n, want - l->head_n);
	if (l->head_n == 0 && piece.n >= want) {
		l->head_n = want;
		stream(l, piece);
		return;
	}
	memcpy(l->head + l->head_n, piece.p, n);
	l->head_n += n;
	if (l->head_n < want)
		return;
	stream(l, bytes_of(l->head, want));
	stream(l, bytes_skip(piece, n));
}

static void stream_data(struct layer *l, struct bytes piece)
{
	if (l->head_n < MIN_OF(l->file.size, (uint64_t)WALK_HEAD))
		stream_head(l, piece);
	else
		stream(l, piece);
}

static int on_data(void *arg, struct bytes piece, struct err *e)
{
	struct layer *l = arg;
	(void)e;
	if (l->is_streamed)
		stream_data(l, piece);
	if (!l->is_wanted)
		return 0;
	if (l->content.n == 0 && piece.n == l->file.size) {
		l->whole = piece;
		return 0;
	}
	buf_add(&l->content, piece); /* the sum of pieces and holes is the size */
	return 0;
}

static int on_hole(void *arg, uint64_t n, struct err *e)
{
	static const uint8_t zeros[4096];
	struct layer *l = arg;
	(void)e;
	/* a hole costs nothing to state: who streams a file that is mostly holes sees its start */
	for (uint64_t left = MIN_OF(n, (uint64_t)HOLE_STREAM_MAX); left && l->is_streamed;) {
		size_t some = (size_t)MIN_OF(left, (uint64_t)sizeof zeros);
		stream_data(l, bytes_of(zeros, some));
		left -= some;
	}
	if (l->is_streamed && n > (uint64_t)HOLE_STREAM_MAX) {
		l->is_streamed = false;
		l->v.piece_end(l->v.arg, &l->file);
	}
	if (!l->is_wanted)
		return 0;
	uint8_t *p = buf_room(&l->content, (size_t)n);
	if (p) {
		memset(p, 0, (size_t)n);
		l->content.n += (size_t)n;
	}
	return 0;
}

static int on_member_end(void *arg, struct err *e)
{
	struct layer *l = arg;
	(void)e;
	if (l->is_streamed)
		l->v.piece_end(l->v.arg, &l->file);
	l->is_streamed = false;
	if (!l->is_wanted)
		return 0;
	l->is_wanted = false;
	l->v.file(l->v.arg, &l->file, l->whole.p ? l->whole : buf_bytes(&l->content));
	if (l->content.cap > CONTENT_KEEP)
		buf_fini(&l->content);
	return 0;
}

struct layer *layer_new(const struct walk_visitor *v, uint64_t max)
{
	struct layer *l = mem_zalloc(sizeof *l);
	l->v = *v;
	l->max = max;
	const struct tar_events ev = {
		.arg = l,
		.member = on_member,
		.data = on_data,
		.hole = on_hole,
		.end = on_member_end,
		.note = on_note,
	};
	l->tar = tar_new(&ev);
	l->digester = digester_new(DIGEST_SHA256);
	buf_init(&l->names, (size_t)PATH_LEN_MAX + (size_t)PAX_RECORDS_MAX);
	return l;
}

void layer_free(struct layer *l)
{
	if (!l)
		return;
	tar_free(l->tar);
	digester_free(l->digester);
	buf_fini(&l->names);
	buf_fini(&l->scratch);
	buf_fini(&l->scratch_link);
	buf_fini(&l->content);
	free(l);
}

int layer_push(struct layer *l, struct bytes piece, struct err *e)
{
	digester_add(l->digester, piece);
	l->plain_size += piece.n;
	return tar_push(l->tar, piece, e);
}

int layer_finish(struct layer *l, struct walk_result *ret, struct err *e)
{
	if (tar_finish(l->tar, e))
		return -1;
	ret->diff_id = digester_end(l->digester);
	ret->plain_size = l->plain_size;
	ret->entries = l->entries;
	return 0;
}
