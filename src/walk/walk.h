/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.h - a layer stream becomes entries, and layers become one tree.
 *
 * layer.c inflates (gzip of many members, zstd of many frames, plain; estargz is gzip), digests the
 * plain bytes on a second thread beside the inflating one, and parses the tar with our own bounded
 * push parser (fmt/tar.h: ustar, pax, GNU; sparse sizes counted, holes never written).  It hands
 * entries and bytes to a visitor it does not know.  view.c answers what the merged image shows.
 */
#ifndef WALK_WALK_H
#define WALK_WALK_H

#include "base/base.h"
#include "fmt/fmt.h"
#include "model/model.h"

/* Bump when entries of the same bytes would come out differently: part of the cache key. */
enum { WALK_VERSION = 1 };

/* What a visitor wants of a regular file. */
enum walk_want {
	WALK_SKIP,
	WALK_WHOLE,  /* file() once with all bytes, if at most *ret_max, else too_large() */
	WALK_STREAM, /* piece() for the bytes in order while it says true, then piece_end() */
};

enum { WALK_HEAD = 512 }; /* the first piece of a streamed file has as many bytes, or all of it */

struct walk_visitor {
	void *arg;
	/* Each entry once, in stream order, whiteouts as ENTRY_WHITEOUT and ENTRY_OPAQUE.  Slices
	 * live until it returns.  For a regular file the answer says whether its bytes are wanted.
	 */
	enum walk_want (*entry)(void *arg, const struct entry *en, uint64_t *ret_max);
	void (*file)(void *arg, const struct entry *en, struct bytes content);
	bool (*piece)(void *arg, const struct entry *en, struct bytes piece);
	void (*piece_end)(void *arg, const struct entry *en);
	void (*too_large)(void *arg, const struct entry *en, uint64_t max);
	/* Something is wrong with one entry, the layer goes on (code as in fact_note). */
	void (*note)(void *arg, struct bytes path, const char *code, const char *text);
};

struct walk_result {
	struct digest diff_id;
	uint64_t plain_size;
	uint64_t entries;
	const char *compression; /* "none", "gzip", "zstd" */
};

/* Reads a whole layer from fd (a pipe).  0 when it was read to its end, all bounds kept.  -1 means
 * the layer is refused (ERR_FORMAT, ERR_LIMIT: broken stream, truncated, unsafe structure): what
 * the visitor saw is a prefix. */
int walk_layer(int fd, const struct walk_visitor *v, struct walk_result *ret, struct err *e);

/* The same in two steps, for a process that confines itself between them: walk_prepare makes the
 * inflating thread and all buffers (seccomp must find the thread there, and refuses new ones
 * afterwards); walk_run walks one layer.  Where no thread can be had, walk_run inflates itself. */
struct walk;
struct walk *walk_prepare(void);
int walk_run(struct walk *w, int fd, const struct walk_visitor *v, struct walk_result *ret,
             struct err *e);
/* Waits for the thread; after a refused layer that may take until its read of fd returns. */
void walk_free(struct walk *w);

/* The same for bytes pulled from a callback (tests, fuzzing); one thread only. */
struct walk_input {
	ssize_t (*read)(void *arg, void *p, size_t n); /* 0 at the end, -1 error */
	void *arg;
};
int walk_input(const struct walk_input *in, const struct walk_visitor *v, struct walk_result *ret,
               struct err *e);
/* Inflates fd to out_fd without looking inside: a compressed archive on its way to the front. */
int walk_inflate(int fd, int out_fd, struct err *e);

/* The merged tree, bottom layer first.  Holds no copy of entries: it asks the factsets. */
struct view;
struct view *view_new(const struct factset *const *layers, size_t n);
void view_free(struct view *v);
/* What the image shows at path, symbolic links not followed.  false: nothing.
 * Visible means: no higher layer has a whiteout or another entry at path, nor a whiteout, an
 * opaque mark or a non-folder at a folder above it.  image-spec layer.md, "Whiteouts". */
bool view_find(const struct view *v, struct bytes path, struct entry *ret, size_t *ret_layer);
/* Is what layer `layer` says at path what the image shows? */
bool view_shows(const struct view *v, size_t layer, struct bytes path);
/* Follows symbolic links in every component, inside the root, at most 40; the clean real path goes
 * to ret.  Returns 0 and the entry found, -1 when there is none (ERR_NOTFOUND) or the links go in
 * circles (ERR_LIMIT). */
int view_resolve(const struct view *v, struct bytes path, struct buf *ret, struct entry *ret_entry,
                 size_t *ret_layer, struct err *e);
/* Layers, from `layer` down, in which path was present without being hidden in between: the
 * unbroken run of versions of a path.  Returns the next lower such layer or -1. */
int view_below(const struct view *v, size_t layer, struct bytes path);

#endif
