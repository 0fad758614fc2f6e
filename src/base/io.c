/* SPDX-License-Identifier: Apache-2.0 */
/* io.c - files and descriptors: read whole, read all, replace at once. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/base.h"

enum { READ_STEP = 64 << 10 };

ssize_t fd_read_full(int fd, void *p, size_t n)
{
	size_t have = 0;
	while (have < n) {
		ssize_t got = read(fd, (uint8_t *)p + have, n - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

int fd_write_full(int fd, const void *p, size_t n)
{
	const uint8_t *from = p;
	while (n) {
		ssize_t put = write(fd, from, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		from += put;
		n -= (size_t)put;
	}
	return 0;
}

int fd_pread_exact(int fd, const char *name, void *p, size_t n, uint64_t off, struct err *e)
{
	size_t have = 0;
	if (off > INT64_MAX - n)
		return err_set(e, ERR_FORMAT, "%s: no offset %llu", name, (unsigned long long)off);
	while (have < n) {
		ssize_t got = pread(fd, (uint8_t *)p + have, n - have, (off_t)(off + have));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(e, ERR_IO, "read %s: %m", name);
		if (got == 0)
			return err_set(e, ERR_FORMAT, "%s: ends at byte %llu, %zu wanted at %llu",
			               name, (unsigned long long)(off + have), n,
			               (unsigned long long)off);
		have += (size_t)got;
	}
	return 0;
}

/* What fstat promises plus one byte to meet the end at, for files that tell. */
static size_t first_step(int fd, size_t max)
{
	struct stat st;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size < 0)
		return MIN_OF((size_t)READ_STEP, max);
	return MIN_OF((size_t)st.st_size + 1, max);
}

int fd_read_all(int fd, const char *name, size_t max, struct buf *ret, struct err *e)
{
	AUTO_BUF struct buf b;
	buf_init(&b, max);
	size_t step = first_step(fd, max);
	for (;;) {
		uint8_t extra; /* at the maximum: is there one byte more? */
		bool is_full = b.n == max;
		size_t want = is_full ? 1 : MIN_OF(MAX_OF(step, (size_t)1), max - b.n);
		uint8_t *to = is_full ? &extra : buf_room(&b, want);
		ssize_t got = fd_read_full(fd, to, want);
		if (got < 0)
			return err_set(e, ERR_IO, "read %s: %m", name);
		if (got > 0 && is_full)
			return err_set(e, ERR_LIMIT, "%s: more than %zu bytes", name, max);
		b.n += is_full ? 0 : (size_t)got;
		if ((size_t)got < want)
			break;
		step = READ_STEP;
	}
	*ret = b;
	b = (struct buf){.max = 0};
	return 0;
}

int file_read(const char *path, size_t max, struct buf *ret, struct err *e)
{
	if (strcmp(path, "-") == 0)
		return fd_read_all(STDIN_FILENO, "standard input", max, ret, e);
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set(e, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, "open %s: %m", path);
	return fd_read_all(fd, path, max, ret, e);
}

/* Heap: the folder of path, "." when it names none. */
static char *folder_of(const char *path)
{
	ssize_t at = bytes_rfind(bytes_str(path), '/');
	if (at < 0)
		return mem_strdup(".");
	char *dir = mem_strdup(path);
	dir[at ? at : 1] = 0;
	return dir;
}

/* Heap: a hidden name that nobody can guess. */
static char *hidden_name(const char *dir)
{
	uint8_t r[8] = {0};
	char name[sizeof ".assay-" + 2 * sizeof r] = ".assay-";
	if (getrandom(r, sizeof r, 0) != (ssize_t)sizeof r) {
		int64_t now = clock_monotonic_ms() << 20 | getpid();
		memcpy(r, &now, sizeof r);
	}
	hex_encode(r, sizeof r, name + strlen(name));
	return path_join(dir, name);
}

/* Devices, pipes and what a descriptor's name stands for cannot be replaced, only written to. */
static bool is_direct(const char *path)
{
	struct stat st;
	struct bytes p = bytes_str(path);
	if (bytes_starts(p, B("/dev/")) || bytes_starts(p, B("/proc/")))
		return true;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int open_hidden(const char *dir, mode_t mode, struct file_new *f)
{
	/* a nameless file needs /proc to be given a name */
	if (access("/proc/self/fd", X_OK) == 0)
		f->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
	f->is_unnamed = f->fd >= 0;
	for (int i = 0; i < 8; i++) {
		f->tmp = hidden_name(dir);
		if (f->is_unnamed)
			return 0;
		f->fd = open(f->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (f->fd >= 0)
			return 0;
		int saved = errno;
		free(TAKE(f->tmp));
		errno = saved;
		if (errno != EEXIST)
			break;
	}
	return -1;
}

int file_create(const char *path, mode_t mode, struct file_new *ret, struct err *e)
{
	struct stat st;
	struct file_new f = {.fd = -1};
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(e, ERR_IO, "create %s: is a directory", path);
	AUTO_FREE char *dir = folder_of(path);
	int rc = 0;
	if (is_direct(path))
		f.fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	else
		rc = open_hidden(dir, mode, &f);
	if (rc || f.fd < 0)
		return err_set(e, ERR_IO, "create %s: %m", path);
	f.path = mem_strdup(path);
	*ret = f;
	return 0;
}

/* open_how of O_TMPFILE: "link it into the filesystem" by its name under /proc. */
static int give_name(struct file_new *f)
{
	if (!f->is_unnamed)
		return 0;
	char self[40];
	snprintf(self, sizeof self, "/proc/self/fd/%d", f->fd);
	if (linkat(AT_FDCWD, self, AT_FDCWD, f->tmp, AT_SYMLINK_FOLLOW))
		return -1;
	f->is_unnamed = false;
	return 0;
}

/* The folder is not synced: after a power cut the old file may be back, but never half of one. */
int file_commit(struct file_new *f, struct err *e)
{
	int rc = 0;
	if (f->tmp && ((!f->is_cheap && fsync(f->fd)) || give_name(f) || rename(f->tmp, f->path)))
		rc = err_set(e, ERR_IO, "write %s: %m", f->path);
	if (rc == 0 && f->tmp)
		free(TAKE(f->tmp)); /* it bears its final name now */
	if (rc == 0 && close(TAKE_FD(f->fd)))
		rc = err_set(e, ERR_IO, "close %s: %m", f->path);
	file_abort(f);
	return rc;
}

void file_abort(struct file_new *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->tmp && !f->is_unnamed)
		unlink(f->tmp);
	free(f->tmp);
	free(f->path);
	*f = (struct file_new){.fd = -1};
}

int file_write(const char *path, struct bytes content, mode_t mode, struct err *e)
{
	struct file_new f;
	if (file_create(path, mode, &f, e))
		return -1;
	if (fd_write_full(f.fd, content.p, content.n)) {
		err_set(e, ERR_IO, "write %s: %m", path);
		file_abort(&f);
		return -1;
	}
	return file_commit(&f, e);
}

void bytes_put(struct bytes b, FILE *out)
{
	if (b.n)
		fwrite(b.p, 1, b.n, out);
}

const char *dir_temp(void)
{
	const char *tmp = getenv("TMPDIR");
	return tmp && *tmp ? tmp : "/tmp";
}

int dir_make(const char *path, struct err *e)
{
	AUTO_FREE char *p = mem_strdup(path);
	for (size_t i = 1; *p; i++) {
		char c = p[i];
		if (c && c != '/')
			continue;
		p[i] = 0;
		struct stat st;
		int failed = mkdir(p, 0700) ? errno : 0;
		if (failed && failed != EEXIST && stat(p, &st)) {
			errno = failed;
			return err_set(e, ERR_IO, "make directory %s: %m", p);
		}
		if (stat(p, &st) || !S_ISDIR(st.st_mode))
			return err_set(e, ERR_IO, "make directory %s: not a directory", p);
		if (!c)
			return 0;
		p[i] = c;
	}
	return err_set(e, ERR_IO, "make directory: empty name");
}
