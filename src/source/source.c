/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.c - the door of the room: opens a reference and hands its images out.
 */
#include "source/parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#define SOURCE(name) extern const struct source_kind source_##name;
#include "source/sources.def"
#undef SOURCE

const struct source_kind *const source_kinds[] = {
#define SOURCE(name) &source_##name,
#include "source/sources.def"
#undef SOURCE
	NULL};

struct candidate *candidate_add(struct source *s)
{
	s->found = mem_grow(s->found, &s->cap_found, s->n_found + 1, sizeof *s->found);
	struct candidate *c = &s->found[s->n_found++];
	*c = (struct candidate){.saved = NULL};
	return c;
}

void note_add(struct source *s, const char *code, bool is_incomplete, const char *fmt, ...)
{
	char text[320];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	s->notes = mem_grow(s->notes, &s->cap_notes, s->n_notes + 1, sizeof *s->notes);
	s->notes[s->n_notes++] =
		(struct source_note){code, arena_dup(s->a, bytes_str(text)), is_incomplete};
}

int document_count(struct source *s, size_t n, struct err *e)
{
	if (n > (uint64_t)SOURCE_DOCUMENTS_MAX - s->loaded)
		return err_set(e, ERR_LIMIT, "%s: more than %lld bytes of documents", s->ref.path,
		               (long long)SOURCE_DOCUMENTS_MAX);
	s->loaded += n;
	return 0;
}

int shelf_load(struct source *s, struct bytes name, size_t max, struct bytes *ret, struct err *e)
{
	struct bytes b;
	if (s->shelf.load(s->shelf.arg, name, max, &b, e))
		return -1;
	if (document_count(s, b.n, e))
		return -1;
	*ret = b;
	return 0;
}

/* ---- a stream of a part of a file ---- */

struct part {
	int fd;
	bool owns;
	uint64_t at, end;
};

static ssize_t part_read(void *arg, void *p, size_t n, struct err *e)
{
	struct part *f = arg;
	n = (size_t)MIN_OF((uint64_t)n, f->end - f->at);
	if (!n)
		return 0;
	ssize_t got;
	do
		got = pread(f->fd, p, n, (off_t)f->at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_set(e, ERR_IO, "read: %m");
	if (got == 0)
		return err_set(e, ERR_FORMAT, "the file ended at byte %llu, %llu were expected",
		               (unsigned long long)f->at, (unsigned long long)f->end);
	f->at += (uint64_t)got;
	return got;
}

static void part_close(void *arg)
{
	struct part *f = arg;
	if (f->owns)
		close(f->fd);
	free(f);
}

void stream_file(int fd, bool owns, uint64_t offset, uint64_t size, struct source_stream *ret)
{
	struct part *f = mem_alloc(sizeof *f);
	*f = (struct part){fd, owns, offset, offset + size};
	*ret = (struct source_stream){part_read, part_close, f};
}

/* ---- the public side ---- */

int source_open(const char *ref, const struct source_options *o, struct source **ret, struct err *e)
{
	struct source *s = mem_zalloc(sizeof *s);
	s->a = arena_new();
	s->o = *o;
	s->fd = -1;
	if (ref_parse(s, ref, e) || (s->ref.is_bare ? bare_open(s, e) : s->ref.kind->open(s, e))) {
		source_close(s);
		return -1;
	}
	*ret = s;
	return 0;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	archive_close(s); /* what it still reads comes from the kind's own process */
	if (s->ref.kind && s->ref.kind->close)
		s->ref.kind->close(s);
	if (s->fd >= 0)
		close(s->fd);
	free(s->ref.path);
	free(s->found);
	free(s->notes);
	free(s->attestations);
	arena_free(s->a);
	free(s);
}

bool source_is_sequential(const struct source *s)
{
	return s->archive && archive_is_sequential(s->archive);
}

int source_next(struct source *s, struct source_member *ret, struct err *e)
{
	if (!source_is_sequential(s))
		return 0;
	if (archive_next(s->archive, ret, e) < 0)
		return err_wrap(e, "%s", s->ref.path);
	return ret->stream.read ? 1 : 0;
}

void source_seen(struct source *s, struct bytes name, const struct digest *digest,
                 const struct digest *diff_id)
{
	if (s->archive)
		archive_seen(s->archive, name, digest, diff_id);
}

int source_images(struct source *s, const struct source_image **ret, size_t *ret_n,
                  struct bytes *ret_note, struct err *e)
{
	if (source_is_sequential(s))
		return err_set(e, ERR_INTERNAL, "%s: source_next has not come to its end",
		               s->ref.path);
	if (!s->is_settled && s->ref.kind->collect) {
		if (s->ref.kind->collect(s, e) || choose(s, e))
			return err_wrap(e, "%s", s->ref.path);
	}
	s->is_settled = true;
	*ret = s->images;
	*ret_n = s->n_images;
	*ret_note = s->note;
	return 0;
}

int source_layer(struct source *s, const struct source_layer *l, struct source_stream *ret,
                 struct err *e)
{
	if (s->ref.kind->layer(s, l, ret, e))
		return err_wrap(e, "%s", s->ref.path);
	return 0;
}

size_t source_notes(const struct source *s, const struct source_note **ret)
{
	*ret = s->notes;
	return s->n_notes;
}

const char *source_trust(const struct source *s) { return s->ref.kind->trust; }

bool source_lacks_platform(const struct source *s) { return s->lacks_platform; }

bool source_may_cache(const struct source *s) { return s->ref.kind->may_cache; }

bool source_is_remote(const struct source *s) { return s->remote || s->daemon; }
