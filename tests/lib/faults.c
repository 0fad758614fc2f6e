/* SPDX-License-Identifier: Apache-2.0 */
/*
 * faults.c - a library to preload: the n-th call that can fail fails.
 *
 * FAULT_AT    number of the call that fails, from 1; 0 or absent: none, but all are counted
 * FAULT_FROM  with "1", every later call fails too: a disk that stays full
 * FAULT_KIND  "file" (open, read, write, rename, ...), "space" (what writes, with ENOSPC),
 *             "handles" (what opens, with EMFILE), "memory" (malloc and its kin, mmap)
 * FAULT_COUNT file that gets a line with the number of calls of each process
 * Only the program that was started is meant: a worker has no environment.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPENS = 1, READS = 2, WRITES = 4, MEMORY = 8 };

static int at, from, kinds, error_of[9];
static atomic_int count;
static const char *count_path;
static _Thread_local int is_inside;

static void set(const char *kind)
{
	if (strcmp(kind, "file") == 0) {
		kinds = OPENS | READS | WRITES;
		error_of[OPENS] = error_of[READS] = error_of[WRITES] = EIO;
	} else if (strcmp(kind, "space") == 0) {
		kinds = WRITES;
		error_of[WRITES] = ENOSPC;
	} else if (strcmp(kind, "handles") == 0) {
		kinds = OPENS;
		error_of[OPENS] = EMFILE;
	} else if (strcmp(kind, "memory") == 0) {
		kinds = MEMORY;
		error_of[MEMORY] = ENOMEM;
	}
}

__attribute__((constructor)) static void begin(void)
{
	const char *n = getenv("FAULT_AT"), *f = getenv("FAULT_FROM"), *k = getenv("FAULT_KIND");
	count_path = getenv("FAULT_COUNT");
	from = f && *f == '1';
	atomic_store(&count, 0);
	at = n ? atoi(n) : 0;
	set(k ? k : "");
}

__attribute__((destructor)) static void end(void)
{
	char text[16];
	kinds = 0;
	if (!count_path)
		return;
	int fd =
		(int)syscall(SYS_openat, AT_FDCWD, count_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	int n = snprintf(text, sizeof text, "%d\n", atomic_load(&count));
	if (fd >= 0 && syscall(SYS_write, fd, text, n) == n)
		syscall(SYS_close, fd);
}

static int fails(int kind)
{
	if (!(kinds & kind) || is_inside)
		return 0;
	int n = atomic_fetch_add(&count, 1) + 1;
	if (!at || (from ? n < at : n != at))
		return 0;
	errno = error_of[kind];
	return 1;
}

static void *next(const char *name)
{
	is_inside++;
	void *p = dlsym(RTLD_NEXT, name);
	is_inside--;
	return p;
}

#define REAL(type, name, ...)                                                                      \
	static type (*real)(__VA_ARGS__);                                                          \
	if (!real)                                                                                 \
	real = (type(*)(__VA_ARGS__))next(name)

#define WRAP(kind, bad, type, name, params, args, ...)                                             \
	type name params                                                                           \
	{                                                                                          \
		REAL(type, #name, __VA_ARGS__);                                                    \
		return fails(kind) ? bad : real args;                                              \
	}

#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list ap;                                                                        \
		va_start(ap, flags);                                                               \
		mode_t mode = va_arg(ap, int);                                                     \
		va_end(ap);                                                                        \
		REAL(int, #name, const char *, int, ...);                                          \
		return fails(OPENS) ? -1 : real(path, flags, mode);                                \
	}
#define OPENAT(name)                                                                               \
	int name(int dir, const char *path, int flags, ...)                                        \
	{                                                                                          \
		va_list ap;                                                                        \
		va_start(ap, flags);                                                               \
		mode_t mode = va_arg(ap, int);                                                     \
		va_end(ap);                                                                        \
		REAL(int, #name, int, const char *, int, ...);                                     \
		return fails(OPENS) ? -1 : real(dir, path, flags, mode);                           \
	}

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
WRAP(OPENS, NULL, FILE *, fopen, (const char *p, const char *m), (p, m), const char *, const char *)
WRAP(OPENS, NULL, FILE *, fdopen, (int fd, const char *m), (fd, m), int, const char *)
WRAP(OPENS, NULL, DIR *, opendir, (const char *p), (p), const char *)
WRAP(OPENS, NULL, DIR *, fdopendir, (int fd), (fd), int)
WRAP(OPENS, -1, int, pipe2, (int p[2], int flags), (p, flags), int *, int)
WRAP(READS, -1, ssize_t, read, (int fd, void *p, size_t n), (fd, p, n), int, void *, size_t)
WRAP(READS, -1, ssize_t, pread, (int fd, void *p, size_t n, off_t o), (fd, p, n, o), int, void *,
     size_t, off_t)
WRAP(READS, -1, ssize_t, pread64, (int fd, void *p, size_t n, off_t o), (fd, p, n, o), int, void *,
     size_t, off_t)
WRAP(READS, -1, int, fstat, (int fd, struct stat *s), (fd, s), int, struct stat *)
WRAP(READS, -1, int, stat, (const char *p, struct stat *s), (p, s), const char *, struct stat *)
WRAP(READS, -1, int, fstatat, (int d, const char *p, struct stat *s, int f), (d, p, s, f), int,
     const char *, struct stat *, int)
WRAP(WRITES, -1, ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n), int, const void *,
     size_t)
WRAP(WRITES, -1, ssize_t, pwrite, (int fd, const void *p, size_t n, off_t o), (fd, p, n, o), int,
     const void *, size_t, off_t)
WRAP(WRITES, -1, ssize_t, pwrite64, (int fd, const void *p, size_t n, off_t o), (fd, p, n, o), int,
     const void *, size_t, off_t)
WRAP(WRITES, -1, int, rename, (const char *a, const char *b), (a, b), const char *, const char *)
WRAP(WRITES, -1, int, renameat, (int d, const char *a, int f, const char *b), (d, a, f, b), int,
     const char *, int, const char *)
WRAP(WRITES, -1, int, linkat, (int d, const char *a, int f, const char *b, int g), (d, a, f, b, g),
     int, const char *, int, const char *, int)
WRAP(WRITES, -1, int, mkdir, (const char *p, mode_t m), (p, m), const char *, mode_t)
WRAP(WRITES, -1, int, mkdirat, (int d, const char *p, mode_t m), (d, p, m), int, const char *,
     mode_t)
WRAP(WRITES, -1, int, fsync, (int fd), (fd), int)
WRAP(WRITES, -1, int, fdatasync, (int fd), (fd), int)
WRAP(WRITES, -1, int, ftruncate, (int fd, off_t n), (fd, n), int, off_t)
WRAP(WRITES, -1, int, ftruncate64, (int fd, off_t n), (fd, n), int, off_t)
WRAP(MEMORY, MAP_FAILED, void *, mmap, (void *p, size_t n, int a, int b, int fd, off_t o),
     (p, n, a, b, fd, o), void *, size_t, int, int, int, off_t)
WRAP(MEMORY, MAP_FAILED, void *, mmap64, (void *p, size_t n, int a, int b, int fd, off_t o),
     (p, n, a, b, fd, o), void *, size_t, int, int, int, off_t)

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t k, size_t n);
extern void *__libc_realloc(void *p, size_t n);
void *malloc(size_t n) { return fails(MEMORY) ? NULL : __libc_malloc(n); }
void *calloc(size_t k, size_t n) { return fails(MEMORY) ? NULL : __libc_calloc(k, n); }
void *realloc(void *p, size_t n) { return fails(MEMORY) ? NULL : __libc_realloc(p, n); }
