/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.c - the files of an OCI layout, never outside its folder.
 *
 * Links are followed as far as they stay inside (docker-library publishes blobs as links to named
 * files); openat2(2) with RESOLVE_BENEATH sees to that.
 */
#include "source/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_beneath(const struct source *s, struct bytes name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	const char *path = arena_str(s->a, name);
	return (int)syscall(SYS_openat2, s->fd, path, &how, sizeof how);
}

static bool find(void *arg, struct bytes name, struct bytes *ret_real, uint64_t *ret_size)
{
	const struct source *s = arg;
	struct stat st;
	AUTO_FD int fd = open_beneath(s, name);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return false;
	*ret_real = name;
	*ret_size = (uint64_t)st.st_size;
	return true;
}

static int open_file(const struct source *s, struct bytes name, int *ret, struct stat *ret_st,
                     struct err *e)
{
	AUTO_FD int fd = open_beneath(s, name);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, ERR_NOTFOUND, "%.*s is not there", BYTES_FMT(name));
	if (fd < 0 && errno == EXDEV)
		return err_set(e, ERR_FORMAT, "%.*s: a link that leads outside the layout",
		               BYTES_FMT(name));
	if (fd < 0 || fstat(fd, ret_st))
		return err_set(e, ERR_IO, "open %.*s: %m", BYTES_FMT(name));
	if (!S_ISREG(ret_st->st_mode))
		return err_set(e, ERR_FORMAT, "%.*s: not a file", BYTES_FMT(name));
	*ret = TAKE_FD(fd);
	return 0;
}

static int load(void *arg, struct bytes name, size_t max, struct bytes *ret, struct err *e)
{
	struct source *s = arg;
	struct stat st;
	AUTO_FD int fd = -1;
	if (open_file(s, name, &fd, &st, e))
		return -1;
	if ((uint64_t)st.st_size > max)
		return err_set(e, ERR_LIMIT, "%.*s: %lld bytes, at most %zu", BYTES_FMT(name),
		               (long long)st.st_size, max);
	size_t n = (size_t)st.st_size;
	uint8_t *p = arena_alloc(s->a, n ? n : 1);
	if (fd_pread_exact(fd, arena_str(s->a, name), p, n, 0, e))
		return -1;
	*ret = bytes_of(p, n);
	return 0;
}

static int open_stream(void *arg, struct bytes name, struct source_stream *ret, struct err *e)
{
	struct stat st;
	int fd;
	if (open_file(arg, name, &fd, &st, e))
		return -1;
	stream_file(fd, true, 0, (uint64_t)st.st_size, ret);
	return 0;
}

/* A layout names its blobs by digest: whoever put facts under it had read those bytes. */
static void know(void *arg, struct source_layer *l)
{
	(void)arg;
	l->is_known = l->digest.algo != DIGEST_NONE;
}

int folder_open(struct source *s, struct err *e)
{
	(void)e;
	s->shelf = (struct shelf){s, find, load, open_stream, know};
	return 0;
}
