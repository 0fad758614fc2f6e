/* SPDX-License-Identifier: Apache-2.0 */
/* err.c - error values, and memory that does not fail. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Formatted aside: an argument may be the very message that is being replaced. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	if (!e)
		return -1;
	char text[sizeof e->msg];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	e->kind = kind;
	memcpy(e->msg, n < 0 ? "" : text, n < 0 ? 1 : sizeof text);
	return -1;
}

/* As much of s as fits room with a NUL; returns its length. */
static size_t append(char *to, size_t room, const char *s)
{
	size_t n = strnlen(s, room - 1);
	memcpy(to, s, n);
	to[n] = 0;
	return n;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	if (!e)
		return -1;
	char text[sizeof e->msg];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return -1;
	size_t used = MIN_OF((size_t)n, sizeof text - 1);
	used += append(text + used, sizeof text - used, ": ");
	append(text + used, sizeof text - used, e->msg);
	memcpy(e->msg, text, sizeof text);
	return -1;
}

const char *err_kind_name(enum err_kind kind)
{
	static const char *const names[] = {
		[ERR_NONE] = "none",
		[ERR_USAGE] = "usage",
		[ERR_IO] = "io",
		[ERR_FORMAT] = "format",
		[ERR_LIMIT] = "limit",
		[ERR_DIGEST] = "digest",
		[ERR_NOTFOUND] = "notfound",
		[ERR_UNSUPPORTED] = "unsupported",
		[ERR_CONFINE] = "confine",
		[ERR_INTERNAL] = "internal",
	};
	_Static_assert(ARRAY_LEN(names) == ERR__MAX, "a name per kind");
	return kind < ERR__MAX ? names[kind] : "unknown";
}

void die_nomem(size_t n)
{
	fprintf(stderr, "assay: out of memory (%zu bytes)\n", n);
	_exit(3); /* O_TMPFILE and pipes vanish with the process: nothing half-written stays */
}

void *mem_alloc(size_t n)
{
	void *p = malloc(n ? n : 1);
	if (!p)
		die_nomem(n);
	return p;
}

void *mem_zalloc(size_t n)
{
	void *p = calloc(1, n ? n : 1);
	if (!p)
		die_nomem(n);
	return p;
}

void *mem_realloc(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	if (!p)
		die_nomem(n);
	return p;
}

char *mem_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	return memcpy(mem_alloc(n), s, n);
}

void *mem_grow(void *p, size_t *cap, size_t want, size_t elem)
{
	if (want <= *cap && p)
		return p;
	size_t next = *cap ? *cap : 16;
	while (next < want) {
		if (__builtin_mul_overflow(next, (size_t)2, &next))
			die_nomem(want);
	}
	size_t total;
	if (__builtin_mul_overflow(next, elem, &total))
		die_nomem(want);
	p = mem_realloc(p, total);
	*cap = next;
	return p;
}

void auto_free(void *pp)
{
	void **p = pp;
	free(*p);
}

void auto_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
