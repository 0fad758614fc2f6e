/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarsplit.c - the tar of a layer, put together again from its tar-split and the folder of its
 * files, byte for byte: who reads it holds it against the layer's diff_id.
 *
 * Files are opened below that folder only, links resolved within it.
 */
#include "source/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PIECE = 65536 };

struct split {
	struct source *s;
	int in, diff;
	struct buf text; /* what came of the lines and is not used yet */
	size_t at;
	bool is_over; /* nothing more comes */
	struct buf decoded;
	struct bytes rest; /* bytes of the tar to give */
	int file;          /* -1: none is open */
	uint64_t left;     /* of the file */
	struct buf name;
};

static int read_more(struct split *t, struct err *e)
{
	if (t->at) {
		memmove(t->text.p, t->text.p + t->at, t->text.n - t->at);
		t->text.n -= t->at;
		t->at = 0;
	}
	uint8_t *room = buf_room(&t->text, PIECE);
	if (!room)
		return err_set(e, ERR_LIMIT, "tar-split: a line of more than %lld bytes",
		               (long long)TARSPLIT_LINE_MAX);
	ssize_t n;
	do
		n = read(t->in, room, PIECE);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_set(e, ERR_IO, "tar-split: %m");
	t->text.n += (size_t)n;
	t->is_over = n == 0;
	if (t->is_over && t->s->o.inflate_end)
		return t->s->o.inflate_end(t->in, t->s->o.inflate_arg, e);
	return 0;
}

/* 1 a line, 0 the end. */
static int next_line(struct split *t, struct bytes *ret, struct err *e)
{
	for (;;) {
		struct bytes rest = bytes_skip(buf_bytes(&t->text), t->at);
		ssize_t end = bytes_find(rest, '\n');
		if (end >= 0 || (t->is_over && rest.n)) {
			*ret = bytes_slice(rest, 0, end >= 0 ? (size_t)end : rest.n);
			t->at += ret->n + (end >= 0);
			return 1;
		}
		if (t->is_over)
			return 0;
		if (read_more(t, e))
			return -1;
	}
}

static int open_file(struct split *t, const struct tarsplit *l, struct err *e)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW,
	                       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	struct stat st;
	if (image_path(l->bytes, &t->name, e))
		return err_wrap(e, "tar-split");
	const char *path = buf_cstr(&t->name);
	AUTO_FD int fd = (int)syscall(SYS_openat2, t->diff, path, &how, sizeof how);
	if (fd < 0 || fstat(fd, &st))
		return err_set(e, ERR_IO, "the layer's file %.100s: %m", path);
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != l->size)
		return err_set(e, ERR_FORMAT, "the layer's file %.100s is not what it was", path);
	t->file = TAKE_FD(fd);
	t->left = l->size;
	return 0;
}

static ssize_t give_file(struct split *t, void *p, size_t n, struct err *e)
{
	ssize_t got;
	do
		got = read(t->file, p, (size_t)MIN_OF((uint64_t)n, t->left));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_set(e, ERR_IO, "the layer's file %.100s: %m", buf_cstr(&t->name));
	if (got == 0)
		return err_set(e, ERR_FORMAT, "the layer's file %.100s is cut short",
		               buf_cstr(&t->name));
	t->left -= (uint64_t)got;
	if (!t->left) {
		close(t->file);
		t->file = -1;
	}
	return got;
}

static ssize_t split_read(void *arg, void *p, size_t n, struct err *e)
{
	struct split *t = arg;
	struct tarsplit l;
	struct bytes line;
	while (!t->rest.n && t->file < 0) {
		int more = next_line(t, &line, e);
		if (more <= 0)
			return more;
		if (!bytes_trim(line).n)
			continue;
		if (tarsplit_line(line, &t->decoded, &l, e) ||
		    (l.is_file && l.size && open_file(t, &l, e)))
			return -1;
		t->rest = l.is_file ? (struct bytes){NULL, 0} : l.bytes;
	}
	if (t->file >= 0)
		return give_file(t, p, n, e);
	n = MIN_OF(n, t->rest.n);
	memcpy(p, t->rest.p, n);
	t->rest = bytes_skip(t->rest, n);
	return (ssize_t)n;
}

static void split_close(void *arg)
{
	struct split *t = arg;
	close(t->in);
	close(t->diff);
	if (t->file >= 0)
		close(t->file);
	buf_fini(&t->text);
	buf_fini(&t->decoded);
	buf_fini(&t->name);
	free(t);
}

int tarsplit_open(struct source *s, int split, int diff, struct source_stream *ret, struct err *e)
{
	int plain = -1;
	int rc = s->o.inflate ? s->o.inflate(split, s->o.inflate_arg, &plain, e)
	                      : err_set(e, ERR_UNSUPPORTED, "tar-split: no inflater");
	close(split);
	if (rc) {
		close(diff);
		return -1;
	}
	struct split *t = mem_zalloc(sizeof *t);
	t->s = s;
	t->in = plain;
	t->diff = diff;
	t->file = -1;
	buf_init(&t->text, (size_t)TARSPLIT_LINE_MAX);
	buf_init(&t->decoded, (size_t)TARSPLIT_LINE_MAX);
	buf_init(&t->name, (size_t)PATH_LEN_MAX);
	*ret = (struct source_stream){split_read, split_close, t};
	return 0;
}
