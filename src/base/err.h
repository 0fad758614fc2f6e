/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err.h - errors are values with context.
 *
 * A fallible function returns 0 or -1 and takes `struct err *e` last.  The place that knows the
 * thing (path, offset, limit) names it with err_set(); callers add context with err_wrap() and do
 * not print.  The struct lives on the caller's stack, so an error path cannot leak or fail.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stddef.h>

/* What went wrong, for callers that must decide; the words are in msg. */
enum err_kind {
	ERR_NONE,
	ERR_USAGE,       /* the caller asked for something that makes no sense: exit 2 */
	ERR_IO,          /* the system refused: open, read, write, exec */
	ERR_FORMAT,      /* bytes from outside are not what they claim to be */
	ERR_LIMIT,       /* a bound of base/limits.h was reached */
	ERR_DIGEST,      /* digest or size differs from what was promised */
	ERR_NOTFOUND,    /* the named thing is not there */
	ERR_UNSUPPORTED, /* well formed, but not something assay handles */
	ERR_CONFINE,     /* a worker could not be confined, or died */
	ERR_INTERNAL,    /* a bug of ours */
	ERR__MAX
};

struct err {
	enum err_kind kind;
	char msg[240]; /* one line, no trailing newline; may hold raw bytes of an image */
};

/* Fills e (which may be NULL) and returns -1.  "%m" works. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "CONTEXT: " before the message of e, keeps its kind, returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The stable lower-case word for a kind ("io", "format", "limit", ...). */
const char *err_kind_name(enum err_kind kind);

/* Ends the process with exit status 3 and a message: memory is exhausted.  The one place where
 * assay gives up without an error value (STYLE S2). */
void die_nomem(size_t n) __attribute__((noreturn));

/* malloc, calloc, realloc and strdup that never return NULL.  Sizes were bounded by the caller. */
void *mem_alloc(size_t n) __attribute__((malloc, returns_nonnull));
void *mem_zalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *mem_realloc(void *p, size_t n) __attribute__((returns_nonnull));
char *mem_strdup(const char *s) __attribute__((malloc, returns_nonnull));
/* Grows *p (elements of size elem) so that it holds at least want; doubles; updates *cap. */
void *mem_grow(void *p, size_t *cap, size_t want, size_t elem) __attribute__((returns_nonnull));

/* Cleanup attributes: AUTO_FREE char *s = ...; hand over with return TAKE(s). */
void auto_free(void *pp);
void auto_fd(const int *fd);
#define AUTO_FREE __attribute__((cleanup(auto_free)))
#define AUTO_FD   __attribute__((cleanup(auto_fd)))
#define TAKE(p)                                                                                    \
	(__extension__({                                                                           \
		__typeof__(p) take_ = (p);                                                         \
		(p) = 0;                                                                           \
		take_;                                                                             \
	}))
/* The same for a descriptor, whose "none" is -1. */
#define TAKE_FD(fd)                                                                                \
	(__extension__({                                                                           \
		int take_ = (fd);                                                                  \
		(fd) = -1;                                                                         \
		take_;                                                                             \
	}))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))

#endif
