/* SPDX-License-Identifier: Apache-2.0 */
/* err.c - messages, their cutting, and memory that does not fail. */
#include "base/err.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "test.h"

static void test_messages(void)
{
	struct err e = {.kind = ERR_NONE};
	errno = ENOENT;
	CHECK(err_set(&e, ERR_IO, "open %s: %m", "k.pem") == -1 && e.kind == ERR_IO);
	CHECK(strcmp(e.msg, "open k.pem: No such file or directory") == 0);
	CHECK(err_wrap(&e, "signing %d", 7) == -1 && e.kind == ERR_IO);
	CHECK(strcmp(e.msg, "signing 7: open k.pem: No such file or directory") == 0);
	CHECK(err_set(NULL, ERR_IO, "x") == -1 && err_wrap(NULL, "x") == -1);
	char text[1000];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	err_set(&e, ERR_FORMAT, "%s", text);
	CHECK(strlen(e.msg) == sizeof e.msg - 1);
	err_wrap(&e, "context");
	CHECK(strncmp(e.msg, "context: xxx", 12) == 0 && strlen(e.msg) == sizeof e.msg - 1);
	err_wrap(&e, "%s", text); /* a context that leaves no room */
	CHECK(strlen(e.msg) == sizeof e.msg - 1);
	err_set(&e, ERR_IO, "again: %s", e.msg); /* its own message as an argument */
	CHECK(strncmp(e.msg, "again: xxx", 10) == 0);
}

static void test_kinds(void)
{
	for (int k = ERR_NONE; k < ERR__MAX; k++) {
		for (int i = ERR_NONE; i < k; i++)
			CHECK(strcmp(err_kind_name((enum err_kind)k),
			             err_kind_name((enum err_kind)i)));
	}
	CHECK(strcmp(err_kind_name(ERR_LIMIT), "limit") == 0);
	CHECK(strcmp(err_kind_name(ERR__MAX), "unknown") == 0);
}

static void grow_past_memory(void)
{
	size_t cap = 0;
	mem_grow(NULL, &cap, SIZE_MAX, 2);
}

static void alloc_past_memory(void) { mem_alloc(SIZE_MAX / 2); }

static int exit_of(void (*job)(void))
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		close(STDERR_FILENO);
		job();
		_exit(0);
	}
	int status = -1;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_memory(void)
{
	size_t cap = 0;
	AUTO_FREE int *p = mem_grow(NULL, &cap, 1, sizeof *p);
	CHECK(cap >= 1);
	p[0] = 7;
	p = mem_grow(p, &cap, 1000, sizeof *p);
	CHECK(cap >= 1000 && p[0] == 7);
	size_t had = cap;
	int *same = mem_grow(p, &cap, had, sizeof *p);
	CHECK(same == p && cap == had);
	AUTO_FREE char *s = mem_strdup("text");
	CHECK(strcmp(s, "text") == 0);
	AUTO_FREE uint8_t *z = mem_zalloc(100);
	CHECK(z[0] == 0 && z[99] == 0);
	CHECK(exit_of(grow_past_memory) == 3);
#if !defined(ASSAY_PROFILE_SANITIZE) /* whose allocator ends the process itself */
	CHECK(exit_of(alloc_past_memory) == 3);
#else
	(void)alloc_past_memory;
	test_skip("allocation past memory", "sanitizer");
#endif
}

static void test_take(void)
{
	AUTO_FREE char *a = mem_strdup("x");
	AUTO_FREE char *b = TAKE(a);
	CHECK(!a && b);
	AUTO_FD int fd = dup(0);
	AUTO_FD int other = TAKE_FD(fd);
	CHECK(fd == -1 && other >= 0);
}

int main(void)
{
	test_messages();
	test_kinds();
	test_memory();
	test_take();
	return TEST_END();
}
