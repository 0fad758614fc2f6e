/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reel.c - a tar pulled member by member.
 *
 * The push parser gets pieces that end on a block, so a header comes alone and the bytes of a
 * member go from the buffer to the caller without passing through it.
 */
#include "source/reel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 512, SEEK_BUFFER = 4096, PIPE_BUFFER = 65536 };

struct reel {
	int fd;
	struct source_stream stream; /* in place of fd */
	bool can_seek;
	uint64_t size; /* of a file that can seek */
	uint64_t max;  /* of what comes through a pipe: an inflater is not trusted */
	const struct source *s;
	uint8_t *buf;
	size_t cap, at, have;
	uint64_t pos; /* of the next byte that is taken */
	struct tar *tar;
	struct tar_member member;
	struct buf name, link;
	bool has_member;
	struct buf early; /* bytes that came with the header; none where pieces end on blocks */
	size_t early_at;
};

static int on_member(void *arg, const struct tar_member *m, struct err *e)
{
	struct reel *r = arg;
	(void)e;
	buf_reset(&r->name);
	buf_reset(&r->link);
	buf_reset(&r->early);
	r->early_at = 0;
	buf_add(&r->name, m->name);
	buf_add(&r->link, m->link);
	r->member = *m;
	r->member.name = buf_bytes(&r->name);
	r->member.link = buf_bytes(&r->link);
	r->member.caps = (struct bytes){NULL, 0};
	r->has_member = true;
	return 0;
}

static int on_data(void *arg, struct bytes piece, struct err *e)
{
	struct reel *r = arg;
	(void)e;
	if (!r->member.is_sparse)
		buf_add(&r->early, piece);
	return 0;
}

static int on_end(void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	return 0;
}

static struct reel *reel_new(int fd, bool can_seek, uint64_t size, const struct source *s)
{
	struct reel *r = mem_zalloc(sizeof *r);
	struct tar_events ev = {.arg = r, .member = on_member, .data = on_data, .end = on_end};
	r->fd = fd;
	r->can_seek = can_seek;
	r->size = size;
	r->s = s;
	r->cap = can_seek ? SEEK_BUFFER : PIPE_BUFFER;
	r->buf = mem_alloc(r->cap);
	buf_init(&r->name, (size_t)PAX_RECORDS_MAX);
	buf_init(&r->link, (size_t)PAX_RECORDS_MAX);
	buf_init(&r->early, BLOCK);
	r->tar = tar_new(&ev);
	return r;
}

int reel_open_file(int fd, uint64_t size, struct reel **ret, struct err *e)
{
	(void)e;
	*ret = reel_new(fd, true, size, NULL);
	return 0;
}

/* An offset of its own, so that two readers of one file do not disturb each other. */
static int again(int fd, struct err *e)
{
	char path[40];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int own = open(path, O_RDONLY | O_CLOEXEC);
	if (own < 0)
		own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (own < 0 || lseek(own, 0, SEEK_SET) < 0)
		return err_set(e, ERR_IO, "open again: %m");
	return own;
}

/* Waits until an inflater has something to say. */
static int await(const struct source *s, int fd, struct err *e)
{
	struct pollfd p = {fd, POLLIN, 0};
	int64_t ms = s->o.timeout_ms;
	if (ms <= 0 || poll(&p, 1, (int)MIN_OF(ms, (int64_t)INT32_MAX)) != 0)
		return 0; /* what fails here fails in reading too */
	return err_set(e, ERR_CONFINE, "the worker that inflates made no progress in %lld ms",
	               (long long)ms);
}

/* What the first bytes in a pipe are, without taking them out. */
static enum compression peek_pipe(int fd)
{
	uint8_t head[8];
	int p[2];
	if (pipe2(p, O_CLOEXEC))
		return PLAIN;
	ssize_t n = tee(fd, p[1], sizeof head, 0);
	if (n > 0)
		n = read(p[0], head, sizeof head);
	close(p[0]);
	close(p[1]);
	return compression_of_head(bytes_of(head, n > 0 ? (size_t)n : 0));
}

/* An archive that was compressed and is then packed once more ("image.tar" that is a gzip, kept as
 * .zst) is inflated twice; no deeper. */
static int start_inflater(struct source *s, int *ret_fd, uint64_t *ret_max, struct err *e)
{
	int inner;
	uint64_t max = inflate_allowance((uint64_t)s->st.st_size);
	if (!s->o.inflate)
		return err_set(e, ERR_UNSUPPORTED, "compressed with %s: no inflater",
		               compression_name(s->compression));
	AUTO_FD int fd = again(s->fd, e);
	if (fd < 0 || s->o.inflate(fd, s->o.inflate_arg, &inner, e))
		return -1;
	if (await(s, inner, e)) {
		close(inner);
		return -1;
	}
	enum compression c = peek_pipe(inner);
	*ret_max = max;
	if (c != GZIP && c != ZSTD) {
		*ret_fd = inner;
		return 0;
	}
	*ret_max = inflate_allowance(max);
	int rc = s->o.inflate(inner, s->o.inflate_arg, ret_fd, e);
	close(inner);
	return rc;
}

int reel_open_flow(struct source *s, struct reel **ret, struct err *e)
{
	int fd;
	uint64_t max;
	struct source_stream stream;
	if (s->stream) {
		if (s->stream(s, &stream, e))
			return -1;
		*ret = reel_new(-1, false, 0, s);
		(*ret)->stream = stream;
		(*ret)->max = INT64_MAX;
		return 0;
	}
	if (start_inflater(s, &fd, &max, e))
		return -1;
	*ret = reel_new(fd, false, 0, s);
	(*ret)->max = max;
	return 0;
}

void reel_close(struct reel *r)
{
	if (!r)
		return;
	if (!r->can_seek && r->fd >= 0)
		close(r->fd);
	if (r->stream.close)
		r->stream.close(r->stream.arg);
	tar_free(r->tar);
	buf_fini(&r->name);
	buf_fini(&r->link);
	buf_fini(&r->early);
	free(r->buf);
	free(r);
}

static ssize_t read_more(struct reel *r, struct err *e)
{
	ssize_t n;
	if (r->stream.read)
		return r->stream.read(r->stream.arg, r->buf, r->cap, e);
	if (!r->can_seek && await(r->s, r->fd, e))
		return -1;
	do
		n = r->can_seek ? pread(r->fd, r->buf, r->cap, (off_t)r->pos)
		                : read(r->fd, r->buf, r->cap);
	while (n < 0 && errno == EINTR);
	return n < 0 ? err_set(e, ERR_IO, "read: %m") : n;
}

/* Bytes that are at hand, at least one unless the end is reached. */
static int fill(struct reel *r, struct bytes *ret, struct err *e)
{
	if (r->at == r->have) {
		ssize_t n = read_more(r, e);
		if (n < 0)
			return -1;
		if (!r->can_seek && (uint64_t)n > r->max - MIN_OF(r->pos, r->max))
			return err_set(e, ERR_LIMIT, "archive inflates to more than %llu bytes",
			               (unsigned long long)r->max);
		r->at = 0;
		r->have = (size_t)n;
	}
	*ret = bytes_of(r->buf + r->at, r->have - r->at);
	return 0;
}

static void take(struct reel *r, size_t n)
{
	r->at += n;
	r->pos += n;
}

static int cut_short(const struct reel *r, struct err *e)
{
	return err_set(e, ERR_FORMAT, "the archive is cut short at byte %llu",
	               (unsigned long long)r->pos);
}

static int skip(struct reel *r, uint64_t n, struct err *e)
{
	if (r->can_seek) {
		if (n > r->size || r->pos > r->size - n)
			return cut_short(r, e);
		if (n <= r->have - r->at) {
			take(r, (size_t)n);
			return 0;
		}
		r->at = r->have = 0;
		r->pos += n;
		return 0;
	}
	while (n) {
		struct bytes b;
		if (fill(r, &b, e))
			return -1;
		if (!b.n)
			return cut_short(r, e);
		b.n = (size_t)MIN_OF((uint64_t)b.n, n);
		take(r, b.n);
		n -= b.n;
	}
	return 0;
}

int reel_step(struct reel *r, struct err *e)
{
	r->has_member = false;
	while (!r->has_member) {
		uint64_t n = tar_skippable(r->tar);
		if (n) {
			if (skip(r, n, e))
				return -1;
			tar_skipped(r->tar, n);
		}
		struct bytes b;
		if (fill(r, &b, e))
			return -1;
		if (!b.n)
			return tar_finish(r->tar, e);
		b.n = MIN_OF(b.n, (size_t)(BLOCK - r->pos % BLOCK));
		take(r, b.n);
		if (tar_push(r->tar, b, e))
			return -1;
	}
	return 1;
}

const struct tar_member *reel_member(const struct reel *r) { return &r->member; }

ssize_t reel_data(struct reel *r, void *p, size_t n, struct err *e)
{
	if (r->early_at < r->early.n) {
		n = MIN_OF(n, r->early.n - r->early_at);
		memcpy(p, r->early.p + r->early_at, n);
		r->early_at += n;
		return (ssize_t)n;
	}
	n = (size_t)MIN_OF((uint64_t)n, tar_skippable(r->tar));
	if (!n)
		return 0;
	struct bytes b;
	if (fill(r, &b, e))
		return -1;
	if (!b.n)
		return cut_short(r, e);
	n = MIN_OF(n, b.n);
	memcpy(p, b.p, n);
	take(r, n);
	tar_skipped(r->tar, n);
	return (ssize_t)n;
}

int reel_end(struct reel *r, struct err *e)
{
	struct bytes b;
	if (r->can_seek)
		return 0;
	do {
		if (fill(r, &b, e))
			return -1;
		take(r, b.n);
	} while (b.n);
	if (r->fd >= 0 && r->s->o.inflate_end && r->s->o.inflate_end(r->fd, r->s->o.inflate_arg, e))
		return -1;
	return 0;
}

/* ---- one part of an archive that flows ---- */

struct part {
	struct reel *r;
	uint64_t offset, left;
};

static ssize_t part_read(void *arg, void *p, size_t n, struct err *e)
{
	struct part *f = arg;
	struct bytes b;
	if (f->offset && skip(f->r, f->offset, e))
		return -1;
	f->offset = 0;
	n = (size_t)MIN_OF((uint64_t)n, f->left);
	if (!n)
		return 0;
	if (fill(f->r, &b, e))
		return -1;
	if (!b.n)
		return cut_short(f->r, e);
	n = MIN_OF(n, b.n);
	memcpy(p, b.p, n);
	take(f->r, n);
	f->left -= n;
	return (ssize_t)n;
}

static void part_close(void *arg)
{
	struct part *f = arg;
	reel_close(f->r);
	free(f);
}

int reel_open_part(struct source *s, uint64_t offset, uint64_t size, struct source_stream *ret,
                   struct err *e)
{
	struct reel *r;
	if (reel_open_flow(s, &r, e))
		return -1;
	struct part *f = mem_alloc(sizeof *f);
	*f = (struct part){r, offset, size};
	*ret = (struct source_stream){part_read, part_close, f};
	return 0;
}

/* ---- one member of an archive that flows ---- */

struct named {
	struct reel *r;
	struct bytes name;
	bool is_there;
};

static int go_to(struct named *f, struct err *e)
{
	AUTO_BUF struct buf name;
	int more;
	buf_init(&name, (size_t)PATH_LEN_MAX);
	while ((more = reel_step(f->r, e)) > 0) {
		const struct tar_member *m = reel_member(f->r);
		if (m->type != TAR_FILE || image_path(m->name, &name, NULL))
			continue;
		f->is_there = bytes_eq(buf_bytes(&name), f->name);
		if (f->is_there)
			return 0;
	}
	return more < 0 ? -1
	                : err_set(e, ERR_NOTFOUND, "%.*s is no longer in the archive",
	                          BYTES_FMT(f->name));
}

static ssize_t named_read(void *arg, void *p, size_t n, struct err *e)
{
	struct named *f = arg;
	if (!f->is_there && go_to(f, e))
		return -1;
	return reel_data(f->r, p, n, e);
}

static void named_close(void *arg)
{
	struct named *f = arg;
	reel_close(f->r);
	free(f);
}

int reel_open_named(struct source *s, struct bytes name, struct source_stream *ret, struct err *e)
{
	struct reel *r;
	if (reel_open_flow(s, &r, e))
		return -1;
	struct named *f = mem_alloc(sizeof *f);
	*f = (struct named){r, name, false};
	*ret = (struct source_stream){named_read, named_close, f};
	return 0;
}
