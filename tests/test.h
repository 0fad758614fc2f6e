/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test.h - a unit test prints one TAP line per case: "ok - NAME", "not ok - NAME", or
 * "ok - NAME # SKIP why".  tests/run adds the lines up.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <stdarg.h>
#include <stdio.h>

static int test_failures;

/* One case; the message of a failure goes to a "#" line. */
static inline int __attribute__((format(printf, 2, 3))) test_case(int is_ok, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	printf("%s - ", is_ok ? "ok" : "not ok");
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	test_failures += !is_ok;
	return is_ok;
}

static inline void __attribute__((unused)) test_skip(const char *name, const char *why)
{
	printf("ok - %s # SKIP %s\n", name, why);
}

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!test_case((cond) ? 1 : 0, "%s:%d %s", __FILE__, __LINE__, #cond))             \
			fflush(stdout);                                                            \
	} while (0)

#define TEST_END() (test_failures ? 1 : 0)

#endif
