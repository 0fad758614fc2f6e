/* SPDX-License-Identifier: Apache-2.0 */
/*
 * io.h - files and descriptors: read whole, read all, replace at once.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdio.h>
#include <sys/stat.h>

#include "base/bytes.h"

/* Reads a whole file (or "-", standard input) into *ret, at most max bytes (ERR_LIMIT past it).
 * *ret needs no buf_init, and is left alone on failure; free it with buf_fini. */
int file_read(const char *path, size_t max, struct buf *ret, struct err *e);
int fd_read_all(int fd, const char *name, size_t max, struct buf *ret, struct err *e);
/* Reads up to n bytes, fewer only at the end; -1 on error.  EINTR is retried. */
ssize_t fd_read_full(int fd, void *p, size_t n);
int fd_write_full(int fd, const void *p, size_t n);
/* pread of exactly n bytes at off; ERR_FORMAT naming `name` when the file is shorter. */
int fd_pread_exact(int fd, const char *name, void *p, size_t n, uint64_t off, struct err *e);

/* A file that appears whole or not at all: an unnamed (O_TMPFILE) or hidden file in the folder of
 * path, synced and renamed over path by file_commit; file_abort (or exit) leaves nothing.  What is
 * no regular file (a pipe, /dev/stdout) is written to directly. */
struct file_new {
	int fd;
	char *path;      /* final name, owned */
	char *tmp;       /* name while being written, owned; NULL when written to directly */
	bool is_unnamed; /* tmp is not there before file_commit */
	bool is_cheap;   /* set by the caller: commit without syncing (what a checksum protects) */
};
int file_create(const char *path, mode_t mode, struct file_new *ret, struct err *e);
int file_commit(struct file_new *f, struct err *e);
void file_abort(struct file_new *f); /* accepts a committed one */
/* file_create, write, file_commit in one. */
int file_write(const char *path, struct bytes content, mode_t mode, struct err *e);
/* As it is; ferror tells what failed. */
void bytes_put(struct bytes b, FILE *out);
/* mkdir -p with mode 0700 for what is missing. */
int dir_make(const char *path, struct err *e);
/* $TMPDIR, or /tmp. */
const char *dir_temp(void);
/* Joins with '/' into heap memory of the caller's. */
char *path_join(const char *a, const char *b);
/* The program's own folder, from /proc/self/exe; heap memory.  NULL when unreadable. */
char *self_dir(void);

/* Image paths: bytes without leading "/" or "./", without "." and "..", without empty parts.
 * Cleans raw into ret (reset first).  Returns 0, or -1 with e naming the fault: ".." that climbs,
 * NUL, longer than PATH_LEN_MAX, deeper than PATH_DEPTH_MAX.  "" is the root. */
int image_path(struct bytes raw, struct buf *ret, struct err *e);
/* Like image_path for a symbolic link's target seen from the folder of `link`: ".." goes up, never
 * above the root (what chroot does). */
int image_path_link(struct bytes link, struct bytes target, struct buf *ret, struct err *e);
/* Folder part of a clean path ("" at the top) and last component. */
struct bytes path_dir(struct bytes path);
struct bytes path_base(struct bytes path);

#endif
